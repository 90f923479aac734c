"""What courseware costs at its limits: a PDF of 100 MB, and one of 500 pages.

    python tests/bench/bench_courseware.py [--megabytes 99] [--pages 500]

The server is `emporion serve` in a process of its own, the upload its real HTTP, the renderer its
real process. A host brings the document and makes it courseware; beside that a merchant asks for
the chat's history 20 times a second, and the time to the answer, through the gateway and three
actors, is what the node's other work feels. Memory is resident: the node's growth while all this
goes on, the renderer's peak.
"""

import argparse
import json
import os
import platform
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import trio
from bench.server_process import ServerProcess, serving
from trio_websocket import WebSocketConnection, open_websocket_url

from emporion.engine.protocol.client import ClientRequest, Hello, PluginRequest
from emporion.engine.protocol.codec import decode_server, encode_client
from emporion.engine.protocol.envelope import PROTOCOL_VERSION, SUBPROTOCOL
from emporion.engine.protocol.server import (
    Entries,
    PluginSignalled,
    RequestFailed,
    RequestSucceeded,
    ServerPush,
    Welcome,
)

CHUNK_BYTES = 256 * 1024
ASK_EVERY_S = 0.05
SAMPLE_EVERY_S = 0.1
SLIDE_PX = (1280, 720)


@dataclass(frozen=True, slots=True)
class Figures:
    """Times are from the request that made a document of the file."""

    size_bytes: int
    pages: int
    upload_s: float
    first_page_s: float
    all_pages_s: float
    progress_signals: int
    node_growth_mb: float
    renderer_mb: float
    chat_idle_ms: float
    chat_upload_ms: float
    chat_rendering_ms: float


def noise_pdf(size_bytes: int, pages: int) -> bytes:
    """A document of pages that are one photo each, incompressible, of this size in all."""
    width, height = SLIDE_PX
    # Raw grey pixels: cheap to make, and as large in the file as they are.
    rows = max(1, size_bytes // pages // width)
    return _pdf(
        [
            (
                b"<< /Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace /DeviceGray "
                b"/BitsPerComponent 8 /Length %d >>\nstream\n%s\nendstream"
                % (width, rows, width * rows, os.urandom(width * rows)),
                b"q %d 0 0 %d 0 0 cm /X Do Q" % (width, height),
                b"/XObject << /X %d 0 R >>",
            )
            for _ in range(pages)
        ]
    )


def text_pdf(pages: int) -> bytes:
    """A document of pages as slides are: a heading, twenty lines, some boxes."""
    font = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
    slides = []
    for number in range(1, pages + 1):
        lines = b" ".join(b"(Line %d of slide %d) Tj T*" % (row, number) for row in range(20))
        boxes = b" ".join(b"%d 40 60 60 re f" % (40 + 80 * box) for box in range(12))
        drawing = b"0.2 0.4 0.8 rg %s BT /X 24 Tf 28 TL 60 660 Td %s ET" % (boxes, lines)
        slides.append((font, drawing, b"/Font << /X %d 0 R >>"))
    return _pdf(slides)


def _pdf(slides: list[tuple[bytes, bytes, bytes]]) -> bytes:
    """Put together pages of (an object, a drawing that uses it as X, how it is named)."""
    width, height = SLIDE_PX
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b""]
    kids = []
    for thing, drawing, resource in slides:
        objects.append(thing)
        named = resource % len(objects)
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(drawing), drawing))
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %d %d] /Contents %d 0 R "
            b"/Resources << %s >> >>" % (width, height, len(objects), named)
        )
        kids.append(b"%d 0 R" % len(objects))
    objects[1] = b"<< /Type /Pages /Count %d /Kids [%s] >>" % (len(kids), b" ".join(kids))
    body, offsets = bytearray(b"%PDF-1.4\n"), []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start = len(body)
    body += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    body += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    body += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1,
        start,
    )
    return bytes(body)


