"""The teaching scheduler keeps its promises in every situation."""

from collections.abc import Sequence
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from emporion.engine.ids import ParticipantId, TrackId
from emporion.engine.media import Kind, Layer, Source
from emporion.plugins.api import OfferedTrack, Situation, Slot, SlotDecision, WantedTile
from emporion.plugins.schedulers.filling import SchedulerOptions
from emporion.plugins.schedulers.rates import audio_bps, layer_bps
from emporion.plugins.schedulers.teaching import TeachingScheduler

SCHEDULER = TeachingScheduler(SchedulerOptions())
ROLES = ("host", "merchant", "merchant", "assistant")


@st.composite
def offered_tracks(draw: st.DrawFn) -> tuple[OfferedTrack, ...]:
    people = draw(st.integers(0, 6))
    tracks: list[OfferedTrack] = []
    for person in range(people):
        role = draw(st.sampled_from(ROLES))
        for source in draw(st.sets(st.sampled_from(list(Source)))):
            count = {Source.CAMERA: 3, Source.SCREEN: 2}.get(source, 1)
            rates = draw(
                st.just(()) | st.tuples(*[st.integers(0, 3_000_000)] * draw(st.just(count)))
            )
            tracks.append(
                OfferedTrack(
                    track_id=TrackId(f"TR_{person}_{source}"),
                    participant_id=ParticipantId(f"PA_{person}"),
                    role=role,
                    source=source,
                    muted=draw(st.booleans()) and draw(st.booleans()),
                    width_px=draw(st.sampled_from((0, 640, 1280))),
                    height_px=draw(st.sampled_from((0, 360, 720))),
                    encodings=count,
                    encoding_bps=rates,
                )
            )
    return tuple(tracks)


@st.composite
def situations(draw: st.DrawFn) -> Situation:
    tracks = draw(offered_tracks())
    audio, video = draw(st.integers(0, 4)), draw(st.integers(0, 6))
    kinds = [Kind.AUDIO] * audio + [Kind.VIDEO] * video
    video_ids = [track.track_id for track in tracks if track.source.kind is Kind.VIDEO]
    tiles: Any = None
    if draw(st.booleans()):
        chosen = draw(st.permutations(video_ids))[: draw(st.integers(0, len(video_ids)))]
        tiles = [WantedTile(t, 640, draw(st.integers(0, 1080))) for t in chosen]
    people = list({track.participant_id for track in tracks})
    return Situation(
        slots=[Slot(index, kind) for index, kind in enumerate(kinds)],
        tracks=tracks,
        tiles=tiles,
        page_hidden=draw(st.booleans()) and draw(st.booleans()),
        speakers=draw(st.permutations(sorted(people)))[: draw(st.integers(0, len(people)))],
        available_bps=draw(st.none() | st.integers(0, 8_000_000)),
    )


def with_bps(situation: Situation, available_bps: int) -> Situation:
    return Situation(
        slots=situation.slots,
        tracks=situation.tracks,
        tiles=situation.tiles,
        page_hidden=situation.page_hidden,
        speakers=situation.speakers,
        available_bps=available_bps,
    )


def tracks_of(situation: Situation) -> dict[TrackId, OfferedTrack]:
    return {track.track_id: track for track in situation.tracks}


def cost_bps(situation: Situation, decisions: Sequence[SlotDecision]) -> tuple[int, int]:
    """What the voices and the pictures cost."""
    tracks = tracks_of(situation)
    voices = pictures = 0
    for decision in decisions:
        if decision.track_id is None or decision.target is None:
            continue
        track = tracks[decision.track_id]
        if track.source.kind is Kind.AUDIO:
            voices += audio_bps(track)
        else:
            pictures += layer_bps(track, decision.target)
    return voices, pictures


@given(situations())
def test_one_decision_for_each_slot_and_no_track_twice(situation: Situation) -> None:
    decisions = SCHEDULER.schedule(situation, ())
    assert [decision.slot for decision in decisions] == [slot.index for slot in situation.slots]
    shown = [decision.track_id for decision in decisions if decision.track_id is not None]
    assert len(shown) == len(set(shown))
    tracks = tracks_of(situation)
    for decision, slot in zip(decisions, situation.slots, strict=True):
        if decision.track_id is not None:
            assert tracks[decision.track_id].source.kind is slot.kind
            assert not tracks[decision.track_id].muted


@given(situations(), situations())
def test_same_input_gives_same_output(situation: Situation, other: Situation) -> None:
    before = SCHEDULER.schedule(other, ())
    assert SCHEDULER.schedule(situation, before) == SCHEDULER.schedule(situation, before)


@given(situations(), st.integers(0, 8_000_000), st.integers(0, 8_000_000))
def test_never_above_the_estimate(situation: Situation, before_bps: int, bps: int) -> None:
    """Whatever was sent before; only voices may go above it, which are never starved."""
    before = SCHEDULER.schedule(with_bps(situation, before_bps), ())
    voices, pictures = cost_bps(situation, SCHEDULER.schedule(with_bps(situation, bps), before))
    assert pictures <= max(0, bps - voices)


