"""Pictures and sound that cost little to make and can be told from silence and standstill."""

import math
from fractions import Fraction
from typing import Final

import av
from aiortc import AudioStreamTrack, MediaStreamTrack, VideoStreamTrack

from ..media import Kind, Source

WIDTH_PX: Final = 640
HEIGHT_PX: Final = 360
PICTURES: Final = 30  # One second of movement, made once and shown again and again.

SAMPLE_RATE_HZ: Final = 48_000
SAMPLES_PER_FRAME: Final = 960  # 20 ms, Opus' own frame.
TONE_HZ: Final = 400  # A whole number of waves in a frame: frames join without a click.
AMPLITUDE: Final = 8000


class MovingBars(VideoStreamTrack):
    """A video track of grey bars that wander, 30 pictures a second."""

    def __init__(self) -> None:
        super().__init__()
        self._pictures = [_bars(offset_px=8 * number) for number in range(PICTURES)]
        self._next = 0

    async def recv(self) -> av.VideoFrame:
        presented, time_base = await self.next_timestamp()
        picture = self._pictures[self._next % PICTURES]
        self._next += 1
        picture.pts, picture.time_base = presented, time_base
        return picture


class Tone(AudioStreamTrack):
    """An audio track of one even tone."""

    def __init__(self) -> None:
        super().__init__()
        wave = [
            round(AMPLITUDE * math.sin(2 * math.pi * TONE_HZ * sample / SAMPLE_RATE_HZ))
            for sample in range(SAMPLES_PER_FRAME)
        ]
        self._samples = b"".join(value.to_bytes(2, "little", signed=True) for value in wave)

    async def recv(self) -> av.AudioFrame:
        # The silence of the base class keeps the time; its samples are replaced.
        silence = await super().recv()
        frame = av.AudioFrame(format="s16", layout="mono", samples=SAMPLES_PER_FRAME)
        frame.planes[0].update(self._samples)
        frame.sample_rate = SAMPLE_RATE_HZ
        frame.time_base = Fraction(1, SAMPLE_RATE_HZ)
        rate = getattr(silence, "sample_rate", SAMPLE_RATE_HZ)
        frame.pts = (silence.pts or 0) * SAMPLE_RATE_HZ // rate
        return frame


def make_track(source: Source) -> MediaStreamTrack:
    """Return a synthetic track for what this source shows."""
    return MovingBars() if source.kind is Kind.VIDEO else Tone()


def _bars(*, offset_px: int) -> av.VideoFrame:
    frame = av.VideoFrame(WIDTH_PX, HEIGHT_PX, "yuv420p")
    luma, *chroma = frame.planes
    line = bytes(60 + 120 * ((x + offset_px) // 40 % 2) for x in range(luma.line_size))
    luma.update(line * luma.height)
    for plane in chroma:
        plane.update(b"\x80" * plane.buffer_size)
    return frame
