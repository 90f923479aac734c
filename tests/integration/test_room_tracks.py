"""Tracks: who may publish, mute and end what; what slots show; which encodings are wanted."""

from pathlib import Path

import pytest
import trio
from classroom_rig import ClassroomRig, Client, failed, one_template, open_rig
from trio.testing import MockClock

from emporion.engine.ids import TrackId
from emporion.engine.media import Source
from emporion.engine.protocol.client import (
    MuteTrack,
    PublishTrack,
    RestartIce,
    UnpublishTrack,
)
from emporion.engine.protocol.server import (
    EncodingsWanted,
    IceRestarted,
    LinkChanged,
    LinksChanged,
    MuteRequested,
    RequestSucceeded,
    SlotsChanged,
    SpeakersChanged,
)


async def _three(rig: ClassroomRig) -> tuple[Client, Client, Client]:
    clients = rig.client("ana", "host"), rig.client("li"), rig.client("mo")
    for client in clients:
        await client.join()
    return clients


async def _measured_camera(rig: ClassroomRig, publisher: Client) -> TrackId:
    """Publish a camera in three encodings of which all know what they cost."""
    camera = await publisher.publish(Source.CAMERA, width_px=1280, height_px=720)
    rig.media.measure(camera, 500_000, 600_000, 1_500_000)
    await trio.sleep(5)  # Measurements are offered to viewers now and then.
    return camera


async def test_mute_pauses_and_empties_the_slot(tmp_path: Path, autojump_clock: MockClock) -> None:
    async with open_rig(tmp_path) as rig:
        teacher, merchant, _ = await _three(rig)
        camera = await teacher.publish(Source.CAMERA)
        shown = await merchant.wait_shown(camera)
        assert isinstance(
            await teacher.ask(MuteTrack, track_id=camera, muted=True), RequestSucceeded
        )
        muted = await merchant.wait_entry("room.track_muted")
        assert muted == {"track_id": camera, "muted": True}
        await rig.settle()
        assert rig.media.tracks[camera].paused
        assert merchant.slot_views()[shown.slot].track_id is None
        again = await teacher.ask(MuteTrack, track_id=camera, muted=True)
        assert isinstance(again, RequestSucceeded)
        assert again.seq is None, "nothing was journaled"

        await teacher.ask(MuteTrack, track_id=camera, muted=False)
        await rig.settle()
        assert not rig.media.tracks[camera].paused
        assert merchant.shown() == {shown.slot: camera}


async def test_hosts_mute_anybody_and_nobody_unmutes_others(
    tmp_path: Path, autojump_clock: MockClock
) -> None:
    async with open_rig(tmp_path) as rig:
        teacher, first, second = await _three(rig)
        microphone = await first.publish(Source.MICROPHONE)
        assert (
            failed(await second.ask(MuteTrack, track_id=microphone, muted=True)) == "grant.missing"
        )
        await teacher.ask(MuteTrack, track_id=microphone, muted=True)
        assert first.got(MuteRequested) == [MuteRequested(track_id=microphone)]
        assert (
            failed(await teacher.ask(MuteTrack, track_id=microphone, muted=False))
            == "grant.missing"
        )
        assert (
            failed(await teacher.ask(MuteTrack, track_id="TR_none", muted=True)) == "track.unknown"
        )
        await first.ask(MuteTrack, track_id=microphone, muted=False)
        await rig.settle()
        assert not rig.media.tracks[microphone].paused


async def test_unpublish_frees_the_line_and_the_slots(
    tmp_path: Path, autojump_clock: MockClock
) -> None:
    async with open_rig(tmp_path) as rig:
        teacher, merchant, _ = await _three(rig)
        for _ in range(3):
            camera = await teacher.publish(Source.CAMERA)
            shown = await merchant.wait_shown(camera)
            denied = await teacher.ask(PublishTrack, source=Source.CAMERA)
            assert failed(denied) == "track.published_already"
            await teacher.ask(UnpublishTrack, track_id=camera)
            await rig.settle()
            assert merchant.slot_views()[shown.slot].track_id is None
            assert not rig.media.tracks
            assert not rig.paths(camera)


