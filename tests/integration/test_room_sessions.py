"""A session is one opening of a room: it ends when all have left, and outlives a killed node."""

from pathlib import Path

import trio
from classroom_rig import one_template, open_rig
from trio.testing import MockClock

from emporion.engine.journal import read_journal

SHORT = one_template(empty_timeout_s=60.0)


async def test_empty_room_closes_after_its_timeout_and_keeps_its_journal(
    tmp_path: Path, autojump_clock: MockClock
) -> None:
    async with open_rig(tmp_path, rooms=SHORT) as rig:
        client = rig.client("ana", "host")
        welcome = await client.join()
        client.leave()
        await client.wait_goodbye()
        await trio.sleep(59)
        assert rig.open_rooms()
        await trio.sleep(2)
        assert not rig.open_rooms()
        kinds = [entry.kind for entry in rig.journal()]
        assert kinds == [
            "room.opened",
            "room.participant_joined",
            "room.participant_left",
            "room.closed",
        ]
        assert rig.classroom.statistics().rooms["class"] == 0
        again = await rig.client("ana", "host").join()
        assert again.room.session_id != welcome.room.session_id
        assert again.seq == 2


async def test_who_comes_in_time_keeps_the_room_open(
    tmp_path: Path, autojump_clock: MockClock
) -> None:
    async with open_rig(tmp_path, rooms=SHORT) as rig:
        client = rig.client("ana", "host")
        welcome = await client.join()
        client.leave()
        await trio.sleep(50)
        again = await rig.client("li").join()
        assert again.room == welcome.room
        await trio.sleep(200)
        assert rig.open_rooms()


async def test_room_whose_only_join_was_refused_closes(
    tmp_path: Path, autojump_clock: MockClock
) -> None:
    async with open_rig(tmp_path, rooms=SHORT) as rig:
        await rig.client("ana", "host").join()
        await rig.classroom.close_room("shop")
        bad = rig.client("li")
        bad.lose_connection()
        with trio.CancelScope() as scope:
            scope.cancel()
            await bad.join()
        await trio.sleep(100)
        assert not rig.open_rooms()


async def test_joins_race_with_the_closing_of_an_empty_room(
    tmp_path: Path, autojump_clock: MockClock
) -> None:
    """Whoever comes in the moment the timeout ends is in a room that stays, old or new."""
    for delay_s in (59.9, 59.99, 60.0, 60.01):
        folder = tmp_path / str(delay_s)
        folder.mkdir()
        async with open_rig(folder, rooms=SHORT) as rig:
            first = rig.client("ana", "host")
            await first.join()
            first.leave()
            await first.wait_goodbye()
            await rig.settle()
            await trio.sleep(delay_s)
            late = rig.client("li")
            await late.join()
            await trio.sleep(120)
            await late.say("here")
            await late.wait_entry("chat.message")


async def test_closed_room_says_goodbye_to_all(tmp_path: Path, autojump_clock: MockClock) -> None:
    async with open_rig(tmp_path) as rig:
        clients = [rig.client("ana", "host"), rig.client("li")]
        for client in clients:
            await client.join()
        assert await rig.classroom.close_room("shop")
        for client in clients:
            assert (await client.wait_goodbye()).code == "room_closed"
        await rig.settle()
        assert not rig.open_rooms()
        assert not await rig.classroom.close_room("shop")
        entries = rig.journal()
        assert entries[-1].kind == "room.closed"
        assert b"room_closed" in bytes(entries[-2].body)


async def test_stopped_node_comes_back_with_its_sessions(
    tmp_path: Path, autojump_clock: MockClock
) -> None:
    async with open_rig(tmp_path) as rig:
        client = rig.client("ana", "host")
        welcome = await client.join()
        await client.say("kept")
    assert client.rig.outlets.goodbye(client.connection_id) is not None

    async with open_rig(tmp_path) as rig:
        await rig.settle()
        assert rig.open_rooms(), "the room is open again before anybody comes"
        last = rig.journal()[-1]
        assert last.kind == "room.participant_left"
        assert b"server_stopping" in bytes(last.body)
        again = await rig.client("ana", "host").join()
        assert again.room.room_id == welcome.room.room_id
        assert again.room.session_id == welcome.room.session_id
        assert again.seq == last.seq + 1
        assert b"kept" in bytes(again.plugins["chat"].body)


async def test_killed_node_journals_who_is_gone(tmp_path: Path, autojump_clock: MockClock) -> None:
    """What a kill -9 leaves is copied away in the midst of a call, and opened again."""
    live, copy = tmp_path / "live", tmp_path / "copy"
    live.mkdir()
    async with open_rig(live) as rig:
        teacher, merchant = rig.client("ana", "host"), rig.client("li")
        await teacher.join()
        await merchant.join()
        await merchant.say("acknowledged")
        _copy_tree(live, copy)

    async with open_rig(copy) as rig:
        await rig.settle()
        await trio.sleep(1)
        left = [e for e in rig.journal() if e.kind == "room.participant_left"]
        assert len(left) == 2
        assert all(b"interrupted" in bytes(entry.body) for entry in left)
        welcome = await rig.client("li").join()
        assert [p.identity for p in welcome.participants] == ["li"]
        assert b"acknowledged" in bytes(welcome.plugins["chat"].body)


async def test_recovered_room_that_stays_empty_closes(
    tmp_path: Path, autojump_clock: MockClock
) -> None:
    async with open_rig(tmp_path, rooms=SHORT) as rig:
        await rig.client("ana", "host").join()
    async with open_rig(tmp_path, rooms=SHORT) as rig:
        await trio.sleep(70)
        assert not rig.open_rooms()
    (journal,) = (tmp_path / "sessions").glob("*.journal")
    assert list(read_journal(journal))[-1].kind == "room.closed"


async def test_broken_session_does_not_keep_the_node_down(
    tmp_path: Path, autojump_clock: MockClock
) -> None:
    async with open_rig(tmp_path) as rig:
        await rig.client("ana", "host").join()
        await rig.client("ana", "host", room="other").join()
    journals = sorted((tmp_path / "sessions").glob("*.journal"))
    journals[0].write_bytes(b"this is no journal at all, but long enough to look at")
    async with open_rig(tmp_path) as rig:
        await rig.settle()
        assert len(rig.open_rooms()) == 1


async def test_rooms_are_apart(tmp_path: Path, autojump_clock: MockClock) -> None:
    async with open_rig(tmp_path) as rig:
        here, there = rig.client("ana", "host"), rig.client("ana", "host", room="other")
        one, two = await here.join(), await there.join()
        assert one.room.room_id != two.room.room_id
        assert len(two.participants) == 1
        await here.say("here")
        await rig.settle()
        assert not there.entries("chat.message")


def _copy_tree(source: Path, target: Path) -> None:
    for path in source.rglob("*"):
        if path.is_file() and path.suffix != ".lock":
            copy = target / path.relative_to(source)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(path.read_bytes())
