"""Starts the renderer of pages, one at a time on a node, and ends it when it takes too much.

The renderer can write no file: what it draws comes through a pipe, bounded, and is written here.
"""

import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec
import structlog
import trio

from ..errors import RequestDenied
from .media_type import SNIFF_BYTES, WEBP, sniff
from .page_wish import PageWish

RENDERER: Final = Path(__file__).with_name("page_renderer.py")
PAGE_TIMEOUT_S: Final = 60.0  # For one page; a poster at a small scale takes a second or two.
FILE_TIMEOUT_S: Final = 900.0
MAX_WAITING: Final = 32  # Renderings that wait for their turn.
MAX_PICTURE_BYTES: Final = 8 * 1024 * 1024  # 1600 pixels square of noise come to 2 MB.
_MAX_LINE: Final = 4096
_CHUNK_BYTES: Final = 64 * 1024  # What a pipe holds.

_log = structlog.get_logger("emporion.store")


class RenderedPage(msgspec.Struct, frozen=True, kw_only=True):
    """One page is on disk, of so many; `size_bytes`: of both its pictures."""

    page: int
    pages: int
    width_px: int
    height_px: int
    size_bytes: int


class _Line(msgspec.Struct):
    pages: int = 0
    page: int = 0
    width_px: int = 0
    height_px: int = 0
    screen_bytes: int = 0
    thumb_bytes: int = 0
    error: str = ""
    refused: tuple[str, ...] = ()


_decoder = msgspec.json.Decoder(_Line)


class PageRenderer:
    """All renderings of a node; only so many may wait for their turn."""

    def __init__(
        self, *, page_timeout_s: float = PAGE_TIMEOUT_S, renderer: Path = RENDERER
    ) -> None:
        self._turn = trio.CapacityLimiter(1)
        self._waiting = 0
        self._page_timeout_s = page_timeout_s
        self._renderer = renderer
        self._is_jail_told = False

    async def render(
        self,
        source: Path,
        folder: Path,
        *,
        media_type: str,
        max_pages: int,
        on_page: Callable[[RenderedPage], None],
        wish: PageWish | None = None,
    ) -> None:
        """Write a file's pages into a folder; call `on_page` for each as it is there.

        They come by their distance from the page that `wish` says, which may change meanwhile.
        What `on_page` raises ends the rendering. Cancel-safe: the process is killed.

        Raises:
            RequestDenied: `pages.busy` (retryable), `pages.broken`, `pages.encrypted`,
                `pages.too_many`, `pages.too_large`, `pages.timeout`, `pages.unavailable`.
            OSError: A page cannot be written.
        """
        if self._waiting >= MAX_WAITING:
            raise denied("busy", "Too many documents are being prepared.", retryable=True)
        self._waiting += 1
        try:
            async with self._turn:
                command = [sys.executable, "-I", str(self._renderer), media_type, str(max_pages)]
                with (wish or PageWish()).heard() as wishes:
                    async with _running([*command, str(wishes)], source, wishes) as process:
                        await self._follow(process, folder, max_pages, on_page)
        finally:
            self._waiting -= 1

    async def _follow(
        self,
        process: trio.Process,
        folder: Path,
        max_pages: int,
        on_page: Callable[[RenderedPage], None],
    ) -> None:
        """Read what the process says to its end."""
        pages = 0
        done: set[int] = set()
        deadline_s = trio.current_time() + FILE_TIMEOUT_S
        output = _Output(process)
        while True:
            limit_s = min(self._page_timeout_s, deadline_s - trio.current_time())
            try:
                with trio.fail_after(max(0.0, limit_s)):
                    said = await output.read()
            except trio.TooSlowError:
                raise denied("timeout", "The document took too long to prepare.") from None
            if said is None:
                break
            line = said.line
            if line.error:
                raise _failure(line.error)
            if line.refused:
                self._tell_jail(line.refused)
            pages = line.pages or pages
            if pages > max_pages:
                raise _failure("broken")  # It would have said that there are too many.
            if line.page:
                if line.page in done or not 1 <= line.page <= pages:
                    raise _failure("broken")  # It would be written over another page.
                done.add(line.page)
                await trio.to_thread.run_sync(_write, folder, said)
                on_page(_page(line, pages))
        status = await process.wait()
        if status != 0 or not done or len(done) != pages:
            _log.warning("pages.renderer_failed", status=status, done=len(done), pages=pages)
            raise _failure("broken" if status >= 0 else "killed")

    def _tell_jail(self, refused: tuple[str, ...]) -> None:
        """Say once what this kernel does not keep from a hostile document."""
        if not self._is_jail_told:
            self._is_jail_told = True
            _log.warning("pages.jail_incomplete", refused=refused)


