"""Plans are made, changed, chosen from and dropped; groups open, ask for help, and close again.

What is going on in open groups, and what crashes do to them, is in `test_breakouts.py` of
`tests/integration`.
"""

from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

from emporion.plugins.testing import CAST, Forbidden, Request, Scenario, Stage

NAMES = ["Tea", "Silk", "Porcelain"]

# Any: bodies are what msgpack can encode.
STEPS: list[tuple[str, Mapping[str, Any]]] = [
    ("ana", {"type": "plan", "names": NAMES[:2], "by": "even"}),
    ("ana", {"type": "open", "duration_s": 600}),
    ("li", {"type": "ask_help"}),
    ("ben", {"type": "announce", "text": "Five minutes left"}),
    ("ana", {"type": "speak", "is_on": True}),
    ("cai", {"type": "enter", "number": 1}),
    ("li", {"type": "end_help"}),
    ("cai", {"type": "go_back"}),
    ("mo", {"type": "go_back"}),
    ("ben", {"type": "close", "countdown_s": 0}),
]
PLANS: list[tuple[str, Mapping[str, Any]]] = [
    ("ana", {"type": "plan", "names": NAMES, "by": "even"}),
    ("ben", {"type": "plan", "names": NAMES, "by": "random", "late": "main"}),
    ("cai", {"type": "cancel"}),
    ("ana", {"type": "plan", "names": NAMES, "by": "choice", "may_return": False}),
    ("li", {"type": "choose", "number": 2}),
    ("mo", {"type": "choose", "number": 1}),
    ("mo", {"type": "choose", "number": None}),
    ("ana", {"type": "plan", "names": NAMES[:2], "by": "hand"}),
    ("ben", {"type": "assign", "identities": ["mo", "li"], "number": 2}),
    ("ana", {"type": "assign", "identities": ["mo"], "number": None}),
]


async def play(stage: Stage) -> None:
    for who, body in STEPS:
        await stage.request(who, **body)
        await stage.pass_time(0.1)  # Until who was sent is there.
    await stage.pass_time(5)  # The groups have ended.
    for who, body in PLANS:
        await stage.request(who, **body)


SCENARIO = Scenario(
    play=play,
    in_groups=False,  # There is no plan in a group.
    forbidden=(
        Forbidden("li", {"type": "plan", "names": NAMES}, "breakouts.hosts_only"),
        Forbidden("li", {"type": "open"}, "breakouts.hosts_only"),
        Forbidden("li", {"type": "choose", "number": 1}, "breakouts.not_by_choice"),
        Forbidden("li", {"type": "go_back"}, "breakouts.in_main_room"),
        Forbidden("li", {"type": "enter", "number": 1}, "breakouts.not_open"),
        Forbidden("ob", {"type": "choose", "number": 1}, "breakouts.only_visits"),
        Forbidden("ana", {"type": "close"}, "breakouts.not_open"),
        Forbidden("ana", {"type": "speak", "is_on": True}, "breakouts.not_open"),
        Forbidden("ana", {"type": "end_help", "number": 1}, "breakouts.no_call"),
        Forbidden(
            "ana", {"type": "assign", "identities": ["li"], "number": 3}, "breakouts.unknown_group"
        ),
    ),
    at_once=[
        (who, body)
        for who in ("ana", "ben")
        for body in (
            {"type": "assign", "identities": ["li"], "number": 1 if who == "ana" else 2},
            {"type": "plan", "names": NAMES[:2], "by": "hand"},
            {"type": "cancel"},
        )
    ],
)


def _any(kind: str, number: int, who: str, *, by: str, flag: bool) -> Request:
    fields: dict[str, dict[str, object]] = {
        "plan": {"names": NAMES[: 2 + flag], "by": by, "late": "main" if flag else "fewest"},
        "assign": {"identities": [who], "number": None if flag else number},
        "rename": {"number": number, "name": who},
        "choose": {"number": number},
        "open": {"duration_s": 30 if flag else None},
        "reopen": {"number": number},
        "set_timer": {"duration_s": 60 if flag else None},
        "close": {"countdown_s": 5 * flag},
        "announce": {"text": who},
        "speak": {"is_on": flag},
        "enter": {"number": number},
        "end_help": {"number": number},
    }
    return lambda _: {"type": kind, **fields.get(kind, {})}


KINDS = (
    *("plan", "open") * 3,  # Without these nothing else happens.
    *("assign", "rename", "choose", "reopen", "set_timer", "close", "cancel", "announce", "speak"),
    *("enter", "enter", "end_help", "ask_help", "go_back"),
)
STRATEGY: st.SearchStrategy[Request] = st.builds(
    _any,
    st.sampled_from(KINDS),
    st.integers(1, 3),
    st.sampled_from(tuple(CAST)),
    by=st.sampled_from(("hand", "even", "even", "random", "choice")),
    flag=st.booleans(),
)
