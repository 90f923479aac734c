"""Opus payloads (RFC 6716 §3.1, RFC 7587): how long a packet lasts."""

from typing import Final

CLOCK_RATE_HZ: Final = 48_000  # RFC 7587 §4.1: always, whatever the audio's own rate.
MAX_DURATION: Final = 5_760  # 120 ms, RFC 6716 §3.2.5 R5.
_SILK: Final = (480, 960, 1920, 2880)  # 10, 20, 40, 60 ms.
_HYBRID: Final = (480, 960)
_CELT: Final = (120, 240, 480, 960)  # 2.5 to 20 ms.
_FRAME_DURATIONS: Final = _SILK * 3 + _HYBRID * 2 + _CELT * 4  # By the 5 bits of `config`.


def duration(payload: bytes) -> int:
    """Return how many ticks of 48 kHz the packet lasts; 0 if it does not say so validly."""
    if not payload:
        return 0
    toc = payload[0]
    code = toc & 3
    if code == 0:
        frames = 1
    elif code < 3:
        frames = 2
    elif len(payload) > 1:
        frames = payload[1] & 0x3F
    else:
        return 0
    total = frames * _FRAME_DURATIONS[toc >> 3]
    return total if total <= MAX_DURATION else 0
