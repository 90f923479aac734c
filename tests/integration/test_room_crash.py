"""Killing actors during a call: what crashes comes back or leaves, and nobody else notices."""

from pathlib import Path
from typing import Any

import msgspec
import pytest
import trio
from classroom_rig import ClassroomRig, Client, failed, one_template, open_rig
from trio.testing import MockClock

from emporion.actors.room_messages import SpeakersTick
from emporion.engine.ids import TrackId
from emporion.engine.media import Source
from emporion.engine.protocol.client import MuteTrack, PluginRequest
from emporion.engine.protocol.server import RequestSucceeded
from emporion.plugins.api import Deny, NoOptions, PublishRequest, RoomView, hookimpl


async def _call(rig: ClassroomRig) -> tuple[Client, Client, TrackId]:
    """Two in a call: the teacher's camera is shown to the merchant."""
    teacher, merchant = rig.client("ana", "host"), rig.client("li")
    await teacher.join()
    await merchant.join()
    camera = await teacher.publish(Source.CAMERA, width_px=1280, height_px=720)
    await merchant.wait_shown(camera)
    return teacher, merchant, camera


async def test_crash_of_the_room_costs_no_media_and_no_entry(
    tmp_path: Path, autojump_clock: MockClock
) -> None:
    async with open_rig(tmp_path) as rig:
        teacher, merchant, camera = await _call(rig)
        await teacher.say("before")
        rows, tracks = dict(rig.media.rows), dict(rig.media.tracks)

        await rig.crash("/room")

        assert rig.media.rows == rows
        assert rig.media.tracks == tracks
        assert not rig.media.closed
        assert isinstance(await merchant.say("after"), RequestSucceeded)
        await teacher.wait_entry("chat.message", 2)
        seqs = [entry.seq for entry in merchant.entries()]
        assert merchant.welcome is not None
        assert seqs == list(range(merchant.welcome.seq + 1, seqs[-1] + 1)), "nothing lost or twice"
        late = await rig.client("mo").join()
        assert [track.track_id for track in late.tracks] == [camera]
        assert len(late.participants) == 3


@pytest.mark.parametrize("steps", range(6))
async def test_crash_of_the_room_while_a_request_is_under_way(
    tmp_path: Path, autojump_clock: MockClock, steps: int
) -> None:
    """Whatever the moment: every request is answered, and what was answered "done" is there."""
    async with open_rig(tmp_path) as rig:
        teacher, merchant, _ = await _call(rig)
        body = msgspec.Raw(msgspec.msgpack.encode({"type": "send_message", "text": "x"}))
        ref = merchant.send(PluginRequest, plugin="chat", body=body)
        for _ in range(steps):
            await trio.lowlevel.checkpoint()
        await rig.crash("/room")
        answer = await merchant.answer(ref)
        if isinstance(answer, RequestSucceeded):
            await teacher.wait_entry("chat.message")
            assert any(entry.seq == answer.seq for entry in rig.journal())


async def test_crash_of_the_room_and_of_a_participant_at_once(
    tmp_path: Path, autojump_clock: MockClock
) -> None:
    async with open_rig(tmp_path) as rig:
        teacher, merchant, camera = await _call(rig)
        rig.ref(f"/{teacher.participant_id}").tell(SpeakersTick())
        await rig.crash("/room")
        left = await merchant.wait_entry("room.participant_left")
        assert left == {"participant_id": teacher.participant_id, "cause": "crashed"}
        assert (await merchant.wait_entry("room.track_unpublished"))["track_id"] == camera
        assert not rig.media.tracks


async def test_room_that_keeps_crashing_ends_and_comes_back_by_the_next_join(
    tmp_path: Path, autojump_clock: MockClock
) -> None:
    async with open_rig(tmp_path) as rig:
        teacher, _, _ = await _call(rig)
        await teacher.say("kept")
        for _ in range(4):
            await rig.crash("/room")
        goodbye = await teacher.wait_goodbye()
        assert goodbye.retryable
        await rig.settle()
        assert not rig.media.transports
        last_seq = rig.journal()[-1].seq

        again = rig.client("ana", "host")
        welcome = await again.join()

        assert welcome.seq > last_seq
        assert b"kept" in bytes(welcome.plugins["chat"].body)
        assert len(welcome.participants) == 1


async def test_crash_of_a_participant_is_its_leaving_only(
    tmp_path: Path, autojump_clock: MockClock
) -> None:
    async with open_rig(tmp_path) as rig:
        teacher, merchant, camera = await _call(rig)
        await rig.crash(f"/{merchant.participant_id}")
        goodbye = await merchant.wait_goodbye()
        assert (goodbye.code, goodbye.retryable) == ("internal", True)
        assert (await teacher.wait_entry("room.participant_left"))["cause"] == "crashed"
        assert list(rig.media.transports) == [teacher.transport_id]
        assert list(rig.media.tracks) == [camera]
        await rig.client("li").join()


async def test_crash_of_a_track_costs_no_picture(tmp_path: Path, autojump_clock: MockClock) -> None:
    async with open_rig(tmp_path) as rig:
        teacher, merchant, camera = await _call(rig)
        rows = dict(rig.media.rows)
        await rig.crash("/track")
        assert rig.media.rows == rows
        late = rig.client("mo")
        await late.join()
        await late.wait_shown(camera)
        muted = await teacher.ask(MuteTrack, track_id=camera, muted=True)
        assert isinstance(muted, RequestSucceeded)
        assert rig.media.tracks[camera].paused
        assert not merchant.entries("room.track_unpublished")


