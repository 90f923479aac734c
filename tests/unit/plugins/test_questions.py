"""Questions: who may ask, vote and answer, what becomes of a question, and who is shown what."""

from typing import Any

import msgspec
import pytest

from emporion.engine.errors import RequestDenied
from emporion.plugins.api import ParticipantView
from emporion.plugins.questions import Questions
from emporion.plugins.questions.board import BOARD, LIST_INTERVAL_US
from emporion.plugins.questions.plugin import ACTS_IN_WINDOW, LISTS, MAX_VOTES
from emporion.plugins.testing import RehearsalRoom, check_plugin


def questions(template: str = "class", **options: Any) -> RehearsalRoom:
    room = RehearsalRoom(Questions, options, name="questions")
    room.append("room.opened", {"room_id": "RM_1", "name": "shop", "template": template})
    return room


async def ask(room: RehearsalRoom, person: ParticipantView, text: str, **body: Any) -> int:
    """Ask at a time of its own; returns the number."""
    room.now_us += 60_000_000
    (entry,) = await room.request(person, type="ask", text=text, **body)
    number: int = msgspec.msgpack.decode(entry.body)["number"]
    return number


async def act(room: RehearsalRoom, person: ParticipantView, kind: str, number: int) -> list[str]:
    """Do something with a question; returns the kinds of the entries it made."""
    return [entry.kind for entry in await room.request(person, type=kind, number=number)]


async def refusal(room: RehearsalRoom, person: ParticipantView, **body: Any) -> str:
    before, state = len(room.entries), room.state
    with pytest.raises(RequestDenied) as refused:
        await room.request(person, **body)
    assert len(room.entries) == before, "a refused request changes nothing"
    assert room.state is state
    return refused.value.code


async def list_all(room: RehearsalRoom) -> None:
    """Let the lists be made until nothing is left to enter."""
    while LISTS in room.timers:
        await room.fire_timer(LISTS)


def shown(room: RehearsalRoom, person: ParticipantView, number: int) -> dict[str, Any]:
    found: dict[str, Any] = next(q for q in room.view(person)["questions"] if q["number"] == number)
    return found


def test_keeps_the_contract() -> None:
    check_plugin(Questions, name="questions")


# -- asking -------------------------------------------------------------------------------------


async def test_a_question_is_told_to_its_author_at_once_and_to_all_by_the_board() -> None:
    room = questions()
    ana, li, mo = room.join("ana", role="host"), room.join("li"), room.join("mo")
    number = await ask(room, li, "  How do refunds work? ")
    assert number == 1
    assert room.entries[-1].audience.people == (li.participant_id,)
    assert room.view(mo)["questions"] == []
    await list_all(room)
    board, desk = room.entries[-2:]
    assert (board.kind, board.audience.scope) == ("questions.board", "all")
    assert (desk.kind, desk.audience.scope) == ("questions.desk", "hosts")
    for person in (ana, li, mo):
        question = shown(room, person, 1)
        assert (question["text"], question["name"]) == ("How do refunds work?", "Li")
        assert question["votes"] == 1, "who asks has the first vote"
    assert room.view(li)["mine"] == [1]
    assert room.view(mo)["desk"] == []
    assert room.view(ana)["desk"] == [1]


async def test_who_asks_without_a_name_is_shown_to_nobody() -> None:
    room = questions()
    ana, li = room.join("ana", role="host"), room.join("li")
    number = await ask(room, li, "May I ask?", anonymous=True)
    await list_all(room)
    assert "name" not in shown(room, ana, number)
    assert b"li" not in msgspec.msgpack.encode(room.view(ana)).lower()
    for entry in room.entries:
        if entry.kind in ("questions.board", "questions.desk"):
            assert entry.author is None
            assert b"Li" not in bytes(entry.body)


