"""One participant's transport as the forwarder sees it: keys, lines, slots, and SSRCs."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from ..errors import CoreMisuse
from ..ids import TransportId
from ..media import Kind
from ..rtp.srtp import Encrypt, SrtpReceiver, SrtpSender
from ..rtp.twcc import ArrivalRecorder
from .api import CodecMap, InboundLine, SlotParameters, SrtpKeys
from .encoding import InboundEncoding
from .outbound_slot import AudioSlot, OutboundSlot, VideoSlot
from .published_track import PublishedTrack
from .timestamp_line import ParticipantClock

MAX_RETRANSMISSIONS_PER_S: Final = 1000  # To one viewer; 2.5 times the packets of 4 Mbit/s.
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


class LineState:
    """An m-line on which the participant sends, indexed for the hot path."""

    __slots__ = ("line", "meanings", "track")

    def __init__(self, line: InboundLine) -> None:
        self.line = line
        self.track: PublishedTrack | None = None
        self.meanings: dict[int, PayloadMeaning] = {}
        for codec in line.codecs:
            self.meanings[codec.payload_type] = PayloadMeaning(codec, is_rtx=False)
            if codec.rtx_payload_type is not None:
                self.meanings[codec.rtx_payload_type] = PayloadMeaning(codec, is_rtx=True)


class TransportState:
    """See the module.

    Attributes:
        lines: By mid.
        slots: In offer order.
        slot_by_ssrc: Media SSRC → slot, for reports and feedback about what we send.
        bindings: SSRC → what it stands for, learned from mid and rid.
        encodings: SSRC → encoding of a present track; the hot path's short cut.
        opener: None until DTLS is up, as is `sealer`.
        twcc: What came in since the last feedback (transport-wide congestion control).
        clock: The participant's NTP clock against ours.
        retransmissions_left: In the present second.
    """

    __slots__ = (
        "bindings",
        "clock",
        "encodings",
        "encrypt",
        "estimate_told_octets",
        "estimate_told_s",
        "lines",
        "mid_id",
        "opener",
        "retransmissions_left",
        "sealer",
        "slot_by_ssrc",
        "slots",
        "transport_cc_id",
        "transport_id",
        "twcc",
    )

    def __init__(
        self,
        transport_id: TransportId,
        lines: Sequence[InboundLine],
        slots: Sequence[SlotParameters],
    ) -> None:
        self.transport_id = transport_id
        self.lines = {line.mid: LineState(line) for line in lines}
        self.slots: list[OutboundSlot] = [
            AudioSlot(s, self) if s.kind is Kind.AUDIO else VideoSlot(s, self) for s in slots
        ]
        self.slot_by_ssrc = {slot.ssrc: slot for slot in self.slots}
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
        self.opener: SrtpReceiver | None = None
        self.sealer: SrtpSender | None = None
        self.encrypt: Encrypt = _refuse
        self.estimate_told_s = float("-inf")
        self.estimate_told_octets = 0
        self.retransmissions_left = MAX_RETRANSMISSIONS_PER_S

    @property
    def is_connected(self) -> bool:
        return self.sealer is not None

    def connect(self, keys: SrtpKeys) -> None:
        """Take the keys of DTLS, and give the slots what they seal with."""
        self.opener = SrtpReceiver(keys.remote_key, keys.remote_salt)
        self.sealer = SrtpSender(keys.local_key, keys.local_salt)
        self.encrypt = self.sealer.encrypt
        for slot in self.slots:
            slot.nonce_base = self.sealer.nonce_base(slot.ssrc)
            if isinstance(slot, VideoSlot) and slot.rtx_ssrc is not None:
                slot.rtx_nonce_base = self.sealer.nonce_base(slot.rtx_ssrc)


def _refuse(_nonce: bytes, _payload: object, _header: object) -> bytes:
    raise CoreMisuse("sealed a packet for a transport that is not connected")
