"""Group commit: records gather in a buffer while the batch before them is written and synced.

Theory of operation. `add` never waits. The task `run` takes the whole buffer, writes and syncs it
in a thread, and moves `durable_seq`; whatever is added meanwhile is the next batch. When idle, a
batch starts at once; otherwise `COMMIT_INTERVAL_S` after the one before began. The first failure is
the last word: after a failed sync nobody knows what the disk holds, so the journal ends there and
is read anew by whoever opens it again.
"""

from collections.abc import Callable
from typing import Final

import trio

from ..clock import Clock
from ..errors import CoreMisuse, JournalError
from .file import JournalFile
from .meter import JournalMeter

COMMIT_INTERVAL_S: Final = 0.010  # At most 100 syncs a second for each room; lag stays below 50 ms.
MAX_PENDING_BYTES: Final = 16 * 1024 * 1024  # A disk that stands still must not eat the memory.


class GroupCommit:
    """Belongs to the trio thread; owns the open file."""

    def __init__(
        self,
        file: JournalFile,
        clock: Clock,
        *,
        durable_seq: int,
        meter: JournalMeter,
        in_thread: bool,
    ) -> None:
        self._file = file
        self._clock = clock
        self._meter = meter
        self._in_thread = in_thread
        self._durable_seq = durable_seq
        self._pending = bytearray()
        self._pending_entries = 0
        self._pending_since_s = 0.0
        self._callbacks: list[Callable[[int], None]] = []
        self._work = trio.Event()
        self._durable_moved = trio.Event()
        self._lock = trio.Lock()
        self._is_writing = False
        self._failure: JournalError | None = None

    @property
    def durable_seq(self) -> int:
        return self._durable_seq

    def check_open(self) -> None:
        """Raise what `add` would be refused with: it has ended, or is too far behind."""
        self._check_not_ended()
        if len(self._pending) > MAX_PENDING_BYTES:
            raise JournalError(
                f"{len(self._pending)} bytes wait for the disk of {self._file.path}",
                code="journal.behind",
                retryable=True,
            )

    def add(self, head: bytes, payload: bytes, now_s: float) -> None:
        """Take in the next record, after `check_open`."""
        if not self._pending:
            self._pending_since_s = now_s
            self._work.set()
        self._pending += head
        self._pending += payload
        self._pending_entries += 1
        self._meter.entries_appended += 1
        self._meter.entries_pending += 1

    def on_durable(self, callback: Callable[[int], None]) -> None:
        self._callbacks.append(callback)

    async def wait_durable(self, seq: int) -> None:
        while self._durable_seq < seq:
            self._check_not_ended()
            await self._durable_moved.wait()
        await trio.lowlevel.checkpoint()

    async def run(self, task_status: trio.TaskStatus[None]) -> None:
        task_status.started()
        next_s = float("-inf")
        while True:
            await self._work.wait()
            if self._failure is not None:
                return
            # Not after each commit: who appends seldom would pay for a timer each time.
            if trio.current_time() < next_s:
                await trio.sleep_until(next_s)
            next_s = trio.current_time() + COMMIT_INTERVAL_S
            await self._commit()

    async def aclose(self) -> None:
        """Write what waits and close the file, also when cancelled. Twice is once."""
        with trio.CancelScope(shield=True):
            try:
                await self._commit()
            finally:
                async with self._lock:
                    self._close()

    def flush(self) -> None:
        """Write what waits on the calling thread."""
        if self._is_writing:
            raise CoreMisuse("flush beside a running commit would mix up the file")
        self._check_not_ended()
        batch, entries, since_s = self._take_batch()
        try:
            self._file.write_durably(batch)
        except OSError as error:
            raise self._fail(error, entries) from error
        self._settle(entries, len(batch), since_s)

    def close(self) -> None:
        """`aclose` for tools without a loop."""
        try:
            if self._failure is None:
                self.flush()
        finally:
            self._close()

    def _check_not_ended(self) -> None:
        if self._failure is not None:
            # A new one for each who asks: a raised error carries its own traceback.
            raise JournalError(str(self._failure), code=self._failure.code)

    async def _commit(self) -> None:
        async with self._lock:
            if self._failure is not None or not self._pending:
                return
            batch, entries, since_s = self._take_batch()
            try:
                await self._write(batch)
            except OSError as error:
                raise self._fail(error, entries) from error
            self._settle(entries, len(batch), since_s)

    async def _write(self, batch: bytearray) -> None:
        """Write a batch to its end: once it is taken, nobody's cancellation may lose it."""
        self._is_writing = True
        try:
            with trio.CancelScope(shield=True):
                if self._in_thread:
                    await trio.to_thread.run_sync(self._file.write_durably, batch)
                else:
                    self._file.write_durably(batch)
        finally:
            self._is_writing = False

    def _take_batch(self) -> tuple[bytearray, int, float]:
        batch, entries = self._pending, self._pending_entries
        self._pending, self._pending_entries = bytearray(), 0
        self._work = trio.Event()
        return batch, entries, self._pending_since_s

    def _settle(self, entries: int, size_bytes: int, since_s: float) -> None:
        """Tell everybody that the oldest `entries` are durable."""
        if not entries:
            return
        self._durable_seq += entries
        self._meter.count_commit(
            entries=entries, size_bytes=size_bytes, delay_s=self._clock.now_s() - since_s
        )
        self._wake_waiters()
        for callback in self._callbacks:
            callback(self._durable_seq)

    def _fail(self, error: OSError, batch_entries: int) -> JournalError:
        self._meter.write_failures += 1
        self._pending_entries += batch_entries
        failure = JournalError(
            f"cannot write {self._file.path}: {error}; it ends at entry {self._durable_seq}",
            code="journal.write_failed",
        )
        self._end(failure)
        return failure

    def _close(self) -> None:
        if self._failure is None:
            self._end(JournalError(f"{self._file.path} is closed", code="journal.closed"))
        if self._file.is_open:
            self._meter.open_journals -= 1
            self._file.close()

    def _end(self, failure: JournalError) -> None:
        self._failure = failure
        self._meter.entries_pending -= self._pending_entries
        self._pending_entries = 0
        self._work.set()
        self._wake_waiters()

    def _wake_waiters(self) -> None:
        moved, self._durable_moved = self._durable_moved, trio.Event()
        moved.set()
