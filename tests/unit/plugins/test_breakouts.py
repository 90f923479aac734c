"""Breakouts: the plan, who goes where, the timer, help, and what a group brings back."""

import pytest
from breakouts_rig import NAMES, Class, group_id, inside

from emporion.engine.errors import RequestDenied
from emporion.plugins.breakouts import MAX_OF_ONE, Breakouts
from emporion.plugins.breakouts_fold import RECENT
from emporion.plugins.testing import check_plugin


def test_keeps_the_contract() -> None:
    check_plugin(Breakouts, name="breakouts")


@pytest.mark.parametrize("by", ["even", "random"])
async def test_plan_spreads_the_merchants(by: str) -> None:
    c = Class("li", "mo", "wu", "xi")
    c.room.join("chi", role="assistant")
    c.room.join("obs", role="observer", hidden=True)
    await c.plan(by)
    view = c.room.view(c.teacher)
    assert sorted(view["assignment"]) == ["li", "mo", "wu", "xi"]
    assert sorted(view["assignment"].values()) == [1, 1, 2, 2]
    assert view["phase"] == "planned"
    assert [group["name"] for group in view["groups"]] == NAMES


async def test_plan_is_the_hosts_until_it_is_opened() -> None:
    c = Class("li", "mo")
    await c.plan()
    assert c.room.entries[-1].audience.scope == "hosts"
    view = c.room.view(c.merchants[0])
    assert (view["phase"], view["groups"], view["assignment"]) == ("none", [], {})
    await c.open()
    view = c.room.view(c.merchants[0])
    assert (view["phase"], view["assignment"]) == ("open", {"li": 1})


async def test_by_hand_keeps_what_was_assigned() -> None:
    c = Class("li", "mo")
    await c.plan("hand")
    await c.ask(c.teacher, "assign", identities=["li", "mo"], number=2)
    await c.ask(c.teacher, "assign", identities=["mo"], number=None)
    assert c.room.view(c.teacher)["assignment"] == {"li": 2}
    await c.ask(c.teacher, "plan", names=["A", "B", "C"], by="hand")
    assert c.room.view(c.teacher)["assignment"] == {"li": 2}


async def test_opening_sends_everybody() -> None:
    c = Class("li", "mo", "wu")
    await c.open(duration_s=600)
    assert c.sent() == {"li": "Tea", "mo": "Silk", "wu": "Tea"}
    begun = [entry for entry in c.groups.appended if entry.event == "begun"]
    assert [entry.body["number"] for entry in begun] == [1, 2]
    assert begun[0].body["left_us"] == 600_000_000
    assert c.room.timers["end"] == 600_000_000
    view = c.room.view(c.merchants[0])
    assert view["ends_at_us"] == 600_000_000
    assert view["groups"][0]["group_id"] == begun[0].group_id


async def test_one_more_is_moved_while_open() -> None:
    c = Class("li", "mo")
    await c.open()
    await c.ask(c.teacher, "assign", identities=["mo"], number=1)
    assert c.sent()["mo"] == "Tea"
    await c.ask(c.teacher, "assign", identities=["mo"], number=None)
    assert c.sent()["mo"] is None
    mo = c.room.join("mo")
    await c.room.observe()
    assert c.groups.moves[-1][0] != mo.participant_id, "called back alone: stays"


async def test_who_comes_late_goes_to_the_smallest_group() -> None:
    c = Class("li", "mo", "wu")
    await c.open()
    xi = c.room.join("xi")
    await c.room.observe()
    assert c.groups.moves[-1] == (xi.participant_id, group_id(c, "Silk"))
    assert c.room.view(c.teacher)["assignment"]["xi"] == 2


async def test_who_comes_late_may_stay_in_the_main_room() -> None:
    c = Class("li")
    await c.open(late="main")
    moves = len(c.groups.moves)
    c.room.join("xi")
    c.room.join("chi", role="assistant")
    c.room.join("obs", role="observer", hidden=True)
    await c.room.observe()
    assert len(c.groups.moves) == moves


async def test_reload_lands_in_the_right_group() -> None:
    c = Class("li", "mo")
    await c.open()
    again = c.room.join("mo")
    await c.room.observe()
    assert c.groups.moves[-1] == (again.participant_id, group_id(c, "Silk"))


async def test_who_went_back_stays_and_may_enter_again() -> None:
    c = Class("li", "mo")
    await c.open()
    c.room.append("breakouts.returned", {"identity": "li"})
    again = c.room.join("li")
    await c.room.observe()
    assert c.groups.moves[-1][0] != again.participant_id
    assert await c.refusal(again, "enter", number=2) == "breakouts.not_yours"
    await c.ask(again, "enter", number=1)
    assert c.groups.moves[-1] == (again.participant_id, group_id(c, "Tea"))


