"""Joining: who comes sees what is there, and who may not come in leaves nothing behind."""

import contextlib
from pathlib import Path
from typing import Any

import pytest
import trio
from classroom_rig import Client, one_template, open_rig
from trio.testing import MockClock

from emporion.engine.errors import RemoteProtocolError, RequestDenied
from emporion.engine.grants import grants_of_role
from emporion.engine.media import Source
from emporion.engine.protocol.client import MediaOffer, RemoveParticipant
from emporion.engine.protocol.server import RequestSucceeded, Waiting, Welcome


async def test_two_join_publish_see_each_other_and_chat(
    tmp_path: Path, autojump_clock: MockClock
) -> None:
    async with open_rig(tmp_path) as rig:
        teacher, merchant = rig.client("ana", "host"), rig.client("li")
        await teacher.join()
        welcome = await merchant.join()
        assert [p.identity for p in welcome.participants] == ["ana", "li"]
        joined = await teacher.wait_entry("room.participant_joined")
        assert joined["participant"]["name"] == "Li"

        camera = await teacher.publish(Source.CAMERA, width_px=1280, height_px=720)
        microphone = await teacher.publish(Source.MICROPHONE)
        assert (await merchant.wait_shown(camera)).slot >= 3
        assert (await merchant.wait_shown(microphone)).slot < 3

        answer = await merchant.say("hello")
        assert isinstance(answer, RequestSucceeded)
        body = await teacher.wait_entry("chat.message")
        assert (body["text"], body["author_name"]) == ("hello", "Li")


async def test_late_joiner_gets_state_views_and_picture(
    tmp_path: Path, autojump_clock: MockClock
) -> None:
    async with open_rig(tmp_path) as rig:
        teacher = rig.client("ana", "host")
        await teacher.join()
        camera = await teacher.publish(Source.CAMERA, width_px=1280, height_px=720)
        await teacher.say("welcome all")

        late = rig.client("li")
        welcome = await late.join()

        assert [track.track_id for track in welcome.tracks] == [camera]
        assert b"welcome all" in bytes(welcome.plugins["chat"].body)
        assert welcome.plugins["chat"].seq >= welcome.seq
        await late.wait_shown(camera)
        assert not late.entries(), "entries up to the welcome's seq are in the welcome"


async def test_entries_after_the_welcome_come_after_it_and_once(
    tmp_path: Path, autojump_clock: MockClock
) -> None:
    async with open_rig(tmp_path) as rig:
        first = rig.client("ana", "host")
        await first.join()
        others = [rig.client(f"p{n}") for n in range(8)]
        async with trio.open_nursery() as nursery:
            for other in others:
                nursery.start_soon(other.join)
        await first.say("all here")
        for client in [first, *others]:
            await client.wait_entry("chat.message")
            messages = rig.outlets.received[client.connection_id]
            assert isinstance(messages[0], Welcome)
            seqs = [entry.seq for entry in client.entries()]
            assert client.welcome is not None
            assert seqs == list(range(client.welcome.seq + 1, seqs[-1] + 1))


async def test_who_comes_to_a_full_room_waits_and_is_let_in_by_turns(
    tmp_path: Path, autojump_clock: MockClock
) -> None:
    """Told how many places there are; until then there is no media path for them."""
    async with open_rig(tmp_path, rooms=one_template(max_participants=1)) as rig:
        ana, li, mo = rig.client("ana", "host"), rig.client("li"), rig.client("mo")
        await ana.join()
        transports = len(rig.media.transports)

        for client in (li, mo):
            assert (await client.knock()).code == "room.full"
        assert [client.got(Waiting)[-1].places for client in (li, mo)] == [1, 1]
        assert len(rig.media.transports) == transports

        ana.leave()
        await li.wait_welcome()
        assert not mo.got(Welcome)
        li.leave()
        await mo.wait_welcome()


async def test_who_joins_again_has_a_place_in_a_full_room(
    tmp_path: Path, autojump_clock: MockClock
) -> None:
    async with open_rig(tmp_path, rooms=one_template(max_participants=1)) as rig:
        await rig.client("ana", "host").join()
        await rig.client("ana", "host").join()


async def test_bad_offer_refuses_and_leaves_nothing(
    tmp_path: Path, autojump_clock: MockClock
) -> None:
    async with open_rig(tmp_path) as rig:
        await rig.client("ana", "host").join()
        actors = len(rig.paths())
        bad = rig.client("li")

        with pytest.raises(RemoteProtocolError) as refused:
            await bad.join_with(MediaOffer(sdp="v=0"))

        assert refused.value.code == "sdp.malformed"
        await rig.settle()
        assert len(rig.paths()) == actors


async def test_unknown_template_is_refused(tmp_path: Path, autojump_clock: MockClock) -> None:
    async with open_rig(tmp_path) as rig:
        client = rig.client("ana", "host")
        client.template = "opera"
        with pytest.raises(RequestDenied) as refused:
            await client.join()
        assert refused.value.code == "room.unknown_template"


