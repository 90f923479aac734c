"""Files of rooms over real sockets: brought, fetched, refused, and lost in the midst."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pytest
import trio
from gateway_rig import exchange, hello, open_client, packed, receive, token, until
from integration.test_gateway_node import config_in
from pictures import jpeg, png

from emporion.engine.config import FilesConfig
from emporion.engine.journal import read_journal
from emporion.engine.protocol.server import Entries, RequestFailed, RequestSucceeded, Welcome
from emporion.node import Node, open_node

ROOM = "spring"


@dataclass
class Desk:
    """A node, and a participant's ticket for the files of its room."""

    node: Node
    folder: Path
    ticket: str

    async def send(
        self,
        body: bytes,
        *,
        purpose: str = "chat",
        name: str = "a.png",
        room: str = ROOM,
        ticket: str | None = None,
        length: int | None = None,
    ) -> tuple[int, dict[str, object]]:
        """Upload; return the status and the answer."""
        head = self.head(purpose, name, room, ticket, len(body) if length is None else length)
        return parsed(await exchange(self.node.http_port, head + body, wait_s=8))

    def head(self, purpose: str, name: str, room: str, ticket: str | None, length: int) -> bytes:
        lines = [
            f"POST /api/v1/rooms/{room}/files?purpose={purpose}&name={name} HTTP/1.1",
            "Host: localhost",
            f"Authorization: Bearer {self.ticket if ticket is None else ticket}",
            f"Content-Length: {length}",
            "Connection: close",
        ]
        return "\r\n".join([*lines, "", ""]).encode()

    async def fetch(
        self, file_id: object, *headers: str, ticket: str | None = None, method: str = "GET"
    ) -> tuple[str, bytes]:
        target = f"/api/v1/files/{file_id}?ticket={self.ticket if ticket is None else ticket}"
        lines = [f"{method} {target} HTTP/1.1", "Host: a", "Connection: close", *headers]
        answer = await exchange(self.node.http_port, "\r\n".join([*lines, "", ""]).encode())
        head, _, body = answer.partition(b"\r\n\r\n")
        return head.decode(), body

    def left(self) -> list[Path]:
        return [path for path in (self.folder / "files").rglob("*") if path.is_file()]


@asynccontextmanager
async def open_desk(folder: Path, **limits: int) -> AsyncIterator[Desk]:
    config = msgspec.structs.replace(config_in(folder), files=FilesConfig(**limits))
    with trio.fail_after(30):
        async with (
            open_node(config) as node,
            open_client(node.http_port, joined=False) as client,
        ):
            await client.send_message(hello("ana", token=token("ana", template="class")))
            welcome = await receive(client)
            assert isinstance(welcome, Welcome)
            yield Desk(node, folder, welcome.files_ticket)


def parsed(answer: bytes) -> tuple[int, dict[str, object]]:
    head, _, body = answer.partition(b"\r\n\r\n")
    return int(head.split()[1]), json.loads(body)


async def test_a_picture_is_brought_and_fetched(tmp_path: Path) -> None:
    picture = png(640, 480, padding=900_000)
    async with open_desk(tmp_path) as desk:
        status, answer = await desk.send(picture, name="%E5%95%86%E5%93%81.png")
        assert status == 201
        assert answer == {
            "file_id": answer["file_id"],
            "name": "商品.png",
            "media_type": "image/png",
            "size_bytes": len(picture),
            "width_px": 640,
            "height_px": 480,
        }
        head, body = await desk.fetch(answer["file_id"])
        assert body == picture
        assert head.startswith("HTTP/1.1 200 OK\r\n")
        for line in (
            "Content-Type: image/png",
            "X-Content-Type-Options: nosniff",
            "Content-Security-Policy: default-src 'none'; sandbox",
            "Cache-Control: private, max-age=31536000, immutable",
            "Content-Disposition: inline; filename*=UTF-8''%E5%95%86%E5%93%81.png",
        ):
            assert line in head.split("\r\n")
        assert head.count("Content-Security-Policy") == 1


async def test_the_type_is_that_of_the_content(tmp_path: Path) -> None:
    async with open_desk(tmp_path) as desk:
        _, answer = await desk.send(jpeg(30, 20) + bytes(100), name="really.png")
        assert answer["media_type"] == "image/jpeg"
        script = b"<html><script>alert(1)</script></html>"
        status, answer = await desk.send(script, name="innocent.png")
        assert (status, answer["code"]) == (415, "files.type_not_allowed")
        assert len(desk.left()) == 1


