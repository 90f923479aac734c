"""Courseware over real sockets: a document comes in, is drawn by another process, and goes out."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import pytest
import trio
from gateway_rig import exchange, hello, open_client, packed, receive, token, until
from integration.test_gateway_node import config_in
from pictures import pdf, png
from trio_websocket import WebSocketConnection

from emporion.engine.config import FilesConfig
from emporion.engine.protocol.server import (
    Entries,
    PluginSignalled,
    RequestFailed,
    RequestSucceeded,
    Welcome,
)
from emporion.engine.store import rendering
from emporion.node import open_node


@dataclass
class Teacher:
    """A host on a real connection."""

    port: int
    client: WebSocketConnection
    welcome: Welcome
    refs: int = 1
    entries: list[Any] = field(default_factory=list)

    async def bring(self, content: bytes, *, purpose: str = "courseware") -> tuple[int, Any]:
        room_id = self.welcome.room.room_id
        head = (
            f"POST /api/v1/rooms/{room_id}/files?purpose={purpose}&name=slides.pdf HTTP/1.1\r\n"
            f"Host: a\r\nAuthorization: Bearer {self.welcome.files_ticket}\r\n"
            f"Content-Length: {len(content)}\r\nConnection: close\r\n\r\n"
        )
        answer = await exchange(self.port, head.encode() + content)
        head_part, _, body = answer.partition(b"\r\n\r\n")
        return int(head_part.split()[1]), json.loads(body)

    async def ask(self, **body: Any) -> RequestSucceeded | RequestFailed:
        self.refs += 1
        message = packed(type="plugin_request", ref=self.refs, plugin="courseware", body=body)
        await self.client.send_message(message)
        while True:
            answer = await self._next()
            if isinstance(answer, RequestSucceeded | RequestFailed):
                return answer

    async def wait_entry(self, kind: str) -> Any:
        with trio.fail_after(20):
            while True:
                for entry in self.entries:
                    if entry.kind == kind:
                        self.entries.remove(entry)
                        return msgspec.msgpack.decode(entry.body)
                await self._next()

    async def add(self, content: bytes) -> Any:
        _, file = await self.bring(content)
        answer = await self.ask(type="add_document", name="Slides", files=[file["file_id"]])
        assert isinstance(answer, RequestSucceeded)
        return file["file_id"]

    async def fetch(self, path: str) -> tuple[int, bytes]:
        target = f"/api/v1/files/{path}?ticket={self.welcome.files_ticket}"
        request = f"GET {target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
        head, _, body = (await exchange(self.port, request.encode())).partition(b"\r\n\r\n")
        return int(head.split()[1]), body

    async def _next(self) -> object:
        message = await receive(self.client)
        if isinstance(message, Entries):
            self.entries.extend(message.entries)
        return message


@asynccontextmanager
async def open_teacher(
    folder: Path, role: str = "host", *, files: FilesConfig | None = None
) -> AsyncIterator[Teacher]:
    config = msgspec.structs.replace(config_in(folder), files=files or FilesConfig())
    with trio.fail_after(60):
        async with (
            open_node(config) as node,
            open_client(node.http_port, joined=False) as client,
        ):
            of_role = token("ana", template="class", role=role)
            await client.send_message(hello("ana", token=of_role))
            welcome = await receive(client)
            assert isinstance(welcome, Welcome)
            yield Teacher(node.http_port, client, welcome)


async def test_a_document_is_drawn_and_fetched_page_by_page(tmp_path: Path) -> None:
    async with open_teacher(tmp_path) as teacher:
        file_id = await teacher.add(pdf([(400, 300), (400, 300), (300, 400)]))
        ready = await teacher.wait_entry("courseware.file_ready")
        assert ready["sizes"] == [[2, 1600, 1200], [1, 1200, 1600]]
        sizes = {}
        for size in ("screen", "thumb"):
            status, body = await teacher.fetch(f"{file_id}/pages/2/{size}")
            assert (status, body[8:12]) == (200, b"WEBP")
            sizes[size] = len(body)
        assert sizes["thumb"] < sizes["screen"]
        for wrong in ("pages/4/screen", "pages/0/screen", "pages/1/huge", "pages", "x"):
            assert (await teacher.fetch(f"{file_id}/{wrong}"))[0] == 404
        assert (await teacher.fetch("FI_none/pages/1/screen"))[0] == 404
        document = ready["document"]
        answer = await teacher.ask(type="present", document=document, page=3)
        assert isinstance(answer, RequestSucceeded)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"%PDF-1.7\n" + bytes(100_000), "pages.broken"),
        (pdf([(100, 100)] * 501), "pages.too_many"),
    ],
)
async def test_a_bad_document_fails_with_a_code_and_the_room_goes_on(
    tmp_path: Path, content: bytes, code: str
) -> None:
    async with open_teacher(tmp_path) as teacher:
        file_id = await teacher.add(content)
        failed = await teacher.wait_entry("courseware.document_failed")
        assert failed["code"] == code
        assert (await teacher.fetch(f"{file_id}/pages/1/screen"))[0] == 404
        assert not list((tmp_path / "files").rglob("*.pages")), "nothing is left of it"
        await teacher.add(png(40, 30))
        await teacher.wait_entry("courseware.file_ready")


async def test_merchants_bring_no_courseware(tmp_path: Path) -> None:
    async with open_teacher(tmp_path, "merchant") as merchant:
        status, answer = await merchant.bring(pdf([(100, 100)]))
        assert (status, answer["code"]) == (403, "courseware.hosts_only")
        assert (await merchant.bring(png(), purpose="chat"))[0] == 201


async def test_a_node_that_ends_in_the_midst_goes_on_when_it_is_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hanging = tmp_path / "hanging.py"
    hanging.write_text("import time\ntime.sleep(60)\n")
    with monkeypatch.context() as patched:
        patched.setattr(
            rendering.PageRenderer.__init__,
            "__kwdefaults__",
            {
                "page_timeout_s": 30.0,
                "renderer": hanging,
            },
        )
        async with open_teacher(tmp_path) as teacher:
            file_id = await teacher.add(pdf([(400, 300)]))
    async with open_teacher(tmp_path) as teacher:
        for _ in range(200):
            if (await teacher.fetch(f"{file_id}/pages/1/screen"))[0] == 200:
                return
            await trio.sleep(0.1)
        pytest.fail("the document was not prepared again")


async def test_progress_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("emporion.actors.plugin_pages.TELL_INTERVAL_S", 0.0)
    async with open_teacher(tmp_path) as teacher:
        await teacher.add(pdf([(800, 600)] * 8))
        with trio.fail_after(20):
            while True:
                message = await teacher._next()
                if isinstance(message, PluginSignalled):
                    break
        progress = msgspec.msgpack.decode(message.body)
        assert message.event == "progress"
        assert progress["pages"] == 8
        assert 1 <= progress["done"] <= 8


async def test_a_removed_document_is_fetched_by_nobody(tmp_path: Path) -> None:
    async with open_teacher(tmp_path) as teacher:
        file_id = await teacher.add(pdf([(400, 300)]))
        ready = await teacher.wait_entry("courseware.file_ready")
        paths = (file_id, f"{file_id}/pages/1/screen", f"{file_id}/pages/1/thumb")
        assert [(await teacher.fetch(path))[0] for path in paths] == [200, 200, 200]
        answer = await teacher.ask(type="remove_document", document=ready["document"])
        assert isinstance(answer, RequestSucceeded)
        for path in paths:
            status, body = await teacher.fetch(path)
            assert (status, json.loads(body)["code"]) == (404, "files.unknown")
        await until(lambda: not [p for p in (tmp_path / "files").rglob("*") if p.is_file()])


async def test_what_is_removed_while_it_is_drawn_is_drawn_no_further(tmp_path: Path) -> None:
    async with open_teacher(tmp_path) as teacher:
        await teacher.add(pdf([(800, 600)] * 400))
        some = await teacher.wait_entry("courseware.pages_ready")
        await teacher.ask(type="remove_document", document=some["document"])
        await until(lambda: not [p for p in (tmp_path / "files").rglob("*") if p.is_file()])
        await teacher.add(png(40, 30))
        await teacher.wait_entry("courseware.file_ready")


@pytest.mark.parametrize("limit", ["session_bytes", "node_bytes"])
async def test_drawn_pages_count_in_the_quotas(tmp_path: Path, limit: str) -> None:
    """A small file may become large pages."""
    content = pdf([(800, 600)] * 30)
    files = FilesConfig(**{limit: len(content) + 20_000})
    async with open_teacher(tmp_path, files=files) as teacher:
        await teacher.add(content)
        failed = await teacher.wait_entry("courseware.document_failed")
        assert failed["code"] == "files.quota_exceeded"
        assert not list((tmp_path / "files").rglob("*.pages")), "nothing is left of it"
        # Removing the document makes place again.
        await teacher.ask(type="remove_document", document=failed["document"])
        assert (await teacher.bring(content))[0] == 201
