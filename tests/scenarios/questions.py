"""People ask, vote, and are answered."""

from hypothesis import strategies as st

from emporion.plugins.testing import Forbidden, Request, Scenario, Stage


async def play(stage: Stage) -> None:
    await stage.request("li", type="ask", text="How do refunds work?")
    await stage.request("mo", type="ask", text="And when is it paid?", anonymous=True)
    await stage.request("mo", type="ask", text="Refunds, please!")
    await stage.pass_time(1)
    await stage.request("mo", type="vote", number=1)
    await stage.request("li", type="vote", number=2)
    await stage.request("li", type="take_back_vote", number=2)
    await stage.request("ana", type="vote", number=2)
    await stage.request("ana", type="merge", number=3, into=1)
    await stage.request("ana", type="answer_now", number=1)
    await stage.pass_time(2)
    await stage.request("cai", type="done", number=1)
    ben = stage.participant_id("ben")
    await stage.request("cai", type="assign", number=2, participant_id=ben)
    await stage.request("ben", type="answer", number=2, text="On Mondays.")
    await stage.request("ana", type="change_settings", moderated=True)
    for number in range(4, 8):
        await stage.request("li" if number % 2 else "mo", type="ask", text=f"Question {number}")
    await stage.request("ana", type="publish", number=4)
    await stage.request("ana", type="dismiss", number=5)
    await stage.request("ana", type="reopen", number=5)
    await stage.request("mo", type="withdraw", number=6)
    await stage.pass_time(2)
    await stage.request("ana", type="find", query=1, text="question")


SCENARIO = Scenario(
    play=play,
    forbidden=(
        Forbidden("ob", {"type": "ask", "text": "May I?"}, "grant.missing"),
        Forbidden("li", {"type": "ask", "text": " "}, "questions.empty"),
        Forbidden("li", {"type": "publish", "number": 5}, "questions.not_allowed"),
        Forbidden("li", {"type": "vote", "number": 5}, "questions.own"),
        Forbidden("mo", {"type": "vote", "number": 7}, "questions.unknown"),
        Forbidden("li", {"type": "withdraw", "number": 4}, "questions.not_yours"),
        Forbidden("ana", {"type": "done", "number": 4}, "questions.not_answering"),
        Forbidden("ana", {"type": "merge", "number": 6, "into": 4}, "questions.closed"),
        Forbidden("ana", {"type": "dismiss", "number": 99}, "questions.unknown"),
    ),
    at_once=(
        ("ana", {"type": "answer_now", "number": 4}),
        ("ben", {"type": "dismiss", "number": 4}),
        ("li", {"type": "vote", "number": 4}),
        ("ben", {"type": "answer_now", "number": 7}),
        ("ana", {"type": "merge", "number": 7, "into": 4}),
        ("cai", {"type": "ask", "text": "And this?"}),
        ("mo", {"type": "vote", "number": 1}),
    ),
)


def _about(kind: str, number: int, other: int) -> Request:
    def body(stage: Stage) -> dict[str, object]:
        fields: dict[str, object] = {"type": kind, "number": number}
        match kind:
            case "merge":
                fields["into"] = other
            case "answer":
                fields["text"] = f"answer {other}"
            case "assign":
                fields["participant_id"] = stage.participant_id("cai" if other % 2 else "ben")
        return fields

    return body


def _ask(text: str, anonymous: bool) -> Request:
    return lambda stage: {"type": "ask", "text": text, "anonymous": anonymous}


def _set(moderated: bool) -> Request:
    return lambda stage: {"type": "change_settings", "moderated": moderated}


_KINDS = st.sampled_from(
    (
        "vote",
        "take_back_vote",
        "withdraw",
        "publish",
        "merge",
        "answer",
        "answer_now",
        "done",
        "reopen",
        "dismiss",
        "assign",
    )
)
_NUMBERS = st.integers(1, 6)

STRATEGY: st.SearchStrategy[Request] = st.one_of(
    st.builds(_ask, st.text(max_size=8), st.booleans()),
    st.builds(_set, st.booleans()),
    st.builds(_about, _KINDS, _NUMBERS, _NUMBERS),
)
