"""What is replayed, forged or rubbish is dropped and counted, and disturbs nobody."""

import random

import pytest
from conformance.rig import H264, VP8, Rig

from emporion.engine.forward.api import CodecMap
from emporion.engine.ids import TransportId


def test_a_replayed_packet_is_dropped(rig: Rig) -> None:
    publisher, viewer = rig.publisher(rids=()), rig.viewer()
    viewer.watch(publisher)
    sealed = [publisher.seal(p) for p in publisher.encodings[0].frame(keyframe=True)]
    publisher.send_raw(sealed)
    publisher.send_raw(sealed)
    assert len(viewer.received()) == 3
    assert rig.forwarder.statistics().dropped_unauthentic == 3


def test_a_forged_packet_is_dropped(rig: Rig) -> None:
    publisher, stranger, viewer = rig.publisher(rids=()), rig.publisher(rids=()), rig.viewer()
    viewer.watch(publisher)
    sealed = [stranger.seal(p) for p in publisher.encodings[0].frame(keyframe=True)]
    publisher.send_raw(sealed)
    assert viewer.received() == []
    assert rig.forwarder.statistics().dropped_unauthentic == 3


def test_a_changed_bit_is_noticed(rig: Rig) -> None:
    publisher, viewer = rig.publisher(rids=()), rig.viewer()
    viewer.watch(publisher)
    (packet,) = publisher.encodings[0].frame(keyframe=True, sizes=(100,))
    sealed = publisher.seal(packet)
    for at in (0, 2, 11, 15, len(sealed) // 2, len(sealed) - 1):
        changed = bytearray(sealed)
        changed[at] ^= 1
        publisher.send_raw([bytes(changed)])
    assert viewer.packets == []
    publisher.send_raw([sealed])
    assert len(viewer.received()) == 1


def test_media_of_an_unknown_transport_is_dropped(rig: Rig) -> None:
    rig.forwarder.handle_datagrams([(TransportId("TP_nobody"), b"\x80" * 50)], rig.now_s)
    rig.drain()
    assert rig.forwarder.statistics().dropped_unknown == 1


def test_media_before_the_keys_is_dropped(rig: Rig) -> None:
    publisher = rig.publisher(rids=(), connected=False)
    publisher.send_frame(keyframe=True)
    assert rig.forwarder.statistics().dropped_unauthentic == 3


def test_rubbish_is_dropped(rig: Rig) -> None:
    publisher = rig.publisher(rids=())
    seeded = random.Random(7)
    publisher.send_raw(seeded.randbytes(seeded.randint(0, 200)) for _ in range(2000))
    statistics = rig.forwarder.statistics()
    assert statistics.dropped_unauthentic + statistics.dropped_malformed == 2000


@pytest.mark.parametrize("codec", [VP8, H264])
def test_authentic_rubbish_is_survived(rig: Rig, codec: CodecMap) -> None:
    """Any participant can send it (facts/webrtc.md 9); the others' pictures go on."""
    vandal, publisher = rig.publisher(rids=(), codec=codec), rig.publisher(rids=())
    victim, viewer = rig.viewer(), rig.viewer()
    victim.watch(vandal)
    viewer.watch(publisher)
    vandal.send_frame(keyframe=True)
    publisher.send_frame(keyframe=True)
    seeded = random.Random(11)
    for _ in range(500):
        stream = vandal.encodings[0]
        stream.rtp_timestamp = seeded.getrandbits(32)
        stream.sequence_number = stream.sequence_number + seeded.randint(0, 40) & 0xFFFF
        vandal.send([stream.packet(seeded.randbytes(seeded.randint(0, 30)))])
        rig.advance(0.001)
    publisher.send_frame()
    assert len(viewer.received()) == 6


def test_authentic_payloads_with_bytes_changed_are_survived(rig: Rig) -> None:
    vandal, victim = rig.publisher(), rig.viewer()
    victim.watch(vandal)
    victim.listen(vandal)
    seeded = random.Random(13)
    for _ in range(1000):
        packet = bytearray(vandal.encodings[0].frame(keyframe=True, sizes=(60,))[0])
        for _ in range(3):
            packet[seeded.randrange(24, len(packet))] = seeded.randrange(256)
        vandal.send([bytes(packet)])
    rig.advance(1.0)


def test_authentic_rubbish_of_rtcp_is_survived(rig: Rig) -> None:
    vandal = rig.viewer()
    seeded = random.Random(17)
    for _ in range(1000):
        body = seeded.randbytes(4 * seeded.randint(1, 20))
        header = bytes((0x80 | seeded.randrange(32), seeded.randint(200, 207)))
        vandal.send_rtcp(header + (len(body) // 4).to_bytes(2, "big") + body)
    assert rig.forwarder.statistics().dropped_malformed > 0


def test_one_participant_cannot_fill_the_memory_with_ssrcs(rig: Rig) -> None:
    vandal, viewer = rig.publisher(), rig.viewer()
    viewer.watch(vandal)
    for ssrc in range(1, 2000):
        vandal.encodings[0].ssrc = ssrc
        vandal.send_frame(0, keyframe=True, sizes=(60,))
    rig.advance(1.0)


def test_a_participant_cannot_speak_for_another(rig: Rig) -> None:
    """SSRCs are its own affair: the same one of two participants are two."""
    first, second = rig.publisher(rids=()), rig.publisher(rids=())
    second.encodings[0].ssrc = first.encodings[0].ssrc
    viewer = rig.viewer()
    viewer.watch(first)
    first.send_frame(keyframe=True, sizes=(400,))
    second.send_frame(keyframe=True, sizes=(500,))
    assert {len(r.payload) for r in viewer.received()} == {400}
