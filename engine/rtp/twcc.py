"""Record when packets arrived and make transport-wide feedback of it, the receiver's half of TWCC.

Spec: draft-holmer-rmcat-transport-wide-cc-extensions-01. All SSRCs of a transport share one
sequence. Chromium's estimate of its uplink lives on this feedback: without it, it starts at
0.4 Mbit/s with its highest encoding off (facts/webrtc.md 11).
"""

from collections.abc import Iterator
from typing import Final

from .sequence import difference
from .transport_feedback import (
    MAX_DELTA_TICKS,
    MIN_DELTA_TICKS,
    REFERENCE_TICKS,
    TICKS_PER_S,
    TransportFeedback,
)

FEEDBACK_INTERVAL_S: Final = 0.05  # What libwebrtc's receivers use at these rates.
MAX_PENDING: Final = 4000  # Packets between two calls: 80,000 a second; the rest is not recorded.
MAX_REORDERING: Final = 1000  # A number further back is a sender that started anew.
_MAX_GAP: Final = 2000  # Missing packets between two arrivals of one feedback packet.
_MAX_ARRIVALS: Final = 200  # Of one feedback packet: at most 6 bytes each, 1.2 kB.
_MAX_LATE_PACKETS: Final = 16  # Of one call, about late packets; those beyond stay told as lost.


class ArrivalRecorder:
    """Collects the arrivals of one transport between two feedbacks.

    Attributes:
        dropped: Arrivals that came over `MAX_PENDING`, or late beyond what is told.
    """

    __slots__ = ("_arrivals", "_feedback_count", "_highest", "_next", "dropped")

    def __init__(self) -> None:
        self._arrivals: dict[int, int] = {}  # Unwrapped number → ticks.
        self._highest: int | None = None
        self._next: int | None = None  # First number that no feedback has spoken of.
        self._feedback_count = 0
        self.dropped = 0

    def record(self, sequence_number: int, now_s: float) -> None:
        """Note an arrival; of a number that comes twice the first counts.

        Args:
            sequence_number: Transport-wide, 16 bits, from the header extension.
            now_s: On any clock that does not jump; the same for all calls.
        """
        highest = self._highest
        if highest is None:
            number = self._highest = sequence_number + 0x1_0000
        else:
            number = highest + ((sequence_number - highest + 0x8000) & 0xFFFF) - 0x8000
            if number > highest:
                self._highest = number
            elif number < highest - MAX_REORDERING:
                number = self._restart(sequence_number)
        arrivals = self._arrivals
        if number in arrivals:
            return
        if len(arrivals) >= MAX_PENDING:
            self.dropped += 1
            return
        arrivals[number] = int(now_s * TICKS_PER_S + 0.5)

    def take_feedback(self, sender_ssrc: int, media_ssrc: int) -> list[TransportFeedback]:
        """Return what is to be sent about the arrivals since the last call; empty if none came.

        Usually one packet. It begins with the number after the last one spoken of, so that every
        loss is told once. Arrivals that had been told as lost come in packets of their own
        (later feedback counts), and so do those behind a gap of many packets or of 8 seconds.

        Args:
            sender_ssrc: Ours.
            media_ssrc: Any of the sender's; it only helps its demultiplexing.
        """
        if not self._arrivals:
            return []
        arrivals = sorted(self._arrivals.items())
        self._arrivals = {}
        start = arrivals[0][0] if self._next is None else self._next
        late = [arrival for arrival in arrivals if arrival[0] < start]
        groups = list(_split(late, max_gap=0))
        for group in groups[_MAX_LATE_PACKETS:]:
            self.dropped += len(group)
        packets = [
            self._make(group, group[0][0], sender_ssrc, media_ssrc)
            for group in groups[:_MAX_LATE_PACKETS]
        ]
        for group in _split(arrivals[len(late) :], max_gap=_MAX_GAP):
            base = start if group[0][0] - start <= _MAX_GAP else group[0][0]
            packets.append(self._make(group, base, sender_ssrc, media_ssrc))
            start = group[-1][0] + 1
        self._next = start
        return packets

    def _restart(self, sequence_number: int) -> int:
        """Go on from a sender's new numbers; what is pending of the old ones is still told."""
        assert self._highest is not None  # Something was recorded before.
        # Ahead of everything, so that order is kept; far, so that the gap is not told as loss.
        ahead = difference(sequence_number, self._highest) % 0x1_0000
        self._highest += ahead
        return self._highest

    def _make(
        self, group: list[tuple[int, int]], base: int, sender_ssrc: int, media_ssrc: int
    ) -> TransportFeedback:
        reference = group[0][1] // REFERENCE_TICKS
        origin = reference * REFERENCE_TICKS
        feedback_count = self._feedback_count
        self._feedback_count = (feedback_count + 1) & 0xFF
        return TransportFeedback(
            sender_ssrc=sender_ssrc,
            media_ssrc=media_ssrc,
            base_sequence=base & 0xFFFF,
            packet_count=group[-1][0] + 1 - base,
            reference_time=reference & 0xFF_FFFF,
            feedback_count=feedback_count,
            arrivals=tuple((number - base, ticks - origin) for number, ticks in group),
        )


def _split(arrivals: list[tuple[int, int]], *, max_gap: int) -> Iterator[list[tuple[int, int]]]:
    """Cut sorted arrivals into groups that one feedback packet can tell of."""
    group: list[tuple[int, int]] = []
    for arrival in arrivals:
        if group and not _fits(group, arrival, max_gap):
            yield group
            group = []
        group.append(arrival)
    if group:
        yield group


def _fits(group: list[tuple[int, int]], arrival: tuple[int, int], max_gap: int) -> bool:
    number, ticks = arrival
    last_number, last_ticks = group[-1]
    return (
        len(group) < _MAX_ARRIVALS
        and number - last_number - 1 <= max_gap
        and number - group[0][0] < 0x7FFF
        and MIN_DELTA_TICKS <= ticks - last_ticks <= MAX_DELTA_TICKS
    )
