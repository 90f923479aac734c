"""A host asks all: one choice, a quiz, free text; people answer."""

from typing import Any, Final

from hypothesis import strategies as st

from emporion.plugins.testing import Forbidden, Request, Scenario, Stage

QUIZ: Final[dict[str, Any]] = {
    "type": "create",
    "text": "What is 6 times 7?",
    "kind": "single",
    "choices": ["41", "42", "43"],
    "right": [1],
    "shows": "closed",
    "named": True,
}


async def play(stage: Stage) -> None:
    await stage.request("ana", **QUIZ)
    await stage.request("ben", type="open", number=1)
    await stage.request("li", type="vote", number=1, choices=[0])
    await stage.request("mo", type="vote", number=1, choices=[1])
    await stage.request("li", type="vote", number=1, choices=[1])
    await stage.request("ana", type="close", number=1)
    text: dict[str, Any] = {"type": "create", "text": "What is missing?", "kind": "text"}
    await stage.request("cai", **text, seconds=5, opens=True)
    await stage.request("li", type="vote", number=2, text="Breaks!")
    await stage.request("mo", type="vote", number=2, text="Nothing")
    await stage.request("ana", type="hide_text", number=2, ballot=1)
    await stage.pass_time(6)
    await stage.request("ana", type="get_ballots", query=1, number=1)
    await stage.request("ana", **{**QUIZ, "shows": "hosts", "named": False, "opens": True})
    await stage.request("mo", type="vote", number=3, choices=[2])
    await stage.request("ana", type="close", number=3)
    await stage.request("ana", type="share", number=3)
    await stage.request("ana", **QUIZ)
    await stage.request("ben", type="delete", number=4)
    await stage.request("ben", type="repeat", number=1)
    await stage.request("mo", type="vote", number=5, choices=[1])


SCENARIO = Scenario(
    play=play,
    forbidden=(
        Forbidden("li", QUIZ, "polls.not_allowed"),
        Forbidden("ob", {"type": "vote", "number": 5, "choices": [0]}, "grant.missing"),
        Forbidden("li", {"type": "vote", "number": 5, "choices": []}, "polls.empty"),
        Forbidden("li", {"type": "vote", "number": 5, "choices": [0, 1]}, "polls.wrong_vote"),
        Forbidden("li", {"type": "vote", "number": 1, "choices": [0]}, "polls.not_open"),
        Forbidden("li", {"type": "get_ballots", "query": 1, "number": 1}, "polls.not_allowed"),
        Forbidden("ana", {**QUIZ, "opens": True}, "polls.another_open"),
        Forbidden("ana", {"type": "repeat", "number": 5}, "polls.not_closed"),
        Forbidden("ana", {"type": "open", "number": 4}, "polls.unknown"),
    ),
    at_once=(
        ("ana", {"type": "close", "number": 5}),
        ("ben", {"type": "repeat", "number": 1}),
        ("li", {"type": "vote", "number": 5, "choices": [1]}),
        ("cai", {**QUIZ, "opens": True}),
        ("mo", {"type": "vote", "number": 5, "choices": [0]}),
    ),
)


def _create(kind: str, shows: str, opens: bool, seconds: int | None) -> Request:
    choices = [] if kind == "text" else ["one", "two"]
    return lambda stage: {
        "type": "create",
        "text": "?",
        "kind": kind,
        "choices": choices,
        "right": [0] if choices and seconds else [],
        "shows": shows,
        "opens": opens,
        "seconds": seconds,
    }


def _vote(number: int, choice: int, is_text: bool) -> Request:
    if is_text:
        return lambda stage: {"type": "vote", "number": number, "text": f"text {choice}"}
    return lambda stage: {"type": "vote", "number": number, "choices": [choice]}


def _step(kind: str, number: int) -> Request:
    return lambda stage: {"type": kind, "number": number}


_NUMBERS = st.integers(1, 4)

STRATEGY: st.SearchStrategy[Request] = st.one_of(
    st.builds(
        _create,
        st.sampled_from(("single", "multiple", "text")),
        st.sampled_from(("live", "closed", "hosts")),
        st.booleans(),
        st.sampled_from((None, 5)),
    ),
    st.builds(_vote, _NUMBERS, st.integers(0, 1), st.booleans()),
    st.builds(_step, st.sampled_from(("open", "close", "share", "repeat", "delete")), _NUMBERS),
)
