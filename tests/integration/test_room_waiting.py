"""Waiting at the door: who may not come in yet stays connected, and loses nothing by it."""

import contextlib
import random
import time
from pathlib import Path
from typing import Any

import msgspec
import pytest
import trio
from classroom_rig import ClassroomRig, Client, failed, one_template, open_rig
from trio.testing import MockClock

from emporion.actors.door import SHOWN_POSITIONS
from emporion.actors.waiting import KEEP_PLACE_S, KNOCKS_PER_S, SMALL_ROOM_WAITING
from emporion.engine.errors import RequestDenied
from emporion.engine.journal import read_journal
from emporion.engine.media import Source
from emporion.engine.protocol.client import Leave, Ping, PublishTrack, RemoveParticipant
from emporion.engine.protocol.server import (
    PluginSummary,
    Pong,
    RequestFailed,
    RequestSucceeded,
    Waiting,
    Welcome,
)

WAITING_ROOM: dict[str, Any] = {"lobby": {"waiting_room": ["class"]}}
HOSTS_FIRST: dict[str, Any] = {"lobby": {"hosts_first": ["class"]}}


async def door(rig: ClassroomRig, kind: str) -> list[dict[str, Any]]:
    """What the journal says of the door."""
    await trio.sleep(0.1)  # Until it is on disk.
    kinds = (f"room.{kind}",)
    return [msgspec.msgpack.decode(e.body) for e in rig.journal() if e.kind in kinds]


async def causes(rig: ClassroomRig) -> list[str]:
    return [body["cause"] for body in await door(rig, "join_waiting_ended")]


async def admit(host: Client, *people: Client) -> None:
    bodies = host.bodies("room.join_waiting")
    ids = [b["waiting_id"] for b in bodies if b["identity"] in {p.identity for p in people}]
    answer = await host.plugin("lobby", type="admit", waiting_ids=ids[-len(people) :])
    assert isinstance(answer, RequestSucceeded), answer


async def refused(client: Client) -> str:
    with trio.fail_after(5):
        await client.rig.outlets.wait_until(lambda: bool(client.got(RequestFailed)))
        await client.rig.outlets.wait_until(
            lambda: client.connection_id in client.rig.outlets.closed
        )
    return failed(client.got(RequestFailed)[-1])


async def test_a_merchant_waits_and_is_let_in_with_its_media(
    tmp_path: Path, autojump_clock: MockClock
) -> None:
    async with open_rig(tmp_path, options=WAITING_ROOM) as rig:
        ana, li = rig.client("ana", "host"), rig.client("li")
        await ana.join()
        told = await li.knock()
        assert (told.ref, told.code, told.position) == (1, "lobby.waiting_room", 1)
        assert not rig.transports[li.connection_id], "no transport is kept for who waits"
        body = await ana.wait_entry("room.join_waiting")
        assert (body["identity"], body["name"], body["role"]) == ("li", "Li", "merchant")
        assert rig.classroom.statistics().participants_waiting == 1
        assert rig.classroom.statistics().participants["merchant"] == 0

        await admit(ana, li)
        welcome = await li.wait_welcome()
        assert welcome.ref == told.ref
        assert welcome.answer is not None
        assert [p.identity for p in welcome.participants] == ["ana", "li"]
        await ana.wait_entry("room.participant_joined")
        await li.publish(Source.CAMERA, width_px=640, height_px=360)
        assert rig.classroom.statistics().participants_waiting == 0
        assert rig.classroom.statistics().participants["merchant"] == 1
        assert rig.classroom.statistics().joins["joined"] == 2
        kinds = [entry.kind for entry in rig.journal()]
        assert kinds.index("room.join_waiting_ended") < kinds.index("room.participant_joined", 3)
        assert await causes(rig) == ["admitted"]