async def test_names_cannot_be_hidden_where_the_room_does_not_allow_it() -> None:
    room = questions("guidance")
    ana, li = room.join("ana", role="host"), room.join("li")
    code = await refusal(room, li, type="ask", text="?", anonymous=True)
    assert code == "questions.anonymous_not_allowed"
    await room.request(ana, type="change_settings", anonymous=True)
    await ask(room, li, "?", anonymous=True)


async def test_a_moderated_question_waits_for_its_publication() -> None:
    room = questions("briefing")
    ana, li, mo = room.join("ana", role="host"), room.join("li"), room.join("mo")
    number = await ask(room, li, "When?")
    await list_all(room)
    assert shown(room, ana, number)["status"] == "waiting"
    assert shown(room, li, number)["status"] == "waiting", "its author knows it"
    assert room.view(mo)["questions"] == []
    assert await refusal(room, mo, type="vote", number=number) == "questions.unknown"
    assert await act(room, ana, "publish", number) == ["questions.published"]
    assert await act(room, ana, "publish", number) == [], "another host was first"
    await list_all(room)
    assert "status" not in shown(room, mo, number), "open, as most are"


async def test_a_host_asks_without_waiting() -> None:
    room = questions("briefing")
    await ask(room, room.join("ana", role="host"), "What would you like to hear?")
    await list_all(room)
    assert len(room.view(room.join("mo"))["questions"]) == 1


async def test_settings_are_changed_by_who_may_answer() -> None:
    room = questions()
    ana, li = room.join("ana", role="assistant"), room.join("li")
    assert room.view(li)["settings"] == {"moderated": False, "anonymous": True}
    (entry,) = await room.request(ana, type="change_settings", moderated=True)
    assert entry.audience.scope == "all"
    assert await room.request(ana, type="change_settings", moderated=True) == []
    assert room.view(li)["settings"] == {"moderated": True, "anonymous": True}
    code = await refusal(room, li, type="change_settings", moderated=False)
    assert code == "questions.not_allowed"


@pytest.mark.parametrize(
    ("text", "code"),
    [("", "questions.empty"), (" \n\t", "questions.empty"), ("界" * 501, "questions.too_long")],
)
async def test_text_is_checked(text: str, code: str) -> None:
    room = questions()
    assert await refusal(room, room.join("li"), type="ask", text=text) == code


async def test_questions_of_one_identity_are_limited() -> None:
    room = questions(rate_questions=2, rate_window_s=60, max_per_person=3)
    li = room.join("li")
    for _ in range(2):
        await room.request(li, type="ask", text="?")
    assert await refusal(room, li, type="ask", text="?") == "questions.rate_limited"
    room.leave(li)
    li = room.join("li")
    assert await refusal(room, li, type="ask", text="?") == "questions.rate_limited"
    await ask(room, li, "later")
    room.now_us += 60_000_000
    assert await refusal(room, li, type="ask", text="?") == "questions.too_many"


async def test_a_session_takes_so_many_questions() -> None:
    room = questions(max_questions=1)
    await ask(room, room.join("li"), "first")
    assert await refusal(room, room.join("mo"), type="ask", text="?") == "questions.full"


async def test_who_may_not_ask_may_not_vote_either() -> None:
    room = questions()
    number = await ask(room, room.join("li"), "?")
    for quiet in (room.join("eve", role="observer"), room.join("mo", can_ask=False)):
        assert await refusal(room, quiet, type="ask", text="?") == "questions.not_allowed"
        assert await refusal(room, quiet, type="vote", number=number) == "questions.not_allowed"


# -- voting -------------------------------------------------------------------------------------


async def test_votes_are_counted_once_for_each_identity_and_can_be_taken_back() -> None:
    room = questions()
    li, mo = room.join("li"), room.join("mo")
    number = await ask(room, li, "?")
    await list_all(room)
    assert await act(room, mo, "vote", number) == ["questions.voted"]
    assert room.entries[-1].audience.people == (mo.participant_id,), "nobody else hears of it"
    assert await act(room, mo, "vote", number) == [], "said again after a lost answer"
    room.leave(mo)
    mo = room.join("mo")
    assert await act(room, mo, "vote", number) == [], "a reload is no second vote"
    assert room.view(mo)["votes"] == [number]
    assert room.summary()["votes"] == [[number, 2]]
    assert await act(room, mo, "take_back_vote", number) == ["questions.vote_taken_back"]
    assert await act(room, mo, "take_back_vote", number) == []
    assert room.summary()["votes"] == [[number, 1]]
    assert room.view(mo)["votes"] == []


