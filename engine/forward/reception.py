"""What a receiver report says of one encoding (RFC 3550 §6.4.1, A.3, A.8)."""

from ..rtp.rtcp import ReportBlock

_MASK = 0xFFFF_FFFF


class Reception:
    """Counts what came and what should have come. Repaired packets do not count as received.

    Attributes:
        packets_lost_reported: As in the last report block.
    """

    __slots__ = (
        "_clock_rate_hz",
        "_expected_before",
        "_first",
        "_highest",
        "_jitter",
        "_received",
        "_received_before",
        "_report_at_s",
        "_report_middle",
        "_ssrc",
        "_transit",
        "packets_lost_reported",
    )

    def __init__(self, ssrc: int, clock_rate_hz: int) -> None:
        self._ssrc = ssrc
        self._clock_rate_hz = clock_rate_hz
        self._first: int | None = None
        self._highest = 0
        self._received = 0
        self._expected_before = 0
        self._received_before = 0
        self._jitter = 0.0
        self._transit: float | None = None
        self._report_middle = 0
        self._report_at_s = 0.0
        self.packets_lost_reported = 0

    def received(self, sequence: int, rtp_timestamp: int, now_s: float) -> None:
        """Take in a packet by its unwrapped sequence number."""
        if self._first is None:
            self._first = self._highest = sequence
        self._received += 1
        if sequence < self._highest:
            self._first = min(self._first, sequence)
            return
        self._highest = sequence
        transit = now_s * self._clock_rate_hz - rtp_timestamp
        if self._transit is not None:
            difference = abs(transit - self._transit)
            if difference < self._clock_rate_hz:  # Else the timestamp wrapped or jumped.
                self._jitter += (difference - self._jitter) / 16
        self._transit = transit

    def sender_report(self, ntp_middle: int, now_s: float) -> None:
        """Note the middle 32 bits of a sender report's NTP time, and its arrival."""
        self._report_middle = ntp_middle
        self._report_at_s = now_s

    def summarise(self, now_s: float) -> ReportBlock | None:
        """Return the next report block; None before the first packet."""
        if self._first is None:
            return None
        expected = self._highest - self._first + 1
        expected_interval = expected - self._expected_before
        lost_interval = expected_interval - (self._received - self._received_before)
        self._expected_before, self._received_before = expected, self._received
        self.packets_lost_reported = max(0, expected - self._received)
        delay_s = now_s - self._report_at_s if self._report_middle else 0.0
        return ReportBlock(
            ssrc=self._ssrc,
            fraction_lost=_fraction(lost_interval, expected_interval),
            packets_lost=self.packets_lost_reported,
            highest_sequence=self._highest - 0x1_0000 & _MASK,
            jitter=int(self._jitter),
            last_sr=self._report_middle,
            delay_since_last_sr=round(delay_s * 65_536) & _MASK,
        )


def _fraction(lost: int, expected: int) -> int:
    """Return the loss in 1/256 (RFC 3550 A.3)."""
    if expected <= 0 or lost <= 0:
        return 0
    return min(255, (lost << 8) // expected)
