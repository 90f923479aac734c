"""People share screens; hosts ask for one, take that back, and end one."""

from hypothesis import strategies as st

from emporion.engine.media import Source
from emporion.plugins.testing import CAST, Forbidden, Request, Scenario, Stage


def _about(kind: str, who: str) -> Request:
    return lambda stage: {"type": kind, "participant_id": stage.participant_id(who)}


async def play(stage: Stage) -> None:
    track_id = await stage.publish("ana", Source.SCREEN)
    await stage.request("ben", **_about("ask_to_share", "mo")(stage))
    await stage.request("mo", type="decline_ask")
    await stage.request("ana", **_about("ask_to_share", "mo")(stage))
    await stage.request("ben", type="withdraw_ask", identity="mo")
    await stage.request("ana", **_about("ask_to_share", "li")(stage))
    await stage.pass_time(1)
    await stage.unpublish("ana", track_id)
    await stage.publish("li", Source.SCREEN)
    await stage.request("ben", **_about("stop_share", "li")(stage))
    await stage.publish("li", Source.SCREEN)
    await stage.request("ana", **_about("ask_to_share", "mo")(stage))
    await stage.pass_time(1)


SCENARIO = Scenario(
    play=play,
    forbidden=(
        Forbidden("mo", _about("ask_to_share", "li"), "screen_share.not_host"),
        Forbidden("mo", _about("stop_share", "li"), "screen_share.not_host"),
        Forbidden("li", {"type": "withdraw_ask", "identity": "mo"}, "screen_share.not_host"),
        Forbidden("li", {"type": "decline_ask"}, "screen_share.not_asked"),
        Forbidden("ana", _about("ask_to_share", "li"), "screen_share.sharing_already"),
        Forbidden("ana", _about("ask_to_share", "ob"), "screen_share.not_granted"),
        Forbidden(
            "ana",
            {"type": "ask_to_share", "participant_id": "PA_gone"},
            "screen_share.unknown_participant",
        ),
        Forbidden("ana", _about("stop_share", "ben"), "screen_share.not_sharing"),
    ),
    at_once=lambda stage: [
        ("ana", _about("ask_to_share", "mo")(stage)),
        ("ben", {"type": "withdraw_ask", "identity": "mo"}),
        ("mo", {"type": "decline_ask"}),
        ("ben", _about("stop_share", "li")(stage)),
        ("ana", _about("stop_share", "li")(stage)),
        ("ben", _about("ask_to_share", "li")(stage)),
    ],
)


def _any(kind: str, who: str) -> Request:
    if kind == "decline_ask":
        return lambda _: {"type": kind}
    if kind == "withdraw_ask":
        return lambda _: {"type": kind, "identity": who}
    return _about(kind, who)


STRATEGY: st.SearchStrategy[Request] = st.builds(
    _any,
    st.sampled_from(("ask_to_share", "ask_to_share", "withdraw_ask", "decline_ask", "stop_share")),
    st.sampled_from(tuple(CAST)),
)