async def test_who_waits_is_told_nothing_of_the_room_and_may_only_ping_and_leave(
    tmp_path: Path, autojump_clock: MockClock
) -> None:
    async with open_rig(tmp_path, options=WAITING_ROOM) as rig:
        ana, li = rig.client("ana", "host"), rig.client("li")
        await ana.join()
        await li.knock()
        await ana.say("secret")
        assert isinstance(await li.ask(Ping), Pong)
        assert failed(await li.ask(PublishTrack, source=Source.CAMERA)) == "room.waiting"
        assert failed(await li.say("hello")) == "room.waiting"
        assert not li.entries()
        li.send(Leave)
        assert (await li.wait_goodbye()).code == "left"
        assert (await ana.wait_entry("room.join_waiting_ended"))["cause"] == "left"
        assert rig.classroom.statistics().participants_waiting == 0
        assert rig.classroom.statistics().participants["merchant"] == 0


async def test_refused_is_told_the_hosts_words(tmp_path: Path, autojump_clock: MockClock) -> None:
    async with open_rig(tmp_path, options=WAITING_ROOM) as rig:
        ana, li = rig.client("ana", "host"), rig.client("li")
        await ana.join()
        await li.knock()
        waiting_id = (await ana.wait_entry("room.join_waiting"))["waiting_id"]
        await ana.plugin("lobby", type="refuse", waiting_id=waiting_id, message="Come tomorrow.")
        assert await refused(li) == "lobby.refused"
        assert li.got(RequestFailed)[-1].message == "Come tomorrow."
        await rig.settle()
        assert await causes(rig) == ["refused"]
        assert rig.classroom.statistics().joins["denied"] == 1


async def test_merchants_come_in_when_the_host_does(
    tmp_path: Path, autojump_clock: MockClock
) -> None:
    async with open_rig(tmp_path, options=HOSTS_FIRST) as rig:
        people = [rig.client(f"p{n}") for n in range(5)]
        told = [await person.knock() for person in people]
        assert [t.position for t in told] == [1, 2, 3, 4, 5]
        assert {t.code for t in told} == {"lobby.no_host"}
        await trio.sleep(600)
        assert rig.open_rooms(), "who waits keeps the room open"
        await rig.client("ana", "host").join()
        for person in people:
            await person.wait_welcome()
        await trio.sleep(1)
        assert await causes(rig) == ["admitted"] * 5


async def test_lost_connection_keeps_the_place_for_a_while(
    tmp_path: Path, autojump_clock: MockClock
) -> None:
    async with open_rig(tmp_path, options=WAITING_ROOM) as rig:
        ana = rig.client("ana", "host")
        await ana.join()
        for _ in range(20):
            li = rig.client("li")
            await li.knock()
            li.lose_connection()
            await rig.settle()
        assert len(await door(rig, "join_waiting")) == 1, "coming and going makes no entries"
        await trio.sleep(KEEP_PLACE_S - 1)
        assert not await causes(rig)
        await trio.sleep(2)
        assert await causes(rig) == ["left"]
        again = rig.client("li")
        await again.knock()
        await admit(ana, again)
        await again.wait_welcome()


async def test_admitted_while_away_comes_straight_in(
    tmp_path: Path, autojump_clock: MockClock
) -> None:
    async with open_rig(tmp_path, options=WAITING_ROOM) as rig:
        ana, li = rig.client("ana", "host"), rig.client("li")
        await ana.join()
        await li.knock()
        li.lose_connection()
        await admit(ana, li)
        await rig.settle()
        back = rig.client("li")
        await back.join()
        assert await causes(rig) == ["admitted"]


async def test_the_same_identity_takes_its_place_over(
    tmp_path: Path, autojump_clock: MockClock
) -> None:
    async with open_rig(tmp_path, options=WAITING_ROOM) as rig:
        ana, first, other = rig.client("ana", "host"), rig.client("li"), rig.client("mo")
        await ana.join()
        await first.knock()
        await other.knock()
        second = rig.client("li")
        assert (await second.knock()).position == 1
        assert (await first.wait_goodbye()).code == "duplicate_identity"
        assert len(await door(rig, "join_waiting")) == 2
        await admit(ana, second)
        await second.wait_welcome()
        await other.rig.outlets.wait_until(lambda: other.got(Waiting)[-1].position == 1)
        assert await causes(rig) == ["admitted"]


