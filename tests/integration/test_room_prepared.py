"""Media that is opened ahead of the join: nobody sees it, and it never outlives its connection."""

from pathlib import Path
from typing import Any

import pytest
from classroom_rig import Client, one_template, open_rig
from trio.testing import MockClock

from emporion.actors import prepared
from emporion.engine.errors import RemoteProtocolError, RequestDenied
from emporion.engine.ids import ConnectionId
from emporion.engine.media import Source
from emporion.engine.protocol.client import MediaOffer
from emporion.engine.transport.transport import CloseCause

WAITING_ROOM: dict[str, Any] = {"lobby": {"waiting_room": ["class"]}}


async def test_what_was_prepared_is_the_media_of_the_join(
    tmp_path: Path, autojump_clock: MockClock
) -> None:
    async with open_rig(tmp_path) as rig:
        ana, li = rig.client("ana", "host"), rig.client("li")
        await ana.join()
        camera = await ana.publish(Source.CAMERA, width_px=1280, height_px=720)
        before = set(rig.media.transports)
        assert li.prepare() == "fake answer"
        [opened] = set(rig.media.transports) - before

        welcome = await li.join_prepared()

        assert (welcome.answer, len(welcome.slots)) == (None, 7)
        assert set(rig.media.transports) - before == {opened}
        await li.wait_shown(camera)
        li.leave()
        await li.wait_goodbye()
        assert opened in rig.media.closed


async def test_nobody_is_told_and_nothing_is_journaled_before_the_join(
    tmp_path: Path, autojump_clock: MockClock
) -> None:
    async with open_rig(tmp_path) as rig:
        ana, li = rig.client("ana", "host"), rig.client("li")
        await ana.join()
        told, actors = len(ana.told()), set(rig.paths())

        li.prepare()
        await ana.say("anybody?")

        assert set(rig.paths()) == actors
        assert [entry.kind for entry in ana.entries()] == ["chat.message"]
        assert not any("joined" in str(push) for push in ana.told()[told:])


async def test_it_ends_with_its_connection(tmp_path: Path, autojump_clock: MockClock) -> None:
    async with open_rig(tmp_path) as rig:
        li = rig.client("li")
        li.prepare()
        li.lose_connection()
        assert not rig.media.transports
        with pytest.raises(RequestDenied) as refused:
            await li.join_prepared()
        assert (refused.value.code, refused.value.retryable) == ("media.offer_needed", True)


async def test_a_transport_that_ended_meanwhile_is_missed_at_the_join(
    tmp_path: Path, autojump_clock: MockClock
) -> None:
    async with open_rig(tmp_path) as rig:
        li = rig.client("li")
        li.prepare()
        [opened] = rig.media.transports
        rig.media.lose(opened, CloseCause.CONSENT_EXPIRED)
        with pytest.raises(RequestDenied) as refused:
            await li.join_prepared()
        assert refused.value.code == "media.offer_needed"
        await li.join()


async def test_who_must_wait_is_asked_for_an_offer_that_can_be_kept(
    tmp_path: Path, autojump_clock: MockClock
) -> None:
    """Without a place at the door, until it comes with one; no transport is kept meanwhile."""
    async with open_rig(tmp_path, options=WAITING_ROOM) as rig:
        ana, li = rig.client("ana", "host"), rig.client("li")
        await ana.join()
        transports = len(rig.media.transports)
        li.prepare()
        with pytest.raises(RequestDenied) as refused:
            await li.join_prepared()
        assert refused.value.code == "media.offer_needed"
        assert len(rig.media.transports) == transports
        assert not ana.bodies("room.join_waiting")
        assert (await li.knock()).code == "lobby.waiting_room"


async def test_who_is_in_stays_in_if_its_double_finds_nothing_prepared(
    tmp_path: Path, autojump_clock: MockClock
) -> None:
    async with open_rig(tmp_path) as rig:
        first, double = rig.client("li"), rig.client("li")
        await first.join()
        with pytest.raises(RequestDenied):
            await double.join_prepared()
        await first.say("still here")


async def test_a_connection_prepares_once_and_a_token_so_many_times(
    tmp_path: Path, autojump_clock: MockClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prepared, "MAX_PREPARED", 3)
    monkeypatch.setattr(prepared, "MAX_PREPARED_PER_TOKEN", 2)
    async with open_rig(tmp_path) as rig:
        clients = [rig.client(f"m{number}") for number in range(5)]

        def refusal(client: Client, token: str) -> str:
            with pytest.raises(RequestDenied) as refused:
                client.prepare(token)
            return refused.value.code

        clients[0].prepare("a")
        assert refusal(clients[0], "a") == "media.prepared_already"
        clients[1].prepare("a")
        assert refusal(clients[2], "a") == "media.busy"
        clients[2].prepare("b")
        assert refusal(clients[3], "c") == "media.busy"
        assert len(rig.media.transports) == 3
        clients[0].lose_connection()
        clients[3].prepare("a")


async def test_a_bad_offer_leaves_nothing(tmp_path: Path, autojump_clock: MockClock) -> None:
    async with open_rig(tmp_path, rooms=one_template()) as rig:
        with pytest.raises(RemoteProtocolError):
            rig.classroom.prepare(ConnectionId("CO_x"), MediaOffer(sdp="v=0"), "t")
        await rig.client("li").join()
        assert len(rig.media.transports) == 1
