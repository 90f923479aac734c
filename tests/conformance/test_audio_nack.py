"""A viewer that misses a packet of a voice asks for it, and gets that very one while it is of use.

It comes again on the slot's own SSRC with the same SRTP index, so what is sealed must be the same
octets: AES-GCM breaks when a nonce returns with another message (RFC 7714 §8.1).
"""

import pytest
from conformance.rig import VIEWER_OPUS, Publisher, Rig, Viewer
from msgspec.structs import replace

from emporion.engine.forward.api import ArrivalsReported, Transmit
from emporion.engine.media import Kind

REDUNDANT_OPUS = replace(VIEWER_OPUS, red_payload_type=63)
BUDGET_S = 0.4


@pytest.fixture
def publisher(rig: Rig) -> Publisher:
    return rig.publisher(rids=())


def listener(rig: Rig, publisher: Publisher, **options: object) -> Viewer:
    viewer = rig.viewer(audio_nack=True, opus=REDUNDANT_OPUS, **options)  # type: ignore[arg-type]  # Of `Rig.viewer`.
    viewer.listen(publisher)
    return viewer


def speak(rig: Rig, publisher: Publisher, packets: int = 1, **options: object) -> None:
    for _ in range(packets):
        publisher.speak(size=40 + publisher.microphone.sequence_number % 7, **options)
        rig.advance(0.02)


def datagrams(viewer: Viewer) -> list[bytes]:
    """What went to the viewer on the SSRC of its voice, as it stood on the wire; taken."""
    sent, viewer.transmits = [bytes(one.data) for one in viewer.transmits], []
    ssrc = viewer.audio.ssrc.to_bytes(4, "big")
    return [data for data in sent if data[8:12] == ssrc]


def number_of(datagram: bytes) -> int:
    return int.from_bytes(datagram[2:4], "big")


@pytest.mark.parametrize("numbered", [True, False])
def test_a_lost_packet_comes_again_octet_for_octet(
    rig: Rig, publisher: Publisher, numbered: bool
) -> None:
    viewer = listener(rig, publisher, numbered=numbered)
    other = listener(rig, publisher, numbered=True)
    speak(rig, publisher, 10, level_dbov=-30)
    sent = datagrams(viewer)
    other_sent = datagrams(other)
    viewer.nack(viewer.audio, [number_of(sent[3]), number_of(sent[7])])
    assert datagrams(viewer) == [sent[3], sent[7]]
    other.nack(other.audio, [number_of(other_sent[3])])
    assert datagrams(other) == [other_sent[3]]
    statistics = rig.forwarder.statistics()
    assert statistics.nacks_received == 3
    assert statistics.audio_retransmissions_sent == 3
    assert statistics.audio_retransmissions_refused == 0


def test_it_is_as_it_was_sent_though_redundancy_began_meanwhile(
    rig: Rig, publisher: Publisher
) -> None:
    viewer = listener(rig, publisher)
    speak(rig, publisher, 2)
    rig.advance(1.0)
    viewer.transmits.clear()
    speak(rig, publisher, 4)
    viewer.report(viewer.audio, fraction_lost=20)
    rig.advance(0.1)
    while rig.forwarder.statistics().packets_sent_redundant < 4:
        speak(rig, publisher)
    sent = datagrams(viewer)[-8:]
    assert {packet[1] & 0x7F for packet in sent} == {VIEWER_OPUS.payload_type, 63}
    viewer.nack(viewer.audio, [number_of(packet) for packet in sent])
    assert datagrams(viewer) == sent


def test_it_is_as_it_was_sent_though_redundancy_ended_meanwhile(
    rig: Rig, publisher: Publisher
) -> None:
    viewer = listener(rig, publisher)
    viewer.report(viewer.audio, fraction_lost=20)
    rig.advance(1.1)
    sent: list[bytes] = []
    while len({packet[1] for packet in sent[-4:]}) < 2:
        assert rig.now_s < 5030, "redundancy ends"
        viewer.report(viewer.audio)
        speak(rig, publisher)
        sent += datagrams(viewer)
    sent = sent[-4:]
    viewer.nack(viewer.audio, [number_of(packet) for packet in sent])
    assert datagrams(viewer) == sent


def test_late_packets_of_the_source_can_be_had_again(rig: Rig, publisher: Publisher) -> None:
    viewer = listener(rig, publisher)
    speak(rig, publisher, 3)
    late = publisher.microphone.next_packet()
    speak(rig, publisher, 3)
    publisher.send([late])
    sent = datagrams(viewer)
    assert number_of(sent[-1]) == number_of(sent[2]) + 1
    viewer.nack(viewer.audio, [number_of(sent[-1])])
    assert datagrams(viewer) == sent[-1:]


