"""An estimate made of REMBs finds the link's rate from below, and stays near it."""

from collections.abc import Callable
from itertools import pairwise

import pytest

from emporion.engine.congestion.receiver_estimate import (
    FIRST_HOLD_S,
    MAX_BPS,
    MAX_HOLD_S,
    ReceiverEstimate,
)

LAYERS_BPS = (150_000, 500_000, 1_500_000)


def viewer_on(link_bps: int, *, start_bps: int, seconds: int) -> list[tuple[float, int]]:
    """Simulate a viewer that is sent the best layer that fits; returns (time, what is sent)."""
    estimate = ReceiverEstimate()
    estimate.handle_remb(start_bps, sent_bps=0, now_s=0.0)
    sent: list[tuple[float, int]] = []
    for tick in range(1, 2 * seconds):
        fitting = [bps for bps in LAYERS_BPS if bps <= estimate.available_bps] or [LAYERS_BPS[0]]
        sent_bps = fitting[-1]
        sent.append((tick / 2, sent_bps))
        received_bps = min(sent_bps, link_bps)
        remb_bps = round(received_bps * (0.85 if sent_bps > link_bps else 1.5))
        estimate.handle_remb(remb_bps, sent_bps=sent_bps, now_s=tick / 2)
    return sent


def test_a_good_link_is_found_from_the_lowest_layer() -> None:
    sent = viewer_on(5_000_000, start_bps=200_000, seconds=30)
    assert sent[-1][1] == LAYERS_BPS[-1]


def test_a_narrow_link_is_tried_ever_less_often() -> None:
    sent = viewer_on(700_000, start_bps=200_000, seconds=240)
    tries = [t for (_, before), (t, now) in pairwise(sent) if now > 700_000 > before]
    assert 1 <= len(tries) <= 8
    assert tries[-1] - tries[-2] > tries[1] - tries[0]


def test_a_fall_is_believed_at_once() -> None:
    estimate = ReceiverEstimate()
    estimate.handle_remb(2_000_000, sent_bps=1_500_000, now_s=0.0)
    assert estimate.handle_remb(400_000, sent_bps=1_500_000, now_s=0.5) == 400_000


def test_growth_waits_after_a_fall() -> None:
    estimate = ReceiverEstimate()
    estimate.handle_remb(2_000_000, sent_bps=1_500_000, now_s=0.0)
    estimate.handle_remb(400_000, sent_bps=1_500_000, now_s=0.5)
    almost_s = 0.5 + FIRST_HOLD_S - 0.1
    assert estimate.handle_remb(300_000, sent_bps=200_000, now_s=almost_s) == 400_000
    assert estimate.handle_remb(300_000, sent_bps=200_000, now_s=almost_s + 0.2) > 400_000


@pytest.mark.parametrize(
    "report",
    [
        lambda e: e.handle_remb(2**80, sent_bps=0, now_s=1.0),
        lambda e: e.handle_remb(2**80, sent_bps=10**12, now_s=1.0),
    ],
)
def test_a_lying_receiver_is_bounded(report: Callable[[ReceiverEstimate], int]) -> None:
    estimate = ReceiverEstimate()
    estimate.handle_remb(1, sent_bps=0, now_s=0.0)
    assert report(estimate) <= MAX_BPS


def test_the_wait_is_bounded() -> None:
    estimate = ReceiverEstimate()
    now_s = 0.0
    for _ in range(50):
        estimate.handle_remb(1_000_000, sent_bps=100_000, now_s=now_s)
        estimate.handle_remb(100_000, sent_bps=1_000_000, now_s=now_s + 2.0)
        now_s += 4.0
    later_s = now_s + MAX_HOLD_S + 1
    estimate.handle_remb(150_000, sent_bps=100_000, now_s=later_s)
    assert estimate.handle_remb(150_000, sent_bps=100_000, now_s=later_s + 1) > 150_000
