"""Whose SSRC is it? Learned from mid, rid and repaired-rid on the first packets, then remembered.

Senders stop adding these extensions as soon as a report acknowledges the SSRC (facts/webrtc.md 15),
and the very first packet may be a retransmission, before its media SSRC was seen (13).
"""

from ..rtp.extensions import read_name
from ..rtp.packet import RtpPacket
from .api import CodecMap
from .encoding import InboundEncoding
from .published_track import PublishedTrack
from .timestamp_line import SourceClock
from .transport_state import MAX_BINDINGS, Binding, LineState, TransportState


def find_binding(transport: TransportState, packet: RtpPacket) -> Binding | None:
    """Return what the packet's SSRC stands for, learning it if the packet says so."""
    binding = transport.bindings.get(packet.ssrc)
    if binding is None and len(transport.bindings) < MAX_BINDINGS:
        binding = _learn(transport, packet)
        if binding is not None:
            _forget_same(transport, binding)
            transport.bindings[packet.ssrc] = binding
    return binding


def _learn(transport: TransportState, packet: RtpPacket) -> Binding | None:
    line = _find_line(transport, packet)
    if line is None:
        return None
    meaning = line.meanings.get(packet.payload_type)
    if meaning is None:
        return None
    ids = line.line.extension_ids
    index = 0
    if line.line.rids:
        rid = _text(packet, ids.repaired_rid if meaning.is_rtx else ids.rid)
        if rid not in line.line.rids:
            return None
        index = line.line.rids.index(rid)
    return Binding(line.line.mid, index, meaning.is_rtx)


def _find_line(transport: TransportState, packet: RtpPacket) -> LineState | None:
    """Find by mid, or by a payload type that only one line uses."""
    mid = _text(packet, transport.mid_id)
    if mid is not None:
        return transport.lines.get(mid)
    fitting = [line for line in transport.lines.values() if packet.payload_type in line.meanings]
    return fitting[0] if len(fitting) == 1 else None


def _text(packet: RtpPacket, extension_id: int | None) -> str | None:
    return None if extension_id is None else read_name(packet.extension(extension_id))


def _forget_same(transport: TransportState, binding: Binding) -> None:
    """A sender that took a new SSRC for an encoding has left the old one."""
    for ssrc in [s for s, known in transport.bindings.items() if known == binding]:
        del transport.bindings[ssrc]
        transport.encodings.pop(ssrc, None)


def find_encoding(
    transport: TransportState,
    track: PublishedTrack,
    *,
    index: int,
    ssrc: int,
    codec: CodecMap,
) -> InboundEncoding:
    """Return the encoding of a media SSRC, made at its first packet."""
    encoding = transport.encodings.get(ssrc)
    if encoding is None:
        clock = SourceClock(transport.clock, codec.clock_rate_hz)
        encoding = InboundEncoding(track, index, ssrc, codec.codec, clock)
        track.replace_encoding(index, encoding)
        transport.encodings[ssrc] = encoding
    return encoding