async def test_ranges(tmp_path: Path) -> None:
    picture = png(20, 20)
    size = len(picture)
    async with open_desk(tmp_path) as desk:
        _, answer = await desk.send(picture)
        file_id = answer["file_id"]
        for asked, start, end in (("0-9", 0, 10), ("10-", 10, size), ("-5", size - 5, size)):
            head, body = await desk.fetch(file_id, f"Range: bytes={asked}")
            assert head.startswith("HTTP/1.1 206 ")
            assert f"Content-Range: bytes {start}-{end - 1}/{size}" in head
            assert body == picture[start:end]
        head, _ = await desk.fetch(file_id, f"Range: bytes={size}-")
        assert head.startswith("HTTP/1.1 416 ")
        for asked in ("0-1,3-4", "x", "-"):
            head, body = await desk.fetch(file_id, f"Range: bytes={asked}")
            assert head.startswith("HTTP/1.1 200 ")
        _, body = await desk.fetch(file_id, "Range: bytes=0-1", 'If-Range: "old"')
        assert body == picture
        head, body = await desk.fetch(file_id, f'If-None-Match: "{file_id}"')
        assert head.startswith("HTTP/1.1 304 ")
        head, body = await desk.fetch(file_id, method="HEAD")
        assert (f"Content-Length: {size}" in head, body) == (True, b"")


async def test_without_a_ticket_nothing_is_brought_or_fetched(tmp_path: Path) -> None:
    async with open_desk(tmp_path) as desk:
        _, answer = await desk.send(png())
        for ticket in ("", "guessed"):
            status, failure = await desk.send(png(), ticket=ticket)
            assert (status, failure["code"]) == (401, "files.no_ticket")
            head, _ = await desk.fetch(answer["file_id"], ticket=ticket)
            assert head.startswith("HTTP/1.1 401 ")
        head, body = await desk.fetch("FI_guessed")
        assert head.startswith("HTTP/1.1 404 ")
        assert b"files.unknown" in body
        head, _ = await desk.fetch("..%2f..%2fkeys")
        assert head.startswith("HTTP/1.1 404 ")


async def test_a_ticket_is_void_when_its_participant_has_left(tmp_path: Path) -> None:
    async with open_desk(tmp_path) as desk, open_client(desk.node.http_port, joined=False) as li:
        await li.send_message(hello("li", token=token("li", template="class")))
        welcome = await receive(li)
        assert isinstance(welcome, Welcome)
        status, answer = await desk.send(png(), ticket=welcome.files_ticket)
        assert status == 201
        await li.send_message(packed(type="leave", ref=2))
        services = desk.node.classroom.files._services
        await until(lambda: len(services.files.tickets) == 1)
        head, _ = await desk.fetch(answer["file_id"], ticket=welcome.files_ticket)
        assert head.startswith("HTTP/1.1 401 ")
        head, _ = await desk.fetch(answer["file_id"])
        assert head.startswith("HTTP/1.1 200 "), "the others still have the file"


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"purpose": "nothing"}, 400, "files.purpose_unknown"),
        ({"purpose": "simulcast"}, 400, "files.purpose_unknown"),
        ({"name": ""}, 400, "files.name_invalid"),
        ({"name": "..%2Fkeys"}, 400, "files.name_invalid"),
        ({"name": "x" * 201}, 400, "files.name_invalid"),
        ({"room": "autumn"}, 403, "files.room_mismatch"),
        ({"length": 5_000_001}, 413, "files.too_large"),
        ({"length": 5_000_001, "purpose": "whiteboard"}, 413, "files.too_large"),
        ({"length": 5_000_001, "purpose": "annotate"}, 413, "files.too_large"),
        ({"length": 100_000_001, "purpose": "courseware"}, 413, "files.too_large"),
    ],
)
async def test_bad_uploads_are_refused_before_their_body(
    tmp_path: Path, changes: dict[str, str], status: int, code: str
) -> None:
    async with open_desk(tmp_path) as desk:
        answer = await desk.send(b"", **{"length": 100, **changes})  # type: ignore[arg-type]  # Mixed.
        assert (answer[0], answer[1]["code"]) == (status, code)
        assert desk.left() == []
        assert (await desk.send(png()))[0] == 201, "the node goes on"


async def test_a_body_larger_than_it_may_be_is_cut_off(tmp_path: Path) -> None:
    """Chunked, so that no header betrays it."""
    async with open_desk(tmp_path) as desk:
        head = desk.head("chat", "a.png", ROOM, None, 0)
        head = head.replace(b"Content-Length: 0", b"Transfer-Encoding: chunked")
        data = png(4, 4, padding=6_000_000)
        chunks = b"".join(
            b"%x\r\n%s\r\n" % (len(part), part)
            for part in (data[start : start + 65_536] for start in range(0, len(data), 65_536))
        )
        status, answer = parsed(await exchange(desk.node.http_port, head + chunks + b"0\r\n\r\n"))
        assert (status, answer["code"]) == (413, "files.too_large")
        assert desk.left() == []


async def test_a_connection_lost_in_the_midst_leaves_nothing(tmp_path: Path) -> None:
    async with open_desk(tmp_path) as desk:
        stream = await trio.open_tcp_stream("127.0.0.1", desk.node.http_port)
        data = png(4, 4, padding=900_000)
        await stream.send_all(desk.head("chat", "a.png", ROOM, None, len(data)) + data[:700_000])
        await until(lambda: len(desk.left()) == 1)
        await stream.aclose()
        await until(lambda: desk.left() == [])
        assert (await desk.send(png()))[0] == 201


