"""The state of one slot: what it shows, and how the source's numbers become the slot's own."""

from array import array
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ..ids import TrackId
from ..media import Codec, Kind, Layer
from ..rtp.srtp import SrtpSender
from .api import SlotParameters
from .header_extensions import extension_key
from .layer_selector import LayerSelector
from .patience import Patience
from .sent_history import SentHistory, SentRun
from .sequence_map import SequenceMap
from .timestamp_line import TimestampLine
from .voice_history import empty_words

if TYPE_CHECKING:
    from .encoding import InboundEncoding
    from .published_track import PublishedTrack
    from .source_run import SourceRun
    from .transport_state import TransportState

_CLOCK_RATE_HZ: Final = {Kind.AUDIO: 48_000, Kind.VIDEO: 90_000}
FIRST_SEQUENCE_MASK: Final = 0x3FFF  # RFC 3711 §3.3.1 wants to start below 2**15.
KEYFRAME_S: Final = 0.1  # Two frames: longer on the link, and a key frame is seen to be one.
PICTURE_ID_MASK: Final = 0x7FFF
TL0_MASK: Final = 0xFF


class OutboundSlot:
    """What audio and video slots share.

    Attributes:
        track: What the table says to show; None: empty.
        encoding: What is on the wire; None: nothing yet, or no longer.
        shown: The track that was on the wire last, for `SlotSwitched.track_changed`.
        red: Payload type of redundant audio while it is used, because packets get lost.
        sent_words: What it takes to send packets of audio again, see `voice_history`; None: they
            are not asked for, or nothing was sent.
        sequence: Source's sequence numbers → unwrapped outbound ones, which are SRTP indices
            as well (RFC 3711 §3.3.1: 2**16 * ROC + SEQ).
        nonce_base: SRTP salt and SSRC; with an index it is the nonce (RFC 7714 §8.1).
    """

    __slots__ = (
        "codec",
        "encoding",
        "extension_key",
        "is_audio",
        "line",
        "nonce_base",
        "octets_sent",
        "packets_sent",
        "parameters",
        "payload_type",
        "payload_types",
        "red",
        "sent_words",
        "sequence",
        "shown",
        "slot_id",
        "ssrc",
        "track",
        "transport",
    )

    def __init__(self, parameters: SlotParameters, transport: "TransportState") -> None:
        self.parameters = parameters
        self.slot_id = parameters.slot_id
        self.transport = transport
        self.is_audio = parameters.kind is Kind.AUDIO
        self.ssrc = parameters.ssrc
        self.payload_types = {c.codec: c.payload_type for c in parameters.codecs}
        self.extension_key = extension_key(parameters.extension_ids, is_audio=self.is_audio)
        self.sequence = SequenceMap(parameters.ssrc & FIRST_SEQUENCE_MASK)
        self.line = TimestampLine(parameters.ssrc, _CLOCK_RATE_HZ[parameters.kind])
        self.nonce_base = 0
        self.track: PublishedTrack | None = None
        self.encoding: InboundEncoding | None = None
        self.shown: TrackId | None = None
        self.codec: Codec | None = None
        self.payload_type = 0
        self.red: int | None = None
        self.sent_words: array[int] | None = None
        self.packets_sent = 0
        self.octets_sent = 0

    def take_keys(self, sealer: SrtpSender) -> None:
        """Take what it needs to seal."""
        self.nonce_base = sealer.nonce_base(self.ssrc)

    def point(self, track: "PublishedTrack") -> None:
        """Take another track to show; what is on the wire stays until the track's first packet."""
        self.track = track

    def leave(self) -> None:
        """Send nothing more of what is on the wire."""
        if self.encoding is not None:
            self.encoding.viewers.pop(self, None)
            self.encoding = None

    def enter(self, encoding: "InboundEncoding", codec: Codec, first_sequence: int) -> None:
        """Send this encoding from `first_sequence` on, in place of what was on the wire."""
        self.leave()
        self.encoding = encoding
        encoding.viewers[self] = None
        self.codec = codec
        self.payload_type = self.payload_types[codec]
        self.sequence.restart(first_sequence)


class AudioSlot(OutboundSlot):
    """A slot for voices.

    Attributes:
        red_payload_type: Of redundant audio, as negotiated.
        skipped: Packets of a new speaker left out by the snap rule.
    """

    __slots__ = ("last_duration", "red_payload_type", "skipped")

    def __init__(self, parameters: SlotParameters, transport: "TransportState") -> None:
        super().__init__(parameters, transport)
        self.red_payload_type = next(
            (c.red_payload_type for c in parameters.codecs if c.red_payload_type is not None), None
        )
        self.skipped = 0
        self.last_duration = 960

    def enter(self, encoding: "InboundEncoding", codec: Codec, first_sequence: int) -> None:
        super().enter(encoding, codec, first_sequence)
        if self.parameters.answers_nack:
            self.sent_words = empty_words()  # Those of the speaker before cannot be made again.


