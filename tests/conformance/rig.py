"""Participants for a forwarder under test: real SRTP by libsrtp on their side, a clock by hand.

Nothing of `engine.rtp` or of the forwarder's inside is used here, only the table API; RTCP is read
and written by aiortc's classes.
"""

import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from aiortc.rtp import (
    RTCP_RTPFB,
    RtcpPacket,
    RtcpPsfbPacket,
    RtcpReceiverInfo,
    RtcpRrPacket,
    RtcpRtpfbPacket,
    RtcpSenderInfo,
    RtcpSrPacket,
    RtpPacket,
    unpack_header_extensions,
)
from conformance.feedback_reader import Feedback, read_feedback
from conformance.feedback_writer import write_feedback
from pylibsrtp import Policy, Session

from emporion.engine.forward.api import (
    CodecMap,
    Event,
    ExtensionIds,
    FanOut,
    Forwarder,
    InboundLine,
    SlotParameters,
    SrtpKeys,
    Timeout,
    Transmit,
)
from emporion.engine.ids import SlotId, TrackId, TransportId
from emporion.engine.media import TOP_LAYER, Codec, Kind, Layer
from emporion.engine.testing.video_packets import (
    Av1Stream,
    FakeStream,
    H264Stream,
    OpusStream,
    Vp8Stream,
    Vp9Stream,
    wrap_rtx,
)

VP8 = CodecMap(Codec.VP8, payload_type=96, rtx_payload_type=97, clock_rate_hz=90_000)
H264 = CodecMap(Codec.H264, payload_type=102, rtx_payload_type=103, clock_rate_hz=90_000)
VP9 = CodecMap(Codec.VP9, payload_type=98, rtx_payload_type=99, clock_rate_hz=90_000)
AV1 = CodecMap(Codec.AV1, payload_type=45, rtx_payload_type=46, clock_rate_hz=90_000)
OPUS = CodecMap(Codec.OPUS, payload_type=111, rtx_payload_type=None, clock_rate_hz=48_000)
# Other numbers than the publishers use: every participant numbers for itself.
VIEWER_VP8 = CodecMap(Codec.VP8, payload_type=120, rtx_payload_type=124, clock_rate_hz=90_000)
VIEWER_H264 = CodecMap(Codec.H264, payload_type=126, rtx_payload_type=127, clock_rate_hz=90_000)
VIEWER_VP9 = CodecMap(Codec.VP9, payload_type=121, rtx_payload_type=125, clock_rate_hz=90_000)
VIEWER_AV1 = CodecMap(Codec.AV1, payload_type=99, rtx_payload_type=100, clock_rate_hz=90_000)
VIEWER_OPUS = CodecMap(Codec.OPUS, payload_type=109, rtx_payload_type=None, clock_rate_hz=48_000)

STREAMS: dict[Codec, type[FakeStream]] = {
    Codec.VP8: Vp8Stream,
    Codec.VP9: Vp9Stream,
    Codec.H264: H264Stream,
    Codec.AV1: Av1Stream,
}
INBOUND_IDS = ExtensionIds(
    mid=9, rid=10, repaired_rid=11, abs_send_time=2, transport_cc=4, audio_level=1
)
SLOT_IDS = ExtensionIds(abs_send_time=3, audio_level=7)
NUMBERED_SLOT_IDS = ExtensionIds(audio_level=7, transport_cc=5)
CAMERA, MICROPHONE = "1", "0"
RIDS = ("l", "m", "h")
TRANSPORT_CC_FORMAT = 15
NTP_EPOCH_S = 3_900_000_000.0


def _session(key: bytes, salt: bytes, *, inbound: bool) -> Session:
    policy = Policy(
        key=key + salt,
        ssrc_type=Policy.SSRC_ANY_INBOUND if inbound else Policy.SSRC_ANY_OUTBOUND,
        srtp_profile=Policy.SRTP_PROFILE_AEAD_AES_128_GCM,
    )
    policy.allow_repeat_tx = True
    policy.window_size = 2048
    return Session(policy)


