"""Hands go up and down, two hosts give the floor, take rights and silence."""

from hypothesis import strategies as st

from emporion.engine.media import Source
from emporion.plugins.testing import CAST, Forbidden, Request, Scenario, Stage

RIGHTS = ("voice", "camera", "screen", "drawing")


def _about(kind: str, who: str | None, **fields: object) -> Request:
    def body(stage: Stage) -> dict[str, object]:
        about = {} if who is None else {"participant_id": stage.participant_id(who)}
        return {"type": kind, **about, **fields}

    return body


async def play(stage: Stage) -> None:
    async def ask(who: str, kind: str, about: str | None = None, **fields: object) -> None:
        await stage.request(who, **_about(kind, about, **fields)(stage))

    await stage.publish("mo", Source.MICROPHONE)
    await ask("li", "raise_hand", reason="My shop")
    await ask("mo", "raise_hand")
    await ask("mo", "raise_hand", reason="A price")
    await ask("cai", "raise_hand")
    await ask("ana", "lower_hand", "cai")
    await ask("ana", "give_floor", "mo", rights=["voice", "drawing"])
    await ask("ben", "give_floor", "mo", rights=["screen"])
    await ask("ana", "mute_all", may_unmute=False)
    await ask("mo", "take_floor")
    await ask("ben", "grant", "li", rights=["drawing"])
    await ask("ana", "revoke", "mo", rights=["camera"])
    await ask("ana", "mute", "mo", may_unmute=False)
    await ask("ben", "allow_unmute", "li")
    await stage.pass_time(2)


def _any(kind: str, who: str | None, rights: list[str], *, may_unmute: bool) -> Request:
    fields: dict[str, object] = {}
    if kind in ("give_floor", "grant", "revoke"):
        fields["rights"] = rights
    if kind in ("mute", "mute_all"):
        fields["may_unmute"] = may_unmute
    is_about_one = kind not in ("raise_hand", "lower_all", "mute_all")
    return _about(kind, who if is_about_one else None, **fields)


KINDS = (
    "raise_hand",
    "lower_hand",
    "lower_all",
    "give_floor",
    "take_floor",
    "grant",
    "revoke",
    "mute",
    "mute_all",
    "allow_unmute",
)

SCENARIO = Scenario(
    play=play,
    forbidden=(
        Forbidden("li", _about("lower_all", None), "hands.hosts_only"),
        Forbidden("li", _about("give_floor", "mo"), "hands.hosts_only"),
        Forbidden("li", _about("mute", "mo"), "hands.hosts_only"),
        Forbidden("li", _about("raise_hand", None), "hands.raised_already"),
        Forbidden("mo", _about("lower_hand", None), "hands.not_raised"),
        Forbidden("li", _about("take_floor", None), "hands.not_on_floor"),
        Forbidden("ana", _about("revoke", "ben", rights=["voice"]), "hands.is_host"),
        Forbidden(
            "ana",
            {"type": "give_floor", "participant_id": "PA_nobody"},
            "hands.unknown_participant",
        ),
    ),
    at_once=lambda stage: [
        (who, _about(kind, about, **fields)(stage))
        for who, kind, about, fields in (
            ("ana", "give_floor", "li", {"rights": ["voice"]}),
            ("ben", "lower_hand", "li", {}),
            ("ben", "give_floor", "li", {"rights": ["screen"]}),
            ("ana", "take_floor", "li", {}),
            ("ben", "mute_all", None, {"may_unmute": True}),
            ("ana", "allow_unmute", None, {}),
            ("mo", "raise_hand", None, {}),
            ("ben", "lower_all", None, {}),
        )
    ],
)

STRATEGY: st.SearchStrategy[Request] = st.builds(
    _any,
    st.sampled_from(KINDS),
    st.one_of(st.none(), st.sampled_from(tuple(CAST))),
    st.lists(st.sampled_from(RIGHTS), min_size=1, max_size=2),
    may_unmute=st.booleans(),
)
