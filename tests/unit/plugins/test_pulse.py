"""The pulse: what counts for how long, what hosts see of it, and how reactions are summed."""

import time
from typing import Any

import msgspec
import pytest

from emporion.engine.errors import RequestDenied
from emporion.plugins.pulse import Pulse
from emporion.plugins.pulse_messages import MOODS
from emporion.plugins.testing import RehearsalRoom, check_plugin

SECOND = 1_000_000
BUCKET = 5 * SECOND


def room(template: str = "class", **options: object) -> RehearsalRoom:
    pulse = RehearsalRoom(Pulse, options, name="pulse")
    pulse.append("room.opened", {"template": template})
    return pulse


async def feel(pulse: RehearsalRoom, person: Any, mood: str | None, at_s: float) -> None:
    pulse.now_us = round(at_s * SECOND)
    await pulse.request(person, type="feel", mood=mood)


async def refusal(pulse: RehearsalRoom, person: Any, mood: str = "lost") -> str:
    before = len(pulse.entries)
    with pytest.raises(RequestDenied) as refused:
        await pulse.request(person, type="feel", mood=mood)
    assert len(pulse.entries) == before
    return refused.value.code


def counted(pulse: RehearsalRoom) -> dict[str, int]:
    """What counts in the bucket of the newest vote."""
    window = pulse.summary(is_host=True)["window"]
    sums = [sum(counts) for counts in zip(*(point[1] for point in window), strict=True)]
    return {mood: count for mood, count in zip(MOODS, sums or [0] * 4, strict=True) if count}


def test_keeps_the_contract() -> None:
    check_plugin(Pulse, name="pulse")


# -- votes ---------------------------------------------------------------------------------------


async def test_one_vote_of_each_counts() -> None:
    pulse = room()
    li, mo = pulse.join("li"), pulse.join("mo")
    await feel(pulse, li, "lost", 1)
    await feel(pulse, mo, "lost", 2)
    assert counted(pulse) == {"lost": 2}
    await feel(pulse, li, "clear", 8)
    assert counted(pulse) == {"lost": 1, "clear": 1}
    await feel(pulse, mo, None, 9)
    assert counted(pulse) == {"clear": 1}


async def test_a_reload_is_not_a_second_person() -> None:
    pulse = room()
    li = pulse.join("li")
    await feel(pulse, li, "lost", 1)
    pulse.leave(li)
    li = pulse.join("li")
    assert pulse.view(li)["own"] == {"mood": "lost", "at_us": SECOND}
    await feel(pulse, li, "slower", 3)
    assert counted(pulse) == {"slower": 1}


async def test_a_vote_counts_for_a_minute() -> None:
    pulse = room()
    li, mo = pulse.join("li"), pulse.join("mo")
    await feel(pulse, li, "lost", 2)
    await feel(pulse, mo, "clear", 59)
    assert counted(pulse) == {"lost": 1, "clear": 1}
    await feel(pulse, mo, "clear", 61)
    assert counted(pulse) == {"clear": 1}
    await feel(pulse, li, "faster", 62)
    assert counted(pulse) == {"clear": 1, "faster": 1}, "what has left the window is not taken off"


async def test_curve_has_a_point_wherever_it_changes() -> None:
    pulse = room()
    li, mo, ana = pulse.join("li"), pulse.join("mo"), pulse.join("ana", role="host")
    await feel(pulse, li, "lost", 12)  # Bucket 2.
    await feel(pulse, mo, "lost", 21)  # Bucket 4.
    await feel(pulse, mo, "clear", 300)
    curve = pulse.view(ana)["pulse"]["curve"]
    assert curve == [
        [2, [1, 0, 0, 0]],
        [4, [2, 0, 0, 0]],
        [14, [1, 0, 0, 0]],
        [16, [0, 0, 0, 0]],
    ]


async def test_the_page_that_was_shown_is_marked() -> None:
    pulse = room()
    pulse.now_us = 3 * SECOND
    pulse.append("whiteboard.page_added", {"page": "PG_1", "position": 0})
    pulse.now_us = 9 * SECOND
    pulse.append("whiteboard.page_presented", {"page": "PG_2"})
    pulse.now_us = 12 * SECOND
    pulse.append("courseware.presented", {"document": "EV_1", "page": 7})
    pulse.now_us = 15 * SECOND
    pulse.append("courseware.stopped", {})
    assert pulse.summary(is_host=True)["pages"] == [
        [3 * SECOND, "PG_1", 0],
        [9 * SECOND, "PG_2", 0],
        [12 * SECOND, "EV_1", 7],
        [15 * SECOND, "", 0],
    ]


async def test_hosts_and_who_is_not_seen_have_no_vote() -> None:
    pulse = room()
    assert await refusal(pulse, pulse.join("ana", role="host")) == "pulse.not_allowed"
    assert await refusal(pulse, pulse.join("patrol", hidden=True)) == "pulse.not_allowed"


async def test_rate_is_limited() -> None:
    pulse = room(min_interval_s=1.0)
    li = pulse.join("li")
    await feel(pulse, li, "lost", 1)
    pulse.now_us += SECOND - 1
    assert await refusal(pulse, li) == "pulse.rate_limited"
    pulse.now_us += 1
    await pulse.request(li, type="feel", mood="lost")


async def test_taking_nothing_back_is_nothing() -> None:
    pulse = room()
    assert await pulse.request(pulse.join("li"), type="feel", mood=None) == []


