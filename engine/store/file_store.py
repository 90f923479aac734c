"""The files of rooms on disk: `files/<session>/<file id>`, written whole or not at all.

A file is written under a temporary name, bounded while it comes in, made durable and renamed; only
then may the journal name it. What no journal names is swept when its session is opened again.
"""

import errno
import hashlib
import os
import shutil
from collections.abc import AsyncIterator, Callable, Collection, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO, Final, TypeVar

import trio

from ..errors import RequestDenied
from ..ids import FileId, SessionId
from .media_type import PICTURE_HEAD_BYTES, SNIFF_BYTES, picture_size, sniff
from .usage import PAGES, DiskUsage

_PART: Final = ".part"
_BUFFER_BYTES: Final = 256 * 1024  # For each upload; one thread's hop is paid for so many bytes.
_DISK_THREADS: Final = 2  # A slow disk may stall uploads, but never the journals' threads.
_FULL: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
MAX_PICTURE_PIXELS: Final = 50_000_000  # 200 MB when a browser has decoded it.

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class StoredFile:
    """What was received, by its content. Pixels are 0 where it is no picture."""

    file_id: FileId
    media_type: str
    size_bytes: int
    sha256: str
    width_px: int
    height_px: int


class FileStore:
    """All files of a node.

    Args of the constructor:
        folder: Made when it is needed.
        reserve_bytes: So much of the disk is left free for the journals.
        uses_threads: False: on the loop, for tests with an autojump clock.
    """

    def __init__(self, folder: Path, *, reserve_bytes: int = 0, uses_threads: bool = True) -> None:
        self._folder = folder
        self._reserve_bytes = reserve_bytes
        self.usage = DiskUsage()
        self._limiter = trio.CapacityLimiter(_DISK_THREADS) if uses_threads else None

    def path_of(self, session_id: SessionId, file_id: FileId) -> Path:
        """Where a file is, if it is there."""
        return self.folder_of(session_id) / file_id

    def folder_of(self, session_id: SessionId) -> Path:
        """Where the files of a session are, if it has any."""
        return self._folder / session_id

    @asynccontextmanager
    async def receive(
        self,
        session_id: SessionId,
        file_id: FileId,
        *,
        max_bytes: int,
        media_types: Collection[str],
        expected_bytes: int = 0,
    ) -> AsyncIterator["IncomingFile"]:
        """Open a place for a new file. It is removed again unless the block ends after `keep`.

        Raises:
            RequestDenied: `files.disk_full`; also by `write` and `finish`.
        """
        final = self.path_of(session_id, file_id)
        await self.on_disk(lambda: self._check_room(final.parent, expected_bytes))
        with _disk_errors():
            part = final.with_name(final.name + _PART)
            stream = await self.on_disk(lambda: _create(part))
        incoming = IncomingFile(
            self,
            session_id,
            file_id,
            stream,
            part,
            final,
            max_bytes=max_bytes,
            media_types=media_types,
        )
        try:
            yield incoming
        finally:
            with trio.CancelScope(shield=True):
                await self.on_disk(incoming.release)
            if incoming.is_gone:
                self.usage.drop(session_id, file_id)

    def page_path(self, session_id: SessionId, file_id: FileId, page: int, size: str) -> Path:
        """Where a rendered page is, if it is there."""
        return self._pages_folder(session_id, file_id) / f"{page}-{size}.webp"

    @asynccontextmanager
    async def pages(self, session_id: SessionId, file_id: FileId) -> AsyncIterator["PagesPlace"]:
        """Give a folder for a file's pages, which is removed if the block fails.

        Pages that are there already stay: a rendering that was cancelled is begun again, each page
        comes out as it was, and somebody may be looking at one.

        Raises:
            RequestDenied: `files.disk_full`.
        """
        name = f"{file_id}{PAGES}"
        folder = self.folder_of(session_id) / name
        await self.on_disk(lambda: self._check_room(folder.parent, 0))
        self.usage.drop(session_id, name)
        try:
            yield PagesPlace(folder, lambda size: self.usage.add(session_id, name, size))
        except Exception:
            with trio.CancelScope(shield=True):
                await self.on_disk(lambda: shutil.rmtree(folder, ignore_errors=True))
            self.usage.drop(session_id, name)
            raise

    async def link(self, session_id: SessionId, to: SessionId, file_id: FileId) -> None:
        """Let a file of one session be a file of another one as well, without a copy.

        Raises:
            RequestDenied: `files.unknown`, `files.disk_full`.
        """
        source, target = self.path_of(session_id, file_id), self.path_of(to, file_id)
        await self.on_disk(lambda: self._check_room(target.parent, 0))
        await self.on_disk(lambda: _link(source, target))
        self.usage.add(to, file_id, target.stat().st_size)

    async def sweep(self, session_id: SessionId, known: Collection[str]) -> int:
        """Remove from a session's folder what nobody knows of; return how much that was."""
        folder = self.folder_of(session_id)
        swept = await self.on_disk(lambda: _sweep(folder, known))
        self.usage.replace(session_id, await self.on_disk(lambda: _sizes(folder)))
        return swept

    async def remove(self, session_id: SessionId, file_id: FileId) -> None:
        """Remove a file with its pages; no-op if it is not there."""
        pages = self._pages_folder(session_id, file_id)
        await self.on_disk(lambda: self.path_of(session_id, file_id).unlink(missing_ok=True))
        await self.on_disk(lambda: shutil.rmtree(pages, ignore_errors=True))
        self.usage.drop(session_id, file_id, pages.name)

    async def remove_session(self, session_id: SessionId) -> None:
        """Remove all files of a session."""
        folder = self.folder_of(session_id)
        await self.on_disk(lambda: shutil.rmtree(folder, ignore_errors=True))
        self.usage.drop_session(session_id)

    async def scan(self) -> None:
        """Look what is there of all sessions, for `usage`."""
        for session_id in await self.on_disk(self.sessions_on_disk):
            folder = self.folder_of(session_id)
            sizes = await self.on_disk(partial(_sizes, folder))
            if session_id not in self.usage.sessions():  # Else its room has looked meanwhile.
                self.usage.replace(session_id, sizes)

    def sessions_on_disk(self) -> list[SessionId]:
        """Return the sessions that have a folder. Runs on a disk thread."""
        folders = self._folder.iterdir() if self._folder.is_dir() else ()
        return [SessionId(path.name) for path in folders if path.is_dir()]

    async def on_disk(self, function: Callable[[], T]) -> T:
        """Run something that may wait for the disk. Not cancelled once it has begun."""
        if self._limiter is None:
            await trio.lowlevel.checkpoint()
            return function()
        return await trio.to_thread.run_sync(function, limiter=self._limiter)

    def _pages_folder(self, session_id: SessionId, file_id: FileId) -> Path:
        return self.folder_of(session_id) / f"{file_id}{PAGES}"

    def _check_room(self, folder: Path, expected_bytes: int) -> None:
        with _disk_errors():
            folder.mkdir(parents=True, exist_ok=True)
            free_bytes = shutil.disk_usage(folder).free
        if free_bytes - expected_bytes < self._reserve_bytes:
            raise _disk_full()


