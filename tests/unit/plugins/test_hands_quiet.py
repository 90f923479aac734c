"""Who has spoken and then is silent for long gives the floor back, where a template says so."""

import msgspec

from emporion.engine.media import Source
from emporion.plugins.hands import Hands
from emporion.plugins.testing import RehearsalRoom

SECOND = 1_000_000


def room(**options: object) -> RehearsalRoom:
    return RehearsalRoom(Hands, options, name="hands")


async def test_the_floor_is_given_back_after_speaking() -> None:
    hands = room(floor_quiet_s={"class": 30.0})
    ana, li = hands.join("ana", role="host"), hands.join("li", can_publish_sources=())
    await hands.request(ana, type="give_floor", participant_id=li.participant_id)
    await hands.speak(ana)
    assert hands.timers == {}, "who has not spoken yet has time"
    await hands.speak(li)
    hands.now_us += 3 * SECOND
    await hands.speak()
    assert hands.timers == {"lower": hands.now_us + 30 * SECOND}
    await hands.speak(li)
    assert hands.timers == {}, "who goes on speaking keeps it"
    await hands.speak()
    due = dict(hands.timers)
    await hands.start()
    assert hands.timers == due, "a restart sets the timer again"
    await hands.fire_timer("lower")
    assert hands.view(li)["floor"] is None
    taken = [entry for entry in hands.entries if entry.kind == "hands.floor_taken"]
    assert msgspec.msgpack.decode(taken[-1].body)["why"] == "spoke"
    await hands.observe()
    assert hands.room.participants[li.participant_id].grants.can_publish_sources == ()
    assert hands.replayed() == hands.state


async def test_who_shares_a_screen_may_be_silent() -> None:
    hands = room(floor_quiet_s={"class": 30.0})
    ana, li = hands.join("ana", role="host"), hands.join("li")
    rights = ["voice", "screen"]
    await hands.request(ana, type="give_floor", participant_id=li.participant_id, rights=rights)
    screen = hands.publish(li, Source.SCREEN)
    await hands.speak(li)
    hands.now_us += SECOND
    await hands.speak()
    await hands.fire_timer("lower")
    assert hands.view(li)["floor"] == rights
    hands.unpublish(screen.track_id)
    await hands.fire_timer("lower")
    assert hands.view(li)["floor"] is None


async def test_where_no_time_is_named_the_floor_stays() -> None:
    hands = room(floor_quiet_s={"briefing": 30.0})
    ana, li = hands.join("ana", role="host"), hands.join("li")
    await hands.request(ana, type="give_floor", participant_id=li.participant_id)
    await hands.speak(li)
    hands.now_us += SECOND
    await hands.speak()
    assert hands.timers == {}
    assert "hands.speaking" not in [entry.kind for entry in hands.entries]
