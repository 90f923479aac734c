"""Hosts see whose link suffers: many at once, without a flood, and no mark that outlives it."""

import itertools
import random
from pathlib import Path

import trio
from classroom_rig import ClassroomRig, Client, one_template, open_rig
from trio.testing import MockClock

from emporion.engine.ids import ParticipantId, TrackId
from emporion.engine.media import Source
from emporion.engine.protocol.client import MuteTrack
from emporion.engine.protocol.server import LinksChanged, RequestSucceeded

ENOUGH_BPS, TIGHT_BPS, HOPELESS_BPS = 3_000_000, 700_000, 20_000
MOST_SHOWN = 50
PLUGINS = ("breakouts",)


class Class:
    """A teacher with a camera, and merchants who look at it as large as it is."""

    def __init__(self, rig: ClassroomRig, merchants: int) -> None:
        self.rig = rig
        self.teacher = rig.client("ana", "host")
        self.merchants = [rig.client(f"p{number}") for number in range(merchants)]
        self.camera: TrackId

    async def begin(self) -> None:
        await self.teacher.join()
        self.camera = await self.teacher.publish(Source.CAMERA, width_px=1280, height_px=720)
        self.rig.media.measure(self.camera, 500_000, 600_000, 1_500_000)
        for merchant in self.merchants:
            await merchant.join()
            await self.watch(merchant)
        await trio.sleep(5)

    async def watch(self, merchant: Client) -> None:
        await merchant.view(self.camera, height_px=720)
        self.carry(ENOUGH_BPS, merchant)

    def carry(self, available_bps: int, *merchants: Client) -> None:
        for merchant in merchants:
            self.rig.media.estimate(merchant.transport_id, available_bps)

    def told(self, host: Client | None = None) -> dict[ParticipantId, str]:
        """What a host believes now."""
        levels: dict[ParticipantId, str] = (host or self.teacher).got(LinksChanged)[-1].levels
        return levels


async def test_twenty_who_suffer_at_once_are_one_message(
    tmp_path: Path, autojump_clock: MockClock
) -> None:
    async with open_rig(tmp_path) as rig:
        room = Class(rig, 20)
        await room.begin()
        room.carry(HOPELESS_BPS, *room.merchants[:5])
        room.carry(TIGHT_BPS, *room.merchants[5:])
        await trio.sleep(5)
        (told,) = room.teacher.got(LinksChanged)
        expected = ["paused"] * 5 + ["reduced"] * 15
        people = [merchant.participant_id for merchant in room.merchants]
        assert told.levels == dict(zip(people, expected, strict=True))
        assert all(merchant.got(LinksChanged) == [] for merchant in room.merchants)


async def test_of_more_than_fifty_the_worst_are_told(
    tmp_path: Path, autojump_clock: MockClock
) -> None:
    async with open_rig(tmp_path, rooms=one_template(max_participants=80)) as rig:
        room = Class(rig, 60)
        await room.begin()
        reduced, paused = room.merchants[:50], room.merchants[50:]
        room.carry(TIGHT_BPS, *reduced)
        await trio.sleep(5)
        assert len(room.told()) == MOST_SHOWN
        room.carry(HOPELESS_BPS, *paused)
        await trio.sleep(5)
        levels = room.told()
        assert len(levels) == MOST_SHOWN
        assert list(levels.values()) == ["paused"] * 10 + ["reduced"] * 40
        assert {merchant.participant_id for merchant in paused} <= levels.keys()
        room.carry(ENOUGH_BPS, *paused)
        await trio.sleep(5)
        assert room.told().keys() == {merchant.participant_id for merchant in reduced}


async def test_links_that_waver_are_no_flood(tmp_path: Path, autojump_clock: MockClock) -> None:
    async with open_rig(tmp_path) as rig:
        room = Class(rig, 20)
        await room.begin()
        seeded = random.Random(3)
        told_s: list[float] = []
        for _ in range(200):
            available_bps = seeded.choice((ENOUGH_BPS, TIGHT_BPS, HOPELESS_BPS))
            room.carry(available_bps, seeded.choice(room.merchants))
            await trio.sleep(0.05)
            news = len(room.teacher.got(LinksChanged)) - len(told_s)
            assert news <= 1
            told_s += [trio.current_time()] * news
        assert len(told_s) >= 4, "ten seconds of change are told while they last"
        assert min(after - before for before, after in itertools.pairwise(told_s)) >= 1.0


async def test_a_mark_ends_with_the_trouble(tmp_path: Path, autojump_clock: MockClock) -> None:
    async with open_rig(tmp_path) as rig:
        room = Class(rig, 3)
        await room.begin()
        recovered, saver, unlucky = room.merchants
        room.carry(HOPELESS_BPS, *room.merchants)
        await trio.sleep(5)
        assert len(room.told()) == 3
        room.carry(ENOUGH_BPS, recovered)
        await saver.view(room.camera, height_px=720, saves_data=True)
        await trio.sleep(5)
        assert room.told() == {unlucky.participant_id: "paused"}, "who saves data has chosen so"
        answer = await room.teacher.ask(MuteTrack, track_id=room.camera, muted=True)
        assert isinstance(answer, RequestSucceeded)
        await trio.sleep(5)
        assert room.told() == {}, "nothing is kept from anybody"


async def test_a_mark_ends_with_its_owner(tmp_path: Path, autojump_clock: MockClock) -> None:
    async with open_rig(tmp_path) as rig:
        room = Class(rig, 2)
        await room.begin()
        gone, stays = room.merchants
        room.carry(HOPELESS_BPS, gone, stays)
        await trio.sleep(5)
        gone.leave()
        await gone.wait_goodbye()
        await trio.sleep(5)
        assert room.told() == {stays.participant_id: "paused"}
        stays.leave()
        await stays.wait_goodbye()
        await trio.sleep(5)
        assert room.told() == {}
        helper = rig.client("helper", "host")
        await helper.join()
        await rig.settle()
        assert room.told(helper) == {}


async def test_who_leaves_while_the_room_restarts_leaves_no_mark(
    tmp_path: Path, autojump_clock: MockClock
) -> None:
    async with open_rig(tmp_path) as rig:
        room = Class(rig, 1)
        await room.begin()
        (gone,) = room.merchants
        room.carry(HOPELESS_BPS, gone)
        await trio.sleep(5)
        assert room.told() == {gone.participant_id: "paused"}
        gone.leave()
        await rig.crash("/room")
        await gone.wait_goodbye()
        await trio.sleep(5)
        assert room.told() == {}


async def test_who_goes_to_a_group_is_marked_there(
    tmp_path: Path, autojump_clock: MockClock
) -> None:
    async with open_rig(tmp_path, rooms=one_template(plugins=PLUGINS)) as rig:
        room = Class(rig, 1)
        await room.begin()
        helper = rig.client("helper", "host")
        await helper.join()
        (merchant,) = room.merchants
        room.carry(HOPELESS_BPS, merchant)
        await trio.sleep(5)
        assert room.told() == {merchant.participant_id: "paused"}
        await room.teacher.plugin("breakouts", type="plan", names=["Tea", "Silk"])
        await room.teacher.plugin("breakouts", type="open")
        await room.teacher.plugin("breakouts", type="enter", number=1)
        await merchant.view(room.camera, height_px=720)
        await trio.sleep(5)
        assert room.told(helper) == {}, "in the main room it is no more"
        assert room.told() == {merchant.participant_id: "paused"}