@dataclass(frozen=True, slots=True)
class PagesPlace:
    """A folder for the rendered pages of one file; made by `FileStore.pages`. `note` each page."""

    folder: Path
    note: Callable[[int], None]


class IncomingFile:
    """A file that is being received; made by `FileStore.receive`."""

    def __init__(
        self,
        store: FileStore,
        session_id: SessionId,
        file_id: FileId,
        stream: BinaryIO,
        part: Path,
        final: Path,
        *,
        max_bytes: int,
        media_types: Collection[str],
    ) -> None:
        self._store = store
        self._session_id = session_id
        self._file_id = file_id
        self._stream = stream
        self._part = part
        self._final = final
        self._max_bytes = max_bytes
        self._media_types = media_types
        self._buffer = bytearray()
        self._head = bytearray()
        self._hash = hashlib.sha256()
        self._media_type: str | None = None
        self._is_kept = False
        self.size_bytes = 0

    async def write(self, data: bytes) -> None:
        """Take the next bytes.

        Raises:
            RequestDenied: `files.too_large`, `files.type_not_allowed`, `files.disk_full`.
        """
        self.size_bytes += len(data)
        if self.size_bytes > self._max_bytes:
            raise too_large(self._max_bytes)
        if len(self._head) < PICTURE_HEAD_BYTES:
            self._head += data[: PICTURE_HEAD_BYTES - len(self._head)]
            if self._media_type is None and len(self._head) >= SNIFF_BYTES:
                self._media_type = self._sniffed()
        self._buffer += data
        if len(self._buffer) >= _BUFFER_BYTES:
            await self._flush()

    async def finish(self) -> StoredFile:
        """Make the file durable under its own name.

        Raises:
            RequestDenied: As `write`; `files.empty`; `files.broken`: its head is no picture's;
                `files.picture_too_large`.
        """
        if self.size_bytes == 0:
            raise RequestDenied("The file is empty.", code="files.empty")
        media_type = self._media_type or self._sniffed()
        width_px, height_px = self._measured(media_type)
        await self._flush()
        with _disk_errors():
            await self._store.on_disk(self._commit)
        self._store.usage.add(self._session_id, self._file_id, self.size_bytes)
        return StoredFile(
            file_id=self._file_id,
            media_type=media_type,
            size_bytes=self.size_bytes,
            sha256=self._hash.hexdigest(),
            width_px=width_px,
            height_px=height_px,
        )

    def keep(self) -> None:
        """The journal has it now."""
        self._is_kept = True

    @property
    def is_gone(self) -> bool:
        return not self._is_kept

    def release(self) -> None:
        """Close; remove everything that was not kept. Runs on a disk thread."""
        self._stream.close()
        self._part.unlink(missing_ok=True)
        if not self._is_kept:
            self._final.unlink(missing_ok=True)

    def _sniffed(self) -> str:
        media_type = sniff(bytes(self._head))
        if media_type is None or media_type not in self._media_types:
            raise RequestDenied(
                f"The file is none of: {', '.join(sorted(self._media_types))}.",
                code="files.type_not_allowed",
            )
        return media_type

    def _measured(self, media_type: str) -> tuple[int, int]:
        if not media_type.startswith("image/"):
            return 0, 0
        size = picture_size(bytes(self._head), media_type)
        if size is None:
            raise RequestDenied("The picture is broken.", code="files.broken")
        if size.width_px * size.height_px > MAX_PICTURE_PIXELS:
            raise RequestDenied(
                f"The picture has more than {MAX_PICTURE_PIXELS} pixels.",
                code="files.picture_too_large",
            )
        return size.width_px, size.height_px

    async def _flush(self) -> None:
        data, self._buffer = self._buffer, bytearray()
        with _disk_errors():
            await self._store.on_disk(lambda: self._write_now(data))

    def _write_now(self, data: bytearray) -> None:
        rest = memoryview(data)
        while rest:
            rest = rest[self._stream.write(rest) :]
        self._hash.update(data)

    def _commit(self) -> None:
        self._stream.flush()
        os.fsync(self._stream.fileno())
        self._part.rename(self._final)
        _sync_folder(self._final.parent)