async def test_host_ends_somebody_elses_track(tmp_path: Path, autojump_clock: MockClock) -> None:
    async with open_rig(tmp_path) as rig:
        teacher, first, second = await _three(rig)
        camera = await first.publish(Source.CAMERA)
        assert failed(await second.ask(UnpublishTrack, track_id=camera)) == "grant.missing"
        assert isinstance(await teacher.ask(UnpublishTrack, track_id=camera), RequestSucceeded)
        assert (await first.wait_entry("room.track_unpublished"))["track_id"] == camera
        await rig.settle()
        assert not rig.media.tracks
        await first.publish(Source.CAMERA)


async def test_grants_and_lines_limit_what_is_published(
    tmp_path: Path, autojump_clock: MockClock
) -> None:
    async with open_rig(tmp_path) as rig:
        listener = rig.client("li", can_publish_sources=(Source.MICROPHONE,))
        await listener.join()
        assert failed(await listener.ask(PublishTrack, source=Source.CAMERA)) == "grant.missing"
        await listener.publish(Source.MICROPHONE)
        teacher = rig.client("ana", "host")
        await teacher.join()
        denied = await teacher.ask(PublishTrack, source=Source.SCREEN_AUDIO)
        assert failed(denied) == "track.no_line"
        typist = rig.client("mo")
        await typist.join(media=False)
        assert failed(await typist.ask(PublishTrack, source=Source.CAMERA)) == "track.no_line"
        assert failed(await typist.ask(RestartIce, sdp="x")) == "sdp.transport_gone"
        assert isinstance(await teacher.ask(RestartIce, sdp="x"), IceRestarted)


async def test_one_shares_a_screen_at_a_time(tmp_path: Path, autojump_clock: MockClock) -> None:
    async with open_rig(tmp_path) as rig:
        teacher, merchant, other = await _three(rig)
        screen = await merchant.publish(Source.SCREEN, width_px=1920, height_px=1080)
        denied = await teacher.ask(PublishTrack, source=Source.SCREEN)
        assert failed(denied) == "screen_share.taken"
        assert getattr(denied, "message", "").startswith("Li ")
        await rig.settle()
        assert list(rig.media.tracks) == [screen], "a denied track leaves no row"
        await other.wait_shown(screen)
        merchant.leave()
        await merchant.wait_goodbye()
        await teacher.wait_entry("room.participant_left")
        await teacher.publish(Source.SCREEN)


async def test_slots_keep_their_tracks_while_others_come_and_go(
    tmp_path: Path, autojump_clock: MockClock
) -> None:
    async with open_rig(tmp_path) as rig:
        viewer = rig.client("ana", "host")
        await viewer.join(video=3)
        others = [rig.client(f"p{n}") for n in range(4)]
        cameras: list[TrackId] = []
        for other in others:
            await other.join()
            cameras.append(await other.publish(Source.CAMERA))
        await rig.settle()
        assert set(viewer.shown().values()) == set(cameras[:3])
        before = viewer.shown()
        others[1].leave()
        await viewer.wait_entry("room.participant_left")
        await rig.settle()
        after = viewer.shown()
        assert {s: t for s, t in before.items() if t != cameras[1]}.items() <= after.items()
        assert set(after.values()) == {cameras[0], cameras[2], cameras[3]}


async def test_view_decides_what_is_shown_and_how_large(
    tmp_path: Path, autojump_clock: MockClock
) -> None:
    async with open_rig(tmp_path) as rig:
        viewer, first, second = await _three(rig)
        one = await first.publish(Source.CAMERA, width_px=1280, height_px=720)
        two = await second.publish(Source.CAMERA, width_px=1280, height_px=720)
        await viewer.view(one, height_px=720)
        await rig.settle()
        assert set(viewer.shown().values()) == {one}
        (row,) = rig.media.shown(viewer.transport_id).values()
        assert row[1].spatial == 2
        await viewer.view(two, height_px=100)
        await rig.settle()
        (row,) = rig.media.shown(viewer.transport_id).values()
        assert (row[0], row[1].spatial) == (two, 0)
        await viewer.view(two, hidden=True)
        await rig.settle()
        assert viewer.shown() == {}
        assert viewer.got(SlotsChanged)[-1].slot_views[0].reason == "page_hidden"


