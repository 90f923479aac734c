"""What the spotlight shows."""

from emporion_plugin_spotlight import SpotlightScheduler

from emporion.engine.ids import ParticipantId, TrackId
from emporion.engine.media import Kind, Layer, Source
from emporion.plugins.api import OfferedTrack, Situation, Slot

SLOTS = [Slot(0, Kind.AUDIO), Slot(1, Kind.VIDEO), Slot(2, Kind.VIDEO)]


def track(person: str, source: Source = Source.CAMERA) -> OfferedTrack:
    return OfferedTrack(
        track_id=TrackId(f"{person}_{source}"),
        participant_id=ParticipantId(person),
        role="merchant",
        source=source,
        muted=False,
        encodings=2,
        encoding_bps=(150_000, 800_000),
    )


def shown(situation: Situation) -> list[str | None]:
    return [decision.track_id for decision in SpotlightScheduler().schedule(situation, ())]


def test_whoever_spoke_last_is_seen_alone() -> None:
    tracks = [track("a"), track("b")]
    situation = Situation(slots=SLOTS, tracks=tracks, speakers=[ParticipantId("b")])
    assert shown(situation) == [None, "b_camera", None]


def test_what_is_shared_goes_first_and_voices_are_heard() -> None:
    tracks = [track("a"), track("b", Source.SCREEN), track("a", Source.MICROPHONE)]
    situation = Situation(slots=SLOTS, tracks=tracks, speakers=[ParticipantId("a")])
    assert shown(situation) == ["a_microphone", "b_screen_share", None]


def test_the_layer_fits_the_link() -> None:
    for available_bps, spatial in ((400_000, 0), (2_000_000, 1)):
        situation = Situation(slots=SLOTS, tracks=[track("a")], available_bps=available_bps)
        decision = SpotlightScheduler().schedule(situation, ())[1]
        assert decision.target == Layer(spatial, 2)


def test_a_hidden_page_gets_no_picture() -> None:
    situation = Situation(slots=SLOTS, tracks=[track("a")], page_hidden=True)
    assert shown(situation) == [None, None, None]
