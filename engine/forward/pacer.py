"""How fast one viewer is sent video: arithmetic of one link, no packets.

Theory of operation. The link is thought to be busy with what was sent until `_free_at_s`. What
would keep it busy for no more than `BURST_S` beyond now may be sent at once. So a viewer whose link
is far faster than its video is never held back, and another gets its frames in pieces, 5 ms of its
link at a time. A packet that alone takes longer goes out when the link is free. Voices do not wait;
what they take of the link others wait for.

libwebrtc paces at 2.5 times what it believes of the link. Simulated at 1.5 times, queues before the
link were a third longer and more voice was lost, and pictures stood still as often.
"""

from dataclasses import dataclass
from typing import Final

BURST_S: Final = 0.005  # Of the link; longer bursts hurt Wi-Fi receivers (performance.md §0.9).
PACE_TICK_S: Final = 0.005
MAX_BURST_PACKETS: Final = 16  # At once to one viewer, however fast its link.
# A probe that cannot get its packets out ends anyway: the estimator must not wait for ever.
PROBE_GRACE_S: Final = 0.1


@dataclass(slots=True)
class RunningProbe:
    """A probe that goes on.

    Attributes:
        left_packets: Still to be sent at the least, as `left_bytes`.
        repeated: Packets that were sent again to fill it.
    """

    probe_id: int
    rate_bps: int
    left_packets: int
    left_bytes: int
    until_s: float
    repeated: int = 0

    def is_over(self, now_s: float) -> bool:
        """Say whether its time has passed and enough was sent, or never will be."""
        if now_s < self.until_s:
            return False
        enough = self.left_packets <= 0 and self.left_bytes <= 0
        return enough or now_s >= self.until_s + PROBE_GRACE_S


class Pacer:
    """See the module. Sizes are octets on the wire.

    Attributes:
        pacing_bps: As set; 0: nothing is held back but for a probe, or waits from before.
        probe: What goes on; its rate stands for the other one meanwhile.
    """

    __slots__ = ("_free_at_s", "_voice_bytes", "pacing_bps", "probe")

    def __init__(self, pacing_bps: int) -> None:
        self.pacing_bps = pacing_bps
        self.probe: RunningProbe | None = None
        self._free_at_s = float("-inf")
        self._voice_bytes = 0

    @property
    def rate_bps(self) -> int:
        return self.probe.rate_bps if self.probe is not None else self.pacing_bps

    @property
    def probe_id(self) -> int:
        return self.probe.probe_id if self.probe is not None else 0

    def admit(self, size_bytes: int, packets: int, now_s: float) -> bool:
        """Say whether packets may go out whole and at once; they are charged then."""
        rate_bps = self.rate_bps
        end_s = max(self._free_at_s, now_s) + 8 * size_bytes / rate_bps if rate_bps else now_s
        if packets > MAX_BURST_PACKETS or end_s > now_s + BURST_S:
            return False
        self._free_at_s = end_s
        return True

    def begin(self, voice_bytes: int, now_s: float) -> None:
        """Something waits from now on: time in which nothing did is not made up for.

        Args:
            voice_bytes: That were sent to this viewer so far; see `yield_to`.
        """
        self._free_at_s = max(self._free_at_s, now_s)
        self._voice_bytes = voice_bytes

    def yield_to(self, voice_bytes: int, now_s: float) -> None:
        """Note what voices took of the link while something waited."""
        taken_bytes, self._voice_bytes = voice_bytes - self._voice_bytes, voice_bytes
        self._occupy(taken_bytes, now_s)

    def room(self, packet_bytes: int, now_s: float) -> int:
        """Return how many packets of a size may go out now."""
        if not self.rate_bps:
            return MAX_BURST_PACKETS
        start_s = max(self._free_at_s, now_s - BURST_S)  # A late tick is made up for, once.
        fitting = int((now_s + BURST_S - start_s) * self.rate_bps / 8 / packet_bytes)
        return max(fitting, 1 if start_s <= now_s else 0)

    def charge(self, packets: int, size_bytes: int, now_s: float) -> None:
        """Note what went out; the link, and the probe that goes on, are told."""
        self._occupy(size_bytes, now_s)
        if self.probe is not None:
            self.probe.left_packets -= packets
            self.probe.left_bytes -= size_bytes

    def _occupy(self, size_bytes: int, now_s: float) -> None:
        if self.rate_bps:
            start_s = max(self._free_at_s, now_s - BURST_S)
            self._free_at_s = start_s + 8 * size_bytes / self.rate_bps
