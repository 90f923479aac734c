"""Put ranked tracks into slots, so that a track that is shown keeps its slot."""

from collections.abc import Mapping, Sequence

from ...engine.ids import TrackId
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
        Slot index to track, in slot order. A chosen track that had one of these slots keeps it;
        the others take the free slots, lowest index first, best rank first.
    """
    chosen = [track for track in ranked if any(_can_show(slot, track) for slot in slots)]
    chosen = chosen[: len(slots)]
    by_index = {slot.index: slot for slot in slots}
    placed: dict[int, OfferedTrack] = {}
    homeless: list[OfferedTrack] = []
    for track in chosen:
        index = held.get(track.track_id, -1)
        if index in by_index and index not in placed and _can_show(by_index[index], track):
            placed[index] = track
        else:
            homeless.append(track)
    for track in homeless:
        free = (s.index for s in slots if s.index not in placed and _can_show(s, track))
        index = next(free, -1)
        if index >= 0:
            placed[index] = track
    return dict(sorted(placed.items()))


def _can_show(slot: Slot, track: OfferedTrack) -> bool:
    return track.codec is None or not slot.codecs or track.codec in slot.codecs
