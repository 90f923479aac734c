"""How fast a journal appends, commits, recovers and reads back.

Run: `python tests/bench/bench_journal.py [--entries 200000]`.
"""

import argparse
import platform
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import msgspec
import trio

from emporion.engine.clock import TrioClock
from emporion.engine.ids import ParticipantId, SessionId
from emporion.engine.journal import Journal, read_journal

SESSION = SessionId("SE_bench")
AUTHOR = ParticipantId("PA_bench")
BATCH = 50  # Appends between two checkpoints, as a busy room would make them.
MAX_BEHIND = 20_000  # Above it we wait for the disk: its speed is not what is measured.


class Message(msgspec.Struct, frozen=True, kw_only=True):
    message_id: str
    text: str


@dataclass(frozen=True, slots=True)
class Figures:
    """CPU of the whole process (with the committing thread), and wall time until all is durable."""

    entries: int
    append_cpu_s: float
    process_cpu_s: float
    wall_s: float
    commits: int
    recover_s: float
    read_s: float
    file_bytes: int

    @property
    def appends_per_cpu_s(self) -> float:
        return self.entries / self.process_cpu_s


async def measure(folder: Path, entries: int) -> Figures:
    journal = Journal.open(folder, SESSION, TrioClock())
    commits = 0

    def count_commit(_seq: int) -> None:
        nonlocal commits
        commits += 1

    journal.on_durable(count_commit)
    body = Message(message_id="EV_bench", text="a line of chat as people type it " * 2)
    append_cpu_s = 0.0
    process_begun_s, begun_s = time.process_time(), time.perf_counter()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(journal.run)
        for _ in range(entries // BATCH):
            thread_begun_s = time.thread_time()
            for _ in range(BATCH):
                journal.append(author=AUTHOR, kind="chat.message", body=body)
            append_cpu_s += time.thread_time() - thread_begun_s
            await trio.lowlevel.checkpoint()
            if journal.last_seq > journal.durable_seq + MAX_BEHIND:
                await journal.wait_durable(journal.durable_seq + 1)
        await journal.wait_durable(journal.last_seq)
        nursery.cancel_scope.cancel()
    process_cpu_s, wall_s = time.process_time() - process_begun_s, time.perf_counter() - begun_s
    await journal.aclose()

    begun_s = time.perf_counter()
    reopened = Journal.open(folder, SESSION, TrioClock())
    recover_s = time.perf_counter() - begun_s
    begun_s = time.perf_counter()
    count = sum(1 for _ in read_journal(reopened.path))
    read_s = time.perf_counter() - begun_s
    assert count == reopened.last_seq == entries // BATCH * BATCH
    await reopened.aclose()
    return Figures(
        entries=count,
        append_cpu_s=append_cpu_s,
        process_cpu_s=process_cpu_s,
        wall_s=wall_s,
        commits=commits,
        recover_s=recover_s,
        read_s=read_s,
        file_bytes=reopened.size_bytes,
    )


def run(entries: int) -> Figures:
    with tempfile.TemporaryDirectory() as folder:
        return trio.run(measure, Path(folder), entries)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=200_000)
    figures = run(parser.parse_args().entries)
    print("command:", " ".join(["python", *sys.argv]))
    print("machine:", platform.platform())
    print(f"versions: CPython {platform.python_version()}, trio {trio.__version__}")
    per_entry = 1e6 / figures.entries
    print(f"append: {figures.append_cpu_s * per_entry:.2f} µs CPU each")
    print(
        f"append and commit, whole process: {figures.process_cpu_s * per_entry:.2f} µs CPU each, "
        f"{figures.appends_per_cpu_s:,.0f} per CPU second (floor 50,000); "
        f"{figures.entries / figures.wall_s:,.0f}/s wall, {figures.commits} commits"
    )
    print(f"recover: {figures.recover_s * per_entry:.2f} µs each")
    print(f"read: {figures.read_s * per_entry:.2f} µs each")
    print(f"file: {figures.file_bytes / figures.entries:.0f} bytes each")


if __name__ == "__main__":
    main()