async def test_room_crash_keeps_everybody_at_the_door(
    tmp_path: Path, autojump_clock: MockClock
) -> None:
    async with open_rig(tmp_path, options=WAITING_ROOM) as rig:
        ana, li, mo = rig.client("ana", "host"), rig.client("li"), rig.client("mo")
        await ana.join()
        await li.knock()
        await mo.knock()
        await rig.crash("/room")
        await trio.sleep(1)
        assert not await causes(rig)
        await admit(ana, li)
        await li.wait_welcome()
        mo.send(Leave)
        await mo.wait_goodbye()
        await trio.sleep(1)
        assert await causes(rig) == ["admitted", "left"]
        assert len(await door(rig, "join_waiting")) == 2


async def test_plugin_crash_lets_nobody_slip_in(tmp_path: Path, autojump_clock: MockClock) -> None:
    async with open_rig(tmp_path, options=WAITING_ROOM) as rig:
        ana, li = rig.client("ana", "host"), rig.client("li")
        await ana.join()
        await li.knock()
        await rig.crash("/lobby")
        await trio.sleep(1)
        assert not li.got(Welcome)
        await admit(ana, li)
        await li.wait_welcome()


async def test_node_restart_keeps_the_place(tmp_path: Path, autojump_clock: MockClock) -> None:
    async with open_rig(tmp_path, options=WAITING_ROOM) as rig:
        ana, li, mo = rig.client("ana", "host"), rig.client("li"), rig.client("mo")
        await ana.join()
        await li.knock()
        await mo.knock()
    assert li.rig.outlets.goodbye(li.connection_id) is not None, "server_stopping"
    async with open_rig(tmp_path, options=WAITING_ROOM) as rig:
        ana, li = rig.client("ana", "host"), rig.client("li")
        await li.knock()
        await ana.join()
        assert len(await door(rig, "join_waiting")) == 2
        view = msgspec.msgpack.decode(ana.welcome.plugins["lobby"].body)  # type: ignore[union-attr]  # It joined.
        assert [knock["identity"] for knock in view["waiting"]] == ["li", "mo"]
        await trio.sleep(KEEP_PLACE_S + 1)
        assert await causes(rig) == ["left"], "mo did not come back"
        waiting_id = view["waiting"][0]["waiting_id"]
        await ana.plugin("lobby", type="admit", waiting_ids=[waiting_id])
        await li.wait_welcome()


async def test_closed_room_sends_everybody_away(tmp_path: Path, autojump_clock: MockClock) -> None:
    async with open_rig(tmp_path, options=WAITING_ROOM) as rig:
        li = rig.client("li")
        await li.knock()
        assert await rig.classroom.close_room("shop")
        assert (await li.wait_goodbye()).code == "room_closed"
        (path,) = (tmp_path / "sessions").glob("*.journal")
        kinds = [entry.kind for entry in read_journal(path)]
        assert kinds[-2:] == ["room.join_waiting_ended", "room.closed"]


async def test_removed_one_cannot_come_back_with_its_token(
    tmp_path: Path, autojump_clock: MockClock
) -> None:
    async with open_rig(tmp_path) as rig:
        ana, li = rig.client("ana", "host"), rig.client("li")
        await ana.join()
        await li.join()
        await ana.ask(RemoveParticipant, participant_id=li.participant_id)
        assert (await li.wait_goodbye()).code == "removed"
        again = rig.client("li")
        assert (await again.knock()).code == "lobby.removed"
        await admit(ana, again)
        await again.wait_welcome()
        await ana.plugin("lobby", type="ban", identity="li")
        assert (await again.wait_goodbye()).code == "banned"
        third = rig.client("li")
        with pytest.raises(RequestDenied) as banned:
            await third.knock()
        assert banned.value.code == "lobby.banned"


