"""The table of docs/explanation/lifecycle.md: one test for each row."""

import re
from pathlib import Path
from typing import Any

import msgspec
import pytest
import trio
from classroom_rig import ClassroomRig, Client, failed, one_template, open_rig
from trio.testing import MockClock

from emporion.engine.errors import RequestDenied
from emporion.engine.journal import Entry, read_journal
from emporion.engine.media import Source
from emporion.engine.protocol.client import EndSession, RemoveParticipant, UnpublishTrack
from emporion.engine.protocol.server import (
    RequestFailed,
    RequestSucceeded,
    ServerPush,
    SlotsChanged,
)
from emporion.engine.transport.transport import CloseCause
from emporion.plugins.api import NoOptions

PAGE = Path(__file__).parents[2] / "docs" / "explanation" / "lifecycle.md"
ROOMS = one_template(plugins=("chat", "simulcast", "screen_share", "fragile"))


class Break(msgspec.Struct, frozen=True, tag_field="type", tag="break"):
    """Crash."""


class Fragile:
    """A plugin that crashes at each request."""

    options_type = NoOptions
    request_type = Break

    def __init__(self, options: NoOptions) -> None:
        pass

    async def handle_request(self, context: Any, request: Break) -> None:
        raise ValueError("a bug")


class Call:
    """A teacher watches a merchant's camera, and the merchant the teacher's."""

    def __init__(self, rig: ClassroomRig) -> None:
        self.rig = rig
        self.teacher: Client = rig.client("ana", "host")
        self.merchant: Client = rig.client("li")

    async def begin(self) -> "Call":
        await self.teacher.join()
        await self.merchant.join()
        self.teachers_camera = await self.teacher.publish(Source.CAMERA)
        self.camera = await self.merchant.publish(Source.CAMERA)
        self.slot = (await self.teacher.wait_shown(self.camera)).slot
        await self.merchant.wait_shown(self.teachers_camera)
        self.seq = self.teacher.entries()[-1].seq
        return self

    async def told(self) -> list[str]:
        """The kinds of the entries that the teacher was pushed since the call began."""
        await self.rig.settle()
        return [entry.kind for entry in self.teacher.entries() if entry.seq > self.seq]

    def journal(self, kind: str) -> list[Any]:
        entries = [entry for entry in self.rig.journal() if entry.kind == f"room.{kind}"]
        return [msgspec.msgpack.decode(entry.body) for entry in entries]

    async def cause(self) -> str:
        """Why the merchant left, as the others are told."""
        body = await self.teacher.wait_entry("room.participant_left")
        assert body["participant_id"] == self.merchant.participant_id
        return str(body["cause"])

    def assert_gone(self) -> None:
        """Nothing of the merchant is left: rows, actors, slots elsewhere."""
        assert list(self.rig.media.transports) == [self.teacher.transport_id]
        assert list(self.rig.media.tracks) == [self.teachers_camera]
        assert self.teacher.slot_views()[self.slot].track_id is None
        assert not self.rig.paths(self.merchant.participant_id)
        assert not self.rig.paths(self.camera)

    def assert_untouched(self) -> None:
        """Everything is as it was."""
        assert set(self.rig.media.tracks) == {self.teachers_camera, self.camera}
        assert self.teacher.shown() == {self.slot: self.camera}


LEFT = ["room.track_unpublished", "room.participant_left"]


async def test_connection_lost(tmp_path: Path, autojump_clock: MockClock) -> None:
    async with open_rig(tmp_path) as rig:
        call = await Call(rig).begin()
        call.merchant.lose_connection()
        assert await call.told() == ["room.participant_disconnected"]
        call.assert_untouched()


async def test_connection_resumed_elsewhere(tmp_path: Path, autojump_clock: MockClock) -> None:
    async with open_rig(tmp_path) as rig:
        call = await Call(rig).begin()
        old, welcome = call.merchant.connection_id, call.merchant.welcome
        assert welcome is not None
        await call.merchant.resume(welcome.resume_token, welcome.seq)
        goodbye = rig.outlets.goodbye(old)
        assert goodbye is not None
        assert goodbye.code == "resumed_elsewhere"
        assert await call.told() == []
        call.assert_untouched()


async def test_transport_lost(tmp_path: Path, autojump_clock: MockClock) -> None:
    async with open_rig(tmp_path) as rig:
        call = await Call(rig).begin()
        rig.media.lose(call.merchant.transport_id, CloseCause.CONSENT_EXPIRED)
        assert await call.told() == ["room.track_unpublished"]
        assert call.teacher.slot_views()[call.slot].track_id is None
        (view,) = call.merchant.got(SlotsChanged)[-1].slot_views
        assert (view.track_id, view.reason) == (None, "media_lost")
        assert isinstance(await call.merchant.say("still here"), RequestSucceeded)


