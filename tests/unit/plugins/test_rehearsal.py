"""The rehearsal does to a plugin what the room does, and notes what the plugin does to the room."""

import msgspec
import pytest
from probe_plugin import Probe, ProbeState

from emporion.engine.errors import RequestDenied
from emporion.engine.media import Source
from emporion.plugins.api import Deny, JoinAttempt, NoOptions, Wait, hookimpl
from emporion.plugins.testing import RehearsalDenied, RehearsalRoom, RehearsalWaits


def kinds(room: RehearsalRoom) -> list[str]:
    return [entry.kind for entry in room.entries]


async def test_grants_are_changed_and_kept_by_identity() -> None:
    room = RehearsalRoom(Probe, name="probe")
    host, merchant = room.join("ana", role="host"), room.join("li", can_ask=False)
    assert not merchant.grants.can_ask
    camera = room.publish(merchant, Source.CAMERA)
    await room.request(host, type="act", what="grant", participant_id=merchant.participant_id)
    now = room.current(merchant)
    assert (now.grants.can_draw, now.grants.can_ask) == (True, False)
    assert kinds(room)[-2:] == ["room.grants_changed", "room.track_unpublished"]
    assert camera.track_id not in room.room.tracks
    room.leave(merchant)
    again = room.join("li")
    assert again.grants.can_publish_sources == (Source.MICROPHONE,)
    await room.request(host, type="act", what="take_back", participant_id=again.participant_id)
    assert room.current(again).grants.can_publish_sources == tuple(Source)
    assert room.view(again)["can_draw"] is False


async def test_what_a_plugin_does_is_noted() -> None:
    room = RehearsalRoom(Probe, name="probe")
    host, merchant = room.join("ana", role="host"), room.join("li")
    await room.start()
    track = room.publish(merchant, Source.MICROPHONE)
    await room.request(host, type="act", what="mute", track_id=track.track_id)
    await room.request(host, type="act", what="mute", track_id=track.track_id)
    assert room.muted == [track.track_id]
    room.unmute(track)
    await room.request(host, type="act", what="shout", number=1)
    room.signal(merchant, type="point", x=4)
    assert [(signal.event, signal.body) for signal in room.signals] == [
        ("shout", {"number": 0}),
        ("pointed", {"x": 4}),
    ]
    assert room.signals[1].author == merchant.participant_id
    with pytest.raises(RequestDenied, match="Nobody"):
        room.signal(merchant, type="point", x=-1)
    with pytest.raises(msgspec.ValidationError):
        room.signal(merchant, type="point", x="far")
    await room.speak(merchant)
    assert kinds(room)[-1] == "probe.heard"
    person = merchant.participant_id
    await room.request(host, type="act", what="remove", participant_id=person, text="banned")
    assert room.removed == [(person, "banned")]
    assert person not in room.room.participants
    with pytest.raises(RequestDenied):
        await room.request(host, type="act", what="unpublish", track_id=track.track_id)


async def test_timers_are_fired_by_hand() -> None:
    room = RehearsalRoom(Probe, name="probe")
    host = room.join("ana", role="host")
    await room.request(host, type="act", what="timer", text="x", number=5_000_000)
    await room.request(host, type="act", what="timer", text="y", number=9_000_000)
    await room.request(host, type="act", what="cancel", text="y")
    assert room.timers == {"x": 5_000_000}
    await room.fire_timer("x")
    assert (room.now_us, room.timers) == (5_000_000, {})
    body = msgspec.msgpack.decode(room.entries[-1].body)
    assert body == {"name": "x", "at_us": 5_000_000}


async def test_summary_and_policies_see_the_state() -> None:
    room = RehearsalRoom(Probe, name="probe")
    host = room.join("ana", role="host")
    await room.request(host, type="add", amount=42)
    assert room.summary(is_host=True) == {"total": 42}
    assert room.summary() == {"total": 4}
    await room.request(host, type="act", what="close", number=1)
    assert room.state == ProbeState(total=42, is_closed=True) == room.replayed()
    with pytest.raises(RehearsalDenied, match=r"probe\.closed"):
        room.join("li")
    track = room.publish(host, Source.MICROPHONE, muted=True)
    with pytest.raises(RehearsalDenied, match=r"probe\.silence"):
        room.unmute(track)


def test_a_wait_is_told_apart() -> None:
    class Door:
        options_type = NoOptions

        def __init__(self, options: NoOptions) -> None: ...

        @hookimpl
        def before_join(self, attempt: JoinAttempt) -> Deny | Wait | None:
            return None if attempt.is_host else Wait("door.waiting", "Wait a little.")

    room = RehearsalRoom(Door, name="door")
    room.join("ana", role="host")
    with pytest.raises(RehearsalWaits) as waits:
        room.join("li")
    assert waits.value.wait.code == "door.waiting"
