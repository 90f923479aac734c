"""Unwrapped numbers keep the order of the wire across any number of wraps."""

import pytest

from emporion.engine.rtp.sequence import SequenceUnwrapper, difference, is_newer, unwrap


@pytest.mark.parametrize(
    ("newer", "older", "expected"),
    [(1, 0, 1), (0, 0xFFFF, 1), (0xFFFF, 0, -1), (0x7FFF, 0, 0x7FFF), (0x8000, 0, -0x8000)],
)
def test_difference_goes_the_short_way(newer: int, older: int, expected: int) -> None:
    assert difference(newer, older) == expected
    assert is_newer(newer, older) is (expected > 0)


def test_other_widths() -> None:
    assert difference(0, 127, bits=7) == 1
    assert difference(0x10, 0xFFFF_FFF0, bits=32) == 0x20
    assert unwrap(5, 0x1_0000_0000 - 3, bits=32) == 0x1_0000_0005


def test_a_stream_over_two_wraps_with_a_late_packet() -> None:
    unwrapper = SequenceUnwrapper()
    first = unwrapper.unwrap(0xFFFE)
    assert unwrapper.unwrap(1) == first + 3
    assert unwrapper.unwrap(0xFFFF) == first + 1
    assert unwrapper.highest == first + 3
    for step in range(4, 0x2_0000, 1000):
        assert unwrapper.unwrap((0xFFFE + step) & 0xFFFF) == first + step


def test_what_the_first_packet_overtook_is_not_negative() -> None:
    unwrapper = SequenceUnwrapper()
    unwrapper.unwrap(0)
    assert unwrapper.unwrap(0xFFFF) == 0xFFFF
