"""Chat: who may write what to whom, and what a later comer is shown of it."""

import time
from typing import Any

import msgspec
import pytest

from emporion.engine.errors import RequestDenied
from emporion.engine.ids import RoomId
from emporion.plugins.api import HOSTS, Entry, ParticipantView
from emporion.plugins.chat import Chat, ChatOptions
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


async def send(chat: RehearsalRoom, person: ParticipantView, text: str = "x", **more: Any) -> str:
    """Send a message; return its id."""
    (entry,) = await chat.request(person, type="send_message", text=text, **more)
    message_id: str = decoded(entry)["message_id"]
    return message_id


def decoded(entry: Entry) -> Any:
    return msgspec.msgpack.decode(entry.body)


async def code_of(chat: RehearsalRoom, person: ParticipantView, **body: Any) -> str:
    before = len(chat.entries)
    with pytest.raises(RequestDenied) as refused:
        await chat.request(person, **body)
    assert len(chat.entries) == before, "what is refused changes nothing"
    return refused.value.code


async def test_a_reply_quotes_what_it_answers() -> None:
    chat = room()
    ana, li = chat.join("ana", role="host"), chat.join("li")
    asked = await send(chat, li, "How much? " + "界" * 200)
    await send(chat, ana, "Ten", reply_to=asked)
    quote = chat.view(li)["messages"][1]["reply_to"]
    assert (quote["message_id"], quote["author_name"]) == (asked, "Li")
    assert len(quote["text"]) == 121
    assert quote["text"].endswith("…")
    assert await refusal(chat, ana, text="x", reply_to="EV_none") == "chat.unknown_message"


async def test_a_private_message_is_quoted_to_its_people_only() -> None:
    chat = room()
    ana, li, mo = chat.join("ana", role="host"), chat.join("li"), chat.join("mo")
    secret = await send(chat, li, "psst", to=[ana.participant_id])
    assert await refusal(chat, ana, text="x", reply_to=secret) == "chat.reply_elsewhere"
    to_mo = [li.participant_id, mo.participant_id]
    assert await refusal(chat, ana, text="x", reply_to=secret, to=to_mo) == "chat.reply_elsewhere"
    assert await refusal(chat, mo, text="x", reply_to=secret) == "chat.unknown_message"
    await send(chat, ana, "yes", reply_to=secret, to=[li.participant_id])


async def test_mentions_are_identities_of_people_who_will_see_it() -> None:
    chat = room()
    ana, li, mo = chat.join("ana"), chat.join("li"), chat.join("mo")
    inspector = chat.join("inspector", hidden=True)
    people = [p.participant_id for p in (li, mo, inspector, li)]
    await send(chat, ana, "@Li @Mo", mentions=[*people, "PA_none"])
    await send(chat, ana, "@Li @Mo", mentions=people, to=[li.participant_id])
    first, second = (message["mentions"] for message in chat.view(li)["messages"])
    assert (first, second) == (["li", "mo"], ["li"])


async def test_hosts_delete_what_they_see_and_everybody_their_own() -> None:
    chat = room()
    ana, li, mo = chat.join("ana", role="assistant"), chat.join("li"), chat.join("mo")
    own, other = await send(chat, li, "own"), await send(chat, mo, "other")
    secret = await send(chat, li, "psst", to=[mo.participant_id])
    delete = {"type": "delete_message"}
    assert await code_of(chat, li, **delete, message_id=other) == "chat.not_yours"
    assert await code_of(chat, ana, **delete, message_id=secret) == "chat.unknown_message"
    for person, message in ((li, own), (ana, other)):
        await chat.request(person, **delete, message_id=message)
        assert await code_of(chat, person, **delete, message_id=message) == "chat.unknown_message"
    messages = chat.view(li)["messages"]
    assert [(m["text"], m.get("deleted", False)) for m in messages] == [
        ("", True),
        ("", True),
        ("psst", False),
    ]


async def test_deleting_a_private_message_is_told_to_its_people_as_they_are_now() -> None:
    chat = room()
    ana, li = chat.join("ana", role="host"), chat.join("li")
    secret = await send(chat, li, "psst", to=[ana.participant_id])
    chat.leave(ana)
    back = chat.join("ana", role="host")
    (entry,) = await chat.request(li, type="delete_message", message_id=secret)
    assert set(entry.audience.people) == {back.participant_id, li.participant_id}


