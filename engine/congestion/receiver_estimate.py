"""What a viewer's link carries, told from its REMB and from what is sent to it.

A browser's REMB (draft-alvestrand-rmcat-remb-03) is no measure of a link that is not full:
libwebrtc raises it by 8 % a second and not above 1.5 times what arrives, so a viewer that is sent
little can never report much, and one that is suddenly sent more reports too little for many
seconds. A scheduler that believed the bare value would hold it on the lowest layer.

What does carry news is how it moves. A REMB that falls has seen overuse, and so has one that lags
behind what is sent and does not rise: both are believed. One that is clear above what is sent says
that there is room, and the estimate grows. Each fall makes the next growth wait longer, so that a
layer that does not fit is tried ever less often.
"""

from typing import Final

START_BPS: Final = 2_000_000  # A common link of a phone; the first fall corrects it in a second.
# Overuse that is seen while almost nothing is sent is jitter: it would pause all that is left.
FLOOR_BPS: Final = 150_000
FALL_RATIO: Final = 0.97  # Less is the rounding of an 18-bit mantissa and of the averages.
RISE_RATIO: Final = 1.01
STUCK_S: Final = 3.0  # A REMB that catches up rises in every second.
LAG_RATIO: Final = 0.9
CLEAR_RATIO: Final = 1.15
GROWTH_RATIO: Final = 0.2  # For each second without a fall.
MIN_GROWTH_BPS: Final = 100_000  # For each second: out of the cellar in a few.
FIRST_HOLD_S: Final = 4.0
MAX_HOLD_S: Final = 60.0
FORGIVE_S: Final = 30.0  # So long without a fall, and the next one counts as the first.
SAME_CONGESTION_S: Final = 1.5  # Overuse brings several falls in a row.
MAX_STEP_S: Final = 2.0  # REMBs come about twice a second; a gap is no licence to leap.
# It grows no further beyond what is sent: what starts next must not be too large a leap.
LEAP_RATIO: Final = 2
LEAP_BPS: Final = 1_000_000


class ReceiverEstimate:
    """The estimate of one transport."""

    __slots__ = ("_fell_at_s", "_hold_s", "_remb_bps", "_rose_at_s", "_seen_at_s", "available_bps")

    def __init__(self) -> None:
        self.available_bps = START_BPS
        self._hold_s = FIRST_HOLD_S / 2
        self._fell_at_s = float("-inf")
        self._seen_at_s: float | None = None
        self._remb_bps = 0
        self._rose_at_s = float("-inf")

    def handle_remb(self, remb_bps: int, *, sent_bps: int, now_s: float) -> int:
        """Take in a REMB and return the new estimate in bit/s.

        Args:
            remb_bps: As reported, whatever it is.
            sent_bps: What was sent to this receiver since the last REMB.
        """
        before_bps, self._remb_bps = self._remb_bps, remb_bps
        before_s, self._seen_at_s = self._seen_at_s, now_s
        if remb_bps > before_bps * RISE_RATIO:
            self._rose_at_s = now_s
        is_stuck = remb_bps < sent_bps * LAG_RATIO and now_s - self._rose_at_s > STUCK_S
        if is_stuck or remb_bps < before_bps * FALL_RATIO:
            self._fall(remb_bps, now_s)
        elif (
            before_s is not None
            and remb_bps > sent_bps * CLEAR_RATIO
            and now_s - self._fell_at_s >= self._hold_s
        ):
            self._grow(sent_bps, min(now_s - before_s, MAX_STEP_S))
        return self.available_bps

    def _fall(self, remb_bps: int, now_s: float) -> None:
        since_s = now_s - self._fell_at_s
        if since_s > FORGIVE_S + self._hold_s:
            self._hold_s = FIRST_HOLD_S / 2
        if since_s > SAME_CONGESTION_S:
            self._hold_s = min(MAX_HOLD_S, self._hold_s * 2)
        self._fell_at_s = now_s
        self.available_bps = min(self.available_bps, max(FLOOR_BPS, remb_bps))

    def _grow(self, sent_bps: int, step_s: float) -> None:
        growth_bps = max(MIN_GROWTH_BPS, round(self.available_bps * GROWTH_RATIO)) * step_s
        limit_bps = LEAP_RATIO * sent_bps + LEAP_BPS
        grown_bps = min(limit_bps, self.available_bps + round(growth_bps))
        self.available_bps = max(self.available_bps, grown_bps)
