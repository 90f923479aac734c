"""A lost connection: participant and media stay for 30 s, and a token takes them up again."""

from pathlib import Path

import pytest
import trio
from classroom_rig import open_rig
from trio.testing import MockClock

from emporion.engine.errors import RequestDenied
from emporion.engine.media import Source
from emporion.engine.protocol.server import SlotsChanged
from emporion.engine.transport.transport import CloseCause


async def test_resume_brings_what_was_missed_and_what_slots_show(
    tmp_path: Path, autojump_clock: MockClock
) -> None:
    async with open_rig(tmp_path) as rig:
        teacher, merchant = rig.client("ana", "host"), rig.client("li")
        await teacher.join()
        welcome = await merchant.join()
        camera = await teacher.publish(Source.CAMERA)
        await merchant.wait_shown(camera)
        last_seq = merchant.entries()[-1].seq

        merchant.lose_connection()
        await teacher.wait_entry("room.participant_disconnected")
        await teacher.say("are you there?")
        await trio.sleep(20)
        assert merchant.shown(), "media goes on while the page is away"
        resumed = await merchant.resume(welcome.resume_token, last_seq)

        kinds = [entry.kind for entry in resumed.entries]
        assert kinds == [
            "room.participant_disconnected",
            "chat.message",
            "room.participant_reconnected",
        ]
        shown = {view.track_id for view in resumed.slot_views if view.rtp_timestamp is not None}
        assert shown == {camera}
        assert len(resumed.slot_views) == 7
        await teacher.wait_entry("room.participant_reconnected")
        await teacher.say("good")
        assert (await merchant.wait_entry("chat.message"))["text"] == "good"
        await trio.sleep(60)
        assert len(rig.paths("/PA_")) == 2, "the window of the first loss is over, and void"


async def test_window_over_is_left(tmp_path: Path, autojump_clock: MockClock) -> None:
    async with open_rig(tmp_path) as rig:
        teacher, merchant = rig.client("ana", "host"), rig.client("li")
        await teacher.join()
        welcome = await merchant.join()
        camera = await merchant.publish(Source.CAMERA)
        await teacher.wait_shown(camera)
        merchant.lose_connection()
        await trio.sleep(29)
        assert len(rig.media.transports) == 2
        await trio.sleep(2)
        assert (await teacher.wait_entry("room.participant_left"))["cause"] == "connection_timeout"
        assert len(rig.media.transports) == 1
        assert not rig.media.tracks

        with pytest.raises(RequestDenied) as refused:
            await merchant.resume(welcome.resume_token, 0)
        assert refused.value.code == "resume.expired"


async def test_token_is_used_up_by_its_use(tmp_path: Path, autojump_clock: MockClock) -> None:
    async with open_rig(tmp_path) as rig:
        merchant = rig.client("li")
        welcome = await merchant.join()
        merchant.lose_connection()
        resumed = await merchant.resume(welcome.resume_token, welcome.seq)
        assert resumed.resume_token != welcome.resume_token
        with pytest.raises(RequestDenied):
            await merchant.resume(welcome.resume_token, welcome.seq)


async def test_resume_before_the_loss_is_noticed_closes_the_old_connection(
    tmp_path: Path, autojump_clock: MockClock
) -> None:
    async with open_rig(tmp_path) as rig:
        teacher, merchant = rig.client("ana", "host"), rig.client("li")
        await teacher.join()
        welcome = await merchant.join()
        old = merchant.connection_id

        await merchant.resume(welcome.resume_token, welcome.seq)

        goodbye = rig.outlets.goodbye(old)
        assert goodbye is not None
        assert goodbye.code == "resumed_elsewhere"
        rig.classroom.connection_lost(old)
        await teacher.say("still here?")
        await merchant.wait_entry("chat.message")
        assert not teacher.entries("room.participant_disconnected")


async def test_resume_never_tells_what_was_before_the_welcome(
    tmp_path: Path, autojump_clock: MockClock
) -> None:
    async with open_rig(tmp_path) as rig:
        teacher, merchant = rig.client("ana", "host"), rig.client("li")
        await teacher.join()
        await teacher.say("before")
        welcome = await merchant.join()
        merchant.lose_connection()
        resumed = await merchant.resume(welcome.resume_token, 0)
        assert all(entry.seq > welcome.seq for entry in resumed.entries)


async def test_private_entries_of_others_are_not_resumed(
    tmp_path: Path, autojump_clock: MockClock
) -> None:
    async with open_rig(tmp_path) as rig:
        clients = [rig.client("ana", "host"), rig.client("li"), rig.client("mo")]
        for client in clients:
            await client.join()
        ana, li, mo = clients
        assert mo.welcome is not None
        mo.lose_connection()
        await ana.say("for li", to=[li.participant_id])
        await ana.say("for mo", to=[mo.participant_id])
        resumed = await mo.resume(mo.welcome.resume_token, mo.welcome.seq)
        texts = [bytes(e.body) for e in resumed.entries if e.kind == "chat.message"]
        assert len(texts) == 1
        assert b"for mo" in texts[0]


async def test_lost_transport_keeps_the_participant_without_media(
    tmp_path: Path, autojump_clock: MockClock
) -> None:
    async with open_rig(tmp_path) as rig:
        teacher, merchant = rig.client("ana", "host"), rig.client("li")
        await teacher.join()
        await merchant.join()
        camera = await teacher.publish(Source.CAMERA)
        own = await merchant.publish(Source.CAMERA)
        await teacher.wait_shown(own)
        shown = await merchant.wait_shown(camera)

        rig.media.lose(merchant.transport_id, CloseCause.CONSENT_EXPIRED)

        assert (await teacher.wait_entry("room.track_unpublished"))["track_id"] == own
        assert merchant.slot_views()[shown.slot].track_id is None
        await merchant.say("I can still type")
        await teacher.wait_entry("chat.message")
        assert merchant.got(SlotsChanged)[-1].slot_views[0].reason == "media_lost"


async def test_transport_closed_while_away_is_left(
    tmp_path: Path, autojump_clock: MockClock
) -> None:
    async with open_rig(tmp_path) as rig:
        teacher, merchant = rig.client("ana", "host"), rig.client("li")
        await teacher.join()
        await merchant.join()
        merchant.lose_connection()
        await rig.settle()
        rig.media.lose(merchant.transport_id, CloseCause.CLOSED)
        await rig.settle()
        assert (await teacher.wait_entry("room.participant_left"))["cause"] == "transport_failed"
