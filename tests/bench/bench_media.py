"""What forwarding costs: one publisher to many real DTLS-SRTP viewers over loopback UDP.

    python tests/bench/bench_media.py [--viewers 100] [--rounds 5] [--seconds 3]

The whole media half of a server runs here, `MediaService` with the reference forwarder; publisher
and viewers are load clients in another process. What counts is the CPU time of this process,
connectivity checks and reports included, over the packets that viewers really received. Beside it
in the same run: a plain Python loop of AES-GCM and `sendto` over the same packets, at the same
pace, to the same viewers, which does nothing else; only its own CPU is counted. `upkeep` is what
the server pays for the joined viewers alone, while nothing is published. The jobs are interleaved,
their first round is thrown away, medians are printed.
"""

import argparse
import platform
import socket
import struct
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from statistics import median

import cryptography
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

FRAME_SIZES = (1200, 1200, 1200, 1200, 1201, 1201, 1201)  # As libwebrtc splits a frame.
VIDEO_PACKETS_PER_S = 250
FRAME_INTERVAL_S = len(FRAME_SIZES) / VIDEO_PACKETS_PER_S
FRAME_TICKS = round(90_000 * FRAME_INTERVAL_S)
AUDIO_BYTES = 100
AUDIO_INTERVAL_S = 1 / VIDEO_PACKETS_PER_S  # Five voices at once.
LONE_AUDIO_INTERVAL_S = 0.02  # One voice on an otherwise silent server: caches are cold each time.
AUDIO_TICKS = 960
LATENCY_PACKETS_PER_S = 10_000
SOURCES: dict[Source, tuple[str, ...]] = {Source.CAMERA: (), Source.MICROPHONE: ()}
CAMERA, MICROPHONE = TrackId("TR_camera"), TrackId("TR_microphone")
SETTLE_S = 0.15  # Until what was sent last has been received and counted.


@dataclass(frozen=True, slots=True)
class Sample:
    """One job of one round."""

    cpu_s: float
    wall_s: float
    received: int
    lost: int

    @property
    def us(self) -> float:
        return self.cpu_s / max(1, self.received) * 1e6

    def us_beyond(self, upkeep_ratio: float) -> float:
        """Microseconds for each packet without what the viewers cost anyway."""
        return (self.cpu_s - upkeep_ratio * self.wall_s) / max(1, self.received) * 1e6


@dataclass(frozen=True, slots=True)
class Row:
    """Medians in microseconds for each packet that was received."""

    us: float
    beyond_upkeep_us: float
    plain_us: float


@dataclass(frozen=True, slots=True)
class Figures:
    """`lost` is of the forwarder's packets in all rounds, `dropped` by our kernel at the send."""

    video: Row
    audio: Row
    lone_audio: Row
    upkeep_ratio: float  # Of a core.
    received: int
    lost: int
    dropped: int
    packets_per_send: float


@dataclass(frozen=True, slots=True)
class Latencies:
    """From the publisher's `sendto` until the kernel puts the packet into the viewer's socket."""

    p50_ms: float
    p99_ms: float
    most_ms: float
    packets: int
    lost: int


class Stage:
    """A server here, its publisher and viewers there. Client 0 is the publisher."""

    def __init__(
        self, service: MediaService, forwarder: ReferenceForwarder, load: LoadProcess
    ) -> None:
        self.service = service
        self.forwarder = forwarder
        self.load = load
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
async def open_stage(viewers: int, *, stamped: bool) -> AsyncIterator[Stage]:
    """Start the server and its clients, and join them.

    Args:
        stamped: Clients decrypt and keep latencies; else they only count, which costs less.
    """
    forwarder = ReferenceForwarder()
    service = MediaService(
        MediaSettings(host="127.0.0.1", port=0),
        forwarder,
        clock=TrioClock(),
        on_event=lambda _: None,
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
        ) as load:
            stage = Stage(service, forwarder, load)
            await stage.join_all()
            await trio.sleep(START_S)  # Who has just come is paced as on a slow link.
            yield stage
        nursery.cancel_scope.cancel()


async def _sample(stage: Stage, job: Callable[[], Awaitable[float | None]]) -> Sample:
    """Do a job; if it does not say what it took, it took all that the process did meanwhile."""
    before = await stage.load.statistics()
    cpu_s, wall_s = time.process_time(), time.perf_counter()
    own_s = await job()
    cpu_s, wall_s = time.process_time() - cpu_s, time.perf_counter() - wall_s
    await trio.sleep(SETTLE_S)
    after = await stage.load.statistics()
    if own_s is not None:  # The viewers know neither its address nor its SSRCs.
        return Sample(own_s, wall_s, after.foreign - before.foreign, 0)
    return Sample(cpu_s, wall_s, after.packets - before.packets, after.lost - before.lost)


