"""What viewers' feedback costs a server that forwards to them: the same call with it and without.

    python tests/bench/bench_feedback.py [--viewers 50] [--rounds 5] [--seconds 3]

Two calls of a publisher and as many viewers (`media_stage`) stand at once and are published to in
turn. The viewers of one tell what arrives as browsers do, twenty times a second, and report each
slot once a second; those of the other tell nothing. What the first call costs more is feedback:
its datagrams, its matching with what was sent, the estimator, and the pacing that comes of it.
The first round is thrown away, medians are printed.
"""

import argparse
import platform
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from statistics import median

import trio
from bench.media_stage import Sample, open_stage, take_sample


@dataclass(frozen=True, slots=True)
class Cost:
    """What one kind of media costs.

    Attributes:
        us: CPU of the server for each packet that viewers received, without feedback,
        us_with: and with it.
        ms_of_viewer: What the feedback of one viewer costs in each second.
        us_of_each: The same for each RTCP packet.
        told_per_s: RTCP packets of one viewer.
        estimate_bps: The lowest of all viewers' links, as it is believed at the end.
        lost: Packets in all rounds, of both calls.
    """

    us: float
    us_with: float
    ms_of_viewer: float
    us_of_each: float
    told_per_s: float
    estimate_bps: int
    lost: int


async def measure(*, viewers: int, rounds: int, seconds: float) -> tuple[Cost, Cost]:
    """Return the cost beside video, and beside five voices."""
    async with (
        open_stage(viewers) as silent,
        open_stage(viewers, gives_feedback=True) as telling,
    ):
        jobs = [
            (stage, partial(job, seconds))
            for stage in (silent, telling)
            for job in (stage.video, stage.audio)
        ]
        samples: list[list[Sample]] = [[] for _ in jobs]
        for _ in range(rounds + 1):
            for (stage, job), taken in zip(jobs, samples, strict=True):
                taken.append(await take_sample(stage, job))
        estimate_bps = min(telling.estimates_bps[viewer] for viewer in telling.viewers)
    video, audio, video_with, audio_with = samples
    return (
        _cost(video, video_with, viewers, estimate_bps),
        _cost(audio, audio_with, viewers, estimate_bps),
    )


def _cost(
    without: Sequence[Sample], with_feedback: Sequence[Sample], viewers: int, estimate_bps: int
) -> Cost:
    pairs = list(zip(without[1:], with_feedback[1:], strict=True))
    # Both servers stand in this process, so that the upkeep of both is in each sample.
    more_s = [more.cpu_s / more.wall_s - less.cpu_s / less.wall_s for less, more in pairs]
    told_per_s = [more.told / more.wall_s for _, more in pairs]
    return Cost(
        us=median(less.us for less, _ in pairs),
        us_with=median(more.us for _, more in pairs),
        ms_of_viewer=median(more_s) / viewers * 1e3,
        us_of_each=median(more_s) / max(1.0, median(told_per_s)) * 1e6,
        told_per_s=median(told_per_s) / viewers,
        estimate_bps=estimate_bps,
        lost=sum(sample.lost for sample in (*without, *with_feedback)),
    )


def main() -> None:
    """Print the figures with what is needed to repeat them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--viewers", type=int, default=50)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=3.0)
    options = parser.parse_args()
    costs = trio.run(
        partial(measure, viewers=options.viewers, rounds=options.rounds, seconds=options.seconds)
    )
    print(f"command: {' '.join(sys.argv)}")
    print(f"Python {platform.python_version()}, trio {trio.__version__}, {platform.platform()}")
    print(
        f"two calls of 1 publisher and {options.viewers} viewers, CPU of the server; links believed"
        f" to carry {costs[0].estimate_bps / 1e6:.1f} Mbit/s and more"
    )
    for name, cost in zip(("video, 250 packets/s", "audio, 250 packets/s"), costs, strict=True):
        print(
            f"{name}   {cost.us:5.2f} us a packet, with feedback {cost.us_with:5.2f};"
            f" feedback: {cost.ms_of_viewer:5.2f} ms for a viewer and second,"
            f" {cost.us_of_each:4.0f} us for each of {cost.told_per_s:4.1f}; {cost.lost} lost"
        )


if __name__ == "__main__":
    main()