async def test_transport_lost_while_away(tmp_path: Path, autojump_clock: MockClock) -> None:
    async with open_rig(tmp_path) as rig:
        call = await Call(rig).begin()
        call.merchant.lose_connection()
        await rig.settle()
        rig.media.lose(call.merchant.transport_id, CloseCause.CLOSED)
        assert await call.told() == ["room.participant_disconnected", *LEFT]
        assert await call.cause() == "transport_failed"
        call.assert_gone()


async def test_track_unpublished(tmp_path: Path, autojump_clock: MockClock) -> None:
    async with open_rig(tmp_path) as rig:
        call = await Call(rig).begin()
        done = await call.merchant.ask(UnpublishTrack, track_id=call.camera)
        assert isinstance(done, RequestSucceeded)
        assert await call.told() == ["room.track_unpublished"]
        assert call.teacher.slot_views()[call.slot].track_id is None
        assert list(rig.media.tracks) == [call.teachers_camera]


async def test_track_unpublished_by_host(tmp_path: Path, autojump_clock: MockClock) -> None:
    async with open_rig(tmp_path) as rig:
        call = await Call(rig).begin()
        await call.teacher.ask(UnpublishTrack, track_id=call.camera)
        body = await call.merchant.wait_entry("room.track_unpublished")
        assert body == {"track_id": call.camera}
        assert await call.told() == ["room.track_unpublished"]
        assert list(rig.media.tracks) == [call.teachers_camera]


async def test_track_crashes(tmp_path: Path, autojump_clock: MockClock) -> None:
    async with open_rig(tmp_path) as rig:
        call = await Call(rig).begin()
        before = received(rig)
        await rig.crash(f"{call.camera}/track")
        call.assert_untouched()
        assert received(rig) == before


async def test_track_keeps_crashing(tmp_path: Path, autojump_clock: MockClock) -> None:
    async with open_rig(tmp_path) as rig:
        call = await Call(rig).begin()
        for _ in range(4):
            await rig.crash(f"{call.camera}/track")
        assert await call.told() == ["room.track_unpublished"]
        assert call.teacher.slot_views()[call.slot].track_id is None
        await call.merchant.wait_entry("room.track_unpublished")
        assert list(rig.media.tracks) == [call.teachers_camera]


async def test_participant_leaves(tmp_path: Path, autojump_clock: MockClock) -> None:
    async with open_rig(tmp_path) as rig:
        call = await Call(rig).begin()
        call.merchant.leave()
        goodbye = await call.merchant.wait_goodbye()
        assert (goodbye.code, goodbye.retryable) == ("left", False)
        assert await call.told() == LEFT
        assert await call.cause() == "left"
        call.assert_gone()


async def test_participant_removed(tmp_path: Path, autojump_clock: MockClock) -> None:
    async with open_rig(tmp_path) as rig:
        call = await Call(rig).begin()
        participant_id = call.merchant.participant_id
        await call.teacher.ask(RemoveParticipant, participant_id=participant_id)
        goodbye = await call.merchant.wait_goodbye()
        assert (goodbye.code, goodbye.retryable) == ("removed", False)
        assert await call.told() == LEFT
        assert await call.cause() == "removed"
        call.assert_gone()


async def test_participant_replaced(tmp_path: Path, autojump_clock: MockClock) -> None:
    async with open_rig(tmp_path) as rig:
        call = await Call(rig).begin()
        await rig.client("li").join(media=False)
        goodbye = await call.merchant.wait_goodbye()
        assert (goodbye.code, goodbye.retryable) == ("duplicate_identity", False)
        assert await call.told() == [*LEFT, "room.participant_joined"]
        assert await call.cause() == "duplicate_identity"
        call.assert_gone()


async def test_participant_times_out(tmp_path: Path, autojump_clock: MockClock) -> None:
    async with open_rig(tmp_path) as rig:
        call = await Call(rig).begin()
        assert call.merchant.welcome is not None
        call.merchant.lose_connection()
        await trio.sleep(31)
        assert await call.told() == ["room.participant_disconnected", *LEFT]
        assert await call.cause() == "connection_timeout"
        call.assert_gone()
        with pytest.raises(RequestDenied) as refused:
            await call.merchant.resume(call.merchant.welcome.resume_token, 0)
        assert refused.value.code == "resume.expired"


async def test_participant_crashes(tmp_path: Path, autojump_clock: MockClock) -> None:
    async with open_rig(tmp_path) as rig:
        call = await Call(rig).begin()
        await rig.crash(f"/{call.merchant.participant_id}")
        goodbye = await call.merchant.wait_goodbye()
        assert (goodbye.code, goodbye.retryable) == ("internal", True)
        assert await call.told() == LEFT
        assert await call.cause() == "crashed"
        call.assert_gone()


