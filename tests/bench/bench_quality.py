"""What a viewer gets on a bad network: through the server, beside a call without one.

    python tests/bench/bench_quality.py [--profile 4g --profile 3g] [--runs 5] [--seconds 45]

In one run, for each profile, in turn: a Chromium publishes a moving picture through `emporion
serve` to another Chromium, and one Chromium calls the other over a page of its own, with the same
source, the same codec and the same highest rate. The viewer's side sits behind the same emulated
network with the same seed. Figures are those of `getStats` at the viewer and of the emulator's own
queue; docs/howto/stress-a-link.md says what each means. Medians of the runs; all are in the JSON.
"""

import argparse
import os
import platform
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import msgspec
from bench.quality_calls import Browsers, Trial, direct_call, launch, measure, server_call
from bench.quality_figures import CallFigures, mean_ratio, median_of
from bench.server_process import ServerProcess, serving
from e2e.conftest import CHROMIUM
from playwright.sync_api import sync_playwright

from emporion.engine.log import configure_logging
from emporion.engine.testing.network import NetworkProfile, find_profile

# Those of the goal "useful video bits", and the two with a figure of their own.
DEFAULT_PROFILES: Final = (
    *("4g", "4g-moving", "3g", "home-wifi", "lossy-5", "bufferbloat"),
    *("dip", "outage-2s"),
)
CPU_LIMIT_RATIO: Final = 0.05  # Of the time; above it the encoder was measured, not the network.
_COLUMNS: Final = (
    ("useful kbit/s", "useful_kbps", "{:.0f}"),
    ("frozen", "freeze_ratio", "{:.1%}"),
    ("p95 queue ms", "p95_queueing_ms", "{:.0f}"),
    ("concealed", "concealed_ratio", "{:.2%}"),
    ("shown", "shown_ratio", "{:.1%}"),
    ("recovery s", "recovery_s", "{:.1f}"),
    ("new frame s", "first_frame_s", "{:.1f}"),
    ("cpu limited", "cpu_limited_ratio", "{:.0%}"),
)


@dataclass(slots=True)
class ProfileResult:
    """All runs over one profile, in order: the same index is the same seed."""

    profile: str
    server: list[CallFigures] = field(default_factory=list)
    direct: list[CallFigures] = field(default_factory=list)


def run(
    profiles: Sequence[NetworkProfile], runs: int, seconds: float, estimator: str | None = None
) -> list[ProfileResult]:
    """Measure every profile `runs` times; the two calls take turns in being first."""
    settings = {} if estimator is None else {"EMPORION_MEDIA__ESTIMATOR": estimator}
    results = [ProfileResult(profile.name) for profile in profiles]
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        server = stack.enter_context(serving(Path(folder), settings))
        playwright = stack.enter_context(sync_playwright())
        browsers = Browsers(launch(playwright), launch(playwright))
        stack.callback(browsers.publishing.close)
        stack.callback(browsers.viewing.close)
        for seed in range(1, runs + 1):
            for profile, result in zip(profiles, results, strict=True):
                measure_pair(browsers, server, Trial(profile, seed, seconds), result)
    return results


def measure_pair(
    browsers: Browsers, server: ServerProcess, trial: Trial, result: ProfileResult
) -> None:
    """One call of each kind over the same network."""

    def through_server() -> None:
        with server_call(browsers, server, trial.seed) as pages:
            result.server.append(measure(pages, trial))

    def directly() -> None:
        with direct_call(browsers, trial.seed) as pages:
            result.direct.append(measure(pages, trial))

    order: list[Callable[[], None]] = [through_server, directly]
    for call in order if trial.seed % 2 else reversed(order):
        call()


def table(results: Sequence[ProfileResult]) -> str:
    """Medians, ours above the direct call's."""
    lines = [" | ".join(["profile", "call", *(title for title, _, _ in _COLUMNS)])]
    lines.append(" | ".join(["---"] * (len(_COLUMNS) + 2)))
    for result in results:
        for kind, calls in (("server", result.server), ("direct", result.direct)):
            cells = [_cell(median_of(calls, name), form) for _, name, form in _COLUMNS]
            lines.append(" | ".join([result.profile, kind, *cells]))
    return "\n".join(f"| {line} |" for line in lines)


def summary(results: Sequence[ProfileResult]) -> str:
    """The ratios that have a goal."""
    pairs = [(result.server, result.direct) for result in results]
    useful = mean_ratio(pairs, lambda call: call.useful_kbps)
    queue = mean_ratio(pairs, lambda call: call.p95_queueing_ms)
    ours, direct = (
        sum(call.freeze_ratio for pair in pairs for call in pair[kind]) for kind in (0, 1)
    )
    limited = sum(
        call.cpu_limited_ratio > CPU_LIMIT_RATIO
        for pair in pairs
        for calls in pair
        for call in calls
    )
    return "\n".join(
        (
            f"useful video bits, geometric mean of server / direct: {_cell(useful, '{:.2f}')}",
            f"frozen time, server / direct: {_cell(ours / direct if direct else None, '{:.2f}')}",
            f"p95 queueing delay, geometric mean: {_cell(queue, '{:.2f}')}",
            f"calls limited by CPU for more than {CPU_LIMIT_RATIO:.0%} of the time: {limited}",
        )
    )


def _cell(value: float | None, form: str) -> str:
    return "-" if value is None else form.format(value)


def main() -> None:
    """Print the table with what is needed to repeat it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--profile", action="append", help="may be given more than once")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=45.0, help="of each call on the profile")
    parser.add_argument("--estimator", help="media.estimator of the server (default: its own)")
    parser.add_argument("--json", type=Path, help="write every figure of every run here")
    options = parser.parse_args()
    configure_logging("warning", json=False)
    profiles = [find_profile(name) for name in options.profile or DEFAULT_PROFILES]
    print(f"command: {' '.join(sys.argv)}")
    print(f"Python {platform.python_version()}, Chromium at {CHROMIUM}, {platform.platform()}")
    print(f"{os.cpu_count()} CPUs, load {os.getloadavg()[0]:.1f} before")
    results = run(profiles, options.runs, options.seconds, options.estimator)
    print(f"load {os.getloadavg()[0]:.1f} after; medians of {options.runs} runs")
    print(table(results), summary(results), sep="\n\n")
    if options.json is not None:
        options.json.write_bytes(msgspec.json.format(msgspec.json.encode(results)))


if __name__ == "__main__":
    main()