@given(situations())
def test_audio_is_never_starved(situation: Situation) -> None:
    decisions = SCHEDULER.schedule(with_bps(situation, 0), ())
    slots = [slot for slot in situation.slots if slot.kind is Kind.AUDIO]
    voices = [t for t in situation.tracks if t.source.kind is Kind.AUDIO and not t.muted]
    sent = [d for d in decisions if d.reason == "audio" and d.target is not None]
    assert len(sent) == min(len(slots), len(voices))


@given(situations(), st.integers(0, 8_000_000), st.integers(0, 8_000_000))
def test_more_bits_never_take_from_an_earlier_step(
    situation: Situation, one_bps: int, other_bps: int
) -> None:
    """Monotone in the order of rank: the first difference is in favour of the larger estimate."""
    less, more = sorted((one_bps, other_bps))
    poor = SCHEDULER.schedule(with_bps(situation, less), ())
    rich = SCHEDULER.schedule(with_bps(situation, more), ())
    assert [d.track_id for d in poor] == [d.track_id for d in rich], "slots are not bought"
    assert steps_taken(situation, rich) >= steps_taken(situation, poor)


def steps_taken(situation: Situation, decisions: Sequence[SlotDecision]) -> list[bool]:
    """For each step in the scheduler's order: was it bought?"""
    tracks = tracks_of(situation)
    targets = {d.track_id: d.target for d in decisions if d.track_id is not None}
    shown = [tracks[track_id] for track_id in targets if tracks[track_id].source.kind is Kind.VIDEO]
    screens = sorted(
        (t for t in shown if t.source is Source.SCREEN), key=lambda t: rank(situation, t)
    )
    cameras = sorted(
        (t for t in shown if t.source is Source.CAMERA), key=lambda t: rank(situation, t)
    )
    order = [(t, Layer(s, 0)) for t in screens for s in range(2)]
    order += [(t, Layer(0, 0)) for t in cameras]
    order += [(t, Layer(1, temporal)) for t in screens for temporal in (1, 2)]
    order += [(t, Layer(spatial, 2)) for spatial in range(3) for t in cameras]
    return [
        (target := targets[track.track_id]) is not None and target >= layer
        for track, layer in order
    ]


def rank(situation: Situation, track: OfferedTrack) -> tuple[int, int, int, int]:
    tiles = [tile.track_id for tile in situation.tiles or ()]
    speakers = list(situation.speakers)
    oldest = situation.tracks.index(track)
    place = tiles.index(track.track_id) if track.track_id in tiles else 10_000
    if track.source is Source.SCREEN:
        return 0, 0, place, oldest
    if track.role == "host":
        return 1, 0, place, oldest
    if track.participant_id in speakers:
        return 2, speakers.index(track.participant_id), place, oldest
    return 3, 0, place, oldest


@given(situations(), situations())
def test_a_track_that_stays_keeps_its_slot(situation: Situation, other: Situation) -> None:
    changed = Situation(
        slots=situation.slots,
        tracks=situation.tracks,
        tiles=None,
        speakers=[s for s in other.speakers],
        available_bps=other.available_bps,
    )
    before = {d.track_id: d.slot for d in SCHEDULER.schedule(situation, ()) if d.track_id}
    decisions = SCHEDULER.schedule(changed, SCHEDULER.schedule(situation, ()))
    after = {d.track_id: d.slot for d in decisions if d.track_id}
    for track_id in before.keys() & after.keys():
        assert before[track_id] == after[track_id]


@given(situations())
def test_what_is_decided_stays_decided(situation: Situation) -> None:
    """With nothing changed, nothing changes: no flapping."""
    first = SCHEDULER.schedule(situation, ())
    second = SCHEDULER.schedule(situation, first)
    targets = {d.slot: d.target for d in first}
    for decision in second:
        before = targets[decision.slot]
        assert before is None or (decision.target is not None and decision.target >= before)
    assert SCHEDULER.schedule(situation, second) == second


@given(situations())
def test_a_shared_screen_goes_before_every_camera(situation: Situation) -> None:
    decisions = SCHEDULER.schedule(situation, ())
    tracks = tracks_of(situation)
    shown = {d.track_id: d.target for d in decisions if d.track_id is not None}
    screens = [t for t in tracks.values() if t.source is Source.SCREEN and not t.muted]
    slots = [slot for slot in situation.slots if slot.kind is Kind.VIDEO]
    if situation.page_hidden or not slots:
        return
    assert sum(t.track_id in shown for t in screens) == min(len(screens), len(slots))


@given(situations())
def test_a_hidden_page_gets_voices_only(situation: Situation) -> None:
    hidden = Situation(
        slots=situation.slots, tracks=situation.tracks, page_hidden=True, speakers=()
    )
    for decision, slot in zip(SCHEDULER.schedule(hidden, ()), hidden.slots, strict=True):
        if slot.kind is Kind.VIDEO:
            assert (decision.track_id, decision.reason) == (None, "page_hidden")
