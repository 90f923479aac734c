"""The estimator is told what an endless link would be sent, or that nothing more is wanted."""

from emporion.engine.ids import ParticipantId, TrackId
from emporion.engine.media import Codec, Kind, Source
from emporion.plugins.api import OfferedTrack, Situation, Slot, WantedTile
from emporion.plugins.schedulers.filling import SchedulerOptions
from emporion.plugins.schedulers.teaching import TeachingScheduler
from emporion.plugins.schedulers.wanted_rate import wanted_bps

SCHEDULER = TeachingScheduler(SchedulerOptions())
CAMERA = OfferedTrack(
    track_id=TrackId("TR_camera"),
    participant_id=ParticipantId("PA_teacher"),
    role="host",
    source=Source.CAMERA,
    muted=False,
    width_px=1280,
    height_px=720,
    encodings=3,
    encoding_bps=(150_000, 500_000, 1_500_000),
    codec=Codec.VP8,
)


def situation(available_bps: int, *tracks: OfferedTrack) -> Situation:
    slots = [
        Slot(index=0, kind=Kind.AUDIO, codecs=(Codec.OPUS,)),
        Slot(index=1, kind=Kind.VIDEO, codecs=(Codec.VP8,)),
    ]
    tiles = [WantedTile(track.track_id, 1280, 720) for track in tracks]
    return Situation(slots=slots, tracks=tracks, tiles=tiles, available_bps=available_bps)


def wanted(available_bps: int, *tracks: OfferedTrack) -> int:
    now = situation(available_bps, *tracks)
    return wanted_bps(SCHEDULER, now, SCHEDULER.schedule(now, ()))


def test_who_is_held_back_wants_what_the_top_layers_cost() -> None:
    assert 1_500_000 <= wanted(400_000, CAMERA) <= 2_300_000


def test_who_gets_everything_wants_nothing_more() -> None:
    assert wanted(50_000_000, CAMERA) == 0


def test_without_pictures_nothing_is_wanted() -> None:
    assert wanted(100_000) == 0