async def test_track_that_keeps_crashing_is_unpublished_alone(
    tmp_path: Path, autojump_clock: MockClock
) -> None:
    async with open_rig(tmp_path) as rig:
        teacher, merchant, camera = await _call(rig)
        microphone = await teacher.publish(Source.MICROPHONE)
        for _ in range(4):
            await rig.crash(f"{camera}/track")
        assert (await merchant.wait_entry("room.track_unpublished"))["track_id"] == camera
        assert list(rig.media.tracks) == [microphone]
        await teacher.publish(Source.CAMERA)


class Break(msgspec.Struct, frozen=True, tag_field="type", tag="break"):
    """Crash, or wait for ever."""

    how: str = "crash"


class Fragile:
    """A plugin that breaks when it is told to."""

    options_type = NoOptions
    request_type = Break

    def __init__(self, options: NoOptions) -> None:
        pass

    async def handle_request(self, context: Any, request: Break) -> None:
        if request.how == "hang":
            await trio.sleep_forever()
        if request.how == "crash":
            raise ValueError("a stranger's bug")
        await context.append("done", {"how": request.how})

    @hookimpl
    def before_publish(self, room: RoomView, request: PublishRequest) -> Deny | None:
        if request.source is Source.SCREEN:
            raise KeyError("a stranger's bug")
        return None


FRAGILE = one_template(plugins=("chat", "simulcast", "fragile"))


async def test_crash_of_a_plugin_is_answered_and_the_plugin_comes_back(
    tmp_path: Path, autojump_clock: MockClock
) -> None:
    async with open_rig(tmp_path, rooms=FRAGILE, plugins={"fragile": Fragile}) as rig:
        teacher, merchant, _ = await _call(rig)
        assert failed(await merchant.plugin("fragile", type="break")) == "plugin.crashed"
        done = await merchant.plugin("fragile", type="break", how="no")
        assert isinstance(done, RequestSucceeded)
        await teacher.wait_entry("fragile.done")


async def test_plugin_over_its_intensity_is_disabled_and_the_room_goes_on(
    tmp_path: Path, autojump_clock: MockClock
) -> None:
    async with open_rig(tmp_path, rooms=FRAGILE, plugins={"fragile": Fragile}) as rig:
        teacher, merchant, camera = await _call(rig)
        for _ in range(4):
            assert failed(await merchant.plugin("fragile", type="break")) in (
                "plugin.crashed",
                "plugin.disabled",
            )
        assert failed(await merchant.plugin("fragile", type="break")) == "plugin.disabled"
        assert isinstance(await merchant.say("the room goes on"), RequestSucceeded)
        await teacher.wait_entry("chat.message")
        assert camera in rig.media.tracks
        welcome = await rig.client("mo").join()
        assert set(welcome.plugins) == {"chat"}
        assert rig.classroom.counters.plugins_disabled == 1


async def test_chat_comes_back_with_its_history(tmp_path: Path, autojump_clock: MockClock) -> None:
    async with open_rig(tmp_path) as rig:
        _, merchant, _ = await _call(rig)
        await merchant.say("one")
        await rig.crash("/chat")
        assert isinstance(await merchant.say("two"), RequestSucceeded)
        welcome = await rig.client("mo").join()
        view = msgspec.msgpack.decode(welcome.plugins["chat"].body)
        assert [message["text"] for message in view["messages"]] == ["one", "two"]


async def test_slow_plugin_times_out_and_holds_up_nobody(
    tmp_path: Path, autojump_clock: MockClock
) -> None:
    async with open_rig(tmp_path, rooms=FRAGILE, plugins={"fragile": Fragile}) as rig:
        teacher, merchant, _ = await _call(rig)
        body = msgspec.Raw(msgspec.msgpack.encode({"type": "break", "how": "hang"}))
        hanging = merchant.send(PluginRequest, plugin="fragile", body=body)
        assert isinstance(await merchant.say("meanwhile"), RequestSucceeded)
        await teacher.wait_entry("chat.message")
        await trio.sleep(6)
        assert failed(await merchant.answer(hanging)) == "plugin.timeout"


async def test_policy_that_raises_denies_and_the_room_goes_on(
    tmp_path: Path, autojump_clock: MockClock
) -> None:
    async with open_rig(tmp_path, rooms=FRAGILE, plugins={"fragile": Fragile}) as rig:
        teacher, _, _ = await _call(rig)
        runs = rig.ref("/room")
        with pytest.raises(AssertionError, match=r"plugin\.failed"):
            await teacher.publish(Source.SCREEN)
        assert rig.ref("/room") is runs
        await teacher.publish(Source.MICROPHONE)


async def test_crash_of_the_directory_costs_nothing(
    tmp_path: Path, autojump_clock: MockClock
) -> None:
    async with open_rig(tmp_path) as rig:
        teacher, _, camera = await _call(rig)
        await rig.crash("/directory")
        late = rig.client("mo")
        welcome = await late.join()
        assert len(welcome.participants) == 3
        await late.wait_shown(camera)
        await late.say("same room")
        await teacher.wait_entry("chat.message")


async def test_no_actor_row_or_token_is_left_when_all_have_gone(
    tmp_path: Path, autojump_clock: MockClock
) -> None:
    async with open_rig(tmp_path) as rig:
        teacher, merchant, _ = await _call(rig)
        for client in (teacher, merchant):
            client.leave()
            await client.wait_goodbye()
        await rig.settle()
        assert not rig.paths("/PA_")
        assert not rig.paths("/TR_")
        assert (rig.media.transports, rig.media.tracks, rig.media.rows) == ({}, {}, {})
        assert rig.classroom.statistics().participants["merchant"] == 0
