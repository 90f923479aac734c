"""Breakouts in a whole classroom: opening, reload, help, crashes, the end, and the way back."""

from pathlib import Path
from typing import Any

import msgspec
import trio
from classroom_rig import ClassroomRig, Client, failed, open_rig
from trio.testing import MockClock

from emporion.engine.config import RoomsConfig, RoomTemplate
from emporion.engine.ids import RoomId
from emporion.engine.media import Source
from emporion.engine.protocol.client import MuteTrack
from emporion.engine.protocol.server import Moved, RequestSucceeded

PLUGINS = ("chat", "simulcast", "screen_share", "lobby", "hands", "breakouts")


def open_class(tmp_path: Path) -> Any:
    return open_rig(tmp_path, rooms=RoomsConfig(templates={"class": RoomTemplate(plugins=PLUGINS)}))


class Class:
    """A teacher with merchants."""

    def __init__(self, rig: ClassroomRig, teacher: Client, merchants: list[Client]) -> None:
        self.rig = rig
        self.teacher = teacher
        self.merchants = merchants

    async def ask(self, type: str, *, by: Client | None = None, **body: Any) -> None:
        answer = await (by or self.teacher).plugin("breakouts", type=type, **body)
        assert isinstance(answer, RequestSucceeded), answer
        await self.rig.settle()

    async def open(self, **options: Any) -> None:
        await self.ask("plan", names=["Tea", "Silk"], **options)
        await self.ask("open", duration_s=600)

    def group(self, name: str) -> RoomId:
        groups = self.rig.site().groups
        return next(key for key, site in groups.items() if site.name == name)


async def enter(rig: ClassroomRig, *names: str) -> Class:
    teacher = rig.client("ana", "host")
    await teacher.join()
    merchants = [rig.client(name) for name in names]
    for merchant in merchants:
        await merchant.join()
    return Class(rig, teacher, merchants)


def room_of(client: Client) -> str:
    """The name of the room that the page was told it is in."""
    moves = client.got(Moved)
    if moves:
        name: str = moves[-1].room.name
        return name
    assert client.welcome is not None
    return client.welcome.room.name


def view_of(client: Client) -> dict[str, Any]:
    body: dict[str, Any] = msgspec.msgpack.decode(client.got(Moved)[-1].plugins["breakouts"].body)
    return body


async def test_from_opening_to_end(tmp_path: Path, autojump_clock: MockClock) -> None:
    async with open_class(tmp_path) as rig:
        c = await enter(rig, "li", "mo", "wu", "xi")
        voices = [await m.publish(Source.MICROPHONE) for m in c.merchants]
        tracks = dict(rig.media.tracks)
        await c.open()
        assert [room_of(m) for m in c.merchants] == ["Tea", "Silk", "Tea", "Silk"]
        li, mo, wu, _ = c.merchants
        assert rig.media.tracks == tracks
        assert wu.shown()[0] == voices[0]
        assert set(wu.shown().values()) == {voices[0]}
        assert set(c.teacher.shown().values()) == set()
        view = view_of(li)
        assert (view["place"], view["name"], view["number"]) == ("group", "Tea", 1)
        plugins = {info.name for info in li.got(Moved)[-1].plugin_infos}
        assert plugins == {*PLUGINS} - {"lobby"}

        await c.ask("announce", text="five minutes")
        for merchant in c.merchants:
            assert (await merchant.wait_entry("breakouts.announced"))["text"] == "five minutes"
        await c.ask("ask_help", by=mo)
        assert (await c.teacher.wait_entry("breakouts.help_asked"))["number"] == 2
        await c.ask("enter", number=2)
        assert room_of(c.teacher) == "Silk"
        assert mo.bodies("room.participant_joined")[-1]["participant"]["role"] == "host"
        await c.ask("end_help", by=mo)
        await c.ask("go_back")
        assert room_of(c.teacher) == "shop"

        await mo.say("we are done")
        await c.ask("close", countdown_s=30)
        await trio.sleep(31)
        assert [room_of(m) for m in c.merchants] == ["shop"] * 4
        assert rig.media.tracks == tracks
        assert rig.site().whereabouts == {}
        summaries = c.teacher.bodies("breakouts.summary")
        assert {s["name"]: s["messages_total"] for s in summaries} == {"Tea": 0, "Silk": 1}
        await trio.sleep(5)
        assert rig.site().groups == {}


async def test_reload_in_a_group(tmp_path: Path, autojump_clock: MockClock) -> None:
    async with open_class(tmp_path) as rig:
        c = await enter(rig, "li", "mo")
        await c.open()
        again = rig.client("mo")
        await again.join()
        await rig.settle()
        assert room_of(again) == "Silk"
        assert [p.identity for p in again.got(Moved)[-1].participants] == ["mo"]
        late = rig.client("wu")
        await late.join()
        await rig.settle()
        assert room_of(late) == "Tea"


async def test_way_back_and_in_again(tmp_path: Path, autojump_clock: MockClock) -> None:
    async with open_class(tmp_path) as rig:
        c = await enter(rig, "li", "mo")
        await c.open()
        (li, mo) = c.merchants
        await c.ask("go_back", by=li)
        assert room_of(li) == "shop"
        await c.ask("enter", by=li, number=1)
        assert room_of(li) == "Tea"
        await c.ask("assign", identities=["mo"], number=1)
        assert room_of(mo) == "Tea"