async def measure(*, viewers: int, rounds: int, seconds: float) -> Figures:
    """Measure CPU; the median of `rounds`."""
    async with open_stage(viewers, stamped=False) as stage:
        jobs: list[Callable[[], Awaitable[float | None]]] = [
            partial(trio.sleep, seconds),
            partial(stage.video, seconds),
            partial(stage.plain, FRAME_SIZES, seconds, FRAME_INTERVAL_S),
            partial(stage.audio, seconds),
            partial(stage.plain, (AUDIO_BYTES,), seconds, AUDIO_INTERVAL_S),
            partial(stage.audio, seconds, LONE_AUDIO_INTERVAL_S),
            partial(stage.plain, (AUDIO_BYTES,), seconds, LONE_AUDIO_INTERVAL_S),
        ]
        samples: list[list[Sample]] = [[] for _ in jobs]
        for _ in range(rounds + 1):
            for job, taken in zip(jobs, samples, strict=True):
                taken.append(await _sample(stage, job))
        sockets = stage.service.statistics().sockets
    upkeep, *measured = [taken[1:] for taken in samples]
    upkeep_ratio = median(sample.cpu_s / sample.wall_s for sample in upkeep)
    video, audio, lone_audio = (
        _row(measured[at], measured[at + 1], upkeep_ratio) for at in (0, 2, 4)
    )
    forwarded = [sample for at in (1, 3, 5) for sample in samples[at]]
    return Figures(
        video=video,
        audio=audio,
        lone_audio=lone_audio,
        upkeep_ratio=upkeep_ratio,
        received=sum(sample.received for sample in forwarded),
        lost=sum(sample.lost for sample in forwarded),
        dropped=sockets.dropped_full + sockets.dropped_unreachable,
        packets_per_send=sockets.datagrams_sent / sockets.sends,
    )


def _row(forwarded: Sequence[Sample], plain: Sequence[Sample], upkeep_ratio: float) -> Row:
    return Row(
        us=median(sample.us for sample in forwarded),
        beyond_upkeep_us=median(sample.us_beyond(upkeep_ratio) for sample in forwarded),
        plain_us=median(sample.us for sample in plain),
    )


async def measure_latency(*, viewers: int, seconds: float) -> Latencies:
    """Measure latency at 10,000 packets a second out."""
    interval_s = len(FRAME_SIZES) * viewers / LATENCY_PACKETS_PER_S
    async with open_stage(viewers, stamped=True) as stage:
        await stage.video(0.5, interval_s)
        before = await stage.load.statistics()
        await stage.video(seconds, interval_s)
        await trio.sleep(SETTLE_S)
        after = await stage.load.statistics()
    taken = sorted(after.latencies_s[len(before.latencies_s) :])
    return Latencies(
        p50_ms=taken[len(taken) // 2] * 1e3,
        p99_ms=taken[len(taken) * 99 // 100] * 1e3,
        most_ms=taken[-1] * 1e3,
        packets=len(taken),
        lost=after.lost,
    )


def main() -> None:
    """Print the figures with what is needed to repeat them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--viewers", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=3.0)
    options = parser.parse_args()

    async def run() -> tuple[Figures, Latencies]:
        figures = await measure(
            viewers=options.viewers, rounds=options.rounds, seconds=options.seconds
        )
        return figures, await measure_latency(viewers=40, seconds=4 * options.seconds)

    figures, latencies = trio.run(run)
    print(f"command: {' '.join(sys.argv)}")
    print(
        f"Python {platform.python_version()}, cryptography {cryptography.__version__},"
        f" trio {trio.__version__}, {platform.platform()}"
    )
    print(f"1 publisher to {options.viewers} viewers, CPU of the server for each packet received")
    for name, row in (
        ("video, frames of 7 x 1200 bytes", figures.video),
        ("audio, five voices", figures.audio),
        ("audio, one voice and no video", figures.lone_audio),
    ):
        print(
            f"{name:32} {row.us:5.2f} us, without upkeep {row.beyond_upkeep_us:5.2f} us"
            f"   plain loop {row.plain_us:5.2f} us   ratio {row.us / row.plain_us:4.2f}"
        )
    print(f"upkeep of the viewers            {figures.upkeep_ratio * 100:5.2f} % of a core")
    print(
        f"received {figures.received}, lost {figures.lost}, dropped at the send {figures.dropped},"
        f" {figures.packets_per_send:.2f} packets in a send"
    )
    print(
        f"latency at {LATENCY_PACKETS_PER_S} packets/s out: p50 {latencies.p50_ms:.2f} ms,"
        f" p99 {latencies.p99_ms:.2f} ms, most {latencies.most_ms:.2f} ms,"
        f" {latencies.packets} packets, {latencies.lost} lost"
    )


if __name__ == "__main__":
    main()
