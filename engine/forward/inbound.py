"""Media as it comes in: opened, recognised, unwrapped, freed of duplicates and padding.

A publisher's lost audio is not asked for again: browsers have no RTX for it and would seal the same
SRTP index anew under another header, and AES-GCM breaks when a nonce returns (RFC 7714 §8.1). They
send each packet twice instead (RFC 2198), and what was lost is taken out of the next one.
"""

from typing import Final

from ..media import Codec
from ..rtp.extensions import read_audio_level, read_transport_cc
from ..rtp.packet import RtpPacket
from ..rtp.payloads.describe import describe
from ..rtp.payloads.descriptor import OPAQUE
from ..rtp.payloads.opus import duration
from ..rtp.payloads.red import GENERATIONS, EarlierPacket, read_red
from ..rtp.rtx import unwrap_payload
from .audio_forwarding import forward_audio, resume_audio
from .encoding import InboundEncoding
from .forwarder_state import ForwarderState
from .published_track import PublishedTrack
from .source_binding import find_binding, find_encoding
from .source_run import SourcePacket
from .transport_state import TransportState
from .video_forwarding import forward_run

VOICE_THRESHOLD_DBOV: Final = (
    -50
)  # Quieter is the noise of a room (RFC 6464; quiet voices reach -45).


def handle_rtp(state: ForwarderState, transport: TransportState, data: bytes, now_s: float) -> None:
    """Take in one SRTP packet. Nothing that a peer sends raises."""
    counters = state.counters
    counters.packets_received += 1
    counters.bytes_received += len(data)
    packet = _open(state, transport, data)
    if packet is None:
        return
    _note_arrival(state, transport, packet, now_s)
    binding = find_binding(transport, packet)
    line = None if binding is None else transport.lines[binding.mid]
    meaning = None if line is None else line.meanings.get(packet.payload_type)
    track = None if line is None else line.track
    if binding is None or meaning is None or track is None:
        counters.dropped_unknown += 1
        return
    if meaning.is_rtx:
        _handle_rtx(state, track, binding.index, packet, meaning.codec.codec, now_s)
        return
    encoding = find_encoding(
        transport, track, index=binding.index, ssrc=packet.ssrc, codec=meaning.codec
    )
    size_bytes = len(data)
    if meaning.is_red and packet.payload:
        parts = read_red(meaning.codec.payload_type, packet.timestamp, packet.payload)
        if parts is None:
            counters.dropped_malformed += 1
            return
        earlier, present = parts
        _restore_lost(state, encoding, packet, earlier, now_s)
        size_bytes -= len(packet.payload) - len(present)  # Who listens is not sent that.
        packet = packet.holding(packet.sequence_number, packet.timestamp, present)
    sequence = encoding.take(packet.sequence_number, now_s)
    if sequence is None:
        counters.dropped_duplicate += 1
        return
    encoding.reception.received(sequence, packet.timestamp, now_s)
    encoding.bytes_received += size_bytes
    _accept(state, encoding, packet, sequence, packet.payload, meaning.codec.codec, now_s)


def _restore_lost(
    state: ForwarderState,
    encoding: InboundEncoding,
    packet: RtpPacket,
    earlier: list[EarlierPacket],
    now_s: float,
) -> None:
    """Take in those before this packet that did not come, in order, as if they just had.

    Only so many: else one small packet of a stranger would make many for every listener.
    """
    useful = earlier[-GENERATIONS:]
    for back, lost in zip(range(len(useful), 0, -1), useful, strict=True):
        number = packet.sequence_number - back & 0xFFFF
        if not lost.payload or not encoding.lacks(number):
            continue
        sequence = encoding.take(number, now_s)
        if sequence is not None:
            state.counters.audio_restored += 1
            restored = packet.holding(number, lost.rtp_timestamp, lost.payload, marker=False)
            _accept(state, encoding, restored, sequence, lost.payload, Codec.OPUS, now_s)


