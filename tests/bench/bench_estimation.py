"""What the estimator `gcc` costs, and how it does on links of every kind.

    python tests/bench/bench_estimation.py [--viewers 500] [--seconds 20] [--feedbacks 20]
    python tests/bench/bench_estimation.py --closed-loop [--profile 3g] [--seconds 60]

The cost is process time: everything that a node does with an estimator, which is to hand it the
feedback of each viewer, what was sent ten times a second, and the pass each 25 ms; the making of
the rows is not in it. The closed loop runs in virtual time over the emulator's profiles: share of
the capacity that carried media, queueing delay at the bottleneck, time to 80 % of the link.
"""

import argparse
import platform
import sys
import time
from typing import Final, NamedTuple

import numpy as np
from bench.closed_loop import LAYERS_BPS, Run, Viewer, run_profile

from emporion.engine.congestion.api import TICK_S, ArrivalRow
from emporion.engine.congestion.gcc import GccEstimator
from emporion.engine.ids import TransportId
from emporion.engine.testing.network import PROFILES

TICKS_PER_S: Final = round(1 / TICK_S)
SENT_EVERY: Final = 4  # Ticks between two calls of `handle_sent` for one viewer, as in a node.
PATTERNS: Final = 64  # Rows made beforehand, so that their making is not measured.


class Cost(NamedTuple):
    """CPU seconds for each second of the room."""

    collecting: float
    passing: float
    rows_per_s: float

    @property
    def total(self) -> float:
        return self.collecting + self.passing


def measure_cost(viewers: int, seconds: float, feedbacks_per_s: int = 20) -> Cost:
    """Feed `viewers` for so long; a twentieth of them loses 5 %, all jitter a little."""
    estimator = GccEstimator()
    ids = [TransportId(f"TP_{index}") for index in range(viewers)]
    for transport_id in ids:
        estimator.add(transport_id, 0.0)
        estimator.handle_reception(transport_id, 0.0, 0.06, 0.0)
        estimator.want(transport_id, 0)
    ticks = round(seconds * TICKS_PER_S)
    every = max(1, round(TICKS_PER_S / feedbacks_per_s))
    jitter = np.random.default_rng(1).exponential(0.002, PATTERNS).tolist()
    collecting = passing = 0.0
    rows = 0
    for tick in range(ticks):
        now_s = tick * TICK_S
        feedbacks = [
            (ids[viewer], _feedback(tick, viewer, every, jitter))
            for viewer in range(tick % every, viewers, every)
        ]
        rows += sum(len(made) for _, made in feedbacks)
        started = time.process_time()
        for transport_id, made in feedbacks:
            estimator.handle_arrivals(transport_id, made, now_s)
        for viewer in range(tick % SENT_EVERY, viewers, SENT_EVERY):
            estimator.handle_sent(ids[viewer], 9_000, False, now_s)
        collected = time.process_time()
        estimator.update(now_s)
        passed = time.process_time()
        collecting += collected - started
        passing += passed - collected
    return Cost(collecting / seconds, passing / seconds, rows / seconds)


def _feedback(tick: int, viewer: int, every: int, jitter: list[float]) -> list[ArrivalRow]:
    """Two or three groups of the last interval."""
    count = 2 + (tick + viewer) % 2
    loses = viewer % 20 == 0 and tick % 5 == 0
    since_s = (tick - every) * TICK_S
    made = []
    for index in range(count):
        send_s = since_s + index * every * TICK_S / count
        arrival_s = send_s + 100.0 + jitter[(7 * tick + 3 * viewer + index) % PATTERNS]
        lost = 1 if loses and index == 0 else 0
        made.append(ArrivalRow(send_s, arrival_s, 4_900, 4_900 - 1_228 * lost, 4, lost, 0))
    return made


def closed_loop(name: str, seconds: float, *, layered: bool = False) -> Run:
    """One profile, one viewer."""
    viewer = Viewer(TransportId("TP_1"), layers_bps=LAYERS_BPS if layered else None)
    return run_profile(GccEstimator(), PROFILES[name], viewer, seconds=seconds)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--viewers", type=int, default=500)
    parser.add_argument("--feedbacks", type=int, default=20, help="a second, of each viewer")
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--closed-loop", action="store_true")
    parser.add_argument("--profile", choices=sorted(PROFILES))
    options = parser.parse_args()
    versions = f"Python {platform.python_version()}, numpy {np.__version__}, {platform.machine()}"
    print(f"$ python {' '.join(sys.argv)}    ({versions})")
    if options.closed_loop:
        _print_closed_loops([options.profile] if options.profile else list(PROFILES), options)
        return 0
    cost = measure_cost(options.viewers, options.seconds, options.feedbacks)
    print(
        f"{options.viewers} viewers, {options.feedbacks} feedbacks/s each ({cost.rows_per_s:.0f} "
        f"rows/s): {100 * cost.total:.1f} % of a core "
        f"(collecting {100 * cost.collecting:.1f} %, passes {100 * cost.passing:.1f} %)"
    )
    return 0


def _print_closed_loops(names: list[str], options: argparse.Namespace) -> None:
    print(
        f"{'profile':14} {'source':8} used   queue p50  p95  p99 ms  to 80 % s  probes  layers/min"
    )
    for name in names:
        for layered in (False, True):
            run = closed_loop(name, options.seconds, layered=layered)
            print(f"{name:14} {'layers' if layered else 'greedy':8} {run.describe()}")


if __name__ == "__main__":
    sys.exit(main())
