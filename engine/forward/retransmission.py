"""Answer a viewer's NACK: make the lost packet again from the source's run, and send it as RTX.

The packet goes out on the slot's retransmission SSRC (RFC 4588): on the media SSRC the same SRTP
index would seal another header, and AES-GCM breaks when a nonce returns. Its header extensions are
kept (facts/webrtc.md 12), with a fresh send time. It goes before new video, and waits like that if
the link is busy.

Who loses much loses such packets as well, and finds out a round trip later: too late for the
picture. It gets each of them twice, a few milliseconds apart, if its link is free at that moment;
what has to wait for the link is sent once, for there the loss may be the queue's.

After an outage browsers ask for all that they missed, seconds of video that would fill the link for
as long again. So what is too old is not sent, and the slot goes on at a key frame instead; nor is
what a later key frame has made needless.
"""

from collections.abc import Iterable
from typing import Final

from ..rtp.rtx import wrap_payload
from .api import Transmit
from .forwarder_state import ForwarderState
from .header_extensions import ExtensionBlock, ExtensionBlocks
from .outbound_slot import VideoSlot
from .seal import seal_packet
from .sent_groups import DATAGRAM_OVERHEAD_BYTES
from .sent_history import SentRun
from .slot_switch import restart
from .timestamp_line import signed_difference
from .train_plan import M_BIT

REPEAT_BYTES: Final = 1200  # What a repeated packet is taken to have before it is made.
MAX_WAITING: Final = 200  # Retransmissions for one viewer; it asks again for what is left out.
MAX_AGE_S: Final = 1.0  # Since it was due: no jitter buffer waits longer.
BEFORE_KEYFRAME_S: Final = 0.25  # So long the frames before a key frame may still be shown in time.


def retransmit(state: ForwarderState, slot: VideoSlot, lost: Iterable[int], now_s: float) -> None:
    """Send again what a viewer did not get; `lost` are its 16-bit sequence numbers."""
    counters = state.counters
    transport = slot.transport
    pacer = transport.pacer
    block = ExtensionBlocks(now_s)[slot.extension_key]
    highest = slot.sequence.next_output - 1
    sequences = [highest + ((number - highest + 0x8000) & 0xFFFF) - 0x8000 for number in lost]
    counters.nacks_received += len(sequences)
    useful = _leave_out_old(state, slot, sequences, now_s)
    counters.retransmissions_missed += len(sequences) - len(useful)
    answered: list[int] = []
    for sequence in useful:
        if transport.retransmissions_left == 0:
            counters.retransmissions_missed += 1
            continue
        transport.retransmissions_left -= 1  # Also for what is not found: the search has its price.
        is_busy = pacer is not None and not pacer.room(REPEAT_BYTES, now_s)
        if transport.repeats or is_busy:
            if len(transport.repeats) < MAX_WAITING:
                transport.repeats.append((slot, sequence))
                state.wait(transport, now_s)
            else:
                counters.retransmissions_missed += 1
        else:
            answer(state, slot, sequence, block, now_s)
            answered.append(sequence)
    if answered and pacer is not None and transport.losses.is_lossy:
        transport.repeats += [(slot, sequence) for sequence in answered]
        state.wait(transport, now_s)


def _leave_out_old(
    state: ForwarderState, slot: VideoSlot, sequences: list[int], now_s: float
) -> list[int]:
    """Return what is worth being sent again; the slot starts anew if what is too old is needed."""
    if slot.encoding is None:
        return []  # It waits for a key frame.
    keyframe = slot.keyframe_sequence
    needed = [sequence for sequence in sequences if sequence >= keyframe]
    if needed and _age_s(slot, min(needed), now_s) > MAX_AGE_S:
        is_spent = slot.encoding.track.requests.budget.is_spent
        if slot.patience.may_ask(now_s, is_spent=is_spent):
            restart(state, slot, now_s)
        return []
    return [
        sequence
        for sequence in sequences
        if sequence >= keyframe or _age_s(slot, sequence, now_s) < BEFORE_KEYFRAME_S
    ]


def _age_s(slot: VideoSlot, sequence: int, now_s: float) -> float:
    """Return how long ago a packet was due; 0: it was never sent, or lately.

    What is replayed has timestamps of the time when it is sent.
    """
    sent = slot.history.find(sequence)
    if sent is None:
        return 0.0 if sequence >= slot.history.first_sequence else float("inf")
    line = slot.line
    return signed_difference(line.at(now_s), sent.rtp_timestamp) / line.clock_rate_hz


def answer(
    state: ForwarderState, slot: VideoSlot, sequence: int, block: ExtensionBlock, now_s: float
) -> None:
    """Send one packet again that was asked for, by its unwrapped number; count what is gone."""
    if send_again(state, slot, sequence, block, now_s):
        state.counters.retransmissions_sent += 1
    else:
        state.counters.retransmissions_missed += 1


def send_again(
    state: ForwarderState, slot: VideoSlot, sequence: int, block: ExtensionBlock, now_s: float
) -> bool:
    """Send a packet again by its unwrapped number; return False if it is no longer known."""
    sent = slot.history.find(sequence)
    data = None if sent is None else _make_again(slot, sent, sequence, block)
    if data is None:
        return False
    transport = slot.transport
    pacer = transport.pacer
    wire_bytes = len(data) + DATAGRAM_OVERHEAD_BYTES
    if block.step:
        transport.sent.add(1, len(data), now_s, 0 if pacer is None else pacer.probe_id)
    if pacer is not None:
        pacer.charge(1, wire_bytes, now_s)
    transport.repeated_bytes += wire_bytes
    state.counters.bytes_sent += len(data)
    state.outputs.append(Transmit(transport.transport_id, data, len(data)))
    return True


def _make_again(
    slot: VideoSlot, sent: SentRun, sequence: int, block: ExtensionBlock
) -> bytes | None:
    run = sent.encoding.cache.get(sent.number)
    payload_type = slot.rtx_payload_types.get(sent.payload_type)
    if run is None or payload_type is None or slot.rtx_ssrc is None:
        return None
    if run.picture is not None:
        run.picture.write(sent.picture_id, sent.tl0, sent.ends_picture)
    marker, payload = run.packet(sequence - sent.first)
    index = slot.rtx_sequence
    slot.rtx_sequence += 1
    return seal_packet(
        wrap_payload(sequence, payload),
        word=(M_BIT if marker else 0) | payload_type,
        ssrc=slot.rtx_ssrc,
        nonce_base=slot.rtx_nonce_base,
        encrypt=slot.transport.encrypt,
        index=index,
        rtp_timestamp=sent.rtp_timestamp,
        block=block,
        number=slot.transport.sent.next_number,
    )
