"""People who draw on a board, each on a bare socket, and sends what a page sends.

    echo '{"port": 7880, "tokens": [...], "seconds": 8, "surface": "page2"}' | \
        python tests/bench/drawing_crowd.py

As a program it lets all of them draw at once and says in JSON what they saw, and what of the CPU
they took: in a process of their own their share is not mistaken for somebody else's.
"""

import json
import random
import struct
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final

import msgspec
import trio

from emporion.plugins.drawing.points import encode_points

BATCH_S: Final = 0.04
BATCHES: Final = 25  # Of one stroke.
_OPENING: Final = (
    b"GET /ws HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
    b"Sec-WebSocket-Protocol: emporion.v1\r\n\r\n"
)
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder().decode


@dataclass
class Drawer:
    """One client on a bare socket: the bench's own share of the CPU must stay small."""

    # When a batch, by its first point, or the finished stroke was sent: of all in this process.
    _sent_s: ClassVar[dict[tuple[str, int, int | None], float]] = {}
    stream: trio.SocketStream
    own_id: str = ""
    signals_ms: list[float] = field(default_factory=list)
    entries_ms: list[float] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    _data: bytearray = field(default_factory=bytearray)
    _ref: int = 0

    @classmethod
    async def join(cls, port: int, token: str) -> "tuple[Drawer, Any]":
        """Open a socket and say hello; returns the welcome as well."""
        stream = await trio.open_tcp_stream("127.0.0.1", port)
        drawer = cls(stream)
        await stream.send_all(_OPENING)
        while b"\r\n\r\n" not in drawer._data:
            drawer._data += await stream.receive_some(65536)
        del drawer._data[: drawer._data.index(b"\r\n\r\n") + 4]
        await drawer.send("hello", protocol_version=1, token=token)
        welcome = await drawer.wait("welcome")
        drawer.own_id = welcome["participant_id"]
        return drawer, welcome

    async def send(self, kind: str, **fields: Any) -> int:
        self._ref += 1
        payload = _encode({"type": kind, "ref": self._ref, **fields})
        size = len(payload)
        if size < 126:
            head = struct.pack("!BB", 0x82, 0x80 | size)
        elif size <= 0xFFFF:
            head = struct.pack("!BBH", 0x82, 0x80 | 126, size)
        else:
            head = struct.pack("!BBQ", 0x82, 0x80 | 127, size)
        await self.stream.send_all(head + bytes(4) + payload)  # A mask of zeros is permitted.
        return self._ref

    async def request(self, **body: Any) -> int:
        return await self.send("plugin_request", plugin="whiteboard", body=body)

    async def ask(self, **body: Any) -> None:
        ref = await self.request(**body)
        while (answer := await self.receive()).get("ref") != ref:
            pass
        assert answer["type"] == "request_succeeded", answer

    async def wait(self, kind: str, event: str | None = None) -> Any:
        while (message := await self.receive())["type"] != kind or (
            event is not None and message.get("event") != event
        ):
            assert message["type"] != "request_failed", message
        return message

    async def receive(self) -> dict[str, Any]:
        while (frame := self._take()) is None:
            self._data += await self.stream.receive_some(262144)
        message: dict[str, Any] = _decode(frame)
        return message

    async def leave(self) -> None:
        """Leave for good: a lost connection would keep its place."""
        await self.send("leave")
        await self.stream.aclose()

    async def listen(self) -> None:
        """Note how long each batch and each stroke of others took to come here."""
        while True:
            message = await self.receive()
            if message["type"] == "plugin_signalled" and message["author"] != self.own_id:
                body = message["body"]
                self._note(self.signals_ms, message["author"], body["draft"], body["start"])
            elif message["type"] == "entries":
                for entry in message["entries"]:
                    if entry["kind"] == "whiteboard.edited":
                        self._note(self.entries_ms, entry["author"], entry["body"]["draft"], None)
            elif message["type"] == "request_failed":
                self.refused.append(message["code"])

    async def draw(self, seconds: float, seed: int, surface: str = "page1") -> None:
        chance = random.Random(seed)
        draft = 0
        end_s = trio.current_time() + seconds
        await trio.sleep(chance.random() * BATCH_S)
        while trio.current_time() < end_s:
            path = stroke(chance, 3 * BATCHES)
            draft += 1
            for batch in range(BATCHES):
                points = encode_points(path[6 * batch : 6 * batch + 6])
                item = {"kind": "pen", "points": points}
                self._sent_s[self.own_id, draft, 3 * batch] = time.perf_counter()
                body = {"type": "draft", "surface": surface, "start": 3 * batch, "item": item}
                body["draft"] = draft
                await self.send("plugin_signal", plugin="whiteboard", body=body)
                await trio.sleep(BATCH_S)
            item = {"kind": "pen", "points": encode_points(path)}
            self._sent_s[self.own_id, draft, None] = time.perf_counter()
            await self.request(type="edit", surface=surface, added=[item], draft=draft)

    def _note(self, noted_ms: list[float], author: str, draft: int, start: int | None) -> None:
        sent_s = self._sent_s.get((author, draft, start))
        if sent_s is not None:  # Else somebody draws who is not of this crowd.
            noted_ms.append((time.perf_counter() - sent_s) * 1e3)

    def _take(self) -> bytes | None:
        data = self._data
        if len(data) < 2:
            return None
        length, start = data[1], 2
        if length == 126:
            length, start = int.from_bytes(data[2:4], "big"), 4
        elif length == 127:
            length, start = int.from_bytes(data[2:10], "big"), 10
        if len(data) < start + length:
            return None
        frame, is_message = bytes(data[start : start + length]), data[0] == 0x82
        del data[: start + length]
        return frame if is_message else self._take()


async def draw_together(
    port: int, tokens: Sequence[str], seconds: float, surface: str = "page1"
) -> list[Drawer]:
    """Let everybody draw at once; they are gone when this returns."""
    drawers = [(await Drawer.join(port, token))[0] for token in tokens]
    async with trio.open_nursery() as listening:
        for drawer in drawers:
            listening.start_soon(drawer.listen)
        await trio.sleep(0.5)
        async with trio.open_nursery() as drawing:
            for seed, drawer in enumerate(drawers):
                drawing.start_soon(drawer.draw, seconds, seed, surface)
        await trio.sleep(1.0)
        listening.cancel_scope.cancel()
    for drawer in drawers:
        await drawer.leave()
    return drawers


def stroke(chance: random.Random, points: int) -> list[int]:
    x, y = chance.randrange(1_000, 15_000), chance.randrange(1_000, 8_000)
    path = []
    for _ in range(points):
        x = min(15_900, max(100, x + chance.randint(-60, 60)))
        y = min(8_900, max(100, y + chance.randint(-60, 60)))
        path += [x, y]
    return path


def main() -> None:
    """Read what to do, do it, say how it was."""
    wanted = json.loads(sys.stdin.readline())
    begin_s = time.perf_counter()
    drawers = trio.run(
        draw_together, wanted["port"], wanted["tokens"], wanted["seconds"], wanted["surface"]
    )
    said = {
        "signals_ms": sorted(ms for drawer in drawers for ms in drawer.signals_ms),
        "entries_ms": sorted(ms for drawer in drawers for ms in drawer.entries_ms),
        "refused": sum(len(drawer.refused) for drawer in drawers),
        "cpu_s": time.process_time(),
        "wall_s": time.perf_counter() - begin_s,
    }
    print(json.dumps(said))


if __name__ == "__main__":
    main()
