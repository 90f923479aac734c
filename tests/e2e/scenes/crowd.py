"""Light clients: dozens of viewers in a process of their own, each with its WebSocket.

Some of them take the sound and one picture as well, by SRTP, and count what comes. The parent gives
orders, one JSON line each, and reads one line in answer:

    with Crowd(origin, tokens, with_media=10) as crowd:
        crowd.request("polls", {"type": "vote", "number": 1, "choices": [0]}, clients=range(40))
        crowd.wait_media()
        assert crowd.wait_goodbyes() == {"room_closed": 50}
"""

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from types import TracebackType
from typing import Any, Final, Self

import msgspec
import trio
from trio_websocket import open_websocket_url

from emporion.engine.headless.control import ConnectionEnded, Control
from emporion.engine.protocol.client import (
    Hello,
    MediaOffer,
    PluginRequest,
    SendLine,
    SetView,
    Tile,
)
from emporion.engine.protocol.envelope import PROTOCOL_VERSION, SUBPROTOCOL
from emporion.engine.protocol.server import RequestSucceeded, Welcome
from emporion.engine.testing.load_client import LoadClient, LoadIdentity

PACKETS: Final = 20  # So many in every slot that has any: what comes is no accident.
ORDER_TIMEOUT_S: Final = 20.0


class Crowd:
    """The parent's end; a context manager, in which all clients are in the room."""

    def __init__(self, origin: str, tokens: Sequence[str], *, with_media: int = 0) -> None:
        self._places = len(tokens)
        self._first = {"origin": origin, "tokens": list(tokens), "with_media": with_media}

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-m", __spec__.name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        )
        joined = self._order(self._first)
        assert joined == self._places, f"{joined} have joined"
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._process.kill()
        self._process.communicate()

    def request(self, plugin: str, body: dict[str, Any], clients: range) -> None:
        """Have these send a request, all at once; none may be refused."""
        order = {"do": "request", "plugin": plugin, "body": body, "clients": list(clients)}
        refused = self._order(order)
        assert refused == {}, refused

    def wait_media(self, mids: int) -> None:
        """Wait until, from now on, each client with media received packets in so many slots."""
        assert self._order({"do": "wait_media", "mids": mids}) is True

    def wait_goodbyes(self) -> dict[str, int]:
        """Wait until all were told goodbye; returns how many with which code."""
        goodbyes: dict[str, int] = self._order({"do": "wait_goodbyes"})
        return goodbyes

    def _order(self, order: dict[str, Any]) -> Any:  # Any: what JSON holds.
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        assert answer, "the process of the light clients has ended"
        return json.loads(answer)


class LightClient:
    """One of them; `media` counts what it receives, if it has any."""

    def __init__(self, token: str, identity: LoadIdentity | None) -> None:
        self._token = token
        self.media = (
            LoadClient(audio_slots=3, video_slots=1, identity=identity) if identity else None
        )
        self.control: Control

    async def join(self, url: str, nursery: trio.Nursery) -> None:
        socket = await nursery.start(_hold_socket, url)
        self.control = Control(socket, lambda _: None)
        nursery.start_soon(self.control.run)
        offer = None
        if self.media is not None:
            lines = tuple(SendLine(mid=m, source=s) for m, s in self.media.sources.items())
            offer = MediaOffer(sdp=self.media.offer, send_lines=lines)
        welcome = await self.control.request(
            Hello, protocol_version=PROTOCOL_VERSION, token=self._token, media=offer
        )
        assert isinstance(welcome, Welcome)
        if self.media is not None and welcome.answer is not None:
            await nursery.start(self.media.run, welcome.answer)
            tiles = tuple(
                Tile(track_id=track.track_id, width_px=320, height_px=180)
                for track in welcome.tracks
                if track.source == "camera"
            )
            await self.control.request(SetView, tiles=tiles)

    async def wait_media(self, mids: int) -> None:
        """Wait until so many slots have received packets from now on."""
        assert self.media is not None
        before = {mid: slot.packets for mid, slot in self.media.slots.items()}
        # Nothing tells of a packet: that is what makes these clients light.
        while sum(self._has_grown(mid, packets) for mid, packets in before.items()) < mids:  # noqa: ASYNC110
            await trio.sleep(0.05)

    def _has_grown(self, mid: str, packets: int) -> bool:
        assert self.media is not None
        return self.media.slots[mid].packets - packets >= PACKETS

    async def wait_goodbye(self) -> str:
        while not self.control.has_ended:
            try:
                await self.control.wait_change()
            except ConnectionEnded:
                break
        goodbye = self.control.goodbye
        return goodbye.code if goodbye else "none"


async def _hold_socket(url: str, *, task_status: trio.TaskStatus[Any]) -> None:
    async with open_websocket_url(url, subprotocols=[SUBPROTOCOL]) as socket:
        task_status.started(socket)
        await trio.sleep_forever()


async def _join_all(first: dict[str, Any], nursery: trio.Nursery) -> list[LightClient]:
    url = first["origin"].replace("http", "ws", 1) + "/ws"
    identity = LoadIdentity()
    clients = [
        LightClient(token, identity if number < first["with_media"] else None)
        for number, token in enumerate(first["tokens"])
    ]
    for client in clients:
        await client.join(url, nursery)
    return clients


async def _carry_out(order: dict[str, Any], clients: list[LightClient]) -> object:
    match order["do"]:
        case "request":
            return await _request(order, clients)
        case "wait_media":
            async with trio.open_nursery() as nursery:
                for client in clients:
                    if client.media is not None:
                        nursery.start_soon(client.wait_media, order["mids"])
            return True
        case _:
            return Counter([await client.wait_goodbye() for client in clients])


async def _request(order: dict[str, Any], clients: list[LightClient]) -> dict[str, int]:
    """How many were refused, by code."""
    body = msgspec.Raw(msgspec.msgpack.encode(order["body"]))
    refused: Counter[str] = Counter()

    async def ask(client: LightClient) -> None:
        try:
            answer = await client.control.request(PluginRequest, plugin=order["plugin"], body=body)
            assert isinstance(answer, RequestSucceeded)
        except Exception as error:  # The parent is told, whatever it is.
            refused[getattr(error, "code", repr(error))] += 1

    async with trio.open_nursery() as nursery:
        for number in order["clients"]:
            nursery.start_soon(ask, clients[number])
    return dict(refused)


async def _serve() -> None:
    orders = trio.wrap_file(sys.stdin)
    async with trio.open_nursery() as nursery:
        clients = await _join_all(json.loads(await orders.readline()), nursery)
        answer: object = len(clients)
        while True:
            print(json.dumps(answer), flush=True)
            order = json.loads(await orders.readline())
            with trio.fail_after(ORDER_TIMEOUT_S):
                answer = await _carry_out(order, clients)


if __name__ == "__main__":
    trio.run(_serve)
