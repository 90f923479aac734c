"""One session's journal: append now, durable within milliseconds, read back from any seq.

Theory of operation. `append` numbers and encodes an entry, keeps it in the memory tail and adds its
record to a buffer; it never waits. The task `run` takes the whole buffer, writes and syncs it in a
thread, and moves `durable_seq`: whatever is appended meanwhile is the next batch (group commit).
When idle, a batch starts at once; otherwise `COMMIT_INTERVAL_S` after the one before. An
entry may be shown to people when it is appended; a promise ("done") must wait until it is durable.
"""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, Final, Self

import msgspec
import trio

from ..clock import Clock
from ..errors import CoreMisuse, JournalError
from ..ids import ParticipantId, SessionId
from .entry import ALL, Audience, Draft, Entry, JournalHeader
from .file import FORMAT_VERSION, JournalFile, Recovered
from .framing import HEAD_BYTES, MAX_PAYLOAD_BYTES, frame_head
from .meter import JournalMeter
from .snapshot import Snapshot, load_snapshot, save_snapshot
from .tail import EntryTail

COMMIT_INTERVAL_S: Final = 0.010  # At most 100 syncs a second for each room; lag stays below 50 ms.
MAX_PENDING_BYTES: Final = 16 * 1024 * 1024  # A disk that stands still must not eat the memory.

Body = msgspec.Struct | dict[str, Any] | msgspec.Raw | bytes  # Any: what msgpack can encode.

_encoder = msgspec.msgpack.Encoder()
_raw_decoder = msgspec.msgpack.Decoder(msgspec.Raw)