async def test_estimate_lowers_what_is_sent(tmp_path: Path, autojump_clock: MockClock) -> None:
    async with open_rig(tmp_path) as rig:
        viewer, first, _ = await _three(rig)
        camera = await _measured_camera(rig, first)
        await viewer.view(camera, height_px=720)
        for available_bps in (3_000_000, 700_000):  # It falls: only that is news of the link.
            rig.media.estimate(viewer.transport_id, available_bps)
            await rig.settle()
        (row,) = rig.media.shown(viewer.transport_id).values()
        assert row[1].spatial == 1
        rig.media.estimate(viewer.transport_id, 20_000)
        await rig.settle()
        assert viewer.shown() == {}
        (view,) = viewer.got(SlotsChanged)[-1].slot_views
        assert (view.track_id, view.reason) == (camera, "bandwidth")


async def test_a_viewer_is_told_what_its_link_costs(
    tmp_path: Path, autojump_clock: MockClock
) -> None:
    async with open_rig(tmp_path) as rig:
        viewer, first, _ = await _three(rig)
        camera = await _measured_camera(rig, first)
        await viewer.view(camera, height_px=720)
        rig.media.estimate(viewer.transport_id, 3_000_000)
        await trio.sleep(5)
        assert viewer.got(LinkChanged) == [], "who has everything is told nothing"
        for available_bps in (700_000, 690_000, 20_000, 21_000):
            rig.media.estimate(viewer.transport_id, available_bps)
        await trio.sleep(5)
        assert viewer.got(LinkChanged)[-1] == LinkChanged(
            available_bps=21_000, screen="", cameras="paused"
        )
        assert len(viewer.got(LinkChanged)) <= 2, "once a second at most"
        rig.media.estimate(viewer.transport_id, 3_000_000)
        await trio.sleep(5)
        assert viewer.got(LinkChanged)[-1].cameras == "full"


async def test_hosts_are_told_who_suffers(tmp_path: Path, autojump_clock: MockClock) -> None:
    async with open_rig(tmp_path) as rig:
        teacher, merchant, other = await _three(rig)
        camera = await _measured_camera(rig, teacher)
        for viewer in (merchant, other):
            await viewer.view(camera, height_px=720)
            rig.media.estimate(viewer.transport_id, 3_000_000)
        await trio.sleep(5)
        assert teacher.got(LinksChanged) == []
        rig.media.estimate(merchant.transport_id, 20_000)
        await trio.sleep(5)
        (told,) = teacher.got(LinksChanged)
        assert told.levels == {merchant.participant_id: "paused"}
        assert other.got(LinksChanged) == []
        helper = rig.client("helper", "host")
        await helper.join()
        await rig.settle()
        assert helper.got(LinksChanged) == [told], "also who comes later"
        await rig.crash("/room")
        rig.media.estimate(other.transport_id, 20_000)
        await trio.sleep(5)
        suffering = {merchant.participant_id, other.participant_id}
        assert set(teacher.got(LinksChanged)[-1].levels) == suffering, "after a crash as well"
        rig.media.estimate(other.transport_id, 3_000_000)
        rig.media.estimate(merchant.transport_id, 3_000_000)
        await trio.sleep(5)
        assert teacher.got(LinksChanged)[-1].levels == {}


async def test_who_saves_data_gets_still_pictures(
    tmp_path: Path, autojump_clock: MockClock
) -> None:
    async with open_rig(tmp_path) as rig:
        viewer, first, other = await _three(rig)
        camera = await first.publish(Source.CAMERA, width_px=1280, height_px=720)
        rig.media.measure(camera, 50_000, 600_000, 1_500_000)
        await trio.sleep(5)
        for client, saves_data in ((viewer, True), (other, False)):
            rig.media.estimate(client.transport_id, 3_000_000)
            await client.view(camera, height_px=720, saves_data=saves_data)
        await rig.settle()
        (row,) = rig.media.shown(viewer.transport_id).values()
        assert row[1].spatial == 0
        (row,) = rig.media.shown(other.transport_id).values()
        assert row[1].spatial == 2, "others are not concerned"


async def test_encodings_wanted_only_when_changed(
    tmp_path: Path, autojump_clock: MockClock
) -> None:
    async with open_rig(tmp_path) as rig:
        viewer, publisher, other = await _three(rig)
        camera = await publisher.publish(Source.CAMERA, width_px=1280, height_px=720)
        await viewer.view(camera, height_px=100)
        await other.view(camera, height_px=100)
        assert publisher.got(EncodingsWanted) == [], "all are sent until nobody watched for a while"
        await trio.sleep(6)
        assert [wanted.rids for wanted in publisher.got(EncodingsWanted)] == [("l",)]
        await viewer.view(camera, height_px=700)
        await rig.settle()
        assert [w.rids for w in publisher.got(EncodingsWanted)] == [("l",), ("l", "m", "h")]
        await viewer.view(camera, height_px=100)
        await viewer.view(camera, height_px=700)
        await trio.sleep(20)
        assert len(publisher.got(EncodingsWanted)) == 2
        viewer.leave()
        await trio.sleep(20)
        assert publisher.got(EncodingsWanted)[-1].rids == ("l",)


