"""Groups that break down: what is told of them, what is left, and how they are opened again."""

import pytest
from breakouts_rig import Class, group_id, inside, lose

from emporion.engine.errors import RequestDenied


async def test_group_that_ended_by_itself_keeps_its_people_in_the_main_room() -> None:
    c = Class("li", "mo")
    await c.open()
    lose(c, "Tea")
    li = c.room.join("li")
    await c.room.observe()
    assert c.groups.moves[-1][0] != li.participant_id
    assert c.room.view(c.teacher)["groups"][0]["group_id"] is None
    assert await c.refusal(c.teacher, "enter", number=1) == "breakouts.unknown_group"


async def test_what_is_left_of_a_group_that_broke_down_is_told_once() -> None:
    c = Class("li", "mo")
    await c.open()
    tea = group_id(c, "Tea")
    group, _, _ = inside()
    for text in ("one", "two"):
        group.append("chat.message", {"text": text, "to": None, "author_name": "Li"})
    c.groups.states[tea] = group.state
    c.room.now_us += 90_000_000
    lose(c, "Tea")
    for _ in range(2):  # The second time, as after a restart of the plugin.
        await c.room.observe()
        await c.room.start()
    (summary,) = c.room.view(c.teacher)["summaries"]
    assert (summary["name"], summary["people"]) == ("Tea", ["Ana", "Li"])
    assert (summary["messages_total"], summary["lasted_us"]) == (2, 90_000_000)
    assert (summary["is_lost"], summary["is_readable"]) == (True, True)
    for person in (c.teacher, *c.merchants):
        (lost,) = c.room.view(person)["lost"]
        assert (lost["number"], lost["name"]) == (1, "Tea")
    await c.ask(c.teacher, "close", countdown_s=0)
    assert c.room.view(c.teacher)["lost"] == []


async def test_a_group_whose_journal_is_broken_is_told_of_all_the_same() -> None:
    c = Class("li")
    await c.open()
    lose(c, "Tea")
    await c.room.observe()
    (summary,) = c.room.view(c.teacher)["summaries"]
    assert (summary["is_lost"], summary["is_readable"]) == (True, False)


async def test_who_went_back_and_came_again_is_of_the_group_that_opens_again() -> None:
    c = Class("li", "mo", "wu", "xi")
    await c.open()
    li, _, wu, _ = c.merchants
    c.room.append("breakouts.returned", {"identity": "wu"})
    c.move(wu, group_id(c, "Tea"))
    c.move(wu, None)  # As when the group breaks down.
    lose(c, "Tea")
    c.groups.moves.clear()
    await c.ask(c.teacher, "reopen", number=1)
    assert {person for person, _ in c.groups.moves} == {li.participant_id, wu.participant_id}


async def test_a_group_that_broke_down_is_opened_again_with_its_people() -> None:
    c = Class("li", "mo", "wu", "xi")
    await c.open(duration_s=600)
    li, _, wu, _ = c.merchants
    c.room.append("breakouts.returned", {"identity": "wu"})  # Went back before, and stays.
    c.room.append("breakouts.voice", {"participant_id": c.teacher.participant_id, "name": "Ana"})
    assert await c.refusal(c.teacher, "reopen", number=1) == "breakouts.not_lost"
    lose(c, "Tea")
    c.groups.moves.clear()
    c.room.now_us = 60_000_000
    await c.ask(c.teacher, "reopen", number=1)
    assert c.groups.moves == [(li.participant_id, tea := group_id(c, "Tea"))]
    assert c.groups.callers == {c.teacher.participant_id}, "heard in the new room as well"
    for person in (c.teacher, wu):
        view = c.room.view(person)
        assert (view["groups"][0]["group_id"], view["lost"]) == (tea, [])
    told = [(entry.group_id, entry.event) for entry in c.groups.appended]
    assert told[-5:] == [
        (group_id(c, "Silk"), "group_lost"),
        (tea, "begun"),
        (tea, "voice"),
        (tea, "reopened"),
        (group_id(c, "Silk"), "reopened"),
    ]
    begun = c.groups.appended[-4].body
    assert (begun["number"], begun["left_us"]) == (1, 540_000_000)
    assert [group["group_id"] for group in begun["groups"]] == [tea, group_id(c, "Silk")]
    assert await c.refusal(c.teacher, "reopen", number=1) == "breakouts.not_lost"


async def test_what_is_left_of_a_group_that_was_opened_again_counts_from_then() -> None:
    c = Class("li", "mo")
    await c.open()
    c.room.now_us = 60_000_000
    lose(c, "Tea")
    await c.room.observe()
    c.room.now_us = 90_000_000
    await c.ask(c.teacher, "reopen", number=1)
    c.room.now_us += 5_000_000
    lose(c, "Tea")
    await c.room.observe()
    assert [one["lasted_us"] for one in c.room.view(c.teacher)["summaries"]] == [60e6, 5e6]


async def test_who_was_put_elsewhere_meanwhile_stays_there() -> None:
    c = Class("li", "mo")
    await c.open()
    lose(c, "Tea")
    await c.ask(c.teacher, "assign", identities=["li"], number=2)
    c.groups.moves.clear()
    await c.ask(c.teacher, "reopen", number=1)
    assert c.groups.moves == []
    await c.room.start()
    assert c.sent() == {"li": "Silk", "mo": "Silk"}


async def test_only_hosts_open_a_lost_group_again_and_only_while_the_others_are_open() -> None:
    c = Class("li", "mo")
    assert await c.refusal(c.teacher, "reopen", number=1) == "breakouts.not_open"
    await c.open()
    lose(c, "Tea")
    weak = c.room.join("chi", role="assistant", can_move_participants=False)
    for person in (c.merchants[0], weak):
        assert await c.refusal(person, "reopen", number=1) == "breakouts.hosts_only"
    assert await c.refusal(c.teacher, "reopen", number=3) == "breakouts.unknown_group"
    await c.ask(c.teacher, "close", countdown_s=0)
    assert await c.refusal(c.teacher, "reopen", number=1) == "breakouts.not_open"


async def test_a_lost_group_cannot_be_entered_from_another_until_it_is_open_again() -> None:
    room, teacher, _ = inside()
    room.append("breakouts.group_lost", {"number": 2, "name": "Silk"})
    with pytest.raises(RequestDenied) as refused:
        await room.request(teacher, type="enter", number=2)
    assert refused.value.code == "breakouts.unknown_group"
    room.append("breakouts.reopened", {"number": 2, "name": "Silk", "group_id": "RM_silk2"})
    await room.request(teacher, type="enter", number=2)
    assert room.groups.moves == [(teacher.participant_id, "RM_silk2")]
    assert room.view(teacher)["groups"][1]["group_id"] == "RM_silk2"
