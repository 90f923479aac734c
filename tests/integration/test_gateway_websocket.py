"""The life of a WebSocket: first message, requests, limits, and how it ends."""

from typing import Any

import msgspec
import pytest
import trio
from gateway_rig import (
    Rig,
    hello,
    open_client,
    open_rig,
    packed,
    receive,
    receive_goodbye,
    token,
    until,
)
from integration.test_gateway_hostile import OPENING
from trio_websocket import ConnectionClosed, WebSocketConnection

from emporion.engine.media import Source
from emporion.engine.protocol.client import MediaOffer, Prepare
from emporion.engine.protocol.codec import encode_client
from emporion.engine.protocol.envelope import MAX_FRAME_BYTES
from emporion.engine.protocol.server import (
    Goodbye,
    Pong,
    Prepared,
    RequestFailed,
    RequestSucceeded,
)
from emporion.web import connection
from emporion.web.close_code import CloseCode
from emporion.web.outlet import PING_FRAME


async def assert_closed(client: WebSocketConnection, code: int) -> None:
    with trio.fail_after(5), pytest.raises(ConnectionClosed) as caught:
        await client.get_message()
    assert caught.value.reason is not None
    assert caught.value.reason.code == code


async def first_answer(rig: Rig, message: bytes | str) -> tuple[RequestFailed, WebSocketConnection]:
    """Say something first; it must be refused and the connection closed."""
    async with open_client(rig.port, joined=False) as client:
        await client.send_message(message)
        with trio.fail_after(5):
            answer = await receive(client)
        assert isinstance(answer, RequestFailed)
        is_text = isinstance(message, str)
        await assert_closed(client, CloseCode.UNSUPPORTED if is_text else CloseCode.NOT_JOINED)
        return answer, client


# -- the first message ---------------------------------------------------------------------------


async def test_hello_becomes_a_join_with_what_the_token_says() -> None:
    async with open_rig() as rig, open_client(rig.port, joined=False) as client:
        good = token("li", role="host", template="guidance", canPublishSources=["camera"])
        await client.send_message(hello(token=good, name="Li Wei"))
        assert await receive(client) == RequestSucceeded(ref=1)
        [join] = rig.classroom.joined
        assert (join.room, join.template, join.identity) == ("spring", "guidance", "li")
        assert (join.name, join.grants.role) == ("Li Wei", "host")
        assert join.grants.can_publish_sources == (Source.CAMERA,)


async def test_the_token_has_a_name_if_the_page_gives_none() -> None:
    async with open_rig() as rig, open_client(rig.port):
        assert rig.classroom.joined[0].name == "Ana"


async def test_resume_is_handed_on() -> None:
    async with open_rig() as rig, open_client(rig.port, joined=False) as client:
        await client.send_message(
            packed(type="resume", ref=4, protocol_version=1, resume_token="abc", last_seq=17)
        )
        assert await receive(client) == RequestSucceeded(ref=4)
        [resume] = rig.classroom.resumed
        assert (resume.resume_token, resume.last_seq) == ("abc", 17)


@pytest.mark.parametrize(
    ("message", "code", "ref"),
    [
        (hello(protocol_version=2), "protocol.version_unsupported", 1),
        (hello(token="x"), "token.invalid", 1),
        (hello(token=token(secret="another secret of thirty-two characters")), "token.invalid", 1),
        (hello(token=token(key_id="EK_other")), "token.invalid", 1),
        (hello(token=token(ttl_s=-60)), "token.expired", 1),
        (hello(token=token(room=None)), "token.room_mismatch", 1),
        (hello(token=token(roomJoin=False)), "grant.missing", 1),
        (hello("denied"), "room.full", 1),
        (hello("bug"), "internal", 1),
        (packed(type="leave", ref=3), "protocol.hello_expected", 3),
        (packed(type="nonsense", ref=3), "protocol.unknown_message", 3),
        (packed(type="hello", ref=3), "protocol.malformed", 3),
        (b"", "protocol.malformed", 0),
        (b"\xc1\xff garbage", "protocol.malformed", 0),
        ("hello as text", "protocol.text_frame", 0),
    ],
)
async def test_a_bad_first_message_is_refused_and_the_connection_closed(
    message: bytes | str, code: str, ref: int
) -> None:
    async with open_rig() as rig:
        answer, _ = await first_answer(rig, message)
        assert (answer.code, answer.ref) == (code, ref)
        assert "secret of the house" not in answer.message
        await until(lambda: rig.gateway.statistics().connections_open == 0)


async def test_a_token_opens_its_own_room_only() -> None:
    """The room comes from the token alone, so a token of another room leads into that one."""
    async with open_rig() as rig, open_client(rig.port, joined=False) as client:
        await client.send_message(hello(token=token(room="autumn")))
        await receive(client)
        assert rig.classroom.joined[0].room == "autumn"


