"""What the forwarder tells: estimates, voices and rates, each seldom enough for actors."""

import pytest
from aiortc.rtp import RtcpPsfbPacket, pack_remb_fci
from conformance.rig import Rig, Viewer

from emporion.engine.forward.api import AudioHeard, RembReported, TrackRates
from emporion.engine.media import Codec


def send_remb(viewer: Viewer, bitrate_bps: int) -> None:
    fci = pack_remb_fci(bitrate_bps, [viewer.video.ssrc])
    viewer.send_rtcp(RtcpPsfbPacket(fmt=15, ssrc=1, media_ssrc=0, fci=fci))


def test_an_estimate_is_told_once_a_second_with_what_was_sent(rig: Rig) -> None:
    publisher, viewer = rig.publisher(), rig.viewer()
    viewer.watch(publisher)
    for number in range(40):
        publisher.send_frame(keyframe=number == 0)
        rig.advance(0.05)
        send_remb(viewer, 1_000_000 + 16 * number)
    told = rig.events_of(RembReported)
    assert [event.transport_id for event in told] == [viewer.transport_id] * 3
    assert [event.remb_bps for event in told] == [1_000_000, 1_000_288, 1_000_576]
    sent_bits = 8 * sum(len(packet.payload) for packet in viewer.received())
    assert sum(event.sent_bps * 0.9 for event in told) == pytest.approx(sent_bits, rel=0.2)


def test_a_voice_is_told_once_in_200_ms_with_its_loudest(rig: Rig) -> None:
    publisher = rig.publisher()
    for number in range(100):
        publisher.speak(level_dbov=-20 if number % 5 == 0 else -40)
        rig.advance(0.02)
    heard = rig.events_of(AudioHeard)
    assert 9 <= len(heard) <= 11
    assert {(e.track_id, e.level_dbov) for e in heard} == {(publisher.audio_track, -20)}


def test_silence_is_not_told(rig: Rig) -> None:
    publisher = rig.publisher()
    for _ in range(50):
        publisher.speak(level_dbov=-70)
        rig.advance(0.02)
    assert rig.events_of(AudioHeard) == []


def test_the_loudest_there_is_is_a_voice(rig: Rig) -> None:
    publisher = rig.publisher()
    publisher.speak(level_dbov=0)
    publisher.speak(level_dbov=-30)
    rig.advance(0.5)
    assert [e.level_dbov for e in rig.events_of(AudioHeard)] == [0]


def test_rates_of_every_encoding_are_told_each_second(rig: Rig) -> None:
    publisher = rig.publisher()
    for _ in range(90):
        for index, size in ((0, 125), (2, 1125)):
            publisher.send_frame(index, sizes=(size,))
        rig.advance(1 / 30)
    rates = [e for e in rig.events_of(TrackRates) if e.track_id == publisher.video_track]
    assert 2 <= len(rates) <= 4
    low, middle, high = rates[1].encoding_bps
    assert rates[1].codec is Codec.VP8
    assert 30_000 < low < 60_000
    assert middle == 0
    assert 270_000 < high < 320_000


def test_rates_stop_with_the_media(rig: Rig) -> None:
    publisher = rig.publisher()
    publisher.send_frames(3)
    rig.advance(1.1)
    told = len(rig.events_of(TrackRates))
    rig.advance(5.0)
    assert len(rig.events_of(TrackRates)) <= told + 1
