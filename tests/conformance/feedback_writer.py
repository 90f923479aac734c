"""Write transport-wide feedback as a viewer's browser does, independently of `engine.rtp`."""

import struct
from collections.abc import Sequence


def write_feedback(
    base: int, arrivals_ms: Sequence[float | None], *, reference_time: int, media_ssrc: int
) -> bytes:
    """Return a feedback packet.

    Args:
        arrivals_ms: For each packet from `base` on, milliseconds after the reference time.
    """
    symbols: list[int] = []
    deltas = b""
    before = 0
    for arrival_ms in arrivals_ms:
        if arrival_ms is None:
            symbols.append(0)
            continue
        ticks = round(arrival_ms * 4)
        delta, before = ticks - before, ticks
        symbols.append(1 if 0 <= delta < 256 else 2)
        deltas += struct.pack(">B" if symbols[-1] == 1 else ">h", delta)
    chunks = b""
    for start in range(0, len(symbols), 7):
        chunk = 0b11 << 14
        for place, symbol in enumerate(symbols[start : start + 7]):
            chunk |= symbol << (12 - 2 * place)
        chunks += struct.pack(">H", chunk)
    body = struct.pack(">IIHH", 1, media_ssrc, base & 0xFFFF, len(symbols))
    body += struct.pack(">I", (reference_time & 0xFF_FFFF) << 8) + chunks + deltas
    padding = -len(body) % 4
    first = 0x80 | 15
    if padding:  # Chromium and Firefox set the P bit, and the last octet counts.
        first |= 0x20
        body += bytes(padding - 1) + bytes((padding,))
    return struct.pack(">BBH", first, 205, len(body) // 4) + body
