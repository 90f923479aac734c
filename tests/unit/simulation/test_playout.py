"""The model of a jitter buffer: smooth where delays vary, quick where they do not."""

from itertools import pairwise

import pytest

from emporion.plugins.simulation.playout import LONGEST_S, shown_s


def test_steady_frames_are_shown_at_once() -> None:
    decoded = [(number / 30, number / 30 + 0.05) for number in range(60)]
    assert shown_s(decoded) == pytest.approx([at_s for _, at_s in decoded])


def test_frames_that_vary_are_shown_evenly() -> None:
    delays_s = [0.05, 0.05, 0.14, 0.05, 0.05]
    decoded = [(n / 30, n / 30 + delays_s[n % 5]) for n in range(300)]
    times_s = shown_s(decoded)[150:]
    intervals_s = [after - before for before, after in pairwise(times_s)]
    assert max(intervals_s) == pytest.approx(1 / 30)


def test_nothing_is_held_back_for_long() -> None:
    decoded = [(n / 30, n / 30 + 5.0) for n in range(60)]
    assert shown_s(decoded) == pytest.approx([at_s for _, at_s in decoded])
    slow_then_quick = [*decoded, (3.0, 7.1)]
    assert shown_s(slow_then_quick)[-1] == pytest.approx(7.1)
    assert LONGEST_S < 5