async def test_quotas_of_a_participant_and_a_session(tmp_path: Path) -> None:
    picture = png(4, 4, padding=4_000)
    async with open_desk(tmp_path, participant_bytes=9_000) as desk:
        assert [(await desk.send(picture))[0] for _ in range(3)] == [201, 201, 413]
    async with open_desk(tmp_path / "2", session_files=1) as desk:
        assert (await desk.send(picture))[0] == 201
        status, answer = await desk.send(picture)
        assert (status, answer["code"]) == (413, "files.quota_exceeded")


async def test_many_uploads_at_once_are_refused(tmp_path: Path) -> None:
    async with open_desk(tmp_path) as desk, trio.open_nursery() as nursery:
        streams = []
        for _ in range(4):
            stream = await trio.open_tcp_stream("127.0.0.1", desk.node.http_port)
            await stream.send_all(desk.head("chat", "a.png", ROOM, None, 1000) + png()[:20])
            streams.append(stream)
        await until(lambda: len(desk.left()) == 4)
        status, answer = await desk.send(png())
        assert (status, answer["code"]) == (429, "files.too_many")
        for stream in streams:
            await stream.aclose()
        await until(lambda: desk.left() == [])
        nursery.cancel_scope.cancel()


async def test_what_is_journaled_outlives_the_node_and_the_rest_is_swept(tmp_path: Path) -> None:
    async with open_desk(tmp_path) as desk:
        _, answer = await desk.send(png())
        (path,) = desk.left()
    (path.parent / "FI_orphan").write_bytes(b"x")
    (path.parent / "FI_half.part").write_bytes(b"x")
    (journal,) = (tmp_path / "sessions").glob("*.journal")
    added = [entry for entry in read_journal(journal) if entry.kind == "room.file_added"]
    assert [entry.audience.scope for entry in added] == ["record"]
    async with open_desk(tmp_path) as desk:
        _, body = await desk.fetch(answer["file_id"])
        assert body == png()
        assert desk.left() == [path]


async def test_a_plugin_decides_by_its_newest_state(tmp_path: Path) -> None:
    """The whiteboard takes pictures from those who may draw, and a host changes who that is."""
    async with open_desk(tmp_path) as desk, open_client(desk.node.http_port, joined=False) as host:
        status, answer = await desk.send(png(), purpose="whiteboard")
        assert (status, answer["code"]) == (403, "whiteboard.not_allowed")
        of_host = token("teacher", template="class", role="host")
        await host.send_message(hello("teacher", token=of_host))
        body = {"type": "allow_everybody", "is_allowed": True}
        request = packed(type="plugin_request", ref=2, plugin="whiteboard", body=body)
        await host.send_message(request)
        while not isinstance(await receive(host), RequestSucceeded):
            pass
        assert (await desk.send(png(), purpose="whiteboard"))[0] == 201


async def test_the_room_stays_undisturbed_by_a_slow_upload(tmp_path: Path) -> None:
    async with open_desk(tmp_path) as desk:
        stream = await trio.open_tcp_stream("127.0.0.1", desk.node.http_port)
        async with stream, open_client(desk.node.http_port, joined=False) as li:
            await stream.send_all(desk.head("chat", "a.png", ROOM, None, 1000) + png()[:20])
            await li.send_message(hello("li", token=token("li", template="class")))
            assert isinstance(await receive(li), Welcome | RequestFailed)


async def test_the_picture_of_a_deleted_message_is_fetched_by_nobody(tmp_path: Path) -> None:
    async with open_desk(tmp_path) as desk, open_client(desk.node.http_port, joined=False) as ana:
        _, answer = await desk.send(png())
        file_id = answer["file_id"]
        await ana.send_message(hello("ana", token=token("ana", template="class")))
        welcome = await receive(ana)
        assert isinstance(welcome, Welcome)

        async def ask(ref: int, **body: object) -> None:
            await ana.send_message(packed(type="plugin_request", ref=ref, plugin="chat", body=body))

        await ask(2, type="send_message", text="", image=file_id)
        while not isinstance(pushed := await receive(ana), Entries) or not any(
            entry.kind == "chat.message" for entry in pushed.entries
        ):
            pass
        (sent,) = (entry for entry in pushed.entries if entry.kind == "chat.message")
        head, _ = await desk.fetch(file_id, ticket=welcome.files_ticket)
        assert head.split()[1] == "200"
        await ask(
            3, type="delete_message", message_id=msgspec.msgpack.decode(sent.body)["message_id"]
        )
        await until(lambda: not desk.left())
        head, body = await desk.fetch(file_id, ticket=welcome.files_ticket)
        assert (head.split()[1], json.loads(body)["code"]) == ("404", "files.unknown")