async def test_ones_own_question_has_ones_vote_already() -> None:
    room = questions()
    li = room.join("li")
    number = await ask(room, li, "?")
    for kind in ("vote", "take_back_vote"):
        assert await refusal(room, li, type=kind, number=number) == "questions.own"


async def test_nobody_votes_for_what_is_closed_or_unknown() -> None:
    room = questions()
    ana, li = room.join("ana", role="host"), room.join("li")
    number = await ask(room, li, "?")
    await act(room, ana, "dismiss", number)
    assert await refusal(room, ana, type="vote", number=number) == "questions.closed"
    assert await refusal(room, ana, type="vote", number=7) == "questions.unknown"


async def test_votes_of_one_identity_are_limited() -> None:
    room = questions()
    mo, number = room.join("mo"), await ask(room, room.join("li"), "?")
    for turn in range(ACTS_IN_WINDOW):
        await act(room, mo, "take_back_vote" if turn % 2 else "vote", number)
    code = await refusal(room, mo, type="vote", number=number)
    assert code == "questions.rate_limited"
    room.now_us += 10_000_000
    assert await act(room, mo, "vote", number) == ["questions.voted"]


async def test_nobody_has_more_votes_than_fit_in_a_view() -> None:
    room = questions(rate_questions=20, max_per_person=1000)
    mo, li = room.join("mo"), room.join("li")
    for _ in range(MAX_VOTES):
        await act(room, mo, "vote", await ask(room, li, "?"))
    number = await ask(room, li, "?")
    assert await refusal(room, mo, type="vote", number=number) == "questions.too_many_votes"


# -- what becomes of it -------------------------------------------------------------------------


async def test_merging_unites_votes_one_for_each_identity() -> None:
    room = questions()
    ana, li, mo, yu = (room.join(name) for name in ("ana", "li", "mo", "yu"))
    host = room.join("host", role="host")
    kept, gone = await ask(room, li, "Refunds?"), await ask(room, mo, "How do refunds work?")
    await act(room, ana, "vote", kept)
    await act(room, ana, "vote", gone)
    await act(room, yu, "vote", gone)
    await act(room, li, "vote", gone)
    await list_all(room)
    (entry,) = await room.request(host, type="merge", number=gone, into=kept)
    assert (entry.kind, entry.audience.scope) == ("questions.merged", "all")
    await list_all(room)
    assert shown(room, ana, kept)["votes"] == 4, "li and mo asked, ana and yu voted"
    assert room.view(ana)["votes"] == room.view(yu)["votes"] == [kept]
    assert room.view(li)["votes"] == [], "it is li's own question"
    assert room.view(mo)["votes"] == [kept]
    assert room.view(mo)["board"] == [kept]
    assert shown(room, mo, gone)["status"] == "merged"
    assert await act(room, mo, "take_back_vote", gone) == ["questions.vote_taken_back"], (
        "who votes for what has just gone means what it went into"
    )
    assert shown(room, mo, kept)["votes"] == 3
    assert room.replayed() == room.state


async def test_a_published_question_stays_in_sight_when_it_goes_into_one_that_waits() -> None:
    room = questions("briefing")
    host, li = room.join("host", role="host"), room.join("li")
    first, second = await ask(room, li, "one"), await ask(room, li, "two")
    await act(room, host, "publish", first)
    await room.request(host, type="merge", number=first, into=second)
    await list_all(room)
    assert room.view(li)["board"] == [second]