class Door:
    """A teacher is in, and a merchant waits."""

    options = {"lobby": {"waiting_room": ["class"]}}  # noqa: RUF012 - never changed.

    def __init__(self, rig: ClassroomRig) -> None:
        self.rig = rig
        self.teacher: Client = rig.client("ana", "host")
        self.merchant: Client = rig.client("li")

    async def begin(self) -> "Door":
        await self.teacher.join()
        await self.merchant.knock()
        self.waiting_id = (await self.teacher.wait_entry("room.join_waiting"))["waiting_id"]
        return self

    async def cause(self) -> str:
        """Why nobody waits any more."""
        body = await self.teacher.wait_entry("room.join_waiting_ended")
        assert body["waiting_id"] == self.waiting_id
        assert not self.rig.outlets.entries(self.merchant.connection_id)
        return str(body["cause"])


async def test_waiting_leaves(tmp_path: Path, autojump_clock: MockClock) -> None:
    async with open_rig(tmp_path, options=Door.options) as rig:
        door = await Door(rig).begin()
        door.merchant.leave()
        assert (await door.merchant.wait_goodbye()).code == "left"
        assert await door.cause() == "left"


async def test_waiting_connection_lost(tmp_path: Path, autojump_clock: MockClock) -> None:
    async with open_rig(tmp_path, options=Door.options) as rig:
        door = await Door(rig).begin()
        door.merchant.lose_connection()
        await trio.sleep(14)
        assert not door.teacher.entries("room.join_waiting_ended")
        assert await door.cause() == "left"


async def test_waiting_replaced(tmp_path: Path, autojump_clock: MockClock) -> None:
    async with open_rig(tmp_path, options=Door.options) as rig:
        door = await Door(rig).begin()
        await rig.client("li").knock()
        assert (await door.merchant.wait_goodbye()).code == "duplicate_identity"
        await trio.sleep(30)
        assert len(door.teacher.entries("room.join_waiting")) == 1
        assert not door.teacher.entries("room.join_waiting_ended")


async def test_waiting_refused(tmp_path: Path, autojump_clock: MockClock) -> None:
    async with open_rig(tmp_path, options=Door.options) as rig:
        door = await Door(rig).begin()
        await door.teacher.plugin("lobby", type="refuse", waiting_id=door.waiting_id)
        assert await door.cause() == "refused"
        await rig.outlets.wait_until(lambda: door.merchant.connection_id in rig.outlets.closed)
        (answer,) = door.merchant.got(RequestFailed)
        assert failed(answer) == "lobby.refused"


async def test_waiting_crashes(tmp_path: Path, autojump_clock: MockClock) -> None:
    async with open_rig(tmp_path, options=Door.options) as rig:
        door = await Door(rig).begin()
        (path,) = [p for p in rig.paths("/PA_") if door.teacher.participant_id not in p]
        await rig.crash(path)
        goodbye = await door.merchant.wait_goodbye()
        assert (goodbye.code, goodbye.retryable) == ("internal", True)
        await trio.sleep(14)
        assert await door.cause() == "left"


async def test_waiting_room_closes(tmp_path: Path, autojump_clock: MockClock) -> None:
    async with open_rig(tmp_path, options=Door.options) as rig:
        door = await Door(rig).begin()
        await rig.classroom.close_room("shop")
        assert (await door.merchant.wait_goodbye()).code == "room_closed"
        kinds = [entry.kind for entry in rig.journal()]
        assert kinds[-2:] == ["room.join_waiting_ended", "room.closed"]


async def test_plugin_crashes(tmp_path: Path, autojump_clock: MockClock) -> None:
    async with open_rig(tmp_path, rooms=ROOMS, plugins={"fragile": Fragile}) as rig:
        call = await Call(rig).begin()
        assert failed(await call.merchant.plugin("fragile", type="break")) == "plugin.crashed"
        assert await call.told() == []
        call.assert_untouched()


async def test_plugin_keeps_crashing(tmp_path: Path, autojump_clock: MockClock) -> None:
    async with open_rig(tmp_path, rooms=ROOMS, plugins={"fragile": Fragile}) as rig:
        call = await Call(rig).begin()
        for _ in range(4):
            await call.merchant.plugin("fragile", type="break")
        assert failed(await call.merchant.plugin("fragile", type="break")) == "plugin.disabled"
        assert await call.told() == []
        call.assert_untouched()


async def test_room_crashes(tmp_path: Path, autojump_clock: MockClock) -> None:
    async with open_rig(tmp_path) as rig:
        call = await Call(rig).begin()
        await rig.crash("/room")
        assert await call.told() == []
        call.assert_untouched()
        await call.merchant.say("nothing happened")
        assert await call.told() == ["chat.message"]


