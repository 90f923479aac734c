"""Send a packet of audio at once to all slots that play its track; let waiting ones change over."""

from typing import Final

from ..media import LOWEST_LAYER
from ..rtp.payloads.red import GENERATIONS, EarlierPacket, build_red
from .api import FanOut
from .audio_snap import snap
from .encoding import InboundEncoding
from .forwarder_state import ForwarderState
from .header_extensions import ExtensionBlocks
from .outbound_slot import AudioSlot, OutboundSlot
from .sender_reports import send_report
from .sent_groups import SentGroup
from .slot_switch import note_switch
from .source_run import SourcePacket
from .timestamp_line import MASK
from .train_plan import M_BIT
from .voice_history import INDEX_UNIT, RED_BIT, VOICES_KEPT, SentVoice

PAUSE_S: Final = 0.6  # Discontinuous transmission sends at least every 0.4 s (RFC 7587 §3.1.3).


def resume_audio(encoding: InboundEncoding, now_s: float) -> None:
    """Let listeners wait again if the source paused: its timestamps may have stood still."""
    if now_s - encoding.last_arrival_s > PAUSE_S:
        for slot in tuple(encoding.viewers):
            slot.leave()
            if slot.track is encoding.track:
                encoding.track.waiting[slot] = None


def forward_audio(
    state: ForwarderState,
    encoding: InboundEncoding,
    packet: SourcePacket,
    *,
    level: bytes | None,
    now_s: float,
) -> None:
    """Send one packet to all its listeners.

    Args:
        level: The voice level element's data (RFC 6464), None if the sender gives none.
    """
    if encoding.track.waiting:
        for slot in tuple(encoding.track.waiting):
            _change_over(state, slot, encoding, packet, now_s)
    if not encoding.viewers:
        encoding.recent = ()
        return
    reds = _RedundantPayloads(packet, encoding.recent)
    voice = SentVoice(packet, ExtensionBlocks(now_s, level), reds, now_s)
    fan_out, sent_bytes = _send_to_all(state, encoding, voice)
    packets = len(fan_out.datagrams)
    if packets:
        state.outputs.append(fan_out)
        encoding.voices.add(voice)
    earlier = EarlierPacket(packet.rtp_timestamp, packet.payload)
    encoding.recent = (*encoding.recent[1 - GENERATIONS :], earlier)
    counters = state.counters
    counters.packets_sent += packets
    counters.bytes_sent += sent_bytes
    counters.trains_sent += packets
    counters.observe_latency(0.0, packets)


class _RedundantPayloads(dict[int, bytes]):
    """One packet with those before it, by the payload type that a viewer gives to Opus."""

    __slots__ = ("_earlier", "_packet")

    def __init__(self, packet: SourcePacket, earlier: tuple[EarlierPacket, ...]) -> None:
        super().__init__()
        self._packet = packet
        self._earlier = earlier

    def __missing__(self, payload_type: int) -> bytes:
        packet = self._packet
        payload = self[payload_type] = build_red(
            payload_type, packet.rtp_timestamp, packet.payload, self._earlier
        )
        return payload


# The hot path, and one loop: the sending of a packet of audio holds so little that a call for each
# part of it took a third of the time.
def _send_to_all(
    state: ForwarderState, encoding: InboundEncoding, voice: SentVoice
) -> tuple[FanOut, int]:
    """Renumber and seal one packet for each listener; return them with their bytes."""
    fan_out = FanOut([], [])
    put_id, put = fan_out.transport_ids.append, fan_out.datagrams.append
    packet, blocks, reds, now_s = voice
    sequence, source_time, plain = packet.sequence, packet.rtp_timestamp, packet.payload
    mark = M_BIT if packet.marker else 0
    sent_bytes = 0
    group: SentGroup = (1, 0, now_s, 0)
    for slot in encoding.viewers:
        renumbering = slot.sequence
        line = slot.line
        rtp_timestamp = (source_time + line.offset) & MASK
        if sequence >= renumbering.next_input:
            renumbering.next_input = sequence + 1  # `advance`, written out.
            index = sequence + renumbering.shift
            line.last, line.last_sent_s = rtp_timestamp, now_s
        else:
            late_index = renumbering.map(sequence)
            if late_index is None:
                continue
            index = late_index
        transport = slot.transport
        payload, kind, form = plain, slot.payload_type, 0
        if slot.red is not None:
            payload, kind, form = reds[kind], slot.red, RED_BIT
            state.counters.packets_sent_redundant += 1
        pack, version, prefix, tail, step, overhead = blocks[slot.extension_key]
        size = len(payload) + overhead
        if step:
            if size != group[1]:
                group = (1, size, now_s, 0)
            sent = transport.sent
            number = sent.next_number
            sent.next_number = number + 1
            sent.append(group)
            tail = number & 0xFFFF
        if slot.sent_words is not None:
            slot.sent_words[index % VOICES_KEPT] = index * INDEX_UNIT + (form | tail)
        header = pack(version | mark | kind, index & 0xFFFF, rtp_timestamp, slot.ssrc, prefix, tail)
        nonce = (slot.nonce_base ^ index).to_bytes(12, "big")
        put(header + transport.encrypt(nonce, payload, header))
        put_id(transport.transport_id)
        slot.packets_sent += 1
        slot.octets_sent += len(payload)
        sent_bytes += size
    return fan_out, sent_bytes


def _change_over(
    state: ForwarderState,
    slot: OutboundSlot,
    encoding: InboundEncoding,
    packet: SourcePacket,
    now_s: float,
) -> None:
    """Let a waiting slot play this track from this packet on, if the snap rule agrees."""
    assert isinstance(slot, AudioSlot)  # Audio tracks have no others.
    if packet.codec not in slot.payload_types:
        return
    if slot.encoding is not None:
        # The old speaker is silent from the first packet of the new one on, even if that is
        # left out: else the old one's next packet would make the new one wait again, for ever.
        slot.last_duration = slot.encoding.packet_duration or slot.last_duration
        slot.leave()
    capture_s = encoding.clock.capture_s(packet.rtp_timestamp, now_s)
    ahead = slot.line.ahead_of_last(capture_s, now_s)
    if ahead is None or slot.line.last is None:
        outbound: int | None = slot.line.at(capture_s)
    else:
        outbound = snap(
            last=slot.line.last,
            duration=slot.last_duration,
            ahead=ahead,
            skipped=slot.skipped,
        )
    if outbound is None:
        slot.skipped += 1
        return
    _play(state, slot, encoding, packet, slot.line.join_at(packet.rtp_timestamp, outbound), now_s)


def _play(
    state: ForwarderState,
    slot: AudioSlot,
    encoding: InboundEncoding,
    packet: SourcePacket,
    outbound: int,
    now_s: float,
) -> None:
    track = encoding.track
    track.waiting.pop(slot, None)
    slot.skipped = 0
    slot.enter(encoding, packet.codec, packet.sequence)
    note_switch(state, slot, track, LOWEST_LAYER, outbound, now_s)
    send_report(state, slot, now_s)