@dataclass(slots=True)
class Received:
    """One packet as a viewer's receiver sees it."""

    packet: RtpPacket
    wire_bytes: int
    at_s: float
    train: int  # Ordinal of the Transmit that brought it.
    elements: dict[int, bytes]  # Header extensions by id.
    padding_bytes: int

    @property
    def sequence_number(self) -> int:
        return int(self.packet.sequence_number)

    @property
    def rtp_timestamp(self) -> int:
        return int(self.packet.timestamp)

    @property
    def payload(self) -> bytes:
        return bytes(self.packet.payload)

    @property
    def wide_number(self) -> int:
        """The transport-wide sequence number."""
        return int.from_bytes(self.elements[5], "big")


@dataclass(slots=True)
class Peer:
    """One participant: seals what it sends, opens what it gets."""

    rig: "Rig"
    transport_id: TransportId
    ordinal: int
    keys: SrtpKeys = field(init=False)
    packets: list[Received] = field(default_factory=list)
    rtcp: list[Any] = field(default_factory=list)
    feedback: list[Feedback] = field(default_factory=list)
    transmits: list[Transmit] = field(default_factory=list)
    repeats: list[bytes] = field(default_factory=list)  # That came before, octet for octet.
    _seen: set[bytes] = field(default_factory=set)
    _outbound: Session = field(init=False)
    _inbound: Session = field(init=False)

    def __post_init__(self) -> None:
        seed = bytes((self.ordinal,))
        # Local and remote are the forwarder's view.
        self.keys = SrtpKeys(
            local_key=(b"local key" + seed).ljust(16, b"."),
            local_salt=(b"salt" + seed).ljust(12, b"."),
            remote_key=(b"remote key" + seed).ljust(16, b"."),
            remote_salt=(b"tlas" + seed).ljust(12, b"."),
        )
        self._outbound = _session(self.keys.remote_key, self.keys.remote_salt, inbound=False)
        self._inbound = _session(self.keys.local_key, self.keys.local_salt, inbound=True)

    def connect(self) -> None:
        self.rig.forwarder.connect_transport(self.transport_id, self.keys, self.rig.now_s)
        self.rig.drain()

    def seal(self, packet: bytes) -> bytes:
        return bytes(self._outbound.protect(packet))

    def send(self, packets: Iterable[bytes]) -> None:
        """Let the forwarder read these in one wake-up."""
        self.send_raw([self.seal(packet) for packet in packets])

    def send_raw(self, datagrams: Iterable[bytes]) -> None:
        batch = [(self.transport_id, datagram) for datagram in datagrams]
        self.rig.forwarder.handle_datagrams(batch, self.rig.now_s)
        self.rig.drain()

    def send_rtcp(self, *packets: Any) -> None:
        compound = b"".join(bytes(packet) for packet in packets)
        self.send_raw([bytes(self._outbound.protect_rtcp(compound))])

    def take(self, transmit: Transmit, ordinal: int) -> None:
        self.transmits.append(transmit)
        data = bytes(transmit.data)
        for start in range(0, len(data), transmit.segment_bytes):
            datagram = data[start : start + transmit.segment_bytes]
            if 192 <= datagram[1] < 224:
                self._take_rtcp(self._inbound.unprotect_rtcp(datagram))
            elif datagram in self._seen:
                self.repeats.append(datagram)  # Another one with this index is an error here.
            else:
                self._seen.add(datagram)
                self._take_rtp(self._inbound.unprotect(datagram), len(datagram), ordinal)

    def _take_rtcp(self, compound: bytes) -> None:
        while compound:
            size = 4 + 4 * int.from_bytes(compound[2:4], "big")
            packet, compound = compound[:size], compound[size:]
            if packet[1] == RTCP_RTPFB and packet[0] & 0x1F == TRANSPORT_CC_FORMAT:
                self.feedback.append(read_feedback(packet))  # Which aiortc does not read.
            else:
                self.rtcp += RtcpPacket.parse(packet)

    def _take_rtp(self, plain: bytes, wire_bytes: int, ordinal: int) -> None:
        elements: dict[int, bytes] = {}
        if plain[0] & 0x10:
            profile, words = struct.unpack_from(">HH", plain, 12)
            elements = dict(unpack_header_extensions(profile, plain[16 : 16 + 4 * words]))
        padding_bytes = plain[-1] if plain[0] & 0x20 else 0
        self.packets.append(
            Received(
                RtpPacket.parse(plain),
                wire_bytes,
                self.rig.now_s,
                ordinal,
                elements,
                padding_bytes,
            )
        )

    def take_packets(self) -> list[Received]:
        packets, self.packets = self.packets, []
        return packets

    def forget(self) -> None:
        """Let go of all that came: memory is measured."""
        for noted in (self.packets, self.rtcp, self.feedback, self.transmits, self.repeats):
            noted.clear()
        self._seen.clear()

    def rtcp_of(self, kind: type[Any], fmt: int | None = None) -> list[Any]:
        return [p for p in self.rtcp if type(p) is kind and (fmt is None or p.fmt == fmt)]

    @property
    def plis(self) -> list[Any]:
        return self.rtcp_of(RtcpPsfbPacket, 1)

    @property
    def nacks(self) -> list[Any]:
        return self.rtcp_of(RtcpRtpfbPacket, 1)