async def test_what_cannot_be_merged() -> None:
    room = questions()
    host, li = room.join("host", role="host"), room.join("li")
    one, two, three = [await ask(room, li, "?") for _ in range(3)]
    assert await refusal(room, host, type="merge", number=one, into=one) == "questions.same"
    assert await refusal(room, host, type="merge", number=9, into=one) == "questions.unknown"
    await act(room, host, "answer_now", one)
    code = await refusal(room, host, type="merge", number=one, into=two)
    assert code == "questions.being_answered"
    await act(room, host, "dismiss", three)
    assert await refusal(room, host, type="merge", number=two, into=three) == "questions.closed"


async def test_answer_now_marks_the_time_and_is_shown_to_all_until_it_is_done() -> None:
    room = questions("briefing")
    host, li, mo = room.join("host", role="host"), room.join("li"), room.join("mo")
    number = await ask(room, li, "When?")
    (entry,) = await room.request(host, type="answer_now", number=number)
    assert (entry.kind, entry.audience.scope) == ("questions.answering", "all")
    body = msgspec.msgpack.decode(entry.body)["question"]
    assert (body["text"], body["answering_at_us"]) == ("When?", room.now_us)
    assert room.view(mo)["answering"] == number, "published by that"
    assert await act(room, mo, "vote", number) == ["questions.voted"], "while it is answered"
    assert room.summary()["votes"] == [[number, 2]]
    assert await act(room, host, "answer_now", number) == [], "it is, already"
    began_us = room.now_us
    room.now_us += 90_000_000
    assert await act(room, host, "done", number) == ["questions.answered"]
    assert room.view(mo)["answering"] == 0
    assert room.view(mo)["answered"] == [number]
    question = shown(room, mo, number)
    assert (question["answering_at_us"], question["answered_at_us"]) == (began_us, room.now_us)
    assert await refusal(room, host, type="done", number=number) == "questions.not_answering"


async def test_the_next_answer_ends_the_one_before() -> None:
    room = questions()
    host, li = room.join("host", role="host"), room.join("li")
    one, two = await ask(room, li, "one"), await ask(room, li, "two")
    await act(room, host, "answer_now", one)
    assert await act(room, host, "answer_now", two) == [
        "questions.answered",
        "questions.answering",
    ]
    assert (room.view(li)["answering"], room.view(li)["answered"]) == (two, [one])
    assert room.replayed() == room.state


async def test_answer_by_text_and_write_it_anew() -> None:
    room = questions()
    expert, li = room.join("expert", can_answer=True), room.join("li")
    number = await ask(room, li, "When?")
    await room.request(expert, type="answer", number=number, text=" Monday ")
    await room.request(expert, type="answer", number=number, text="Tuesday")
    assert shown(room, li, number)["answer"] == "Tuesday"
    assert room.view(li)["answered"] == [number]
    assert room.summary()["answered"] == 1
    request: dict[str, Any] = {"type": "answer", "number": number}
    assert await refusal(room, expert, **request, text=" ") == "questions.empty"
    assert await refusal(room, expert, **request, text="x" * 1001) == "questions.too_long"
    await act(room, expert, "reopen", number)
    await act(room, expert, "dismiss", number)
    assert await refusal(room, expert, **request, text="x") == "questions.closed"


async def test_dismissed_and_put_back() -> None:
    room = questions("briefing")
    host, li = room.join("host", role="host"), room.join("li")
    waiting, public = await ask(room, li, "one"), await ask(room, li, "two")
    await act(room, host, "publish", public)
    for number, status in ((waiting, "waiting"), (public, "open")):
        await act(room, host, "dismiss", number)
        assert await act(room, host, "dismiss", number) == []
        assert await act(room, host, "reopen", number) == ["questions.reopened"]
        assert await act(room, host, "reopen", number) == []
        assert room.state.live[number].status == status, "it was never published, or was"
    await list_all(room)
    assert room.view(li)["board"] == [public]