class Journal:
    """See the module. All methods belong to the trio thread, but `write_snapshot`."""

    def __init__(
        self,
        path: Path,
        file: JournalFile,
        recovered: Recovered,
        clock: Clock,
        *,
        meter: JournalMeter,
        commit_in_thread: bool,
    ) -> None:
        self._path = path
        self._file = file
        self._clock = clock
        self._meter = meter
        self._commit_in_thread = commit_in_thread
        self._header = recovered.header
        self._torn_bytes = recovered.torn_bytes
        self._last_seq = self._durable_seq = recovered.last_seq
        self._last_at_us = recovered.last_at_us
        # The session clock goes on through a restart as far as the wall clock can tell, and never back.
        elapsed_us = round((clock.unix_s() - recovered.header.started_at_unix_s) * 1e6)
        self._base_us = max(elapsed_us, recovered.last_at_us)
        self._base_now_s = clock.now_s()
        self._tail = EntryTail(first_seq=recovered.last_seq + 1)
        self._pending = bytearray()
        self._pending_since_s = 0.0
        self._callbacks: list[Callable[[int], None]] = []
        self._work = trio.Event()
        self._durable_moved = trio.Event()
        self._commit_lock = trio.Lock()
        self._failure: JournalError | None = None

    @classmethod
    def open(
        cls,
        folder: Path,
        session_id: SessionId,
        clock: Clock,
        *,
        room_name: str = "",
        meter: JournalMeter | None = None,
        commit_in_thread: bool = True,
    ) -> Self:
        """Open the session's file, or create it; a torn end is cut off and seq and clock go on.

        Reads the whole file once, about 1 s for a million entries: for a long session call it by
        `trio.to_thread.run_sync`, with a clock that may be asked there.

        Args:
            folder: Where journals live; must exist.
            room_name: Noted in a new file.
            meter: Shared by all journals of a node.
            commit_in_thread: False: write on the loop. For tests with an autojump clock, which
                would take a busy thread for idleness.

        Raises:
            JournalError: `journal.locked`, or `journal.corrupt` (the file is left as it is).
            OSError: The folder cannot be written.
        """
        if not session_id.replace("_", "").isalnum():
            raise CoreMisuse(f"session id {session_id!r} cannot name a file")
        meter = meter or JournalMeter()
        path = folder / f"{session_id}.journal"
        header = JournalHeader(
            format_version=FORMAT_VERSION,
            session_id=session_id,
            room_name=room_name,
            started_at_unix_s=clock.unix_s(),
        )
        file, recovered = JournalFile.open(path, header)
        meter.open_journals += 1
        meter.torn_recoveries += recovered.torn_bytes > 0
        return cls(path, file, recovered, clock, meter=meter, commit_in_thread=commit_in_thread)

    @property
    def path(self) -> Path:
        return self._path

    @property
    def session_id(self) -> SessionId:
        return self._header.session_id

    @property
    def room_name(self) -> str:
        return self._header.room_name

    @property
    def started_at_unix_s(self) -> float:
        """The zero of the session clock."""
        return self._header.started_at_unix_s

    @property
    def last_seq(self) -> int:
        """The seq of the newest entry, durable or not; 0: none yet."""
        return self._last_seq

    @property
    def durable_seq(self) -> int:
        """Entries up to here survive a loss of power."""
        return self._durable_seq

    @property
    def size_bytes(self) -> int:
        """The file's size with all that is appended."""
        return self._file.size_bytes

    @property
    def torn_bytes(self) -> int:
        """What was cut off the end when it was opened; kept in a `.torn` file beside it."""
        return self._torn_bytes

    def now_us(self) -> int:
        """The session clock: microseconds since the session began, never falling."""
        return self._base_us + round((self._clock.now_s() - self._base_now_s) * 1e6)

    def append(
        self,
        *,
        author: ParticipantId | None,
        kind: str,
        body: Body,
        audience: Audience = ALL,
    ) -> Entry:
        """Add one entry and return it, numbered; it is not yet durable. Never waits.

        Raises:
            JournalError: `journal.closed`, `journal.write_failed` (for good: the file has ended),
                `journal.behind` (retryable: the disk cannot keep up), `journal.too_large`.
        """
        raw = _encode_body(body)
        if self._failure is not None or len(self._pending) > MAX_PENDING_BYTES:
            raise self._refusal()
        now_s = self._clock.now_s()
        entry = Entry(
            seq=self._last_seq + 1,
            at_us=max(self._base_us + round((now_s - self._base_now_s) * 1e6), self._last_at_us),
            author=author,
            kind=kind,
            body=raw,
            audience=audience,
        )
        payload = _encoder.encode(entry)
        if len(payload) > MAX_PAYLOAD_BYTES:
            raise JournalError(
                f"entry {kind} has {len(payload)} bytes, at most {MAX_PAYLOAD_BYTES} are kept",
                code="journal.too_large",
            )
        self._add(entry, payload, now_s)
        return entry

    def append_many(self, drafts: Iterable[Draft]) -> list[Entry]:
        """Append in order; each stands for itself: if one is refused, those before it stay."""
        return [
            self.append(
                author=draft.author, kind=draft.kind, body=draft.body, audience=draft.audience
            )
            for draft in drafts
        ]

    def entries(self, after_seq: int, limit: int | None = None) -> Iterator[Entry]:
        """Yield the entries that now exist above `after_seq`, in order, at most `limit`.

        The newest come from memory, older ones from the file; later appends do not disturb it.
        """
        stop = self._last_seq if limit is None else min(self._last_seq, after_seq + limit)
        return self._iterate(max(after_seq, 0) + 1, stop)

    def on_durable(self, callback: Callable[[int], None]) -> None:
        """Call `callback(durable_seq)` on the loop after each batch; it must not raise or wait."""
        self._callbacks.append(callback)

    async def wait_durable(self, seq: int) -> None:
        """Wait until the entry `seq` is durable. Cancel-safe.

        Raises:
            JournalError: It never will be: `journal.write_failed` or `journal.closed`.
        """
        if seq > self._last_seq:
            raise CoreMisuse(f"waits for entry {seq}, but the last is {self._last_seq}")
        while self._durable_seq < seq:
            if self._failure is not None:
                raise self._refusal()
            await self._durable_moved.wait()
        await trio.lowlevel.checkpoint()

    async def run(self, *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        """Make batches durable until cancelled or closed. One task for each open journal.

        Raises:
            JournalError: `journal.write_failed`; the journal has ended, at its last good entry.
        """
        task_status.started()
        while True:
            await self._work.wait()
            if self._failure is not None:
                return
            begun_s = trio.current_time()
            await self._commit()
            await trio.sleep_until(begun_s + COMMIT_INTERVAL_S)

    async def aclose(self) -> None:
        """Make all entries durable and close the file, also when cancelled. Twice is once.

        Raises:
            JournalError: `journal.write_failed`, if the last batch could not be written.
        """
        with trio.CancelScope(shield=True):
            try:
                if self._failure is None:
                    await self._commit()
            finally:
                async with self._commit_lock:
                    self._close()

    def flush(self) -> None:
        """Make all entries durable now, on the calling thread; for tools without a loop."""
        try:
            self._commit_lock.acquire_nowait()
        except trio.WouldBlock:
            raise CoreMisuse("flush beside a running commit would mix up the file") from None
        except RuntimeError:
            pass  # There is no loop, so nothing can be running.
        else:
            self._commit_lock.release()
        batch, entries = self._take_batch()
        try:
            self._file.write_durably(batch)
        except OSError as error:
            raise self._fail(error) from error
        self._settle(entries, len(batch))

    def close(self) -> None:
        """`aclose` for tools without a loop."""
        try:
            if self._failure is None:
                self.flush()
        finally:
            self._close()

    def write_snapshot(self, seq: int, state: bytes, *, name: str = "room") -> None:
        """Keep a fold's state after the entry `seq`; blocks for a sync, and may run in a thread."""
        if not 0 <= seq <= self._last_seq:
            raise CoreMisuse(f"snapshot at {seq}, but the last entry is {self._last_seq}")
        save_snapshot(self._snapshot_path(name), Snapshot(seq=seq, state=state))

    def latest_snapshot(self, *, name: str = "room") -> Snapshot | None:
        """Return the snapshot of this name, unless it knows of entries that were lost."""
        snapshot = load_snapshot(self._snapshot_path(name))
        return snapshot if snapshot is not None and snapshot.seq <= self._last_seq else None

    # -- inside --------------------------------------------------------------------------------

    def _add(self, entry: Entry, payload: bytes, now_s: float) -> None:
        size_bytes = HEAD_BYTES + len(payload)
        self._last_seq = entry.seq
        self._last_at_us = entry.at_us
        self._file.note(entry.seq, size_bytes)
        self._tail.append(entry, size_bytes)
        if not self._pending:
            self._pending_since_s = now_s
            self._work.set()
        self._pending += frame_head(payload)
        self._pending += payload
        self._meter.entries_appended += 1
        self._meter.entries_pending += 1

    def _iterate(self, seq: int, stop: int) -> Iterator[Entry]:
        while seq <= stop:
            if seq >= self._tail.first_seq:
                yield from self._tail.between(seq, stop)
                return
            older = min(stop, self._tail.first_seq - 1)
            for entry in self._file.read(seq, older):
                yield entry
                seq = entry.seq + 1
            if seq <= older:
                raise JournalError(
                    f"{self._path} ends before entry {seq}, which was written",
                    code="journal.corrupt",
                )

    async def _commit(self) -> None:
        async with self._commit_lock:
            if self._failure is not None:
                return
            batch, entries = self._take_batch()
            if not entries:
                return
            try:
                # A batch that was taken must be written, whoever is cancelled meanwhile.
                with trio.CancelScope(shield=True):
                    if self._commit_in_thread:
                        await trio.to_thread.run_sync(self._file.write_durably, batch)
                    else:
                        self._file.write_durably(batch)
            except OSError as error:
                raise self._fail(error) from error
            self._settle(entries, len(batch))

    def _take_batch(self) -> tuple[bytearray, int]:
        batch, self._pending = self._pending, bytearray()
        if self._failure is None:
            self._work = trio.Event()
        return batch, self._last_seq - self._durable_seq

    def _settle(self, entries: int, size_bytes: int) -> None:
        """Tell everybody that the oldest `entries` are durable."""
        self._durable_seq += entries
        self._tail.trim(self._durable_seq)
        delay_s = self._clock.now_s() - self._pending_since_s
        self._meter.count_commit(entries=entries, size_bytes=size_bytes, delay_s=delay_s)
        self._wake_waiters()
        for callback in self._callbacks:
            callback(self._durable_seq)

    def _wake_waiters(self) -> None:
        moved, self._durable_moved = self._durable_moved, trio.Event()
        moved.set()

    def _fail(self, error: OSError) -> JournalError:
        """End the journal: after a failed sync nobody knows what the disk holds (it is re-read)."""
        self._meter.write_failures += 1
        self._end(
            JournalError(
                f"cannot write {self._path}: {error}; it ends at entry {self._durable_seq}",
                code="journal.write_failed",
            )
        )
        return self._refusal()

    def _end(self, why: JournalError) -> None:
        self._failure = why
        self._meter.entries_pending -= self._last_seq - self._durable_seq
        self._work.set()
        self._wake_waiters()

    def _close(self) -> None:
        if self._failure is None:
            self._end(JournalError(f"{self._path} is closed", code="journal.closed"))
        if self._file.is_open:
            self._meter.open_journals -= 1
            self._file.close()

    def _refusal(self) -> JournalError:
        if self._failure is not None:
            return JournalError(str(self._failure), code=self._failure.code)
        return JournalError(
            f"{len(self._pending)} bytes wait for the disk of {self._path}",
            code="journal.behind",
            retryable=True,
        )

    def _snapshot_path(self, name: str) -> Path:
        return self._path.with_suffix(f".{name}.snapshot")


def _encode_body(body: Body) -> msgspec.Raw:
    """Encode a body; bytes that are no single msgpack value would break the entry around them."""
    if isinstance(body, msgspec.Struct | dict):
        return msgspec.Raw(_encoder.encode(body))
    try:
        return _raw_decoder.decode(body).copy()
    except msgspec.DecodeError as error:
        raise CoreMisuse(f"an entry's body must be one msgpack value: {error}") from error