async def test_what_is_deleted_is_not_quoted_any_more() -> None:
    chat = room()
    ana, li = chat.join("ana", role="host"), chat.join("li")
    message = await send(chat, li, "bad words")
    await send(chat, ana, "please not", reply_to=message)
    await chat.request(ana, type="delete_message", message_id=message)
    assert chat.view(li)["messages"][1]["reply_to"]["text"] == ""


async def test_slow_mode_holds_for_all_but_hosts() -> None:
    chat = room()
    ana, li = chat.join("ana", role="host"), chat.join("li")
    assert await code_of(chat, li, type="set_mode", slow_s=10) == "chat.not_host"
    await chat.request(ana, type="set_mode", slow_s=10)
    assert chat.view(li)["slow_s"] == 10
    for _ in range(2):
        await send(chat, ana)
    await send(chat, li)
    assert await refusal(chat, li, text="x") == "chat.slow_mode"
    chat.leave(li)
    li = chat.join("li")
    chat.now_us = 9_999_999
    assert await refusal(chat, li, text="x") == "chat.slow_mode", "a reload is no way around"
    chat.now_us = 10_000_000
    await send(chat, li)


async def test_hosts_only_leaves_the_way_to_the_hosts_open() -> None:
    chat = room()
    ana, li, mo = chat.join("ana", role="host"), chat.join("li"), chat.join("mo")
    await chat.request(ana, type="set_mode", hosts_only=True)
    assert await refusal(chat, li, text="x") == "chat.hosts_only"
    assert await refusal(chat, li, text="x", to=[mo.participant_id]) == "chat.hosts_only"
    await send(chat, li, to=[ana.participant_id])
    await send(chat, ana)
    await chat.request(ana, type="set_mode", slow_s=5)
    assert chat.view(li)["hosts_only"] is True, "what is not named stays"
    assert await chat.request(ana, type="set_mode", slow_s=5) == [], "nothing has changed"


async def test_a_picture_is_ones_own_and_may_stand_alone() -> None:
    chat = room()
    ana, li = chat.join("ana"), chat.join("li")
    mine, theirs = chat.bring(ana, "shop.png"), chat.bring(li)
    board = chat.bring(ana, purpose="whiteboard")
    await send(chat, ana, "", image=mine.file_id, alt=" our shop ")
    assert chat.view(li)["messages"][0]["image"] == {
        "file_id": mine.file_id,
        "name": "shop.png",
        "width_px": 640,
        "height_px": 480,
        "alt": "our shop",
    }
    for file_id in (theirs.file_id, board.file_id, "FI_none"):
        assert await refusal(chat, ana, text="x", image=file_id) == "chat.unknown_image"


async def test_the_same_nonce_is_the_same_message() -> None:
    chat = room(rate_messages=1)
    ana, li = chat.join("ana"), chat.join("li")
    await send(chat, ana, nonce="n1")
    assert await chat.request(ana, type="send_message", text="x", nonce="n1") == []
    await send(chat, li, nonce="n1")
    assert chat.view(li)["total"] == 2


async def test_history_comes_in_pages() -> None:
    chat = room(history_messages=2, rate_messages=100)
    ana, li, mo = chat.join("ana"), chat.join("li"), chat.join("mo")
    for number in range(5):
        await send(chat, ana, str(number))
    await send(chat, li, "psst", to=[mo.participant_id])
    assert [m["text"] for m in chat.view(ana)["messages"]] == ["3", "4"]
    before_seq = chat.view(ana)["messages"][0]["seq"]
    for texts, has_more in ((["1", "2"], True), (["0"], False)):
        await chat.request(ana, type="get_history", before_seq=before_seq, limit=2)
        page = chat.signals[-1]
        assert (page.event, page.audience.people) == ("history", (ana.participant_id,))
        assert [m["text"] for m in page.body["messages"]] == texts
        assert (page.body["before_seq"], page.body["has_more"]) == (before_seq, has_more)
        before_seq = page.body["messages"][0]["seq"]


async def test_history_has_no_private_messages_of_others() -> None:
    chat = room()
    ana, li, mo = chat.join("ana", role="host"), chat.join("li"), chat.join("mo")
    await send(chat, li, "psst", to=[mo.participant_id])
    for person, count in ((ana, 0), (mo, 1)):
        await chat.request(person, type="get_history", before_seq=100)
        assert len(chat.signals[-1].body["messages"]) == count


