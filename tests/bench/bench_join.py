"""What a join costs a whole server, what a joined viewer weighs, and what an idle server takes.

    python tests/bench/bench_join.py [--viewers 200] [--room-size 4] [--idle-s 10] [--feedback]

The server is `emporion serve` in a process of its own; the CPU time of all its threads counts. A
join is all of it: WebSocket, hello with the offer, answer, ICE, DTLS, the page's view, the key
frame that is asked of the publisher, until the first packet of its picture has arrived. Viewers
come into many rooms with one publisher each, room by room in turn; publishers send a key frame when
asked and else nothing, so that no media is in the figures. Everybody in a room is told of a join:
hence the second figure, of a full class. Once they come one after the other, each to a server that
waited meanwhile and has little of itself in the processor's caches; once twenty come at once, as
when a lesson begins, and that costs each a third less. With `--feedback` everybody tells
what arrives, as browsers do, and the same is measured beside it. How fast the machine just then is
says the last figure: a bare DTLS handshake, both ends of it in this process.
"""

import argparse
import platform
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import trio
from bench.server_process import ServerProcess, serving
from trio_websocket import WebSocketConnection, open_websocket_url

from emporion.engine.grants import RoleName
from emporion.engine.media import Source
from emporion.engine.protocol.client import (
    ClientRequest,
    Hello,
    MediaOffer,
    PublishTrack,
    SendLine,
    SetView,
    Tile,
)
from emporion.engine.protocol.codec import decode_server, encode_client
from emporion.engine.protocol.envelope import PROTOCOL_VERSION, SUBPROTOCOL
from emporion.engine.protocol.server import RequestFailed, ServerPush, Welcome
from emporion.engine.rtp.rtcp import PictureLoss, parse_compound
from emporion.engine.testing.load_client import LoadClient, LoadIdentity
from emporion.engine.testing.video_packets import Vp8Stream
from emporion.engine.transport.dtls import DtlsSession, DtlsState

FULL_CLASS = 20
PUBLISHER = "teacher"
UPKEEP_S = 1.5
HANDSHAKES = 60
SOURCES: dict[Source, tuple[str, ...]] = {
    Source.MICROPHONE: (),
    Source.CAMERA: ("l", "m", "h"),
    Source.SCREEN: ("l", "h"),
}
MID_ID, RID_ID = 4, 10  # Header extensions in the load client's offer.


@dataclass(frozen=True, slots=True)
class IdleFigures:
    """A server where nobody is. `cpu_ratio`: of a core."""

    cpu_ratio: float
    rss_mb: float
    start_cpu_s: float


@dataclass(frozen=True, slots=True)
class JoinFigures:
    """Means over all viewers but the first of each room, which also open the room."""

    viewers: int
    cpu_ms: float
    beyond_upkeep_ms: float  # Without what those cost who were there already.
    wall_ms: float
    memory_kib: float
    upkeep_ratio: float  # Of a core, for all of them.
    handshake_ms: float  # CPU of a bare one, both ends, before and after.


class Control:
    """A participant's WebSocket; reads all that comes, and keeps only the answer waited for."""

    def __init__(self, socket: WebSocketConnection) -> None:
        self._socket = socket
        self._ref = 0
        self._answer: ServerPush | None = None
        self._answered = trio.Event()
        self.on_push: Callable[[ServerPush], None] = lambda _: None

    async def run(self) -> None:
        while True:
            frame = await self._socket.get_message()
            assert isinstance(frame, bytes)
            message = decode_server(frame)
            self.on_push(message)
            if getattr(message, "ref", None) == self._ref:
                self._answer = message
                self._answered.set()

    async def request(self, message: ClientRequest) -> ServerPush:
        self._ref, self._answered = message.ref, trio.Event()
        await self._socket.send_message(encode_client(message))
        await self._answered.wait()
        assert self._answer is not None
        assert not isinstance(self._answer, RequestFailed), self._answer
        return self._answer