def test_numbers_that_wrap_are_answered(rig: Rig, publisher: Publisher) -> None:
    """The slot's own, which begin a new round of SRTP's roll-over counter."""
    viewer = listener(rig, publisher)
    speak(rig, publisher)
    number = number_of(datagrams(viewer)[0])
    while number < 65_400:  # Packets of the source that never came leave holes.
        publisher.microphone.sequence_number += 100
        speak(rig, publisher)
        number = number_of(datagrams(viewer)[0])
    publisher.microphone.sequence_number += 65_530 - number
    speak(rig, publisher, 10)
    sent = datagrams(viewer)
    assert number_of(sent[0]) == 65_531
    assert number_of(sent[-1]) == 4
    viewer.nack(viewer.audio, [number_of(packet) for packet in sent])
    assert sorted(datagrams(viewer)) == sorted(sent)


def test_transport_wide_numbers_that_wrap_are_written_again(rig: Rig, publisher: Publisher) -> None:
    viewer = listener(rig, publisher, numbered=True)
    viewer.watch(publisher)
    publisher.send_frame(keyframe=True, sizes=(20,) * 31)
    for _ in range(655):
        publisher.send_frame(sizes=(20,) * 100)
    viewer.take_packets()
    viewer.transmits.clear()
    speak(rig, publisher, 10)
    wide_numbers = [packet.wide_number for packet in viewer.received(viewer.audio)]
    assert wide_numbers[0] > 65_500
    assert wide_numbers[-1] < 10
    sent = datagrams(viewer)
    viewer.nack(viewer.audio, [number_of(packet) for packet in sent])
    assert datagrams(viewer) == sent


def test_what_can_no_longer_be_played_is_not_sent(rig: Rig, publisher: Publisher) -> None:
    viewer = listener(rig, publisher)
    publisher.speak()
    rig.advance(0.02)
    publisher.speak()
    first, second = datagrams(viewer)
    rig.advance(BUDGET_S - 0.01)
    viewer.nack(viewer.audio, [number_of(first), number_of(second)])
    assert datagrams(viewer) == [second]
    assert rig.forwarder.statistics().audio_retransmissions_refused == 1


def test_a_packet_is_sent_again_twice_at_most(rig: Rig, publisher: Publisher) -> None:
    viewer = listener(rig, publisher)
    speak(rig, publisher, 5)
    sent = datagrams(viewer)
    for _ in range(4):
        viewer.nack(viewer.audio, [number_of(sent[2])])
    assert datagrams(viewer) == [sent[2]] * 2
    assert rig.forwarder.statistics().audio_retransmissions_refused == 2


def test_what_was_never_sent_is_counted_and_not_answered(rig: Rig, publisher: Publisher) -> None:
    viewer = listener(rig, publisher)
    viewer.nack(viewer.audio, [7])
    speak(rig, publisher, 5)
    sent = datagrams(viewer)
    last = number_of(sent[-1])
    viewer.nack(viewer.audio, [last + 1 & 0xFFFF, last - 500 & 0xFFFF, last + 0x8000 & 0xFFFF])
    assert datagrams(viewer) == []
    assert rig.forwarder.statistics().audio_retransmissions_refused == 4


def test_who_did_not_negotiate_it_gets_nothing_again(rig: Rig, publisher: Publisher) -> None:
    viewer = rig.viewer()
    viewer.listen(publisher)
    speak(rig, publisher, 5)
    sent = datagrams(viewer)
    viewer.nack(viewer.audio, [number_of(sent[2])])
    assert datagrams(viewer) == []
    assert rig.forwarder.statistics().audio_retransmissions_refused == 1


def test_a_flood_of_requests_is_bounded_and_hurts_nobody_else(
    rig: Rig, publisher: Publisher
) -> None:
    hostile, other = listener(rig, publisher), listener(rig, publisher)
    speak(rig, publisher, 20)
    other_sent = datagrams(other)
    heard = len(datagrams(hostile))
    for start in range(0, 65_536, 2_000):
        hostile.nack(hostile.audio, list(range(start, min(start + 2_000, 65_536))))
    for _ in range(200):
        numbers = range(number_of(other_sent[0]) - 1000, number_of(other_sent[0]) + 1000)
        hostile.nack(hostile.audio, [number & 0xFFFF for number in numbers])
    assert len(datagrams(hostile)) <= 2 * heard
    other.nack(other.audio, [number_of(other_sent[-1])])
    assert datagrams(other) == other_sent[-1:]


