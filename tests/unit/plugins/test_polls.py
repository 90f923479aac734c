"""Polls: who may open one, who answers how often, who sees which results, and when."""

from typing import Any

import msgspec
import pytest

from emporion.engine.errors import RequestDenied
from emporion.plugins.api import ParticipantView
from emporion.plugins.polls import Polls
from emporion.plugins.polls.plugin import MAX_CHANGES
from emporion.plugins.polls.results import PAGE_BALLOTS, SHOWN_TO_OTHERS, TEXTS_FOR_OTHERS
from emporion.plugins.testing import RehearsalRoom, check_plugin

COLOURS: dict[str, Any] = {"text": "Which?", "kind": "single", "choices": ["red", "green", "blue"]}


def polls(**options: Any) -> RehearsalRoom:
    return RehearsalRoom(Polls, options, name="polls")


async def create(room: RehearsalRoom, host: ParticipantView, **body: Any) -> int:
    """Open a poll; returns its number."""
    await room.request(host, type="create", **({**COLOURS, "opens": True} | body))
    number: int = room.state.total
    return number


async def vote(room: RehearsalRoom, person: ParticipantView, number: int, *choices: int) -> int:
    """Answer; returns how many entries it made."""
    return len(await room.request(person, type="vote", number=number, choices=choices))


async def refusal(room: RehearsalRoom, person: ParticipantView, **body: Any) -> str:
    before, state = len(room.entries), room.state
    with pytest.raises(RequestDenied) as refused:
        await room.request(person, **body)
    assert len(room.entries) == before, "a refused request changes nothing"
    assert room.state is state
    return refused.value.code


def last_body(room: RehearsalRoom) -> Any:
    return msgspec.msgpack.decode(room.entries[-1].body)


def newest(room: RehearsalRoom, person: ParticipantView) -> dict[str, Any]:
    poll: dict[str, Any] = room.view(person)["polls"][-1]
    return poll


def test_keeps_the_contract() -> None:
    check_plugin(Polls, name="polls")


# -- making a poll ------------------------------------------------------------------------------


async def test_a_prepared_poll_is_for_hosts_until_it_is_opened() -> None:
    room = polls()
    ana, bo, li = room.join("ana", role="host"), room.join("bo", role="assistant"), room.join("li")
    (entry,) = await room.request(ana, type="create", **COLOURS)
    assert (entry.kind, entry.audience.scope) == ("polls.drafted", "hosts")
    assert room.view(li)["polls"] == []
    assert newest(room, bo)["status"] == "draft"
    assert await refusal(room, li, type="vote", number=1, choices=[0]) == "polls.not_open"
    (entry,) = await room.request(bo, type="open", number=1)
    assert (entry.kind, entry.audience.scope) == ("polls.opened", "all")
    assert await room.request(ana, type="open", number=1) == [], "another host was first"
    assert newest(room, li)["info"]["choices"] == ["red", "green", "blue"]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"text": " "}, "polls.empty"),
        ({"text": "x" * 301}, "polls.too_long"),
        ({"choices": ["red", " "]}, "polls.empty"),
        ({"choices": ["red", "x" * 121]}, "polls.too_long"),
        ({"choices": ["red"]}, "polls.wrong_choices"),
        ({"choices": ["red", "red "]}, "polls.wrong_choices"),
        ({"kind": "text"}, "polls.wrong_choices"),
        ({"kind": "text", "choices": [], "right": [0]}, "polls.wrong_answers"),
        ({"right": [3]}, "polls.wrong_answers"),
        ({"right": [0, 1]}, "polls.wrong_answers"),
    ],
)
async def test_what_no_poll_can_be(body: dict[str, Any], code: str) -> None:
    room = polls()
    host = room.join("ana", role="host")
    assert await refusal(room, host, type="create", **(COLOURS | body)) == code


async def test_a_request_out_of_bounds_is_no_request() -> None:
    room = polls()
    host = room.join("ana", role="host")
    for body in ({"choices": [str(n) for n in range(13)]}, {"seconds": 1}, {"right": [12]}):
        with pytest.raises(msgspec.ValidationError):
            await room.request(host, type="create", **(COLOURS | body))


