"""One participant's transport as the forwarder sees it: keys, lines, slots, and SSRCs."""

from bisect import insort
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from ..errors import CoreMisuse
from ..ids import TransportId
from ..media import Kind
from ..rtp.srtp import Encrypt, SrtpReceiver, SrtpSender
from ..rtp.twcc import ArrivalRecorder
from .api import CodecMap, InboundLine, SlotParameters, SrtpKeys
from .encoding import InboundEncoding
from .outbound_slot import AudioSlot, OutboundSlot, VideoSlot
from .pacer import Pacer
from .published_track import PublishedTrack
from .sent_groups import DATAGRAM_OVERHEAD_BYTES, SentGroups
from .timestamp_line import ParticipantClock

MAX_RETRANSMISSIONS_PER_S: Final = 1000  # To one viewer; 2.5 times the packets of 4 Mbit/s.
# Header, a block of extensions, tag, UDP and IPv4.
PACKET_OVERHEAD_BYTES: Final = 12 + 8 + 16 + DATAGRAM_OVERHEAD_BYTES
_KEPT_MEANINGS: Final = 256  # Sets of codecs; a few for each version of each browser.
MAX_BINDINGS: Final = 64  # SSRCs one participant may use: 3 encodings and RTX of 3 lines are 14.


@dataclass(frozen=True, slots=True)
class Binding:
    """What an SSRC stands for; it outlives tracks, because mid and rid come only first."""

    mid: str
    index: int
    is_rtx: bool


@dataclass(frozen=True, slots=True)
class PayloadMeaning:
    """What a payload type of one line stands for."""

    codec: CodecMap
    is_rtx: bool
    is_red: bool = False


@dataclass(slots=True)
class Losses:
    """Packets that a viewer has told of since the last review, and how many it had not got.

    Attributes:
        clean_reviews: Reviews in a row that found next to none.
        is_lossy: So many that it is worth sending things twice.
        is_ignored: The viewer saves data: nothing is sent twice that it does not ask for.
    """

    told: int = 0
    lost: int = 0
    clean_reviews: int = 0
    is_lossy: bool = False
    is_ignored: bool = False


class LineState:
    """An m-line on which the participant sends, indexed for the hot path."""

    __slots__ = ("line", "meanings", "track")

    def __init__(self, line: InboundLine) -> None:
        self.line = line
        self.track: PublishedTrack | None = None
        self.meanings = _meanings(line.codecs)


@lru_cache(_KEPT_MEANINGS)
def _meanings(codecs: tuple[CodecMap, ...]) -> Mapping[int, PayloadMeaning]:
    """Return what each payload type stands for; the pages of one browser all number alike."""
    meanings: dict[int, PayloadMeaning] = {}
    for codec in codecs:
        meanings[codec.payload_type] = PayloadMeaning(codec, is_rtx=False)
        if codec.rtx_payload_type is not None:
            meanings[codec.rtx_payload_type] = PayloadMeaning(codec, is_rtx=True)
        if codec.red_payload_type is not None:
            meanings[codec.red_payload_type] = PayloadMeaning(codec, is_rtx=False, is_red=True)
    return meanings


