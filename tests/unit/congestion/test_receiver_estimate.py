"""An estimate made of REMBs finds the link's rate from below, and stays near it."""

from itertools import pairwise

import pytest

from emporion.engine.congestion.receiver_estimate import (
    FIRST_HOLD_S,
    FLOOR_BPS,
    LEAP_BPS,
    MAX_HOLD_S,
    START_BPS,
    ReceiverEstimate,
)

LAYERS_BPS = (150_000, 500_000, 1_500_000)
TICK_S = 0.5


def viewer_on(link_bps: int, *, seconds: int) -> list[tuple[float, int]]:
    """Simulate a viewer that is sent the best layer that fits; returns (time, what is sent).

    The REMB is that of libwebrtc: at overuse not above 0.85 of what arrives, else 8 % a second
    more, up to 1.5 times what arrives.
    """
    estimate = ReceiverEstimate()
    remb_bps = 100_000
    sent: list[tuple[float, int]] = []
    for tick in range(round(seconds / TICK_S)):
        fitting = [bps for bps in LAYERS_BPS if bps <= estimate.available_bps] or [LAYERS_BPS[0]]
        sent_bps = fitting[-1]
        sent.append((tick * TICK_S, sent_bps))
        if sent_bps > link_bps:
            remb_bps = min(remb_bps, round(0.85 * link_bps))
        else:
            remb_bps = max(remb_bps, min(round(remb_bps * 1.04), round(1.5 * sent_bps)))
        estimate.handle_remb(remb_bps, sent_bps=sent_bps, now_s=tick * TICK_S)
    return sent


def test_a_good_link_gets_the_best_layer_though_its_rembs_start_low() -> None:
    assert {bps for _, bps in viewer_on(5_000_000, seconds=30)} == {LAYERS_BPS[-1]}


def test_a_dip_is_recovered_from() -> None:
    estimate = ReceiverEstimate()
    for tick, remb_bps in enumerate((900_000, 20_000)):
        estimate.handle_remb(remb_bps, sent_bps=140_000, now_s=tick)
    assert estimate.available_bps == FLOOR_BPS
    for tick in range(2, 22):
        estimate.handle_remb(120_000 + tick * 10_000, sent_bps=100_000, now_s=tick)
    assert estimate.available_bps > LAYERS_BPS[1]


def test_a_narrow_link_is_tried_ever_less_often() -> None:
    link_bps = 700_000
    sent = viewer_on(link_bps, seconds=240)
    tries = [now_s for (_, before), (now_s, now) in pairwise(sent) if now > link_bps > before]
    waits = [later - earlier for earlier, later in pairwise(tries)]
    assert 2 <= len(tries) <= 10
    assert waits[-1] > 2 * waits[0]


def test_a_fall_is_believed_at_once() -> None:
    estimate = ReceiverEstimate()
    estimate.handle_remb(2_000_000, sent_bps=1_500_000, now_s=0.0)
    assert estimate.handle_remb(400_000, sent_bps=1_500_000, now_s=0.5) == 400_000


def test_growth_waits_after_a_fall() -> None:
    estimate = ReceiverEstimate()
    estimate.handle_remb(2_000_000, sent_bps=1_500_000, now_s=0.0)
    estimate.handle_remb(400_000, sent_bps=1_500_000, now_s=0.5)
    almost_s = 0.5 + FIRST_HOLD_S - 0.1
    assert estimate.handle_remb(400_000, sent_bps=200_000, now_s=almost_s) == 400_000
    assert estimate.handle_remb(400_000, sent_bps=200_000, now_s=almost_s + 0.2) > 400_000


def test_it_never_runs_far_ahead_of_what_is_sent() -> None:
    estimate = ReceiverEstimate()
    for tick in range(200):
        estimate.handle_remb(10**9, sent_bps=600_000, now_s=tick)
    assert estimate.available_bps == max(START_BPS, 2 * 600_000 + LEAP_BPS)


@pytest.mark.parametrize("remb_bps", [0, 2**80])
def test_a_lying_receiver_only_hurts_itself_within_bounds(remb_bps: int) -> None:
    estimate = ReceiverEstimate()
    estimate.handle_remb(1_000_000, sent_bps=500_000, now_s=0.0)
    estimate.handle_remb(remb_bps, sent_bps=500_000, now_s=1.0)
    assert FLOOR_BPS <= estimate.available_bps <= 2 * 500_000 + LEAP_BPS


def test_the_wait_is_bounded() -> None:
    estimate = ReceiverEstimate()
    now_s = 0.0
    for _ in range(50):
        estimate.handle_remb(1_000_000, sent_bps=100_000, now_s=now_s)
        estimate.handle_remb(100_000, sent_bps=1_000_000, now_s=now_s + 2.0)
        now_s += 4.0
    later_s = now_s + MAX_HOLD_S + 1
    assert estimate.handle_remb(150_000, sent_bps=100_000, now_s=later_s) > FLOOR_BPS