@dataclass
class Client:
    """One person's connection: what it was told last, and a way to wait for more."""

    connection: WebSocketConnection
    welcome: Welcome
    pushed: list[ServerPush] = field(default_factory=list)
    _ref: int = 1
    _news: trio.Event = field(default_factory=trio.Event)

    async def listen(self) -> None:
        while True:
            message = await _receive(self.connection)
            assert not isinstance(message, RequestFailed), message
            self.pushed.append(message)
            self._news.set()
            self._news = trio.Event()

    async def ask(self, plugin: str, **body: Any) -> int:
        self._ref += 1
        raw = msgspec.Raw(msgspec.msgpack.encode(body))
        await _send(self.connection, PluginRequest(ref=self._ref, plugin=plugin, body=raw))
        return self._ref

    async def wait(self, is_it: Callable[[ServerPush], bool]) -> None:
        while not any(map(is_it, self.pushed)):
            await self._news.wait()


async def _receive(connection: WebSocketConnection) -> ServerPush:
    data = await connection.get_message()
    assert isinstance(data, bytes), "every message is binary"
    return decode_server(data)


async def _send(connection: WebSocketConnection, request: ClientRequest) -> None:
    await connection.send_message(encode_client(request))


@asynccontextmanager
async def joined(server: ServerProcess, identity: str, role: Any) -> AsyncIterator[Client]:
    address = f"ws://127.0.0.1:{server.port}/ws"
    async with (
        open_websocket_url(address, subprotocols=[SUBPROTOCOL]) as connection,
        trio.open_nursery() as nursery,
    ):
        token = server.token(identity, room="bench", role=role)
        await _send(connection, Hello(ref=1, protocol_version=PROTOCOL_VERSION, token=token))
        welcome = await _receive(connection)
        assert isinstance(welcome, Welcome), welcome
        client = Client(connection, welcome)
        nursery.start_soon(client.listen)
        yield client
        nursery.cancel_scope.cancel()


async def upload(server: ServerProcess, host: Client, content: bytes) -> str:
    """Bring a file; return its id."""
    stream = await trio.open_tcp_stream("127.0.0.1", server.port)
    async with stream:
        head = (
            f"POST /api/v1/rooms/{host.welcome.room.room_id}/files?purpose=courseware&name=a.pdf "
            f"HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {host.welcome.files_ticket}\r\n"
            f"Content-Length: {len(content)}\r\nConnection: close\r\n\r\n"
        )
        await stream.send_all(head.encode())
        for start in range(0, len(content), CHUNK_BYTES):
            await stream.send_all(content[start : start + CHUNK_BYTES])
        answer = b"".join([data async for data in stream])
    status, _, body = answer.partition(b"\r\n\r\n")
    assert b" 201 " in status, answer
    return str(json.loads(body)["file_id"])


class ChatWatch:
    """Asks the chat all the time; keeps how long each answer took."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._times_s: list[float] = []

    async def run(self) -> None:
        while True:
            begun_s = time.perf_counter()
            ref = await self._client.ask("chat", type="get_history", before_seq=1)
            await self._client.wait(_answers(ref))
            self._client.pushed.clear()
            self._times_s.append(time.perf_counter() - begun_s)
            await trio.sleep(ASK_EVERY_S)

    def take_p95_ms(self) -> float:
        times, self._times_s = sorted(self._times_s), []
        return times[int(len(times) * 0.95)] * 1000 if times else 0.0


class MemoryWatch:
    """Samples the node's resident memory, and the peak of the processes that it starts."""

    def __init__(self, server: ServerProcess) -> None:
        self._server = server
        self._before_kib = server.rss_kib()
        self._most_kib = self._before_kib
        self.renderer_kib = 0

    async def run(self) -> None:
        while True:
            self._most_kib = max(self._most_kib, self._server.rss_kib())
            for child in _children(self._server.pid):
                self.renderer_kib = max(self.renderer_kib, _peak_kib(child))
            await trio.sleep(SAMPLE_EVERY_S)

    @property
    def growth_kib(self) -> int:
        return self._most_kib - self._before_kib