async def test_choice() -> None:
    c = Class("li", "mo")
    li, mo = c.merchants
    assert await c.refusal(li, "choose", number=1) == "breakouts.not_by_choice"
    await c.plan("choice")
    assert c.room.view(li)["phase"] == "planned"
    await c.ask(li, "choose", number=2)
    assert c.room.view(mo)["assignment"] == {"li": 2}
    assert await c.refusal(mo, "choose", number=3) == "breakouts.unknown_group"
    await c.ask(c.teacher, "open")
    assert c.sent() == {"li": "Silk"}
    await c.ask(mo, "choose", number=1)
    assert c.sent()["mo"] == "Tea"
    await c.ask(mo, "enter", number=2)
    assert c.sent()["mo"] == "Silk"


async def test_countdown_and_end() -> None:
    c = Class("li", "mo")
    await c.open(duration_s=600)
    await c.ask(c.teacher, "close", countdown_s=30)
    assert c.room.timers["end"] == 30_000_000
    assert c.room.view(c.merchants[0])["is_closing"]
    assert [e.event for e in c.groups.appended[-2:]] == ["timer_set", "timer_set"]
    await c.ask(c.teacher, "set_timer", duration_s=300)
    assert not c.room.view(c.merchants[0])["is_closing"]
    li = c.merchants[0]
    c.move(li, group_id(c, "Tea"))
    await c.room.fire_timer("end")
    assert c.room.view(c.teacher)["phase"] == "none"
    assert (li.participant_id, None) in c.groups.moves
    assert [e.event for e in c.groups.appended[-2:]] == ["ended", "ended"]
    tea = group_id(c, "Tea")
    c.groups.occupied.add(tea)
    await c.room.fire_timer("sweep")
    assert list(c.groups.names) == [tea], "somebody is still on the way"
    c.groups.occupied.clear()
    await c.room.fire_timer("sweep")
    assert not c.groups.names


async def test_no_timer_and_at_once() -> None:
    c = Class("li")
    await c.open(duration_s=600)
    await c.ask(c.teacher, "set_timer", duration_s=None)
    assert "end" not in c.room.timers
    await c.ask(c.teacher, "close", countdown_s=0)
    assert c.room.view(c.teacher)["phase"] == "none"
    assert await c.refusal(c.teacher, "close") == "breakouts.not_open"


async def test_announcement_reaches_all_groups() -> None:
    c = Class("li")
    assert await c.refusal(c.teacher, "announce", text="x") == "breakouts.not_open"
    await c.open()
    assert await c.refusal(c.teacher, "announce", text="  ") == "breakouts.empty_text"
    await c.ask(c.teacher, "announce", text=" five minutes ")
    told = [e.body for e in c.groups.appended if e.event == "announced"]
    assert told == [{"text": "five minutes", "author_name": "Ana"}] * 2


async def test_help_is_shown_to_hosts_and_answered() -> None:
    c = Class("li")
    await c.open()
    c.room.append("breakouts.help_asked", {"number": 1, "name": "Li"})
    assert [call["number"] for call in c.room.view(c.teacher)["help"]] == [1]
    assert c.room.view(c.merchants[0])["help"] == []
    assert await c.refusal(c.teacher, "end_help", number=2) == "breakouts.no_call"
    await c.ask(c.teacher, "end_help", number=1)
    assert c.room.view(c.teacher)["help"] == []
    assert c.groups.appended[-1].event == "help_ended"
    c.room.append("breakouts.help_asked", {"number": 1, "name": "Li"})
    await c.ask(c.teacher, "enter", number=1)
    assert c.room.view(c.teacher)["help"] == [], "a host who comes ends it"


async def test_after_a_crash_of_the_plugin_everything_goes_on() -> None:
    c = Class("li", "mo")
    await c.open(duration_s=600)
    c.groups.moves.clear()
    await c.room.start()
    assert c.sent() == {"li": "Tea", "mo": "Silk"}
    assert c.room.timers["end"] == 600_000_000
    await c.ask(c.teacher, "close", countdown_s=0)
    await c.room.start()
    assert "sweep" in c.room.timers