async def test_same_identity_takes_over(tmp_path: Path, autojump_clock: MockClock) -> None:
    async with open_rig(tmp_path) as rig:
        teacher = rig.client("ana", "host")
        await teacher.join()
        first = rig.client("li")
        await first.join()
        await first.publish(Source.CAMERA)

        second = rig.client("li")
        welcome = await second.join()

        goodbye = await first.wait_goodbye()
        assert goodbye.code == "duplicate_identity"
        assert not goodbye.retryable
        assert [p.identity for p in welcome.participants] == ["ana", "li"]
        assert welcome.tracks == ()
        assert (await teacher.wait_entry("room.participant_left"))["cause"] == "duplicate_identity"
        kinds = [entry.kind for entry in teacher.entries()]
        assert kinds[-3:] == [
            "room.track_unpublished",
            "room.participant_left",
            "room.participant_joined",
        ]
        await rig.settle()
        assert len(rig.paths("/PA_")) == 2
        assert not rig.media.tracks


@pytest.mark.parametrize(("role", "grants"), [("merchant", {"hidden": True}), ("observer", {})])
async def test_hidden_is_in_nobody_elses_roster(
    tmp_path: Path, autojump_clock: MockClock, role: str, grants: dict[str, Any]
) -> None:
    async with open_rig(tmp_path) as rig:
        teacher = rig.client("ana", "host")
        await teacher.join()
        camera = await teacher.publish(Source.CAMERA)
        hidden = rig.client("inspector", role, **grants)
        welcome = await hidden.join()
        later = rig.client("li")
        li = await later.join()

        assert {p.identity for p in welcome.participants} == {"ana", "inspector"}
        assert {p.identity for p in li.participants} == {"ana", "li"}
        await hidden.wait_shown(camera)
        assert welcome.can_publish == ()
        hidden.leave()
        await hidden.wait_goodbye()
        await rig.settle()
        seen = [bytes(e.body) for client in (teacher, later) for e in client.entries()]
        assert not any(hidden.participant_id.encode() in body for body in seen)


async def test_large_room_tells_only_hosts_of_merchants_until_they_publish(
    tmp_path: Path, autojump_clock: MockClock
) -> None:
    async with open_rig(tmp_path, rooms=one_template(max_participants=1000)) as rig:
        teacher, first, second = rig.client("ana", "host"), rig.client("li"), rig.client("mo")
        await teacher.join()
        await first.join()
        welcome = await second.join()
        assert {p.identity for p in welcome.participants} == {"ana", "mo"}
        await teacher.wait_entry("room.participant_joined", 2)
        assert not first.entries("room.participant_joined")

        camera = await second.publish(Source.CAMERA)
        shown = await first.wait_entry("room.participant_joined")
        assert shown["participant"]["identity"] == "mo"
        await first.wait_shown(camera)
        second.leave()
        await first.wait_entry("room.participant_left")


async def test_without_grant_to_subscribe_nothing_is_sent(
    tmp_path: Path, autojump_clock: MockClock
) -> None:
    async with open_rig(tmp_path) as rig:
        teacher, blind = rig.client("ana", "host"), rig.client("li", can_subscribe=False)
        await teacher.join()
        await blind.join()
        await teacher.publish(Source.CAMERA)
        await rig.settle()
        assert blind.shown() == {}


async def test_connection_lost_while_joining_leaves_no_ghost(
    tmp_path: Path, autojump_clock: MockClock
) -> None:
    async with open_rig(tmp_path) as rig:
        await rig.client("ana", "host").join()
        for steps in range(14):
            client = rig.client(f"p{steps}")
            await _join_and_lose(client, steps)
        await trio.sleep(60)
        assert len(rig.paths("/PA_")) == 1
        joined = {e.author for e in rig.journal() if e.kind == "room.participant_joined"}
        left = {e.author for e in rig.journal() if e.kind == "room.participant_left"}
        assert len(joined - left) == 1


async def test_cancelled_join_leaves_no_ghost(tmp_path: Path, autojump_clock: MockClock) -> None:
    async with open_rig(tmp_path) as rig:
        await rig.client("ana", "host").join()
        for steps in range(12):
            client = rig.client(f"p{steps}")
            with trio.CancelScope() as scope:
                async with trio.open_nursery() as nursery:
                    nursery.start_soon(client.join)
                    for _ in range(steps):
                        await trio.lowlevel.checkpoint()
                    if client.welcome is None:
                        scope.cancel()
        await rig.settle()
        await trio.sleep(1)  # Until all is on disk.
        joined = {e.author for e in rig.journal() if e.kind == "room.participant_joined"}
        left = {e.author for e in rig.journal() if e.kind == "room.participant_left"}
        alive = {path.rsplit("/", 1)[1] for path in rig.paths("/PA_")}
        assert joined - left == alive


async def test_only_moderators_remove(tmp_path: Path, autojump_clock: MockClock) -> None:
    async with open_rig(tmp_path) as rig:
        teacher, first, second = rig.client("ana", "host"), rig.client("li"), rig.client("mo")
        for client in (teacher, first, second):
            await client.join()
        denied = await first.ask(RemoveParticipant, participant_id=second.participant_id)
        assert getattr(denied, "code", None) == "grant.missing"
        done = await teacher.ask(RemoveParticipant, participant_id=second.participant_id)
        assert isinstance(done, RequestSucceeded)
        assert (await second.wait_goodbye()).code == "removed"
        assert (await first.wait_entry("room.participant_left"))["cause"] == "removed"


def test_the_host_role_is_a_moderator() -> None:
    assert grants_of_role("host").room_admin


async def _join_and_lose(client: Client, steps: int) -> None:
    async def join() -> None:
        with contextlib.suppress(RequestDenied):  # The loss was seen in time.
            await client.join()

    async with trio.open_nursery() as nursery:
        nursery.start_soon(join)
        for _ in range(2 + steps):
            await trio.lowlevel.checkpoint()
        client.lose_connection()