async def test_polls_are_run_by_who_has_the_grant() -> None:
    room = polls()
    ana, li = room.join("ana", role="host"), room.join("li")
    number = await create(room, ana)
    assert await refusal(room, li, type="create", **COLOURS) == "polls.not_allowed"
    for kind in ("open", "close", "share", "repeat", "delete"):
        assert await refusal(room, li, type=kind, number=number) == "polls.not_allowed"
    for extra in ({"type": "hide_text", "ballot": 1}, {"type": "get_ballots", "query": 1}):
        assert await refusal(room, li, number=number, **extra) == "polls.not_allowed"
    await room.request(room.join("trainer", can_poll=True), type="close", number=number)


async def test_one_poll_is_open_at_a_time() -> None:
    room = polls()
    ana = room.join("ana", role="host")
    number = await create(room, ana)
    await room.request(ana, type="create", **COLOURS)
    code = "polls.another_open"
    assert await refusal(room, ana, type="create", **COLOURS, opens=True) == code
    assert await refusal(room, ana, type="open", number=2) == code
    await room.request(ana, type="close", number=number)
    await room.request(ana, type="open", number=2)
    assert await refusal(room, ana, type="repeat", number=number) == code


async def test_a_session_has_so_many_polls() -> None:
    room = polls(max_polls=1)
    ana = room.join("ana", role="host")
    number = await create(room, ana)
    await room.request(ana, type="close", number=number)
    assert await refusal(room, ana, type="create", **COLOURS) == "polls.too_many"
    assert await refusal(room, ana, type="repeat", number=number) == "polls.too_many"


@pytest.mark.parametrize("kind", ["open", "close", "share", "repeat", "delete", "vote"])
async def test_a_poll_that_does_not_exist(kind: str) -> None:
    room = polls()
    ana = room.join("ana", role="host")
    assert await refusal(room, ana, type=kind, number=1) == "polls.unknown"


# -- answering ----------------------------------------------------------------------------------


async def test_an_answer_is_told_to_who_gives_it_and_counted_for_all() -> None:
    room = polls()
    ana, li, mo = room.join("ana", role="host"), room.join("li"), room.join("mo")
    number = await create(room, ana)
    assert await vote(room, li, number, 1) == 1
    assert room.entries[-1].audience.people == (li.participant_id,)
    assert last_body(room)["name"] == "", "it is anonymous"
    await vote(room, mo, number, 1)
    for is_host in (True, False):
        results = room.summary(is_host=is_host)["results"]
        assert (results["voters"], results["counts"]) == (2, [0, 2, 0])
    room.leave(li)
    li = room.join("li")
    assert (newest(room, li)["has_voted"], newest(room, li)["choices"]) == (True, [1])
    assert "has_voted" not in newest(room, ana)


async def test_an_answer_is_changed_while_the_poll_is_open() -> None:
    room = polls()
    ana, li = room.join("ana", role="host"), room.join("li")
    number = await create(room, ana)
    await vote(room, li, number, 0)
    assert await vote(room, li, number, 0) == 0, "said again after a lost answer"
    await vote(room, li, number, 2)
    assert room.summary()["results"]["counts"] == [0, 0, 1]
    for turn in range(1, MAX_CHANGES):
        await vote(room, li, number, turn % 2)
    code = await refusal(room, li, type="vote", number=number, choices=[2])
    assert code == "polls.too_many_changes"
    await room.request(ana, type="close", number=number)
    assert await refusal(room, li, type="vote", number=number, choices=[1]) == "polls.not_open"
    assert room.replayed() == room.state


async def test_an_answer_stands_where_it_may_not_be_changed() -> None:
    room = polls()
    ana, li = room.join("ana", role="host"), room.join("li")
    number = await create(room, ana, may_change=False)
    await vote(room, li, number, 0)
    code = await refusal(room, li, type="vote", number=number, choices=[1])
    assert code == "polls.voted_already"
    assert await vote(room, li, number, 0) == 0


