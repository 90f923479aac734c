"""Traces in Mahimahi's format: one line for each chance to send 1500 bytes, in milliseconds.

Format: Netravali and others, "Mahimahi: Accurate Record-and-Replay for HTTP", USENIX ATC 2015;
`mm-link(1)`: integers that never fall, one chance each; the trace begins anew at its last time.
"""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from .rates import StepRate

CHANCE_BYTES: Final = 1500  # What one line of a trace lets through (Mahimahi's MTU).
MAX_TRACE_BYTES: Final = 16 * 1024 * 1024  # Two hours at 12 Mbit/s take 7 MB.
MAX_TRACE_MS: Final = 2 * 3600 * 1000
_MAX_DIGITS: Final = 10
_STEP_MS: Final = 10  # A rate step; chances within it are spread evenly over it.


class TraceError(ValueError):
    """A trace file is not one; the text names the line."""


def read_trace(path: Path) -> StepRate:
    """Read a trace file of at most `MAX_TRACE_BYTES`.

    Raises:
        TraceError: It is too long, or not a trace.
        OSError: It cannot be read.
    """
    with path.open("rb") as file:
        data = file.read(MAX_TRACE_BYTES + 1)
    if len(data) > MAX_TRACE_BYTES:
        raise TraceError(f"{path.name}: longer than {MAX_TRACE_BYTES} bytes")
    return parse_trace(data)


def parse_trace(data: bytes) -> StepRate:
    """Read the text of a trace; empty lines are passed over.

    The chances of each 10 ms are spread over them: the whole is the same to a byte, and the rate of
    each window of the trace to 10 ms.

    Raises:
        TraceError: A line is no whole number, time falls, it lasts 0 ms or more than two hours.
    """
    times_ms = list(_times_ms(data))
    if not times_ms or times_ms[-1] <= 0:
        raise TraceError("a trace has at least one chance to send, and lasts at least 1 ms")
    return _steps(times_ms)


def format_trace(times_ms: Iterable[int]) -> bytes:
    """The text of a trace with chances at `times_ms`, which must not fall."""
    return b"".join(b"%d\n" % time_ms for time_ms in times_ms)


def _times_ms(data: bytes) -> Iterable[int]:
    last_ms = 0
    for number, line in enumerate(data.split(b"\n"), start=1):
        text = line.strip()
        if not text:
            continue
        if not text.isdigit() or len(text) > _MAX_DIGITS:
            raise TraceError(f"line {number}: expected milliseconds, got {text[:20]!r}")
        time_ms = int(text)
        if not last_ms <= time_ms <= MAX_TRACE_MS:
            raise TraceError(
                f"line {number}: {time_ms} ms after {last_ms} ms; times do not fall, "
                f"and end at {MAX_TRACE_MS}"
            )
        last_ms = time_ms
        yield time_ms


def _steps(times_ms: list[int]) -> StepRate:
    period_ms = times_ms[-1]
    # A chance at t belongs to the step that ends at t or after it, so nothing goes out early by
    # more than a step; one at 0 belongs to the first.
    chances = Counter(max(0, time_ms - 1) // _STEP_MS for time_ms in times_ms)
    steps: list[tuple[float, float]] = []
    for start_ms in range(0, period_ms, _STEP_MS):
        duration_s = min(_STEP_MS, period_ms - start_ms) / 1000
        bits = chances[start_ms // _STEP_MS] * CHANCE_BYTES * 8
        steps.append((duration_s, bits / duration_s))
    return StepRate(steps)
