"""What the contract promises a plugin, on a real classroom: grants, timers, policies, the rest."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest
import trio
from classroom_rig import ClassroomRig, Client, failed, one_template, open_rig
from probe_plugin import Probe
from trio.testing import MockClock

from emporion.engine.errors import RequestDenied
from emporion.engine.media import Source
from emporion.engine.protocol.client import MuteTrack, PublishTrack
from emporion.engine.protocol.server import (
    CanPublishChanged,
    MuteRequested,
    RequestSucceeded,
)


@asynccontextmanager
async def probed(folder: Path, **limits: Any) -> AsyncIterator[ClassroomRig]:
    rooms = one_template(plugins=("probe",), **limits)
    async with open_rig(folder, rooms=rooms, plugins={"probe": Probe}) as rig:
        yield rig


async def act(client: Client, what: str, **fields: Any) -> Any:
    return await client.plugin("probe", type="act", what=what, **fields)


async def done(client: Client, what: str, **fields: Any) -> None:
    answer = await act(client, what, **fields)
    assert isinstance(answer, RequestSucceeded), answer


async def pair(rig: ClassroomRig) -> tuple[Client, Client]:
    teacher, merchant = rig.client("ana", "host"), rig.client("li")
    await teacher.join()
    await merchant.join()
    return teacher, merchant


async def test_changed_grants_count_everywhere(tmp_path: Path, autojump_clock: MockClock) -> None:
    async with probed(tmp_path) as rig:
        teacher, merchant = await pair(rig)
        camera = await merchant.publish(Source.CAMERA)
        microphone = await merchant.publish(Source.MICROPHONE)

        await done(teacher, "grant", participant_id=merchant.participant_id)

        (told,) = merchant.got(CanPublishChanged)
        assert told.can_publish == ("microphone",)
        assert told.grants.can_draw
        body = await teacher.wait_entry("room.grants_changed")
        assert body == {
            "participant_id": merchant.participant_id,
            "identity": "li",
            "changes": {"can_publish_sources": ["microphone"], "can_draw": True},
        }
        await teacher.wait_entry("room.track_unpublished")
        assert set(rig.media.tracks) == {microphone}
        assert camera not in rig.media.tracks
        refused = await merchant.ask(PublishTrack, source=Source.SCREEN)
        assert failed(refused) == "grant.missing"

        await done(teacher, "take_back", participant_id=merchant.participant_id)
        assert merchant.got(CanPublishChanged)[-1].can_publish == tuple(Source)
        await merchant.publish(Source.SCREEN)


async def test_changed_grants_outlive_a_reload_a_resume_and_crashes(
    tmp_path: Path, autojump_clock: MockClock
) -> None:
    async with probed(tmp_path) as rig:
        teacher, merchant = await pair(rig)
        assert merchant.welcome is not None
        merchant.lose_connection()
        await done(teacher, "grant", participant_id=merchant.participant_id)
        resumed = await merchant.resume(merchant.welcome.resume_token, merchant.welcome.seq)
        assert resumed.can_publish == ("microphone",)
        assert resumed.grants is not None
        assert resumed.grants.can_draw

        await rig.crash("/room")
        await rig.crash("/plugin-probe/probe")
        again = rig.client("li")
        welcome = await again.join()
        assert welcome.can_publish == ("microphone",)
        body = msgspec.msgpack.decode(welcome.plugins["probe"].body)
        assert body["can_draw"], "the plugin's views know it as well"
        (own,) = [p for p in welcome.participants if p.identity == "li"]
        assert own.grants is not None
        assert own.grants.can_draw
        (host,) = [p for p in welcome.participants if p.identity == "ana"]
        assert host.grants is None, "a host's usual ones"
        assert welcome.role_grants["host"].can_draw
        await done(teacher, "take_back", participant_id=again.participant_id)
        assert again.got(CanPublishChanged)[-1].can_publish == tuple(Source)

    async with probed(tmp_path) as rig:  # The node again, with the journal as it was.
        welcome = await rig.client("li").join()
        assert welcome.can_publish == tuple(Source)


async def test_grants_of_somebody_who_is_not_there(
    tmp_path: Path, autojump_clock: MockClock
) -> None:
    async with probed(tmp_path) as rig:
        teacher, _ = await pair(rig)
        before = len(rig.journal())
        for what in ("grant", "remove"):
            answer = await act(teacher, what, participant_id="PA_nobody", text="removed")
            assert failed(answer) == "participant.unknown"
        for what in ("mute", "unpublish"):
            assert failed(await act(teacher, what, track_id="TR_none")) == "track.unknown"
        assert len(rig.journal()) == before


async def test_mute_and_unpublish_by_a_plugin(tmp_path: Path, autojump_clock: MockClock) -> None:
    async with probed(tmp_path) as rig:
        _, merchant = await pair(rig)
        track = await merchant.publish(Source.MICROPHONE)
        await done(merchant, "mute", track_id=track)  # Its own: the page must stop all the same.
        assert merchant.got(MuteRequested)
        assert rig.media.tracks[track].paused
        await done(merchant, "mute", track_id=track)
        assert len(merchant.got(MuteRequested)) == 1, "it is muted already"
        await done(merchant, "unpublish", track_id=track)
        await rig.settle()
        assert track not in rig.media.tracks
        await merchant.publish(Source.MICROPHONE)


@pytest.mark.parametrize("code", ["removed", "banned"])
async def test_remove_by_a_plugin(tmp_path: Path, autojump_clock: MockClock, code: str) -> None:
    async with probed(tmp_path) as rig:
        teacher, merchant = await pair(rig)
        await done(teacher, "remove", participant_id=merchant.participant_id, text=code)
        assert (await merchant.wait_goodbye()).code == code
        assert (await teacher.wait_entry("room.participant_left"))["cause"] == code


async def test_timers_go_off_on_the_session_clock(
    tmp_path: Path, autojump_clock: MockClock
) -> None:
    async with probed(tmp_path) as rig:
        teacher, _ = await pair(rig)
        for name, after_s in (("second", 20), ("first", 10), ("never", 15), ("put_off", 5)):
            await done(teacher, "timer", text=name, number=after_s * 1_000_000)
        await done(teacher, "cancel", text="never")
        await done(teacher, "timer", text="put_off", number=60_000_000)
        started_s = trio.current_time()
        await trio.sleep(21)
        rings = teacher.bodies("probe.rang")
        assert [ring["name"] for ring in rings] == ["first", "second"]
        await trio.sleep(40)
        assert [ring["name"] for ring in teacher.bodies("probe.rang")][2:] == ["put_off"]
        assert trio.current_time() - started_s < 62

        await done(teacher, "timer", text="lost", number=5_000_000)
        await rig.crash("/plugin-probe/probe")
        await trio.sleep(10)
        assert "lost" not in [ring["name"] for ring in teacher.bodies("probe.rang")]


async def test_on_start_after_each_start(tmp_path: Path, autojump_clock: MockClock) -> None:
    async with probed(tmp_path) as rig:
        teacher, _ = await pair(rig)
        await teacher.plugin("probe", type="add", amount=7)
        await rig.crash("/plugin-probe/probe")
        await trio.sleep(1)
        kinds = [(e.kind, msgspec.msgpack.decode(e.body)) for e in rig.journal()]
        assert [body["total"] for kind, body in kinds if kind == "probe.started"] == [0, 7]


async def test_a_hook_that_crashes_harms_nobody_else(
    tmp_path: Path, autojump_clock: MockClock
) -> None:
    async with probed(tmp_path) as rig:
        teacher, merchant = await pair(rig)
        await done(teacher, "timer", text="crash", number=1_000_000)
        await trio.sleep(2)
        assert isinstance(await merchant.plugin("probe", type="add", amount=1), RequestSucceeded), (
            "restarted"
        )
        for _ in range(4):
            await act(teacher, "crash")
        assert failed(await act(teacher, "crash")) == "plugin.disabled"
        await rig.client("mo").join()
        await merchant.publish(Source.CAMERA)


async def test_policies_decide_on_the_newest_state(
    tmp_path: Path, autojump_clock: MockClock
) -> None:
    async with probed(tmp_path) as rig:
        teacher, merchant = await pair(rig)
        track = await merchant.publish(Source.MICROPHONE, muted=True)
        await done(teacher, "close", number=1)
        with pytest.raises(RequestDenied) as refused:
            await rig.client("mo").join()
        assert refused.value.code == "probe.closed"
        answer = await merchant.ask(MuteTrack, track_id=track, muted=False)
        assert failed(answer) == "probe.silence"
        answer = await merchant.ask(PublishTrack, source=Source.CAMERA)
        assert failed(answer) == "probe.closed"
        await done(teacher, "close", number=0)
        await rig.client("mo").join()
        answer = await merchant.ask(MuteTrack, track_id=track, muted=False)
        assert isinstance(answer, RequestSucceeded)


async def test_policies_know_the_state_right_after_a_restart(
    tmp_path: Path, autojump_clock: MockClock
) -> None:
    async with probed(tmp_path) as rig:
        teacher, _ = await pair(rig)
        await done(teacher, "close", number=1)
    async with probed(tmp_path) as rig:
        # As if the plugin's actor had not folded anything yet.
        await rig.settle()
        site = rig.site()
        await site.supervisor.stop_child("plugin-probe")
        site.plugin_states.clear()
        with pytest.raises(RequestDenied) as refused:
            await rig.client("mo").join()
        assert refused.value.code == "probe.closed"


async def test_on_speakers_is_told_who_is_heard(tmp_path: Path, autojump_clock: MockClock) -> None:
    async with probed(tmp_path) as rig:
        teacher, merchant = await pair(rig)
        track = await merchant.publish(Source.MICROPHONE)
        rig.media.hear(track, level_dbov=-30)
        heard = await teacher.wait_entry("probe.heard")
        assert heard == {"participant_ids": [merchant.participant_id]}
        assert (await teacher.wait_entry("probe.heard", 2)) == {"participant_ids": []}
