"""A host chooses which scheduler decides: at once for everybody, and for who comes later."""

from pathlib import Path

from classroom_rig import failed, open_rig
from trio.testing import MockClock

from emporion.engine.media import Source
from emporion.engine.protocol.client import SetScheduler
from emporion.engine.protocol.server import RequestSucceeded


async def test_the_choice_holds_for_all_and_for_who_comes_later(
    tmp_path: Path, autojump_clock: MockClock
) -> None:
    async with open_rig(tmp_path) as rig:
        teacher, merchant = rig.client("ana", "host"), rig.client("li")
        welcome = await teacher.join()
        assert welcome.room.scheduler == "teaching"
        assert set(welcome.schedulers) >= {"teaching", "speaker", "gallery", "saver"}
        assert (await merchant.join()).schedulers == (), "only hosts choose"
        answer = await teacher.ask(SetScheduler, scheduler="gallery")
        assert isinstance(answer, RequestSucceeded)
        changed = await merchant.wait_entry("room.scheduler_changed")
        assert changed == {"scheduler": "gallery"}
        assert (await rig.client("mo").join()).room.scheduler == "gallery"


async def test_it_changes_over_without_a_gap(tmp_path: Path, autojump_clock: MockClock) -> None:
    """Whoever was shown stays in its slot, and its rows are not written anew."""
    async with open_rig(tmp_path) as rig:
        teacher, merchant = rig.client("ana", "host"), rig.client("li")
        await teacher.join()
        await merchant.join()
        camera = await teacher.publish(Source.CAMERA)
        microphone = await teacher.publish(Source.MICROPHONE)
        await merchant.wait_shown(camera)
        await rig.settle()
        shown = merchant.shown()
        rows = dict(rig.media.rows)
        for scheduler in ("gallery", "speaker", "teaching"):
            await teacher.ask(SetScheduler, scheduler=scheduler)
            await rig.settle()
            assert merchant.shown() == shown
            assert dict(rig.media.rows) == rows
        assert set(shown.values()) == {camera, microphone}


async def test_who_may_not_and_what_is_not_there(tmp_path: Path, autojump_clock: MockClock) -> None:
    async with open_rig(tmp_path) as rig:
        teacher, merchant = rig.client("ana", "host"), rig.client("li")
        await teacher.join()
        await merchant.join()
        assert failed(await merchant.ask(SetScheduler, scheduler="saver")) == "grant.missing"
        assert failed(await teacher.ask(SetScheduler, scheduler="best")) == "scheduler.unknown"
        await teacher.ask(SetScheduler, scheduler="teaching")  # As it is: no entry.
        await rig.settle()
        assert all(entry.kind != "room.scheduler_changed" for entry in merchant.entries())


async def test_a_room_that_crashed_keeps_the_choice(
    tmp_path: Path, autojump_clock: MockClock
) -> None:
    async with open_rig(tmp_path) as rig:
        teacher = rig.client("ana", "host")
        await teacher.join()
        await teacher.ask(SetScheduler, scheduler="saver")
        await rig.crash("/room")
        assert (await rig.client("li").join()).room.scheduler == "saver"
