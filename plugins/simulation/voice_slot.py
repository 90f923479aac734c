"""A model of how a browser receives the voices of one slot: plain Opus, or with earlier packets."""

from dataclasses import dataclass, field
from typing import Final

from ...engine.rtp.sequence import SequenceUnwrapper
from .publisher import read_voice

_MORE: Final = 0x80  # A header of four octets of an earlier block follows (RFC 2198 §3).
_HEADER_BYTES: Final = 4
_LENGTH_MASK: Final = 0x3FF


@dataclass(slots=True)
class VoiceSlot:
    """One slot for voices. `arrived`: when the first copy of each packet came, and its serial."""

    arrived: dict[int, tuple[float, int]] = field(default_factory=dict)  # By sequence.
    _sequence: SequenceUnwrapper = field(default_factory=SequenceUnwrapper)
    _first: int | None = None

    @property
    def expected(self) -> int:
        """How many packets were sent to this slot, as far as it can tell."""
        if self._first is None or self._sequence.highest is None:
            return 0
        return self._sequence.highest - self._first + 1

    def take(self, sequence_number: int, payload: bytes, now_s: float, *, is_red: bool) -> None:
        """Take in a packet."""
        sequence = self._sequence.unwrap(sequence_number)
        self._first = sequence if self._first is None else min(self._first, sequence)
        blocks = _split(payload) if is_red else [payload]
        for age, block in enumerate(reversed(blocks)):
            serial = read_voice(block)
            if serial is not None and sequence - age >= self._first:
                self.arrived.setdefault(sequence - age, (now_s, serial))


def _split(payload: bytes) -> list[bytes]:
    """Return the blocks of a redundant payload, oldest first."""
    lengths: list[int] = []
    at = 0
    while payload[at] & _MORE:
        lengths.append(int.from_bytes(payload[at : at + _HEADER_BYTES], "big") & _LENGTH_MASK)
        at += _HEADER_BYTES
    at += 1
    blocks: list[bytes] = []
    for length in lengths:
        blocks.append(payload[at : at + length])
        at += length
    return [*blocks, payload[at:]]
