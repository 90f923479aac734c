"""A server's media half here, its publisher and viewers in another process, to be measured.

The whole media half of a server runs in this process, `MediaService` with the reference forwarder;
publisher and viewers are load clients. What counts is the CPU time of this process over what the
viewers really received; a plain Python loop of AES-GCM and `sendto` to the same viewers is the
measure beside it.
"""

import socket
import struct
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import trio
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from emporion.engine.clock import TrioClock
from emporion.engine.congestion.gcc import GccEstimator
from emporion.engine.forward.reference import ReferenceForwarder
from emporion.engine.ids import TrackId, TransportId
from emporion.engine.media import TOP_LAYER, Kind, Source
from emporion.engine.testing.load_client_process import LoadProcess, open_load_process
from emporion.engine.testing.video_packets import OpusStream, Vp8Stream
from emporion.engine.transport.rate_control import START_S
from emporion.engine.transport.service import MediaService
from emporion.engine.transport.settings import MediaSettings
from emporion.engine.transport.stun import SocketAddress
from emporion.engine.transport.transport import EstimateChanged, MediaEvent

FRAME_SIZES = (1200, 1200, 1200, 1200, 1201, 1201, 1201)  # As libwebrtc splits a frame.
VIDEO_PACKETS_PER_S = 250
FRAME_INTERVAL_S = len(FRAME_SIZES) / VIDEO_PACKETS_PER_S
FRAME_TICKS = round(90_000 * FRAME_INTERVAL_S)
AUDIO_BYTES = 100
AUDIO_INTERVAL_S = 1 / VIDEO_PACKETS_PER_S  # Five voices at once.
AUDIO_TICKS = 960
SOURCES: dict[Source, tuple[str, ...]] = {Source.CAMERA: (), Source.MICROPHONE: ()}
CAMERA, MICROPHONE = TrackId("TR_camera"), TrackId("TR_microphone")
PROBING_S = 4.0
SETTLE_S = 0.15  # Until what was sent last has been received and counted.


@dataclass(frozen=True, slots=True)
class Sample:
    """One job of one round. `told`: RTCP packets of the viewers."""

    cpu_s: float
    wall_s: float
    received: int
    lost: int
    told: int

    @property
    def us(self) -> float:
        return self.cpu_s / max(1, self.received) * 1e6

    def us_beyond(self, upkeep_ratio: float) -> float:
        """Microseconds for each packet without what the viewers cost anyway."""
        return (self.cpu_s - upkeep_ratio * self.wall_s) / max(1, self.received) * 1e6


class Stage:
    """A server here, its publisher and viewers there. Client 0 is the publisher.

    Attributes:
        estimates_bps: Of the viewers' links, as far as they tell what arrives.
    """

    def __init__(
        self,
        service: MediaService,
        forwarder: ReferenceForwarder,
        load: LoadProcess,
        estimates_bps: Mapping[TransportId, int],
    ) -> None:
        self.service = service
        self.forwarder = forwarder
        self.load = load
        self.estimates_bps = estimates_bps
        self.viewers: list[TransportId] = []
        self._camera = Vp8Stream(0x1111, 96, extensions={4: b"0"})
        self._microphone = OpusStream(0x2222, 111, extensions={4: b"1"}, level_id=1)

    async def join_all(self) -> None:
        """Join everybody, point every viewer at the publisher, and send the first key frame."""
        for client, offer in enumerate(self.load.offers):
            opened = self.service.open(offer, self.load.sources)
            await self.load.connect(client, opened.answer)
            if client == 0:
                mids = {source: line.mid for line, source in opened.lines}
                for track, source in ((CAMERA, Source.CAMERA), (MICROPHONE, Source.MICROPHONE)):
                    self.forwarder.add_track(track, opened.transport_id, mids[source])
                continue
            self.viewers.append(opened.transport_id)
            for slot in opened.slots:
                track = CAMERA if slot.kind is Kind.VIDEO else MICROPHONE
                self.forwarder.point_slot(slot.slot_id, track, TOP_LAYER)
            self.service.pump()
        await self._publish(self._camera.frame(keyframe=True, sizes=FRAME_SIZES), 1, 0.02, 0)
        await trio.sleep(SETTLE_S)

    async def video(self, seconds: float, interval_s: float = FRAME_INTERVAL_S) -> None:
        frames = max(1, round(seconds / interval_s))
        frame = self._camera.frame(sizes=FRAME_SIZES)
        await self._publish(frame, frames, interval_s, FRAME_TICKS)
        self._camera.sequence_number += len(frame) * (frames - 1)
        self._camera.rtp_timestamp += FRAME_TICKS * (frames - 1)

    async def audio(self, seconds: float, interval_s: float = AUDIO_INTERVAL_S) -> None:
        packets = round(seconds / interval_s)
        packet = self._microphone.next_packet(size=AUDIO_BYTES)
        await self._publish([packet], packets, interval_s, AUDIO_TICKS)
        self._microphone.sequence_number += packets - 1
        self._microphone.rtp_timestamp += AUDIO_TICKS * (packets - 1)

    async def settle_rates(self) -> None:
        """Let the links be probed, and say that nothing more is wanted, as `subscribing` does."""
        await self.video(PROBING_S)
        for viewer in self.viewers:
            self.service.want(viewer, 0)

    async def plain(self, sizes: Sequence[int], seconds: float, interval_s: float) -> float:
        """Send what `video` or `audio` make the forwarder send; return the CPU of that alone."""
        ciphers = [AESGCM(bytes(16)) for _ in self.viewers]
        routes = self.service._connections.routes
        addresses = [routes[viewer].address for viewer in self.viewers]
        plain_loop = PlainLoop(list(zip(ciphers, addresses, strict=True)), sizes)
        begin_s, cpu_s = trio.current_time(), 0.0
        for frame in range(1, round(seconds / interval_s) + 1):
            before_s = time.process_time()
            plain_loop.send()
            cpu_s += time.process_time() - before_s
            await trio.sleep_until(begin_s + frame * interval_s)
        plain_loop.close()
        return cpu_s

    async def _publish(
        self, frame: Sequence[bytes], frames: int, interval_s: float, ticks: int
    ) -> None:
        await self.load.publish(
            0, frame, interval_s=interval_s, frames=frames, timestamp_step=ticks
        )