async def test_answered_and_put_back() -> None:
    room = questions()
    host, li = room.join("host", role="host"), room.join("li")
    number = await ask(room, li, "?")
    await room.request(host, type="answer", number=number, text="yes")
    await act(room, host, "reopen", number)
    assert room.view(li)["answered"] == []
    assert room.summary()["answered"] == 0
    await act(room, host, "answer_now", number)
    await act(room, host, "done", number)
    assert shown(room, li, number)["answer"] == "yes", "what was written before is kept"


async def test_only_its_author_withdraws_a_question() -> None:
    room = questions()
    host, li, mo = room.join("host", role="host"), room.join("li"), room.join("mo")
    number, answered = await ask(room, li, "one"), await ask(room, li, "two")
    await list_all(room)
    assert await refusal(room, mo, type="withdraw", number=number) == "questions.not_yours"
    assert await refusal(room, mo, type="withdraw", number=9) == "questions.unknown"
    assert await act(room, li, "withdraw", number) == ["questions.withdrawn"]
    assert await act(room, li, "withdraw", number) == []
    await list_all(room)
    assert room.view(mo)["board"] == [answered]
    await act(room, host, "answer_now", answered)
    assert await refusal(room, li, type="withdraw", number=answered) == "questions.closed"
    code = await refusal(room, host, type="reopen", number=number)
    assert code == "questions.closed", "what was withdrawn is its author's"


async def test_assigned_to_a_colleague() -> None:
    room = questions()
    ana, bo, li = room.join("ana", role="host"), room.join("bo", role="assistant"), room.join("li")
    number = await ask(room, li, "?")
    await list_all(room)
    request: dict[str, Any] = {"type": "assign", "number": number}
    (entry,) = await room.request(ana, **request, participant_id=bo.participant_id)
    assert entry.audience.scope == "hosts"
    assert shown(room, ana, number)["assignee"] == "Bo"
    assert "assignee" not in shown(room, li, number)
    for other in (li.participant_id, "PA_nobody"):
        code = await refusal(room, ana, **request, participant_id=other)
        assert code == "questions.unknown_colleague"
    await room.request(bo, type="find", query=1, shown="assigned")
    assert [q["number"] for q in room.signals[-1].body["questions"]] == [number]
    await room.request(ana, **request, participant_id=None)
    assert "assignee" not in shown(room, ana, number)


@pytest.mark.parametrize(
    "kind", ["publish", "answer_now", "done", "reopen", "dismiss", "withdraw", "vote"]
)
async def test_a_question_that_does_not_exist(kind: str) -> None:
    room = questions()
    host = room.join("host", role="host")
    assert await refusal(room, host, type=kind, number=1) == "questions.unknown"


@pytest.mark.parametrize(
    "kind", ["publish", "answer_now", "done", "reopen", "dismiss", "find", "merge", "assign"]
)
async def test_what_is_for_those_who_may_answer(kind: str) -> None:
    room = questions()
    li = room.join("li")
    number = await ask(room, li, "?")
    others: dict[str, dict[str, Any]] = {
        "find": {"query": 1},
        "merge": {"number": number, "into": number},
        "assign": {"number": number, "participant_id": None},
    }
    body = others.get(kind, {"number": number})
    assert await refusal(room, li, type=kind, **body) == "questions.not_allowed"


# -- lists for ten thousand ---------------------------------------------------------------------


async def test_the_board_is_bounded_and_fills_a_few_at_a_time() -> None:
    room = questions(max_per_person=1000)
    li, mo = room.join("li"), room.join("mo")
    numbers = [await ask(room, li, f"question {n}") for n in range(100)]
    for number in numbers[10:30]:
        await act(room, mo, "vote", number)
    before = len(room.entries)
    await list_all(room)
    boards = [entry for entry in room.entries[before:] if entry.kind == "questions.board"]
    assert all(
        len(msgspec.msgpack.decode(entry.body)["entered"]) <= BOARD.entering for entry in boards
    )
    assert set(room.view(mo)["board"]) == set(numbers[10:30]) | set(numbers[90:])
    assert len(msgspec.msgpack.encode(room.summary())) < 300
    assert room.summary()["open"] == 100
    assert room.replayed() == room.state