@dataclass(slots=True)
class QueuedRun:
    """A run that waits for its turn on the viewer's link, numbered but not sealed.

    Attributes:
        train: The first of the run's trains of which something waits; `packet` of it is next.
    """

    run: "SourceRun"
    sent_run: SentRun
    queued_at_s: float
    train: int = 0
    packet: int = 0

    @property
    def next_index(self) -> int:
        """Outbound number of the first packet that was not sent."""
        return self.sent_run.first + self.run.trains[self.train].first + self.packet

    def note_released(self, packets: int) -> bool:
        """Go on behind packets of the present train that were sent; True: it was the last one."""
        self.packet += packets
        if self.packet == len(self.run.trains[self.train].packets):
            self.train, self.packet = self.train + 1, 0
        return self.train == len(self.run.trains)


class VideoSlot(OutboundSlot):
    """A slot for pictures.

    Attributes:
        pictures: Source's unwrapped PictureIDs → the slot's; like `sequence`.
        tl0_shift: Outbound minus inbound TL0PICIDX.
        spatial: Highest spatial layer of an SVC stream on the wire; others have but 0.
        keyframe_sequence: Outbound number of the last key frame's first packet; 0: there was none.
        patience: How often its viewer may have a key frame made.
        queue: Runs that wait for their turn on the viewer's link, oldest first.
        rtx_sequence: Next sequence number, unwrapped, of the retransmission stream.
    """

    __slots__ = (
        "history",
        "keyframe_sequence",
        "last_tl0",
        "patience",
        "pictures",
        "queue",
        "rtx_nonce_base",
        "rtx_payload_types",
        "rtx_sequence",
        "rtx_ssrc",
        "selector",
        "spatial",
        "tl0_shift",
    )

    def __init__(self, parameters: SlotParameters, transport: "TransportState") -> None:
        super().__init__(parameters, transport)
        self.selector = LayerSelector(Layer(spatial=0, temporal=0))
        self.history = SentHistory()
        self.queue: list[QueuedRun] = []
        self.pictures = SequenceMap(parameters.ssrc & FIRST_SEQUENCE_MASK)
        self.spatial = 0
        self.keyframe_sequence = 0
        self.tl0_shift = 0
        self.last_tl0 = 0
        self.patience = Patience()
        self.rtx_ssrc = parameters.rtx_ssrc
        self.rtx_sequence = (parameters.rtx_ssrc or 0) & FIRST_SEQUENCE_MASK
        self.rtx_nonce_base = 0
        self.rtx_payload_types = {
            c.payload_type: c.rtx_payload_type
            for c in parameters.codecs
            if c.rtx_payload_type is not None
        }

    def take_keys(self, sealer: SrtpSender) -> None:
        super().take_keys(sealer)
        if self.rtx_ssrc is not None:
            self.rtx_nonce_base = sealer.nonce_base(self.rtx_ssrc)

    @property
    def layer(self) -> int:
        """Index of the encoding, or of the spatial layer, on the wire; 0 if there is none."""
        if self.encoding is None:
            return 0
        return self.encoding.index if self.encoding.layers is None else self.spatial

    @property
    def feels_keyframe(self) -> bool:
        """The next key frame of what it shows would be seen to be one: late, or with a gap."""
        if self.encoding is None:
            return False
        transport = self.transport
        rate_bps = 0 if transport.pacer is None else transport.pacer.rate_bps
        is_slow = 0 < rate_bps * KEYFRAME_S < 8 * self.encoding.kept.keyframe_bytes
        return is_slow or transport.losses.is_lossy

    def point(self, track: "PublishedTrack") -> None:
        super().point(track)
        self.selector.lose()  # What it says of encodings is about the track before.
        if not track.may_be_shown_in(self):
            self.leave()  # Rather nothing than the wrong picture for ever (slots-firefox.md §4.4).

    def leave(self) -> None:
        super().leave()
        self.selector.lose()
        if self.queue:
            self._give_up_queue()

    def _give_up_queue(self) -> None:
        """Forget what waits. Its numbers are given again, so that nobody misses it.

        Only those behind which nothing was sent: a repaired run stands among older numbers.
        """
        first = self.sequence.next_output
        while self.queue:
            waiting = self.queue.pop()
            sent_run = waiting.sent_run
            if sent_run.first + sent_run.packets == first:
                first = waiting.next_index
        self.sequence.give_back(first)