class PlainLoop:
    """Header, AES-GCM, `sendto`: what nobody can go below in Python with a send for each packet."""

    def __init__(
        self, viewers: Sequence[tuple[AESGCM, SocketAddress]], sizes: Sequence[int]
    ) -> None:
        self._viewers = [(cipher.encrypt, address) for cipher, address in viewers]
        self._payloads = [bytes(size) for size in sizes]
        self._index = 0
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)

    def send(self) -> None:
        pack, send = struct.Struct(">BBHII8s").pack, self._socket.sendto
        extension = bytes(8)
        for encrypt, address in self._viewers:
            index = self._index
            for payload in self._payloads:
                index += 1
                header = pack(0x90, 96, index & 0xFFFF, 1, 2, extension)
                send(header + encrypt(index.to_bytes(12, "big"), payload, header), address)
        self._index += len(self._payloads)

    def close(self) -> None:
        self._socket.close()


@asynccontextmanager
async def open_stage(
    viewers: int, *, stamped: bool = False, gives_feedback: bool = False
) -> AsyncIterator[Stage]:
    """Start the server and its clients, and join them.

    Args:
        stamped: Clients decrypt and keep latencies; else they only count, which costs less.
        gives_feedback: They tell what arrives, as browsers do. The first seconds of video are over
            then: the server has found that their links carry it, and looks no further.
    """
    estimates_bps: dict[TransportId, int] = {}

    def note(event: MediaEvent) -> None:
        if isinstance(event, EstimateChanged):
            estimates_bps[event.transport_id] = event.available_bps

    forwarder = ReferenceForwarder()
    service = MediaService(
        MediaSettings(host="127.0.0.1", port=0),
        forwarder,
        clock=TrioClock(),
        on_event=note,
        estimator=GccEstimator(),
    )
    async with trio.open_nursery() as nursery:
        await nursery.start(service.run)
        async with open_load_process(
            clients=viewers + 1,
            audio_slots=1,
            video_slots=1,
            sources=SOURCES,
            decrypt=stamped,
            stamped=stamped,
            gives_feedback=gives_feedback,
        ) as load:
            stage = Stage(service, forwarder, load, estimates_bps)
            await stage.join_all()
            await trio.sleep(START_S)  # Who has just come is paced as on a slow link.
            if gives_feedback:
                await stage.settle_rates()
            yield stage
        nursery.cancel_scope.cancel()


async def take_sample(stage: Stage, job: Callable[[], Awaitable[float | None]]) -> Sample:
    """Do a job; if it does not say what it took, it took all that the process did meanwhile."""
    before = await stage.load.statistics()
    cpu_s, wall_s = time.process_time(), time.perf_counter()
    own_s = await job()
    cpu_s, wall_s = time.process_time() - cpu_s, time.perf_counter() - wall_s
    await trio.sleep(SETTLE_S)
    after = await stage.load.statistics()
    if own_s is not None:  # The viewers know neither its address nor its SSRCs.
        return Sample(own_s, wall_s, after.foreign - before.foreign, 0, 0)
    return Sample(
        cpu_s,
        wall_s,
        received=after.packets - before.packets,
        lost=after.lost - before.lost,
        told=after.rtcp_sent - before.rtcp_sent,
    )