def _open(state: ForwarderState, transport: TransportState, data: bytes) -> RtpPacket | None:
    plain = None if transport.opener is None else transport.opener.open_rtp(data)
    if plain is None:
        state.counters.dropped_unauthentic += 1
        return None
    packet = RtpPacket.parse(plain)
    if packet is None:
        state.counters.dropped_malformed += 1
    return packet


def _note_arrival(
    state: ForwarderState, transport: TransportState, packet: RtpPacket, now_s: float
) -> None:
    """Note every authentic packet: its sender's bandwidth estimate lives on it."""
    state.active[transport] = None
    if transport.transport_cc_id is not None:
        number = read_transport_cc(packet.extension(transport.transport_cc_id))
        if number is not None:
            transport.twcc.record(number, now_s)


def _handle_rtx(
    state: ForwarderState,
    track: PublishedTrack,
    index: int,
    packet: RtpPacket,
    codec: Codec,
    now_s: float,
) -> None:
    """Unwrap a retransmission (RFC 4588 §4). Senders also probe with copies and with padding."""
    counters = state.counters
    counters.retransmissions_received += 1
    original = unwrap_payload(packet.payload)
    if original is None:
        counters.dropped_padding_only += 1
        return
    encoding = track.encodings[index]
    if encoding is None:
        counters.dropped_unknown += 1  # Came before its media: a probe.
        return
    sequence_number, payload = original
    sequence = encoding.take(sequence_number, now_s)
    if sequence is None:
        counters.dropped_duplicate += 1
        return
    _accept(state, encoding, packet, sequence, payload, codec, now_s)


def _accept(
    state: ForwarderState,
    encoding: InboundEncoding,
    packet: RtpPacket,
    sequence: int,
    payload: bytes,
    codec: Codec,
    now_s: float,
) -> None:
    """Pass on what came for the first time, as media or out of a retransmission."""
    track = encoding.track
    if encoding.missing:
        state.missing[encoding] = None
    descriptor = describe(codec, payload) if payload else None
    if descriptor is None:
        # Padding only is a probe on the media SSRC (facts/webrtc.md 14). Nobody shall miss it.
        encoding.clean.drop(sequence)
        if payload:
            state.counters.dropped_malformed += 1
        else:
            state.counters.dropped_padding_only += 1
        return
    clean = encoding.clean.map(sequence)
    if clean is None or track.is_paused:
        return
    if track.is_audio:
        resume_audio(encoding, now_s)
    _note_flow(encoding, codec, now_s)
    if track.is_audio:
        _accept_audio(state, encoding, packet, clean, payload, now_s)
        return
    source = SourcePacket(clean, packet.timestamp, packet.marker, payload, codec, descriptor)
    for run in encoding.push(source, now_s):
        forward_run(state, run, now_s)
    if encoding.pending:
        state.pending[encoding] = None
    else:
        state.pending.pop(encoding, None)


def _note_flow(encoding: InboundEncoding, codec: Codec, now_s: float) -> None:
    encoding.last_arrival_s = now_s
    if encoding.codec is not codec or not encoding.is_flowing:
        encoding.track.change_codec(encoding, codec, now_s)


def _accept_audio(
    state: ForwarderState,
    encoding: InboundEncoding,
    packet: RtpPacket,
    sequence: int,
    payload: bytes,
    now_s: float,
) -> None:
    track = encoding.track
    level_id = track.line.extension_ids.audio_level
    element = None if level_id is None else packet.extension(level_id)
    level = read_audio_level(element)
    if level is not None and level.level_dbov >= VOICE_THRESHOLD_DBOV:
        state.heard[track] = None
        loudest = track.loudest_dbov
        track.loudest_dbov = level.level_dbov if loudest is None else max(loudest, level.level_dbov)
    source = SourcePacket(
        sequence, packet.timestamp, packet.marker, payload, encoding.codec, OPAQUE
    )
    forward_audio(state, encoding, source, level=element, now_s=now_s)
    encoding.packet_duration = duration(payload)
