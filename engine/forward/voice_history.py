"""What makes a packet of audio again exactly as it was sent, for as long as it can be played.

What all listeners share is kept once for each packet, with its source: `SentVoice`. A listener's
own is one *word* of 64 bits: the outbound number, the last two octets of the header and whether
earlier packets were in it. Everything else that it got follows from these and from the slot. So ten
thousand listeners of a voice keep 3 MB, and sealed packets of 400 ms would be 40.
"""

from array import array
from collections.abc import Mapping
from typing import Final, NamedTuple

from .header_extensions import ExtensionBlocks
from .source_run import SourcePacket

VOICES_KEPT: Final = 32  # Packets of 20 ms that last 640 ms; divides 2**16.

# A word: times sent again (2 bits), outbound number (45), RED (1), tail of the header (16).
TAIL_MASK: Final = 0xFFFF
RED_BIT: Final = 1 << 16
INDEX_SHIFT: Final = 17
INDEX_UNIT: Final = 1 << INDEX_SHIFT  # To multiply by is faster than to shift.
INDEX_MASK: Final = (1 << 45) - 1
AGAIN: Final = 1 << 62


class SentVoice(NamedTuple):
    """One packet with all that its listeners share.

    Attributes:
        blocks: Its header extensions.
        reds: Payloads that hold earlier packets as well, by the payload type given to Opus.
    """

    packet: SourcePacket
    blocks: ExtensionBlocks
    reds: Mapping[int, bytes]
    sent_s: float


class VoiceHistory(dict[int, SentVoice]):
    """The last packets of one source by their sequence numbers, in the order of sending."""

    __slots__ = ()

    def add(self, voice: SentVoice) -> None:
        """Keep a packet; the oldest is forgotten."""
        self[voice.packet.sequence] = voice
        if len(self) > VOICES_KEPT:
            del self[next(iter(self))]


def empty_words() -> "array[int]":
    """Return the words of a slot that has sent nothing; a packet's place is its number's."""
    return array("Q", bytes(8 * VOICES_KEPT))
