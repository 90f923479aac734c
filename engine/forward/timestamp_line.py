"""The *line* rule: one fixed line from the server's clock to each slot's RTP timestamps.

Theory of operation (facts/slots.md §3). A slot's timestamps lie on `line(t) = base + rate * t`,
with t on the server's clock, whatever track it shows. A source's packet was captured at

    t = NTP(its last sender report) + (rtp - report.rtp) / rate + offset(participant)

where `offset` is the least (arrival - NTP) of the participant's last reports: its clock translated
to ours plus the least delay seen. Before its first report the arrival stands in for t. So the line
that receivers learn from our sender reports never jumps at a switch, and lip sync survives.
"""

from collections import deque
from typing import Final

MASK: Final = 0xFFFF_FFFF
REPORTS_KEPT: Final = 40  # Least delay of the last 40 reports (facts/slots.md §3).
CAPTURE_SPAN_S: Final = 0.5  # A report that puts a capture further off its arrival is not believed.
FORGET_S: Final = 3600.0  # Half of the 32-bit range lasts 6.6 h at 90 kHz: forget long before.


def signed_difference(a: int, b: int) -> int:
    """Return a - b of two 32-bit timestamps, in [-2**31, 2**31) (RFC 1982)."""
    return ((a - b + 0x8000_0000) & MASK) - 0x8000_0000


class ParticipantClock:
    """The offset of one participant's NTP clock, over all its sources."""

    __slots__ = ("_differences_s", "offset_s")

    def __init__(self) -> None:
        self._differences_s: deque[float] = deque(maxlen=REPORTS_KEPT)
        self.offset_s: float | None = None

    def report(self, ntp_s: float, arrival_s: float) -> None:
        """Take in the NTP time of a sender report that arrived now."""
        self._differences_s.append(arrival_s - ntp_s)
        self.offset_s = min(self._differences_s)


class SourceClock:
    """Capture times of one encoding (or one audio source) on the server's clock."""

    __slots__ = ("_participant", "clock_rate_hz", "report_ntp_s", "report_rtp")

    def __init__(self, participant: ParticipantClock, clock_rate_hz: int) -> None:
        self._participant = participant
        self.clock_rate_hz = clock_rate_hz
        self.report_ntp_s: float | None = None
        self.report_rtp = 0

    def report(self, ntp_s: float, rtp_timestamp: int, arrival_s: float) -> None:
        """Take in a sender report (RFC 3550 §6.4.1)."""
        self.report_ntp_s = ntp_s
        self.report_rtp = rtp_timestamp
        self._participant.report(ntp_s, arrival_s)

    def capture_s(self, rtp_timestamp: int, arrival_s: float) -> float:
        """Return when the packet was captured; its arrival where reports are missing or absurd.

        An absurd report is forgotten: the source's clock stood still while it did not send.
        """
        offset_s = self._participant.offset_s
        if self.report_ntp_s is None or offset_s is None:
            return arrival_s
        since_report_s = signed_difference(rtp_timestamp, self.report_rtp) / self.clock_rate_hz
        capture_s = self.report_ntp_s + since_report_s + offset_s
        if abs(capture_s - arrival_s) <= CAPTURE_SPAN_S:
            return capture_s
        self.report_ntp_s = None
        return arrival_s

    def translated_report(self) -> tuple[float, int] | None:
        """Return the last report as (server's time in s, source's rtp timestamp)."""
        if self.report_ntp_s is None or self._participant.offset_s is None:
            return None
        return self.report_ntp_s + self._participant.offset_s, self.report_rtp


class TimestampLine:
    """One slot's line, and the offset that puts its present source on it.

    Attributes:
        offset: Outbound minus inbound timestamp, modulo 2**32, of the present source.
        last: Highest timestamp sent; `last_sent_s` when. None before the first.
    """

    __slots__ = ("_base", "clock_rate_hz", "last", "last_sent_s", "offset")

    def __init__(self, base: int, clock_rate_hz: int) -> None:
        self._base = base
        self.clock_rate_hz = clock_rate_hz
        self.offset = 0
        self.last: int | None = None
        self.last_sent_s = 0.0

    def at(self, server_s: float) -> int:
        """Return the line's timestamp at a time of the server's clock."""
        return (self._base + round(server_s * self.clock_rate_hz)) & MASK

    def ahead_of_last(self, capture_s: float, now_s: float) -> int | None:
        """Return line(capture) - last in ticks; None if there is no last to keep clear of."""
        if self.last is None or now_s - self.last_sent_s > FORGET_S:
            return None
        return signed_difference(self.at(capture_s), self.last)

    def note_sent(self, rtp_timestamp: int, now_s: float) -> None:
        """Remember an outbound timestamp that was sent, unless a higher one was before."""
        if self.last is None or signed_difference(rtp_timestamp, self.last) > 0:
            self.last = rtp_timestamp
        self.last_sent_s = now_s

    def join(self, rtp_timestamp: int, capture_s: float, now_s: float, *, lead: int = 0) -> int:
        """Put a new source on the line; return its first packet's outbound timestamp.

        Time must not run backwards in a slot: the result is at least 1 ms after the last one
        (with 10 ms slots drifted 65 ms ahead, with 1 ms they stay within 24 ms).

        Args:
            lead: Ticks that earlier frames of the source take before this one.
        """
        least = self.clock_rate_hz // 1000 + lead
        ahead = self.ahead_of_last(capture_s, now_s)
        if ahead is not None and self.last is not None and ahead < least:
            return self.join_at(rtp_timestamp, self.last + least)
        return self.join_at(rtp_timestamp, self.at(capture_s))

    def join_at(self, rtp_timestamp: int, outbound: int) -> int:
        """Let `rtp_timestamp` of the new source become `outbound`."""
        self.offset = (outbound - rtp_timestamp) & MASK
        return outbound & MASK
