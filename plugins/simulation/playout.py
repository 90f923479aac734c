"""When frames are shown: a jitter buffer holds them back so that most are in time.

libwebrtc's is a Kalman filter over delays and sizes that adds a round trip when packets come again;
here it is what both aim at: the delay that 95 % of the latest frames kept.
"""

from bisect import bisect_left, insort
from collections import deque
from collections.abc import Sequence
from typing import Final

WINDOW: Final = 150  # Frames: five seconds of a camera.
SHARE: Final = 0.95
LONGEST_S: Final = 1.0  # A browser does not hold back longer than this.


def shown_s(decoded: Sequence[tuple[float, float]]) -> list[float]:
    """Return when each frame is shown.

    Args:
        decoded: (captured, decodable) in seconds, in the order of decoding.
    """
    latest: deque[float] = deque()
    ordered: list[float] = []
    times_s: list[float] = []
    for captured_s, decoded_s in decoded:
        delay_s = decoded_s - captured_s
        latest.append(delay_s)
        insort(ordered, delay_s)
        if len(latest) > WINDOW:
            del ordered[bisect_left(ordered, latest.popleft())]
        held_s = min(LONGEST_S, ordered[int(SHARE * (len(ordered) - 1))])
        at_s = max(decoded_s, captured_s + held_s)
        times_s.append(max(at_s, times_s[-1]) if times_s else at_s)
    return times_s
