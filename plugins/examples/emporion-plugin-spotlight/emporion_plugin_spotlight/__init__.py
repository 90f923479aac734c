"""The scheduler `spotlight`: all voices, and one picture: what is shared, or whoever spoke last."""

from collections.abc import Mapping, Sequence

import msgspec

from emporion.engine.media import Kind, Layer, Source
from emporion.plugins.api import OfferedTrack, Scheduler, Situation, SlotDecision, hookimpl


class SpotlightScheduler:
    """Pure: the same situation gives the same decisions."""

    def schedule(
        self, situation: Situation, previous: Sequence[SlotDecision]
    ) -> tuple[SlotDecision, ...]:
        spoke = {who: place for place, who in enumerate(situation.speakers)}

        def rank(track: OfferedTrack) -> tuple[bool, int]:
            is_shared = track.source in (Source.SCREEN, Source.SCREEN_AUDIO)
            return not is_shared, spoke.get(track.participant_id, len(spoke))

        ranked = sorted((track for track in situation.tracks if not track.muted), key=rank)
        voices = iter([track for track in ranked if track.source.kind is Kind.AUDIO])
        shown = [track for track in ranked if track.source.kind is Kind.VIDEO]
        pictures = iter([] if situation.page_hidden else shown[:1])
        decisions = []
        for slot in situation.slots:
            track = next(voices if slot.kind is Kind.AUDIO else pictures, None)
            decisions.append(
                SlotDecision(
                    slot=slot.index,
                    track_id=track.track_id if track else None,
                    target=_layer(track, situation.available_bps) if track else None,
                    reason="spotlight" if track else "",
                )
            )
        return tuple(decisions)


def _layer(track: OfferedTrack, available_bps: int | None) -> Layer:
    """Return the best encoding whose measured rate is below three quarters of the link."""
    limit_bps = 0.75 * (500_000 if available_bps is None else available_bps)
    fits = [place for place, bps in enumerate(track.encoding_bps) if 0 < bps <= limit_bps]
    return Layer(spatial=max(fits, default=0), temporal=2)


class Options(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """It has none."""


class Spotlight:
    """Plugin `spotlight`."""

    options_type = Options

    def __init__(self, options: Options) -> None:
        """The host makes one."""

    @hookimpl
    def schedulers(self) -> Mapping[str, Scheduler]:
        return {"spotlight": SpotlightScheduler()}
