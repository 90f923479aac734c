"""The parts of the estimator by themselves: table, collecting, losses, fallback, lies."""

import numpy as np
import pytest

from emporion.engine.congestion import loss_bound
from emporion.engine.congestion.api import TICK_S, ArrivalRow, RateTarget
from emporion.engine.congestion.arrival_batch import MAX_ROWS, ArrivalCollector
from emporion.engine.congestion.delay_trend import TrendColumns
from emporion.engine.congestion.gcc import GccEstimator
from emporion.engine.congestion.rate_control import FLOOR_BPS, RateColumns
from emporion.engine.congestion.table import FIRST_ROWS, ViewerTable
from emporion.engine.ids import TransportId

VIEWER = TransportId("TP_1")
OTHER = TransportId("TP_2")
PACKETS = 10


def row(send_s: float, *, delay_s: float = 5.0, lost: int = 0, probe_id: int = 0) -> ArrivalRow:
    arrival_s = send_s + delay_s if lost < PACKETS else None
    received = 1228 * (PACKETS - lost)
    return ArrivalRow(send_s, arrival_s, 1228 * PACKETS, received, PACKETS, lost, probe_id)


def play(
    estimator: GccEstimator, ticks: range, viewer: TransportId = VIEWER, **of_row: float
) -> list[RateTarget]:
    targets: list[RateTarget] = []
    for tick in ticks:
        now_s = tick * TICK_S
        estimator.handle_sent(viewer, 1228 * PACKETS, False, now_s)
        estimator.handle_arrivals(viewer, [row(now_s, **of_row)], now_s)  # type: ignore[arg-type]  # Counts and times.
        targets.extend(estimator.update(now_s))
    return targets


def test_a_freed_row_is_used_again_and_is_like_new() -> None:
    columns = RateColumns(0)
    table = ViewerTable(columns)
    first = table.add(VIEWER)
    new_bps = columns.rate_bps[first]
    columns.rate_bps[first] = 1.0
    table.remove(VIEWER)
    assert table.add(OTHER) == first
    assert columns.rate_bps[first] == new_bps


def test_the_table_grows_and_keeps_what_it_holds() -> None:
    columns = RateColumns(0)
    table = ViewerTable(columns)
    columns.rate_bps[table.add(VIEWER)] = 42.0
    for index in range(5 * FIRST_ROWS):
        table.add(TransportId(f"TP_n{index}"))
    assert columns.rate_bps[table.row_of[VIEWER]] == 42.0
    assert len(columns.rate_bps) == table.capacity > 5 * FIRST_ROWS
    assert len(table.used()) == 5 * FIRST_ROWS + 1


def test_rows_are_sorted_by_viewer_and_keep_their_order() -> None:
    collector = ArrivalCollector()
    collector.add(3, [row(0.1), row(0.2)])
    collector.add(1, [row(0.3)])
    collector.add(3, [row(0.4)])
    batch = collector.take(1.0)
    assert batch.owner.tolist() == [1, 3, 3, 3]
    assert batch.send_s.tolist() == [0.3, 0.1, 0.2, 0.4]
    assert batch.viewers.tolist() == [1, 3]
    assert batch.sums(batch.packets).tolist() == [PACKETS, 3 * PACKETS]


@pytest.mark.parametrize(
    "lie",
    [
        row(0.5)._replace(received_bytes=10**9),
        row(0.5)._replace(lost=PACKETS + 1),
        row(0.5)._replace(arrival_s=float("inf")),
        row(0.5)._replace(send_s=float("nan")),
        row(0.5)._replace(send_s=-3600.0),
        row(0.5)._replace(packets=0, lost=0),
    ],
)
def test_what_cannot_be_true_is_dropped_and_counted(lie: ArrivalRow) -> None:
    collector = ArrivalCollector()
    collector.add(0, [row(0.4), lie])
    assert len(collector.take(1.0).owner) == 1
    assert collector.absurd_rows == 1


