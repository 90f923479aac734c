"""Whom a host has put out stays out for the session, wherever in the house it was."""

from pathlib import Path
from typing import Any

import msgspec
import pytest
import trio
from classroom_rig import Client, failed, open_rig
from trio.testing import MockClock

from emporion.engine.config import RoomsConfig, RoomTemplate
from emporion.engine.errors import RequestDenied
from emporion.engine.protocol.client import ReadmitParticipant, RemoveParticipant
from emporion.engine.protocol.server import Moved, RequestSucceeded

WITH_LOBBY = ("chat", "lobby", "breakouts")
WITHOUT_LOBBY = ("chat", "breakouts")
REFUSAL = "participant.not_removed"


def open_class(tmp_path: Path, plugins: tuple[str, ...]) -> Any:
    return open_rig(tmp_path, rooms=RoomsConfig(templates={"class": RoomTemplate(plugins=plugins)}))


async def ask(client: Client, plugin: str, type: str, **body: Any) -> None:
    answer = await client.plugin(plugin, type=type, **body)
    assert isinstance(answer, RequestSucceeded), answer
    await client.rig.settle()


async def remove(host: Client, person: Client) -> None:
    answer = await host.ask(RemoveParticipant, participant_id=person.participant_id)
    assert isinstance(answer, RequestSucceeded), answer
    await host.rig.settle()


async def refused(client: Client) -> str:
    with pytest.raises(RequestDenied) as denied:
        await client.join()
    return denied.value.code


async def open_groups(host: Client) -> None:
    await ask(host, "breakouts", "plan", names=["Tea", "Silk"])
    await ask(host, "breakouts", "open")


async def test_without_a_lobby_it_cannot_come_back(
    tmp_path: Path, autojump_clock: MockClock
) -> None:
    async with open_class(tmp_path, WITHOUT_LOBBY) as rig:
        ana, li = rig.client("ana", "host"), rig.client("li")
        await ana.join()
        await li.join()
        await remove(ana, li)
        assert (await li.wait_goodbye()).code == "removed"
        assert await refused(rig.client("li")) == "room.removed"
        await rig.client("mo").join()
    async with open_class(tmp_path, WITHOUT_LOBBY) as rig:
        assert await refused(rig.client("li")) == "room.removed", "a restart changes nothing"


async def test_hosts_see_whom_they_removed_and_let_them_in_again(
    tmp_path: Path, autojump_clock: MockClock
) -> None:
    async with open_class(tmp_path, WITHOUT_LOBBY) as rig:
        ana, li, mo = rig.client("ana", "host"), rig.client("li"), rig.client("mo")
        for client in (ana, li, mo):
            await client.join()
        await remove(ana, li)
        assert failed(await mo.ask(ReadmitParticipant, identity="li")) == "grant.missing"
        assert failed(await ana.ask(ReadmitParticipant, identity="mo")) == REFUSAL
        assert (await rig.client("wu").join()).removed == (), "only hosts see it"
    async with open_class(tmp_path, WITHOUT_LOBBY) as rig:
        ana, ben, mo = rig.client("ana", "host"), rig.client("ben", "host"), rig.client("mo")
        for host in (ana, ben):
            (shown,) = (await host.join()).removed
            assert (shown.identity, shown.name) == ("li", "Li"), "a restart changes nothing"
        await mo.join()
        await rig.crash(f"{rig.site().room_id}/room")
        answers = [await host.ask(ReadmitParticipant, identity="li") for host in (ana, ben)]
        assert isinstance(answers[0], RequestSucceeded)
        assert failed(answers[1]) == REFUSAL, "the second host is told that it is done"
        for host in (ana, ben):
            readmitted = await host.wait_entry("room.participant_readmitted")
            assert readmitted == {"identity": "li", "name": "Li"}
        assert mo.bodies("room.participant_readmitted") == [], "only hosts are told"
        await rig.client("li").join()
        assert (await rig.client("cai", "host").join()).removed == ()


async def test_who_was_removed_from_a_group_is_let_in_by_the_main_room(
    tmp_path: Path, autojump_clock: MockClock
) -> None:
    async with open_class(tmp_path, WITHOUT_LOBBY) as rig:
        ana, ben, li = rig.client("ana", "host"), rig.client("ben", "host"), rig.client("li")
        for client in (ana, ben, li):
            await client.join()
        await open_groups(ana)
        await ask(ana, "breakouts", "enter", number=1)
        await remove(ana, li)
        assert (await ben.wait_entry("room.participant_removed"))["name"] == "Li"
        assert failed(await ana.ask(ReadmitParticipant, identity="li")) == "groups.nested"
        await ask(ana, "breakouts", "go_back")
        assert [one.name for one in ana.got(Moved)[-1].removed] == ["Li"]
        assert isinstance(await ana.ask(ReadmitParticipant, identity="li"), RequestSucceeded)
        await rig.client("li").join()


async def test_with_a_lobby_it_comes_in_without_knocking(
    tmp_path: Path, autojump_clock: MockClock
) -> None:
    async with open_class(tmp_path, WITH_LOBBY) as rig:
        ana, li = rig.client("ana", "host"), rig.client("li")
        await ana.join()
        await li.join()
        await remove(ana, li)
        knocking = rig.client("li")
        assert (await knocking.knock()).code == "lobby.removed"
        assert isinstance(await ana.ask(ReadmitParticipant, identity="li"), RequestSucceeded)
        await knocking.wait_welcome()