def too_large(max_bytes: int) -> RequestDenied:
    return RequestDenied(
        f"The file is too large: at most {max_bytes} bytes are taken.", code="files.too_large"
    )


def _disk_full() -> RequestDenied:
    return RequestDenied("The server's disk is full.", code="files.disk_full", retryable=True)


@contextmanager
def _disk_errors() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise _disk_full() from error
        raise


def _create(path: Path) -> BinaryIO:
    return path.open("xb", buffering=0)


def _link(source: Path, target: Path) -> None:
    try:
        with _disk_errors():
            os.link(source, target)
            _sync_folder(target.parent)
    except FileExistsError:
        pass  # It was linked before, and the node ended before that was journaled.
    except FileNotFoundError:
        raise RequestDenied("The file is not there any more.", code="files.unknown") from None


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _sizes(folder: Path) -> dict[str, int]:
    """Return how much each file in a session's folder takes, and each folder of pages."""
    sizes = {}
    for path in folder.iterdir() if folder.is_dir() else ():
        with suppress(FileNotFoundError):  # What is coming in may be given up meanwhile.
            parts = path.iterdir() if path.is_dir() else (path,)
            if path.suffix != _PART:
                sizes[path.name] = sum(part.stat().st_size for part in parts)
    return sizes


def _sweep(folder: Path, known: Collection[str]) -> int:
    swept = 0
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.name.removesuffix(PAGES) in known:
            continue
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
        swept += 1
    return swept
