"""The control half of a headless participant: `emporion.v1` over one WebSocket."""

from collections import deque
from collections.abc import Callable
from typing import Any, Final, cast

import trio
from trio_websocket import ConnectionClosed, WebSocketConnection

from ..errors import RemoteProtocolError, RequestDenied
from ..protocol.client import ClientRequest
from ..protocol.codec import decode_server, encode_client
from ..protocol.envelope import ClientMessage
from ..protocol.server import Goodbye, RequestFailed, ServerPush

MAX_PUSHES: Final = 10_000  # Of the newest; a bot that runs for days must not keep them all.


class ConnectionEnded(Exception):
    """The connection ended before the answer came; `goodbye` says why, if the server did."""

    def __init__(self, goodbye: Goodbye | None) -> None:
        super().__init__(goodbye.code if goodbye else "closed without a goodbye")
        self.goodbye = goodbye


class Control:
    """Pairs answers with requests and hands everything else to `on_push`."""

    def __init__(self, socket: WebSocketConnection, on_push: Callable[[ServerPush], None]) -> None:
        self._socket = socket
        self._on_push = on_push
        self._next_ref = 1
        self._answers: dict[int, ServerPush | None] = {}
        self._moved = trio.Event()
        self.pushes: deque[ServerPush] = deque(maxlen=MAX_PUSHES)
        self.goodbye: Goodbye | None = None
        self.has_ended = False

    async def run(self) -> None:
        """Read until the connection ends."""
        try:
            while True:
                frame = await self._socket.get_message()
                if isinstance(frame, str):
                    raise RemoteProtocolError("a text frame; emporion.v1 is binary")
                self._take(decode_server(frame))
        except ConnectionClosed:
            self.has_ended = True
            self._wake()

    async def request(
        self,
        kind: type[ClientMessage],
        **fields: Any,  # Any: the fields of `kind`.
    ) -> ServerPush:
        """Send a request and wait for its answer.

        Raises:
            RequestDenied: The answer is `request_failed`; carries its code.
            ConnectionEnded: No answer will come.
        """
        ref = self._next_ref
        self._next_ref += 1
        self._answers[ref] = None
        try:
            await self.send(kind(ref=ref, **fields))
            while (answer := self._answers[ref]) is None:
                await self.wait_change()
        finally:
            del self._answers[ref]
        if isinstance(answer, RequestFailed):
            raise RequestDenied(answer.message, code=answer.code, retryable=answer.retryable)
        return answer

    async def send(self, message: ClientMessage) -> None:
        try:
            # Cast: every message that has a tag is one of the union.
            await self._socket.send_message(encode_client(cast(ClientRequest, message)))
        except ConnectionClosed:
            raise ConnectionEnded(self.goodbye) from None

    async def wait_push(self, matches: Callable[[ServerPush], bool]) -> ServerPush:
        """Wait for a push that matches; those that came before count."""
        while True:
            for push in self.pushes:
                if matches(push):
                    return push
            await self.wait_change()

    async def wait_change(self) -> None:
        """Wait for the next message of the server.

        Raises:
            ConnectionEnded: None will come.
        """
        if self.has_ended:
            raise ConnectionEnded(self.goodbye)
        await self._moved.wait()

    def _take(self, message: ServerPush) -> None:
        ref = getattr(message, "ref", None)
        if ref in self._answers:
            self._answers[ref] = message
        else:
            if isinstance(message, Goodbye):
                self.goodbye = message
            self.pushes.append(message)
            self._on_push(message)
        self._wake()

    def _wake(self) -> None:
        moved, self._moved = self._moved, trio.Event()
        moved.set()
