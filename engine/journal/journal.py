"""One session's journal: append now, durable within milliseconds, read back from any seq.

An entry may be shown to people as soon as it is appended; a promise ("done") must wait until it is
durable: `on_durable` and `wait_durable` tell. docs/adr/0004-journal.md says why it is a file.
"""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, Self

import msgspec
import trio

from ..clock import Clock
from ..errors import CoreMisuse, JournalError
from ..ids import ParticipantId, SessionId
from .entry import ALL, Audience, Draft, Entry, JournalHeader
from .file import FORMAT_VERSION, JournalFile, Recovered
from .framing import HEAD_BYTES, MAX_PAYLOAD_BYTES, frame_head
from .group_commit import GroupCommit
from .meter import JournalMeter
from .snapshot import Snapshot, load_snapshot, save_snapshot
from .tail import EntryTail

Body = msgspec.Struct | dict[str, Any] | msgspec.Raw | bytes  # Any: what msgpack can encode.

_encoder = msgspec.msgpack.Encoder()
_raw_decoder = msgspec.msgpack.Decoder(msgspec.Raw)


class Journal:
    """See the module. All methods belong to the trio thread, but `write_snapshot`."""

    def __init__(
        self,
        file: JournalFile,
        recovered: Recovered,
        clock: Clock,
        *,
        meter: JournalMeter,
        commit_in_thread: bool,
    ) -> None:
        self._file = file
        self._clock = clock
        self._recovered = recovered
        self._last_seq = recovered.last_seq
        self._last_at_us = recovered.last_at_us
        # The session clock goes on as far as the wall clock can tell, and never back.
        elapsed_us = round((clock.unix_s() - recovered.header.started_at_unix_s) * 1e6)
        self._base_us = max(elapsed_us, recovered.last_at_us)
        self._base_now_s = clock.now_s()
        self._tail = EntryTail(first_seq=recovered.last_seq + 1)
        self._commit = GroupCommit(
            file, clock, durable_seq=recovered.last_seq, meter=meter, in_thread=commit_in_thread
        )
        self._commit.on_durable(self._tail.trim)
        meter.open_journals += 1
        meter.torn_recoveries += recovered.torn_bytes > 0

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

        Reads the whole file once (about 1 s for a million entries): `open_in_thread` for long ones.

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
        path, header = _describe(folder, session_id, clock, room_name)
        file, recovered = JournalFile.open(path, header)
        return cls(
            file,
            recovered,
            clock,
            meter=meter or JournalMeter(),
            commit_in_thread=commit_in_thread,
        )

    @classmethod
    async def open_in_thread(
        cls,
        folder: Path,
        session_id: SessionId,
        clock: Clock,
        *,
        room_name: str = "",
        meter: JournalMeter | None = None,
    ) -> Self:
        """Do as `open` does, and leave the loop free meanwhile. Cancelling waits for the thread."""
        path, header = _describe(folder, session_id, clock, room_name)
        file, recovered = await trio.to_thread.run_sync(JournalFile.open, path, header)
        return cls(file, recovered, clock, meter=meter or JournalMeter(), commit_in_thread=True)

    @property
    def path(self) -> Path:
        return self._file.path

    @property
    def session_id(self) -> SessionId:
        return self._recovered.header.session_id

    @property
    def room_name(self) -> str:
        return self._recovered.header.room_name

    @property
    def started_at_unix_s(self) -> float:
        """The zero of the session clock."""
        return self._recovered.header.started_at_unix_s

    @property
    def last_seq(self) -> int:
        """The seq of the newest entry, durable or not; 0: none yet."""
        return self._last_seq

    @property
    def durable_seq(self) -> int:
        """Entries up to here survive a loss of power."""
        return self._commit.durable_seq

    @property
    def size_bytes(self) -> int:
        """The file's size with all that is appended."""
        return self._file.size_bytes

    @property
    def torn_bytes(self) -> int:
        """What was cut off the end when it was opened; kept in a `.torn` file beside it."""
        return self._recovered.torn_bytes

    def now_us(self) -> int:
        """The session clock: microseconds since the session began, never falling."""
        return self._at_us(self._clock.now_s())

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
            CoreMisuse: `body` is not one msgpack value.
        """
        self._commit.check_open()
        now_s = self._clock.now_s()
        entry = Entry(
            seq=self._last_seq + 1,
            at_us=self._at_us(now_s),
            author=author,
            kind=kind,
            body=_encode_body(body),
            audience=audience,
        )
        payload = _encoder.encode(entry)
        if len(payload) > MAX_PAYLOAD_BYTES:
            raise JournalError(
                f"entry {kind} has {len(payload)} bytes, at most {MAX_PAYLOAD_BYTES} are kept",
                code="journal.too_large",
            )
        self._last_seq = entry.seq
        self._last_at_us = entry.at_us
        self._file.note(entry.seq, HEAD_BYTES + len(payload))
        self._tail.append(entry, HEAD_BYTES + len(payload))
        self._commit.add(frame_head(payload), payload, now_s)
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
        self._commit.on_durable(callback)

    async def wait_durable(self, seq: int) -> None:
        """Wait until the entry `seq` is durable. Cancel-safe.

        Raises:
            JournalError: It never will be: `journal.write_failed` or `journal.closed`.
        """
        if seq > self._last_seq:
            raise CoreMisuse(f"waits for entry {seq}, but the last is {self._last_seq}")
        await self._commit.wait_durable(seq)

    async def run(self, *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        """Make batches durable until cancelled or closed. One task for each open journal.

        Raises:
            JournalError: `journal.write_failed`; the journal has ended, at its last good entry.
        """
        await self._commit.run(task_status)

    async def aclose(self) -> None:
        """Make all entries durable and close the file, also when cancelled. Twice is once.

        Whoever opens a journal must close it: its lock keeps everybody else out.

        Raises:
            JournalError: `journal.write_failed`, if the last batch could not be written.
        """
        await self._commit.aclose()

    def flush(self) -> None:
        """Make all entries durable now, on the calling thread; for tools without a loop."""
        self._commit.flush()

    def close(self) -> None:
        """Do as `aclose` does; for tools without a loop."""
        self._commit.close()

    def write_snapshot(self, seq: int, state: bytes, *, name: str = "room") -> None:
        """Keep a fold's state after the entry `seq`; blocks for a sync, and may run in a thread."""
        if not 0 <= seq <= self._last_seq:
            raise CoreMisuse(f"snapshot at {seq}, but the last entry is {self._last_seq}")
        save_snapshot(self._snapshot_path(name), Snapshot(seq=seq, state=state))

    def latest_snapshot(self, *, name: str = "room") -> Snapshot | None:
        """Return the snapshot of this name, unless it knows of entries that were lost."""
        snapshot = load_snapshot(self._snapshot_path(name))
        return snapshot if snapshot is not None and snapshot.seq <= self._last_seq else None

    def _at_us(self, now_s: float) -> int:
        session_us = self._base_us + round((now_s - self._base_now_s) * 1e6)
        return max(session_us, self._last_at_us)

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
                    f"{self.path} breaks before entry {seq}, which was written",
                    code="journal.corrupt",
                )

    def _snapshot_path(self, name: str) -> Path:
        return self.path.with_suffix(f".{name}.snapshot")


def _describe(
    folder: Path, session_id: SessionId, clock: Clock, room_name: str
) -> tuple[Path, JournalHeader]:
    """Return the file of a session, and the header it gets if it is new."""
    if not session_id.replace("_", "").isalnum():
        raise CoreMisuse(f"session id {session_id!r} cannot name a file")
    header = JournalHeader(
        format_version=FORMAT_VERSION,
        session_id=session_id,
        room_name=room_name,
        started_at_unix_s=clock.unix_s(),
    )
    return folder / f"{session_id}.journal", header


def _encode_body(body: Body) -> msgspec.Raw:
    """Encode a body; bytes that are no single msgpack value would break the entry around them."""
    if isinstance(body, msgspec.Struct | dict):
        return msgspec.Raw(_encoder.encode(body))
    try:
        return _raw_decoder.decode(body).copy()
    except msgspec.DecodeError as error:
        raise CoreMisuse(f"an entry's body must be one msgpack value: {error}") from error
