"""Hosts change the rules at the door and ban people; in the end the door stands open.

Whoever waits at the door is seen by tests/integration/test_room_waiting.py.
"""

from hypothesis import strategies as st

from emporion.plugins.testing import CAST, Forbidden, Request, Scenario, Stage


async def play(stage: Stage) -> None:
    await stage.request("ana", type="change_settings", waiting_room=True, capacity=12)
    await stage.request("ben", type="change_settings", locked=True)
    await stage.request("ana", type="ban", identity="somebody")
    await stage.request("cai", type="ban", identity="else")
    await stage.request("ana", type="unban", identity="else")
    await stage.request("ana", type="change_settings", locked=False, shows_patrol=True)
    await stage.request("ben", type="change_settings", waiting_room=False)


SCENARIO = Scenario(
    play=play,
    forbidden=(
        Forbidden("li", {"type": "admit_all"}, "lobby.hosts_only"),
        Forbidden("li", {"type": "ban", "identity": "mo"}, "lobby.hosts_only"),
        Forbidden("ana", {"type": "unban", "identity": "else"}, "lobby.not_banned"),
        Forbidden("ana", {"type": "ban", "identity": "somebody"}, "lobby.banned_already"),
        Forbidden("ana", {"type": "refuse", "waiting_id": "WA_gone"}, "lobby.not_waiting"),
        Forbidden(
            "ana", {"type": "remove", "participant_id": "PA_gone"}, "lobby.unknown_participant"
        ),
        Forbidden(
            "ana",
            lambda stage: {"type": "remove", "participant_id": stage.participant_id("ben")},
            "lobby.is_host",
        ),
    ),
)


def _any(kind: str, who: str, *, setting: str, is_on: bool) -> Request:
    def body(stage: Stage) -> dict[str, object]:
        match kind:
            case "remove":
                return {"type": kind, "participant_id": stage.participant_id(who)}
            case "ban" | "unban":
                return {"type": kind, "identity": who}
            case "admit" | "refuse":
                waiting_id = stage.bodies("ana", "room.join_waiting")[-1]["waiting_id"]
                if kind == "admit":
                    return {"type": kind, "waiting_ids": [waiting_id]}
                return {"type": kind, "waiting_id": waiting_id}
            case "change_settings":
                return {"type": kind, setting: is_on}
            case _:
                return {"type": kind}

    return body


KINDS = ("admit", "admit_all", "refuse", "remove", "ban", "unban", *("change_settings",) * 2)
STRATEGY: st.SearchStrategy[Request] = st.builds(
    _any,
    st.sampled_from(KINDS),
    st.sampled_from(tuple(CAST)),
    setting=st.sampled_from(("waiting_room", "hosts_first", "locked", "shows_patrol")),
    is_on=st.booleans(),
)