class Guest:
    """One participant: its WebSocket, its media, its pictures if it publishes."""

    def __init__(self, identity: LoadIdentity, *, gives_feedback: bool = False) -> None:
        self.has_packet = trio.Event()
        self.client = LoadClient(
            send=SOURCES,
            audio_slots=3,
            video_slots=12,
            identity=identity,
            gives_feedback=gives_feedback,
            on_rtp=lambda *_: self.has_packet.set(),
            on_rtcp=self._answer_rtcp,
        )
        camera = next(mid for mid, source in self.client.sources.items() if source is Source.CAMERA)
        extensions = {MID_ID: camera.encode(), RID_ID: b"l"}
        self._camera = Vp8Stream(0x1111, 96, extensions=extensions)

    async def join(self, url: str, token: str, stack: AsyncExitStack) -> Control:
        """Enter; the welcome's answer is taken, DTLS is up."""
        socket = await stack.enter_async_context(
            open_websocket_url(url, subprotocols=[SUBPROTOCOL])
        )
        nursery = await stack.enter_async_context(trio.open_nursery())
        stack.callback(nursery.cancel_scope.cancel)
        control = Control(socket)
        nursery.start_soon(control.run)
        offer = MediaOffer(
            sdp=self.client.offer,
            send_lines=tuple(SendLine(mid=m, source=s) for m, s in self.client.sources.items()),
        )
        self.welcome = await control.request(
            Hello(ref=1, protocol_version=PROTOCOL_VERSION, token=token, media=offer)
        )
        assert isinstance(self.welcome, Welcome)
        assert self.welcome.answer is not None
        await nursery.start(self.client.run, self.welcome.answer)
        return control

    async def publish(self, control: Control) -> None:
        await control.request(
            PublishTrack(ref=2, source=Source.CAMERA, width_px=640, height_px=360)
        )
        self.send_keyframe()

    async def see(self, control: Control) -> None:
        """Ask for the publisher's picture and wait for its first packet."""
        assert isinstance(self.welcome, Welcome)
        (track,) = self.welcome.tracks
        tile = Tile(track_id=track.track_id, width_px=640, height_px=360)
        await control.request(SetView(ref=2, tiles=(tile,)))
        await self.has_packet.wait()

    def send_keyframe(self) -> None:
        for packet in self._camera.frame(keyframe=True, sizes=(1000,)):
            self.client.send_rtp(packet)

    def _answer_rtcp(self, data: bytes) -> None:
        if any(isinstance(packet, PictureLoss) for packet in parse_compound(data).packets):
            self.send_keyframe()