async def test_replay_gives_the_live_state_of_everything() -> None:
    chat = room()
    ana, li = chat.join("ana", role="host"), chat.join("li")
    message = await send(chat, li, "one", to=[ana.participant_id])
    await send(chat, ana, "two", reply_to=message, to=[li.participant_id])
    await chat.request(ana, type="delete_message", message_id=message)
    await chat.request(ana, type="set_mode", slow_s=3, hosts_only=True)
    assert chat.replayed() == chat.state


def test_joins_of_ten_thousand_are_folded_quickly() -> None:
    """A copy of a dict at each join would take seconds."""
    fold = Chat(ChatOptions()).fold
    state = fold.initial()
    started_s = time.perf_counter()
    for number in range(10_000):
        body = {"participant": {"participant_id": f"PA_{number}", "identity": f"i{number}"}}
        raw = msgspec.Raw(msgspec.msgpack.encode(body))
        kind = "room.participant_joined"
        entry = Entry(seq=number + 1, at_us=0, author=None, kind=kind, body=raw, audience=HOSTS)
        state = fold.apply(state, entry)
    assert len(state.identities) == 10_000
    assert time.perf_counter() - started_s < 1.5


def keep_few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("emporion.plugins.chat_history.KEPT_MESSAGES", 20)
    monkeypatch.setattr("emporion.plugins.chat_past.CHUNK", 8)


async def test_all_that_a_group_said_is_read_in_pages_by_hosts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """To its first message; not what was private among others, nor what was deleted."""
    keep_few(monkeypatch)
    group = room(rate_messages=100, rate_window_s=0.001)
    li, mo = group.join("li"), group.join("mo")
    gone = await send(group, li, "gone")
    await group.request(li, type="delete_message", message_id=gone)
    for number in range(60):
        await send(group, li, str(number))
        group.now_us += 1_000_000
    await send(group, li, "psst", to=[mo.participant_id])
    chat = room(rate_pages=9)
    ana, wu = chat.join("ana", role="host"), chat.join("wu")
    tea = RoomId("RM_tea")
    chat.groups.states[tea], chat.groups.journals[tea] = group.state, group.entries
    messages: list[Any] = []
    has_more = True
    while has_more:
        before_seq = messages[0]["seq"] if messages else None
        await chat.request(
            ana, type="get_group_history", group_id=tea, before_seq=before_seq, limit=7
        )
        page = chat.signals[-1]
        assert (page.event, page.audience.people) == ("group_history", (ana.participant_id,))
        assert (page.body["group_id"], page.body["before_seq"]) == (tea, before_seq)
        messages, has_more = [*page.body["messages"], *messages], page.body["has_more"]
    assert [said["text"] for said in messages] == ["", *map(str, range(60))]
    for person, group_id, code in (
        (wu, tea, "chat.not_host"),
        (ana, "RM_none", "chat.history_rate_limited"),
    ):
        with pytest.raises(RequestDenied) as refused:
            await chat.request(person, type="get_group_history", group_id=group_id)
        assert refused.value.code == code


async def test_history_goes_back_beyond_what_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """To the first message, each once, whoever may see it, and nothing that was deleted."""
    keep_few(monkeypatch)
    chat = room(history_messages=5, rate_messages=100, rate_window_s=0.001)
    ana, li, mo = chat.join("ana", role="host"), chat.join("li"), chat.join("mo")
    secret = await send(chat, li, "deleted")
    await send(chat, mo, "answer", reply_to=secret)
    await chat.request(ana, type="delete_message", message_id=secret)
    for number in range(60):
        await send(chat, ana, str(number))
        chat.now_us += 1_000_000
        if number % 3 == 0:
            await send(chat, li, f"psst {number}", to=[mo.participant_id])
    everything = ["", "answer", *map(str, range(60))]
    private = [f"psst {number}" for number in range(0, 60, 3)]
    for person, others in ((ana, []), (mo, private), (li, private)):
        view = chat.view(person)
        messages, has_more = view["messages"], True
        while has_more:
            before_seq = messages[0]["seq"]
            await chat.request(person, type="get_history", before_seq=before_seq, limit=7)
            page = chat.signals[-1].body
            assert len(page["messages"]) == 7 or not page["has_more"]
            messages, has_more = [*page["messages"], *messages], page["has_more"]
        assert len(messages) == view["total"]
        assert sorted(m["text"] for m in messages) == sorted([*everything, *others])
        assert [m["seq"] for m in messages] == sorted({m["seq"] for m in messages})
        assert messages[0]["deleted"] is True
        assert messages[1]["reply_to"]["text"] == "", "nor is it quoted"
    assert chat.replayed() == chat.state


