"""Groups of a room: moving without a new connection, crashes on the way, and the house's end."""

from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import pytest
import trio
from classroom_rig import ClassroomRig, Client, failed, open_rig
from trio.testing import MockClock

from emporion.engine.config import RoomsConfig, RoomTemplate
from emporion.engine.ids import ParticipantId, RoomId, SessionId, TrackId
from emporion.engine.journal import read_journal
from emporion.engine.media import Source
from emporion.engine.protocol.client import PluginRequest, RemoveParticipant
from emporion.engine.protocol.server import Moved, RequestSucceeded, SlotsChanged
from emporion.plugins.api import NoOptions, RequestContext


class Open(msgspec.Struct, frozen=True, tag_field="type", tag="open"):
    name: str


class Move(msgspec.Struct, frozen=True, tag_field="type", tag="move"):
    people: list[ParticipantId]
    to: RoomId | None


class Close(msgspec.Struct, frozen=True, tag_field="type", tag="close"):
    group_id: RoomId


class Tell(msgspec.Struct, frozen=True, tag_field="type", tag="tell"):
    to: RoomId | None
    text: str


class Carts:
    """Does with groups what it is asked to."""

    options_type = NoOptions
    request_type = Open | Move | Close | Tell
    needs_groups = True

    def __init__(self, options: NoOptions) -> None:
        pass

    async def handle_request(
        self, context: RequestContext[Any], request: Open | Move | Close | Tell
    ) -> None:
        match request:
            case Open(name=name):
                await context.append("opened", {"group_id": await context.groups.open(name)})
            case Move(people=people, to=to):
                for person in people:
                    context.groups.move(person, to)
            case Close(group_id=group_id):
                await context.append("closed", {"done": await context.groups.close(group_id)})
            case Tell(to=to, text=text):
                await context.groups.append(to, "told", {"text": text})


class House:
    """A class with the plugin, its teacher, and some merchants."""

    def __init__(self, rig: ClassroomRig, teacher: Client, *merchants: Client) -> None:
        self.rig = rig
        self.teacher = teacher
        self.merchants = merchants
        self.sessions: dict[RoomId, SessionId] = {}

    async def open(self, name: str) -> RoomId:
        before = len(self.teacher.entries("carts.opened"))
        await self.teacher.plugin("carts", type="open", name=name)
        body = await self.teacher.wait_entry("carts.opened", before + 1)
        group_id = RoomId(body["group_id"])
        self.sessions[group_id] = self.rig.site().groups[group_id].session_id
        return group_id

    async def send(self, to: RoomId | None, *people: Client) -> None:
        """Have people moved, whether their pages are there or not."""
        ids = [person.participant_id for person in people]
        await self.teacher.plugin("carts", type="move", people=ids, to=to)

    async def move(self, to: RoomId | None, *people: Client) -> None:
        """Have people moved, and wait until their pages know."""
        counts = [len(person.got(Moved)) for person in people]
        await self.send(to, *people)
        with trio.fail_after(5):
            await self.rig.outlets.wait_until(
                lambda: all(
                    len(person.got(Moved)) > count
                    for person, count in zip(people, counts, strict=True)
                )
            )
        await self.rig.settle()

    def journal(self, group_id: RoomId) -> list[str]:
        """The kinds of entries in a group's journal on disk."""
        path = self.rig.data_dir / "sessions" / f"{self.sessions[group_id]}.journal"
        return [entry.kind for entry in read_journal(path)]


PLUGINS = ("chat", "simulcast", "screen_share", "carts")


def rooms() -> RoomsConfig:
    return RoomsConfig(templates={"class": RoomTemplate(plugins=PLUGINS, empty_timeout_s=10)})


def open_house(tmp_path: Path) -> Any:
    return open_rig(tmp_path, rooms=rooms(), plugins={"carts": Carts})


async def enter(rig: ClassroomRig, *names: str) -> House:
    teacher = rig.client("ana", "host")
    await teacher.join()
    merchants = [rig.client(name) for name in names]
    for merchant in merchants:
        await merchant.join()
    return House(rig, teacher, *merchants)


def last_moved(client: Client) -> Moved:
    moved: Moved = client.got(Moved)[-1]
    return moved