async def measure_joins(
    server: ServerProcess,
    viewers: int,
    room_size: int,
    *,
    at_once: int = 1,
    gives_feedback: bool = False,
) -> JoinFigures:
    """Join `viewers`, `room_size` to a room, besides its publisher and its first viewer.

    Args:
        at_once: So many come together, and the next when these are in.
    """
    identity = LoadIdentity()
    handshake_s = _handshake_s(identity)
    url = f"ws://127.0.0.1:{server.port}/ws"
    rooms = [f"room-{number}" for number in range(max(1, viewers // room_size))]

    async def stay(name: str, room: str, task_status: trio.TaskStatus[None]) -> None:
        async with AsyncExitStack() as stack:
            guest = Guest(identity, gives_feedback=gives_feedback)
            role: RoleName = "host" if name == PUBLISHER else "merchant"
            token = server.token(name, room=room, role=role)
            control = await guest.join(url, token, stack)
            await (guest.publish(control) if name == PUBLISHER else guest.see(control))
            task_status.started()
            await trio.sleep_forever()

    async with trio.open_nursery() as people:
        for room in rooms:
            await people.start(stay, PUBLISHER, room)
            await people.start(stay, "first", room)
        rss_kib, cpu_s, wall_s = server.rss_kib(), server.cpu_s(), time.perf_counter()
        for first in range(0, viewers, at_once):
            async with trio.open_nursery() as group:
                for number in range(first, min(first + at_once, viewers)):
                    room = rooms[number % len(rooms)]
                    group.start_soon(people.start, stay, f"viewer-{number}", room)
        cpu_s, wall_s = server.cpu_s() - cpu_s, time.perf_counter() - wall_s
        growth_kib = server.rss_kib() - rss_kib
        upkeep_s = server.cpu_s()
        await trio.sleep(UPKEEP_S)
        upkeep_ratio = (server.cpu_s() - upkeep_s) / UPKEEP_S
        people.cancel_scope.cancel()
    upkeep_s = upkeep_ratio / 2 * wall_s  # Half of the viewers were there on average.
    return JoinFigures(
        viewers=viewers,
        cpu_ms=cpu_s / viewers * 1e3,
        beyond_upkeep_ms=(cpu_s - upkeep_s) / viewers * 1e3,
        wall_ms=wall_s / viewers * 1e3,
        memory_kib=growth_kib / viewers,
        upkeep_ratio=upkeep_ratio,
        handshake_ms=(handshake_s + _handshake_s(identity)) / 2 * 1e3,
    )


def _handshake_s(identity: LoadIdentity) -> float:
    """CPU of a DTLS handshake between two sessions in memory: what no join goes below."""
    fingerprints = {"sha-256": identity.certificate.fingerprint}
    begin_s = time.process_time()
    for _ in range(HANDSHAKES):
        client = DtlsSession(identity.context, fingerprints, is_client=True)
        server = DtlsSession(identity.context, fingerprints)
        client.start(0.0)
        while client.state is not DtlsState.CONNECTED or server.state is not DtlsState.CONNECTED:
            for sender, receiver in ((client, server), (server, client)):
                for datagram in sender.take_datagrams():
                    receiver.handle_datagram(datagram, 0.0)
    return (time.process_time() - begin_s) / HANDSHAKES


def measure_idle(seconds: float) -> IdleFigures:
    """Start a server, let it settle, and leave it alone."""
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder)) as server:
        time.sleep(1.0)
        start_cpu_s = server.cpu_s()
        time.sleep(seconds)
        cpu_ratio = (server.cpu_s() - start_cpu_s) / seconds
        return IdleFigures(cpu_ratio, server.rss_kib() / 1024, start_cpu_s)


def run_joins(
    viewers: int, room_size: int, *, at_once: int = 1, gives_feedback: bool = False
) -> JoinFigures:
    """Measure joins of a new server."""

    async def bounded(server: ServerProcess) -> JoinFigures:
        with trio.fail_after(120):
            return await measure_joins(
                server, viewers, room_size, at_once=at_once, gives_feedback=gives_feedback
            )

    with tempfile.TemporaryDirectory() as folder, serving(Path(folder)) as server:
        return trio.run(bounded, server)


def main() -> None:
    """Print the figures with what is needed to repeat them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--viewers", type=int, default=200)
    parser.add_argument("--room-size", type=int, default=4)
    parser.add_argument("--idle-s", type=float, default=10.0)
    parser.add_argument("--feedback", action="store_true", help="measure with feedback, too")
    options = parser.parse_args()
    idle = measure_idle(options.idle_s)
    runs = [
        (size, at_once, tells)
        for size in (options.room_size, FULL_CLASS)
        for at_once in (1, FULL_CLASS)
        for tells in ((False, True) if options.feedback else (False,))
    ]
    print(f"command: {' '.join(sys.argv)}")
    print(f"Python {platform.python_version()}, trio {trio.__version__}, {platform.platform()}")
    print(
        f"idle server      {idle.cpu_ratio * 100:5.2f} % of a core, {idle.rss_mb:5.1f} MiB,"
        f" {idle.start_cpu_s:4.2f} s of CPU to start"
    )
    for size, at_once, tells in runs:
        figures = run_joins(options.viewers, size, at_once=at_once, gives_feedback=tells)
        print(
            f"{figures.viewers} viewers, {size} to a room with one publisher and one viewer more,"
            f" {'one after the other' if at_once == 1 else f'{at_once} at once'}"
            f"{', who tell what arrives' if tells else ''}:"
        )
        print(
            f"  join           {figures.cpu_ms:5.2f} ms of CPU, without the upkeep of the others"
            f" {figures.beyond_upkeep_ms:5.2f}, {figures.wall_ms:5.1f} ms in all;"
            f" a bare handshake {figures.handshake_ms:4.2f}"
        )
        print(f"  joined viewer  {figures.memory_kib:5.1f} KiB")
        print(f"  their upkeep   {figures.upkeep_ratio * 100:5.2f} % of a core")


if __name__ == "__main__":
    main()