async def test_crash_of_the_plugin(tmp_path: Path, autojump_clock: MockClock) -> None:
    async with open_class(tmp_path) as rig:
        c = await enter(rig, "li", "mo")
        await c.open()
        await rig.crash(f"{rig.site().room_id}/plugin-breakouts/breakouts")
        await trio.sleep(700)
        assert [room_of(m) for m in c.merchants] == ["shop"] * 2, "the timer was set again"


async def test_restart_of_the_node(tmp_path: Path, autojump_clock: MockClock) -> None:
    async with open_class(tmp_path) as rig:
        c = await enter(rig, "li", "mo")
        await c.open()
        await c.merchants[0].say("kept")
    async with open_class(tmp_path) as rig:
        c = await enter(rig, "li", "mo")
        await rig.settle()
        assert [room_of(m) for m in c.merchants] == ["Tea", "Silk"]
        assert b"kept" in bytes(c.merchants[0].got(Moved)[-1].plugins["chat"].body)
        await c.ask("close", countdown_s=0)
        assert [room_of(m) for m in c.merchants] == ["shop", "shop"]
        await trio.sleep(5)
        assert rig.site().groups == {}


async def test_group_that_keeps_crashing(tmp_path: Path, autojump_clock: MockClock) -> None:
    async with open_class(tmp_path) as rig:
        c = await enter(rig, "li", "mo")
        await c.open()
        tea = c.group("Tea")
        for _ in range(4):
            await rig.crash(f"{tea}/room")
        await trio.sleep(2)
        assert [room_of(m) for m in c.merchants] == ["shop", "Silk"]
        await c.ask("assign", identities=["li"], number=2)
        assert room_of(c.merchants[0]) == "Silk"


async def test_a_group_that_broke_down_is_opened_again(
    tmp_path: Path, autojump_clock: MockClock
) -> None:
    async with open_class(tmp_path) as rig:
        c = await enter(rig, "li", "mo", "wu")
        li, mo, wu = c.merchants
        voices = {m.identity: await m.publish(Source.MICROPHONE) for m in c.merchants}
        tracks = dict(rig.media.tracks)
        await c.open()
        tea = c.group("Tea")
        await li.say("before")
        await c.ask("go_back", by=wu)
        for _ in range(4):
            await rig.crash(f"{tea}/room")
        await trio.sleep(2)
        assert [room_of(m) for m in c.merchants] == ["shop", "Silk", "shop"]
        assert failed(await li.plugin("breakouts", type="reopen", number=1)) == (
            "breakouts.hosts_only"
        )
        await c.ask("reopen", number=1)
        assert [room_of(m) for m in c.merchants] == ["Tea", "Silk", "shop"]
        assert c.group("Tea") != tea
        assert rig.media.tracks == tracks, "nobody has connected or published anew"
        await c.ask("enter", by=wu, number=1)
        assert voices["wu"] in li.shown().values()
        assert view_of(wu)["name"] == "Tea"
        assert b"before" not in bytes(wu.got(Moved)[-1].plugins["chat"].body)
        assert (await mo.wait_entry("breakouts.reopened"))["group_id"] == c.group("Tea")
        await rig.crash(f"{rig.site().room_id}/plugin-breakouts/breakouts")
        await li.say("after")
        late = rig.client("li")
        await late.join()
        await rig.settle()
        assert room_of(late) == "Tea", "a reload lands in the group that is open again"
    async with open_class(tmp_path) as rig:
        c = await enter(rig, "li", "mo")
        await rig.settle()
        assert [room_of(m) for m in c.merchants] == ["Tea", "Silk"], "also after a restart"
        assert b"after" in bytes(c.merchants[0].got(Moved)[-1].plugins["chat"].body)
        await c.ask("close", countdown_s=0)
        await trio.sleep(5)
        summaries = c.teacher.bodies("breakouts.summary")
        assert [(s["name"], s["messages_total"]) for s in summaries if s["number"] == 1] == [
            ("Tea", 1)
        ]
        assert rig.site().groups == {}


async def test_a_group_that_is_renamed_is_called_so_by_all(
    tmp_path: Path, autojump_clock: MockClock
) -> None:
    async with open_class(tmp_path) as rig:
        c = await enter(rig, "li", "mo")
        await c.open()
        await c.ask("rename", number=1, name="Oolong")
        assert (await c.merchants[0].wait_entry("room.renamed"))["name"] == "Oolong"
        tea = c.group("Oolong")
        await c.ask("enter", number=1)
        assert room_of(c.teacher) == "Oolong"
        await rig.crash(f"{tea}/room")
        await c.ask("go_back", by=c.merchants[0])
        await c.ask("enter", by=c.merchants[0], number=1)
        assert room_of(c.merchants[0]) == "Oolong"
    async with open_class(tmp_path) as rig:
        c = await enter(rig, "mo")
        await c.ask("enter", number=1)
        assert room_of(c.teacher) == "Oolong", "also after a restart of the node"