def _text(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""  # It has ended meanwhile.


def _children(pid: int) -> list[str]:
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return [child for task in tasks for child in _text(task / "children").split()]


def _peak_kib(pid: str) -> int:
    lines = _text(Path(f"/proc/{pid}/status")).splitlines()
    return next((int(line.split()[1]) for line in lines if line.startswith("VmHWM")), 0)


async def measure(server: ServerProcess, content: bytes, pages: int) -> Figures:
    async with (
        joined(server, "teacher", "host") as host,
        joined(server, "lin", "merchant") as merchant,
        trio.open_nursery() as nursery,
    ):
        chat, memory = ChatWatch(merchant), MemoryWatch(server)
        nursery.start_soon(chat.run)
        nursery.start_soon(memory.run)
        await trio.sleep(1)
        chat_idle_ms = chat.take_p95_ms()
        begun_s = time.perf_counter()
        file_id = await upload(server, host, content)
        upload_s = time.perf_counter() - begun_s
        chat_upload_ms = chat.take_p95_ms()
        begun_s = time.perf_counter()
        await host.ask("courseware", type="add_document", name="Slides", files=[file_id])
        await host.wait(_has("courseware.pages_ready", "courseware.file_ready"))
        first_page_s = time.perf_counter() - begun_s
        await host.wait(_has("courseware.file_ready", "courseware.document_failed"))
        all_pages_s = time.perf_counter() - begun_s
        assert any(map(_has("courseware.file_ready"), host.pushed)), "it failed"
        signals = sum(isinstance(push, PluginSignalled) for push in host.pushed)
        nursery.cancel_scope.cancel()
    return Figures(
        size_bytes=len(content),
        pages=pages,
        upload_s=upload_s,
        first_page_s=first_page_s,
        all_pages_s=all_pages_s,
        progress_signals=signals,
        node_growth_mb=memory.growth_kib / 1024,
        renderer_mb=memory.renderer_kib / 1024,
        chat_idle_ms=chat_idle_ms,
        chat_upload_ms=chat_upload_ms,
        chat_rendering_ms=chat.take_p95_ms(),
    )


def _answers(ref: int) -> Callable[[ServerPush], bool]:
    return lambda push: isinstance(push, RequestSucceeded) and push.ref == ref


def _has(*kinds: str) -> Callable[[ServerPush], bool]:
    return lambda push: (
        isinstance(push, Entries) and any(entry.kind in kinds for entry in push.entries)
    )


def run(content: bytes, pages: int) -> Figures:
    # The chat is asked far more often than a person may.
    settings = {"EMPORION_PLUGINS__CHAT__RATE_PAGES": "1000"}
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder), settings) as server:
        return trio.run(measure, server, content, pages)


def report(name: str, figures: Figures) -> None:
    print(f"{name}: {figures.size_bytes / 1e6:.1f} MB, {figures.pages} pages")
    rate = figures.size_bytes / 1e6 / figures.upload_s
    print(f"  upload: {figures.upload_s:.2f} s ({rate:.0f} MB/s)")
    print(
        f"  first page: {figures.first_page_s:.2f} s; all: {figures.all_pages_s:.1f} s, "
        f"{figures.all_pages_s / figures.pages * 1000:.0f} ms each; "
        f"{figures.progress_signals} signals of progress"
    )
    print(f"  memory: node +{figures.node_growth_mb:.0f} MB, renderer {figures.renderer_mb:.0f} MB")
    print(
        f"  an answer of the chat, p95: {figures.chat_idle_ms:.1f} ms before, "
        f"{figures.chat_upload_ms:.1f} ms during the upload, "
        f"{figures.chat_rendering_ms:.1f} ms while pages are drawn"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=int, default=99)
    parser.add_argument("--pages", type=int, default=500)
    arguments = parser.parse_args()
    print("command:", " ".join(["python", *sys.argv]))
    print("machine:", platform.platform())
    photos = max(1, arguments.megabytes // 2)
    report("photos", run(noise_pdf(arguments.megabytes * 1_000_000, photos), photos))
    report("slides", run(text_pdf(arguments.pages), arguments.pages))


if __name__ == "__main__":
    main()
