"""How long a scheduler takes for one viewer: 12 slots, 20 offered tracks.

`python tests/bench/bench_schedulers.py` prints microseconds of CPU for each scheduler, the median
of rounds in which the estimate and the speakers change as they do in a class.
"""

import statistics
import time
from collections.abc import Mapping

from emporion.engine.ids import ParticipantId, TrackId
from emporion.engine.media import Kind, Source
from emporion.plugins.api import OfferedTrack, Scheduler, Situation, Slot, WantedTile
from emporion.plugins.schedulers.filling import SchedulerOptions
from emporion.plugins.simulcast import Simulcast

PEOPLE = 9
AUDIO_SLOTS, VIDEO_SLOTS = 3, 9
ROUNDS = 300
STEPS = 8  # Situations that take turns.


def offered(measurement: int) -> tuple[OfferedTrack, ...]:
    """Return 9 cameras, 9 microphones, a shared screen and its sound, as measured one second."""
    tracks = []
    for person in range(PEOPLE):
        role = "host" if person == 0 else "merchant"
        tracks += [
            _track(f"{person}_m", person, role, Source.MICROPHONE, (32_000 + measurement,)),
            _track(
                f"{person}_c",
                person,
                role,
                Source.CAMERA,
                (150_000 + measurement, 500_000, 1_500_000),
            ),
        ]
    tracks.append(_track("s", 0, "host", Source.SCREEN, (300_000 + measurement, 1_800_000)))
    tracks.append(_track("sa", 0, "host", Source.SCREEN_AUDIO, (48_000,)))
    return tuple(tracks)


def situations() -> list[Situation]:
    """Return what one viewer of such a class comes to see."""
    kinds = [Kind.AUDIO] * AUDIO_SLOTS + [Kind.VIDEO] * VIDEO_SLOTS
    return [
        Situation(
            slots=[Slot(index, kind) for index, kind in enumerate(kinds)],
            tracks=offered(step * 1000),
            tiles=[WantedTile(TrackId(f"{person}_c"), 320, 180) for person in range(PEOPLE)],
            speakers=[ParticipantId(f"{(step + n) % PEOPLE}") for n in range(3)],
            available_bps=600_000 + step * 400_000,
        )
        for step in range(STEPS)
    ]


def measure(rounds: int = ROUNDS) -> Mapping[str, float]:
    """Return the microseconds of CPU of one decision, by scheduler."""
    schedulers = Simulcast(SchedulerOptions()).schedulers()
    return {name: _measure(scheduler, rounds) for name, scheduler in schedulers.items()}


def _measure(scheduler: Scheduler, rounds: int) -> float:
    turns = situations()
    decisions = scheduler.schedule(turns[-1], ())
    times = []
    for _ in range(rounds):
        started_ns = time.thread_time_ns()
        for situation in turns:
            decisions = scheduler.schedule(situation, decisions)
        times.append((time.thread_time_ns() - started_ns) / len(turns) / 1000)
    return statistics.median(times)


def _track(
    name: str, person: int, role: str, source: Source, encoding_bps: tuple[int, ...]
) -> OfferedTrack:
    return OfferedTrack(
        track_id=TrackId(name),
        participant_id=ParticipantId(str(person)),
        role=role,
        source=source,
        muted=False,
        height_px=720,
        encodings=len(encoding_bps),
        encoding_bps=encoding_bps,
    )


if __name__ == "__main__":
    for scheduler_name, cost_us in measure().items():
        print(f"{scheduler_name:10} {cost_us:6.1f} us")