async def test_moving_keeps_transport_tracks_and_id(
    tmp_path: Path, autojump_clock: MockClock
) -> None:
    async with open_house(tmp_path) as rig:
        house = await enter(rig, "li", "mo")
        li, mo = house.merchants
        voice = await li.publish(Source.MICROPHONE)
        await house.teacher.wait_shown(voice)
        await mo.wait_shown(voice)
        group = await house.open("Group 1")
        transports, tracks = dict(rig.media.transports), dict(rig.media.tracks)

        await house.move(group, li)

        assert rig.media.transports == transports
        assert rig.media.tracks == tracks, "the microphone's line was not touched"
        moved = last_moved(li)
        assert moved.room.room_id == group
        assert moved.room.name == "Group 1"
        assert li.welcome is not None
        assert moved.room.main_room_id == li.welcome.room.room_id
        assert moved.room.template == "class"
        assert [person.participant_id for person in moved.participants] == [li.participant_id]
        assert [track.track_id for track in moved.tracks] == [voice]
        assert {info.name for info in moved.plugin_infos} == set(PLUGINS)
        left = await mo.wait_entry("room.participant_left")
        assert left == {"participant_id": li.participant_id, "cause": "moved"}
        assert (await mo.wait_entry("room.track_unpublished"))["track_id"] == voice
        where = await mo.wait_entry("room.participant_moved")
        assert (where["identity"], where["group_id"]) == ("li", group)
        assert voice not in mo.shown().values()
        assert voice not in house.teacher.shown().values()

        await house.move(group, mo)
        assert voice in mo.shown().values(), "heard in the group"
        assert (await li.wait_entry("room.participant_joined"))["participant"]["identity"] == "mo"

        await house.move(None, li, mo)
        assert last_moved(li).room.main_room_id is None
        assert voice in house.teacher.shown().values()
        assert rig.media.tracks == tracks
        assert rig.site().whereabouts == {}
        homecoming = house.teacher.bodies("room.participant_moved")[-2:]
        assert [body["group_id"] for body in homecoming] == [None, None]


async def test_what_is_said_in_a_group_stays_there(
    tmp_path: Path, autojump_clock: MockClock
) -> None:
    async with open_house(tmp_path) as rig:
        house = await enter(rig, "li", "mo", "wu")
        li, mo, wu = house.merchants
        group = await house.open("Group 1")
        await house.move(group, li, mo)
        await li.say("only us")
        assert (await mo.wait_entry("chat.message"))["text"] == "only us"
        await wu.say("all others")
        await house.teacher.wait_entry("chat.message")
        assert [b["text"] for b in house.teacher.bodies("chat.message")] == ["all others"]
        assert [b["text"] for b in li.bodies("chat.message")] == ["only us"]
        await house.move(group, wu)
        assert b"only us" in bytes(last_moved(wu).plugins["chat"].body)
        assert house.journal(group)[0] == "room.opened"
        assert "chat.message" in house.journal(group)


async def test_request_for_the_room_that_was_left_is_refused(
    tmp_path: Path, autojump_clock: MockClock
) -> None:
    """What was typed before the page knew of its move must not be read by others."""
    async with open_house(tmp_path) as rig:
        house = await enter(rig, "li")
        (li,) = house.merchants
        assert li.welcome is not None
        group = await house.open("Group 1")
        await house.move(group, li)
        body = msgspec.Raw(msgspec.msgpack.encode({"type": "send_message", "text": "for all"}))
        request = {"plugin": "chat", "body": body}
        ref = li.send(PluginRequest, room_id=li.welcome.room.room_id, **request)
        assert failed(await li.answer(ref)) == "room.moved"
        ref = li.send(PluginRequest, room_id=group, **request)
        assert isinstance(await li.answer(ref), RequestSucceeded)


async def test_muted_stays_muted_and_a_host_may_mute_in_a_group(
    tmp_path: Path, autojump_clock: MockClock
) -> None:
    async with open_house(tmp_path) as rig:
        house = await enter(rig, "li")
        (li,) = house.merchants
        voice = await li.publish(Source.MICROPHONE, muted=True)
        group = await house.open("Group 1")
        await house.move(group, li)
        assert last_moved(li).tracks[0].muted
        assert rig.media.tracks[voice].paused


