"""The floor in a whole classroom: a viewer becomes a publisher without rejoining, and back."""

from pathlib import Path
from typing import Any

import msgspec
from classroom_rig import Client, failed, one_template, open_rig

from emporion.engine.media import Source
from emporion.engine.protocol.client import MuteTrack, PublishTrack
from emporion.engine.protocol.server import CanPublishChanged, PluginSummary, RequestSucceeded

PLUGINS = ("chat", "hands", "pulse")


async def test_a_viewer_is_called_up_and_sent_back(tmp_path: Path) -> None:
    rooms = one_template(floor_required=True, plugins=PLUGINS)
    async with open_rig(tmp_path, rooms=rooms) as rig:
        ana, li = rig.client("ana", "host"), rig.client("li")
        await ana.join()
        welcome = await li.join()
        assert welcome.can_publish == ()
        assert "screen_share" in (await rig.client("bo", "assistant").join()).can_publish
        assert failed(await li.ask(PublishTrack, source=Source.MICROPHONE)) == "grant.missing"

        answer = await li.plugin("hands", type="raise_hand", reason="My shop")
        assert isinstance(answer, RequestSucceeded), answer
        await li.wait_entry("hands.raised")
        assert not ana.entries("hands.raised"), "hosts are told by the summary"

        answer = await ana.plugin(
            "hands", type="give_floor", participant_id=li.participant_id, rights=["voice"]
        )
        assert isinstance(answer, RequestSucceeded), answer
        (changed,) = li.got(CanPublishChanged)
        assert changed.can_publish == ("microphone",)
        track = await li.publish(Source.MICROPHONE)
        await ana.wait_entry("room.track_published")

        answer = await ana.plugin("hands", type="take_floor", participant_id=li.participant_id)
        assert isinstance(answer, RequestSucceeded), answer
        body = await ana.wait_entry("room.track_unpublished")
        assert body == {"track_id": track}
        assert li.got(CanPublishChanged)[-1].can_publish == ()
        assert failed(await li.ask(PublishTrack, source=Source.MICROPHONE)) == "grant.missing"


async def test_who_has_the_floor_is_shown_though_others_came_before(tmp_path: Path) -> None:
    rooms = one_template(plugins=("hands", "simulcast"))
    async with open_rig(tmp_path, rooms=rooms) as rig:
        ana, viewer = rig.client("ana", "host"), rig.client("viewer")
        people = [rig.client(name) for name in ("bo", "cy", "di", "ed", "fu")]
        cameras = {}
        for client in (ana, viewer, *people):
            await client.join()
        for client in (ana, *people):
            cameras[client.identity] = await client.publish(Source.CAMERA)
        await rig.settle()
        last = people[-1]
        assert cameras["ana"] in viewer.shown().values()
        assert cameras[last.identity] not in viewer.shown().values(), "there are four slots"

        await ana.plugin("hands", type="give_floor", participant_id=last.participant_id)
        await viewer.wait_shown(cameras[last.identity])
        assert cameras["ana"] in viewer.shown().values()

        await ana.plugin("hands", type="take_floor", participant_id=last.participant_id)
        await rig.settle()
        assert cameras["bo"] in viewer.shown().values()


async def test_a_silenced_voice_stays_silent(tmp_path: Path) -> None:
    async with open_rig(tmp_path, rooms=one_template(plugins=PLUGINS)) as rig:
        ana, li = rig.client("ana", "host"), rig.client("li")
        await ana.join()
        await li.join()
        track = await li.publish(Source.MICROPHONE)
        await ana.plugin("hands", type="mute_all", may_unmute=False)
        await li.wait_entry("room.track_muted")
        answer = await li.ask(MuteTrack, track_id=track, muted=False)
        assert failed(answer) == "hands.muted_by_host"
        await ana.plugin("hands", type="allow_unmute")
        answer = await li.ask(MuteTrack, track_id=track, muted=False)
        assert isinstance(answer, RequestSucceeded), answer


async def test_a_killed_plugin_has_the_queue_and_the_pulse_again(tmp_path: Path) -> None:
    async with open_rig(tmp_path, rooms=one_template(plugins=PLUGINS)) as rig:
        ana, li, mo = rig.client("ana", "host"), rig.client("li"), rig.client("mo")
        for client in (ana, li, mo):
            await client.join()
        await li.plugin("hands", type="raise_hand")
        await mo.plugin("hands", type="raise_hand")
        await li.plugin("pulse", type="feel", mood="lost")
        await rig.crash("/hands")
        await rig.crash("/pulse")
        late = rig.client("late", "assistant")
        welcome = await late.join()
        queue = decoded(welcome.plugins["hands"].body)["queue"]
        assert [hand["name"] for hand in queue["first"]] == ["Li", "Mo"]
        pulse = decoded(welcome.plugins["pulse"].body)["pulse"]
        assert pulse["people"][0]["name"] == "Li"


async def test_hosts_are_pushed_the_pulse_and_others_are_not(tmp_path: Path) -> None:
    async with open_rig(tmp_path, rooms=one_template(plugins=PLUGINS)) as rig:
        ana, li = rig.client("ana", "host"), rig.client("li")
        await ana.join()
        await li.join()
        await li.plugin("pulse", type="feel", mood="lost")
        await rig.outlets.wait_until(lambda: any(push["window"] for push in pushed(ana, "pulse")))
        assert pushed(ana, "pulse")[-1]["window"][0][1] == [1, 0, 0, 0]
        assert not any(pushed(li, "pulse"))


def decoded(raw: msgspec.Raw) -> Any:
    return msgspec.msgpack.decode(raw)


def pushed(client: Client, plugin: str) -> list[Any]:
    """The bodies of a plugin's summaries."""
    return [decoded(push.body) for push in client.got(PluginSummary) if push.plugin == plugin]
