"""The media half of a headless participant: one offer, one answer, fixed slots (ADR 0003)."""

import asyncio
from collections.abc import Sequence
from typing import Final

from aiortc import (
    MediaStreamTrack,
    RTCBundlePolicy,
    RTCConfiguration,
    RTCPeerConnection,
    RTCRtpTransceiver,
    RTCSessionDescription,
)

from ..media import Kind, Source
from ..protocol.client import MediaOffer, SendLine
from .sink import SlotSink
from .synthetic import make_track

# With the default policy aiortc feeds a second m-line of a kind into the first one's buffer. An
# empty list of servers: by default it would ask a public STUN server.
_CONFIGURATION: Final = RTCConfiguration(iceServers=[], bundlePolicy=RTCBundlePolicy.MAX_BUNDLE)


class HeadlessPeer:
    """One aiortc connection; its coroutines run on the asyncio loop."""

    def __init__(self, sources: Sequence[Source], *, audio_slots: int, video_slots: int) -> None:
        self._connection = RTCPeerConnection(_CONFIGURATION)
        self._sending = [
            (source, self._connection.addTransceiver(make_track(source), direction="sendonly"))
            for source in sources
        ]
        kinds = [Kind.AUDIO] * audio_slots + [Kind.VIDEO] * video_slots
        self._receiving = [
            self._connection.addTransceiver(str(kind), direction="recvonly") for kind in kinds
        ]
        self.sinks = tuple(SlotSink(index, kind) for index, kind in enumerate(kinds))
        self._readers: set[asyncio.Task[None]] = set()
        self._connection.on("track", self._read)

    @property
    def state(self) -> str:
        """W3C `RTCPeerConnection.connectionState`."""
        return str(self._connection.connectionState)

    async def make_offer(self) -> MediaOffer:
        await self._connection.setLocalDescription(await self._connection.createOffer())
        return MediaOffer(
            sdp=self._connection.localDescription.sdp,
            send_lines=tuple(
                SendLine(mid=_mid_of(transceiver), source=source)
                for source, transceiver in self._sending
            ),
        )

    async def take_answer(self, sdp: str) -> None:
        await self._connection.setRemoteDescription(RTCSessionDescription(sdp, "answer"))

    async def close(self) -> None:
        await self._connection.close()
        for reader in self._readers:
            reader.cancel()
        await asyncio.gather(*self._readers, return_exceptions=True)

    def _read(self, track: MediaStreamTrack) -> None:
        for transceiver, sink in zip(self._receiving, self.sinks, strict=True):
            if transceiver.receiver.track is track:
                self._readers.add(asyncio.ensure_future(sink.read(track)))


def _mid_of(transceiver: RTCRtpTransceiver) -> str:
    mid = transceiver.mid
    assert mid is not None, "mids are given when the offer is set"
    return mid
