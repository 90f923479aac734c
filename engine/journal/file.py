"""One journal file on disk: created whole, recovered to its last good record, written, read."""

import fcntl
import os
from array import array
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

import msgspec

from ..errors import JournalError
from .entry import Entry, JournalHeader
from .framing import HEAD_BYTES, frame_head, read_frames

FORMAT_VERSION: Final = 1
INDEX_STRIDE: Final = 256  # Entries between two noted offsets: at most 255 are skipped in a read.

_encoder = msgspec.msgpack.Encoder()
_header_decoder = msgspec.msgpack.Decoder(JournalHeader)
_entry_decoder = msgspec.msgpack.Decoder(Entry)
# Data and length, without the times of the inode; not every system has it.
_sync_data = getattr(os, "fdatasync", os.fsync)


@dataclass(frozen=True, slots=True)
class Recovered:
    """What a file held when it was opened; `torn_bytes` were cut off its end."""

    header: JournalHeader
    last_seq: int
    last_at_us: int
    torn_bytes: int


class JournalFile:
    """Exclusive to one owner (flock). `write_durably` may run in a thread, `read` beside it."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self._path = path
        self._descriptor = descriptor
        self._offsets = array("Q")  # Of the entries 1, 1 + INDEX_STRIDE, 1 + 2 * INDEX_STRIDE, …
        self.size_bytes = 0  # With everything noted, written or not.

    @classmethod
    def open(cls, path: Path, header: JournalHeader) -> tuple[Self, Recovered]:
        """Open and recover the file; create it with `header` if there is none.

        Raises:
            JournalError: `journal.locked` if somebody has it open, `journal.corrupt` if its start
                is not one of ours; the file is left as it is.
        """
        if not path.exists():
            _create(path, header)
        descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CLOEXEC)
        try:
            _lock(descriptor, path)
            file = cls(path, descriptor)
            return file, file._recover()
        except BaseException:
            os.close(descriptor)
            raise

    def note(self, seq: int, size_bytes: int) -> None:
        """Take in that the entry `seq` will be the next to be written, with this size."""
        if (seq - 1) % INDEX_STRIDE == 0:
            self._offsets.append(self.size_bytes)
        self.size_bytes += size_bytes

    def write_durably(self, batch: bytes | bytearray) -> None:
        """Append all of `batch` and wait until the disk has it.

        Raises:
            OSError: The disk is full or broken; a part may have been written.
        """
        rest = memoryview(batch)
        while rest:
            rest = rest[os.write(self._descriptor, rest) :]
        _sync_data(self._descriptor)

    def read(self, first_seq: int, last_seq: int) -> Iterator[Entry]:
        """Yield written entries by way of the sparse index."""
        slot = (first_seq - 1) // INDEX_STRIDE
        if slot >= len(self._offsets):
            return
        with self._path.open("rb") as file:
            file.seek(self._offsets[slot])
            for seq, payload in enumerate(read_frames(file), start=slot * INDEX_STRIDE + 1):
                if seq > last_seq:
                    return
                if seq >= first_seq:
                    yield decode_entry(payload, seq, self._path)

    @property
    def path(self) -> Path:
        return self._path

    @property
    def is_open(self) -> bool:
        return self._descriptor >= 0

    def close(self) -> None:
        """Give up the file and its lock; twice is once."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def _recover(self) -> Recovered:
        last_payload, last_seq = b"", 0
        with self._path.open("rb") as file:
            frames = read_frames(file)
            header = _read_header(next(frames, b""), self._path)
            self.size_bytes = file.tell()
            # Only the last is decoded: a checksum says already that these are our bytes.
            for last_seq, payload in enumerate(frames, start=1):
                last_payload = payload
                self.note(last_seq, HEAD_BYTES + len(payload))
        torn_bytes = self._cut_torn_end()
        last_at_us = decode_entry(last_payload, last_seq, self._path).at_us if last_seq else 0
        return Recovered(header, last_seq, last_at_us, torn_bytes)

    def _cut_torn_end(self) -> int:
        """Cut what follows the last good record, and keep it beside the file for whoever doubts."""
        torn_bytes = os.fstat(self._descriptor).st_size - self.size_bytes
        if torn_bytes:
            torn = os.pread(self._descriptor, torn_bytes, self.size_bytes)
            with self._path.with_suffix(".torn").open("ab") as kept:
                kept.write(torn)
                kept.flush()
                os.fsync(kept.fileno())
            os.ftruncate(self._descriptor, self.size_bytes)
            os.fsync(self._descriptor)
        return torn_bytes


def read_header(path: Path) -> JournalHeader:
    """Read whose journal a file is.

    Raises:
        JournalError: `journal.corrupt`, if it is none.
    """
    with path.open("rb") as file:
        return _read_header(next(read_frames(file), b""), path)


def read_journal(path: Path) -> Iterator[Entry]:
    """Yield all good entries of a file, also of one that is being written.

    Raises:
        JournalError: `journal.corrupt`, if the file is no journal.
    """
    with path.open("rb") as file:
        frames = read_frames(file)
        _read_header(next(frames, b""), path)
        for seq, payload in enumerate(frames, start=1):
            yield decode_entry(payload, seq, path)


def decode_entry(payload: bytes, seq: int, path: Path) -> Entry:
    try:
        entry = _entry_decoder.decode(payload)
    except msgspec.DecodeError as error:
        raise _corrupt(path, f"entry {seq} is no entry ({error})") from error
    if entry.seq != seq:
        raise _corrupt(path, f"entry {entry.seq} stands in place of entry {seq}")
    return entry


def replace_file(path: Path, content: bytes) -> None:
    """Put a file in place whole or not at all, durable when this returns."""
    draft = path.with_name(path.name + ".new")
    with draft.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    _sync_folder(path.parent)


def _create(path: Path, header: JournalHeader) -> None:
    payload = _encoder.encode(header)
    replace_file(path, frame_head(payload) + payload)


def _read_header(payload: bytes, path: Path) -> JournalHeader:
    try:
        header = _header_decoder.decode(payload)
    except msgspec.DecodeError as error:
        raise _corrupt(path, f"its first record is no header ({error})") from error
    if header.format_version != FORMAT_VERSION:
        raise _corrupt(
            path, f"it has format {header.format_version}, this program reads {FORMAT_VERSION}"
        )
    return header


def _corrupt(path: Path, what: str) -> JournalError:
    return JournalError(f"{path} cannot be used as a journal: {what}", code="journal.corrupt")


def _lock(descriptor: int, path: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise JournalError(
            f"{path} is open elsewhere; close that journal first", code="journal.locked"
        ) from None


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        with suppress(OSError):  # Some file systems cannot sync a folder, and need not.
            os.fsync(descriptor)
    finally:
        os.close(descriptor)
