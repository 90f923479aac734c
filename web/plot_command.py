"""`emporion plot-estimates`: what a node believed of its viewers' links, as a picture."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from ..engine.congestion.api import RateTarget
from ..engine.errors import ConfigError
from ..engine.ids import TransportId
from ..engine.transport.estimate_dump import read_dump
from ..plugins.simulation.chart import COLOURS, Curve, Panel, Points, write_png, write_svg

WRITERS: Final = {".svg": write_svg, ".png": write_png}

Targets = Sequence[tuple[float, RateTarget]]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Define the flags of `emporion plot-estimates`."""
    parser.add_argument("dump", type=Path, help="what `media.estimate_dump` named")
    parser.add_argument("-o", "--output", type=Path, required=True, help="a .svg or .png file")
    parser.add_argument("--viewer", help="id of a transport; without it the one with most targets")


def run(options: argparse.Namespace) -> int:
    """Draw one viewer of a dump.

    Raises:
        ConfigError: The dump cannot be read, or has no such viewer, or the picture no known kind.
    """
    write = WRITERS.get(options.output.suffix)
    if write is None:
        raise ConfigError(f"{options.output}: the picture is a .svg or a .png file")
    targets = _choose(read_dump(options.dump), options.viewer)
    first_s = targets[0][0]
    seconds = max(targets[-1][0] - first_s, 1.0)
    title = f"{targets[0][1].transport_id}, {seconds:.0f} s: {_reasons(targets)}"
    write(options.output, title, panels(targets), seconds)
    return 0


def panels(targets: Targets) -> tuple[Panel, ...]:
    """Return rates, delay and loss of one viewer over time."""
    first_s = targets[0][0]
    rates = [(now_s - first_s, target.available_bps / 1e3) for now_s, target in targets]
    probes = [
        (now_s - first_s, target.probe.rate_bps / 1e3)
        for now_s, target in targets
        if target.probe is not None
    ]
    delays = [(now_s - first_s, 1e3 * target.queueing_delay_s) for now_s, target in targets]
    lost = [(now_s - first_s, 100 * target.lost_ratio) for now_s, target in targets]
    return (
        Panel(
            "rates",
            "kbit/s",
            _top([*rates, *probes]),
            (
                Curve("estimate", COLOURS[1], _held(rates)),
                Curve("probes", COLOURS[2], _peaks(probes)),
            ),
        ),
        Panel("queue", "ms", _top(delays), (Curve("delay", COLOURS[3], _held(delays)),)),
        Panel("lost", "%", _top(lost), (Curve("loss", COLOURS[1], _held(lost)),)),
    )


def _choose(dump: dict[TransportId, list[tuple[float, RateTarget]]], viewer: str | None) -> Targets:
    if not dump:
        raise ConfigError("the dump is empty: nobody has watched yet")
    if viewer is None:
        return max(dump.values(), key=len)
    if viewer not in dump:
        raise ConfigError(f"the dump has no viewer {viewer}; it has {', '.join(sorted(dump)[:10])}")
    return dump[TransportId(viewer)]


def _reasons(targets: Targets) -> str:
    names = [target.reason for _, target in targets]
    return ", ".join(f"{name} {names.count(name)}" for name in dict.fromkeys(names))


def _held(points: Points) -> Points:
    """A value holds until the next one."""
    held: Points = []
    for at_s, value in points:
        if held:
            held.append((at_s, held[-1][1]))
        held.append((at_s, value))
    return held


def _peaks(points: Points) -> Points:
    return [peak for at_s, value in points for peak in ((at_s, 0.0), (at_s, value), (at_s, 0.0))]


def _top(points: Points) -> float:
    return max((value for _, value in points), default=0.0) * 1.1 or 1.0