async def test_group_plugins_tell_the_main_room(tmp_path: Path, autojump_clock: MockClock) -> None:
    async with open_house(tmp_path) as rig:
        house = await enter(rig, "li")
        (li,) = house.merchants
        group = await house.open("Group 1")
        await house.move(group, li)
        await house.teacher.plugin("carts", type="tell", to=group, text="five minutes")
        assert (await li.wait_entry("carts.told"))["text"] == "five minutes"
        await li.plugin("carts", type="tell", to=None, text="help")
        assert (await house.teacher.wait_entry("carts.told"))["text"] == "help"
        refused = await house.teacher.plugin("carts", type="tell", to="RM_none", text="x")
        assert failed(refused) == "groups.unknown"
        nested = await li.plugin("carts", type="open", name="nested")
        assert failed(nested) == "groups.nested"


async def test_closing_a_group_calls_everybody_back(
    tmp_path: Path, autojump_clock: MockClock
) -> None:
    async with open_house(tmp_path) as rig:
        house = await enter(rig, "li", "mo")
        group = await house.open("Group 1")
        await house.move(group, *house.merchants)
        await house.teacher.plugin("carts", type="close", group_id=group)
        assert (await house.teacher.wait_entry("carts.closed"))["done"] is False
        await rig.settle()
        assert all(last_moved(m).room.main_room_id is None for m in house.merchants)
        await house.teacher.plugin("carts", type="close", group_id=group)
        assert (await house.teacher.wait_entry("carts.closed", 2))["done"] is True
        assert not rig.paths(group)
        assert house.journal(group)[-1] == "room.closed"
        closed = [e for e in rig.journal_of("shop") if e.kind == "room.group_closed"]
        assert msgspec.msgpack.decode(closed[0].body)["name"] == "Group 1"


@pytest.mark.parametrize("steps", range(0, 40, 2))
async def test_what_a_group_said_can_be_read_while_it_closes(
    tmp_path: Path, autojump_clock: MockClock, steps: int
) -> None:
    async with open_house(tmp_path) as rig:
        house = await enter(rig, "li")
        (li,) = house.merchants
        group = await house.open("Group 1")
        await house.move(group, li)
        await li.say("only us")
        await house.move(None, li)
        async with trio.open_nursery() as nursery:
            close = partial(house.teacher.plugin, "carts", type="close", group_id=group)
            nursery.start_soon(close)
            for _ in range(steps):
                await trio.lowlevel.checkpoint()
            read = await house.teacher.plugin(
                "chat", type="get_group_history", group_id=group, before_seq=None, limit=10
            )
        assert isinstance(read, RequestSucceeded)


@pytest.mark.parametrize("where", ["group", "main"])
@pytest.mark.parametrize("steps", range(0, 24, 3))
async def test_crash_of_a_room_while_people_move(
    tmp_path: Path, autojump_clock: MockClock, where: str, steps: int
) -> None:
    """Whatever the moment: everybody arrives, once, and no media is lost."""
    async with open_house(tmp_path) as rig:
        house = await enter(rig, "li", "mo", "wu")
        voices = [await m.publish(Source.MICROPHONE) for m in house.merchants]
        group = await house.open("Group 1")
        tracks = dict(rig.media.tracks)
        ids = [m.participant_id for m in house.merchants]
        crashing = group if where == "group" else rig.site().room_id
        house.teacher.send(
            PluginRequest,
            plugin="carts",
            body=msgspec.Raw(msgspec.msgpack.encode({"type": "move", "people": ids, "to": group})),
        )
        for _ in range(steps):
            await trio.lowlevel.checkpoint()
        await rig.crash(f"{crashing}/room")
        await trio.sleep(2)
        assert rig.media.tracks == tracks
        late = rig.client("xi")
        welcome = await late.join()
        assert {person.identity for person in welcome.participants} == {"ana", "xi"}
        await house.move(group, late)
        moved = last_moved(late)
        assert sorted(p.identity for p in moved.participants) == ["li", "mo", "wu", "xi"]
        assert sorted(t.track_id for t in moved.tracks) == sorted(voices)


