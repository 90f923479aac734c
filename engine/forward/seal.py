"""Write and encrypt the packets of one train for one viewer: the innermost loop of the server.

AEAD_AES_128_GCM (RFC 7714 §9): the header is the associated data, the payload is encrypted, a tag
of 16 bytes follows; the nonce is the salt xor (SSRC, 48-bit index). Building parts and joining them
was the fastest of six ways tried: 1.0 µs a packet of 1200 bytes, of which 0.7 are AES-GCM;
pack_into and encrypt_into over slices of one bytearray took 1.2 to 1.3.
"""

from collections.abc import Callable, Sequence
from typing import Final

from .header_extensions import ExtensionBlock
from .outbound_slot import OutboundSlot

_NUMBERS: Final = 0x1_0000  # Of transport-wide sequence numbers: 16 bits.

Encrypt = Callable[[bytes, bytes | bytearray, bytes], bytes]


def seal_train(
    packets: Sequence[tuple[int, bytearray]],
    *,
    slot: OutboundSlot,
    encrypt: Encrypt,
    index: int,
    rtp_timestamp: int,
    block: ExtensionBlock,
    number: int,
) -> bytes:
    """Return the sealed packets in a row.

    Args:
        packets: (P and M bits, padded payload), in order.
        index: Unwrapped sequence number of the first; never given twice for one SSRC, because
            AES-GCM breaks when a nonce returns.
        block: The header extensions.
        number: Unwrapped transport-wide sequence number of the first, if the block has one.
    """
    pack, version, prefix, tail, step, _ = block
    if step:
        tail = number & 0xFFFF
        if tail + len(packets) > _NUMBERS:
            first, second = (
                seal_train(
                    packets[start:stop],
                    slot=slot,
                    encrypt=encrypt,
                    index=index + start,
                    rtp_timestamp=rtp_timestamp,
                    block=block,
                    number=number + start,
                )
                for start, stop in ((0, _NUMBERS - tail), (_NUMBERS - tail, len(packets)))
            )
            return first + second
    word = version | slot.payload_type
    ssrc = slot.ssrc
    nonce_base = slot.nonce_base
    parts: list[bytes] = []
    add = parts.append
    for flags, payload in packets:
        header = pack(word | flags, index & 0xFFFF, rtp_timestamp, ssrc, prefix, tail)
        add(header)
        add(encrypt((nonce_base ^ index).to_bytes(12, "big"), payload, header))
        index += 1
        tail += step
    return b"".join(parts)


def seal_packet(
    payload: bytes | bytearray,
    *,
    word: int,
    ssrc: int,
    nonce_base: int,
    encrypt: Encrypt,
    index: int,
    rtp_timestamp: int,
    block: ExtensionBlock,
    number: int,
) -> bytes:
    """Return one sealed packet; `word` holds the P and M bits and the payload type."""
    tail = number & 0xFFFF if block.step else block.tail
    header = block.pack(block.word | word, index & 0xFFFF, rtp_timestamp, ssrc, block.prefix, tail)
    return header + encrypt((nonce_base ^ index).to_bytes(12, "big"), payload, header)