async def test_room_keeps_crashing(tmp_path: Path, autojump_clock: MockClock) -> None:
    async with open_rig(tmp_path) as rig:
        call = await Call(rig).begin()
        for _ in range(4):
            await rig.crash("/room")
        for client in (call.teacher, call.merchant):
            goodbye = await client.wait_goodbye()
            assert (goodbye.code, goodbye.retryable) == ("internal", True)
        await rig.settle()
        assert (rig.media.transports, rig.media.tracks) == ({}, {})
        assert not call.journal("participant_left")
        await rig.client("ana", "host").join()
        await trio.sleep(1)
        assert {body["cause"] for body in call.journal("participant_left")} == {"interrupted"}


async def test_room_is_empty(tmp_path: Path, autojump_clock: MockClock) -> None:
    async with open_rig(tmp_path, rooms=one_template(empty_timeout_s=60.0)) as rig:
        client = rig.client("ana", "host")
        await client.join()
        client.leave()
        await trio.sleep(61)
        last = rig.journal()[-1]
        assert (last.kind, body_of(last)) == ("room.closed", {"cause": "room_empty"})
        assert not rig.open_rooms()


async def test_room_is_closed(tmp_path: Path, autojump_clock: MockClock) -> None:
    async with open_rig(tmp_path) as rig:
        call = await Call(rig).begin()
        await rig.classroom.close_room("shop")
        for client in (call.teacher, call.merchant):
            assert (await client.wait_goodbye()).code == "room_closed"
        causes = [body["cause"] for body in call.journal("participant_left")]
        assert causes == ["room_closed", "room_closed"]
        assert rig.journal()[-1].kind == "room.closed"
        assert (rig.media.transports, rig.media.tracks) == ({}, {})


async def test_room_is_ended_by_a_host(tmp_path: Path, autojump_clock: MockClock) -> None:
    async with open_rig(tmp_path) as rig:
        call = await Call(rig).begin()
        assert failed(await call.merchant.ask(EndSession)) == "grant.missing"
        assert await call.told() == []
        assert isinstance(await call.teacher.ask(EndSession), RequestSucceeded)
        for client in (call.teacher, call.merchant):
            assert (await client.wait_goodbye()).code == "room_closed"
        await rig.settle()
        causes = [body["cause"] for body in call.journal("participant_left")]
        assert causes == ["room_closed", "room_closed"]
        assert rig.journal()[-1].kind == "room.closed"
        assert not rig.open_rooms()


async def test_directory_crashes(tmp_path: Path, autojump_clock: MockClock) -> None:
    async with open_rig(tmp_path) as rig:
        call = await Call(rig).begin()
        before = received(rig)
        await rig.crash("/directory")
        call.assert_untouched()
        assert received(rig) == before


async def test_node_stops(tmp_path: Path, autojump_clock: MockClock) -> None:
    async with open_rig(tmp_path) as rig:
        call = await Call(rig).begin()
    for client in (call.teacher, call.merchant):
        goodbye = rig.outlets.goodbye(client.connection_id)
        assert goodbye is not None
        assert (goodbye.code, goodbye.retryable) == ("server_stopping", True)
    causes = [body["cause"] for body in call.journal("participant_left")]
    assert causes == ["server_stopping", "server_stopping"]
    assert not call.journal("closed")
    assert (rig.media.transports, rig.media.tracks) == ({}, {})


async def test_node_is_killed(tmp_path: Path, autojump_clock: MockClock) -> None:
    """What is on disk in the midst of a call is opened by another node."""
    live, copy = tmp_path / "live", tmp_path / "copy"
    live.mkdir()
    async with open_rig(live) as rig:
        await Call(rig).begin()
        copy_files(live, copy)
    async with open_rig(copy) as rig:
        await trio.sleep(1)
    (path,) = (copy / "sessions").glob("*.journal")
    entries = list(read_journal(path))
    left = [body_of(e)["cause"] for e in entries if e.kind == "room.participant_left"]
    assert left == ["interrupted", "interrupted"]
    assert sum(entry.kind == "room.track_unpublished" for entry in entries) == 2


def test_the_page_and_the_tests_agree() -> None:
    rows = re.findall(r"^\|.*\| `(\w+)` \|$", PAGE.read_text("utf-8"), re.MULTILINE)
    tests = [name for name in globals() if name.startswith("test_")]
    tests.remove("test_the_page_and_the_tests_agree")
    assert [f"test_{row}" for row in rows] == tests


def received(rig: ClassroomRig) -> dict[str, list[ServerPush]]:
    return {connection: list(messages) for connection, messages in rig.outlets.received.items()}


def body_of(entry: Entry) -> Any:
    return msgspec.msgpack.decode(entry.body)


def copy_files(source: Path, target: Path) -> None:
    for path in source.rglob("*"):
        if path.is_file():
            copy = target / path.relative_to(source)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(path.read_bytes())
