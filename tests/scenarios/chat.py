"""People write to all and to each other."""

from hypothesis import strategies as st
from pictures import gif

from emporion.plugins.testing import CAST, Forbidden, Request, Scenario, Stage


async def play(stage: Stage) -> None:
    await stage.request("ana", type="send_message", text="Welcome, 各位!")
    await stage.request("li", type="send_message", text="Which price?", to=None)
    only_ana = [stage.participant_id("ana")]
    await stage.request("li", type="send_message", text="Only for you", to=only_ana)
    await stage.pass_time(3)
    await stage.request("mo", type="send_message", text="Good morning")
    first = _message_id(stage, 0)
    people = [stage.participant_id("li")]
    await stage.request(
        "ana", type="send_message", text="@Li look", reply_to=first, mentions=people, nonce="n1"
    )
    shop = await stage.bring("ana", "shop.gif", gif(8, 6))
    await stage.request("ana", type="send_message", text="", image=shop, alt="Our shop")
    await stage.request("mo", type="delete_message", message_id=_message_id(stage, 2))
    await stage.request("cai", type="delete_message", message_id=first)
    await stage.request("ben", type="set_mode", slow_s=1)
    await stage.request("li", type="get_history", before_seq=1_000)
    await stage.pass_time(3)


def _message_id(stage: Stage, index: int) -> str:
    """Of the messages that everybody sees."""
    said = stage.bodies("mo", "chat.message")
    message_id: str = said[index]["message_id"]
    return message_id


def _delete(who: str) -> Request:
    def body(stage: Stage) -> dict[str, object]:
        said = stage.bodies(who, "chat.message")
        return {"type": "delete_message", "message_id": said[-1]["message_id"] if said else "x"}

    return body


SCENARIO = Scenario(
    play=play,
    forbidden=(
        Forbidden("li", {"type": "send_message", "text": " "}, "chat.empty"),
        Forbidden("li", {"type": "send_message", "text": "x" * 2_001}, "chat.too_long"),
        Forbidden(
            "li", {"type": "send_message", "text": "x", "to": ["PA_x"]}, "chat.unknown_recipient"
        ),
        Forbidden("li", {"type": "set_mode", "slow_s": 9}, "chat.not_host"),
        Forbidden("li", _delete("li"), "chat.not_yours"),
        Forbidden("li", {"type": "delete_message", "message_id": "EV_x"}, "chat.unknown_message"),
        Forbidden(
            "mo", {"type": "send_message", "text": "", "image": "FI_x"}, "chat.unknown_image"
        ),
    ),
)


def _message(text: str, to: list[str] | None) -> Request:
    def body(stage: Stage) -> dict[str, object]:
        people = None if to is None else [stage.participant_id(who) for who in to]
        return {"type": "send_message", "text": text, "to": people}

    return body


STRATEGY: st.SearchStrategy[Request] = st.builds(
    _message,
    st.text(max_size=8),
    st.one_of(st.none(), st.lists(st.sampled_from(tuple(CAST)), max_size=3)),
)
