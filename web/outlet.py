"""A stream that can also be written to without waiting: the way out to one client.

Theory of operation. Whoever has something for the client calls `post` with framed bytes. If
nothing waits, they go straight to the kernel; what the kernel does not take goes to the backlog,
which `pump` writes as the socket drains. trio-websocket's own frames (pong, close) come through
`send_all` and take the same way, so frames never interleave. The backlog is bounded: one frame
too many and the client is *cut*: what waits is dropped (but for the rest of a frame half written,
without which the client could not read on), a last frame says why, and the connection ends.

On TLS nothing may be written beside the TLS engine, so there `post` only queues and `pump` writes.
"""

import os
from collections import deque
from collections.abc import Callable
from typing import Final, Protocol

import trio
import trio.abc

_TLS_BATCH_BYTES: Final = 16 * 1024  # One TLS record at the most (RFC 8446 §5.1).


def frame(payload: bytes) -> bytes:
    """One unmasked, final binary frame (RFC 6455 §5.2): the same bytes serve every listener."""
    size = len(payload)
    if size < 126:
        return bytes((0x82, size)) + payload
    if size < 65536:
        return b"\x82\x7e" + size.to_bytes(2, "big") + payload
    return b"\x82\x7f" + size.to_bytes(8, "big") + payload


PING_FRAME: Final = b"\x89\x00"


def ignore() -> None:
    """Nobody wants to know."""


class Writer(Protocol):
    """The two ways of writing to a client."""

    def write_nowait(self, data: memoryview) -> int:
        """Bytes taken, 0: none now. Raises `OSError` if the client is gone."""
        ...

    async def write(self, data: memoryview) -> int:
        """Wait until something can be written, write it, return how much."""
        ...


class SocketWriter:
    """Writes to the bare socket: 9 µs where trio's own `send_all` takes 19 (facts/packaging §3)."""

    def __init__(self, stream: trio.SocketStream) -> None:
        self._socket = stream.socket

    def write_nowait(self, data: memoryview) -> int:
        try:
            # The descriptor is asked for each time: it is -1 once the socket is closed, so that
            # nothing is ever written to a stranger who got the same number.
            return os.write(self._socket.fileno(), data)
        except BlockingIOError:
            return 0

    async def write(self, data: memoryview) -> int:
        await trio.lowlevel.wait_writable(self._socket)
        return self.write_nowait(data)


class TlsWriter:
    """Writes through the TLS engine, one record at a time."""

    def __init__(self, stream: "trio.SSLStream[trio.SocketStream]") -> None:
        self._stream = stream

    def write_nowait(self, data: memoryview) -> int:
        return 0

    async def write(self, data: memoryview) -> int:
        part = data[:_TLS_BATCH_BYTES]
        await self._stream.send_all(part)
        return len(part)


class Outlet(trio.abc.Stream):
    """One client's stream. `heard_at_s` says when it last sent anything.

    Args:
        stream: What is read from and closed; its first bytes may have been peeked at.
        writer: How bytes get out; it writes to the same socket.
        limit_bytes: What may wait before the client is cut.
        last_words: The frame a cut client gets at last.

    `on_cut` and `on_gone` are called once, from within any other call, and must not wait.
    """

    def __init__(
        self,
        stream: trio.abc.Stream,
        writer: Writer,
        *,
        limit_bytes: int,
        last_words: bytes = b"",
    ) -> None:
        self._stream = stream
        self._writer = writer
        self._limit_bytes = limit_bytes
        self._last_words = last_words
        self.on_cut: Callable[[], None] = ignore
        self.on_gone: Callable[[], None] = ignore
        self._backlog: deque[memoryview] = deque()
        self._backlog_bytes = 0
        self._head_is_begun = False  # Part of the first of the backlog may be out.
        self._work, self._drained = trio.Event(), trio.Event()
        self._gone = False
        self._ending = False
        self.heard_at_s = trio.current_time()
        self.waiting_broadcasts = 0  # Kept by the table: broadcasts that have not come here yet.

    @property
    def is_open(self) -> bool:
        """Whether posts are still taken."""
        return not self._gone and not self._ending

    @property
    def backlog_bytes(self) -> int:
        """What the client has yet to read, beyond what the kernel holds for it."""
        return self._backlog_bytes

    def post(self, framed: bytes) -> bool:
        """Send whole frames without waiting; False: the client is gone, ending, or just cut."""
        if self._gone or self._ending:
            return False
        rest = self._write_now(memoryview(framed))
        if not rest:
            return not self._gone
        if self._backlog_bytes + len(rest) > self._limit_bytes:
            self._cut(rest)
            return False
        self._queue(rest)
        return True

    def end(self) -> None:
        """Take no more posts; what waits still goes out, then the close handshake."""
        self._ending = True

    def _write_now(self, data: memoryview) -> memoryview:
        """Write what the kernel takes, unless something waits; return what is left to queue."""
        if self._backlog:
            return data
        try:
            written = self._writer.write_nowait(data)
        except OSError:
            self._lose()
            return data[:0]
        rest = data[written:]
        self._head_is_begun = bool(rest) and written > 0
        return rest

    async def pump(self) -> None:
        """Write the backlog as the client reads; runs beside the connection until it is gone."""
        while not self._gone:
            await self._work.wait()
            self._work = trio.Event()
            while self._backlog and not self._gone:
                await self._pump_one()
            self._drained.set()
            self._drained = trio.Event()

    async def _pump_one(self) -> None:
        part = self._backlog[0]
        self._head_is_begun = True  # From here a cut must leave it in its place.
        try:
            written = await self._writer.write(part)
        except (OSError, trio.BrokenResourceError, trio.ClosedResourceError):
            self._lose()
            return
        if self._gone or not self._backlog:
            return
        self._backlog_bytes -= written
        self._head_is_begun = written < len(part)
        if self._head_is_begun:
            self._backlog[0] = part[written:]
        else:
            self._backlog.popleft()

    def _queue(self, rest: memoryview) -> None:
        self._backlog.append(rest)
        self._backlog_bytes += len(rest)
        self._work.set()

    def _cut(self, rest: memoryview) -> None:
        """Drop what waits, keep the frame that is half out, say the last words."""
        begun = (self._backlog or deque([rest]))[0] if self._head_is_begun else None
        self._backlog.clear()
        self._backlog_bytes = 0
        if begun is not None:
            self._queue(begun)
        if self._last_words:
            self._queue(memoryview(self._last_words))
        self._ending = True
        self.on_cut()

    def _lose(self) -> None:
        if self._gone:
            return
        self._gone = True
        self._backlog.clear()
        self._backlog_bytes = 0
        self._work.set()
        self._drained.set()
        self.on_gone()

    # -- trio.abc.Stream, for trio-websocket ---------------------------------------------------

    async def send_all(self, data: bytes | bytearray | memoryview) -> None:
        """Queue behind everything posted before, and wait until it is out. Not limited."""
        await trio.lowlevel.checkpoint()
        if self._gone:
            raise trio.BrokenResourceError
        rest = self._write_now(memoryview(bytes(data)))
        if rest:
            self._queue(rest)
            while self._backlog and not self._gone:
                await self._drained.wait()
        if self._gone:
            raise trio.BrokenResourceError

    async def wait_send_all_might_not_block(self) -> None:
        await trio.lowlevel.checkpoint()

    async def receive_some(self, max_bytes: int | None = None) -> bytes | bytearray:
        data = await self._stream.receive_some(max_bytes)
        self.heard_at_s = trio.current_time()
        return data

    async def aclose(self) -> None:
        self._lose()
        await self._stream.aclose()
