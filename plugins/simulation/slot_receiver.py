"""A model of how a browser receives the video of one slot.

As libwebrtc does: packets are put in order, what is missing is asked for by NACK as often as a
round trip allows, a frame is decoded when it is whole and all before it were, and a whole key frame
leaps over everything older. When nothing could be decoded for long although packets come, a key
frame is asked for.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from ...engine.rtp.sequence import SequenceUnwrapper, unwrap
from .encoder import FramePacket

REORDERED_S: Final = 0.01  # A gap this old is a loss.
MAX_NACKS: Final = 10
STALLED_S: Final = 0.5
KEEP_PACKETS: Final = 2_000


@dataclass(slots=True)
class _Missing:
    since_s: float
    asked_s: float = float("-inf")
    times: int = 0


@dataclass(slots=True)
class SlotReceiver:
    """See the module. `decoded`: (when, serial) of each frame."""

    decoded: list[tuple[float, int]] = field(default_factory=list)
    _sequence: SequenceUnwrapper = field(default_factory=SequenceUnwrapper)
    _waiting: dict[int, FramePacket] = field(default_factory=dict)
    _missing: dict[int, _Missing] = field(default_factory=dict)
    _next: int | None = None  # The first packet of the next frame to decode; None: a key frame's.
    _progress_s: float = 0.0
    _asked_key_s: float = float("-inf")

    def take(self, sequence_number: int, packet: FramePacket, now_s: float) -> None:
        """Take in a packet of the slot's own stream."""
        before = self._sequence.highest
        sequence = self._sequence.unwrap(sequence_number)
        if before is None:
            self._progress_s = now_s
        else:
            for lost in range(max(before + 1, sequence - KEEP_PACKETS), sequence):
                self._missing[lost] = _Missing(now_s)
        self._put(sequence, packet, now_s)

    def take_repaired(self, sequence_number: int, packet: FramePacket, now_s: float) -> None:
        """Take in a packet that came again by RTX, under its own number."""
        if self._sequence.highest is not None:
            self._put(unwrap(sequence_number, self._sequence.highest), packet, now_s)

    def nacks(self, now_s: float, round_trip_s: float) -> tuple[int, ...]:
        """Return the sequence numbers to ask for now."""
        due: list[int] = []
        for sequence, missing in list(self._missing.items()):
            if missing.times >= MAX_NACKS or (self._next is not None and sequence < self._next):
                del self._missing[sequence]
            elif now_s - missing.since_s >= REORDERED_S and now_s - missing.asked_s >= round_trip_s:
                missing.asked_s = now_s
                missing.times += 1
                due.append(sequence & 0xFFFF)
        return tuple(due)

    def wants_keyframe(self, now_s: float) -> bool:
        """Say whether to ask for a key frame now."""
        if not self._waiting or now_s - max(self._progress_s, self._asked_key_s) < STALLED_S:
            return False
        self._asked_key_s = now_s
        return True

    def _put(self, sequence: int, packet: FramePacket, now_s: float) -> None:
        self._missing.pop(sequence, None)
        if self._next is not None and sequence < self._next:
            return
        self._waiting[sequence] = packet
        if len(self._waiting) > KEEP_PACKETS:
            del self._waiting[min(self._waiting)]
        self._leap(sequence, packet)
        while self._next is not None and self._is_whole(self._next):
            first = self._waiting[self._next]
            self._decode(self._next, first, now_s)

    def _leap(self, sequence: int, packet: FramePacket) -> None:
        """Go on at a key frame, if it is whole now."""
        first = sequence - packet.number
        if packet.is_key and (self._next is None or first > self._next) and self._is_whole(first):
            self._next = first

    def _is_whole(self, first: int) -> bool:
        packet = self._waiting.get(first)
        return (
            packet is not None
            and packet.number == 0
            and all(first + offset in self._waiting for offset in range(1, packet.count))
        )

    def _decode(self, first: int, packet: FramePacket, now_s: float) -> None:
        self.decoded.append((now_s, packet.serial))
        self._progress_s = now_s
        self._next = first + packet.count
        for sequence in [each for each in self._waiting if each < self._next]:
            del self._waiting[sequence]


def frozen_s(shown_s: Sequence[float], until_s: float) -> float:
    """Return how long the picture stood still (W3C webrtc-stats, `totalFreezesDuration`).

    An interval between two frames counts as a whole if it is at least three times the average of
    the last 30 and at least 150 ms more than it.
    """
    total_s = 0.0
    recent: list[float] = []
    for before_s, after_s in zip(shown_s, [*shown_s[1:], until_s], strict=True):
        interval_s = after_s - before_s
        average_s = sum(recent) / len(recent) if recent else interval_s
        if interval_s >= max(3 * average_s, average_s + 0.15):
            total_s += interval_s
        recent = [*recent[-29:], interval_s]
    return total_s
