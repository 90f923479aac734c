"""`emporion simulate`: rooms in virtual time, as a table and a picture."""

import argparse
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from ..engine.config import Config
from ..engine.errors import ConfigError
from ..engine.testing.network import PROFILES, NetworkProfile, find_profile
from ..plugins.host import PluginHost
from ..plugins.simulation.chart import panels, write_png, write_svg
from ..plugins.simulation.run import Outcome, simulate
from ..plugins.simulation.scenes import SCENES
from ..plugins.simulation.table import Row, as_markdown, as_text

ALL: Final = "all"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Define the flags of `emporion simulate`."""
    parser.add_argument("--scheduler", default="teaching", help="a name, or all")
    parser.add_argument("--estimator", default="gcc", help="a name")
    parser.add_argument(
        "--profile", default="3g", help=f"all, a trace file, or {', '.join(PROFILES)}"
    )
    parser.add_argument("--room", choices=tuple(SCENES), default="class20")
    parser.add_argument("--seconds", type=float, default=60.0, help="how long the viewer stays")
    parser.add_argument("--seed", type=int, default=1, help="the same seed, the same outcome")
    parser.add_argument("--markdown", action="store_true", help="print the table for documents")
    parser.add_argument("--picture", type=Path, metavar="FILE", help="write FILE.svg and FILE.png")


def run(options: argparse.Namespace, config: Config) -> int:
    """Simulate what the flags ask for; the table goes to stdout, progress to stderr.

    Raises:
        ConfigError: A name that nobody has given.
    """
    host = PluginHost.load(config.plugins)
    rows: list[Row] = []
    for scheduler in _chosen_schedulers(options.scheduler, host):
        for profile in PROFILES if options.profile == ALL else (options.profile,):
            print(f"{scheduler} on {profile} …", file=sys.stderr)
            outcome = simulate(
                SCENES[options.room],
                _find_profile(profile),
                scheduler=host.schedulers[scheduler],
                estimator=host.make_estimator(options.estimator),
                seconds=options.seconds,
                seed=options.seed,
            )
            rows.append(Row(scheduler, profile, outcome.figures))
            if options.picture is not None:
                _draw(options.picture, rows[-1], outcome)
    print(_document(options, rows) if options.markdown else as_text(rows))
    return 0


def _document(options: argparse.Namespace, rows: Sequence[Row]) -> str:
    command = (
        f"emporion simulate --scheduler {options.scheduler} --estimator {options.estimator}"
        f" --profile {options.profile} --room {options.room} --seconds {options.seconds:g}"
        f" --seed {options.seed} --markdown"
    )
    return (
        "# Schedulers on emulated networks\n\n"
        f"Printed by `{command}`; the same command prints the same figures.\n"
        "What they mean and what is modelled: [Simulate a room](../howto/simulate-a-room.md).\n\n"
        f"{as_markdown(rows)}"
    )


def _draw(path: Path, row: Row, outcome: Outcome) -> None:
    """One picture for each run; the names tell them apart."""
    named = path.with_name(f"{path.name}-{row.scheduler}-{row.profile}")
    title = f"{row.scheduler} on {row.profile}"
    seconds = outcome.period.seconds
    write_svg(named.with_name(f"{named.name}.svg"), title, panels(outcome), seconds)
    write_png(named.with_name(f"{named.name}.png"), title, panels(outcome), seconds)


def _chosen_schedulers(wanted: str, host: PluginHost) -> Iterable[str]:
    known = host.schedulers
    if wanted != ALL and wanted not in known:
        raise ConfigError(f"there is no scheduler {wanted!r}; there are {', '.join(known)}")
    return known if wanted == ALL else (wanted,)


def _find_profile(name: str) -> NetworkProfile:
    try:
        return find_profile(name)
    except ValueError as error:
        raise ConfigError(str(error)) from error