async def test_an_unknown_mood_is_no_request() -> None:
    pulse = room()
    with pytest.raises(msgspec.ValidationError):
        await pulse.request(pulse.join("li"), type="feel", mood="bored")


# -- who sees what -------------------------------------------------------------------------------


async def test_only_hosts_see_the_pulse() -> None:
    pulse = room()
    li, ana = pulse.join("li"), pulse.join("ana", role="host")
    await feel(pulse, li, "lost", 1)
    assert pulse.summary(is_host=False) == {}
    assert pulse.view(li)["pulse"] is None
    assert pulse.view(ana)["pulse"]["people"] == [
        {"participant_id": li.participant_id, "name": "Li", "mood": "lost", "at_us": SECOND}
    ]
    (entry,) = [e for e in pulse.entries if e.kind == "pulse.felt"]
    assert entry.audience.people == (li.participant_id,)


async def test_anonymous_rooms_show_no_names() -> None:
    pulse = room("briefing")
    li, ana = pulse.join("li"), pulse.join("ana", role="host")
    await feel(pulse, li, "lost", 1)
    shown = pulse.view(ana)["pulse"]
    assert (shown["is_anonymous"], shown["people"], counted(pulse)) == (True, [], {"lost": 1})
    assert pulse.view(li)["is_anonymous"] is True


async def test_ten_thousand_votes_are_folded_in_time_and_shown_in_short() -> None:
    pulse = room("class")
    fold, state = pulse.plugin.instance.fold, pulse.state
    people = [pulse.join(f"p{number}") for number in range(20)]
    await feel(pulse, people[0], "lost", 1)
    entry = pulse.entries[-1]
    bodies = [
        msgspec.Raw(
            msgspec.msgpack.encode({"identity": f"i{n}", "name": f"n{n}", "mood": MOODS[n % 4]})
        )
        for n in range(10_000)
    ]
    entries = [
        msgspec.structs.replace(entry, seq=n, at_us=n * 10_000, body=body)
        for n, body in enumerate(bodies)
    ]
    started_s = time.perf_counter()
    for one in entries:
        state = fold.apply(state, one)
    elapsed_s = time.perf_counter() - started_s
    assert elapsed_s < 2.0, f"{elapsed_s:.2f} s for 10,000 votes"
    summary = pulse.plugin.instance.summary(state, is_host=True)
    assert len(msgspec.msgpack.encode(summary)) < 8_000


async def test_replay_gives_the_live_state() -> None:
    pulse = room()
    li, mo = pulse.join("li"), pulse.join("mo")
    for second in range(1, 200, 7):
        await feel(pulse, li, MOODS[second % 4], second)
        await feel(pulse, mo, MOODS[second % 3], second + 2)
    assert pulse.replayed() == pulse.state


# -- reactions -----------------------------------------------------------------------------------


async def test_a_single_reaction_is_shown_at_once_with_its_author() -> None:
    pulse = room()
    li = pulse.join("li")
    pulse.signal(li, type="react", reaction="clap")
    (signal,) = pulse.signals
    assert (signal.event, signal.body) == ("reacted", {"counts": {"clap": 1}, "name": "Li"})
    assert signal.author == li.participant_id
    assert len(pulse.entries) == 2, "it is no entry"
    await pulse.fire_timer("reactions")
    assert len(pulse.signals) == 1


async def test_many_reactions_are_summed() -> None:
    pulse = room()
    people = [pulse.join(f"p{number}") for number in range(10)]
    for person in people:
        pulse.signal(person, type="react", reaction="heart")
        pulse.signal(person, type="react", reaction="clap")
    await pulse.fire_timer("reactions")
    assert len(pulse.signals) == 2
    assert pulse.signals[-1].body == {"counts": {"heart": 9, "clap": 10}, "name": ""}
    assert "reactions" in pulse.timers, "the next ones are summed as well"
    pulse.signal(people[0], type="react", reaction="laugh")
    assert len(pulse.signals) == 2
    await pulse.fire_timer("reactions")
    await pulse.fire_timer("reactions")
    pulse.signal(people[0], type="react", reaction="laugh")
    assert len(pulse.signals) == 4, "after a pause one is shown at once again"


async def test_reactions_of_one_are_limited() -> None:
    pulse = room()
    li = pulse.join("li")
    for _ in range(3):
        pulse.signal(li, type="react", reaction="clap")
    with pytest.raises(RequestDenied) as refused:
        pulse.signal(li, type="react", reaction="clap")
    assert refused.value.code == "pulse.rate_limited"
    await pulse.fire_timer("reactions")
    pulse.signal(li, type="react", reaction="clap")


async def test_anonymous_reactions_have_no_author() -> None:
    pulse = room("briefing")
    pulse.signal(pulse.join("li"), type="react", reaction="clap")
    assert pulse.signals == []
    await pulse.fire_timer("reactions")
    (signal,) = pulse.signals
    assert (signal.author, signal.body) == (None, {"counts": {"clap": 1}, "name": ""})


async def test_reactions_go_on_after_a_crash_lost_the_timer() -> None:
    pulse = room()
    li = pulse.join("li")
    pulse.signal(li, type="react", reaction="clap")
    pulse.timers.clear()
    pulse.now_us += 3 * SECOND
    pulse.signal(li, type="react", reaction="clap")
    assert len(pulse.signals) == 2


async def test_who_is_not_seen_does_not_react() -> None:
    pulse = room()
    with pytest.raises(RequestDenied) as refused:
        pulse.signal(pulse.join("patrol", hidden=True), type="react", reaction="clap")
    assert refused.value.code == "pulse.not_allowed"
