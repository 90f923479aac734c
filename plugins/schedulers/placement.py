"""Put ranked tracks into slots, so that a track that is shown keeps its slot."""

from collections.abc import Mapping, Sequence

from ...engine.ids import TrackId
from ...engine.media import Codec
from ..api import OfferedTrack, Slot


def place(
    slots: Sequence[Slot], ranked: Sequence[OfferedTrack], held: Mapping[TrackId, int]
) -> dict[int, OfferedTrack]:
    """Choose the best-ranked tracks and a slot for each.

    Args:
        slots: N slots of one kind, offer order.
        ranked: Candidates, best first.
        held: Which slot each track had.

    Returns:
        Slot index to track. A chosen track that had one of these slots keeps it; the others take
        the free slots, lowest index first, best rank first.
    """
    codecs = _codecs(slots)
    chosen = [t for t in ranked if codecs is None or t.codec is None or t.codec in codecs]
    free = {slot.index: slot for slot in slots}
    placed: dict[int, OfferedTrack] = {}
    homeless: list[OfferedTrack] = []
    for track in chosen[: len(slots)]:
        slot = free.get(held.get(track.track_id, -1))
        if slot is not None and _can_show(slot, track):
            placed[slot.index] = track
            del free[slot.index]
        else:
            homeless.append(track)
    for track in homeless:
        for slot in free.values():
            if _can_show(slot, track):
                placed[slot.index] = track
                del free[slot.index]
                break
    return placed


def _codecs(slots: Sequence[Slot]) -> set[Codec] | None:
    """Return what any of the slots can show; None: everything."""
    if not all(slot.codecs for slot in slots):
        return None
    return {codec for slot in slots for codec in slot.codecs}


def _can_show(slot: Slot, track: OfferedTrack) -> bool:
    return track.codec is None or not slot.codecs or track.codec in slot.codecs
