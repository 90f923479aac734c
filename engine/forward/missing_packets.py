"""Which packets of one encoding are missing, and when to ask for them (RFC 4585 NACK)."""

from typing import Final

REORDER_S: Final = 0.005  # Packets overtake each other by less than this.
REPEAT_S: Final = (0.06, 0.1, 0.15, 0.2)  # A repeat before one round trip would be in vain.
MAX_TRIES: Final = 8
MAX_MISSING: Final = 256  # More is an outage: a key frame mends it, not retransmissions.


class MissingPackets:
    """Gaps by unwrapped sequence number, bounded."""

    __slots__ = ("_missing", "due_s")

    def __init__(self) -> None:
        self._missing: dict[int, tuple[int, float]] = {}  # sequence → (tries, next at).
        self.due_s = float("inf")

    def __len__(self) -> int:
        return len(self._missing)

    def gap(self, first: int, stop: int, now_s: float) -> None:
        """Note that [first, stop) was jumped over; if that is too much, give up all."""
        if stop - first + len(self._missing) > MAX_MISSING:
            self.clear()
            return
        due_s = now_s + REORDER_S
        for sequence in range(first, stop):
            self._missing[sequence] = (0, due_s)
        self.due_s = min(self.due_s, due_s)

    def arrived(self, sequence: int) -> bool:
        """Forget a packet that came; return whether it was missing."""
        return self._missing.pop(sequence, None) is not None

    def poll(self, now_s: float) -> list[int]:
        """Return what to ask for now, in order; packets asked for too often are given up."""
        if now_s < self.due_s:
            return []
        asked: list[int] = []
        self.due_s = float("inf")
        for sequence, (tries, due_s) in list(self._missing.items()):
            if due_s <= now_s:
                if tries == MAX_TRIES:
                    del self._missing[sequence]
                    continue
                asked.append(sequence)
                due_s = now_s + REPEAT_S[min(tries, len(REPEAT_S) - 1)]
                self._missing[sequence] = (tries + 1, due_s)
            self.due_s = min(self.due_s, due_s)
        return sorted(asked)

    def clear(self) -> None:
        self._missing.clear()
        self.due_s = float("inf")
