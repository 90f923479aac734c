"""Estimates stay within bounds whatever is reported, and no viewer's change another's."""

import math
from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from emporion.engine.congestion.api import TICK_S, ArrivalRow, RateTarget
from emporion.engine.congestion.gcc import GccEstimator
from emporion.engine.congestion.rate_control import CEILING_BPS, FLOOR_BPS
from emporion.engine.ids import TransportId

HONEST = TransportId("TP_honest")
LIAR = TransportId("TP_liar")

anything = st.floats(allow_nan=True, allow_infinity=True)
counts = st.one_of(st.integers(-(2**40), 2**40), st.integers(0, 20))
rubbish = st.builds(
    ArrivalRow,
    send_s=st.one_of(st.floats(-1, 3), anything),
    arrival_s=st.one_of(st.none(), st.floats(-1, 1e6), anything),
    sent_bytes=counts,
    received_bytes=counts,
    packets=counts,
    lost=counts,
    probe_id=st.integers(-1, 5),
)
# Plausible by itself, so that it is not simply dropped: only its story makes no sense.
plausible = st.builds(
    lambda send_s, arrival_s, packets, lost, probe_id: ArrivalRow(
        send_s, arrival_s, 1200 * packets, 1200 * (packets - min(lost, packets)), packets,
        min(lost, packets), probe_id,
    ),
    st.floats(0, 2),
    st.one_of(st.none(), st.floats(-1e5, 1e5)),
    st.integers(1, 50),
    st.integers(0, 50),
    st.integers(0, 5),
)  # fmt: skip
feedbacks = st.lists(st.lists(st.one_of(rubbish, plausible), max_size=6), max_size=60)


def honest_rows(tick: int) -> list[ArrivalRow]:
    """A link that slowly fills, so that there is something to decide."""
    send_s = tick * TICK_S
    delay_s = 50.0 + 0.0005 * max(0, tick - 30)
    return [ArrivalRow(send_s, send_s + delay_s, 2456, 2456, 2, 0, 0)]


def play(lies: Sequence[Sequence[ArrivalRow]], *, has_liar: bool) -> list[RateTarget]:
    """Run both for as long as there are lies and a little; returns all targets."""
    estimator = GccEstimator()
    estimator.add(HONEST, 0.0)
    if has_liar:
        estimator.add(LIAR, 0.0)
    targets: list[RateTarget] = []
    for tick in range(max(60, len(lies))):
        now_s = tick * TICK_S
        if has_liar and tick < len(lies):
            estimator.handle_arrivals(LIAR, lies[tick], now_s)
            estimator.handle_sent(LIAR, 5000, False, now_s)
        estimator.handle_arrivals(HONEST, honest_rows(tick), now_s)
        estimator.handle_sent(HONEST, 2456, False, now_s)
        targets.extend(estimator.update(now_s))
    return targets


@given(lies=feedbacks)
def test_whatever_is_reported_the_estimate_is_a_number_within_bounds(
    lies: list[list[ArrivalRow]],
) -> None:
    for target in play(lies, has_liar=True):
        assert FLOOR_BPS <= target.available_bps <= CEILING_BPS
        assert target.pacing_bps >= FLOOR_BPS
        assert 0 <= target.lost_ratio <= 1
        assert math.isfinite(target.queueing_delay_s)
        assert target.queueing_delay_s >= 0
        if target.probe is not None:
            assert FLOOR_BPS <= target.probe.rate_bps <= CEILING_BPS
            assert target.probe.min_bytes > 0
            assert 0 < target.probe.duration_s < 1


@settings(max_examples=50)
@given(lies=feedbacks)
def test_a_liar_does_not_change_what_is_said_of_another_bit_for_bit(
    lies: list[list[ArrivalRow]],
) -> None:
    def of_the_honest(targets: list[RateTarget]) -> list[tuple[object, ...]]:
        # Ids of probes are given in turn to all viewers.
        return [
            (*t[:3], t.probe and t.probe[1:], *t[4:]) for t in targets if t.transport_id == HONEST
        ]

    alone = of_the_honest(play(lies, has_liar=False))
    assert alone
    assert of_the_honest(play(lies, has_liar=True)) == alone


reports = st.lists(
    st.tuples(
        st.integers(0, 59),
        st.one_of(
            st.tuples(st.floats(0, 1), st.one_of(st.none(), anything)),  # As receiver reports say.
            st.tuples(st.integers(0, 2**82), st.integers(0, 2**40)),  # As REMBs do.
        ),
    ),
    max_size=40,
)


@settings(max_examples=50)
@given(told=reports)
def test_reports_and_rembs_of_one_do_not_change_what_is_said_of_another(
    told: list[tuple[int, tuple[float, float | None]]],
) -> None:
    def estimates_bps(*, has_liar: bool) -> list[RateTarget]:
        estimator = GccEstimator()
        estimator.add(HONEST, 0.0)
        estimator.add(LIAR, 0.0)
        targets: list[RateTarget] = []
        for tick in range(60):
            now_s = tick * TICK_S
            for at, (first, second) in told if has_liar else ():
                if at == tick and isinstance(first, int) and isinstance(second, int):
                    estimator.handle_remb(LIAR, first, second, now_s)
                elif at == tick:
                    estimator.handle_reception(LIAR, first, second, now_s)
            estimator.handle_arrivals(HONEST, honest_rows(tick), now_s)
            estimator.handle_sent(HONEST, 2456, False, now_s)
            targets.extend(estimator.update(now_s))
        return targets

    targets = estimates_bps(has_liar=True)
    for target in targets:
        assert FLOOR_BPS <= target.available_bps <= CEILING_BPS
    honest = [target[:3] for target in targets if target.transport_id == HONEST]
    quiet = estimates_bps(has_liar=False)
    assert honest == [target[:3] for target in quiet if target.transport_id == HONEST]


@settings(max_examples=20)
@given(slower=st.floats(0.3, 0.8))
def test_a_link_that_carries_less_is_never_said_to_carry_more(slower: float) -> None:
    """Both are sent the same, which neither link carries; what arrives of it differs."""

    def end_bps(capacity_bps: float) -> int:
        estimator = GccEstimator()
        estimator.add(HONEST, 0.0)
        estimator.handle_reception(HONEST, 0.0, 0.05, 0.0)
        available_bps = 0
        bits_per_tick = 1_500_000 * TICK_S
        for tick in range(40):
            send_s = tick * TICK_S
            # All is sent at a constant rate, so packets leave the line one after the other.
            arrival_s = (tick + 1) * bits_per_tick / capacity_bps
            size = round(bits_per_tick / 8)
            rows = [ArrivalRow(send_s, arrival_s, size, size, 4, 0, 0)]
            estimator.handle_arrivals(HONEST, rows, send_s)
            estimator.handle_sent(HONEST, size, True, send_s)
            for target in estimator.update(send_s):
                available_bps = target.available_bps
        return available_bps

    assert end_bps(1_400_000 * slower) <= end_bps(1_400_000)
