"""The teaching scheduler: voices first, then the shared screen, then whoever teaches or speaks.

Who gets a slot: audio is never starved; the shared screen goes before every camera; then who has
the role host; then the recent speakers, the latest first; then the order of the viewport. A track
keeps its slot while it is shown. At which layer: the fixed list of `steps` is bought in order, as
far as the estimate goes.
"""

from collections.abc import Sequence
from typing import Final

import msgspec

from ...engine.ids import TrackId
from ...engine.media import Kind, Layer, Source
from ..api import OfferedTrack, Situation, Slot, SlotDecision
from .placement import place
from .rates import audio_bps
from .steps import buy, ladder


class TeachingOptions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Options of the teaching scheduler."""

    start_bps: int = 6_000_000  # The estimate until the first one comes: a good home link.
    upgrade_ratio: float = 0.85  # Share of the estimate that an upgrade may fill: hysteresis.


_LAST: Final = 1_000_000  # After everybody who has a rank.


class TeachingScheduler:
    """See the module. Pure: one instance serves every viewer."""

    def __init__(self, options: TeachingOptions) -> None:
        self._options = options

    def schedule(
        self, situation: Situation, previous: Sequence[SlotDecision]
    ) -> tuple[SlotDecision, ...]:
        """Decide for one viewer; see `Scheduler.schedule`."""
        voices = _rank_audio(situation)
        pictures = [] if situation.page_hidden else _rank_video(situation)
        held = {decision.track_id: decision.slot for decision in previous if decision.track_id}
        placed_audio = place(_slots(situation, Kind.AUDIO), voices, held)
        placed_video = place(_slots(situation, Kind.VIDEO), pictures, held)
        spent_bps = sum(audio_bps(track) for track in placed_audio.values())
        targets = self._buy(situation, list(placed_video.values()), previous, spent_bps)
        tracks = placed_audio | placed_video
        return tuple(
            _decide(slot, tracks.get(slot.index), targets, situation) for slot in situation.slots
        )

    def _buy(
        self,
        situation: Situation,
        shown: list[OfferedTrack],
        previous: Sequence[SlotDecision],
        spent_bps: int,
    ) -> dict[TrackId, Layer]:
        available_bps = situation.available_bps
        if available_bps is None:
            available_bps = self._options.start_bps
        heights = {tile.track_id: tile.height_px for tile in situation.tiles or ()}
        ranked = sorted(shown, key=lambda track: _video_rank(situation, track))
        current = {
            decision.track_id: decision.target
            for decision in previous
            if decision.track_id and decision.target
        }
        return buy(
            [ladder(track, heights.get(track.track_id)) for track in ranked],
            available_bps=max(0, available_bps - spent_bps),
            upgrade_bps=max(0, round(available_bps * self._options.upgrade_ratio) - spent_bps),
            current=current,
        )


def _slots(situation: Situation, kind: Kind) -> list[Slot]:
    return [slot for slot in situation.slots if slot.kind is kind]


def _rank_audio(situation: Situation) -> list[OfferedTrack]:
    """Order the voices: the shared screen's, the hosts', who spoke last, the oldest."""
    tracks = [
        track for track in situation.tracks if track.source.kind is Kind.AUDIO and not track.muted
    ]
    return sorted(tracks, key=lambda track: _speaker_rank(situation, track, Source.SCREEN_AUDIO))


def _rank_video(situation: Situation) -> list[OfferedTrack]:
    """Order the pictures that the page wants; a shared screen is wanted always."""
    wanted = None if situation.tiles is None else {tile.track_id for tile in situation.tiles}
    tracks = [
        track
        for track in situation.tracks
        if track.source.kind is Kind.VIDEO
        and not track.muted
        and (wanted is None or track.track_id in wanted or track.source is Source.SCREEN)
    ]
    return sorted(tracks, key=lambda track: _video_rank(situation, track))


def _video_rank(situation: Situation, track: OfferedTrack) -> tuple[int, int, int]:
    tiles = situation.tiles or ()
    place_in_view = next(
        (index for index, tile in enumerate(tiles) if tile.track_id == track.track_id), _LAST
    )
    return (*_speaker_rank(situation, track, Source.SCREEN), place_in_view)


def _speaker_rank(situation: Situation, track: OfferedTrack, first: Source) -> tuple[int, int]:
    if track.source is first:
        return 0, 0
    if track.role == "host":
        return 1, 0
    if track.participant_id in situation.speakers:
        return 2, list(situation.speakers).index(track.participant_id)
    return 3, 0


def _decide(
    slot: Slot,
    track: OfferedTrack | None,
    targets: dict[TrackId, Layer],
    situation: Situation,
) -> SlotDecision:
    if track is None:
        hidden = situation.page_hidden and slot.kind is Kind.VIDEO
        return SlotDecision(slot=slot.index, reason="page_hidden" if hidden else "")
    if slot.kind is Kind.AUDIO:
        target: Layer | None = Layer(spatial=0, temporal=0)
        reason = "audio"
    else:
        target = targets.get(track.track_id)
        reason = _why(situation, track) if target is not None else "bandwidth"
    return SlotDecision(slot=slot.index, track_id=track.track_id, target=target, reason=reason)


def _why(situation: Situation, track: OfferedTrack) -> str:
    rank, _ = _speaker_rank(situation, track, Source.SCREEN)
    return ("screen", "host", "speaker", "viewport")[rank]
