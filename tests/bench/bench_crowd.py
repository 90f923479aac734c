"""What a join costs as a room fills up with ten thousand, without the network and the media.

    python tests/bench/bench_crowd.py [--people 10000] [--plugins chat,hands,...]

A whole classroom in this process, on fake media and recorded outlets; the journal goes to a real
disk. Everybody joins one after the other; a host is told of each.
"""

import argparse
import logging
import platform
import sys
import tempfile
import time
from pathlib import Path

import structlog
import trio

from emporion.engine.config import BRIEFING, RoomsConfig
from emporion.testing.classroom import one_template, open_rig

STEPS = 4


async def measure(people: int, plugins: tuple[str, ...]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        rooms: RoomsConfig = one_template(max_participants=people + 2, plugins=plugins)
        async with open_rig(Path(folder), rooms=rooms, is_strict=False) as rig:
            await rig.client("host", "host").join(media=False)
            for step in range(STEPS):
                cpu_s, wall_s = time.process_time(), time.perf_counter()
                for number in range(people // STEPS):
                    client = rig.client(f"merchant-{step}-{number}")
                    await client.join(media=False)
                    del rig.outlets.received[client.connection_id]
                joins = people // STEPS
                print(
                    f"{(step + 1) * joins:6} people: a join takes"
                    f" {(time.process_time() - cpu_s) / joins * 1e3:5.2f} ms of CPU,"
                    f" {(time.perf_counter() - wall_s) / joins * 1e3:5.2f} ms in all"
                )
            wall_s = time.perf_counter()
            await rig.client("late-host", "host").join(media=False)
            print(f"a host who sees them all:  {(time.perf_counter() - wall_s) * 1e3:5.1f} ms")


def main() -> None:
    """Print the figures with what is needed to repeat them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=10_000)
    parser.add_argument("--plugins", default=",".join(BRIEFING.plugins))
    options = parser.parse_args()
    quiet = structlog.make_filtering_bound_logger(logging.ERROR)
    structlog.configure(wrapper_class=quiet)
    print(f"command: {' '.join(sys.argv)}")
    print(f"Python {platform.python_version()}, trio {trio.__version__}, {platform.platform()}")
    print(f"plugins: {options.plugins}")
    trio.run(measure, options.people, tuple(options.plugins.split(",")))


if __name__ == "__main__":
    main()
