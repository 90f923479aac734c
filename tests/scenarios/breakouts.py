"""Plans are made, changed, chosen from and dropped.

Open groups are rooms of their own: what crashes do to them is in `test_breakouts.py` of
`tests/integration`.
"""

from collections.abc import Mapping
from typing import Any

from emporion.plugins.testing import Forbidden, Scenario

NAMES = ["Tea", "Silk", "Porcelain"]

# Any: bodies are what msgpack can encode.
PLAY: list[tuple[str, Mapping[str, Any]]] = [
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

SCENARIO = Scenario(
    play=PLAY,
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