async def test_out_of_a_group_is_out_of_the_house(
    tmp_path: Path, autojump_clock: MockClock
) -> None:
    async with open_class(tmp_path, WITHOUT_LOBBY) as rig:
        ana, li, mo = rig.client("ana", "host"), rig.client("li"), rig.client("mo")
        for client in (ana, li, mo):
            await client.join()
        await open_groups(ana)
        await remove(ana, li)
        assert (await li.wait_goodbye()).code == "removed"
        assert await refused(rig.client("li")) == "room.removed"
        await ask(ana, "breakouts", "enter", number=2)
        await remove(ana, mo)
        assert (await mo.wait_goodbye()).code == "removed"
        assert await refused(rig.client("mo")) == "room.removed", "removed in the group itself"


async def test_a_removed_host_comes_in_if_none_is_there(
    tmp_path: Path, autojump_clock: MockClock
) -> None:
    async with open_class(tmp_path, WITHOUT_LOBBY) as rig:
        ana, ben, li = rig.client("ana", "host"), rig.client("ben", "host"), rig.client("li")
        for client in (ana, ben, li):
            await client.join()
        await remove(ana, ben)
        assert await refused(rig.client("ben", "host")) == "room.removed"
        await open_groups(ana)
        await ask(ana, "breakouts", "enter", number=1)
        assert await refused(rig.client("ben", "host")) == "room.removed", "a host is in a group"
        ana.leave()
        await rig.settle()
        await rig.client("ben", "host").join()


async def test_the_lobby_decides_who_comes_back(tmp_path: Path, autojump_clock: MockClock) -> None:
    async with open_class(tmp_path, WITH_LOBBY) as rig:
        ana, li = rig.client("ana", "host"), rig.client("li")
        await ana.join()
        await li.join()
        await open_groups(ana)
        await remove(ana, li)
        again = rig.client("li")
        waiting = await again.knock()
        assert waiting.code == "lobby.removed"
        (knock,) = ana.bodies("room.join_waiting")
        await ask(ana, "lobby", "admit", waiting_ids=[knock["waiting_id"]])
        await again.wait_welcome()
        await remove(ana, again)
        assert (await rig.client("li").knock()).code == "lobby.removed", "once is once"


async def test_a_ban_reaches_into_groups(tmp_path: Path, autojump_clock: MockClock) -> None:
    async with open_class(tmp_path, WITH_LOBBY) as rig:
        ana, li = rig.client("ana", "host"), rig.client("li")
        await ana.join()
        await li.join()
        await open_groups(ana)
        await ask(ana, "lobby", "ban", identity="li")
        assert (await li.wait_goodbye()).code == "banned"
        assert ana.bodies("lobby.banned") == [{"identity": "li", "name": "Li"}]
        assert rig.site().whereabouts == {}
        assert await refused(rig.client("li")) == "lobby.banned"
        await ask(ana, "lobby", "unban", identity="li")
        await rig.client("li").join()


async def test_the_lobby_removes_out_of_groups(tmp_path: Path, autojump_clock: MockClock) -> None:
    async with open_class(tmp_path, WITH_LOBBY) as rig:
        ana, ben, li = rig.client("ana", "host"), rig.client("ben", "host"), rig.client("li")
        for client in (ana, ben, li):
            await client.join()
        await open_groups(ana)
        await ask(ben, "breakouts", "enter", number=1)
        answer = await ana.plugin("lobby", type="remove", participant_id=ben.participant_id)
        assert getattr(answer, "code", None) == "lobby.is_host"
        await ask(ana, "lobby", "remove", participant_id=li.participant_id)
        assert (await li.wait_goodbye()).code == "removed"


async def test_people_in_groups_take_places(tmp_path: Path, autojump_clock: MockClock) -> None:
    async with open_class(tmp_path, WITH_LOBBY) as rig:
        ana, li = rig.client("ana", "host"), rig.client("li")
        await ana.join()
        await li.join()
        await ask(ana, "lobby", "change_settings", capacity=2, hosts_first=True)
        await open_groups(ana)
        late = rig.client("mo")
        assert (await late.knock()).code == "lobby.full"
        await ask(ana, "breakouts", "enter", number=1)
        await ask(ana, "breakouts", "go_back")
        li.leave()
        await late.wait_welcome()
        await ask(ana, "breakouts", "enter", number=2)
        await ask(ana, "breakouts", "go_back")
        await trio.sleep(1)
        view = msgspec.msgpack.decode(
            (await rig.client("eva", "host").join()).plugins["lobby"].body
        )
        assert view["waiting_total"] == 0


async def test_a_host_in_a_group_is_a_host_in_the_house(
    tmp_path: Path, autojump_clock: MockClock
) -> None:
    async with open_class(tmp_path, WITH_LOBBY) as rig:
        ana, li = rig.client("ana", "host"), rig.client("li")
        await ana.join()
        await li.join()
        await ask(ana, "lobby", "change_settings", hosts_first=True)
        await open_groups(ana)
        await ask(ana, "breakouts", "enter", number=1)
        await rig.client("mo").join()
        ana.leave()
        await rig.settle()
        assert (await rig.client("wu").knock()).code == "lobby.no_host"