async def test_who_may_do_what() -> None:
    c = Class("li")
    (li,) = c.merchants
    weak = c.room.join("chi", role="assistant", can_move_participants=False)
    for person in (li, weak):
        for body in (
            {"type": "plan", "names": NAMES},
            {"type": "open"},
            {"type": "close"},
            {"type": "cancel"},
            {"type": "announce", "text": "x"},
            {"type": "assign", "identities": ["li"], "number": 1},
            {"type": "set_timer", "duration_s": None},
            {"type": "end_help", "number": 1},
        ):
            assert await c.refusal(person, **body) == "breakouts.hosts_only"
    assert await c.refusal(li, "go_back") == "breakouts.in_main_room"
    assert await c.refusal(li, "ask_help") == "breakouts.in_main_room"
    assert await c.refusal(li, "enter", number=1) == "breakouts.not_open"


async def test_what_cannot_be_now() -> None:
    c = Class("li")
    assert await c.refusal(c.teacher, "open") == "breakouts.no_plan"
    assert await c.refusal(c.teacher, "cancel") == "breakouts.no_plan"
    refusal = await c.refusal(c.teacher, "assign", identities=["li"], number=1)
    assert refusal == "breakouts.no_plan"
    await c.plan()
    refusal = await c.refusal(c.teacher, "assign", identities=["li"], number=9)
    assert refusal == "breakouts.unknown_group"
    await c.ask(c.teacher, "cancel")
    assert c.room.view(c.teacher)["phase"] == "none"
    await c.open()
    assert await c.refusal(c.teacher, "plan", names=NAMES) == "breakouts.open_already"
    assert await c.refusal(c.teacher, "open") == "breakouts.open_already"
    assert await c.refusal(c.teacher, "cancel") == "breakouts.open_already"


async def test_requests_are_limited() -> None:
    c = Class("li")
    (li,) = c.merchants
    await c.plan("choice")
    for index in range(MAX_OF_ONE):
        await c.ask(li, "choose", number=1 + index % 2)
    assert await c.refusal(li, "choose", number=1) == "breakouts.rate_limited"
    for _ in range(RECENT - 1):
        await c.plan()
    assert await c.refusal(c.teacher, "plan", names=NAMES) == "breakouts.rate_limited"
    c.room.now_us += 11_000_000
    await c.plan()


async def test_hidden_observers_visit_unseen() -> None:
    c = Class("li")
    observer = c.room.join("obs", role="observer", hidden=True)
    await c.open()
    entries = len(c.room.entries)
    await c.ask(observer, "enter", number=2)
    assert c.groups.moves[-1] == (observer.participant_id, group_id(c, "Silk"))
    assert len(c.room.entries) == entries
    assert c.room.view(c.teacher)["away"] == []
    assert await c.refusal(observer, "choose", number=1) == "breakouts.only_visits"


async def test_people_in_groups_are_shown() -> None:
    c = Class("li", "mo")
    await c.open()
    li = c.merchants[0]
    c.room.leave(li, cause="moved")
    c.move(li, group_id(c, "Tea"))
    (away,) = c.room.view(c.teacher)["away"]
    assert (away["identity"], away["group_id"]) == ("li", group_id(c, "Tea"))
    c.move(li, None)
    assert c.room.view(c.teacher)["away"] == []


async def test_summaries_are_for_hosts() -> None:
    c = Class("li")
    summary = {
        "number": 1,
        "name": "Tea",
        "group_id": "RM_tea",
        "people": ["Li"],
        "messages_total": 1,
        "stays": [{"name": "Li", "stayed_us": 60_000_000, "is_host": False}],
        "lasted_us": 90_000_000,
        "is_lost": False,
        "is_readable": True,
    }
    c.room.append("breakouts.summary", summary)
    assert c.room.view(c.teacher)["summaries"] == [summary]
    assert c.room.view(c.merchants[0])["summaries"] == []


async def test_one_host_speaks_to_all_groups() -> None:
    c = Class("li")
    assert await c.refusal(c.teacher, "speak", is_on=True) == "breakouts.not_open"
    await c.open()
    await c.ask(c.teacher, "speak", is_on=True)
    assert c.groups.callers == {c.teacher.participant_id}
    assert [e.event for e in c.groups.appended[-2:]] == ["voice", "voice"]
    other = c.room.join("chi", role="assistant")
    await c.ask(other, "speak", is_on=True)
    assert c.groups.callers == {other.participant_id}
    entries = len(c.room.entries)
    await c.ask(c.teacher, "speak", is_on=False)
    assert len(c.room.entries) == entries, "it is another who speaks"
    c.room.leave(other)
    await c.room.observe()
    assert c.groups.callers == frozenset()
    assert c.room.view(c.teacher)["voice"] is None
    await c.ask(c.teacher, "speak", is_on=True)
    c.groups.callers = frozenset()
    await c.room.start()
    assert c.groups.callers == {c.teacher.participant_id}, "it is said again after a crash"
    await c.ask(c.teacher, "close", countdown_s=0)
    assert c.groups.callers == frozenset()


