"""Chat: who may write what to whom, and what a later comer is shown of it."""

import pytest

from emporion.engine.errors import RequestDenied
from emporion.plugins.chat import Chat
from emporion.plugins.testing import RehearsalRoom, check_plugin


def room(**options: object) -> RehearsalRoom:
    return RehearsalRoom(Chat, options, name="chat")


async def refusal(chat: RehearsalRoom, person: object, **body: object) -> str:
    with pytest.raises(RequestDenied) as refused:
        await chat.request(person, type="send_message", **body)  # type: ignore[arg-type]  # A view.
    return refused.value.code


def test_keeps_the_contract() -> None:
    check_plugin(Chat, name="chat")


async def test_message_to_all_is_in_everybodys_view() -> None:
    chat = room()
    ana, li = chat.join("ana", role="host"), chat.join("li")
    (entry,) = await chat.request(ana, type="send_message", text="hello", to=None)
    assert entry.kind == "chat.message"
    assert entry.audience.scope == "all"
    view = chat.view(li)
    assert view["total"] == 1
    (message,) = view["messages"]
    assert (message["text"], message["author_name"], message["seq"]) == ("hello", "Ana", entry.seq)
    assert message["message_id"].startswith("EV_")


async def test_private_message_is_seen_by_its_people_only() -> None:
    chat = room()
    ana, li, mo = chat.join("ana", role="host"), chat.join("li"), chat.join("mo")
    (entry,) = await chat.request(li, type="send_message", text="psst", to=[mo.participant_id])
    assert set(entry.audience.people) == {li.participant_id, mo.participant_id}
    assert chat.view(ana) == {"messages": [], "total": 0}, "not even a host"
    assert chat.view(li)["total"] == chat.view(mo)["total"] == 1


async def test_who_reloads_keeps_its_private_messages() -> None:
    chat = room()
    li, mo = chat.join("li"), chat.join("mo")
    await chat.request(li, type="send_message", text="psst", to=[mo.participant_id])
    chat.leave(mo)
    assert chat.view(chat.join("mo"))["total"] == 1


@pytest.mark.parametrize("text", ["", "  \n\t "])
async def test_empty_is_refused(text: str) -> None:
    chat = room()
    assert await refusal(chat, chat.join("ana"), text=text) == "chat.empty"


async def test_length_counts_characters() -> None:
    chat = room()
    ana = chat.join("ana")
    await chat.request(ana, type="send_message", text="界" * 2000)
    assert await refusal(chat, ana, text="界" * 2001) == "chat.too_long"
    assert len(chat.entries) == 2


async def test_recipient_must_be_in_the_room_and_visible() -> None:
    chat = room()
    ana, gone, hidden = chat.join("ana"), chat.join("li"), chat.join("inspector", hidden=True)
    chat.leave(gone)
    for person in (gone, hidden):
        code = await refusal(chat, ana, text="x", to=[person.participant_id])
        assert code == "chat.unknown_recipient"


async def test_rate_is_limited_for_each_identity_and_recovers() -> None:
    chat = room(rate_messages=3, rate_window_s=10.0)
    ana, li = chat.join("ana"), chat.join("li")
    for second in range(3):
        chat.now_us = second * 1_000_000
        await chat.request(ana, type="send_message", text="x")
    assert await refusal(chat, ana, text="x") == "chat.rate_limited"
    await chat.request(li, type="send_message", text="x")
    chat.leave(ana)
    ana = chat.join("ana")
    assert await refusal(chat, ana, text="x") == "chat.rate_limited", "a reload is no way around"
    chat.now_us = 10_000_001
    await chat.request(ana, type="send_message", text="x")


async def test_view_is_bounded_and_total_is_not() -> None:
    chat = room(history_messages=5, rate_messages=100)
    ana = chat.join("ana")
    for number in range(12):
        await chat.request(ana, type="send_message", text=str(number))
    view = chat.view(ana)
    assert [message["text"] for message in view["messages"]] == ["7", "8", "9", "10", "11"]
    assert view["total"] == 12


async def test_replay_gives_the_live_state() -> None:
    chat = room()
    ana, li = chat.join("ana"), chat.join("li")
    await chat.request(ana, type="send_message", text="one")
    await chat.request(li, type="send_message", text="two", to=[ana.participant_id])
    assert chat.replayed() == chat.state
