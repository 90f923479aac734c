"""Write and encrypt the packets of one train for one viewer: the innermost loop of the server.

AEAD_AES_128_GCM (RFC 7714 §9): the header is the associated data, the payload is encrypted, a tag
of 16 bytes follows; the nonce is the salt xor (SSRC, 48-bit index). Building parts and joining them
was the fastest of six ways tried: 1.0 µs a packet of 1200 bytes, of which 0.7 are AES-GCM;
pack_into and encrypt_into over slices of one bytearray took 1.2 to 1.3.
"""

from collections.abc import Callable, Iterable
from struct import Struct
from typing import Final

from .outbound_slot import OutboundSlot

# The first 16 bits of an RTP header: version 2, without and with the X bit.
PLAIN: Final = 0x8000
EXTENDED: Final = 0x9000
TAG_BYTES: Final = 16
HEADER_BYTES: Final = 12

Encrypt = Callable[[bytes, bytes | bytearray, bytes], bytes]

PACKERS: Final = {
    size: Struct(f">HHII{size}s").pack
    for size in range(0, 260, 4)  # By the size of the extension block, whole words.
}


def seal_train(
    packets: Iterable[tuple[int, bytearray]],
    *,
    slot: OutboundSlot,
    encrypt: Encrypt,
    index: int,
    rtp_timestamp: int,
    extension: bytes,
) -> bytes:
    """Return the sealed packets in a row.

    Args:
        packets: (P and M bits, padded payload), in order.
        index: Unwrapped sequence number of the first; never given twice for one SSRC, because
            AES-GCM breaks when a nonce returns.
        extension: The whole header extension block, or empty.
    """
    pack = PACKERS[len(extension)]
    word = (EXTENDED if extension else PLAIN) | slot.payload_type
    ssrc = slot.ssrc
    nonce_base = slot.nonce_base
    parts: list[bytes] = []
    add = parts.append
    for flags, payload in packets:
        header = pack(word | flags, index & 0xFFFF, rtp_timestamp, ssrc, extension)
        add(header)
        add(encrypt((nonce_base ^ index).to_bytes(12, "big"), payload, header))
        index += 1
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
    extension: bytes,
) -> bytes:
    """Return one sealed packet; `word` holds the P and M bits and the payload type."""
    first = (EXTENDED if extension else PLAIN) | word
    header = PACKERS[len(extension)](first, index & 0xFFFF, rtp_timestamp, ssrc, extension)
    return header + encrypt((nonce_base ^ index).to_bytes(12, "big"), payload, header)
