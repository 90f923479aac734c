"""Answer a viewer's NACK: make the lost packet again from the source's run, and send it as RTX.

The packet goes out on the slot's retransmission SSRC (RFC 4588): on the media SSRC the same SRTP
index would seal another header, and AES-GCM breaks when a nonce returns. Its header extensions are
kept (facts/webrtc.md 12), with a fresh send time.
"""

from collections.abc import Iterable

from ..rtp.rtx import wrap_payload
from .api import Transmit
from .forwarder_state import ForwarderState
from .header_extensions import ExtensionBlocks
from .outbound_slot import VideoSlot
from .seal import seal_packet
from .sent_history import SentRun
from .train_plan import M_BIT


def retransmit(state: ForwarderState, slot: VideoSlot, lost: Iterable[int], now_s: float) -> None:
    """Send again what a viewer did not get; `lost` are its 16-bit sequence numbers."""
    counters = state.counters
    transport = slot.transport
    extension = ExtensionBlocks(now_s)[slot.extension_key]
    highest = slot.sequence.next_output - 1
    for number in lost:
        counters.nacks_received += 1
        if transport.retransmissions_left == 0:
            counters.retransmissions_missed += 1
            continue
        transport.retransmissions_left -= 1  # Also for what is not found: the search has its price.
        sequence = highest + ((number - highest + 0x8000) & 0xFFFF) - 0x8000
        sent = slot.history.find(sequence)
        data = None if sent is None else _make_again(slot, sent, sequence, extension)
        if data is None:
            counters.retransmissions_missed += 1
            continue
        counters.retransmissions_sent += 1
        counters.bytes_sent += len(data)
        state.outputs.append(Transmit(transport.transport_id, data, len(data)))


def _make_again(slot: VideoSlot, sent: SentRun, sequence: int, extension: bytes) -> bytes | None:
    run = sent.encoding.cache.get(sent.number)
    payload_type = slot.rtx_payload_types.get(sent.payload_type)
    if run is None or payload_type is None or slot.rtx_ssrc is None:
        return None
    if run.picture is not None:
        run.picture.write(sent.picture_id, sent.tl0)
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
        extension=extension,
    )