class Publisher(Peer):
    """Sends a camera in one or more encodings and a microphone; its tracks are added at once."""

    __slots__ = ("audio_track", "clock_ahead_s", "encodings", "microphone", "rtx", "video_track")

    def publish(self, *, rids: Sequence[str], codec: CodecMap) -> None:
        number = self.ordinal
        self.clock_ahead_s = 0.0
        self.video_track = TrackId(f"TR_video{number}")
        self.audio_track = TrackId(f"TR_audio{number}")
        stream = STREAMS[codec.codec]
        self.encodings: list[Any] = []
        self.rtx: list[FakeStream] = []
        for index in range(max(1, len(rids))):
            ids = {9: CAMERA.encode()}
            rtx_ids = {9: CAMERA.encode()}
            if rids:
                ids[10] = rtx_ids[11] = rids[index].encode()
            ssrc = number * 1000 + index * 10
            self.encodings.append(
                stream(
                    ssrc=ssrc,
                    payload_type=codec.payload_type,
                    sequence_number=1000 * (index + 1),
                    rtp_timestamp=1_000_000 * number + 77 * index,
                    extensions=ids,
                )
            )
            rtx_payload_type = codec.rtx_payload_type or 0
            self.rtx.append(
                FakeStream(ssrc=ssrc + 1, payload_type=rtx_payload_type, extensions=rtx_ids)
            )
        self.microphone = OpusStream(
            ssrc=number * 1000 + 500,
            payload_type=OPUS.payload_type,
            rtp_timestamp=7_000_000 * number,
            extensions={9: MICROPHONE.encode()},
            level_id=1,
        )
        forwarder = self.rig.forwarder
        forwarder.add_track(self.video_track, self.transport_id, CAMERA)
        forwarder.add_track(self.audio_track, self.transport_id, MICROPHONE)
        self.rig.drain()

    def send_frame(self, index: int = 0, **options: Any) -> list[bytes]:
        packets: list[bytes] = self.encodings[index].frame(**options)
        self.send(packets)
        return packets

    def send_frames(self, count: int, *, interval_s: float = 0.033, **options: Any) -> None:
        """Send frames of every encoding, the way a browser does."""
        for _ in range(count):
            for index in range(len(self.encodings)):
                self.send_frame(index, **options)
            self.rig.advance(interval_s)

    def speak(self, **options: Any) -> None:
        self.send([self.microphone.next_packet(**options)])

    def send_rtx(self, index: int, packets: Iterable[bytes]) -> None:
        self.send([wrap_rtx(packet, stream=self.rtx[index]) for packet in packets])

    def report(self, stream: Any) -> None:
        """Send a sender report: `stream`'s present timestamp is captured now, on our own clock."""
        ntp_s = NTP_EPOCH_S + self.rig.now_s + self.clock_ahead_s
        info = RtcpSenderInfo(
            ntp_timestamp=int(ntp_s * 2**32),
            rtp_timestamp=stream.rtp_timestamp,
            packet_count=1,
            octet_count=100,
        )
        self.send_rtcp(RtcpSrPacket(ssrc=stream.ssrc, sender_info=info))


