"""What groups bring back to the main room: who was there, what was said, polls, and boards."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import trio
from classroom_rig import ClassroomRig, Client, failed, open_rig
from trio.testing import MockClock

from emporion.actors.file_desk import FileOffer
from emporion.engine.config import RoomsConfig, RoomTemplate
from emporion.engine.ids import FileId, RoomId
from emporion.engine.protocol.server import Moved, PluginSignalled, RequestSucceeded
from emporion.plugins.drawing.points import encode_points

PEN = {"kind": "pen", "points": encode_points([10, 10, 40, 50]), "ink": 2, "width": 40}
IMAGE = {"kind": "image", "points": encode_points([0, 0, 90, 90])}
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
    "0000000c49444154789c63606060000000040001f61738550000000049454e44ae426082"
)
PLUGINS = ("chat", "simulcast", "whiteboard", "polls", "breakouts")
POLL = {"text": "Price?", "kind": "single", "choices": ["9", "19"], "opens": True}


def open_class(tmp_path: Path) -> Any:
    return open_rig(tmp_path, rooms=RoomsConfig(templates={"class": RoomTemplate(plugins=PLUGINS)}))


async def ask(client: Client, plugin: str, type: str, **body: Any) -> None:
    answer = await client.plugin(plugin, type=type, **body)
    assert isinstance(answer, RequestSucceeded), answer
    await client.rig.settle()


async def bring(client: Client, content: bytes) -> FileId:
    async def body() -> AsyncIterator[bytes]:
        yield content

    offer = FileOffer(
        ticket=client.got(Moved)[-1].files_ticket,
        room=client.got(Moved)[-1].room.name,
        purpose="whiteboard",
        name="shoe.png",
        size_bytes=len(content),
    )
    return (await client.rig.classroom.files.take(offer, body())).file_id


async def open_groups(rig: ClassroomRig) -> tuple[Client, Client, Client]:
    teacher, li, mo = rig.client("ana", "host"), rig.client("li", can_draw=True), rig.client("mo")
    for client in (teacher, li, mo):
        await client.join()
    await ask(teacher, "breakouts", "plan", names=["Tea", "Silk"])
    await ask(teacher, "breakouts", "open")
    return teacher, li, mo


async def close_groups(teacher: Client) -> None:
    await ask(teacher, "breakouts", "close", countdown_s=0)
    await trio.sleep(5)
    assert teacher.rig.site().groups == {}


def group_id(teacher: Client, name: str) -> RoomId:
    summaries = teacher.bodies("breakouts.summary")
    return RoomId(next(summary["group_id"] for summary in summaries if summary["name"] == name))


def view_of(client: Client) -> dict[str, Any]:
    assert client.welcome is not None
    view: dict[str, Any] = msgspec.msgpack.decode(client.welcome.plugins["whiteboard"].body)
    return view


def items(client: Client) -> list[Any]:
    signals = [one for one in client.got(PluginSignalled) if one.event == "items"]
    return [item for one in signals for item in msgspec.msgpack.decode(one.body)["items"]]


async def test_who_was_there_and_for_how_long(tmp_path: Path, autojump_clock: MockClock) -> None:
    async with open_class(tmp_path) as rig:
        teacher, li, mo = await open_groups(rig)
        await trio.sleep(60)
        await ask(teacher, "breakouts", "enter", number=1)
        await trio.sleep(10)
        await ask(teacher, "breakouts", "go_back")
        await ask(li, "breakouts", "go_back")
        await trio.sleep(20)
        await ask(li, "breakouts", "enter", number=1)
        await trio.sleep(30)
        await mo.say("done")
        await close_groups(teacher)
        tea, silk = teacher.bodies("breakouts.summary")
        stays = {stay["name"]: round(stay["stayed_us"] / 1e6) for stay in tea["stays"]}
        assert stays == {"Li": 100, "Ana": 10}
        assert [stay["is_host"] for stay in tea["stays"]] == [False, True]
        assert round(tea["lasted_us"] / 1e6) == 120
        assert tea["people"] == ["Li", "Ana"]
        assert silk["messages_total"] == 1


async def test_boards_come_back_as_pages(tmp_path: Path, autojump_clock: MockClock) -> None:
    async with open_class(tmp_path) as rig:
        teacher, li, mo = await open_groups(rig)
        file_id = await bring(li, PNG)
        picture = IMAGE | {"file_id": file_id}
        await ask(li, "whiteboard", "edit", surface="page1", added=[PEN, picture])
        await close_groups(teacher)
        (drawn,) = teacher.bodies("whiteboard.group_drawn")
        tea = group_id(teacher, "Tea")
        assert drawn == {"group_id": tea, "name": "Tea", "pages": 1, "things": 2}
        assert li.bodies("whiteboard.group_drawn") == [], "only hosts are told"

        refused = await mo.plugin("whiteboard", type="show_group", group_id=tea)
        assert failed(refused) == "whiteboard.hosts_only"
        silk = group_id(teacher, "Silk")
        refused = await teacher.plugin("whiteboard", type="show_group", group_id=silk)
        assert failed(refused) == "whiteboard.unknown_group"

        await ask(teacher, "whiteboard", "show_group", group_id=tea)
        (added,) = mo.bodies("whiteboard.page_added")
        assert (added["group_name"], added["numbers_used"], added["position"]) == ("Tea", 2, 1)
        assert mo.bodies("whiteboard.edited") == [], "what is on it is fetched"
        assert mo.bodies("whiteboard.page_presented") == [{"page": added["page"]}]
        assert mo.bodies("whiteboard.opened") == [{"is_open": True}]
        await ask(mo, "whiteboard", "fetch", surface=added["page"], after=-1)
        assert [item["kind"] for _, _, item in items(mo)] == ["pen", "image"]
        ticket = mo.welcome.files_ticket if mo.welcome else ""
        assert rig.classroom.files.find(ticket, file_id).path.read_bytes() == PNG

        before = len(teacher.entries())
        await ask(teacher, "whiteboard", "show_group", group_id=tea)
        assert len(teacher.entries()) == before, "it is here, shown and open"
        late = rig.client("wu")
        await late.join()
        page = view_of(late)["pages"][1]
        assert (page["group_name"], page["numbers_used"]) == ("Tea", 2)
        assert view_of(late)["group_boards"] == []


async def test_an_author_keeps_the_same_place_for_all(
    tmp_path: Path, autojump_clock: MockClock
) -> None:
    """Pages count authors as the server does, though they are not sent what was drawn."""
    async with open_class(tmp_path) as rig:
        teacher, li, _ = await open_groups(rig)
        await ask(li, "whiteboard", "edit", surface="page1", added=[PEN])
        await close_groups(teacher)
        await ask(teacher, "whiteboard", "show_group", group_id=group_id(teacher, "Tea"))
        await ask(teacher, "whiteboard", "edit", surface="page1", added=[PEN])
        late = rig.client("wu")
        await late.join()
        assert view_of(late)["authors"] == [
            teacher.bodies("whiteboard.author_added")[0]["author"],
            "ana",
        ]


async def test_a_large_board_comes_in_portions(tmp_path: Path, autojump_clock: MockClock) -> None:
    async with open_class(tmp_path) as rig:
        teacher, li, _ = await open_groups(rig)
        long = PEN | {"points": encode_points([0, 0] * 4_000)}
        for _ in range(4):
            await ask(li, "whiteboard", "edit", surface="page1", added=[long] * 10)
        await close_groups(teacher)
        await ask(teacher, "whiteboard", "show_group", group_id=group_id(teacher, "Tea"))
        kept = [e for e in rig.journal_of("shop") if e.kind == "whiteboard.edited"]
        assert len(kept) > 1
        assert {entry.audience.scope for entry in kept} == {"record"}
        (added,) = teacher.bodies("whiteboard.page_added")
        assert added["numbers_used"] == 40


async def test_boards_outlive_a_restart_of_the_node(
    tmp_path: Path, autojump_clock: MockClock
) -> None:
    async with open_class(tmp_path) as rig:
        teacher, li, _ = await open_groups(rig)
        await ask(li, "whiteboard", "edit", surface="page1", added=[PEN])
        await close_groups(teacher)
        tea = group_id(teacher, "Tea")
    async with open_class(tmp_path) as rig:
        teacher = rig.client("ana", "host")
        await teacher.join()
        assert [one["group_id"] for one in view_of(teacher)["group_boards"]] == [tea]
        await ask(teacher, "whiteboard", "show_group", group_id=tea)
        assert teacher.bodies("whiteboard.page_added")[0]["group_name"] == "Tea"


async def test_what_cannot_be_brought_leaves_nothing_behind(
    tmp_path: Path, autojump_clock: MockClock
) -> None:
    async with open_class(tmp_path) as rig:
        teacher, li, _ = await open_groups(rig)
        file_id = await bring(li, PNG)
        await ask(li, "whiteboard", "edit", surface="page1", added=[IMAGE | {"file_id": file_id}])
        await close_groups(teacher)
        (stored,) = (tmp_path / "files").glob(f"*/{file_id}")
        stored.rename(stored.with_name("gone"))
        before, tea = len(rig.journal_of("shop")), group_id(teacher, "Tea")
        refused = await teacher.plugin("whiteboard", type="show_group", group_id=tea)
        assert failed(refused) == "whiteboard.no_file"
        assert len(rig.journal_of("shop")) == before
        stored.with_name("gone").rename(stored)
        await ask(teacher, "whiteboard", "show_group", group_id=tea)


async def test_polls_bring_their_results(tmp_path: Path, autojump_clock: MockClock) -> None:
    async with open_class(tmp_path) as rig:
        teacher, li, _ = await open_groups(rig)
        await ask(teacher, "breakouts", "enter", number=1)
        await ask(teacher, "polls", "create", **POLL)
        await ask(li, "polls", "vote", number=1, choices=[1])
        await ask(teacher, "breakouts", "go_back")
        await close_groups(teacher)
        (results,) = teacher.bodies("polls.group_results")
        assert results["group_id"] == group_id(teacher, "Tea")
        (told,) = results["polls"]
        assert (told["text"], told["counts"], told["voters"]) == ("Price?", [0, 1], 1)
        assert li.bodies("polls.group_results") == []
        late = rig.client("ben", "host")
        welcome = await late.join()
        view = msgspec.msgpack.decode(welcome.plugins["polls"].body)
        assert [one["group_id"] for one in view["groups"]] == [results["group_id"]]


async def test_a_group_that_breaks_down_brings_back_the_same(
    tmp_path: Path, autojump_clock: MockClock
) -> None:
    """Its supervisor gives up: nobody in it can say anything any more."""
    async with open_class(tmp_path) as rig:
        teacher, li, mo = await open_groups(rig)
        await ask(teacher, "breakouts", "enter", number=1)
        await ask(teacher, "polls", "create", **POLL)
        await ask(li, "polls", "vote", number=1, choices=[1])
        await ask(teacher, "breakouts", "go_back")
        file_id = await bring(li, PNG)
        picture = IMAGE | {"file_id": file_id}
        await ask(li, "whiteboard", "edit", surface="page1", added=[PEN, picture])
        await li.say("kept")
        tea = next(key for key, site in rig.site().groups.items() if site.name == "Tea")
        await trio.sleep(60)
        for _ in range(4):
            await rig.crash(f"{tea}/room")
        await trio.sleep(2)
        assert li.got(Moved)[-1].room.main_room_id is None
        for person in (teacher, li):
            assert (await person.wait_entry("breakouts.group_lost"))["name"] == "Tea"
        summary = await teacher.wait_entry("breakouts.summary")
        assert (summary["is_lost"], summary["messages_total"]) == (True, 1)
        assert round(summary["lasted_us"] / 1e7) == 6
        (results,) = teacher.bodies("polls.group_results")
        assert results["polls"][0]["counts"] == [0, 1]
        (drawn,) = teacher.bodies("whiteboard.group_drawn")
        assert (drawn["group_id"], drawn["things"]) == (tea, 2)
        await ask(teacher, "whiteboard", "show_group", group_id=tea)
        (added,) = li.bodies("whiteboard.page_added")
        await ask(li, "whiteboard", "fetch", surface=added["page"], after=-1)
        assert [item["kind"] for _, _, item in items(li)] == ["pen", "image"]
        late = rig.client("ben", "host")
        view = msgspec.msgpack.decode((await late.join()).plugins["breakouts"].body)
        assert [one["name"] for one in view["lost"]] == ["Tea"]
        assert mo.got(Moved)[-1].room.name == "Silk", "the other group goes on"


async def test_a_group_leads_its_own_board(tmp_path: Path, autojump_clock: MockClock) -> None:
    """No host is there: whoever is in the group opens the board, turns its pages, and draws."""
    async with open_class(tmp_path) as rig:
        teacher, _, mo = await open_groups(rig)
        await ask(mo, "whiteboard", "open_board", is_open=True)
        await ask(mo, "whiteboard", "edit", surface="page1", added=[PEN])
        await ask(mo, "whiteboard", "add_page", paper="grid")
        for type, body in (
            ("allow_everybody", {"is_allowed": False}),
            ("clear", {"surface": "page1"}),
            ("show_group", {"group_id": "RM_x"}),
        ):
            refused = await mo.plugin("whiteboard", type=type, **body)
            assert failed(refused) == "whiteboard.hosts_only", type
        await close_groups(teacher)
        refused = await mo.plugin("whiteboard", type="open_board", is_open=True)
        assert failed(refused) == "whiteboard.hosts_only", "the main room has its hosts"
