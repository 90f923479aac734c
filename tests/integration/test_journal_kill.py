"""kill -9 in the midst of appends loses nothing that was acknowledged."""

import os
import random
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
import trio

from emporion.engine.ids import SessionId
from emporion.engine.journal import Journal, read_journal

SESSION = SessionId("SE_killed")

# Appends as fast as the disk allows, in bursts, and says on stdout up to where it is durable.
WRITER = textwrap.dedent("""
    import os, sys
    from pathlib import Path
    import trio
    from emporion.engine.clock import TrioClock
    from emporion.engine.ids import SessionId
    from emporion.engine.journal import Journal

    async def main():
        folder = Path(sys.argv[1])
        journal = await Journal.open_in_thread(folder, SessionId("SE_killed"), TrioClock())
        journal.on_durable(lambda seq: os.write(1, b"%d\\n" % seq))
        async with trio.open_nursery() as nursery:
            nursery.start_soon(journal.run)
            while True:
                for _ in range(37):
                    journal.append(author=None, kind="test.fact", body={"text": "x" * 50})
                if journal.last_seq > journal.durable_seq + 5000:
                    await journal.wait_durable(journal.durable_seq + 1)
                await trio.lowlevel.checkpoint()

    trio.run(main)
""")


@pytest.mark.parametrize("round_number", range(3))
def test_nothing_acknowledged_is_lost(tmp_path: Path, round_number: int) -> None:
    """Three kills a round on the same file, so that recoveries are recovered from as well."""
    randomness = random.Random(round_number)
    acknowledged = 0
    for _ in range(3):
        acknowledged = max(acknowledged, run_and_kill(tmp_path, commits=randomness.randint(1, 12)))
        entries = list(read_journal(tmp_path / f"{SESSION}.journal"))
        assert len(entries) >= acknowledged, "an acknowledged entry is gone"
        assert [entry.seq for entry in entries] == list(range(1, len(entries) + 1))

    journal = Journal.open(tmp_path, SESSION, FixedClock())
    assert journal.last_seq >= acknowledged
    journal.close()


class FixedClock:
    def now_s(self) -> float:
        return 0.0

    def unix_s(self) -> float:
        return 0.0


def run_and_kill(folder: Path, *, commits: int) -> int:
    """Let a writer acknowledge so many batches, kill it, and return the last seq it promised."""
    package_parent = Path(__file__).parents[2] / ".ci" / "path"
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(folder)],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(package_parent)},
    )
    assert writer.stdout is not None
    promised = 0
    for _ in range(commits):
        line = writer.stdout.readline()
        assert line.endswith(b"\n"), "the writer died by itself"
        promised = int(line)
    writer.send_signal(signal.SIGKILL)
    rest, _ = writer.communicate(timeout=10)
    for line in rest.splitlines(keepends=True):
        if line.endswith(b"\n"):
            promised = int(line)
    return promised


async def test_appends_are_durable_within_fifty_milliseconds(tmp_path: Path) -> None:
    """The median of 20 commits in a row, so that one stall of a shared disk does not decide."""
    journal = Journal.open(tmp_path, SESSION, FixedClock())
    delays_s = []
    async with trio.open_nursery() as nursery:
        nursery.start_soon(journal.run)
        for _ in range(20):
            begun_s = trio.current_time()
            entry = journal.append(author=None, kind="test.fact", body={})
            with trio.fail_after(10):
                await journal.wait_durable(entry.seq)
            delays_s.append(trio.current_time() - begun_s)
        nursery.cancel_scope.cancel()
    await journal.aclose()
    assert sorted(delays_s)[10] <= 0.050