async def test_observer_visits_unseen(tmp_path: Path, autojump_clock: MockClock) -> None:
    async with open_class(tmp_path) as rig:
        c = await enter(rig, "li", "mo")
        voice = await c.merchants[0].publish(Source.MICROPHONE)
        await c.open()
        observer = rig.client("eva", "observer")
        await observer.join()
        await c.ask("enter", by=observer, number=1)
        assert room_of(observer) == "Tea"
        assert voice in observer.shown().values()
        for client in (*c.merchants, c.teacher):
            assert "eva" not in str(client.bodies("room.participant_joined"))
            assert "eva" not in str(client.bodies("room.participant_moved"))
        refused = await observer.plugin("chat", type="send_message", text="x", to=None)
        assert failed(refused) == "grant.missing"
        await c.ask("go_back", by=observer)
        assert room_of(observer) == "shop"


async def test_fifty_groups(tmp_path: Path, autojump_clock: MockClock) -> None:
    async with open_class(tmp_path) as rig:
        c = await enter(rig, "li", "mo")
        await c.ask("plan", names=[f"Group {n}" for n in range(1, 51)])
        await c.ask("open")
        assert [room_of(m) for m in c.merchants] == ["Group 1", "Group 2"]
        await c.ask("close", countdown_s=0)
        await trio.sleep(5)
        assert rig.site().groups == {}


async def test_a_host_is_heard_in_all_groups(tmp_path: Path, autojump_clock: MockClock) -> None:
    async with open_class(tmp_path) as rig:
        c = await enter(rig, "li", "mo")
        voice = await c.teacher.publish(Source.MICROPHONE)
        await c.teacher.publish(Source.CAMERA)
        await c.open()
        li, mo = c.merchants
        assert li.shown() == {}
        await c.ask("speak", is_on=True)
        assert set(li.shown().values()) == set(mo.shown().values()) == {voice}
        await rig.crash(f"{c.group('Tea')}/room")
        assert set(li.shown().values()) == {voice}
        await c.teacher.ask(MuteTrack, track_id=voice, muted=True)
        await rig.settle()
        assert li.shown() == {}
        await c.teacher.ask(MuteTrack, track_id=voice, muted=False)
        await rig.settle()
        assert set(li.shown().values()) == {voice}
        await c.ask("enter", number=1)
        assert voice in li.shown().values(), "the host is there now"
        assert mo.shown() == {}, "and speaks to nobody else"
        await c.ask("go_back")
        await c.ask("speak", is_on=True)
        await c.ask("speak", is_on=False)
        assert mo.shown() == {}


async def test_plugins_work_inside_a_group(tmp_path: Path, autojump_clock: MockClock) -> None:
    async with open_rig(tmp_path) as rig:
        c = await enter(rig, "li", "mo")
        await c.ask("plan", names=["Tea", "Silk"])
        await c.ask("open")
        li, _ = c.merchants
        for plugin, body in (
            ("chat", {"type": "send_message", "text": "hello"}),
            ("hands", {"type": "raise_hand"}),
            ("questions", {"type": "ask", "text": "Which price?"}),
        ):
            answer = await li.plugin(plugin, **body)
            assert isinstance(answer, RequestSucceeded), (plugin, answer)
        await rig.settle()
        kinds = {entry.kind for entry in li.entries()}
        assert {"chat.message", "hands.raised"} <= kinds
        told = {entry.kind.partition(".")[0] for entry in c.teacher.entries()}
        assert told.isdisjoint({"chat", "hands", "questions"}), "the main room hears nothing of it"
        assert failed(await li.plugin("lobby", type="admit_all")) == "plugin.unknown"


async def test_a_template_may_have_groups_as_an_extra(
    tmp_path: Path, autojump_clock: MockClock
) -> None:
    """`extra_plugins` of a template are in its groups as well."""
    template = RoomTemplate(plugins=("chat", "hands"), extra_plugins=("breakouts",))
    rooms = RoomsConfig(templates={"class": template})
    async with open_rig(tmp_path, rooms=rooms) as rig:
        c = await enter(rig, "li", "mo")
        await c.open()
        assert view_of(c.merchants[0])["place"] == "group"
        await c.ask("go_back", by=c.merchants[0])
        assert room_of(c.merchants[0]) == "shop"


async def test_groups_are_counted(tmp_path: Path, autojump_clock: MockClock) -> None:
    async with open_class(tmp_path) as rig:
        c = await enter(rig, "li", "mo")
        counters = rig.classroom.counters
        await c.open()
        assert counters.statistics().groups == {"class": 2}
        tea = c.group("Tea")
        for _ in range(4):
            await rig.crash(f"{tea}/room")
        assert counters.statistics().groups == {"class": 1}
        await c.ask("close", countdown_s=0)
        await trio.sleep(5)
        assert counters.statistics().groups == {"class": 0}
    async with open_class(tmp_path) as rig:
        c = await enter(rig, "li", "mo")
        await c.open()
        assert await rig.classroom.close_room("shop")
        assert rig.classroom.counters.statistics().groups == {"class": 0}
