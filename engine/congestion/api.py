"""The contract of estimators: what they are told of each viewer, and what they say of its link.

One estimator serves all viewers of a node. What comes from the network is only collected;
`update`, called each 25 ms, takes all of it in at once and returns what changed. No clock is read:
`now_s` is the server's. Nothing that a viewer reports may raise, or change what is said of another.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Final, NamedTuple, Protocol

from ..ids import TransportId
from ..rtp.arrivals import ArrivalRow

TICK_S: Final = 0.025  # libwebrtc's interval of the same task; a quarter of a short round trip.

# A picture at once; three times as much is probed at the first report.
START_BPS: Final = 1_000_000

__all__ = ["START_BPS", "TICK_S", "ArrivalRow", "Estimator", "Estimators", "Probe", "RateTarget"]


class Probe(NamedTuple):
    """Packets to be sent faster than the estimate, to see how they arrive.

    Attributes:
        probe_id: Ends up in the rows of its packets; above 0.
        rate_bps: How fast they go out, on the wire.
        min_packets: It ends when so many,
        min_bytes: and so much were sent.
        duration_s: What `min_bytes` take at the rate.
    """

    probe_id: int
    rate_bps: int
    min_packets: int
    min_bytes: int
    duration_s: float


class RateTarget(NamedTuple):
    """What is now believed of one viewer's link.

    Attributes:
        available_bps: What a scheduler may spend, on the wire.
        pacing_bps: How fast a pacer may send what is waiting; 0: as fast as it likes.
        probe: To be started now.
        queueing_delay_s: How long packets stand in the queue of the bottleneck.
        lost_ratio: Of the last windows of feedback.
        round_trip_s: As told by `handle_reception`; `None`: not told yet.
        reason: For people, dumps and metrics: why the rate is what it is.
    """

    transport_id: TransportId
    available_bps: int
    pacing_bps: int
    probe: Probe | None
    queueing_delay_s: float
    lost_ratio: float
    round_trip_s: float | None
    reason: str


class Estimator(Protocol):
    """One instance for all viewers of a node; ids that are not known are passed over."""

    def add(self, transport_id: TransportId, now_s: float) -> None:
        """Begin to estimate a viewer's link; a viewer that is known begins anew."""

    def remove(self, transport_id: TransportId) -> None:
        """Forget a viewer."""

    def handle_arrivals(
        self, transport_id: TransportId, rows: Sequence[ArrivalRow], now_s: float
    ) -> None:
        """Collect one transport-wide feedback, matched with what was sent."""

    def handle_sent(
        self, transport_id: TransportId, sent_bytes: int, is_limited: bool, now_s: float
    ) -> None:
        """Collect what was handed to the wire since the last call.

        Args:
            is_limited: The pacer held packets back: the link limits, not the application.
        """

    def handle_remb(
        self, transport_id: TransportId, remb_bps: int, sent_bps: int, now_s: float
    ) -> None:
        """Take in a REMB and what was sent to the viewer since the last one."""

    def handle_reception(
        self,
        transport_id: TransportId,
        lost_ratio: float,
        round_trip_s: float | None,
        now_s: float,
    ) -> None:
        """Take in what a receiver report says."""

    def want(self, transport_id: TransportId, wanted_bps: int) -> None:
        """Say what would be spent if it were there; 0: no more than is spent now."""

    def update(self, now_s: float) -> Sequence[RateTarget]:
        """Take in all that was collected; returns the viewers of whom something changed."""
        ...


Estimators = Mapping[str, Callable[[], Estimator]]
"""What the hook `estimators` returns: makers by name, one instance for each node."""
