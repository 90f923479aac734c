"""What arrives in one receive slot: frames are decoded, counted and measured."""

import asyncio
from array import array

import av
import trio
from aiortc import MediaStreamTrack
from aiortc.mediastreams import MediaStreamError

from ..media import Kind


class SlotSink:
    """Reads one remote track until it ends.

    Attributes:
        index: Of the slot, as in `SlotInfo.slot`.
        frames: Decoded so far.
        width_px: Of the last picture; 0: none yet, or audio.
        height_px: Likewise.
        loudness: Mean absolute sample of the last audio frame, 0 to 32767; a tone has thousands.
    """

    def __init__(self, index: int, kind: Kind) -> None:
        self.index = index
        self.kind = kind
        self.frames = 0
        self.width_px = 0
        self.height_px = 0
        self.loudness = 0.0
        self._arrived = trio.Event()

    async def wait_frames(self, count: int) -> None:
        """Wait until so many more frames have been decoded."""
        wanted = self.frames + count
        while self.frames < wanted:
            await self._arrived.wait()

    async def read(self, track: MediaStreamTrack) -> None:
        """Run as an asyncio task: decode whatever comes."""
        try:
            while True:
                self._take(await track.recv())
        except (MediaStreamError, asyncio.CancelledError):
            return

    def _take(self, frame: object) -> None:
        self.frames += 1
        if isinstance(frame, av.VideoFrame):
            self.width_px, self.height_px = frame.width, frame.height
        elif isinstance(frame, av.AudioFrame):
            # PyAV's plane is larger than what it holds.
            held_bytes = 2 * frame.samples * frame.layout.nb_channels
            samples = array("h", bytes(frame.planes[0])[:held_bytes])
            self.loudness = sum(map(abs, samples)) / max(1, len(samples))
        arrived, self._arrived = self._arrived, trio.Event()
        arrived.set()
