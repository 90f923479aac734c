"""Starts the renderer of pages, one at a time on a node, and ends it when it takes too much."""

import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import msgspec
import structlog
import trio

from ..errors import RequestDenied

RENDERER: Final = Path(__file__).with_name("page_renderer.py")
PAGE_TIMEOUT_S: Final = 60.0  # For one page; a poster at a small scale takes a second or two.
FILE_TIMEOUT_S: Final = 900.0
MAX_WAITING: Final = 32  # Renderings that wait for their turn.
_MAX_LINE: Final = 4096

_log = structlog.get_logger("emporion.store")


class RenderedPage(msgspec.Struct, frozen=True, kw_only=True):
    """One page is on disk, of so many."""

    page: int
    pages: int
    width_px: int
    height_px: int


class _Line(msgspec.Struct):
    pages: int = 0
    page: int = 0
    width_px: int = 0
    height_px: int = 0
    error: str = ""


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

    async def render(
        self,
        source: Path,
        folder: Path,
        *,
        media_type: str,
        max_pages: int,
        on_page: Callable[[RenderedPage], None],
    ) -> None:
        """Write a file's pages into a folder; call `on_page` for each as it is there.

        Cancel-safe: the process is killed.

        Raises:
            RequestDenied: `pages.busy` (retryable), `pages.broken`, `pages.encrypted`,
                `pages.too_many`, `pages.too_large`, `pages.timeout`, `pages.unavailable`.
        """
        if self._waiting >= MAX_WAITING:
            raise denied("busy", "Too many documents are being prepared.", retryable=True)
        self._waiting += 1
        try:
            async with self._turn:
                command = [sys.executable, "-I", str(self._renderer), str(source), str(folder)]
                async with _running([*command, media_type, str(max_pages)]) as process:
                    await self._follow(process, on_page)
        finally:
            self._waiting -= 1

    async def _follow(self, process: trio.Process, on_page: Callable[[RenderedPage], None]) -> None:
        """Read what the process says to its end."""
        pages = done = 0
        deadline_s = trio.current_time() + FILE_TIMEOUT_S
        lines = _LineReader(process)
        while True:
            limit_s = min(self._page_timeout_s, deadline_s - trio.current_time())
            try:
                with trio.fail_after(max(0.0, limit_s)):
                    line = await lines.read()
            except trio.TooSlowError:
                raise denied("timeout", "The document took too long to prepare.") from None
            if line is None:
                break
            if line.error:
                raise _failure(line.error)
            pages = line.pages or pages
            if line.page:
                done += 1
                size = {"width_px": line.width_px, "height_px": line.height_px}
                on_page(RenderedPage(page=line.page, pages=pages, **size))
        status = await process.wait()
        if status != 0 or done == 0 or done != pages:
            _log.warning("pages.renderer_failed", status=status, done=done, pages=pages)
            raise _failure("broken" if status >= 0 else "killed")


class _LineReader:
    """Reads what a process says line by line; a line without an end counts as broken."""

    def __init__(self, process: trio.Process) -> None:
        assert process.stdout is not None, "it was opened with a pipe"
        self._stream = process.stdout
        self._buffer = b""

    async def read(self) -> _Line | None:
        """Return the next line; None: there are no more."""
        while b"\n" not in self._buffer:
            if len(self._buffer) > _MAX_LINE:
                return _Line(error="broken")
            data = await self._stream.receive_some()
            if not data:
                return None
            self._buffer += data
        raw, _, self._buffer = self._buffer.partition(b"\n")
        try:
            return _decoder.decode(raw)
        except msgspec.DecodeError:
            return _Line(error="broken")


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
async def _running(command: list[str]) -> AsyncIterator[trio.Process]:
    """Run a process around the block; afterwards it does not run any more."""
    try:
        process = await trio.lowlevel.open_process(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # Chatter about broken files, made by whoever broke them.
            env={},
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
