"""The forwarding table: what actors decide, and what any forwarder must execute.

A forwarder is sans-IO (CONVENTIONS I1). Actors write the table (`add_*`, `point_slot`, …), the
transport shell feeds datagrams (`handle_datagrams`) and time (`handle_timeout`), and after each
of these calls drains `poll_output` until it returns a `Timeout`. Datagrams are SRTP and SRTCP
as they stand on the wire (RFC 3711, RFC 7714): keys live in the forwarder, addresses do not.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import msgspec

from ..ids import SlotId, TrackId, TransportId
from ..media import Codec, Kind, Layer
from ..rtp.arrivals import ArrivalRow


@dataclass(frozen=True, slots=True)
class SrtpKeys:
    """AEAD_AES_128_GCM master keys (16 bytes) and salts (12 bytes) of DTLS (RFC 5764)."""

    local_key: bytes
    local_salt: bytes
    remote_key: bytes
    remote_salt: bytes


class CodecMap(msgspec.Struct, frozen=True, gc=False):
    """How one participant's session description numbers a codec."""

    codec: Codec
    payload_type: int
    rtx_payload_type: int | None
    clock_rate_hz: int
    red_payload_type: int | None = None  # Of Opus with earlier packets (RFC 2198).


class ExtensionIds(msgspec.Struct, frozen=True, gc=False):
    """Header extension ids of one m-line (RFC 8285); None: not negotiated."""

    mid: int | None = None
    rid: int | None = None
    repaired_rid: int | None = None
    abs_send_time: int | None = None
    transport_cc: int | None = None
    audio_level: int | None = None


class InboundLine(msgspec.Struct, frozen=True, gc=False):
    """An m-line on which a participant sends. `rids` lowest encoding first; empty: no simulcast."""

    mid: str
    kind: Kind
    codecs: tuple[CodecMap, ...]
    extension_ids: ExtensionIds
    rids: tuple[str, ...] = ()


class SlotParameters(msgspec.Struct, frozen=True, gc=False):
    """An m-line on which a participant receives, for its whole life on one SSRC."""

    slot_id: SlotId
    index: int  # Among the participant's slots, offer order.
    mid: str
    kind: Kind
    ssrc: int
    rtx_ssrc: int | None  # None: audio.
    codecs: tuple[CodecMap, ...]
    extension_ids: ExtensionIds
    answers_nack: bool = False  # Of audio: lost packets are sent again. Those of video always are.


class Transmit(msgspec.Struct, frozen=True, gc=False):
    """Datagrams for one transport: `data` in pieces of `segment_bytes`, the last may be shorter.

    One UDP GSO send where the kernel has it. `segment_bytes == len(data)`: a single datagram.
    It is made for every train and viewer: a frozen dataclass takes 0.3 µs longer, and the garbage
    collector would have to look at each.
    """

    transport_id: TransportId
    data: bytes | bytearray | memoryview
    segment_bytes: int


class FanOut(msgspec.Struct, frozen=True, gc=False):
    """One datagram for each of many transports: a packet of audio on its way to all listeners.

    Attributes:
        transport_ids: To whom; `datagrams` has as many, in the same order.
    """

    transport_ids: list[TransportId]
    datagrams: list[bytes]


@dataclass(frozen=True, slots=True)
class Timeout:
    """Nothing more to say: call `handle_timeout` at this time at the latest."""

    at_s: float


@dataclass(frozen=True, slots=True)
class SlotSwitched:
    """The first packet of a track (or of another layer of it) was sent in a slot."""

    transport_id: TransportId
    slot_id: SlotId
    track_id: TrackId
    layer: Layer
    rtp_timestamp: int
    track_changed: bool


@dataclass(frozen=True, slots=True)
class RembReported:
    """What a receiver believes its downlink carries (REMB); told at most once a second.

    `sent_bps` is what was sent to it since it was last told: a REMB only reflects what arrives.
    """

    transport_id: TransportId
    remb_bps: int
    sent_bps: int


@dataclass(frozen=True, slots=True)
class AudioHeard:
    """A track was above the voice threshold (RFC 6464) in the last 200 ms; told once per 200 ms."""

    track_id: TrackId
    level_dbov: int  # 0 is loudest, -127 silence; the loudest of the window.


@dataclass(frozen=True, slots=True)
class TrackRates:
    """Measured each second: bits per second of each encoding that flows, lowest first."""

    track_id: TrackId
    codec: Codec
    encoding_bps: tuple[int, ...]  # One for each layer, lowest first; 0: does not flow.


@dataclass(frozen=True, slots=True)
class ReceptionReported:
    """A receiver's report on what we send, worst slot (RFC 3550 §6.4.1)."""

    transport_id: TransportId
    lost_ratio: float
    round_trip_s: float | None


class ArrivalsReported(msgspec.Struct, frozen=True, gc=False):
    """A receiver's transport-wide feedback, matched with what was sent to it, oldest first.

    It comes twenty times a second from every viewer; see `Transmit`.
    """

    transport_id: TransportId
    rows: tuple[ArrivalRow, ...]


Event = SlotSwitched | RembReported | AudioHeard | TrackRates | ReceptionReported | ArrivalsReported
Output = Transmit | FanOut | Event | Timeout