@pytest.mark.parametrize(
    ("poll", "answer", "code"),
    [
        ({}, {"choices": []}, "polls.empty"),
        ({}, {"choices": [3]}, "polls.wrong_vote"),
        ({}, {"choices": [0, 1]}, "polls.wrong_vote"),
        ({}, {"choices": [0], "text": "also"}, "polls.wrong_vote"),
        ({"kind": "multiple"}, {"choices": []}, "polls.empty"),
        ({"kind": "text", "choices": []}, {"text": " "}, "polls.empty"),
        ({"kind": "text", "choices": []}, {"text": "x" * 201}, "polls.too_long"),
        ({"kind": "text", "choices": []}, {"text": "x", "choices": [0]}, "polls.wrong_vote"),
    ],
)
async def test_what_is_no_answer(poll: dict[str, Any], answer: dict[str, Any], code: str) -> None:
    room = polls()
    number = await create(room, room.join("ana", role="host"), **poll)
    assert await refusal(room, room.join("li"), type="vote", number=number, **answer) == code


async def test_who_only_looks_on_does_not_vote() -> None:
    room = polls()
    number = await create(room, room.join("ana", role="host"))
    for quiet in (room.join("eve", role="observer"), room.join("boss", hidden=True)):
        code = await refusal(room, quiet, type="vote", number=number, choices=[0])
        assert code == "polls.not_allowed"


async def test_several_choices_count_each() -> None:
    room = polls()
    ana, li, mo = room.join("ana", role="host"), room.join("li"), room.join("mo")
    number = await create(room, ana, kind="multiple")
    await vote(room, li, number, 2, 0, 2)
    await vote(room, mo, number, 0)
    results = room.summary()["results"]
    assert (results["voters"], results["counts"]) == (2, [2, 0, 1])


async def test_free_texts_show_the_latest_and_a_host_can_hide_one() -> None:
    room = polls()
    ana, people = room.join("ana", role="host"), [room.join(f"p{n}") for n in range(60)]
    number = await create(room, ana, kind="text", choices=[])
    for person in people:
        await room.request(person, type="vote", number=number, text=f"says {person.name}")
    await room.request(people[20], type="vote", number=number, text="changed my mind")
    results = room.summary()["results"]
    assert results["voters"] == 60
    assert len(results["texts"]) == TEXTS_FOR_OTHERS
    assert results["texts"][-1] == {"ballot": 21, "text": "changed my mind"}
    assert len(room.summary(is_host=True)["results"]["texts"]) == 50
    (entry,) = await room.request(ana, type="hide_text", number=number, ballot=21)
    assert entry.audience.scope == "hosts"
    assert await room.request(ana, type="hide_text", number=number, ballot=21) == []
    assert room.summary()["results"]["texts"][-1]["text"] == "says P59"
    code = await refusal(room, ana, type="hide_text", number=number, ballot=61)
    assert code == "polls.no_such_answer"


async def test_a_text_hidden_after_the_end_is_taken_out_of_the_results() -> None:
    room = polls()
    ana, li = room.join("ana", role="host"), room.join("li")
    number = await create(room, ana, kind="text", choices=[])
    await room.request(li, type="vote", number=number, text="rude")
    await room.request(ana, type="close", number=number)
    entries = await room.request(ana, type="hide_text", number=number, ballot=1)
    assert [entry.kind for entry in entries] == ["polls.text_hidden", "polls.results"]
    assert "texts" not in last_body(room)["results"]
    assert "texts" not in newest(room, li)["results"]


# -- results ------------------------------------------------------------------------------------


async def test_results_are_hidden_until_the_end_where_the_poll_says_so() -> None:
    room = polls()
    ana, li = room.join("ana", role="host"), room.join("li")
    number = await create(room, ana, shows="closed")
    await vote(room, li, number, 0)
    assert room.summary() == {"number": number, "voters": 1}
    assert "results" not in newest(room, li)
    assert room.summary(is_host=True)["results"]["counts"] == [1, 0, 0]
    closed, results = await room.request(ana, type="close", number=number)
    assert (closed.kind, closed.audience.scope) == ("polls.closed", "all")
    assert (results.kind, results.audience.scope) == ("polls.results", "all")
    assert newest(room, li)["results"] == last_body(room)["results"]
    assert await room.request(ana, type="close", number=number) == [], "another host was first"
    assert room.summary() == {}


