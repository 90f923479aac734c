"""An independent reader of transport-wide feedback, as a sender's bandwidth estimator has it."""

from dataclasses import dataclass
from itertools import islice


@dataclass(frozen=True, slots=True)
class Feedback:
    """`arrivals_s`: for each number told of, when it arrived; None: lost."""

    count: int
    arrivals_s: dict[int, float | None]


def read_feedback(packet: bytes) -> Feedback:
    """Read one whole RTCP packet (draft-holmer-rmcat-transport-wide-cc-extensions-01 §3.1)."""
    base, count = int.from_bytes(packet[12:14], "big"), int.from_bytes(packet[14:16], "big")
    now_s = int.from_bytes(packet[16:19], "big") * 0.064
    symbols: list[int] = []
    at = 20
    while len(symbols) < count:
        chunk = int.from_bytes(packet[at : at + 2], "big")
        at += 2
        if chunk >> 15 == 0:
            symbols += [chunk >> 13] * (chunk & 0x1FFF)
        elif chunk >> 14 == 0b10:
            symbols += [chunk >> shift & 1 for shift in range(13, -1, -1)]
        else:
            symbols += [chunk >> shift & 3 for shift in range(12, -1, -2)]
    arrivals_s: dict[int, float | None] = {}
    for offset, symbol in enumerate(islice(symbols, count)):
        if symbol == 0:
            arrivals_s[base + offset & 0xFFFF] = None
            continue
        now_s += int.from_bytes(packet[at : at + symbol], "big", signed=symbol == 2) * 0.00025
        at += symbol
        arrivals_s[base + offset & 0xFFFF] = now_s
    return Feedback(packet[19], arrivals_s)