class Forwarder(Protocol):
    """See the module.

    Unknown ids in `remove_*` and `clear_slot` are no-ops, because actors race with ends. The other
    table calls raise `CoreMisuse` for an id that is added twice or was never added.
    """

    # -- transports --------------------------------------------------------------------------
    def add_transport(
        self,
        transport_id: TransportId,
        lines: Sequence[InboundLine],
        slots: Sequence[SlotParameters],
    ) -> None: ...
    def connect_transport(self, transport_id: TransportId, keys: SrtpKeys, now_s: float) -> None:
        """DTLS is up: media may flow; key frames are asked for (facts/webrtc.md 17)."""

    def remove_transport(self, transport_id: TransportId) -> None:
        """Forget it with its tracks and slots; other slots that showed its tracks fall empty."""

    # -- tracks --------------------------------------------------------------------------------
    def add_track(self, track_id: TrackId, transport_id: TransportId, mid: str) -> None:
        """What arrives on this m-line from now on is this track; one at a time for each."""

    def pause_track(self, track_id: TrackId, paused: bool) -> None:
        """Drop everything of a paused track, whatever its sender does (muted, camera off)."""

    def remove_track(self, track_id: TrackId) -> None: ...

    # -- rows ----------------------------------------------------------------------------------
    def point_slot(self, slot_id: SlotId, track_id: TrackId, target: Layer) -> None:
        """Show a track in a slot, at most at this layer; the switch waits for a key frame."""

    def clear_slot(self, slot_id: SlotId, track_id: TrackId | None = None) -> None:
        """Empty a slot; with `track_id` only if it (still) shows that track."""

    def save_data(self, transport_id: TransportId, is_saving: bool) -> None:
        """Send this viewer nothing twice unasked, however much it loses; unknown: a no-op."""

    # -- congestion ----------------------------------------------------------------------------
    def set_pacing(self, transport_id: TransportId, pacing_bps: int) -> None:
        """Send video to this viewer no faster; 0: do not hold it back (how it begins)."""

    def start_probe(
        self,
        transport_id: TransportId,
        probe_id: int,
        *,
        rate_bps: int,
        min_packets: int,
        min_bytes: int,
        duration_s: float,
        now_s: float,
    ) -> None:
        """Send at this rate for a moment, in place of a probe that is still going on.

        It lasts until its duration has passed and as many packets and bytes were sent. What
        waits goes first, then retransmissions of recent packets, padding last; all of it is
        marked with the probe's id in `ArrivalRow`.
        """

    def take_sent(self, transport_id: TransportId) -> tuple[int, bool]:
        """Return bytes of media on the wire since the last call, and whether video was held back.

        An unknown transport has sent nothing.
        """
        ...

    # -- input and output ----------------------------------------------------------------------
    def handle_datagrams(
        self, datagrams: Sequence[tuple[TransportId, bytes]], now_s: float
    ) -> None:
        """Take in what was read in one wake-up; rubbish is counted, never raised."""

    def handle_timeout(self, now_s: float) -> None: ...
    def poll_output(self) -> Output: ...
    def statistics(self) -> "ForwarderStatistics": ...


@dataclass(frozen=True, slots=True)
class ForwarderStatistics:
    """Counters since the start (L4), read at scrape time."""

    transports: int = 0
    tracks: int = 0
    slots: int = 0
    slots_pointed: int = 0
    packets_received: int = 0
    bytes_received: int = 0
    packets_sent: int = 0
    bytes_sent: int = 0
    trains_sent: int = 0
    padding_bytes_sent: int = 0
    packets_lost_inbound: int = 0
    nacks_sent: int = 0
    nacks_received: int = 0
    retransmissions_sent: int = 0
    retransmissions_received: int = 0
    audio_retransmissions_sent: int = 0
    audio_retransmissions_refused: int = 0  # Asked for, too old to be played or not known.
    audio_restored: int = 0  # Lost packets of publishers that were found in the next ones.
    retransmissions_missed: int = 0  # Asked for, no longer in the cache or of use.
    keyframe_requests_sent: int = 0
    keyframe_requests_received: int = 0
    keyframe_requests_suppressed: int = 0
    switches: int = 0
    replays: int = 0  # Slots that began with frames that were kept.
    restarts: int = 0  # Slots that went on at a key frame, because what they lacked was too old.
    dropped_duplicate: int = 0
    dropped_padding_only: int = 0
    dropped_unauthentic: int = 0
    dropped_malformed: int = 0
    dropped_unknown: int = 0  # No track for it (yet).
    runs_held: int = 0  # Frames that waited for their turn on the viewer's link.
    runs_dropped_stale: int = 0  # Of these: waited for so long that they were of no use.
    probe_repeats_sent: int = 0
    probe_padding_packets_sent: int = 0
    packets_sent_redundant: int = 0  # Audio that held earlier packets as well.
    feedback_received: int = 0  # Transport-wide, of viewers.
    feedback_refused: int = 0  # Malformed, or of packets or SSRCs that were never sent.
    feedback_stale: int = 0  # Of nothing that others had not spoken of.
    forward_latency_s_sum: float = 0.0  # Arrival to sealed, over `forward_latency_count` trains.
    forward_latency_count: int = 0
    forward_latency_buckets: tuple[tuple[float, int], ...] = ()  # (upper bound in s, cumulative)
