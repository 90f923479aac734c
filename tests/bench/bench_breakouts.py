"""How long it takes to move a class into its groups and back, without a new connection.

    python tests/bench/bench_breakouts.py [--people 20] [--groups 5] [--rounds 5]

The server is `emporion serve` in a process of its own; the people are load clients with a WebSocket
and a media transport each, and each publishes a microphone and a camera. Counted is the wall time
from the teacher's request until the last of them was told that it has moved, and the server's CPU.
"""

import argparse
import itertools
import platform
import sys
import tempfile
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import msgspec
import trio
from bench.bench_join import Control, Guest
from bench.server_process import ServerProcess, serving

from emporion.engine.media import Source
from emporion.engine.protocol.client import PluginRequest, PublishTrack
from emporion.engine.protocol.server import Moved, ServerPush
from emporion.engine.testing.load_client import LoadIdentity

ROOM = "class"
SWEEP_S = 2.5  # The groups of the round before end a little after everybody has left them.


@dataclass(frozen=True, slots=True)
class MoveFigures:
    """The slowest and the median round of each direction, in milliseconds."""

    people: int
    out_ms: tuple[float, ...]
    back_ms: tuple[float, ...]
    cpu_ms: float  # Of the server, for one person and one move.

    @property
    def worst_ms(self) -> float:
        return max(*self.out_ms, *self.back_ms)


class Moves:
    """Counts who was told of a move."""

    def __init__(self, people: int) -> None:
        self._people = people
        self._count = 0
        self._all = trio.Event()

    def begin(self) -> None:
        self._count, self._all = 0, trio.Event()

    def note(self, message: ServerPush) -> None:
        if isinstance(message, Moved):
            self._count += 1
            if self._count == self._people:
                self._all.set()

    async def wait(self) -> None:
        await self._all.wait()


async def measure_moves(
    server: ServerProcess, people: int, groups: int, rounds: int
) -> MoveFigures:
    """Let everybody in, then move them out and back."""
    identity, refs = LoadIdentity(), itertools.count(10)
    url = f"ws://127.0.0.1:{server.port}/ws"
    moves = Moves(people)
    async with AsyncExitStack() as stack:
        teacher = await Guest(identity).join(
            url, server.token("teacher", room=ROOM, role="host"), stack
        )

        async def ask(**body: object) -> None:
            raw = msgspec.Raw(msgspec.msgpack.encode(body))
            await teacher.request(PluginRequest(ref=next(refs), plugin="breakouts", body=raw))

        for number in range(people):
            token = server.token(f"person-{number}", room=ROOM)
            control = await Guest(identity).join(url, token, stack)
            control.on_push = moves.note
            await _publish(control)
        out_ms: list[float] = []
        back_ms: list[float] = []
        cpu_s = 0.0
        for _ in range(rounds):
            await ask(type="plan", names=[f"Group {n + 1}" for n in range(groups)], by="even")
            for figures, asked in ((out_ms, "open"), (back_ms, "close")):
                moves.begin()
                cpu_before_s, start_s = server.cpu_s(), time.perf_counter()
                await ask(type=asked, countdown_s=0)
                await moves.wait()
                figures.append((time.perf_counter() - start_s) * 1e3)
                cpu_s += server.cpu_s() - cpu_before_s
            await trio.sleep(SWEEP_S)
    return MoveFigures(people, tuple(out_ms), tuple(back_ms), cpu_s / rounds / 2 / people * 1e3)


async def _publish(control: Control) -> None:
    for ref, source in enumerate((Source.MICROPHONE, Source.CAMERA), 2):
        await control.request(PublishTrack(ref=ref, source=source))


def run_moves(people: int, groups: int, rounds: int) -> MoveFigures:
    """Measure moves on a new server."""

    async def bounded(server: ServerProcess) -> MoveFigures:
        with trio.fail_after(120):
            return await measure_moves(server, people, groups, rounds)

    with tempfile.TemporaryDirectory() as folder, serving(Path(folder)) as server:
        return trio.run(bounded, server)


def main() -> None:
    """Print the figures with what is needed to repeat them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=20)
    parser.add_argument("--groups", type=int, default=5)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    figures = run_moves(options.people, options.groups, options.rounds)
    print(f"command: {' '.join(sys.argv)}")
    print(f"Python {platform.python_version()}, trio {trio.__version__}, {platform.platform()}")
    for name, times in (("into groups", figures.out_ms), ("back", figures.back_ms)):
        print(
            f"{options.people} people {name:12} median {sorted(times)[len(times) // 2]:6.1f} ms,"
            f" worst {max(times):6.1f} ms"
        )
    print(f"server           {figures.cpu_ms:5.2f} ms of CPU for one person and one move")


if __name__ == "__main__":
    main()
