"""What all schedulers do: rank, put into slots, buy layers in the order of one of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import msgspec

from ...engine.media import LOWEST_LAYER, Kind, Layer
from ..api import OfferedTrack, Situation, SlotDecision
from .placement import place
from .ranking import Ranking
from .rates import audio_bps
from .steps import Order, buy, ladder, shapes

# An upgrade that had to be taken back soon makes the next ones need this much more head room:
# a layer whose cost is where the estimate wavers is not tried each second.
REGRET_RATIO: Final = 0.9
MAX_REGRETS: Final = 4


class SchedulerOptions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Options of the schedulers that come with the node."""

    start_bps: int = 6_000_000  # The estimate until the first one comes: a good home link.
    upgrade_ratio: float = 0.85  # Share of the estimate that an upgrade may fill: hysteresis.


@dataclass(frozen=True, slots=True)
class Taste:
    """How one scheduler differs from the others.

    Attributes:
        order: In which order layers are bought.
        hosts_first: Hosts go before those who spoke.
        limit_bps: Never send more; voices beyond it have no slot, but for the first, which is that
            of who spoke last.
    """

    order: Order
    hosts_first: bool
    limit_bps: int | None = None


def fill(
    situation: Situation,
    previous: Sequence[SlotDecision],
    taste: Taste,
    options: SchedulerOptions,
) -> tuple[SlotDecision, ...]:
    """Decide for one viewer; see `Scheduler.schedule`. Pure."""
    ranking = Ranking(situation, hosts_first=taste.hosts_first)
    held = {decision.track_id: decision.slot for decision in previous if decision.track_id}
    audio = [slot for slot in situation.slots if slot.kind is Kind.AUDIO]
    video = [slot for slot in situation.slots if slot.kind is Kind.VIDEO]
    heard = place(audio, _voices(ranking, taste.limit_bps), held)
    pictures = ranking.pictures() if video else []
    seen = place(video, pictures, held)
    slot_of = {track.track_id: index for index, track in seen.items()}
    shown = [track for track in pictures if track.track_id in slot_of]
    targets = _targets(situation, previous, ranking, shown, list(heard.values()), taste, options)
    by_slot = {index: _hear(index, track) for index, track in heard.items()}
    for track, (preferred, target) in zip(shown, targets, strict=True):
        index = slot_of[track.track_id]
        by_slot[index] = SlotDecision(
            slot=index,
            track_id=track.track_id,
            target=target,
            reason=ranking.reason(track) if target is not None else "bandwidth",
            preferred=preferred,
        )
    hidden = "page_hidden" if situation.page_hidden else ""
    return tuple(
        by_slot.get(slot.index)
        or SlotDecision(slot=slot.index, reason=hidden if slot.kind is Kind.VIDEO else "")
        for slot in situation.slots
    )


def _targets(
    situation: Situation,
    previous: Sequence[SlotDecision],
    ranking: Ranking,
    shown: Sequence[OfferedTrack],
    heard: Sequence[OfferedTrack],
    taste: Taste,
    options: SchedulerOptions,
) -> list[tuple[Layer, Layer | None]]:
    """Return for each picture the layer that its tile is worth, and the one that is paid for."""
    link_bps = options.start_bps if situation.available_bps is None else situation.available_bps
    if taste.limit_bps is not None:
        link_bps = min(link_bps, taste.limit_bps)
    upgrade_ratio = options.upgrade_ratio * REGRET_RATIO ** min(situation.regrets, MAX_REGRETS)
    voices_bps = sum(map(audio_bps, heard))
    current = {decision.track_id: decision.target for decision in previous}
    ladders = [ladder(track, ranking.height_px(track)) for track in shown]
    bought = buy(
        ladders,
        taste.order(shapes(ladders)),
        available_bps=max(0, link_bps - voices_bps),
        upgrade_bps=max(0, round(link_bps * upgrade_ratio) - voices_bps),
        current=[current.get(track.track_id) for track in shown],
    )
    return [(rung.layers[-1], layer) for rung, layer in zip(ladders, bought, strict=True)]


def _voices(ranking: Ranking, limit_bps: int | None) -> list[OfferedTrack]:
    """Return the voices that fit under a limit, best first; the first one always does."""
    if limit_bps is None:
        return ranking.voices()
    voices = ranking.voices(latest_first=True)
    spent_bps = 0
    for count, voice in enumerate(voices):
        spent_bps += audio_bps(voice)
        if count and spent_bps > limit_bps:
            return voices[:count]
    return voices


def _hear(index: int, track: OfferedTrack) -> SlotDecision:
    return SlotDecision(
        slot=index,
        track_id=track.track_id,
        target=LOWEST_LAYER,
        reason="audio",
        preferred=LOWEST_LAYER,
    )
