"""What a viewer's link carries, told from its REMB and from what is sent to it.

A browser's REMB (draft-alvestrand-rmcat-remb-03) only reflects what it receives: libwebrtc caps it
at 1.5 times that. A viewer that is sent little can therefore never report much, and a scheduler
that believed the bare value would hold it on the lowest layer for ever. So as long as the value
stays clear above what is sent, the link is not the limit, and the estimate grows; when it falls to
what is sent, it is the truth. Each fall makes the next growth wait longer, so that a layer that
does not fit is tried ever less often.
"""

from typing import Final

GROWTH_RATIO: Final = 0.2  # For each second without a limit: 200 kbit/s to 600 kbit/s in 6 s.
CLEAR_RATIO: Final = 1.15  # A REMB this far above what is sent says that the link carries more.
FIRST_HOLD_S: Final = 4.0
MAX_HOLD_S: Final = 60.0
FORGIVE_S: Final = 30.0  # So long without a fall, and the next one counts as the first.
MAX_STEP_S: Final = 2.0  # REMBs come about twice a second; a gap is no licence to leap.
MAX_BPS: Final = 50_000_000


class ReceiverEstimate:
    """The estimate of one transport; starts with the first REMB."""

    __slots__ = ("_fell_at_s", "_hold_s", "_seen_at_s", "available_bps")

    def __init__(self) -> None:
        self.available_bps = 0
        self._hold_s = FIRST_HOLD_S / 2
        self._fell_at_s = float("-inf")
        self._seen_at_s: float | None = None

    def handle_remb(self, remb_bps: int, *, sent_bps: int, now_s: float) -> int:
        """Take in a REMB and return the new estimate in bit/s.

        Args:
            remb_bps: As reported; hostile values are cut to `MAX_BPS`.
            sent_bps: What was sent to this receiver since the last REMB.
        """
        remb_bps = min(remb_bps, MAX_BPS)
        before_s, self._seen_at_s = self._seen_at_s, now_s
        if before_s is None:
            self.available_bps = remb_bps
        elif remb_bps < sent_bps * CLEAR_RATIO and remb_bps < self.available_bps:
            self._fall(remb_bps, now_s)
        else:
            self._grow(remb_bps, min(now_s - before_s, MAX_STEP_S), now_s)
        return self.available_bps

    def _fall(self, remb_bps: int, now_s: float) -> None:
        if now_s - self._fell_at_s > FORGIVE_S + self._hold_s:
            self._hold_s = FIRST_HOLD_S / 2
        if now_s - self._fell_at_s > 1.0:  # One congestion brings several falls in a row.
            self._hold_s = min(MAX_HOLD_S, self._hold_s * 2)
        self._fell_at_s = now_s
        self.available_bps = remb_bps

    def _grow(self, remb_bps: int, step_s: float, now_s: float) -> None:
        grown_bps = self.available_bps
        if now_s - self._fell_at_s >= self._hold_s:
            grown_bps = round(grown_bps * (1 + GROWTH_RATIO * step_s))
        self.available_bps = min(MAX_BPS, max(grown_bps, remb_bps))
