"""Retransmission payloads (RFC 4588 §4): the original sequence number, then the original payload.

The rest of an RTX packet is ordinary RTP with its own SSRC, payload type and sequence numbers, and
the original's timestamp and marker.
"""

from typing import Final

ORIGINAL_SEQUENCE_BYTES: Final = 2


def wrap_payload(sequence_number: int, payload: bytes) -> bytes:
    """Return the payload of the RTX packet that repeats an original.

    Args:
        sequence_number: The original's; cut to 16 bits.
        payload: The original's, without padding.
    """
    return (sequence_number & 0xFFFF).to_bytes(2, "big") + payload


def unwrap_payload(payload: bytes) -> tuple[int, bytes] | None:
    """Return the original sequence number and payload; None if there is no room for the number.

    Senders probe with padding-only packets on the RTX SSRC: their payload is empty, so they give
    None. Copies of packets that arrived come as well (facts/webrtc.md 13): look for duplicates.
    """
    if len(payload) < ORIGINAL_SEQUENCE_BYTES:
        return None
    return payload[0] << 8 | payload[1], payload[ORIGINAL_SEQUENCE_BYTES:]
