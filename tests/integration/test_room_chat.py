"""Requests to plugins over the whole way: chat as an example, and every way to be refused."""

from pathlib import Path

import msgspec
import pytest
from classroom_rig import failed, one_template, open_rig
from trio.testing import MockClock

from emporion.actors.plugin_lanes import MAX_WAITING
from emporion.engine.protocol.client import PluginRequest
from emporion.engine.protocol.server import PluginSignalled, RequestFailed, RequestSucceeded


async def test_private_message_goes_to_its_people_only(
    tmp_path: Path, autojump_clock: MockClock
) -> None:
    async with open_rig(tmp_path) as rig:
        ana, li, mo = rig.client("ana", "host"), rig.client("li"), rig.client("mo")
        for client in (ana, li, mo):
            await client.join()
        await li.say("psst", to=[mo.participant_id])
        assert (await mo.wait_entry("chat.message"))["to"] == [mo.participant_id]
        await li.wait_entry("chat.message")
        await rig.settle()
        assert not ana.entries("chat.message")
        hidden = await rig.client("late").join()
        assert msgspec.msgpack.decode(hidden.plugins["chat"].body)["total"] == 0
        again = await rig.client("mo").join()
        assert msgspec.msgpack.decode(again.plugins["chat"].body)["total"] == 1


async def test_history_of_a_late_joiner(tmp_path: Path, autojump_clock: MockClock) -> None:
    options = {"chat": {"history_messages": 3, "rate_messages": 100}}
    async with open_rig(tmp_path, options=options) as rig:
        ana = rig.client("ana", "host")
        await ana.join()
        for number in range(7):
            await ana.say(str(number))
        welcome = await rig.client("li").join()
        view = msgspec.msgpack.decode(welcome.plugins["chat"].body)
        assert [message["text"] for message in view["messages"]] == ["4", "5", "6"]
        assert view["total"] == 7


async def test_success_is_told_when_the_entry_is_on_disk(
    tmp_path: Path, autojump_clock: MockClock
) -> None:
    async with open_rig(tmp_path) as rig:
        ana = rig.client("ana", "host")
        await ana.join()
        answer = await ana.say("kept")
        assert isinstance(answer, RequestSucceeded)
        assert rig.journal()[-1].seq == answer.seq


async def test_limits_have_codes(tmp_path: Path, autojump_clock: MockClock) -> None:
    async with open_rig(tmp_path) as rig:
        ana = rig.client("ana", "host")
        await ana.join()
        assert failed(await ana.say("")) == "chat.empty"
        assert failed(await ana.say("x" * 2001)) == "chat.too_long"
        gone = "PA_nobody"
        answer = await ana.plugin("chat", type="send_message", text="x", to=[gone])
        assert failed(answer) == "chat.unknown_recipient"
        for _ in range(10):
            await ana.say("x")
        limited = await ana.say("x")
        assert isinstance(limited, RequestFailed)
        assert (limited.code, limited.retryable) == ("chat.rate_limited", True)


async def test_what_is_no_request_is_refused(tmp_path: Path, autojump_clock: MockClock) -> None:
    async with open_rig(tmp_path) as rig:
        ana = rig.client("ana", "host")
        await ana.join()
        assert failed(await ana.plugin("juggling", type="draw")) == "plugin.unknown"
        assert failed(await ana.plugin("simulcast", type="draw")) == "plugin.unknown"
        for body in ({"type": "dance"}, {"type": "send_message"}, {}, {"type": 3}):
            raw = msgspec.Raw(msgspec.msgpack.encode(body))
            answer = await ana.ask(PluginRequest, plugin="chat", body=raw)
            assert failed(answer) == "plugin.malformed"
        crowd = ["PA_x"] * 21
        answer = await ana.plugin("chat", type="send_message", text="x", to=crowd)
        assert failed(answer) == "plugin.malformed"
        assert isinstance(await ana.say("still up"), RequestSucceeded)


async def test_plugin_not_in_the_template_is_unknown(
    tmp_path: Path, autojump_clock: MockClock
) -> None:
    async with open_rig(tmp_path, rooms=one_template(plugins=("simulcast",))) as rig:
        ana = rig.client("ana", "host")
        welcome = await ana.join()
        assert welcome.plugins == {}
        assert failed(await ana.say("x")) == "plugin.unknown"


async def test_requests_are_answered_in_order_and_a_flood_is_refused(
    tmp_path: Path, autojump_clock: MockClock
) -> None:
    options = {"chat": {"rate_messages": 100}}
    async with open_rig(tmp_path, options=options) as rig:
        ana = rig.client("ana", "host")
        await ana.join()
        body = [
            msgspec.Raw(msgspec.msgpack.encode({"type": "send_message", "text": str(number)}))
            for number in range(MAX_WAITING + 40)
        ]
        refs = [ana.send(PluginRequest, plugin="chat", body=raw) for raw in body]
        answers = [await ana.answer(ref) for ref in refs]
        refused = [answer for answer in answers if isinstance(answer, RequestFailed)]
        assert {answer.code for answer in refused} <= {"plugin.too_many_requests"}
        done = [answer for answer in answers if isinstance(answer, RequestSucceeded)]
        assert len(done) >= MAX_WAITING
        texts = [int(body["text"]) for body in ana.bodies("chat.message")]
        assert texts == sorted(texts)
        assert len(texts) == len(done)


async def test_history_is_read_from_the_journal(
    tmp_path: Path, autojump_clock: MockClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With other entries between the messages, from the file and from memory."""
    monkeypatch.setattr("emporion.plugins.chat_history.KEPT_MESSAGES", 5)
    monkeypatch.setattr("emporion.engine.journal.tail.MAX_ENTRIES", 20)
    options = {"chat": {"history_messages": 5, "rate_messages": 100}}
    async with open_rig(tmp_path, options=options) as rig:
        ana = rig.client("ana", "host")
        await ana.join()
        for number in range(30):
            await ana.say(str(number))
            if number == 9:
                for index in range(100):
                    await ana.plugin("chat", type="set_mode", slow_s=index % 2)
        messages = [entry.seq for entry in rig.journal() if entry.kind == "chat.message"]
        await ana.plugin("chat", type="get_history", before_seq=messages[20], limit=15)
        signalled = ana.got(PluginSignalled)[-1]
        page = msgspec.msgpack.decode(signalled.body)
        assert [message["text"] for message in page["messages"]] == [str(n) for n in range(5, 20)]
        assert page["has_more"] is True