# -- inside a group ------------------------------------------------------------------------------


async def test_group_asks_for_help_once() -> None:
    room, _, li = inside()
    await room.request(li, type="ask_help")
    await room.request(li, type="ask_help")
    assert [e.event for e in room.groups.appended] == ["help_asked"]
    assert room.groups.appended[0].group_id is None
    assert room.view(li)["help_asked_by"] == "Li"
    await room.request(li, type="end_help")
    await room.request(li, type="end_help")
    assert [e.event for e in room.groups.appended] == ["help_asked", "help_ended"]
    assert room.view(li)["help_asked_by"] is None


async def test_way_back() -> None:
    room, teacher, li = inside()
    await room.request(li, type="go_back")
    assert room.groups.moves == [(li.participant_id, None)]
    assert room.groups.appended[-1].body == {"identity": "li"}
    await room.request(teacher, type="go_back")
    assert room.groups.moves[-1] == (teacher.participant_id, None)
    assert len(room.groups.appended) == 1


async def test_way_back_may_be_closed() -> None:
    room, teacher, li = inside(may_return=False)
    with pytest.raises(RequestDenied) as refused:
        await room.request(li, type="go_back")
    assert refused.value.code == "breakouts.may_not_return"
    await room.request(teacher, type="go_back")


async def test_hosts_go_on_to_another_group() -> None:
    room, teacher, li = inside()
    await room.request(teacher, type="enter", number=2)
    assert room.groups.moves == [(teacher.participant_id, "RM_silk")]
    for person, number, code in ((li, 2, "hosts_only"), (teacher, 9, "unknown_group")):
        with pytest.raises(RequestDenied) as refused:
            await room.request(person, type="enter", number=number)
        assert refused.value.code == f"breakouts.{code}"
    with pytest.raises(RequestDenied) as refused:
        await room.request(teacher, type="close")
    assert refused.value.code == "breakouts.in_group"


async def test_group_has_a_clock_of_its_own() -> None:
    room, _, li = inside()
    room.now_us = 5_000_000
    room.append("breakouts.timer_set", {"left_us": 30_000_000, "is_closing": True})
    view = room.view(li)
    assert (view["ends_at_us"], view["is_closing"]) == (35_000_000, True)
    room.append("breakouts.announced", {"text": "hurry", "author_name": "Ana"})
    assert room.view(li)["announcement"]["text"] == "hurry"


async def test_group_brings_back_its_chat_and_people() -> None:
    room, _, li = inside()
    for index in range(40):
        body = {"text": f"idea {index}", "to": None, "author_name": "Li"}
        room.append("chat.message", body, author=li.participant_id)
    room.append("breakouts.ended", {})
    await room.observe()
    summary = room.groups.appended[-1]
    assert (summary.event, summary.group_id, summary.audience.scope) == ("summary", None, "hosts")
    assert summary.body["people"] == ["Ana", "Li"]
    assert summary.body["messages_total"] == 40
    with pytest.raises(RequestDenied) as refused:
        await room.request(li, type="ask_help")
    assert refused.value.code == "breakouts.not_open"


async def test_a_group_is_renamed_also_while_it_is_open() -> None:
    c = Class("li")
    assert await c.refusal(c.teacher, "rename", number=1, name="Tea") == "breakouts.no_plan"
    await c.plan()
    assert await c.refusal(c.merchants[0], "rename", number=1, name="x") == "breakouts.hosts_only"
    assert await c.refusal(c.teacher, "rename", number=9, name="x") == "breakouts.unknown_group"
    assert await c.refusal(c.teacher, "rename", number=1, name="  ") == "breakouts.empty_text"
    await c.ask(c.teacher, "rename", number=1, name=" Oolong ")
    assert c.room.entries[-1].audience.scope == "hosts"
    await c.ask(c.teacher, "open")
    assert "Oolong" in c.groups.names.values()
    await c.ask(c.teacher, "rename", number=1, name="Pu-erh")
    assert c.room.view(c.merchants[0])["groups"][0]["name"] == "Pu-erh"
    told = [one for one in c.groups.appended if one.event == "renamed"]
    assert len(told) == len(c.groups.names)
    assert c.groups.names[group_id(c, "Pu-erh")] == "Pu-erh", "the room itself is called so, too"
    assert told[0].body == {"number": 1, "name": "Pu-erh"}