def test_a_report_without_end_is_cut() -> None:
    collector = ArrivalCollector()
    collector.add(0, [row(0.5)] * (MAX_ROWS + 7))
    assert len(collector.take(1.0).owner) == MAX_ROWS
    assert collector.absurd_rows == 7


def test_a_clock_that_leaps_by_hours_is_counted_and_forgotten() -> None:
    estimator = GccEstimator()
    estimator.add(VIEWER, 0.0)
    before = play(estimator, range(60))[-1].available_bps
    later = play(estimator, range(60, 120), delay_s=7200.0)
    assert estimator.clock_leaps == 1
    assert later[-1].available_bps >= 0.8 * before
    assert later[-1].queueing_delay_s < 0.01


def test_a_viewer_to_whom_nothing_arrives_any_more_is_left_with_the_floor() -> None:
    estimator = GccEstimator()
    estimator.add(VIEWER, 0.0)
    play(estimator, range(60))
    assert play(estimator, range(60, 400), lost=PACKETS)[-1].available_bps < 1.01 * FLOOR_BPS
    assert play(estimator, range(160, 164))[-1].available_bps > FLOOR_BPS


def test_a_remb_counts_only_where_nothing_better_is_told() -> None:
    estimator = GccEstimator()
    estimator.add(VIEWER, 0.0)
    estimator.add(OTHER, 0.0)
    play(estimator, range(60))
    for viewer in (VIEWER, OTHER):
        estimator.handle_remb(viewer, 1_000_000, 500_000, 1.0)
        estimator.handle_remb(viewer, 300_000, 500_000, 1.5)
    told = [target for target in estimator.update(1.6) if target.reason == "remb"]
    assert [(target.transport_id, target.available_bps) for target in told] == [(OTHER, 300_000)]


def test_who_is_gone_is_not_told_of_even_if_its_row_is_anothers() -> None:
    estimator = GccEstimator()
    estimator.add(VIEWER, 0.0)
    play(estimator, range(20))
    estimator.handle_arrivals(VIEWER, [row(0.5)], 0.5)
    estimator.remove(VIEWER)
    estimator.add(OTHER, 0.5)
    assert estimator.update(0.525) == []
    estimator.remove(TransportId("TP_unknown"))
    estimator.want(TransportId("TP_unknown"), 1)


def test_a_wish_is_the_goal_of_probes() -> None:
    estimator = GccEstimator()
    estimator.add(VIEWER, 0.0)
    estimator.want(VIEWER, 1_900_000)
    probes = [target.probe for target in play(estimator, range(40)) if target.probe is not None]
    assert probes
    assert max(probe.rate_bps for probe in probes) <= 2_100_000
    satisfied = GccEstimator()
    satisfied.add(VIEWER, 0.0)
    satisfied.want(VIEWER, 0)
    assert all(target.probe is None for target in play(satisfied, range(40)))


def test_losses_that_come_with_the_rate_bound_it_and_others_do_not() -> None:

    def bound_bps(link_bps: float, inherent: float) -> float:
        columns, trend = loss_bound.LossColumns(1), TrendColumns(1)
        collector = ArrivalCollector()
        rng = np.random.default_rng(1)
        now_s = 0.0
        for tick in range(1200):
            rate_bps = 1e6 * (1.0 + 0.5 * (tick // 100 % 3))
            packets = round(rate_bps * TICK_S / 8 / 1228)
            passes = min(1.0, link_bps / rate_bps) * (1 - inherent)
            lost = int((rng.random(packets) > passes).sum())
            rate_row = ArrivalRow(now_s, now_s, 1228 * packets, 1228 * (packets - lost), packets,
                                  lost, 0)  # fmt: skip
            collector.add(0, [rate_row])
            loss_bound.take_arrivals(columns, collector.take(now_s), trend)
            now_s += TICK_S
        return float(columns.bound_bps[0])

    assert bound_bps(1e9, 0.05) == np.inf
    assert bound_bps(1e9, 0.2) == np.inf
    assert 1.1e6 < bound_bps(1.3e6, 0.0) < 1.5e6
    assert 1.1e6 < bound_bps(1.3e6, 0.05) < 1.5e6