class Viewer(Peer):
    """Receives in slots; `slots` in offer order, audio first."""

    __slots__ = ("slots",)

    slots: tuple[SlotParameters, ...]

    def slot(self, kind: Kind, index: int = 0) -> SlotParameters:
        return [slot for slot in self.slots if slot.kind is kind][index]

    @property
    def video(self) -> SlotParameters:
        return self.slot(Kind.VIDEO)

    @property
    def audio(self) -> SlotParameters:
        return self.slot(Kind.AUDIO)

    def watch(
        self, publisher: Publisher, target: Layer = TOP_LAYER, *, slot: SlotId | None = None
    ) -> None:
        slot_id = self.video.slot_id if slot is None else slot
        self.rig.forwarder.point_slot(slot_id, publisher.video_track, target)
        self.rig.drain()

    def listen(self, publisher: Publisher, *, slot: SlotId | None = None) -> None:
        slot_id = self.audio.slot_id if slot is None else slot
        self.rig.forwarder.point_slot(slot_id, publisher.audio_track, TOP_LAYER)
        self.rig.drain()

    def received(self, slot: SlotParameters | None = None, *, rtx: bool = False) -> list[Received]:
        """Return what came in a slot so far, in order of sending."""
        slot = slot or self.video
        ssrc = slot.rtx_ssrc if rtx else slot.ssrc
        return [received for received in self.packets if received.packet.ssrc == ssrc]

    def report(
        self, slot: SlotParameters, *, fraction_lost: int = 0, lsr: int = 0, dlsr: int = 0
    ) -> None:
        block = RtcpReceiverInfo(
            ssrc=slot.ssrc,
            fraction_lost=fraction_lost,
            packets_lost=0,
            highest_sequence=0,
            jitter=0,
            lsr=lsr,
            dlsr=dlsr,
        )
        self.send_rtcp(RtcpRrPacket(ssrc=1, reports=[block]))

    def report_arrivals(
        self,
        base: int,
        arrivals_ms: Sequence[float | None],
        *,
        reference_time: int = 100,
        media_ssrc: int | None = None,
    ) -> None:
        """Tell when the packets from a transport-wide number on came, after the reference time."""
        ssrc = self.video.ssrc if media_ssrc is None else media_ssrc
        self.send_rtcp(
            write_feedback(base, arrivals_ms, reference_time=reference_time, media_ssrc=ssrc)
        )

    def nack(self, slot: SlotParameters, lost: list[int]) -> None:
        self.send_rtcp(RtcpRtpfbPacket(fmt=1, ssrc=1, media_ssrc=slot.ssrc, lost=sorted(lost)))

    def pli(self, slot: SlotParameters) -> None:
        self.send_rtcp(RtcpPsfbPacket(fmt=1, ssrc=1, media_ssrc=slot.ssrc))