async def test_who_waits_is_called_when_a_place_is_free(
    tmp_path: Path, autojump_clock: MockClock
) -> None:
    async with open_rig(
        tmp_path, rooms=one_template(max_participants=2), options=WAITING_ROOM
    ) as rig:
        ana, li, mo = rig.client("ana", "host"), rig.client("li"), rig.client("mo")
        await ana.join()
        await li.knock()
        await mo.knock()
        answer = await ana.plugin("lobby", type="admit_all")
        assert isinstance(answer, RequestSucceeded), answer
        await li.wait_welcome()
        await mo.rig.outlets.wait_until(lambda: mo.got(Waiting)[-1].code == "room.full")
        li.leave()
        await mo.wait_welcome()


async def test_observer_is_seen_by_nobody_and_may_only_look(
    tmp_path: Path, autojump_clock: MockClock
) -> None:
    rooms = one_template(max_participants=2)
    async with open_rig(tmp_path, rooms=rooms, options=WAITING_ROOM) as rig:
        ana, li = rig.client("ana", "host"), rig.client("li")
        await ana.join()
        camera = await ana.publish(Source.CAMERA, width_px=640, height_px=360)
        patrol = rig.client("pat", "observer")
        welcome = await patrol.join()
        assert welcome.can_publish == ()
        await patrol.wait_shown(camera)
        await li.knock()
        await admit(ana, li)
        in_room = await li.wait_welcome()
        assert [p.identity for p in in_room.participants] == ["ana", "li"], "and it took no place"
        assert "pat" not in str([ana.bodies("room.participant_joined"), li.bodies("room")])
        refusals = [
            await patrol.ask(PublishTrack, source=Source.CAMERA),
            await patrol.say("boo"),
            await patrol.ask(RemoveParticipant, participant_id=li.participant_id),
            await patrol.plugin("lobby", type="admit_all"),
        ]
        assert all(isinstance(answer, RequestFailed) for answer in refusals)
        await ana.plugin("lobby", type="change_settings", shows_patrol=True)
        await trio.sleep(1)
        shown = [msgspec.msgpack.decode(s.body) for s in ana.got(PluginSummary)]
        assert shown[-1]["patrols"] == ["Pat"]
        patrol.leave()
        await patrol.wait_goodbye()
        await trio.sleep(1)
        assert not ana.entries("room.participant_left")
        kinds = [e.kind for e in rig.journal() if e.author == patrol.participant_id]
        assert kinds == ["room.participant_joined", "room.participant_left"]


async def test_door_of_a_small_room_is_bounded(tmp_path: Path, autojump_clock: MockClock) -> None:
    async with open_rig(tmp_path, options=WAITING_ROOM) as rig:
        people = [rig.client(f"p{n}") for n in range(SMALL_ROOM_WAITING)]
        for person in people:
            await person.knock(media=False)
        assert people[SHOWN_POSITIONS].got(Waiting)[-1].position is None
        late = rig.client("late")
        with pytest.raises(RequestDenied) as full:
            await late.knock(media=False)
        assert (full.value.code, full.value.retryable) == ("room.door_full", True)
        people[0].send(Leave)
        await people[0].wait_goodbye()
        with pytest.raises(RequestDenied) as busy:
            await late.knock(media=False)
        assert (busy.value.code, busy.value.retryable) == ("room.door_busy", True)
        await trio.sleep(1 / KNOCKS_PER_S + 0.01)
        await late.knock(media=False)


