"""WebDriver BiDi, as much as the tests need: commands, their results and a few events.

A blocking socket under wsproto, because the tests that use it drive Chromium by Playwright's
blocking interface in the same thread.

Spec: W3C WebDriver BiDi, section 3 (commands and events are JSON messages on a WebSocket).
"""

import json
import socket
import time
from typing import Any, Final

from wsproto import ConnectionType, WSConnection
from wsproto.events import AcceptConnection, CloseConnection, Ping, Request, TextMessage

_PATH: Final = "/session"


class BidiError(Exception):
    """The browser refused a command, threw in a script, or is gone."""


class BidiConnection:
    """One session with a browser.

    Attributes:
        events: What came unasked, oldest first; each a whole message with "method" and "params".
    """

    def __init__(self, host: str, port: int, *, timeout_s: float = 20.0) -> None:
        self.events: list[dict[str, Any]] = []  # Any: JSON.
        self._timeout_s = timeout_s
        self._socket = socket.create_connection((host, port), timeout_s)
        self._protocol = WSConnection(ConnectionType.CLIENT)
        self._answers: dict[int, dict[str, Any]] = {}  # Any: JSON.
        self._text = ""
        self._last_id = 0
        self._is_open = False
        self._socket.sendall(self._protocol.send(Request(host=f"{host}:{port}", target=_PATH)))
        deadline_s = time.monotonic() + timeout_s
        while not self._is_open:
            self._receive(deadline_s)

    def call(self, method: str, **parameters: object) -> dict[str, Any]:  # Any: JSON.
        """Send a command and wait for its result.

        Raises:
            BidiError: The browser answered with an error or closed the connection.
            TimeoutError: There was no answer in time.
        """
        self._last_id += 1
        command = {"id": self._last_id, "method": method, "params": parameters}
        self._socket.sendall(self._protocol.send(TextMessage(json.dumps(command))))
        deadline_s = time.monotonic() + self._timeout_s
        while self._last_id not in self._answers:
            self._receive(deadline_s)
        answer = self._answers.pop(self._last_id)
        if answer["type"] == "error":
            raise BidiError(f"{method}: {answer['error']}: {answer['message']}")
        result: dict[str, Any] = answer["result"]  # Any: JSON.
        return result

    def close(self) -> None:
        self._socket.close()

    def _receive(self, deadline_s: float) -> None:
        remaining_s = deadline_s - time.monotonic()
        if remaining_s <= 0:
            raise TimeoutError(f"the browser said nothing for {self._timeout_s} s")
        self._socket.settimeout(remaining_s)
        data = self._socket.recv(65_536)
        if not data:
            raise BidiError("the browser closed the connection")
        self._protocol.receive_data(data)
        for event in self._protocol.events():
            match event:
                case AcceptConnection():
                    self._is_open = True
                case TextMessage(data=part, message_finished=is_whole):
                    self._text += part
                    if is_whole:
                        self._take(json.loads(self._text))
                        self._text = ""
                case Ping():
                    self._socket.sendall(self._protocol.send(event.response()))
                case CloseConnection(reason=reason):
                    raise BidiError(f"the browser closed the session: {reason}")

    def _take(self, message: dict[str, Any]) -> None:  # Any: JSON.
        if message["type"] == "event":
            self.events.append(message)
        elif message["id"] is not None:
            self._answers[message["id"]] = message