async def test_what_falls_behind_leaves_the_board_and_is_told_anew_when_it_returns() -> None:
    room = questions(max_per_person=1000)
    li, people = room.join("li"), [room.join(f"p{n}") for n in range(3)]
    numbers = [await ask(room, li, f"question {n}") for n in range(40)]
    for number in numbers[:20]:
        await act(room, people[0], "vote", number)
    await list_all(room)
    last = numbers[25]
    assert last not in room.view(li)["board"]
    for person in people[1:]:
        await act(room, person, "vote", last)
    before = len(room.entries)
    await list_all(room)
    (board,) = [entry for entry in room.entries[before:] if entry.kind == "questions.board"]
    body = msgspec.msgpack.decode(board.body)
    assert [question["number"] for question in body["entered"]] == [last]
    assert numbers[19] not in body["shown"], "of equal votes the older stays"


async def test_lists_are_made_at_most_twice_a_second_and_only_after_changes() -> None:
    room = questions()
    li, mo = room.join("li"), room.join("mo")
    await room.start()
    await room.fire_timer(LISTS)
    assert room.timers == {}
    number = await ask(room, li, "?")
    due_us = room.timers[LISTS]
    assert room.now_us < due_us <= room.now_us + LIST_INTERVAL_US
    room.now_us += 100_000
    await act(room, mo, "vote", number)
    assert room.timers == {LISTS: due_us}, "votes do not put it off"
    await room.fire_timer(LISTS)
    before = len(room.entries)
    await act(room, mo, "take_back_vote", number)
    await list_all(room)
    assert len(room.entries) == before + 1, "the list is the same: no entry tells it"


async def test_a_restarted_actor_makes_the_lists_that_are_missing() -> None:
    room = questions()
    await ask(room, room.join("li"), "?")
    await room.start()
    await list_all(room)
    assert room.view(room.join("mo"))["board"] == [1]


async def test_hosts_look_through_all_questions() -> None:
    room = questions(max_per_person=1000)
    host, li, mo = room.join("host", role="host"), room.join("li"), room.join("mo")
    for number in range(70):
        await ask(room, li, f"About Refunds, {number}" if number % 2 else "About shipping")
    await act(room, mo, "vote", 4)

    async def find(**body: Any) -> dict[str, Any]:
        assert await room.request(host, type="find", query=9, **body) == []
        found = room.signals[-1]
        assert (found.event, found.audience.people) == ("found", (host.participant_id,))
        assert found.body["query"] == 9
        answer: dict[str, Any] = found.body
        return answer

    page = await find(text="refunds")
    assert (page["total"], len(page["questions"])) == (35, 30)
    assert page["questions"][0]["number"] == 4
    rest = await find(text="refunds", offset=30)
    assert len(rest["questions"]) == 5
    assert (await find(order="time"))["questions"][0]["number"] == 70
    assert (await find(text="#70"))["total"] == 1
    assert (await find(shown="answered"))["total"] == 0
    await room.request(host, type="answer", number=4, text="in a week")
    assert (await find(shown="answered", text="WEEK"))["total"] == 1


async def test_a_view_stays_small_however_much_is_asked() -> None:
    room = questions(max_per_person=1000)
    host, li = room.join("host", role="host"), room.join("li")
    for number in range(300):
        await ask(room, li, "x" * 500)
        if number % 3 == 0:
            await room.request(host, type="answer", number=number + 1, text="y" * 1000)
    await list_all(room)
    assert len(msgspec.msgpack.encode(room.view(room.join("mo")))) < 64 * 1024
    assert len(msgspec.msgpack.encode(room.view(host))) < 128 * 1024
    assert len(msgspec.msgpack.encode(room.summary(is_host=True))) < 1024
    assert room.replayed() == room.state
