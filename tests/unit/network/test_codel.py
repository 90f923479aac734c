"""CoDel drops as RFC 8289 says: after an interval above the target, then ever faster."""

from itertools import pairwise
from math import sqrt

import pytest

from emporion.engine.testing.network import ConstantRate, Link, LinkProfile
from emporion.engine.testing.network.codel import INTERVAL_S, TARGET_S, Codel

BACKLOG_BYTES = 50_000


def drop_times_s(sojourn_s: float, *, until_s: float = 3.0) -> list[float]:
    codel = Codel()
    times_s = [step / 10_000 for step in range(int(until_s * 10_000))]
    return [now_s for now_s in times_s if codel.drops(sojourn_s, BACKLOG_BYTES, now_s)]


def test_nothing_is_dropped_below_the_target() -> None:
    assert drop_times_s(TARGET_S * 0.99) == []


def test_the_first_drop_comes_after_a_whole_interval_above_the_target() -> None:
    assert drop_times_s(TARGET_S * 2)[0] == pytest.approx(INTERVAL_S, abs=1e-3)


def test_gaps_between_drops_shrink_with_the_square_root_of_their_count() -> None:
    gaps_s = [later - earlier for earlier, later in pairwise(drop_times_s(0.05))]
    expected_s = [INTERVAL_S / sqrt(count) for count in range(1, len(gaps_s) + 1)]
    assert len(gaps_s) > 100
    assert gaps_s == pytest.approx(expected_s, abs=2e-4)


def test_a_short_peak_costs_nothing() -> None:
    codel = Codel()
    for step in range(1000):
        is_peak = step % 90 < 80  # 80 ms above the target, then 10 ms below.
        assert not codel.drops(0.05 if is_peak else 0.001, BACKLOG_BYTES, step / 1000)


def test_a_backlog_of_one_packet_is_no_standing_queue() -> None:
    codel = Codel()
    assert not any(codel.drops(0.5, 1500, step / 1000) for step in range(1000))


def test_a_queue_that_ran_empty_begins_anew() -> None:
    codel = Codel()
    times_s = [step / 1000 for step in range(1000)]
    for now_s in times_s:
        if int(now_s * 1000) % 90 == 89:
            codel.handle_empty()
        assert not codel.drops(0.05, BACKLOG_BYTES, now_s)


def test_it_keeps_the_queue_short_that_a_drop_tail_lets_stand() -> None:
    """A source that backs off from each loss, 1.25 Mbit/s on a link of 1 Mbit/s."""

    def p95_s(codel: bool) -> float:
        profile = LinkProfile(rate=ConstantRate(1e6), queue_s=2.0, codel=codel)
        link, now_s, gap_s = Link[int](profile, seed=1), 0.0, 0.008
        missing = 0
        while now_s < 60:
            link.offer(1250, 0, now_s)
            link.take(now_s)
            gap_s = gap_s * 1.3 if link.counters.missing > missing else max(0.008, gap_s * 0.999)
            missing = link.counters.missing
            now_s += gap_s
        return link.queueing.quantile_s(0.95)

    assert p95_s(codel=False) > 1.0
    assert p95_s(codel=True) < 0.2
