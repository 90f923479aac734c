"""Signals and summaries: lost rather than late, encoded once, and harmless whatever they do."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import trio
from classroom_rig import ClassroomRig, Client, one_template, open_rig
from probe_plugin import Probe
from trio.testing import MockClock

from emporion.actors.plugin_signals import MAX_WAITING_OF_ONE, TICK_S
from emporion.engine.protocol.server import (
    PluginSignalled,
    PluginSummary,
    RequestFailed,
    RequestSucceeded,
)


@asynccontextmanager
async def probed(folder: Path) -> AsyncIterator[ClassroomRig]:
    rooms = one_template(plugins=("probe", "chat"))
    async with open_rig(folder, rooms=rooms, plugins={"probe": Probe}) as rig:
        yield rig


def point(client: Client, x: int) -> int:
    return client.signal("probe", type="point", x=x)


def seen(client: Client) -> list[Any]:
    return [msgspec.msgpack.decode(push.body) for push in client.got(PluginSignalled)]


def summaries(client: Client) -> list[int]:
    return [msgspec.msgpack.decode(push.body)["total"] for push in client.got(PluginSummary)]


def refusals(client: Client) -> list[str]:
    return [push.code for push in client.got(RequestFailed)]


async def pair(rig: ClassroomRig) -> tuple[Client, Client]:
    teacher, merchant = rig.client("ana", "host"), rig.client("li")
    await teacher.join()
    await merchant.join()
    await rig.settle()
    return teacher, merchant


async def test_a_signal_reaches_all_and_no_journal(
    tmp_path: Path, autojump_clock: MockClock
) -> None:
    async with probed(tmp_path) as rig:
        teacher, merchant = await pair(rig)
        before = len(rig.journal())
        ref = point(merchant, 5)
        await rig.settle()
        assert seen(teacher) == seen(merchant) == [{"x": 5}]
        assert teacher.got(PluginSignalled)[0].author == merchant.participant_id
        assert len(rig.journal()) == before
        assert merchant._answer(ref) is None, "never answered unless refused"
        await teacher.plugin("probe", type="act", what="shout", number=2)
        assert seen(teacher)[1:] == [{"number": 0}, {"number": 1}]
        assert len(seen(merchant)) == 1, "for hosts only"


class SelectiveProbe(Probe):
    """Is woken for its own entries only: it has not folded who came."""

    observed = ("probe.",)


async def test_a_plugin_that_observes_little_knows_who_has_just_come(
    tmp_path: Path, autojump_clock: MockClock
) -> None:
    rooms = one_template(plugins=("probe", "chat"))
    async with open_rig(tmp_path, rooms=rooms, plugins={"probe": SelectiveProbe}) as rig:
        teacher, merchant = await pair(rig)
        point(merchant, 5)
        await rig.settle()
        assert seen(teacher) == [{"x": 5}]


async def test_refusals_are_told_at_most_once_a_second(
    tmp_path: Path, autojump_clock: MockClock
) -> None:
    async with probed(tmp_path) as rig:
        _, merchant = await pair(rig)
        for _ in range(10):
            point(merchant, -1)
        await rig.settle()
        assert refusals(merchant) == ["probe.off_the_map"]
        await trio.sleep(1.1)
        merchant.signal("probe", type="dance")
        await rig.settle()
        assert refusals(merchant)[1:] == ["plugin.malformed"]
        for plugin in ("chat", "nothing", "chat"):
            merchant.signal(plugin, type="point", x=1)
        await rig.settle()
        assert refusals(merchant)[2:] == ["plugin.unknown"]
        assert rig.classroom.counters.signals_refused >= 11


async def test_a_flood_is_dropped_and_costs_the_others_nothing(
    tmp_path: Path, autojump_clock: MockClock
) -> None:
    async with probed(tmp_path) as rig:
        teacher, merchant = await pair(rig)
        site = rig.site()
        queue = site.signals_of("probe")
        for x in range(10 * MAX_WAITING_OF_ONE):
            point(merchant, x)  # All of them before anybody can run.
        point(teacher, 7)
        await trio.sleep(5)  # On a busy machine some calls overrun, and the desk rests.
        assert len(queue) == 0
        pushed = [push.author for push in teacher.got(PluginSignalled)]
        assert pushed.count(merchant.participant_id) < 10 * MAX_WAITING_OF_ONE
        assert pushed.count(teacher.participant_id) == 1
        assert rig.classroom.counters.signals_dropped > 0
        answer = await merchant.plugin("probe", type="add", amount=1)
        assert isinstance(answer, RequestSucceeded)


async def test_a_slow_signal_is_counted_and_joins_go_on(
    tmp_path: Path, autojump_clock: MockClock
) -> None:
    async with probed(tmp_path) as rig:
        _, merchant = await pair(rig)
        for _ in range(20):
            point(merchant, 999)
        await rig.client("mo").join()
        await trio.sleep(5)
        assert rig.classroom.counters.signal_overruns == 20
        assert len(seen(merchant)) == 20


async def test_a_busy_machine_is_not_the_plugins_fault(
    tmp_path: Path, autojump_clock: MockClock
) -> None:
    async with probed(tmp_path) as rig:
        _, merchant = await pair(rig)
        for _ in range(20):
            point(merchant, 998)
        await trio.sleep(TICK_S)
        assert rig.classroom.counters.signal_overruns == 0
        assert len(seen(merchant)) == 20


async def test_the_first_comes_at_once_and_those_of_the_same_moment_together(
    tmp_path: Path, autojump_clock: MockClock
) -> None:
    async with probed(tmp_path) as rig:
        teacher, merchant = await pair(rig)
        await trio.sleep(1)
        point(merchant, 1)
        await trio.sleep(TICK_S / 4)
        assert seen(teacher) == [{"x": 1}]
        point(merchant, 2)
        point(teacher, 3)
        await trio.sleep(TICK_S / 4)
        assert seen(teacher) == [{"x": 1}]
        await trio.sleep(TICK_S)
        assert sorted(body["x"] for body in seen(teacher)) == [1, 2, 3]


async def test_a_signal_that_crashes_the_plugin_is_lost_and_the_plugin_comes_back(
    tmp_path: Path, autojump_clock: MockClock
) -> None:
    async with probed(tmp_path) as rig:
        teacher, merchant = await pair(rig)
        await teacher.plugin("probe", type="add", amount=3)
        point(merchant, 666)
        point(merchant, 1)
        await trio.sleep(1)
        assert seen(teacher) == [{"x": 1}]
        assert summaries(teacher)[-1] == 3
        for _ in range(5):
            point(merchant, 666)
            await trio.sleep(0.1)
        await trio.sleep(1.5)
        point(merchant, 1)
        await rig.settle()
        assert refusals(merchant) == ["plugin.disabled"] * 2, "at the fifth, and now"
        assert isinstance(await merchant.say("the room goes on"), RequestSucceeded)


async def test_summaries_are_coalesced_and_only_told_where_they_differ(
    tmp_path: Path, autojump_clock: MockClock
) -> None:
    async with probed(tmp_path) as rig:
        teacher, merchant = await pair(rig)
        await trio.sleep(1)
        assert summaries(teacher)[-1:] == [0]
        before = len(summaries(teacher)), len(summaries(merchant))
        for _ in range(9):
            await teacher.plugin("probe", type="add", amount=1)
        await trio.sleep(0.6)
        assert summaries(teacher)[before[0] :] in ([9], [1, 9])
        assert len(summaries(merchant)) == before[1], "the same for others"
        await teacher.plugin("probe", type="add", amount=1)
        await trio.sleep(0.6)
        assert summaries(merchant)[before[1] :] == [1]
        count = len(summaries(teacher))
        await teacher.say("no change of this plugin")
        await trio.sleep(2)
        assert len(summaries(teacher)) == count


async def test_who_comes_or_comes_back_has_the_current_summary(
    tmp_path: Path, autojump_clock: MockClock
) -> None:
    async with probed(tmp_path) as rig:
        teacher, merchant = await pair(rig)
        assert merchant.welcome is not None
        merchant.lose_connection()
        await teacher.plugin("probe", type="add", amount=40)
        await trio.sleep(2)
        await merchant.resume(merchant.welcome.resume_token, merchant.welcome.seq)
        await rig.settle()
        assert summaries(merchant) == [4]

        await teacher.plugin("probe", type="add", amount=10)  # Its summary comes later.
        late = rig.client("mo")
        welcome = await late.join()
        assert msgspec.msgpack.decode(welcome.plugins["probe"].body)["total"] == 50
        await trio.sleep(1)
        current = [push for push in late.got(PluginSummary) if push.seq >= welcome.seq]
        assert all(msgspec.msgpack.decode(push.body)["total"] == 5 for push in current)

        await rig.crash("/plugin-probe/probe")
        before = len(summaries(late))
        await trio.sleep(1)
        assert summaries(late)[before - 1 :][-1] == 5, "told again after a crash"
        await rig.crash("/room")
        await teacher.plugin("probe", type="add", amount=50)
        await trio.sleep(1)
        assert summaries(late)[-1] == 10


async def test_no_task_outlives_the_room(tmp_path: Path, autojump_clock: MockClock) -> None:
    async with probed(tmp_path) as rig:
        teacher, _ = await pair(rig)
        await teacher.plugin("probe", type="act", what="timer", text="x", number=3_600_000_000)
        for _ in range(2):
            await rig.crash("/plugin-probe/probe")
        tasks = trio.lowlevel.current_statistics().tasks_living
        await rig.crash("/plugin-probe/probe")
        assert trio.lowlevel.current_statistics().tasks_living == tasks
        assert await rig.classroom.close_room("shop")
        await rig.settle()
        assert trio.lowlevel.current_statistics().tasks_living < tasks
        assert not rig.paths("probe")