async def test_silence_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    assert connection.HELLO_TIMEOUT_S == 10.0
    monkeypatch.setattr(connection, "HELLO_TIMEOUT_S", 0.2)
    async with open_rig() as rig, open_client(rig.port, joined=False) as client:
        assert (await receive_goodbye(client)).code == "hello_timeout"
        await assert_closed(client, CloseCode.HELLO_TIMEOUT)
        assert rig.classroom.lost == []


# -- requests ------------------------------------------------------------------------------------


async def test_requests_are_delivered_in_order() -> None:
    async with open_rig() as rig, open_client(rig.port) as client:
        for ref in range(2, 100):
            await client.send_message(packed(type="leave", ref=ref))
        for ref in range(2, 100):
            assert await receive(client) == RequestSucceeded(ref=ref)
        assert [request.ref for request in rig.classroom.delivered] == list(range(2, 100))


async def test_a_ping_is_answered_by_the_gateway() -> None:
    async with open_rig() as rig, open_client(rig.port) as client:
        await client.send_message(packed(type="ping", ref=77))
        assert await receive(client) == Pong(ref=77)
        assert rig.classroom.delivered == []


@pytest.mark.parametrize(
    ("message", "code", "ref"),
    [
        (packed(type="nonsense", ref=8), "protocol.unknown_message", 8),
        (packed(type="mute_track", ref=8), "protocol.malformed", 8),
        (packed(type="ping", ref=0), "protocol.malformed", 0),
        (packed(ref=8), "protocol.malformed", 8),
        (b"\x91" * 5000, "protocol.malformed", 0),
        (b"\xdd\xff\xff\xff\xff", "protocol.malformed", 0),
        (b"", "protocol.malformed", 0),
        (hello(), "protocol.joined_already", 1),
        (packed(type="leave", ref=503), "actor.mailbox_full", 503),
    ],
)
async def test_a_bad_request_is_refused_and_the_connection_goes_on(
    message: bytes, code: str, ref: int
) -> None:
    async with open_rig() as rig, open_client(rig.port) as client:
        await client.send_message(message)
        answer = await receive(client)
        assert isinstance(answer, RequestFailed)
        assert (answer.code, answer.ref) == (code, ref)
        await client.send_message(packed(type="ping", ref=9))
        assert await receive(client) == Pong(ref=9)


async def test_the_largest_frame_is_read() -> None:
    async with open_rig() as rig, open_client(rig.port) as client:
        filling = b"x" * (MAX_FRAME_BYTES - 64)
        await client.send_message(packed(type="leave", ref=2, ignored=filling))
        with trio.fail_after(5):
            assert await receive(client) == RequestSucceeded(ref=2)


async def test_too_large_a_frame_closes_the_connection() -> None:
    async with open_rig() as rig, open_client(rig.port) as client:
        await client.send_message(bytes(MAX_FRAME_BYTES + 1))
        await assert_closed(client, CloseCode.TOO_BIG)
        await until(lambda: len(rig.classroom.lost) == 1)


async def test_a_text_frame_closes_the_connection() -> None:
    async with open_rig() as rig, open_client(rig.port) as client:
        await client.send_message('{"type": "ping", "ref": 2}')
        assert isinstance(await receive(client), RequestFailed)
        assert (await receive_goodbye(client)).code == "protocol.text_frame"
        await assert_closed(client, CloseCode.UNSUPPORTED)


async def test_a_flood_is_refused_and_what_follows_a_pause_is_not() -> None:
    async with (
        open_rig(requests_per_s=20.0, request_burst=5) as rig,
        open_client(rig.port) as client,
    ):
        for ref in range(2, 12):
            await client.send_message(packed(type="leave", ref=ref))
        answers = [await receive(client) for _ in range(10)]
        assert answers[:5] == [RequestSucceeded(ref=ref) for ref in range(2, 7)]
        refused = answers[-1]
        assert isinstance(refused, RequestFailed)
        assert (refused.code, refused.ref, refused.retryable) == ("rate_limited", 11, True)
        await trio.sleep(0.2)
        await client.send_message(packed(type="leave", ref=99))
        assert await receive(client) == RequestSucceeded(ref=99)


async def test_an_endless_flood_closes_the_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "MAX_REFUSED_IN_A_ROW", 20)
    async with (
        open_rig(requests_per_s=0.1, request_burst=1) as rig,
        open_client(rig.port) as client,
    ):
        for ref in range(2, 23):
            await client.send_message(packed(type="leave", ref=ref))
        with trio.fail_after(5):
            while not isinstance(answer := await receive(client), Goodbye):
                pass
        assert answer.code == "rate_limited"
        await assert_closed(client, CloseCode.RATE_LIMITED)


# -- ends ----------------------------------------------------------------------------------------