class Rig:
    """A forwarder, its participants and the time."""

    def __init__(self, forwarder: Forwarder) -> None:
        self.forwarder = forwarder
        self.now_s = 5000.0
        self.events: list[Event] = []
        self.next_due_s = 0.0
        self._peers: dict[TransportId, Peer] = {}
        self._transmits = 0

    def publisher(
        self,
        *,
        rids: Sequence[str] = RIDS,
        codec: CodecMap = VP8,
        connected: bool = True,
        opus: CodecMap = OPUS,
    ) -> Publisher:
        publisher = Publisher(self, self._next_id(), len(self._peers) + 1)
        lines = (
            InboundLine(MICROPHONE, Kind.AUDIO, (opus,), INBOUND_IDS),
            InboundLine(CAMERA, Kind.VIDEO, (VP8, H264, VP9, AV1), INBOUND_IDS, tuple(rids)),
        )
        self._add(publisher, lines, ())
        if connected:
            publisher.connect()
        publisher.publish(rids=rids, codec=codec)
        return publisher

    def viewer(
        self,
        *,
        video: int = 1,
        audio: int = 1,
        connected: bool = True,
        codecs: tuple[CodecMap, ...] = (VIEWER_VP8, VIEWER_H264, VIEWER_VP9, VIEWER_AV1),
        numbered: bool = False,
        opus: CodecMap = VIEWER_OPUS,
        audio_nack: bool = False,
    ) -> Viewer:
        """Add a viewer; `numbered`: it negotiated transport-wide congestion control."""
        viewer = Viewer(self, self._next_id(), len(self._peers) + 1)
        kinds = [Kind.AUDIO] * audio + [Kind.VIDEO] * video
        viewer.slots = tuple(
            SlotParameters(
                slot_id=SlotId(f"SL_{viewer.ordinal}_{index}"),
                index=index,
                mid=str(10 + index),
                kind=kind,
                ssrc=0xAB00_0000 + viewer.ordinal * 4096 + index * 2,
                rtx_ssrc=None
                if kind is Kind.AUDIO
                else 0xAB00_0000 + viewer.ordinal * 4096 + index * 2 + 1,
                codecs=(opus,) if kind is Kind.AUDIO else codecs,
                extension_ids=NUMBERED_SLOT_IDS if numbered else SLOT_IDS,
                answers_nack=audio_nack and kind is Kind.AUDIO,
            )
            for index, kind in enumerate(kinds)
        )
        self._add(viewer, (), viewer.slots)
        if connected:
            viewer.connect()
        return viewer

    def _next_id(self) -> TransportId:
        return TransportId(f"TP_{len(self._peers) + 1}")

    def _add(
        self, peer: Peer, lines: Sequence[InboundLine], slots: Sequence[SlotParameters]
    ) -> None:
        self._peers[peer.transport_id] = peer
        self.forwarder.add_transport(peer.transport_id, lines, slots)
        self.drain()

    def drain(self) -> None:
        """Poll until the forwarder has nothing more to say."""
        while not isinstance(output := self.forwarder.poll_output(), Timeout):
            if isinstance(output, Transmit):
                self._transmits += 1
                self._peers[output.transport_id].take(output, self._transmits)
            elif isinstance(output, FanOut):
                for transport_id, data in zip(output.transport_ids, output.datagrams, strict=True):
                    self._transmits += 1
                    transmit = Transmit(transport_id, data, len(data))
                    self._peers[transport_id].take(transmit, self._transmits)
            else:
                self.events.append(output)
        self.next_due_s = output.at_s

    def advance(self, seconds: float) -> None:
        """Let time pass, calling the forwarder when it asked to be called."""
        end_s = self.now_s + seconds
        while self.next_due_s <= end_s:
            assert self.next_due_s > self.now_s - 10, "the forwarder asks for the past"
            self.now_s = max(self.now_s, self.next_due_s)
            before_s = self.next_due_s
            self.forwarder.handle_timeout(self.now_s)
            self.drain()
            assert self.next_due_s > before_s or self.next_due_s > self.now_s, "no progress"
        self.now_s = end_s

    def events_of(self, kind: type[Any]) -> list[Any]:
        return [event for event in self.events if type(event) is kind]