async def test_of_a_layered_stream_the_number_of_its_layers_is_told(
    tmp_path: Path, autojump_clock: MockClock
) -> None:
    async with open_rig(tmp_path) as rig:
        viewer, publisher, other = await _three(rig)
        camera = await publisher.publish(
            Source.CAMERA, width_px=1280, height_px=720, scalability_mode="L3T3_KEY"
        )
        await viewer.view(camera, height_px=100)
        await other.view(camera, height_px=100)
        await trio.sleep(6)
        await viewer.view(camera, height_px=700)
        await rig.settle()
        told = [wanted.spatial_layers for wanted in publisher.got(EncodingsWanted)]
        assert told == [1, 3]


async def test_speakers_are_told_at_most_five_times_a_second(
    tmp_path: Path, autojump_clock: MockClock
) -> None:
    async with open_rig(tmp_path) as rig:
        teacher, first, second = await _three(rig)
        one, two = await first.publish(Source.MICROPHONE), await second.publish(Source.MICROPHONE)
        for tick in range(50):
            rig.media.hear(one, -40)
            rig.media.hear(two, -30 if tick % 2 else -50)
            await trio.sleep(0.02)
        told = teacher.got(SpeakersChanged)
        assert 2 <= len(told) <= 6
        assert set(told[-1].participant_ids) == {first.participant_id, second.participant_id}
        await trio.sleep(3)
        assert teacher.got(SpeakersChanged)[-1].participant_ids == ()
        count = len(teacher.got(SpeakersChanged))
        await first.ask(MuteTrack, track_id=one, muted=True)
        rig.media.hear(one)
        await trio.sleep(3)
        assert len(teacher.got(SpeakersChanged)) == count, "the muted are not heard"


async def test_fourth_voice_gets_a_slot_when_it_speaks(
    tmp_path: Path, autojump_clock: MockClock
) -> None:
    async with open_rig(tmp_path, rooms=one_template(audio_slots=3)) as rig:
        viewer = rig.client("ana", "host")
        await viewer.join()
        voices = []
        for number in range(5):
            other = rig.client(f"p{number}")
            await other.join()
            voices.append(await other.publish(Source.MICROPHONE))
        await rig.settle()
        assert set(viewer.shown().values()) == set(voices[:3])
        rig.media.hear(voices[4])
        await trio.sleep(1)
        assert voices[4] in viewer.shown().values()


async def test_stale_switch_is_not_told(tmp_path: Path, autojump_clock: MockClock) -> None:
    """The forwarder's report of a track crosses with the decision for another one."""
    async with open_rig(tmp_path) as rig:
        rig.media.switches_at_once = False
        viewer, first, second = await _three(rig)
        one, two = await first.publish(Source.CAMERA), await second.publish(Source.CAMERA)
        await viewer.view(one)
        await rig.settle()
        slots = rig.media.transports[viewer.transport_id].slots
        (index,) = viewer.shown()
        report = rig.media.switch(slots[index].slot_id)
        await viewer.wait_shown(one)
        await viewer.view(two)
        rig.media.on_event(report)
        await rig.settle()
        pushes = len(viewer.got(SlotsChanged))
        rig.media.on_event(report)
        await rig.settle()
        assert len(viewer.got(SlotsChanged)) == pushes
        assert viewer.shown() == {index: two}
        assert viewer.slot_views()[index].track_id == one, "shown until the other's key frame"
        rig.media.switch(slots[index].slot_id)
        await viewer.wait_shown(two)


@pytest.mark.parametrize("source", [Source.CAMERA, Source.MICROPHONE])
async def test_publish_muted_is_paused_from_the_start(
    tmp_path: Path, autojump_clock: MockClock, source: Source
) -> None:
    async with open_rig(tmp_path) as rig:
        teacher, viewer, _ = await _three(rig)
        track = await teacher.publish(source, muted=True)
        await rig.settle()
        assert rig.media.tracks[track].paused
        assert viewer.shown() == {}