async def test_five_thousand_wait_and_are_let_in(tmp_path: Path) -> None:
    """Real time: hosts are shown a bounded summary, and nobody is asked about again and again."""
    rooms = one_template(max_participants=5_100, plugins=("lobby",))
    async with open_rig(tmp_path, rooms=rooms, options=WAITING_ROOM) as rig:
        ana = rig.client("ana", "host")
        await ana.join(media=False)
        people = [rig.client(f"p{n}") for n in range(5_000)]
        started_s = time.perf_counter()
        for person in people:
            await person.knock(media=False)
        knocked_s = time.perf_counter() - started_s
        assert not ana.entries("room.join_waiting"), "a summary instead of 5,000 entries"
        await trio.sleep(1)
        summaries = [msgspec.msgpack.decode(s.body) for s in ana.got(PluginSummary)]
        assert summaries[-1]["waiting_total"] == 5_000
        assert len(summaries[-1]["waiting"]) == 50
        assert max(len(s.body) for s in ana.got(PluginSummary)) < 16_384
        started_s = time.perf_counter()
        waiting_id = summaries[-1]["waiting"][7]["waiting_id"]
        await ana.plugin("lobby", type="admit", waiting_ids=[waiting_id])
        with trio.fail_after(10):
            await rig.outlets.wait_for(people[7].connection_id, Welcome)
        one_s = time.perf_counter() - started_s
        started_s = time.perf_counter()
        await ana.plugin("lobby", type="admit_all")
        with trio.fail_after(120):
            for person in people:
                await rig.outlets.wait_for(person.connection_id, Welcome)
        all_s = time.perf_counter() - started_s
        print(f"5,000 knocks {knocked_s:.1f} s, one let in {one_s:.2f} s, all {all_s:.1f} s")
        assert one_s < 3


async def happen(
    rig: ClassroomRig, chance: random.Random, host: Client, present: dict[str, Client]
) -> None:
    """Let one thing happen at the door."""
    identity = f"p{chance.randrange(6)}"
    match chance.choice(["come", "come", "come", "lost", "leave", "admit", "refuse", "crash", "-"]):
        case "come":
            present[identity] = rig.client(identity)
            with contextlib.suppress(RequestDenied, IndexError):  # Known: no `Waiting`.
                await present[identity].knock(media=False)
        case "lost" if client := present.pop(identity, None):
            client.lose_connection()
        case "leave" if client := present.pop(identity, None):
            client.send(Leave)
        case "admit":
            await host.plugin("lobby", type="admit_all")
        case "refuse":
            knocks = host.bodies("room.join_waiting")
            known = [b["waiting_id"] for b in knocks if b["identity"] == identity]
            if known:
                await host.plugin("lobby", type="refuse", waiting_id=known[-1])
        case "crash":
            await rig.crash(chance.choice(["/lobby", "/room"]))
            await trio.sleep(2)
        case _:
            await trio.sleep(chance.random() * KEEP_PLACE_S)


async def still_waiting(rig: ClassroomRig) -> set[str]:
    """The identities that wait by the journal."""
    began = {body["waiting_id"]: body["identity"] for body in await door(rig, "join_waiting")}
    ended = [body["waiting_id"] for body in await door(rig, "join_waiting_ended")]
    assert len(ended) == len(set(ended)), "nobody's waiting ends twice"
    return {began[key] for key in began.keys() - set(ended)}


@pytest.mark.parametrize("seed", range(6))
async def test_after_any_history_journal_door_and_lobby_agree(
    seed: int, tmp_path: Path, autojump_clock: MockClock
) -> None:
    chance = random.Random(seed)
    async with open_rig(tmp_path, options=WAITING_ROOM) as rig:
        ana = rig.client("ana", "host")
        await ana.join()
        present: dict[str, Client] = {}
        for _ in range(60):
            await happen(rig, chance, ana, present)
        await trio.sleep(1)

        waits = await still_waiting(rig)
        late = rig.client("bo", "host")
        welcome = await late.join(media=False)
        view = msgspec.msgpack.decode(welcome.plugins["lobby"].body)
        assert {knock["identity"] for knock in view["waiting"]} == waits
        assert view["waiting_total"] == len(waits)
        inside = {person.identity for person in welcome.participants} - {"ana", "bo"}
        assert not waits & inside
        admitted = {i for body in ana.bodies("lobby.admitted") for i in body["identities"]}
        assert inside <= admitted
        await trio.sleep(KEEP_PLACE_S + 1)
        assert await still_waiting(rig) <= set(present), "who is away does not wait for ever"
