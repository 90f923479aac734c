"""The scheduler contract: one viewer's situation in, one decision for each of its slots out.

A scheduler is a pure, synchronous, deterministic function: no clock, no randomness, no memory but
the decisions it made before, which it is given back. So it can be simulated on a network trace,
property-tested, and replaced in a live room.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import msgspec

from ..engine.ids import ParticipantId, TrackId
from ..engine.media import Codec, Kind, Layer, Source


@dataclass(frozen=True, slots=True)
class Slot:
    """One receive slot of the viewer. `index` counts its slots of both kinds in offer order."""

    index: int
    kind: Kind
    codecs: tuple[Codec, ...] = ()  # What it can show; empty: unknown, taken as everything.


class OfferedTrack(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A track that others publish.

    `encoding_bps` is measured each second, lowest encoding first, 0: does not flow (not wanted by
    anybody, or its source is too small for it); empty: nothing measured yet.
    """

    track_id: TrackId
    participant_id: ParticipantId
    role: str
    source: Source
    muted: bool
    width_px: int = 0
    height_px: int = 0
    encodings: int = 1
    encoding_bps: tuple[int, ...] = ()
    codec: Codec | None = None


@dataclass(frozen=True, slots=True)
class WantedTile:
    """A track that the viewer's page wants to show, in physical pixels."""

    track_id: TrackId
    width_px: int
    height_px: int


@dataclass(frozen=True, slots=True)
class Situation:
    """Everything a scheduler may consider, for one viewer.

    Args of the constructor:
        slots: N slots, offer order.
        tracks: What others publish, oldest first.
        tiles: Most important first; None: the page has not said yet.
        page_hidden: The page is in the background: no picture is needed.
        speakers: Who spoke, the latest first; those who never did are missing.
        floor: Who has the floor, as plugins say.
        available_bps: What the viewer's link is believed to carry; None: no estimate yet.
        regrets: How often of late a step up had to be taken back soon (`Steadiness`).
            The more, the more head room the next one should wait for.
    """

    slots: Sequence[Slot]
    tracks: Sequence[OfferedTrack]
    tiles: Sequence[WantedTile] | None = None
    page_hidden: bool = False
    speakers: Sequence[ParticipantId] = ()
    floor: Sequence[ParticipantId] = ()
    available_bps: int | None = None
    regrets: int = 0


class SlotDecision(msgspec.Struct, frozen=True, kw_only=True):
    """What one slot shall show, and why.

    `preferred` is the layer that the tile is worth, `target` the one that the link is spent on.
    `track_id` with `target` None: the slot is kept for the track, but nothing is sent, for the
    `reason`. `track_id` None: the slot is empty.
    """

    slot: int
    track_id: TrackId | None = None
    target: Layer | None = None
    reason: str = ""
    preferred: Layer | None = None


class Scheduler(Protocol):
    """Decides for one viewer at a time; one instance serves all."""

    def schedule(
        self, situation: Situation, previous: Sequence[SlotDecision]
    ) -> tuple[SlotDecision, ...]:
        """Decide anew.

        Args:
            situation: As it is now.
            previous: What was decided last, empty the first time.

        Returns:
            N decisions, in the order of `situation.slots`. No track is in two slots.
        """
        ...


Schedulers = Mapping[str, Scheduler]