async def test_crash_of_a_group_costs_no_media_and_no_entry(
    tmp_path: Path, autojump_clock: MockClock
) -> None:
    async with open_house(tmp_path) as rig:
        house = await enter(rig, "li", "mo")
        li, mo = house.merchants
        voice = await li.publish(Source.MICROPHONE)
        group = await house.open("Group 1")
        await house.move(group, li, mo)
        await li.say("before")
        rows = dict(rig.media.rows)
        await rig.crash(f"{group}/room")
        assert rig.media.rows == rows
        await rig.crash(f"{rig.site().room_id}/room")
        assert rig.media.rows == rows
        assert voice in mo.shown().values()
        assert isinstance(await mo.say("after"), RequestSucceeded)
        await li.wait_entry("chat.message", 2)
        await house.move(None, li, mo)
        assert len(house.teacher.bodies("room.participant_left")) == 2, "only when they moved out"


async def test_group_that_keeps_crashing_gives_its_people_back(
    tmp_path: Path, autojump_clock: MockClock
) -> None:
    async with open_house(tmp_path) as rig:
        house = await enter(rig, "li", "mo")
        li, mo = house.merchants
        voice = await li.publish(Source.MICROPHONE)
        group = await house.open("Group 1")
        await house.move(group, li, mo)
        tracks = dict(rig.media.tracks)
        for _ in range(4):
            await rig.crash(f"{group}/room")
        await trio.sleep(2)
        assert last_moved(li).room.main_room_id is None
        assert last_moved(mo).room.main_room_id is None
        assert rig.media.tracks == tracks
        assert voice in mo.shown().values()
        kinds = [entry.kind for entry in rig.journal_of("shop")]
        assert kinds.count("room.group_closed") == 1


async def test_participant_that_ends_in_a_group_is_gone_from_the_house(
    tmp_path: Path, autojump_clock: MockClock
) -> None:
    async with open_house(tmp_path) as rig:
        house = await enter(rig, "li", "mo")
        li, mo = house.merchants
        await li.publish(Source.MICROPHONE)
        group = await house.open("Group 1")
        await house.move(group, mo)
        await house.move(group, li)
        await rig.crash(f"/{li.participant_id}")
        assert (await mo.wait_entry("room.participant_left"))["cause"] == "crashed"
        where = await house.teacher.wait_entry("room.participant_moved", 3)
        assert (where["identity"], where["group_id"]) == ("li", None)
        assert not rig.media.tracks


async def test_reload_in_a_group_puts_the_old_page_out(
    tmp_path: Path, autojump_clock: MockClock
) -> None:
    async with open_house(tmp_path) as rig:
        house = await enter(rig, "li")
        (li,) = house.merchants
        group = await house.open("Group 1")
        await house.move(group, li)
        again = rig.client("li")
        await again.join()
        goodbye = await li.wait_goodbye()
        assert goodbye.code == "duplicate_identity"
        await rig.settle()
        await house.move(group, again)
        assert [p.identity for p in last_moved(again).participants] == ["li"]


async def test_page_that_was_away_while_it_was_moved_is_shown_where_it_is(
    tmp_path: Path, autojump_clock: MockClock
) -> None:
    async with open_house(tmp_path) as rig:
        house = await enter(rig, "li")
        (li,) = house.merchants
        assert li.welcome is not None
        group = await house.open("Group 1")
        li.lose_connection()
        await rig.settle()
        await house.send(group, li)
        await rig.settle()
        resumed = await li.resume(li.welcome.resume_token, 3, room_id=li.welcome.room.room_id)
        assert resumed.entries == ()
        assert last_moved(li).room.room_id == group
        assert last_moved(li).participants[0].connected
        await li.say("here")
        await li.wait_entry("chat.message")
        li.lose_connection()
        await rig.settle()
        last_seq = li.entries()[-1].seq
        resumed = await li.resume(resumed.resume_token, last_seq, room_id=group)
        kinds = [entry.kind for entry in resumed.entries]
        assert kinds == ["room.participant_disconnected", "room.participant_reconnected"]
        assert not li.got(Moved), "it knew where it was"