class TransportState:
    """See the module.

    Attributes:
        lines: By mid.
        offered: All slots of the participant, offer order.
        slots: Those that were used, offer order: of a page's fifteen most never show anything.
        slot_by_ssrc: Media SSRC → used slot, for reports and feedback about what we send.
        bindings: SSRC → what it stands for, learned from mid and rid.
        encodings: SSRC → encoding of a present track; the hot path's short cut.
        opener: None until DTLS is up, as is `sealer`.
        twcc: What came in since the last feedback (transport-wide congestion control).
        sent: What went out to it with transport-wide numbers.
        losses: What it reported lost, for the redundancy of audio.
        clock: The participant's NTP clock against ours.
        pacer: None: video to it is not held back.
        repeats: Retransmissions that wait: slot and outbound number, oldest first.
        was_limited: Video was held back since that was last asked.
        repeated_bytes: On the wire, of retransmissions and of padding.
        retransmissions_left: In the present second.
    """

    __slots__ = (
        "_taken_bytes",
        "bindings",
        "clock",
        "encodings",
        "encrypt",
        "estimate_told_octets",
        "estimate_told_s",
        "lines",
        "losses",
        "mid_id",
        "offered",
        "opener",
        "pacer",
        "repeated_bytes",
        "repeats",
        "retransmissions_left",
        "sealer",
        "sent",
        "slot_by_ssrc",
        "slots",
        "transport_cc_id",
        "transport_id",
        "twcc",
        "was_limited",
    )

    def __init__(
        self,
        transport_id: TransportId,
        lines: Sequence[InboundLine],
        slots: Sequence[SlotParameters],
    ) -> None:
        self.transport_id = transport_id
        self.lines = {line.mid: LineState(line) for line in lines}
        self.offered = tuple(slots)
        self.slots: list[OutboundSlot] = []
        self.slot_by_ssrc: dict[int, OutboundSlot] = {}
        self.bindings: dict[int, Binding] = {}
        self.encodings: dict[int, InboundEncoding] = {}
        self.clock = ParticipantClock()
        # All lines of a bundle use the same ids (RFC 9143 §9.2), so the first that has one tells.
        ids = [line.extension_ids for line in lines]
        self.mid_id = next((i.mid for i in ids if i.mid is not None), None)
        self.transport_cc_id = next(
            (i.transport_cc for i in ids if i.transport_cc is not None), None
        )
        self.twcc = ArrivalRecorder()
        self.sent = SentGroups()
        self.losses = Losses()
        self.opener: SrtpReceiver | None = None
        self.sealer: SrtpSender | None = None
        self.encrypt: Encrypt = _refuse
        self.estimate_told_s = float("-inf")
        self.estimate_told_octets = 0
        self.retransmissions_left = MAX_RETRANSMISSIONS_PER_S
        self.repeated_bytes = 0
        self._taken_bytes = 0
        self.pacer: Pacer | None = None
        self.repeats: list[tuple[VideoSlot, int]] = []
        self.was_limited = False

    def use(self, parameters: SlotParameters) -> OutboundSlot:
        """Make one of the offered slots; it must not be there yet."""
        slot: OutboundSlot
        if parameters.kind is Kind.AUDIO:
            slot = voice = AudioSlot(parameters, self)
            if self.losses.is_lossy:
                voice.red = voice.red_payload_type
        else:
            slot = VideoSlot(parameters, self)
        if self.sealer is not None:
            slot.take_keys(self.sealer)
        insort(self.slots, slot, key=_place)
        self.slot_by_ssrc[slot.ssrc] = slot
        return slot

    def forget_slots(self) -> None:
        """Let go of them, who hold this transport: it can die at once, with its keys."""
        self.slots.clear()
        self.slot_by_ssrc.clear()
        self.repeats.clear()

    @property
    def is_connected(self) -> bool:
        return self.sealer is not None

    @property
    def is_numbered(self) -> bool:
        """It gets transport-wide numbers, and reports on them."""
        return self.sent.next_number > 0

    @property
    def has_queued(self) -> bool:
        """Video waits for its turn on the link."""
        return any(isinstance(slot, VideoSlot) and slot.queue for slot in self.slots)

    @property
    def voice_bytes(self) -> int:
        """On the wire, of audio, since the beginning."""
        return sum(
            slot.octets_sent + slot.packets_sent * PACKET_OVERHEAD_BYTES
            for slot in self.slots
            if isinstance(slot, AudioSlot)
        )

    def take_sent(self) -> tuple[int, bool]:
        """Return bytes on the wire since the last call, and whether video was held back."""
        total = self.repeated_bytes
        for slot in self.slots:
            if slot.packets_sent:
                total += slot.octets_sent + slot.packets_sent * PACKET_OVERHEAD_BYTES
        taken, self._taken_bytes = total - self._taken_bytes, total
        limited, self.was_limited = self.was_limited, self.has_queued
        return taken, limited

    def sends_on(self, ssrc: int) -> bool:
        """Say whether an SSRC is that of a slot, or of a slot's retransmissions."""
        return ssrc in self.slot_by_ssrc or any(
            isinstance(slot, VideoSlot) and slot.rtx_ssrc == ssrc for slot in self.slots
        )

    def connect(self, keys: SrtpKeys) -> None:
        """Take the keys of DTLS, and give the slots what they seal with."""
        self.opener = SrtpReceiver(keys.remote_key, keys.remote_salt)
        self.sealer = SrtpSender(keys.local_key, keys.local_salt)
        self.encrypt = self.sealer.encrypt
        for slot in self.slots:
            slot.take_keys(self.sealer)


def _place(slot: OutboundSlot) -> int:
    return slot.parameters.index


def _refuse(_nonce: bytes, _payload: object, _header: object) -> bytes:
    raise CoreMisuse("sealed a packet for a transport that is not connected")