async def test_results_for_hosts_are_shown_to_all_by_one_of_them() -> None:
    room = polls()
    ana, li = room.join("ana", role="host"), room.join("li")
    number = await create(room, ana, shows="hosts")
    await vote(room, li, number, 0)
    assert await refusal(room, ana, type="share", number=number) == "polls.not_closed"
    await room.request(ana, type="close", number=number)
    assert room.entries[-1].audience.scope == "hosts"
    assert "results" not in newest(room, li)
    (entry,) = await room.request(ana, type="share", number=number)
    assert entry.audience.scope == "all"
    assert await room.request(ana, type="share", number=number) == []
    assert newest(room, li)["results"]["counts"] == [1, 0, 0]
    assert room.replayed() == room.state


async def test_a_quiz_says_what_is_right_at_its_end_only_and_gives_points() -> None:
    room = polls()
    ana, li, mo = room.join("ana", role="host"), room.join("li"), room.join("mo")
    number = await create(room, ana, kind="multiple", right=[2, 0], points=5, named=True)
    opened = room.entries[-1]
    assert msgspec.msgpack.decode(opened.body)["poll"]["is_quiz"] is True
    assert b"right" not in bytes(opened.body)
    assert newest(room, ana)["right"] == [0, 2]
    assert "right" not in newest(room, li)
    await vote(room, li, number, 0, 2)
    await vote(room, mo, number, 0)
    assert "right" not in room.summary(is_host=True)["results"]
    await room.request(ana, type="close", number=number)
    results = newest(room, mo)["results"]
    assert results["right"] == [0, 2]
    assert results["leaders"] == [{"name": "Li", "points": 5}]
    assert (room.view(li)["score"], room.view(mo)["score"]) == (5, 0)
    assert room.replayed() == room.state


async def test_points_are_given_once_and_when_all_know_what_is_right() -> None:
    room = polls()
    ana, li = room.join("ana", role="host"), room.join("li")
    number = await create(room, ana, right=[1], named=True, shows="hosts")
    await vote(room, li, number, 1)
    await room.request(ana, type="close", number=number)
    assert newest(room, ana)["results"]["leaders"] == [{"name": "Li", "points": 1}]
    assert room.view(li)["score"] == 0, "it would tell what is right"
    await room.request(ana, type="share", number=number)
    assert room.view(li)["score"] == 1
    assert newest(room, li)["results"]["leaders"] == [{"name": "Li", "points": 1}]
    assert newest(room, ana)["results"] == last_body(room)["results"]


async def test_an_anonymous_quiz_names_nobody() -> None:
    room = polls()
    ana, li = room.join("ana", role="host"), room.join("li")
    number = await create(room, ana, right=[1])
    await vote(room, li, number, 1)
    await room.request(ana, type="close", number=number)
    assert "leaders" not in newest(room, ana)["results"]
    assert room.view(li)["score"] == 1
    second = await create(room, ana, right=[1], named=True)
    await vote(room, li, second, 1)
    await room.request(ana, type="close", number=second)
    assert newest(room, ana)["results"]["leaders"] == [{"name": "Li", "points": 1}], (
        "points of anonymous quizzes are shown to nobody else"
    )


async def test_a_poll_closes_when_its_time_is_over() -> None:
    room = polls()
    ana, li = room.join("ana", role="host"), room.join("li")
    room.now_us = 1_000_000
    number = await create(room, ana, seconds=30)
    assert newest(room, li)["info"]["closes_at_us"] == room.timers[str(number)] == 31_000_000
    await room.start()
    assert room.timers == {str(number): 31_000_000}, "set again after a restart"
    room.now_us = 31_000_000
    assert await refusal(room, li, type="vote", number=number, choices=[0]) == "polls.not_open"
    await room.fire_timer(str(number))
    assert newest(room, li)["status"] == "closed"
    assert room.entries[-1].kind == "polls.results"


async def test_closing_by_hand_stops_the_clock() -> None:
    room = polls()
    ana = room.join("ana", role="host")
    number = await create(room, ana, seconds=30)
    await room.request(ana, type="close", number=number)
    assert room.timers == {}


