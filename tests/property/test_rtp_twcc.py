"""Whatever arrives in whatever order, a sender learns of each packet once, and of its time."""

from hypothesis import given
from hypothesis import strategies as st

from emporion.engine.rtp.rtcp import TransportFeedback, parse_compound
from emporion.engine.rtp.twcc import ArrivalRecorder

TICK_S = 0.00025


def take(recorder: ArrivalRecorder) -> list[TransportFeedback]:
    packets: list[TransportFeedback] = []
    for packet in recorder.take_feedback(1, 2):
        (read,) = parse_compound(packet.build()).packets
        assert isinstance(read, TransportFeedback)
        assert read == packet
        packets.append(read)
    return packets


@given(
    start=st.integers(0, 0xFFFF),
    start_s=st.floats(0.1, 1e6),
    intervals=st.lists(
        st.lists(st.tuples(st.integers(-8, 40), st.floats(0, 0.02)), max_size=12), max_size=6
    ),
)
def test_each_arrival_is_told_once_with_its_time(
    start: int, start_s: float, intervals: list[list[tuple[int, float]]]
) -> None:
    recorder = ArrivalRecorder()
    arrived: dict[int, float] = {}
    told: dict[int, float] = {}
    lost: list[int] = []
    spoken_of_from: int | None = None
    number, now_s = start + 0x1_0000, start_s
    highest = number
    for interval in intervals:
        for step, pause_s in interval:
            number, now_s = highest + step, now_s + pause_s
            if number in arrived:
                continue
            highest = max(highest, number)
            arrived[number] = now_s
            recorder.record(number & 0xFFFF, now_s)
        for feedback in take(recorder):
            times = dict(feedback.arrivals)
            for offset in range(feedback.packet_count):
                # All numbers lie within half a cycle of the highest.
                wrapped = (feedback.base_sequence + offset) & 0xFFFF
                known = highest - ((highest - wrapped + 0x8000) & 0xFFFF) + 0x8000
                spoken_of_from = known if spoken_of_from is None else spoken_of_from
                if offset in times:
                    assert known not in told
                    told[known] = feedback.reference_time * 0.064 + times[offset] * TICK_S
                else:
                    lost.append(known)
    assert recorder.dropped == 0
    assert told.keys() == arrived.keys()
    cycle_s = 0.064 * (1 << 24)
    for known, at_s in arrived.items():
        error_s = (told[known] - at_s + cycle_s / 2) % cycle_s - cycle_s / 2
        assert abs(error_s) <= TICK_S / 2 + 1e-6
    assert len(lost) == len(set(lost)), "a loss was told twice"
    assert spoken_of_from is None or set(range(spoken_of_from, max(told) + 1)) <= {*lost, *told}


@given(numbers=st.lists(st.integers(0, 0xFFFF), max_size=200), take_each=st.integers(1, 50))
def test_wild_numbers_cost_little_and_break_nothing(numbers: list[int], take_each: int) -> None:
    """A hostile sender only spoils its own estimate."""
    recorder = ArrivalRecorder()
    told = 0
    for count, number in enumerate(numbers):
        recorder.record(number, count * 0.001)
        if count % take_each == 0:
            for feedback in take(recorder):
                assert len(feedback.build()) <= 1300
                told += len(feedback.arrivals)
    told += sum(len(feedback.arrivals) for feedback in take(recorder))
    assert told + recorder.dropped <= len(numbers)
