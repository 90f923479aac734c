"""What forwarding costs: one publisher to many real DTLS-SRTP viewers over loopback UDP.

    python tests/bench/bench_media.py [--viewers 100] [--rounds 5] [--seconds 3] [--feedback]

What counts is the CPU time of the server's process (`media_stage`), connectivity checks and reports
included, over the packets that viewers really received. Beside it in the same run: a plain Python
loop of AES-GCM and `sendto` over the same packets, at the same pace, to the same viewers, which
does nothing else; only its own CPU is counted. `upkeep` is what the server pays for the joined
viewers alone, while nothing is published. The jobs are interleaved, their first round is thrown
away, medians are printed. Viewers tell nothing of what arrives unless `--feedback` is given; what
that costs is measured for itself by `bench_feedback.py`.
"""

import argparse
import platform
import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from statistics import median

import cryptography
import trio
from bench.media_stage import (
    AUDIO_BYTES,
    AUDIO_INTERVAL_S,
    FRAME_INTERVAL_S,
    FRAME_SIZES,
    SETTLE_S,
    Sample,
    open_stage,
    take_sample,
)

LONE_AUDIO_INTERVAL_S = 0.02  # One voice on an otherwise silent server: caches are cold each time.
LATENCY_PACKETS_PER_S = 10_000


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


async def measure(
    *, viewers: int, rounds: int, seconds: float, gives_feedback: bool = False
) -> Figures:
    """Measure CPU; the median of `rounds`."""
    async with open_stage(viewers, gives_feedback=gives_feedback) as stage:
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
                taken.append(await take_sample(stage, job))
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


async def measure_latency(
    *, viewers: int, seconds: float, gives_feedback: bool = False
) -> Latencies:
    """Measure latency at 10,000 packets a second out."""
    interval_s = len(FRAME_SIZES) * viewers / LATENCY_PACKETS_PER_S
    async with open_stage(viewers, stamped=True, gives_feedback=gives_feedback) as stage:
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
    parser.add_argument("--feedback", action="store_true", help="viewers tell what arrives")
    options = parser.parse_args()

    async def run() -> tuple[Figures, Latencies]:
        figures = await measure(
            viewers=options.viewers,
            rounds=options.rounds,
            seconds=options.seconds,
            gives_feedback=options.feedback,
        )
        return figures, await measure_latency(
            viewers=40, seconds=4 * options.seconds, gives_feedback=options.feedback
        )

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