@pytest.mark.parametrize("recipients", [None, ["mo"]])
async def test_a_message_that_only_the_journal_has_is_answered_and_deleted(
    monkeypatch: pytest.MonkeyPatch, recipients: list[str] | None
) -> None:
    monkeypatch.setattr("emporion.plugins.chat_history.KEPT_MESSAGES", 5)
    chat = room(rate_messages=100)
    people = {name: chat.join(name) for name in ("li", "mo", "eve")}
    host = people["ana"] = chat.join("ana", role="host")
    li, mo, eve = people["li"], people["mo"], people["eve"]
    to = None if recipients is None else [people[name].participant_id for name in recipients]
    (old,) = await chat.request(li, type="send_message", text="How much?", to=to)
    message_id = msgspec.msgpack.decode(old.body)["message_id"]
    other = await send(chat, li, "another")
    for number in range(10):
        await send(chat, host, str(number))

    known = {"reply_to": message_id, "reply_to_seq": old.seq}
    back = None if to is None else [li.participant_id]
    (answer,) = await chat.request(mo, type="send_message", text="Ten", to=back, **known)
    assert msgspec.msgpack.decode(answer.body)["reply_to"]["text"] == "How much?"
    for seq in (old.seq + 1, answer.seq, 1, 10_000):
        wrong = {"reply_to": message_id, "reply_to_seq": seq}
        assert await refusal(chat, mo, text="x", **wrong) == "chat.unknown_message"
    assert await refusal(chat, li, text="x", reply_to=other, reply_to_seq=old.seq) == (
        "chat.unknown_message"
    )
    if to is not None:
        assert await refusal(chat, eve, text="x", **known) == "chat.unknown_message"
        assert await refusal(chat, mo, text="x", **known) == "chat.reply_elsewhere"

    deleter = host if to is None else li
    deletion = {"type": "delete_message", "message_id": message_id, "seq": old.seq}
    with pytest.raises(RequestDenied, match=r"hosts delete|no such"):
        await chat.request(eve, **deletion)
    (deleted,) = await chat.request(deleter, **deletion)
    assert deleted.kind == "chat.message_deleted"
    await chat.request(mo, type="get_history", before_seq=old.seq + 1)
    assert chat.signals[-1].body["messages"][-1]["deleted"] is True
    assert await refusal(chat, mo, text="x", **known) == "chat.unknown_message", "it is gone"
    assert chat.replayed() == chat.state


async def test_pages_of_history_are_limited_for_one_and_for_all() -> None:
    chat = room(rate_pages=2, rate_window_s=1)
    people = [chat.join(f"p{number}") for number in range(11)]

    async def asked(person: ParticipantView) -> str:
        with pytest.raises(RequestDenied) as refused:
            await chat.request(person, type="get_history", before_seq=9)
        assert refused.value.retryable
        return refused.value.code

    for person in people[:10]:
        for _ in range(2):
            await chat.request(person, type="get_history", before_seq=9)
        assert await asked(person) == "chat.history_rate_limited"
    assert len(chat.signals) == 20
    assert await asked(people[10]) == "chat.history_rate_limited", "ten times what one gets"
    assert len(chat.signals) == 20
    chat.now_us += 1_000_000
    await chat.request(people[10], type="get_history", before_seq=9)
    assert len(chat.signals) == 21


async def test_a_deleted_picture_is_removed_unless_another_message_shows_it() -> None:
    chat = room()
    ana = chat.join("ana")
    picture = chat.bring(ana, "shop.png")
    first = await send(chat, ana, image=picture.file_id)
    second = await send(chat, ana, image=picture.file_id)
    await chat.request(ana, type="delete_message", message_id=first)
    assert picture.file_id in chat.room.files
    await chat.request(ana, type="delete_message", message_id=second)
    assert picture.file_id not in chat.room.files
