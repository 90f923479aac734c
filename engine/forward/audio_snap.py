"""The *snap* rule: where the first packet of a new speaker stands in an audio slot.

The decoder conceals what is missing and later removes by speeding up what is too much, and both
can be heard. So the first packet of the new speaker follows the last one without a seam when the
line says "about now"; it is left out when the line says that its time is already taken; and it
stands on the line after silence. The error is at most half a packet and never accumulates: 0
concealed samples in 30 switches (facts/slots.md §2).
"""

from typing import Final

MAX_SKIPPED: Final = 6  # One packet usually (14 of 30 switches); more means that a clock is off.


def snap(*, last: int, duration: int, ahead: int, skipped: int) -> int | None:
    """Choose the outbound timestamp of a new speaker's packet.

    Args:
        last: Last outbound timestamp of the slot.
        duration: Ticks that the last packet lasts (960 for 20 ms of Opus).
        ahead: line(capture) - last, in ticks.
        skipped: Packets of this speaker already left out.

    Returns:
        The timestamp, or None: leave this packet out and ask again with the next.
    """
    half = duration // 2
    if ahead < half and skipped < MAX_SKIPPED:
        return None
    if ahead <= duration + half:
        return last + duration
    return last + ahead
