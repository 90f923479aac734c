"""The arrival recorder: each packet is told once, each loss once, whatever the numbers do."""

from emporion.engine.rtp.rtcp import TransportFeedback, parse_compound
from emporion.engine.rtp.twcc import MAX_PENDING, ArrivalRecorder

INTERVAL_S = 0.05


def take(recorder: ArrivalRecorder) -> list[TransportFeedback]:
    """Return what the sender reads, after a trip over the wire."""
    read: list[TransportFeedback] = []
    for packet in recorder.take_feedback(1, 2):
        built = packet.build()
        assert len(built) <= 1300
        (parsed,) = parse_compound(built).packets
        assert isinstance(parsed, TransportFeedback)
        read.append(parsed)
    return read


def received(feedback: TransportFeedback) -> list[int]:
    return [(feedback.base_sequence + offset) & 0xFFFF for offset, _ in feedback.arrivals]


def test_nothing_came_nothing_is_told() -> None:
    recorder = ArrivalRecorder()
    assert recorder.take_feedback(1, 2) == []
    recorder.record(5, 1.0)
    assert len(recorder.take_feedback(1, 2)) == 1
    assert recorder.take_feedback(1, 2) == []


def test_times_are_told_to_a_quarter_of_a_millisecond() -> None:
    recorder = ArrivalRecorder()
    recorder.record(5, 1000.0)
    recorder.record(6, 1000.0125)
    recorder.record(8, 1000.020)
    (feedback,) = take(recorder)
    assert (feedback.sender_ssrc, feedback.media_ssrc) == (1, 2)
    assert feedback.base_sequence == 5
    assert feedback.packet_count == 4
    assert feedback.reference_time == int(1000.0 / 0.064)
    ticks = [ticks + feedback.reference_time * 256 for _, ticks in feedback.arrivals]
    assert ticks == [4_000_000, 4_000_050, 4_000_080]


def test_feedback_goes_on_where_the_last_ended_also_across_the_wrap() -> None:
    recorder = ArrivalRecorder()
    for number in (0xFFFD, 0xFFFE):
        recorder.record(number, 1.0)
    (first,) = take(recorder)
    for number in (1, 2):
        recorder.record(number, 1.05)
    (second,) = take(recorder)
    assert (first.base_sequence, first.packet_count) == (0xFFFD, 2)
    assert (second.base_sequence, second.packet_count) == (0xFFFF, 4)
    assert received(second) == [1, 2]
    assert (first.feedback_count, second.feedback_count) == (0, 1)


def test_reordering_within_an_interval_does_not_show_as_loss() -> None:
    recorder = ArrivalRecorder()
    for number, now_s in ((10, 1.0), (12, 1.001), (11, 1.002)):
        recorder.record(number, now_s)
    (feedback,) = take(recorder)
    assert received(feedback) == [10, 11, 12]
    deltas = [ticks for _, ticks in feedback.arrivals]
    assert deltas[1] - deltas[2] == 4  # The last in order came first.


def test_what_was_told_as_lost_is_told_again_when_it_comes() -> None:
    recorder = ArrivalRecorder()
    for number in (10, 12, 14):
        recorder.record(number, 1.0)
    take(recorder)
    for number in (11, 13, 15):
        recorder.record(number, 1.05)
    packets = take(recorder)
    assert [received(packet) for packet in packets] == [[11], [13], [15]]
    assert all(packet.packet_count == 1 for packet in packets)


def test_of_a_number_that_comes_twice_the_first_counts() -> None:
    recorder = ArrivalRecorder()
    recorder.record(10, 1.0)
    recorder.record(10, 1.01)
    (feedback,) = take(recorder)
    assert feedback.arrivals[0][1] == 4000 % 256


def test_a_sender_that_starts_anew_is_followed() -> None:
    recorder = ArrivalRecorder()
    recorder.record(40_000, 1.0)
    take(recorder)
    recorder.record(20_000, 1.05)
    recorder.record(20_002, 1.05)
    (feedback,) = take(recorder)
    assert received(feedback) == [20_000, 20_002]
    assert feedback.packet_count == 3
    recorder.record(20_004, 1.10)
    (feedback,) = take(recorder)
    assert (feedback.base_sequence, feedback.packet_count) == (20_003, 2)


def test_a_jump_forward_is_not_told_as_thousands_of_losses() -> None:
    recorder = ArrivalRecorder()
    recorder.record(0, 1.0)
    recorder.record(20_000, 1.01)
    first, second = take(recorder)
    assert (first.base_sequence, first.packet_count) == (0, 1)
    assert (second.base_sequence, second.packet_count) == (20_000, 1)


def test_a_long_silence_fits_into_no_delta_so_a_packet_begins() -> None:
    recorder = ArrivalRecorder()
    recorder.record(0, 1.0)
    recorder.record(1, 60.0)
    assert [received(packet) for packet in take(recorder)] == [[0], [1]]


def test_many_packets_are_told_in_several_feedbacks_without_a_gap() -> None:
    recorder = ArrivalRecorder()
    for number in range(0, 1500, 2):
        recorder.record(number, 1.0 + number * 0.0001)
    packets = take(recorder)
    assert len(packets) > 1
    assert [number for packet in packets for number in received(packet)] == [*range(0, 1500, 2)]
    spoken_of = [
        (packet.base_sequence + offset)
        for packet in packets
        for offset in range(packet.packet_count)
    ]
    assert spoken_of == [*range(1499)]


def test_a_flood_between_two_feedbacks_is_bounded_and_counted() -> None:
    recorder = ArrivalRecorder()
    for number in range(MAX_PENDING + 500):
        recorder.record(number & 0xFFFF, 1.0)
    assert recorder.dropped == 500
    packets = take(recorder)
    assert sum(len(packet.arrivals) for packet in packets) == MAX_PENDING


def test_scattered_late_packets_are_bounded_and_counted() -> None:
    recorder = ArrivalRecorder()
    for number in range(0, 200, 2):
        recorder.record(number, 1.0)
    take(recorder)
    for number in range(1, 200, 2):
        recorder.record(number, 1.05)
    packets = take(recorder)
    assert len(packets) == 17  # 16 about late ones, and 199.
    assert recorder.dropped == 99 - 16