async def test_a_lost_connection_is_told_once() -> None:
    async with open_rig() as rig:
        async with open_client(rig.port):
            connection_id = rig.classroom.joined[0].connection_id
        await until(lambda: rig.gateway.statistics().connections_open == 0)
        assert rig.classroom.lost == [connection_id]
        assert rig.table.statistics().connections == 0


async def test_the_classroom_closes_with_last_words() -> None:
    async with open_rig() as rig, open_client(rig.port) as client:
        connection_id = rig.classroom.joined[0].connection_id
        rig.table.send(connection_id, packed(type="pong", ref=1))
        rig.table.close(connection_id, packed(type="goodbye", code="left", message="Bye."))
        assert await receive(client) == Pong(ref=1)
        assert (await receive_goodbye(client)).code == "left"
        await assert_closed(client, CloseCode.NORMAL)
        assert rig.classroom.lost == [connection_id]


async def test_a_stopping_node_says_goodbye_to_everybody() -> None:
    async with open_rig() as rig, open_client(rig.port) as one, open_client(rig.port) as two:
        rig.scope.cancel()
        for client in (one, two):
            goodbye = await receive_goodbye(client)
            assert (goodbye.code, goodbye.retryable) == ("server_stopping", True)
            await assert_closed(client, CloseCode.GOING_AWAY)


async def test_a_stopping_node_waits_no_longer_than_its_grace_for_a_client_that_is_stuck() -> None:
    async with open_rig() as rig:
        stream = await trio.open_tcp_stream("127.0.0.1", rig.port)
        async with stream:
            await stream.send_all(OPENING)
            assert (await stream.receive_some()).startswith(b"HTTP/1.1 101")
            rig.scope.cancel()
            with trio.fail_after(4):  # The rig's grace is 2 s.
                await until(lambda: rig.gateway.statistics().connections_open == 0)


async def test_a_client_answers_pings_by_itself() -> None:
    async with open_rig() as rig, open_client(rig.port):
        [line] = rig.table._lines.values()
        before_s = line.outlet.heard_at_s
        line.outlet.post(PING_FRAME)
        await until(lambda: line.outlet.heard_at_s > before_s)


# -- ahead of the join ---------------------------------------------------------------------------


def prepare(sdp: str = "v=0", **changes: Any) -> bytes:
    message = Prepare(ref=1, protocol_version=1, token=token(), media=MediaOffer(sdp=sdp))
    return encode_client(msgspec.structs.replace(message, **changes))


async def test_media_is_prepared_and_then_joined_with() -> None:
    async with open_rig() as rig, open_client(rig.port, joined=False) as client:
        await client.send_message(prepare())
        assert await receive(client) == Prepared(ref=1, answer="answer to v=0")
        await client.send_message(hello(ref=2, is_prepared=True))
        assert await receive(client) == RequestSucceeded(ref=2)
        [join] = rig.classroom.joined
        assert (rig.classroom.prepared, join.is_prepared) == ([join.connection_id], True)


@pytest.mark.parametrize(
    ("message", "code"),
    [
        (prepare("bad"), "sdp.malformed"),
        (prepare(protocol_version=2), "protocol.version_unsupported"),
        (prepare(token=token(ttl_s=-60)), "token.expired"),
    ],
)
async def test_what_could_not_be_prepared_is_joined_without(message: bytes, code: str) -> None:
    async with open_rig() as rig, open_client(rig.port, joined=False) as client:
        await client.send_message(message)
        refused = await receive(client)
        assert isinstance(refused, RequestFailed)
        assert refused.code == code
        await client.send_message(hello(ref=2))
        assert await receive(client) == RequestSucceeded(ref=2)


async def test_only_hello_follows_what_was_prepared() -> None:
    """A client that prepares again and again would cost an answer each time."""
    async with open_rig() as rig, open_client(rig.port, joined=False) as client:
        await client.send_message(prepare())
        await receive(client)
        await client.send_message(prepare(ref=2))
        refused = await receive(client)
        assert isinstance(refused, RequestFailed)
        assert refused.code == "protocol.hello_expected"
        await assert_closed(client, CloseCode.NOT_JOINED)
        await until(lambda: rig.classroom.lost == rig.classroom.prepared)


async def test_who_prepares_and_goes_is_forgotten() -> None:
    async with open_rig() as rig:
        async with open_client(rig.port, joined=False) as client:
            await client.send_message(prepare())
            await receive(client)
        await until(lambda: rig.classroom.lost == rig.classroom.prepared != [])


async def test_who_prepares_and_never_joins_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "PREPARED_TIMEOUT_S", 0.05)
    async with open_rig() as rig, open_client(rig.port, joined=False) as client:
        await client.send_message(prepare())
        await receive(client)
        assert (await receive_goodbye(client)).code == "hello_timeout"
        await assert_closed(client, CloseCode.HELLO_TIMEOUT)
        await until(lambda: rig.classroom.lost == rig.classroom.prepared)
