"""Hands, the floor and the pulse where people come and go: groups, reloads, tokens of their own."""

from pathlib import Path
from typing import Any

import msgspec
import trio
from classroom_rig import Client, failed, one_template, open_rig
from trio.testing import MockClock

from emporion.engine.media import Source
from emporion.engine.protocol.client import PublishTrack
from emporion.engine.protocol.server import PluginSummary, RequestSucceeded

PLUGINS = ("hands", "pulse", "breakouts")


async def ask(client: Client, plugin: str, type: str, **body: Any) -> None:
    answer = await client.plugin(plugin, type=type, **body)
    assert isinstance(answer, RequestSucceeded), answer
    await client.rig.settle()


async def open_groups(teacher: Client) -> None:
    await ask(teacher, "breakouts", "plan", names=["Tea", "Silk"])
    await ask(teacher, "breakouts", "open")


async def summary(client: Client, plugin: str) -> dict[str, Any]:
    await trio.sleep(1.5)
    pushed = [push for push in client.got(PluginSummary) if push.plugin == plugin]
    body: dict[str, Any] = msgspec.msgpack.decode(pushed[-1].body)
    return body


async def test_a_hand_stays_up_while_its_owner_is_in_a_group(
    tmp_path: Path, autojump_clock: MockClock
) -> None:
    async with open_rig(tmp_path, rooms=one_template(plugins=PLUGINS)) as rig:
        ana, li, mo = rig.client("ana", "host"), rig.client("li"), rig.client("mo")
        for client in (ana, li, mo):
            await client.join()
        await ask(li, "hands", "raise_hand")
        await ask(ana, "hands", "give_floor", participant_id=mo.participant_id)
        await open_groups(ana)
        await trio.sleep(120)
        queue = await summary(ana, "hands")
        assert [(hand["name"], hand.get("in_group")) for hand in queue["first"]] == [("Li", True)]
        assert [floor.get("in_group") for floor in queue["floors"]] == [True]
        await ask(ana, "breakouts", "close", countdown_s=0)
        queue = await summary(ana, "hands")
        assert [hand.get("in_group") for hand in queue["first"]] == [None]
        assert [floor.get("in_group") for floor in queue["floors"]] == [None]


async def test_a_hand_falls_if_its_owner_leaves_from_the_group(
    tmp_path: Path, autojump_clock: MockClock
) -> None:
    async with open_rig(tmp_path, rooms=one_template(plugins=PLUGINS)) as rig:
        ana, li, mo = rig.client("ana", "host"), rig.client("li"), rig.client("mo")
        for client in (ana, li, mo):
            await client.join()
            if client is not ana:
                await ask(client, "hands", "raise_hand")
        await open_groups(ana)
        li.leave()
        queue = await summary(ana, "hands")
        assert [hand.get("away") for hand in queue["first"]] == [True, None]
        await trio.sleep(35)
        queue = await summary(ana, "hands")
        assert [hand["name"] for hand in queue["first"]] == ["Mo"], "after 30 s, as ever"


async def test_hands_and_pulse_inside_a_group(tmp_path: Path, autojump_clock: MockClock) -> None:
    async with open_rig(tmp_path, rooms=one_template(plugins=PLUGINS)) as rig:
        ana, li, mo = rig.client("ana", "host"), rig.client("li"), rig.client("mo")
        for client in (ana, li, mo):
            await client.join()
        await open_groups(ana)
        await ask(ana, "breakouts", "enter", number=1)
        await ask(li, "hands", "raise_hand", reason="My shop")
        queue = await summary(ana, "hands")
        assert [hand["reason"] for hand in queue["first"]] == ["My shop"]
        await ask(ana, "hands", "give_floor", participant_id=li.participant_id, rights=["voice"])
        await ask(li, "hands", "take_floor")
        await ask(li, "pulse", "feel", mood="lost")
        pulse = await summary(ana, "pulse")
        assert [person["mood"] for person in pulse["people"]] == ["lost"]
        assert failed(await mo.plugin("hands", type="lower_hand")) == "hands.not_raised"
        await ask(ana, "breakouts", "go_back")
        assert (await summary(ana, "hands"))["total"] == 0, "the main room has its own queue"


async def test_the_id_from_before_a_reload_is_understood(
    tmp_path: Path, autojump_clock: MockClock
) -> None:
    """A host's page learns of the new id with the next summary, up to half a second later."""
    async with open_rig(tmp_path, rooms=one_template(plugins=PLUGINS)) as rig:
        ana, li = rig.client("ana", "host"), rig.client("li")
        await ana.join()
        await li.join()
        before = li.participant_id
        await ask(ana, "hands", "give_floor", participant_id=before, rights=["voice"])
        again = rig.client("li")
        await again.join()
        await ask(ana, "hands", "give_floor", participant_id=before, rights=["screen"])
        await ask(ana, "hands", "take_floor", participant_id=before)
        assert (await summary(ana, "hands"))["floors"] == []
        await ask(again, "hands", "raise_hand")
        third = rig.client("li")
        await third.join()
        await ask(ana, "hands", "lower_hand", participant_id=again.participant_id)
        answer = await ana.plugin("hands", type="take_floor", participant_id=before)
        assert failed(answer) == "hands.not_on_floor", "it is forgotten with the floor"


async def test_a_token_that_says_so_needs_no_floor(
    tmp_path: Path, autojump_clock: MockClock
) -> None:
    rooms = one_template(plugins=PLUGINS, floor_required=True)
    async with open_rig(tmp_path, rooms=rooms) as rig:
        li, mo = rig.client("li"), rig.client("mo", needs_no_floor=True)
        assert (await li.join()).can_publish == ()
        assert failed(await li.ask(PublishTrack, source=Source.MICROPHONE)) == "grant.missing"
        assert "microphone" in (await mo.join()).can_publish
        await mo.publish(Source.MICROPHONE)
    async with open_rig(tmp_path, rooms=rooms) as rig:
        again = rig.client("mo", needs_no_floor=True)
        assert "microphone" in (await again.join()).can_publish
