"""A sequence map is injective and monotone, whatever is dropped, lost, late or switched."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from emporion.engine.forward.sequence_map import SequenceMap

FATES = st.lists(st.sampled_from(["sent", "dropped", "lost", "late"]), max_size=60)


def run_segment(sequence: SequenceMap, first: int, fates: list[str]) -> list[tuple[int, int]]:
    """Feed one source; return (input, output) of all that was mapped, in order of arrival."""
    mapped: list[tuple[int, int]] = []
    late: list[int] = []
    for offset, fate in enumerate(["sent", *fates]):
        number = first + offset
        if fate == "dropped":
            sequence.drop(number)
        elif fate == "late":
            late.append(number)
        elif fate == "sent":
            output = sequence.map(number)
            assert output is not None, "what is new has an output"
            mapped.append((number, output))
    for number in late:
        output = sequence.map(number)
        if output is not None:
            mapped.append((number, output))
    return mapped


@given(segments=st.lists(st.tuples(st.integers(0, 2**20), FATES), min_size=1, max_size=5))
def test_it_is_injective_and_monotone(segments: list[tuple[int, list[str]]]) -> None:
    sequence = SequenceMap(65_000)
    outputs: list[int] = []
    highest_before = 64_999
    for first, fates in segments:
        sequence.restart(first)
        mapped = sorted(run_segment(sequence, first, fates))
        for (input_a, output_a), (input_b, output_b) in itertools.pairwise(mapped):
            assert output_a < output_b
            assert output_b - output_a <= input_b - input_a
        assert mapped[0][1] > highest_before
        highest_before = mapped[-1][1]
        outputs += [output for _, output in mapped]
    assert len(outputs) == len(set(outputs))
    wrapped = [output & 0xFFFF for output in outputs]
    assert len(wrapped) == len(set(wrapped)), "distinct on the wire as well"


@given(fates=st.lists(st.booleans(), max_size=200))
def test_dropping_leaves_no_gap(fates: list[bool]) -> None:
    sequence = SequenceMap()
    sequence.restart(500)
    outputs = [sequence.map(500)]
    for offset, is_dropped in enumerate(fates, start=501):
        if is_dropped:
            assert sequence.drop(offset)
        else:
            outputs.append(sequence.map(offset))
    assert outputs == list(range(len(outputs)))


@given(first=st.integers(0, 2**16), count=st.integers(1, 40), jump=st.integers(0, 10))
def test_runs_and_single_packets_map_alike(first: int, count: int, jump: int) -> None:
    by_run, by_packet = SequenceMap(), SequenceMap()
    for sequence in (by_run, by_packet):
        sequence.restart(first)
        sequence.drop(first + jump, 3)
    start = first + jump + 3
    output = by_run.advance(start, count)
    assert [by_packet.map(start + i) for i in range(count)] == list(range(output, output + count))
    assert by_run.next_output == by_packet.next_output


@given(first=st.integers(1000, 2**16), age=st.integers(1, 1000))
def test_what_is_from_before_a_restart_has_no_output(first: int, age: int) -> None:
    sequence = SequenceMap()
    sequence.restart(first)
    sequence.map(first)
    assert sequence.map(first - age) is None


def test_what_is_late_cannot_be_dropped_any_more() -> None:
    sequence = SequenceMap()
    sequence.restart(10)
    assert sequence.map(12) == 2
    assert not sequence.drop(11)
    assert sequence.map(13) == 3


@given(sent=st.integers(1, 40), unsent=st.integers(0, 40), first=st.integers(0, 2**16))
def test_outputs_that_were_given_back_are_given_again_and_once(
    sent: int, unsent: int, first: int
) -> None:
    """The inputs that had them are from before the restart: none of them comes to it again."""
    sequence = SequenceMap()
    sequence.restart(100)
    given_out = [sequence.map(100 + i) for i in range(sent + unsent)]
    sequence.give_back(sequence.next_output - unsent)
    sequence.restart(first + 200)
    assert sequence.map(first + 200) == sent
    assert [sequence.map(number) for number in range(100, 100 + sent + unsent)] == [None] * len(
        given_out
    )
