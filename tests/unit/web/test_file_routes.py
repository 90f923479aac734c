"""What the file routes make of requests, with a desk that only reads."""

import json
from collections.abc import AsyncIterable, AsyncIterator
from pathlib import Path

import h11
import pytest
import trio
from trio.testing import MockClock

from emporion.actors.file_desk import FileOffer, FoundFile
from emporion.engine.clock import TrioClock
from emporion.engine.errors import AskTimeout, RequestDenied
from emporion.engine.ids import FileId, SessionId
from emporion.plugins.views import FileView
from emporion.web.file_routes import FileRoutes
from emporion.web.routes import HttpRequest, HttpResponse

VIEW = FileView(
    file_id=FileId("FI_1"),
    name='a "b".pdf',
    media_type="application/pdf",
    size_bytes=10,
    owner="ana",
    purpose="courseware",
)


class FakeDesk:
    """Reads the body, then answers, or raises what it was given."""

    def __init__(self, error: Exception | None = None) -> None:
        self.offers: list[FileOffer] = []
        self._error = error

    def find(self, ticket: str, file_id: str) -> FoundFile:
        return FoundFile(VIEW, Path("/nowhere"), SessionId("SE_1"))

    def find_page(self, ticket: str, file_id: str, page: int, size: str) -> Path:
        return Path("/nowhere") / file_id / f"{page}-{size}.webp"

    async def take(self, offer: FileOffer, body: AsyncIterable[bytes]) -> FileView:
        self.offers.append(offer)
        async for _ in body:
            pass
        if self._error is not None:
            raise self._error
        return VIEW


def upload(target: str = "/api/v1/rooms/a%20b/files?purpose=chat&name=x.png") -> HttpRequest:
    return HttpRequest("POST", target, {"authorization": "bearer abc", "content-length": "7"})


async def drip(pause_s: float, size_bytes: int, parts: int) -> AsyncIterator[bytes]:
    for _ in range(parts):
        await trio.sleep(pause_s)
        yield bytes(size_bytes)


async def lost() -> AsyncIterator[bytes]:
    yield b"x"
    raise h11.RemoteProtocolError("the peer has gone")


def code(response: HttpResponse) -> tuple[int, str]:
    return response.status, json.loads(response.body)["code"]


@pytest.mark.parametrize(
    ("method", "target", "is_upload"),
    [
        ("POST", "/api/v1/rooms/x/files", True),
        ("POST", "/api/v1/rooms/x/files?purpose=chat", True),
        ("GET", "/api/v1/rooms/x/files", False),
        ("POST", "/api/v1/rooms/x/y/files", False),
        ("POST", "/api/v1/rooms//files", False),
        ("POST", "/", False),
    ],
)
def test_only_uploads_are_taken(method: str, target: str, is_upload: bool) -> None:
    routes = FileRoutes(FakeDesk(), TrioClock())
    assert routes.takes(HttpRequest(method, target, {})) == is_upload


async def test_an_offer_is_read_from_the_head() -> None:
    desk = FakeDesk()
    response = await FileRoutes(desk, TrioClock()).take(upload(), drip(0, 7, 1))
    assert response.status == 201
    assert desk.offers == [
        FileOffer(ticket="abc", room="a b", purpose="chat", name="x.png", size_bytes=7)
    ]


async def test_a_body_that_drips_is_given_up(autojump_clock: MockClock) -> None:
    routes = FileRoutes(FakeDesk(), TrioClock())
    assert (await routes.take(upload(), drip(10, 50_000, 30))).status == 201
    assert code(await routes.take(upload(), drip(10, 1, 30))) == (408, "files.too_slow")


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (RequestDenied("no", code="chat.hosts_only"), (403, "chat.hosts_only")),
        (RequestDenied("no", code="files.disk_full", retryable=True), (507, "files.disk_full")),
        (AskTimeout("busy"), (503, "actor.ask_timeout")),
        (OSError("a broken disk"), (500, "internal")),
    ],
)
async def test_failures_have_codes(error: Exception, expected: tuple[int, str]) -> None:
    response = await FileRoutes(FakeDesk(error), TrioClock()).take(upload(), drip(0, 1, 1))
    assert code(response) == expected


async def test_a_lost_connection_is_nobodys_answer() -> None:
    with pytest.raises(h11.RemoteProtocolError):
        await FileRoutes(FakeDesk(), TrioClock()).take(upload(), lost())


def test_what_is_no_picture_is_saved_not_shown() -> None:
    response = FileRoutes(FakeDesk(), TrioClock()).fetch("FI_1", HttpRequest("GET", "/x", {}))
    headers = dict(response.headers)
    assert headers["Content-Disposition"] == "attachment; filename*=UTF-8''a%20%22b%22.pdf"