def test_the_speaker_before_is_not_heard_again(rig: Rig, publisher: Publisher) -> None:
    """The slot has changed over: its packets cannot be made again from the new one's."""
    viewer, second = listener(rig, publisher), rig.publisher(rids=())
    speak(rig, publisher, 5)
    before = datagrams(viewer)
    viewer.listen(second)
    speak(rig, second, 5)
    after = datagrams(viewer)
    viewer.nack(viewer.audio, [number_of(packet) for packet in before + after])
    assert datagrams(viewer) == after


def test_nothing_comes_again_of_who_was_muted(rig: Rig, publisher: Publisher) -> None:
    viewer = listener(rig, publisher)
    speak(rig, publisher, 5)
    sent = datagrams(viewer)
    rig.forwarder.pause_track(publisher.audio_track, True)
    viewer.nack(viewer.audio, [number_of(packet) for packet in sent])
    assert datagrams(viewer) == []


def test_the_estimator_is_told_of_a_loss_and_not_of_the_repeat(
    rig: Rig, publisher: Publisher
) -> None:
    """The number comes once more, a round trip late: that is no queue, and no other packet."""
    viewer = listener(rig, publisher, numbered=True)
    speak(rig, publisher, 5)
    lost = viewer.received(viewer.audio)[2]
    viewer.nack(viewer.audio, [lost.sequence_number])
    base = viewer.received(viewer.audio)[0].wide_number
    viewer.report_arrivals(base, [0.0, 20.0, 300.0, 60.0, 80.0], media_ssrc=viewer.audio.ssrc)
    (told,) = rig.events_of(ArrivalsReported)
    assert [row.lost for row in told.rows] == [0, 0, 1, 0, 0]
    assert [row.packets for row in told.rows] == [1] * 5
    assert told.rows[2].arrival_s is None
    assert told.rows[2].received_bytes == 0
    gaps = [later.arrival_s - told.rows[0].arrival_s for later in told.rows if later.arrival_s]
    assert gaps == pytest.approx([0.0, 0.02, 0.06, 0.08], abs=0.001)


def test_a_repeat_of_what_was_reported_lost_tells_nothing(rig: Rig, publisher: Publisher) -> None:
    viewer = listener(rig, publisher, numbered=True)
    speak(rig, publisher, 5)
    lost = viewer.received(viewer.audio)[2]
    base = viewer.received(viewer.audio)[0].wide_number
    viewer.report_arrivals(base, [0.0, 20.0, None, 60.0, 80.0], media_ssrc=viewer.audio.ssrc)
    viewer.nack(viewer.audio, [lost.sequence_number])
    speak(rig, publisher, 1)
    number = viewer.received(viewer.audio)[-1].wide_number
    assert number == base + 5, "a repeat takes no number"
    viewer.report_arrivals(
        lost.wide_number, [120.0, 60.0, 80.0, 100.0], media_ssrc=viewer.audio.ssrc
    )
    first, second = rig.events_of(ArrivalsReported)
    assert sum(row.packets for row in first.rows + second.rows) == 6
    assert [row.lost for row in second.rows] == [0]


def test_it_is_sent_at_once_whatever_the_pacer_holds_back(rig: Rig, publisher: Publisher) -> None:
    viewer = listener(rig, publisher, numbered=True)
    viewer.watch(publisher)
    speak(rig, publisher, 3)
    rig.forwarder.set_pacing(viewer.transport_id, 100_000)
    publisher.send_frame(keyframe=True)
    publisher.send_frame()
    sent = datagrams(viewer)
    assert viewer.slot(Kind.VIDEO).ssrc
    viewer.nack(viewer.audio, [number_of(sent[-1])])
    assert datagrams(viewer) == sent[-1:]


def test_one_datagram_is_one_send(rig: Rig, publisher: Publisher) -> None:
    viewer = listener(rig, publisher)
    speak(rig, publisher, 3)
    viewer.transmits.clear()
    last = viewer.received(viewer.audio)[-1].sequence_number
    viewer.nack(viewer.audio, [last - 1 & 0xFFFF, last])
    assert [type(one) for one in viewer.transmits] == [Transmit, Transmit]
    assert all(one.segment_bytes == len(one.data) for one in viewer.transmits)
