"""A layer does not flap where the estimate wavers."""

import random
from dataclasses import replace

import pytest

from emporion.engine.ids import ParticipantId, TrackId
from emporion.engine.media import TOP_LAYER, Kind, Layer, Source
from emporion.plugins.api import OfferedTrack, Situation, Slot, SlotDecision
from emporion.plugins.schedulers.filling import SchedulerOptions
from emporion.plugins.schedulers.steadiness import Steadiness
from emporion.plugins.simulcast import Simulcast

SCHEDULERS = Simulcast(SchedulerOptions()).schedulers()
MINUTES = 5
SETTLING_S = 60  # Until it has found its place.
SLOTS = [Slot(index, Kind.VIDEO) for index in range(3)]
SPEAKERS = [ParticipantId("0")]


def track(person: int, source: Source = Source.CAMERA) -> OfferedTrack:
    rates = (300_000, 1_800_000) if source is Source.SCREEN else (150_000, 500_000, 1_500_000)
    return OfferedTrack(
        track_id=TrackId(f"{person}_{source}"),
        participant_id=ParticipantId(str(person)),
        role="merchant",
        source=source,
        muted=False,
        height_px=720,
        encodings=len(rates),
        encoding_bps=rates,
    )


def count_switches(name: str, link_bps: int, *, remembers: bool) -> int:
    """Count how often any layer changes on a steady link whose estimate wavers by ±10 %."""
    noise = random.Random(link_bps)
    steadiness = Steadiness()
    tracks = [track(0), track(1), track(2, Source.SCREEN)]
    situation = Situation(slots=SLOTS, tracks=tracks, speakers=SPEAKERS)
    decisions: tuple[SlotDecision, ...] = ()
    switches = 0
    for second in range(SETTLING_S + 60 * MINUTES):
        now = replace(
            situation,
            available_bps=round(link_bps * noise.uniform(0.9, 1.1)),
            regrets=steadiness.regrets(second) if remembers else 0,
        )
        previous, decisions = decisions, SCHEDULERS[name].schedule(now, decisions)
        steadiness.note(previous, decisions, second, now.available_bps)
        if second >= SETTLING_S and [d.target for d in previous] != [d.target for d in decisions]:
            switches += 1
    return switches


@pytest.mark.parametrize("name", SCHEDULERS)
def test_two_switches_a_minute_on_a_steady_link(name: str) -> None:
    """At most, whatever the rate of the link."""
    worst = max(
        count_switches(name, link_bps, remembers=True)
        for link_bps in range(100_000, 5_000_000, 140_000)
    )
    assert worst <= 2 * MINUTES


def test_without_memory_it_would_flap() -> None:
    """So the test above can fail."""
    assert (
        max(
            count_switches("gallery", link_bps, remembers=False)
            for link_bps in range(100_000, 5_000_000, 140_000)
        )
        > 2 * MINUTES
    )


LINK_BPS = 1_000_000


def decision(target: Layer | None, preferred: Layer = TOP_LAYER) -> tuple[SlotDecision, ...]:
    return (SlotDecision(slot=0, track_id=TrackId("a"), target=target, preferred=preferred),)


def test_what_is_a_regret() -> None:
    steadiness = Steadiness()
    low, high = decision(Layer(0, 2)), decision(Layer(1, 2))
    steadiness.note(low, high, 10.0, LINK_BPS)
    steadiness.note(high, low, 80.0, LINK_BPS)
    assert steadiness.regrets(80.0) == 0, "it held for a minute: the link has changed"
    steadiness.note(low, high, 90.0, LINK_BPS)
    steadiness.note(high, decision(Layer(0, 2), preferred=Layer(0, 2)), 91.0, LINK_BPS)
    assert steadiness.regrets(91.0) == 0, "the tile became small: nothing was taken back"
    steadiness.note(low, high, 95.0, LINK_BPS)
    steadiness.note(high, low, 96.0, LINK_BPS // 3)
    assert steadiness.regrets(96.0) == 0, "the link has become another one"
    steadiness.note(low, high, 100.0, LINK_BPS)
    steadiness.note(high, low, 101.0, round(0.9 * LINK_BPS))
    assert steadiness.regrets(101.0) == 1
    assert steadiness.regrets(222.0) == 0, "forgotten after two minutes"
