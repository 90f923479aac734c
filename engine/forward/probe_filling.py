"""What fills a probe when no video waits: repeated packets first, which may repair, padding last.

Packets of the last key frame of each picture that the viewer sees are repeated on its
retransmission SSRC: if one of them was lost on the way, the copy repairs it. Padding has no other
use than to be counted.
"""

from collections.abc import Iterator
from itertools import islice
from typing import Final

from .api import Transmit
from .forwarder_state import ForwarderState
from .header_extensions import ExtensionBlocks
from .outbound_slot import VideoSlot
from .pacer import Pacer
from .retransmission import REPEAT_BYTES, send_again
from .seal import seal_packet
from .sent_groups import DATAGRAM_OVERHEAD_BYTES
from .sent_history import SentRun
from .train_plan import MAX_PADDING_BYTES, P_BIT
from .transport_state import TransportState

_PADDING_WIRE_BYTES: Final = 330  # Of one packet of padding, with all headers.
_PADDING: Final = bytes(MAX_PADDING_BYTES - 1) + bytes((MAX_PADDING_BYTES,))


def fill_probe(
    state: ForwarderState,
    transport: TransportState,
    pacer: Pacer,
    blocks: ExtensionBlocks,
    packets: int,
    now_s: float,
) -> None:
    """Send at most so many packets, as far as there is room for them."""
    probe = pacer.probe
    if probe is None:
        return
    slots = _repairable(state, transport)
    if not slots:
        return
    repeats = islice(_worth_repeating(slots), probe.repeated, None)
    for _ in range(packets):
        # On a slow link a few large packets would go far beyond what the probe needs.
        behind_bytes = (probe.left_packets - 1) * _PADDING_WIRE_BYTES
        repeat = next(repeats, None) if probe.left_bytes - REPEAT_BYTES >= behind_bytes else None
        if not pacer.room(MAX_PADDING_BYTES if repeat is None else REPEAT_BYTES, now_s):
            return
        if repeat is None:
            _send_padding(state, slots, pacer, blocks, now_s)
        else:
            slot, sequence = repeat
            probe.repeated += 1
            if send_again(state, slot, sequence, blocks[slot.extension_key], now_s):
                state.counters.probe_repeats_sent += 1


def _repairable(state: ForwarderState, transport: TransportState) -> list[VideoSlot]:
    """Return the slots with a retransmission stream; before any of them is used, the first one."""
    if not any(isinstance(slot, VideoSlot) for slot in transport.slots):
        first = next(
            (each.slot_id for each in transport.offered if each.rtx_ssrc is not None), None
        )
        if first is not None:
            state.slot(first)
    return [
        slot
        for slot in transport.slots
        if isinstance(slot, VideoSlot) and slot.rtx_ssrc is not None and slot.rtx_payload_types
    ]


def _worth_repeating(slots: list[VideoSlot]) -> Iterator[tuple[VideoSlot, int]]:
    """Iterate over slots and sequence numbers of the last key frame of what each slot shows."""
    for slot in slots:
        sent_run = next(
            (sent for sent in slot.history.newest_first() if _starts_shown(slot, sent)), None
        )
        if sent_run is not None:
            yield from ((slot, sent_run.first + i) for i in range(sent_run.packets))


def _starts_shown(slot: VideoSlot, sent: SentRun) -> bool:
    """Say whether a run starts a key frame, still at hand, of what the slot shows."""
    if sent.encoding is not slot.encoding:
        return False
    run = sent.encoding.cache.get(sent.number)
    return run is not None and run.starts_keyframe


def _send_padding(
    state: ForwarderState,
    slots: list[VideoSlot],
    pacer: Pacer,
    blocks: ExtensionBlocks,
    now_s: float,
) -> None:
    """Send one packet of padding, on the retransmission SSRC of a slot that has sent something."""
    slot = next((slot for slot in slots if slot.packets_sent), slots[0])
    assert slot.rtx_ssrc is not None  # `fill_probe` has chosen such slots.
    payload_types = slot.rtx_payload_types
    payload_type = payload_types.get(slot.payload_type) or next(iter(payload_types.values()))
    block = blocks[slot.extension_key]
    transport = slot.transport
    data = seal_packet(
        _PADDING,
        word=P_BIT | payload_type,
        ssrc=slot.rtx_ssrc,
        nonce_base=slot.rtx_nonce_base,
        encrypt=transport.encrypt,
        index=slot.rtx_sequence,
        rtp_timestamp=slot.line.last or 0,
        block=block,
        number=transport.sent.next_number,
    )
    slot.rtx_sequence += 1
    size = len(data)
    if block.step:
        transport.sent.add(1, size, now_s, pacer.probe_id)
    pacer.charge(1, size + DATAGRAM_OVERHEAD_BYTES, now_s)
    transport.repeated_bytes += size + DATAGRAM_OVERHEAD_BYTES
    state.counters.probe_padding_packets_sent += 1
    state.counters.bytes_sent += size
    state.outputs.append(Transmit(transport.transport_id, data, size))
