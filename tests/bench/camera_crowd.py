"""A class of cameras without browsers: real VP8, encoded once, sent in a loop by each of many."""

import threading
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from fractions import Fraction
from typing import Final

import av
import numpy as np
import trio
from bench.bench_join import MID_ID, RID_ID, Guest
from bench.server_process import ServerProcess

from emporion.engine.media import Source
from emporion.engine.protocol.client import PublishTrack
from emporion.engine.testing.load_client import LoadIdentity
from emporion.engine.testing.video_packets import FakeStream

WIDTH, HEIGHT = 320, 180
FRAMES_PER_S: Final = 10
BIT_RATE: Final = 120_000  # Of a page's lowest encoding.
_LOOP_FRAMES: Final = 40
_PAYLOAD_BYTES: Final = 1100
_TICKS: Final = 90_000 // FRAMES_PER_S


def encode_loop() -> list[bytes]:
    """Return VP8 frames of a face-like blob that sways before grain; the first is a key frame."""
    encoder = av.CodecContext.create("libvpx", "w")
    encoder.width, encoder.height, encoder.pix_fmt = WIDTH, HEIGHT, "yuv420p"
    encoder.framerate, encoder.bit_rate = Fraction(FRAMES_PER_S), BIT_RATE
    encoder.options = {"deadline": "realtime", "cpu-used": "8", "lag-in-frames": "0", "g": "999"}
    grain = np.random.default_rng(1).integers(0, 24, (HEIGHT, WIDTH, 3), dtype=np.uint8)
    rows, columns = np.mgrid[:HEIGHT, :WIDTH]
    frames: list[bytes] = []
    for number in range(_LOOP_FRAMES):
        picture = np.roll(grain, number, axis=1) + 90
        center = WIDTH / 2 + 40 * np.sin(2 * np.pi * number / _LOOP_FRAMES)
        picture[(columns - center) ** 2 + (rows - HEIGHT / 2) ** 2 < 60**2] += 90
        frame = av.VideoFrame.from_ndarray(picture.astype(np.uint8), format="rgb24")
        frame.pts = number
        frames += [bytes(packet) for packet in encoder.encode(frame)]
    return frames + [bytes(packet) for packet in encoder.encode(None)]


class CameraGuest(Guest):
    """One participant whose camera shows the loop, from its key frame on when asked for one."""

    def __init__(self, identity: LoadIdentity, frames: list[bytes]) -> None:
        super().__init__(identity)
        camera = next(m for m, source in self.client.sources.items() if source is Source.CAMERA)
        extensions = {MID_ID: camera.encode(), RID_ID: b"l"}
        self._stream = FakeStream(0x2222, 96, extensions=extensions)
        self._frames = frames
        self._next = 0
        self._picture_id = 0

    def send_keyframe(self) -> None:
        self._next = 0

    async def film(self) -> None:
        while True:
            self._send(self._frames[self._next % len(self._frames)])
            self._next += 1
            await trio.sleep(1 / FRAMES_PER_S)

    def _send(self, frame: bytes) -> None:
        stream = self._stream
        stream.rtp_timestamp = stream.rtp_timestamp + _TICKS & 0xFFFF_FFFF
        self._picture_id = self._picture_id + 1 & 0x7FFF
        for start in range(0, len(frame), _PAYLOAD_BYTES):
            # RFC 7741 §4.2: extended, start of the partition; a PictureID of 15 bits.
            first = 0x80 | (0x10 if start == 0 else 0)
            header = bytes((first, 0x80)) + (0x8000 | self._picture_id).to_bytes(2, "big")
            piece = frame[start : start + _PAYLOAD_BYTES]
            is_last = start + _PAYLOAD_BYTES >= len(frame)
            self.client.send_rtp(stream.packet(header + piece, marker=is_last))


@contextmanager
def filming(server: ServerProcess, room: str, people: int) -> Iterator[None]:
    """Let so many merchants with cameras be in a room for the time of a block."""
    ready = threading.Event()
    made: list[tuple[trio.CancelScope, trio.lowlevel.TrioToken]] = []

    async def run() -> None:
        identity, frames = LoadIdentity(), encode_loop()
        async with trio.open_nursery() as nursery, AsyncExitStack() as stack:
            made.append((nursery.cancel_scope, trio.lowlevel.current_trio_token()))
            for number in range(people):
                guest = CameraGuest(identity, frames)
                token = server.token(f"camera-{number}", room=room)
                control = await guest.join(f"ws://127.0.0.1:{server.port}/ws", token, stack)
                request = PublishTrack(
                    ref=2, source=Source.CAMERA, width_px=WIDTH, height_px=HEIGHT
                )
                await control.request(request)
                nursery.start_soon(guest.film)
            ready.set()
            await trio.sleep_forever()

    thread = threading.Thread(target=trio.run, args=(run,), name="cameras")
    thread.start()
    try:
        assert ready.wait(60), "the cameras did not come"
        yield
    finally:
        scope, token = made[0]
        token.run_sync_soon(scope.cancel)
        thread.join(20)
