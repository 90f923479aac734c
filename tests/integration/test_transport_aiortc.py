"""aiortc, a third implementation, takes the same answer: it connects and its media arrives."""

import asyncio

import pytest
import trio

pytest.importorskip("aiortc")
import trio_asyncio
from aiortc import (
    RTCBundlePolicy,
    RTCConfiguration,
    RTCPeerConnection,
    RTCSessionDescription,
)
from aiortc.mediastreams import AudioStreamTrack

from emporion.engine.clock import TrioClock
from emporion.engine.headless.asyncio_loop import open_asyncio_loop
from emporion.engine.media import Source
from emporion.engine.testing.fake_forwarder import FakeForwarder
from emporion.engine.transport.service import MediaService
from emporion.engine.transport.settings import MediaSettings


async def _visit(service: MediaService, forwarder: FakeForwarder) -> str:
    """Runs in asyncio; ends when media has arrived, or after 4 s."""
    # webrtc.md 5: without MAX_BUNDLE the second audio m-line stays on a transport of its own.
    connection = RTCPeerConnection(
        RTCConfiguration(iceServers=[], bundlePolicy=RTCBundlePolicy.MAX_BUNDLE)
    )
    connection.addTransceiver(AudioStreamTrack(), "sendonly")
    for kind in ("audio", "video"):
        connection.addTransceiver(kind, "recvonly")
    await connection.setLocalDescription(await connection.createOffer())
    opened = service.open(connection.localDescription.sdp, {"0": Source.MICROPHONE})
    answer = RTCSessionDescription(sdp=opened.answer, type="answer")
    await connection.setRemoteDescription(answer)
    for _ in range(200):
        if connection.connectionState == "connected" and len(forwarder.received) > 10:
            break
        await asyncio.sleep(0.02)
    state: str = connection.connectionState
    await connection.close()
    return state


async def test_aiortc_connects_and_sends() -> None:
    forwarder = FakeForwarder()
    service = MediaService(
        MediaSettings(port=0), forwarder, clock=TrioClock(), on_event=lambda _: None
    )
    with trio.fail_after(20):
        async with trio.open_nursery() as nursery:
            await nursery.start(service.run)
            async with open_asyncio_loop():
                state = await trio_asyncio.aio_as_trio(_visit)(service, forwarder)
            nursery.cancel_scope.cancel()

    assert state == "connected"
    assert len(forwarder.received) > 10
    assert service.statistics().failures == 0