async def test_page_that_missed_a_move_there_and_back_misses_nothing_else(
    tmp_path: Path, autojump_clock: MockClock
) -> None:
    """What happens in a room while somebody is out of it is not among the entries it is sent."""
    async with open_house(tmp_path) as rig:
        house = await enter(rig, "li")
        (li,) = house.merchants
        group = await house.open("Group 1")
        li.lose_connection()
        for place in (group, None):
            await house.send(place, li)
            await rig.settle()
            await house.teacher.say(f"Li is in {place}")
        resumed = await li.come_back()
        assert resumed.entries == ()
        moved = last_moved(li)
        assert moved.room.room_id == rig.site().room_id
        said = bytes(moved.plugins["chat"].body)
        assert f"Li is in {group}".encode() in said
        assert b"Li is in None" in said
        li.lose_connection()
        await house.teacher.say("once more")
        resumed = await li.come_back()
        assert "chat.message" in [entry.kind for entry in resumed.entries]
        assert not li.got(Moved), "it knew where it was"


async def test_house_with_people_in_groups_only_is_not_empty(
    tmp_path: Path, autojump_clock: MockClock
) -> None:
    async with open_house(tmp_path) as rig:
        house = await enter(rig, "li")
        (li,) = house.merchants
        group = await house.open("Group 1")
        await house.move(group, li)
        house.teacher.leave()
        await trio.sleep(60)
        assert rig.open_rooms()
        li.leave()
        await trio.sleep(30)
        assert not rig.open_rooms()
        assert house.journal(group)[-1] == "room.closed"


async def test_group_never_outlives_its_house(tmp_path: Path, autojump_clock: MockClock) -> None:
    async with open_house(tmp_path) as rig:
        house = await enter(rig, "li")
        (li,) = house.merchants
        group = await house.open("Group 1")
        await house.move(group, li)
        await rig.classroom.close_room("shop")
        assert (await li.wait_goodbye()).code == "room_closed"
        assert not rig.paths("/RM_")
        assert not rig.media.transports
        kinds = house.journal(group)
        assert kinds[-1] == "room.closed"


async def test_groups_come_back_after_a_restart_of_the_node(
    tmp_path: Path, autojump_clock: MockClock
) -> None:
    async with open_house(tmp_path) as rig:
        house = await enter(rig, "li")
        (li,) = house.merchants
        group = await house.open("Group 1")
        await house.move(group, li)
        await li.say("kept")
    async with open_house(tmp_path) as rig:
        house = await enter(rig, "li")
        (li,) = house.merchants
        await house.move(group, li)
        assert b"kept" in bytes(last_moved(li).plugins["chat"].body)
        assert rig.site().groups[group].name == "Group 1"


async def test_slots_show_nothing_of_the_room_that_was_left(
    tmp_path: Path, autojump_clock: MockClock
) -> None:
    async with open_house(tmp_path) as rig:
        house = await enter(rig, "li")
        (li,) = house.merchants
        camera: TrackId = await house.teacher.publish(Source.CAMERA)
        await li.wait_shown(camera)
        group = await house.open("Group 1")
        await house.move(group, li)
        assert li.shown() == {}
        views = [view for push in li.got(SlotsChanged) for view in push.slot_views]
        assert views[-1].track_id is None


async def test_who_is_in_a_group_keeps_the_place_in_the_house(
    tmp_path: Path, autojump_clock: MockClock
) -> None:
    config = RoomsConfig(templates={"class": RoomTemplate(plugins=PLUGINS, max_participants=3)})
    async with open_rig(tmp_path, rooms=config, plugins={"carts": Carts}) as rig:
        house = await enter(rig, "li", "mo")
        group = await house.open("Group 1")
        await house.move(group, *house.merchants)
        assert (await rig.client("wu").knock()).code == "room.full"
        await rig.client("li").join()


async def test_host_removes_somebody_who_is_in_a_group(
    tmp_path: Path, autojump_clock: MockClock
) -> None:
    async with open_house(tmp_path) as rig:
        house = await enter(rig, "li", "mo")
        li, mo = house.merchants
        group = await house.open("Group 1")
        await house.move(group, mo)
        await house.move(group, li)
        answer = await house.teacher.ask(RemoveParticipant, participant_id=li.participant_id)
        assert isinstance(answer, RequestSucceeded), answer
        assert (await li.wait_goodbye()).code == "removed"
        assert (await mo.wait_entry("room.participant_left"))["cause"] == "removed"
        assert rig.site().whereabouts.keys() == {mo.participant_id}
