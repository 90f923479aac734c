"""Look at the head of a new connection, then hand it on as if nobody had looked."""

from typing import Final

import trio
import trio.abc

HEAD_TIMEOUT_S: Final = 10.0  # A slow-loris may keep a connection this long.
MAX_HEAD_BYTES: Final = 16 * 1024


class PeekedStream(trio.abc.HalfCloseableStream):
    """A stream whose first bytes were read already; all else is the inner stream's own.

    `send_eof` does nothing on TLS, which has no half-closed state.
    """

    def __init__(self, inner: trio.abc.Stream, head: bytes) -> None:
        self._inner = inner
        self._head = head

    async def receive_some(self, max_bytes: int | None = None) -> bytes | bytearray:
        if not self._head:
            return await self._inner.receive_some(max_bytes)
        await trio.lowlevel.checkpoint()
        taken = self._head[:max_bytes]
        self._head = self._head[len(taken) :]
        return taken

    async def send_all(self, data: bytes | bytearray | memoryview) -> None:
        await self._inner.send_all(data)

    async def wait_send_all_might_not_block(self) -> None:
        await self._inner.wait_send_all_might_not_block()

    async def send_eof(self) -> None:
        if isinstance(self._inner, trio.abc.HalfCloseableStream):
            await self._inner.send_eof()

    async def aclose(self) -> None:
        await self._inner.aclose()


async def read_head(stream: trio.abc.Stream) -> bytes:
    """Read until the end of an HTTP head, the end of the stream, 16 KiB, or 10 s.

    Raises:
        trio.TooSlowError: The head was not there in 10 s.
    """
    head = b""
    with trio.fail_after(HEAD_TIMEOUT_S):
        while b"\r\n\r\n" not in head and len(head) < MAX_HEAD_BYTES:
            data = await stream.receive_some(4096)
            if not data:
                break
            head += data
    return head


def asks_for_websocket(head: bytes) -> bool:
    """Whether a head has `Upgrade: websocket` (RFC 6455 §4.1), however broken the rest of it is."""
    lines = head.partition(b"\r\n\r\n")[0].lower().split(b"\r\n")[1:]
    fields = (line.partition(b":") for line in lines)
    return any(name.strip() == b"upgrade" and b"websocket" in value for name, _, value in fields)