async def test_a_restarted_actor_tells_the_results_that_are_missing() -> None:
    room = polls()
    ana = room.join("ana", role="host")
    number = await create(room, ana)
    room.append("polls.closed", {"number": number})
    await room.start()
    assert room.entries[-1].kind == "polls.results"
    before = len(room.entries)
    await room.start()
    assert len(room.entries) == before


async def test_another_round_asks_the_same_of_all_anew() -> None:
    room = polls()
    ana, li = room.join("ana", role="host"), room.join("li")
    first = await create(room, ana, seconds=30)
    await vote(room, li, first, 0)
    assert await refusal(room, ana, type="repeat", number=first) == "polls.not_closed"
    await room.request(ana, type="close", number=first)
    for round_number, again in ((2, first), (3, 2)):
        room.now_us += 60_000_000
        await room.request(ana, type="repeat", number=again)
        poll = newest(room, li)
        assert (poll["info"]["round"], poll["info"]["repeats"]) == (round_number, first)
        assert poll["info"]["closes_at_us"] == room.now_us + 30_000_000
        assert "has_voted" not in poll
        assert await vote(room, li, room.state.total, 1) == 1
        await room.request(ana, type="close", number=room.state.total)
    assert room.view(li)["polls"][0]["results"]["counts"] == [1, 0, 0], "the first keeps its own"


async def test_a_poll_is_put_away() -> None:
    room = polls()
    ana, li = room.join("ana", role="host"), room.join("li")
    number = await create(room, ana)
    assert await refusal(room, ana, type="delete", number=number) == "polls.is_open"
    await room.request(ana, type="close", number=number)
    (entry,) = await room.request(ana, type="delete", number=number)
    assert entry.audience.scope == "all"
    assert room.view(li)["polls"] == []
    await room.request(ana, type="create", **COLOURS)
    assert room.state.total == 2, "numbers are not used twice"
    (entry,) = await room.request(ana, type="delete", number=2)
    assert entry.audience.scope == "hosts", "nobody else knew of it"


# -- export and bounds --------------------------------------------------------------------------


async def test_answers_by_name_come_in_pages() -> None:
    room = polls()
    ana = room.join("ana", role="host")
    number = await create(room, ana, named=True)
    for index in range(PAGE_BALLOTS + 1):
        room.now_us += 1
        await vote(room, room.join(f"p{index}"), number, index % 3)
    await room.request(ana, type="get_ballots", query=4, number=number)
    page = room.signals[-1]
    assert (page.event, page.audience.people) == ("ballots", (ana.participant_id,))
    assert (page.body["total"], len(page.body["ballots"])) == (PAGE_BALLOTS + 1, PAGE_BALLOTS)
    assert page.body["ballots"][1]["identity"] == "p1"
    await room.request(ana, type="get_ballots", query=5, number=number, offset=PAGE_BALLOTS)
    (last,) = room.signals[-1].body["ballots"]
    assert (last["name"], last["choices"]) == (f"P{PAGE_BALLOTS}", [PAGE_BALLOTS % 3])


async def test_anonymous_answers_tell_neither_name_nor_order() -> None:
    room = polls()
    ana = room.join("ana", role="host")
    number = await create(room, ana)
    for index, choice in enumerate((2, 0, 1)):
        await vote(room, room.join(f"p{index}"), number, choice)
    await room.request(ana, type="get_ballots", query=1, number=number)
    ballots = room.signals[-1].body["ballots"]
    assert ballots == [{"choices": [0]}, {"choices": [1]}, {"choices": [2]}]


async def test_a_view_and_a_summary_stay_small() -> None:
    room = polls()
    ana, li = room.join("ana", role="host"), room.join("li")
    for _ in range(60):
        number = await create(room, ana, text="x" * 300, choices=[f"{n}" * 60 for n in range(12)])
        await vote(room, li, number, 0)
        await room.request(ana, type="close", number=number)
    view = room.view(li)
    assert len(view["polls"]) == SHOWN_TO_OTHERS
    assert len(msgspec.msgpack.encode(view)) < 64 * 1024
    number = await create(room, ana, kind="text", choices=[])
    for index in range(30):
        person = room.join(f"p{index}")
        await room.request(person, type="vote", number=number, text="界" * 200)
    assert len(msgspec.msgpack.encode(room.summary())) < 8 * 1024
    assert room.replayed() == room.state
