"""Every plan of trains can be sent by GSO, and loses nothing."""

from hypothesis import given
from hypothesis import strategies as st

from emporion.engine.forward.train_plan import (
    M_BIT,
    MAX_PADDED_BYTES,
    MAX_PADDING_BYTES,
    MAX_TRAIN_PACKETS,
    P_BIT,
    plan_trains,
)

SIZES = st.lists(st.integers(1, 1450), min_size=1, max_size=60)


@given(sizes=SIZES)
def test_a_plan_is_sendable_and_complete(sizes: list[int]) -> None:
    payloads = [(bytes((i,)) * size, i == len(sizes) - 1) for i, size in enumerate(sizes)]
    trains = plan_trains(payloads)

    again = [train.packet(i) for train in trains for i in range(len(train.packets))]
    assert again == [(marker, payload) for payload, marker in payloads]
    assert [train.first for train in trains] == [
        sum(len(t.packets) for t in trains[:i]) for i in range(len(trains))
    ]
    for train in trains:
        padded = [len(plain) for _, plain in train.packets]
        assert len(padded) <= MAX_TRAIN_PACKETS
        assert set(padded[:-1]) <= {train.padded_bytes}, "only the last may differ"
        assert padded[-1] <= train.padded_bytes


@given(sizes=SIZES)
def test_padding_is_bounded_and_marked(sizes: list[int]) -> None:
    trains = plan_trains([(b"x" * size, False) for size in sizes])
    packets = [packet for train in trains for packet in train.packets]
    for size, (flags, plain) in zip(sizes, packets, strict=True):
        padding = len(plain) - size
        assert 0 <= padding <= MAX_PADDING_BYTES
        assert bool(flags & P_BIT) == bool(padding)
        assert not flags & M_BIT
        if padding:
            assert plain[-1] == padding
            assert len(plain) <= MAX_PADDED_BYTES


@given(size=st.integers(1, 1349), larger=st.integers(0, 12), count=st.integers(1, 16))
def test_a_frame_as_browsers_split_it_is_one_train(size: int, larger: int, count: int) -> None:
    sizes = [size] * max(0, count - larger) + [size + 1] * min(count, larger)
    assert len(plan_trains([(b"x" * s, False) for s in sizes])) == 1
