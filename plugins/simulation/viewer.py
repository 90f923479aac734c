"""A model of somebody who watches, behind a link: receives, repairs, reports, as a browser does."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from ...engine.forward.api import CodecMap, ExtensionIds, SlotParameters, SrtpKeys
from ...engine.ids import ParticipantId, SlotId, TransportId
from ...engine.media import Codec, Kind
from ...engine.rtp.extensions import read_transport_cc
from ...engine.rtp.packet import RtpPacket, is_rtcp
from ...engine.rtp.reports import MAX_BLOCKS
from ...engine.rtp.rtcp import (
    Nack,
    PictureLoss,
    ReceiverReport,
    ReportBlock,
    SenderReport,
    build_compound,
    ntp_middle,
    parse_compound,
)
from ...engine.rtp.rtx import unwrap_payload
from ...engine.rtp.srtp import SrtpReceiver
from ...engine.rtp.twcc import FEEDBACK_INTERVAL_S, ArrivalRecorder
from .encoder import read_packet
from .sealing import Sealing, make_keys
from .slot_receiver import SlotReceiver
from .virtual_time import VirtualTime
from .voice_slot import VoiceSlot

VP8: Final = CodecMap(Codec.VP8, payload_type=120, rtx_payload_type=124, clock_rate_hz=90_000)
OPUS: Final = CodecMap(
    Codec.OPUS,
    payload_type=109,
    rtx_payload_type=None,
    clock_rate_hz=48_000,
    red_payload_type=63,
)
IDS: Final = ExtensionIds(abs_send_time=3, transport_cc=5, audio_level=7)
OWN_SSRC: Final = 1
REPAIR_INTERVAL_S: Final = 0.02
REPORT_INTERVAL_S: Final = 1.0
FIRST_ROUND_TRIP_S: Final = 0.1


@dataclass(slots=True)
class Viewer:
    """One participant; `send` is given what goes up its link."""

    participant_id: ParticipantId
    transport_id: TransportId
    time: VirtualTime
    send: Callable[[bytes], None]
    number: int
    audio_slots: int
    video_slots: int
    keys: SrtpKeys = field(init=False)
    slots: tuple[SlotParameters, ...] = field(init=False)
    _sealing: Sealing = field(init=False)
    _opener: SrtpReceiver = field(init=False)
    voices: dict[int, VoiceSlot] = field(default_factory=dict)  # By slot.
    videos: dict[int, SlotReceiver] = field(default_factory=dict)
    round_trip_s: float = FIRST_ROUND_TRIP_S
    _by_ssrc: dict[int, SlotParameters] = field(default_factory=dict)
    _repairs: dict[int, SlotParameters] = field(default_factory=dict)
    _arrivals: ArrivalRecorder = field(default_factory=ArrivalRecorder)
    _last_sr: dict[int, tuple[int, float]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.keys = make_keys(self.number)
        self._sealing = Sealing(self.keys.remote_key, self.keys.remote_salt)
        self._opener = SrtpReceiver(self.keys.local_key, self.keys.local_salt)
        kinds = [Kind.AUDIO] * self.audio_slots + [Kind.VIDEO] * self.video_slots
        self.slots = tuple(self._slot(index, kind) for index, kind in enumerate(kinds))
        for slot in self.slots:
            self._by_ssrc[slot.ssrc] = slot
            if slot.rtx_ssrc is None:
                self.voices[slot.index] = VoiceSlot()
            else:
                self._repairs[slot.rtx_ssrc] = slot
                self.videos[slot.index] = SlotReceiver()
        self.time.every(FEEDBACK_INTERVAL_S, self._send_feedback)
        self.time.every(REPAIR_INTERVAL_S, self._send_wishes)
        self.time.every(REPORT_INTERVAL_S, self._send_report)

    def take(self, datagram: bytes) -> None:
        """Take in what came down the link."""
        if is_rtcp(datagram):
            self._take_rtcp(datagram)
            return
        plain = self._opener.open_rtp(datagram)
        packet = None if plain is None else RtpPacket.parse(plain)
        if packet is None:
            return
        number = read_transport_cc(packet.extension(IDS.transport_cc or 0))
        if number is not None:
            self._arrivals.record(number, self.time.now_s())
        self._take_media(packet)

    def _slot(self, index: int, kind: Kind) -> SlotParameters:
        ssrc = 0x1000_0000 + self.number * 4096 + index * 2
        is_audio = kind is Kind.AUDIO
        return SlotParameters(
            slot_id=SlotId(f"SL_{self.number}_{index}"),
            index=index,
            mid=str(10 + index),
            kind=kind,
            ssrc=ssrc,
            rtx_ssrc=None if is_audio else ssrc + 1,
            codecs=(OPUS,) if is_audio else (VP8,),
            extension_ids=IDS,
        )

    def _take_media(self, packet: RtpPacket) -> None:
        now_s = self.time.now_s()
        slot = self._by_ssrc.get(packet.ssrc)
        repaired = self._repairs.get(packet.ssrc)
        if slot is not None and slot.kind is Kind.AUDIO:
            is_red = packet.payload_type == OPUS.red_payload_type
            voice = self.voices[slot.index]
            voice.take(packet.sequence_number, packet.payload, now_s, is_red=is_red)
        elif slot is not None:
            piece = read_packet(packet.payload)
            if piece is not None:
                self.videos[slot.index].take(packet.sequence_number, piece, now_s)
        elif repaired is not None:
            original = unwrap_payload(packet.payload)
            piece = None if original is None else read_packet(original[1])
            if original is not None and piece is not None:
                self.videos[repaired.index].take_repaired(original[0], piece, now_s)

    def _take_rtcp(self, datagram: bytes) -> None:
        plain = self._opener.open_rtcp(datagram)
        for packet in () if plain is None else parse_compound(plain).packets:
            if isinstance(packet, SenderReport):
                self._last_sr[packet.ssrc] = (ntp_middle(packet.ntp_time), self.time.now_s())

    def _send_feedback(self) -> None:
        for feedback in self._arrivals.take_feedback(OWN_SSRC, self.slots[0].ssrc):
            self.send(self._sealing.seal_rtcp(build_compound([feedback])))

    def _send_wishes(self) -> None:
        now_s = self.time.now_s()
        wishes: list[Nack | PictureLoss] = []
        for index, receiver in self.videos.items():
            ssrc = self.slots[index].ssrc
            lost = receiver.nacks(now_s, self.round_trip_s)
            if lost:
                wishes.append(Nack(OWN_SSRC, ssrc, lost))
            if receiver.wants_keyframe(now_s):
                wishes.append(PictureLoss(OWN_SSRC, ssrc))
        if wishes:
            self.send(self._sealing.seal_rtcp(build_compound(wishes)))

    def _send_report(self) -> None:
        blocks = [self._block(ssrc, *told) for ssrc, told in self._last_sr.items()]
        if blocks:
            report = ReceiverReport(OWN_SSRC, tuple(blocks[:MAX_BLOCKS]))
            self.send(self._sealing.seal_rtcp(build_compound([report])))

    def _block(self, ssrc: int, last_sr: int, told_s: float) -> ReportBlock:
        delay = round((self.time.now_s() - told_s) * 65_536)
        return ReportBlock(
            ssrc=ssrc,
            fraction_lost=0,
            packets_lost=0,
            highest_sequence=0,
            jitter=0,
            last_sr=last_sr,
            delay_since_last_sr=delay,
        )
