"""Every scheduler keeps the promises of the contract in every situation."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from property.test_teaching_scheduler import cost_bps, offered_tracks, situations, tracks_of

from emporion.engine.ids import ParticipantId, TrackId
from emporion.engine.media import Kind, Layer, Source
from emporion.plugins.api import OfferedTrack, Scheduler, Situation, Slot
from emporion.plugins.schedulers import gallery, saver, speaker, teaching
from emporion.plugins.schedulers.filling import SchedulerOptions, Taste
from emporion.plugins.schedulers.ranking import Ranking
from emporion.plugins.schedulers.rates import audio_bps
from emporion.plugins.schedulers.saver import LIMIT_BPS
from emporion.plugins.schedulers.steps import ladder, shapes
from emporion.plugins.simulcast import Simulcast

SCHEDULERS = Simulcast(SchedulerOptions()).schedulers()
TASTES = {
    "teaching": teaching.TASTE,
    "speaker": speaker.TASTE,
    "gallery": gallery.TASTE,
    "saver": saver.TASTE,
}
BPS = st.integers(0, 8_000_000)
FOR_EACH = settings(max_examples=30)  # Four schedulers: 120 in all.

each_scheduler = pytest.mark.parametrize("scheduler", SCHEDULERS.values(), ids=SCHEDULERS.keys())
each_name = pytest.mark.parametrize("name", SCHEDULERS)


@each_scheduler
@FOR_EACH
@given(situations(), situations())
def test_one_decision_for_each_slot_no_track_twice_and_the_same_again(
    scheduler: Scheduler, situation: Situation, other: Situation
) -> None:
    before = scheduler.schedule(other, ())
    decisions = scheduler.schedule(situation, before)
    assert decisions == scheduler.schedule(situation, before)
    assert [decision.slot for decision in decisions] == [slot.index for slot in situation.slots]
    shown = [decision.track_id for decision in decisions if decision.track_id is not None]
    assert len(shown) == len(set(shown))
    tracks = tracks_of(situation)
    for decision, slot in zip(decisions, situation.slots, strict=True):
        if decision.track_id is not None:
            assert tracks[decision.track_id].source.kind is slot.kind
            assert not tracks[decision.track_id].muted


@each_scheduler
@FOR_EACH
@given(situations(), BPS, BPS, st.integers(0, 9))
def test_never_above_the_estimate(
    scheduler: Scheduler, situation: Situation, before_bps: int, bps: int, regrets: int
) -> None:
    before = scheduler.schedule(replace(situation, available_bps=before_bps), ())
    now = replace(situation, available_bps=bps, regrets=regrets)
    voices, pictures = cost_bps(now, scheduler.schedule(now, before))
    assert pictures <= max(0, bps - voices)


@each_scheduler
@FOR_EACH
@given(situations())
def test_audio_is_never_starved(scheduler: Scheduler, situation: Situation) -> None:
    decisions = scheduler.schedule(replace(situation, available_bps=0), ())
    slots = sum(slot.kind is Kind.AUDIO for slot in situation.slots)
    voices = [t for t in situation.tracks if t.source.kind is Kind.AUDIO and not t.muted]
    heard = [d for d in decisions if d.reason == "audio" and d.target is not None]
    if scheduler is SCHEDULERS["saver"]:
        assert len(heard) >= min(slots, len(voices), 1)
    else:
        assert len(heard) == min(slots, len(voices))


@each_name
@FOR_EACH
@given(situations(), BPS, BPS)
def test_more_bits_never_take_from_an_earlier_step(
    name: str, situation: Situation, one_bps: int, other_bps: int
) -> None:
    less, more = sorted((one_bps, other_bps))
    poor = steps_taken(name, replace(situation, available_bps=less))
    rich = steps_taken(name, replace(situation, available_bps=more))
    assert rich >= poor


def steps_taken(name: str, situation: Situation) -> list[bool]:
    """For each step in the order of the scheduler: was it bought?"""
    taste: Taste = TASTES[name]
    decisions = SCHEDULERS[name].schedule(situation, ())
    targets = {d.track_id: d.target for d in decisions if d.track_id is not None}
    ranking = Ranking(situation, hosts_first=taste.hosts_first)
    shown = [t for t in ranking.pictures() if t.track_id in targets]
    ladders = [ladder(track, ranking.height_px(track)) for track in shown]
    return [
        (target := targets[shown[index].track_id]) is not None
        and target >= ladders[index].layers[level]
        for index, level in taste.order(shapes(ladders))
    ]


@each_name
@FOR_EACH
@given(offered_tracks())
def test_each_level_is_bought_after_the_one_below_it(
    name: str, tracks: tuple[OfferedTrack, ...]
) -> None:
    """A step before the one below it could never be bought."""
    pictures = [t for t in tracks if t.source.kind is Kind.VIDEO]
    steps = TASTES[name].order(shapes([ladder(track, 360) for track in pictures]))
    for index in range(len(pictures)):
        levels = [level for which, level in steps if which == index]
        assert levels == list(range(len(levels)))
        assert levels, "a track that can never be bought would starve for ever"


@each_scheduler
@FOR_EACH
@given(situations(), st.data())
def test_whoever_speaks_is_seen_if_one_face_fits(
    scheduler: Scheduler, situation: Situation, data: st.DataObject
) -> None:
    """No tile starves for ever: speaking brings it before all but what is shared and the hosts."""
    cameras = [
        track
        for track in situation.tracks
        if track.source is Source.CAMERA and track.role != "host" and not track.muted
    ]
    if not cameras:
        return
    track = data.draw(st.sampled_from(cameras))
    alone = [t for t in situation.tracks if t.source is Source.CAMERA and t.role != "host"]
    slots = [Slot(0, Kind.VIDEO)]
    spoken = Situation(
        slots=slots,
        tracks=alone,
        speakers=[track.participant_id],
        available_bps=8_000_000,
    )
    (decision,) = scheduler.schedule(spoken, scheduler.schedule(replace(spoken, speakers=()), ()))
    assert decision.track_id == track.track_id


@given(situations())
def test_a_saver_is_sent_no_more_than_it_says(situation: Situation) -> None:
    decisions = SCHEDULERS["saver"].schedule(situation, ())
    voices, pictures = cost_bps(situation, decisions)
    dearest = max(
        (audio_bps(t) for t in situation.tracks if t.source.kind is Kind.AUDIO), default=0
    )
    assert voices + pictures <= max(LIMIT_BPS, dearest)
    assert all(d.target is None or d.target.temporal == 0 for d in decisions)


@given(situations(), st.data())
def test_who_saves_data_hears_who_spoke_last(situation: Situation, data: st.DataObject) -> None:
    voices = [t for t in situation.tracks if t.source is Source.MICROPHONE and not t.muted]
    if not voices or all(slot.kind is not Kind.AUDIO for slot in situation.slots):
        return
    latest = data.draw(st.sampled_from(voices))
    others = [person for person in situation.speakers if person != latest.participant_id]
    spoken = replace(situation, speakers=[latest.participant_id, *others])
    heard = SCHEDULERS["saver"].schedule(spoken, SCHEDULERS["saver"].schedule(situation, ()))
    assert latest.track_id in {d.track_id for d in heard if d.reason == "audio"}


@given(st.integers(1, 9), BPS)
def test_a_gallery_is_fair(people: int, bps: int) -> None:
    """Pictures that cost the same differ by one level at most."""
    tracks = [camera(person) for person in range(people)]
    slots = [Slot(index, Kind.VIDEO) for index in range(people)]
    situation = Situation(slots=slots, tracks=tracks, available_bps=bps)
    rungs = (None, *ladder(tracks[0], None).layers)
    levels = [rungs.index(d.target) for d in SCHEDULERS["gallery"].schedule(situation, ())]
    assert max(levels) - min(levels) <= 1


@given(st.integers(2, 9), BPS)
def test_a_speaker_is_as_large_as_any(people: int, bps: int) -> None:
    tracks = [camera(person) for person in range(people)]
    slots = [Slot(index, Kind.VIDEO) for index in range(people)]
    speakers = [ParticipantId(f"PA_{people - 1}")]
    situation = Situation(slots=slots, tracks=tracks, speakers=speakers, available_bps=bps)
    decisions = SCHEDULERS["speaker"].schedule(situation, ())
    ranked = sorted(decisions, key=lambda each: each.track_id != f"TR_{people - 1}")
    heights = [d.target or Layer(-1, -1) for d in ranked]
    assert all(heights[0] >= other for other in heights[1:])


def camera(person: int) -> OfferedTrack:
    return OfferedTrack(
        track_id=TrackId(f"TR_{person}"),
        participant_id=ParticipantId(f"PA_{person}"),
        role="merchant",
        source=Source.CAMERA,
        muted=False,
        height_px=720,
        encodings=3,
        encoding_bps=(150_000, 500_000, 1_500_000),
    )
