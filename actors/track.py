"""The track actor: who receives one published track, at which layer, in which encodings."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Final, assert_never

import trio

from ..engine.errors import ActorError, CoreMisuse, MediaError
from ..engine.ids import ParticipantId, SlotId, TrackId, TransportId
from ..engine.media import Layer, Source
from ..engine.runtime import Actor, Crash, ExitReason, Restart
from .messages import (
    ClearSlot,
    EncodingsNeeded,
    PointSlot,
    ReviewEncodings,
    SetPaused,
    TrackMessage,
)
from .site import RoomSite

# A viewer who changes layouts must not cost the others two encoder restarts: an encoding that is
# no longer watched is kept so long. Wanting one is told at once.
KEEP_UNWATCHED_S: Final = 5.0
LOWEST: Final = 0  # Always wanted, so that whoever joins sees something within one key frame.


@dataclass(slots=True)
class TrackRows:
    """The rows that this track has in the forwarder. They stand while its actor restarts."""

    track_id: TrackId
    transport_id: TransportId
    mid: str
    source: Source
    owner: ParticipantId
    encodings: int
    is_paused: bool
    is_added: bool = False
    targets: dict[SlotId, Layer] = field(default_factory=dict)
    watched: Counter[int] = field(default_factory=Counter)  # Slots by spatial index; kept in step.
    told: tuple[int, ...] | None = None  # None: the page sends all encodings until it is told.


class TrackActor(Actor[TrackMessage], restart=Restart.TRANSIENT):
    """Owns the forwarding rows of one track. It asks nobody, so anybody may ask it."""

    def __init__(self, site: RoomSite, rows: TrackRows) -> None:
        self._site = site
        self._table = site.services.table
        self._rows = rows
        self._is_reviewing = False

    async def started(self) -> None:
        rows = self._rows
        if not rows.is_added:
            self._table.add_track(rows.track_id, rows.transport_id, rows.mid)
            rows.is_added = True
        self._pause(rows.is_paused)
        self._review_soon()

    async def receive(self, message: TrackMessage) -> None:
        match message:
            case PointSlot(slot_id=slot_id, target=target):
                self._point(slot_id, target)
            case ClearSlot(slot_id=slot_id):
                self._table.clear_slot(slot_id, self._rows.track_id)
                self._note_target(slot_id, None)
                self._tell_encodings()
            case SetPaused(paused=paused):
                self._pause(paused)
            case ReviewEncodings():
                self._is_reviewing = False
                self._tell_owner(self._wanted())
            case _:
                assert_never(message)

    async def stopped(self, reason: ExitReason) -> None:
        if not isinstance(reason, Crash):
            # After a crash the rows stand: viewers go on seeing the track while it restarts.
            remove_rows(self._site, self._rows)

    def _point(self, slot_id: SlotId, target: Layer) -> None:
        try:
            self._table.point_slot(slot_id, self._rows.track_id, target)
        except CoreMisuse:
            # Its transport, or ours, has just ended: no fault of this actor.
            raise MediaError("the slot or the track is gone", code="media.slot_gone") from None
        self._site.services.media.pump()
        self._note_target(slot_id, target)
        self._tell_encodings()

    def _pause(self, paused: bool) -> None:
        self._rows.is_paused = paused
        try:
            self._table.pause_track(self._rows.track_id, paused)
        except CoreMisuse:
            return  # As above: the transport took its tracks with it.
        self._site.services.media.pump()

    def _note_target(self, slot_id: SlotId, target: Layer | None) -> None:
        """Count by difference: ten thousand slots may show this track."""
        rows = self._rows
        before = rows.targets.pop(slot_id, None)
        if before is not None:
            rows.watched[self._spatial(before)] -= 1
        if target is not None:
            rows.targets[slot_id] = target
            rows.watched[self._spatial(target)] += 1

    def _spatial(self, target: Layer) -> int:
        return min(target.spatial, self._rows.encodings - 1)

    def _wanted(self) -> tuple[int, ...]:
        """Return what is watched, with the encoding below each.

        A sender's uplink may not reach the encoding that viewers want: then they are shown the
        next lower one, and switching it off would drop them to the lowest.
        """
        watched = [spatial for spatial, slots in self._rows.watched.items() if slots > 0]
        below = [spatial - 1 for spatial in watched if spatial > LOWEST]
        return tuple(sorted({LOWEST, *watched, *below}))

    def _tell_encodings(self) -> None:
        """Tell of an encoding that is wanted anew at once; of the others later, in a review."""
        wanted = set(self._wanted())
        told = self._rows.told
        if told is not None and not wanted <= set(told):
            self._tell_owner(tuple(sorted({*wanted, *told})))
        if told is None or wanted != set(told):
            self._review_soon()

    def _review_soon(self) -> None:
        if not self._is_reviewing and self._rows.encodings > 1:
            self._is_reviewing = True
            self.context.start_soon(self._review_later)

    async def _review_later(self) -> None:
        await trio.sleep(KEEP_UNWATCHED_S)
        self.context.ref.tell(ReviewEncodings())

    def _tell_owner(self, wanted: tuple[int, ...]) -> None:
        if wanted == self._rows.told:
            return
        owner = self._site.participant(self._rows.owner)
        if owner is None:
            return
        try:
            owner.tell(EncodingsNeeded(track_id=self._rows.track_id, spatial=wanted))
        except ActorError:
            self._review_soon()
            return
        self._rows.told = wanted


def remove_rows(site: RoomSite, rows: TrackRows) -> None:
    """Take a track out of the forwarder; twice is once."""
    site.services.table.remove_track(rows.track_id)
    site.services.media.pump()
