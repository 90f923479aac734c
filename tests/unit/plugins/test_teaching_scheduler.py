"""The teaching scheduler in situations that a teacher knows."""

import msgspec

from emporion.engine.ids import ParticipantId, TrackId
from emporion.engine.media import Codec, Kind, Layer, Source
from emporion.plugins.api import OfferedTrack, Situation, Slot, SlotDecision, WantedTile
from emporion.plugins.schedulers.filling import SchedulerOptions
from emporion.plugins.schedulers.teaching import TeachingScheduler

SCHEDULER = TeachingScheduler(SchedulerOptions())
VIDEO = [Slot(index, Kind.VIDEO) for index in range(2)]


def camera(person: str, role: str = "merchant", **fields: object) -> OfferedTrack:
    known: dict[str, object] = {
        "track_id": TrackId(f"TR_{person}"),
        "participant_id": ParticipantId(f"PA_{person}"),
        "role": role,
        "source": Source.CAMERA,
        "muted": False,
        "height_px": 720,
        "encodings": 3,
        "encoding_bps": (150_000, 500_000, 1_500_000),
    }
    return OfferedTrack(**{**known, **fields})  # type: ignore[arg-type]  # Built from a dict.


def screen(person: str = "li") -> OfferedTrack:
    return camera(
        f"{person}_screen",
        source=Source.SCREEN,
        encodings=2,
        encoding_bps=(300_000, 2_000_000),
        height_px=1080,
    )


def shown(decisions: tuple[SlotDecision, ...]) -> dict[str, tuple[Layer | None, str]]:
    return {d.track_id: (d.target, d.reason) for d in decisions if d.track_id is not None}


def test_who_gets_the_slots() -> None:
    tracks = [camera("a"), camera("b"), camera("host", "host"), camera("c"), screen()]
    slots = [Slot(index, Kind.VIDEO) for index in range(4)]
    tiles = [WantedTile(TrackId(f"TR_{p}"), 320, 180) for p in ("b", "a", "c", "host")]
    situation = Situation(slots=slots, tracks=tracks, tiles=tiles, speakers=[ParticipantId("PA_c")])
    decisions = SCHEDULER.schedule(situation, ())
    assert [(d.track_id, d.reason) for d in decisions] == [
        ("TR_li_screen", "screen"),
        ("TR_host", "host"),
        ("TR_c", "speaker"),
        ("TR_b", "viewport"),
    ]


def test_who_has_the_floor_goes_before_who_spoke() -> None:
    tracks = [camera("a"), camera("b"), camera("host", "host"), camera("c")]
    slots = [Slot(index, Kind.VIDEO) for index in range(3)]
    speakers, floor = [ParticipantId("PA_c"), ParticipantId("PA_a")], [ParticipantId("PA_b")]
    situation = Situation(slots=slots, tracks=tracks, speakers=speakers, floor=floor)
    decisions = SCHEDULER.schedule(situation, ())
    assert [(d.track_id, d.reason) for d in decisions] == [
        ("TR_host", "host"),
        ("TR_b", "floor"),
        ("TR_c", "speaker"),
    ]


def test_text_first() -> None:
    """With little to spend the screen keeps its resolution, and the camera goes."""
    situation = Situation(slots=VIDEO, tracks=[camera("a"), screen()], available_bps=960_000)
    decisions = shown(SCHEDULER.schedule(situation, ()))
    assert decisions["TR_li_screen"] == (Layer(1, 0), "screen")
    assert decisions["TR_a"] == (None, "bandwidth")


def test_a_page_that_stands_still_is_cheap_in_every_size() -> None:
    """All others watch the large one, so the small one is switched off and measures nothing."""
    page = msgspec.structs.replace(screen(), encoding_bps=(0, 60_000))
    situation = Situation(slots=VIDEO, tracks=[page], available_bps=120_000)
    decisions = shown(SCHEDULER.schedule(situation, ()))
    assert decisions["TR_li_screen"] == (Layer(1, 2), "screen")


def test_screen_is_not_shrunk_to_its_tile() -> None:
    tiles = [WantedTile(TrackId("TR_li_screen"), 160, 90)]
    situation = Situation(slots=VIDEO, tracks=[screen()], tiles=tiles, available_bps=8_000_000)
    assert shown(SCHEDULER.schedule(situation, ()))["TR_li_screen"][0] == Layer(1, 2)


def test_camera_is_as_large_as_its_tile() -> None:
    for height_px, spatial in ((90, 0), (180, 0), (360, 1), (450, 1), (451, 2), (1080, 2)):
        tiles = [WantedTile(TrackId("TR_a"), 100, height_px)]
        situation = Situation(slots=VIDEO, tracks=[camera("a")], tiles=tiles)
        target, _ = shown(SCHEDULER.schedule(situation, ()))["TR_a"]
        assert target == Layer(spatial, 2), height_px


def test_an_encoding_that_is_switched_off_is_still_chosen() -> None:
    """Nobody wants it, so it measures 0; if 0 meant "is not there", nobody ever would."""
    track = camera("a", encoding_bps=(150_000, 0, 0))
    tiles = [WantedTile(TrackId("TR_a"), 1280, 720)]
    rich = Situation(slots=VIDEO, tracks=[track], tiles=tiles, available_bps=8_000_000)
    assert shown(SCHEDULER.schedule(rich, ()))["TR_a"][0] == Layer(2, 2)
    poor = Situation(slots=VIDEO, tracks=[track], tiles=tiles, available_bps=700_000)
    assert shown(SCHEDULER.schedule(poor, ()))["TR_a"][0] == Layer(1, 2)


def test_upgrade_waits_for_head_room_and_what_is_sent_stays() -> None:
    tiles = [WantedTile(TrackId("TR_a"), 1280, 720)]

    def target(available_bps: int, previous: tuple[SlotDecision, ...]) -> Layer | None:
        situation = Situation(
            slots=VIDEO, tracks=[camera("a")], tiles=tiles, available_bps=available_bps
        )
        return shown(SCHEDULER.schedule(situation, previous))["TR_a"][0]

    low = SCHEDULER.schedule(
        Situation(slots=VIDEO, tracks=[camera("a")], tiles=tiles, available_bps=700_000), ()
    )
    high = SCHEDULER.schedule(
        Situation(slots=VIDEO, tracks=[camera("a")], tiles=tiles, available_bps=3_000_000), ()
    )
    assert target(1_600_000, low) == Layer(1, 2)
    assert target(1_600_000, high) == Layer(2, 2)


def test_voices_come_off_the_top() -> None:
    slots = [Slot(0, Kind.AUDIO), *[Slot(1, Kind.VIDEO)]]
    voice = camera("v", source=Source.MICROPHONE, encodings=1, encoding_bps=(60_000,))
    situation = Situation(slots=slots, tracks=[voice, camera("a")], available_bps=100_000)
    decisions = shown(SCHEDULER.schedule(situation, ()))
    assert decisions["TR_v"] == (Layer(0, 0), "audio")
    assert decisions["TR_a"] == (None, "bandwidth")


def test_codec_that_the_viewer_cannot_show_gets_no_slot() -> None:
    slots = [Slot(0, Kind.VIDEO, (Codec.H264,)), Slot(1, Kind.VIDEO, (Codec.H264,))]
    tracks = [camera("a", codec=Codec.VP8), camera("b", codec=Codec.H264), camera("c")]
    decisions = SCHEDULER.schedule(Situation(slots=slots, tracks=tracks), ())
    assert {d.track_id for d in decisions} == {"TR_b", "TR_c"}