@dataclass(frozen=True, slots=True)
class _Said:
    """A line, and the pictures that came with it."""

    line: _Line
    screen: bytes = b""
    thumb: bytes = b""


_BROKEN: Final = _Said(_Line(error="broken"))


class _Output:
    """Reads what a process says; whatever is none of its lines counts as broken."""

    def __init__(self, process: trio.Process) -> None:
        assert process.stdout is not None, "it was opened with a pipe"
        self._stream = process.stdout
        self._buffer = bytearray()

    async def read(self) -> _Said | None:
        """Return the next line with its pictures; None: there are no more."""
        while (end := self._buffer.find(b"\n")) < 0:
            if len(self._buffer) > _MAX_LINE:
                return _BROKEN
            if not await self._receive():
                return None
        raw = self._take(end + 1)
        try:
            line = _decoder.decode(raw)
        except msgspec.DecodeError:
            return _BROKEN
        if not line.page:
            return _Said(line)
        screen = await self._picture(line.screen_bytes)
        thumb = await self._picture(line.thumb_bytes)
        return _Said(line, screen, thumb) if screen and thumb else _BROKEN

    async def _picture(self, size_bytes: int) -> bytes:
        """Return a picture of so many bytes; empty: it is none."""
        if not 0 < size_bytes <= MAX_PICTURE_BYTES:
            return b""
        while len(self._buffer) < size_bytes:
            if not await self._receive():
                return b""
        picture = self._take(size_bytes)
        return picture if sniff(picture[:SNIFF_BYTES]) == WEBP else b""

    async def _receive(self) -> bool:
        data = await self._stream.receive_some(_CHUNK_BYTES)
        self._buffer += data
        return bool(data)

    def _take(self, size_bytes: int) -> bytes:
        taken = bytes(self._buffer[:size_bytes])
        del self._buffer[:size_bytes]
        return taken


def _page(line: _Line, pages: int) -> RenderedPage:
    return RenderedPage(
        page=line.page,
        pages=pages,
        width_px=line.width_px,
        height_px=line.height_px,
        size_bytes=line.screen_bytes + line.thumb_bytes,
    )


def _write(folder: Path, said: _Said) -> None:
    """Write a page's pictures, each whole or not at all. Runs on a thread."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, picture in (("screen", said.screen), ("thumb", said.thumb)):
        part = folder / f"{said.line.page}-{name}.part"
        part.write_bytes(picture)
        part.rename(folder / f"{said.line.page}-{name}.webp")


def denied(why: str, message: str, *, retryable: bool = False) -> RequestDenied:
    return RequestDenied(message, code=f"pages.{why}", retryable=retryable)


def _failure(why: str) -> RequestDenied:
    match why:
        case "encrypted":
            return denied("encrypted", "The document is locked by a password.")
        case "too_many_pages":
            return denied("too_many", "The document has too many pages.")
        case "too_large" | "killed":
            return denied("too_large", "The document takes too much memory or time.")
        case _:
            return denied("broken", "The document is broken.")


@asynccontextmanager
async def _running(command: list[str], source: Path, wishes: int) -> AsyncIterator[trio.Process]:
    """Run a process around the block; afterwards it does not run any more."""
    try:
        with source.open("rb") as content:
            process = await trio.lowlevel.open_process(
                command,
                stdin=content,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,  # Chatter about broken files, made by who broke them.
                env={},
                close_fds=True,
                pass_fds=(wishes,),
            )
    except OSError as error:
        _log.error("pages.renderer_missing", exc_info=error)
        raise denied("unavailable", "Documents cannot be prepared here.", retryable=True) from error
    try:
        yield process
    finally:
        process.kill()
        with trio.CancelScope(shield=True):
            await process.wait()
            if process.stdout is not None:
                await process.stdout.aclose()
