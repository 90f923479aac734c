"""A headless participant against a stand-in for the server: aiortc behind a real WebSocket."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import msgspec
import pytest
import trio
import trio_asyncio
from aiortc import RTCBundlePolicy, RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from trio_websocket import ConnectionClosed, WebSocketRequest, serve_websocket

from emporion.engine.errors import RequestDenied
from emporion.engine.headless import open_participant
from emporion.engine.headless.asyncio_loop import open_asyncio_loop
from emporion.engine.headless.control import ConnectionEnded
from emporion.engine.headless.synthetic import make_track
from emporion.engine.ids import ParticipantId, RoomId, SessionId, TrackId
from emporion.engine.media import Source
from emporion.engine.protocol.client import ClientRequest, Hello, Leave, PublishTrack, SetView
from emporion.engine.protocol.codec import decode_client, encode_server
from emporion.engine.protocol.envelope import ServerMessage
from emporion.engine.protocol.server import (
    Goodbye,
    RequestFailed,
    RequestSucceeded,
    SlotsChanged,
    TrackPublished,
    Welcome,
)
from emporion.engine.protocol.things import RoomInfo, SlotView

Send = Callable[[ServerMessage], Awaitable[None]]
Handle = Callable[[ClientRequest, Send], Awaitable[None]]
ROOM = RoomInfo(
    room_id=RoomId("RM_x"),
    name="Class",
    template="class",
    session_id=SessionId("SE_x"),
    started_at_unix_s=0.0,
)


def welcome(ref: int, answer: str | None = None) -> Welcome:
    return Welcome(
        ref=ref,
        protocol_version=1,
        server_version="0",
        room=ROOM,
        participant_id=ParticipantId("PA_x"),
        seq=0,
        participants=(),
        tracks=(),
        plugins={},
        resume_token="x",
        resume_window_s=30,
        can_publish=("camera",),
        answer=answer,
    )


@asynccontextmanager
async def stand_in(handle: Handle) -> AsyncIterator[str]:
    """Serve one protocol handler on a port of loopback and give its URL."""

    async def serve(request: WebSocketRequest) -> None:
        socket = await request.accept(subprotocol="emporion.v1")

        async def send(message: ServerMessage) -> None:
            await socket.send_message(encode_server(message))
            if isinstance(message, Goodbye):
                await socket.aclose()

        try:
            while True:
                frame = await socket.get_message()
                assert isinstance(frame, bytes)
                await handle(decode_client(frame), send)
        except ConnectionClosed:
            return

    async def listen(task_status: trio.TaskStatus[Any]) -> None:  # Any: a server without a type.
        await serve_websocket(serve, "127.0.0.1", 0, None, task_status=task_status)

    with trio.fail_after(60):
        async with trio.open_nursery() as nursery:
            server = await nursery.start(listen)
            yield f"ws://127.0.0.1:{server.port}/"
            nursery.cancel_scope.cancel()


async def test_a_refused_join_tells_its_code() -> None:
    async def handle(request: ClientRequest, send: Send) -> None:
        await send(RequestFailed(ref=request.ref, code="room.full", message="Full", retryable=True))

    async with stand_in(handle) as url:
        with pytest.raises(RequestDenied) as caught:
            async with open_participant(url, "token", with_media=False):
                raise AssertionError("joined")
    assert (caught.value.code, caught.value.retryable) == ("room.full", True)


async def test_a_participant_joins_asks_and_leaves() -> None:
    seen: list[str] = []

    async def handle(request: ClientRequest, send: Send) -> None:
        seen.append(type(request).__name__)
        match request:
            case Hello(ref=ref):
                await send(welcome(ref))
            case PublishTrack(ref=ref):
                view = SlotView(slot=0, track_id=TrackId("TR_x"))
                await send(SlotsChanged(slot_views=(view,)))
                await send(TrackPublished(ref=ref, track_id=TrackId("TR_x")))
            case SetView(ref=ref):
                await send(RequestSucceeded(ref=ref))
            case Leave():
                await send(Goodbye(code="left", message=""))

    async with (
        stand_in(handle) as url,
        open_participant(url, "token", with_media=False) as participant,
    ):
        assert participant.participant_id == "PA_x"
        assert await participant.publish(Source.CAMERA) == "TR_x"
        assert participant.slot_views[0].track_id == "TR_x"
        await participant.view(TrackId("TR_x"))
    assert seen == ["Hello", "PublishTrack", "SetView", "Leave"]
    assert participant.control.goodbye is not None


async def test_a_lost_connection_ends_a_waiting_request() -> None:
    async def handle(request: ClientRequest, send: Send) -> None:
        match request:
            case Hello(ref=ref):
                await send(welcome(ref))
            case _:
                await send(Goodbye(code="removed", message=""))

    async with (
        stand_in(handle) as url,
        open_participant(url, "token", with_media=False) as participant,
    ):
        with pytest.raises(ConnectionEnded) as caught:
            await participant.publish(Source.CAMERA)
    assert caught.value.goodbye == Goodbye(code="removed", message="")


async def test_media_flows_both_ways() -> None:
    """Two slots of a kind: with aiortc's default bundling the second would stay silent."""
    async with open_asyncio_loop():
        server = RTCPeerConnection(
            RTCConfiguration(iceServers=[], bundlePolicy=RTCBundlePolicy.MAX_BUNDLE)
        )
        kinds: list[str] = []

        async def answer(offer: str) -> str:
            server.on("track", lambda track: kinds.append(track.kind))
            await server.setRemoteDescription(RTCSessionDescription(offer, "offer"))
            for transceiver in server.getTransceivers()[2:]:
                source = Source.CAMERA if transceiver.kind == "video" else Source.MICROPHONE
                transceiver.sender.replaceTrack(make_track(source))
                transceiver.direction = "sendonly"
            await server.setLocalDescription(await server.createAnswer())
            return str(server.localDescription.sdp)

        async def handle(request: ClientRequest, send: Send) -> None:
            if isinstance(request, Hello):
                assert request.media is not None
                assert [line.source for line in request.media.send_lines] == [
                    Source.MICROPHONE,
                    Source.CAMERA,
                ]
                sdp = await trio_asyncio.aio_as_trio(answer)(request.media.sdp)
                await send(welcome(request.ref, sdp))
            else:
                await send(Goodbye(code="left", message=""))

        sources = (Source.MICROPHONE, Source.CAMERA)
        async with (
            stand_in(handle) as url,
            open_participant(
                url, "token", sources=sources, audio_slots=2, video_slots=1
            ) as participant,
        ):
            for sink in participant.sinks:
                await sink.wait_frames(5)
            first, second, video = participant.sinks
            assert (video.width_px, video.height_px) == (640, 360)
            await first.wait_frames(25)  # Opus starts from silence.
            assert first.loudness > 1000
            assert second.frames > 0
            assert participant.media_state == "connected"
        assert kinds == ["audio", "video"]
        await trio_asyncio.aio_as_trio(server.close)()


def test_messages_of_the_stand_in_are_those_of_the_server() -> None:
    """The stand-in speaks through the server's own codec, so it cannot drift away from it."""
    assert msgspec.msgpack.decode(encode_server(welcome(1)))["type"] == "welcome"
