"""The estimator `remb`: for viewers that send no transport-wide feedback, but REMBs."""

from collections.abc import Sequence

from ..ids import TransportId
from .api import ArrivalRow, RateTarget
from .receiver_estimate import ReceiverEstimate


class RembEstimator:
    """Implements `api.Estimator` with one `ReceiverEstimate` a viewer; paces nobody, probes not."""

    def __init__(self) -> None:
        self._estimates: dict[TransportId, ReceiverEstimate] = {}
        self._receptions: dict[TransportId, tuple[float, float | None]] = {}
        self._changed: dict[TransportId, None] = {}

    def add(self, transport_id: TransportId, now_s: float) -> None:
        """Begin with the start value."""
        self.remove(transport_id)
        self._estimates[transport_id] = ReceiverEstimate()

    def remove(self, transport_id: TransportId) -> None:
        """Forget it; an unknown one is a no-op."""
        self._estimates.pop(transport_id, None)
        self._receptions.pop(transport_id, None)
        self._changed.pop(transport_id, None)

    def handle_arrivals(
        self, transport_id: TransportId, rows: Sequence[ArrivalRow], now_s: float
    ) -> None:
        """Arrivals tell it nothing."""

    def handle_sent(
        self, transport_id: TransportId, sent_bytes: int, is_limited: bool, now_s: float
    ) -> None:
        """What was sent comes with each REMB."""

    def handle_remb(
        self, transport_id: TransportId, remb_bps: int, sent_bps: int, now_s: float
    ) -> None:
        """Take in a receiver's estimate."""
        estimate = self._estimates.get(transport_id)
        if estimate is None:
            return
        before_bps = estimate.available_bps
        after_bps = estimate.handle_remb(remb_bps, sent_bps=sent_bps, now_s=now_s)
        if after_bps != before_bps:
            self._changed[transport_id] = None

    def handle_reception(
        self,
        transport_id: TransportId,
        lost_ratio: float,
        round_trip_s: float | None,
        now_s: float,
    ) -> None:
        """Keep it, to be told with the next change."""
        if transport_id in self._estimates:
            self._receptions[transport_id] = (lost_ratio, round_trip_s)

    def want(self, transport_id: TransportId, wanted_bps: int) -> None:
        """It does not probe."""

    def update(self, now_s: float) -> Sequence[RateTarget]:
        """Return those that moved since the last pass."""
        changed, self._changed = self._changed, {}
        return [self._target(transport_id) for transport_id in changed]

    def _target(self, transport_id: TransportId) -> RateTarget:
        lost_ratio, round_trip_s = self._receptions.get(transport_id, (0.0, None))
        return RateTarget(
            transport_id=transport_id,
            available_bps=self._estimates[transport_id].available_bps,
            pacing_bps=0,
            probe=None,
            queueing_delay_s=0.0,
            lost_ratio=lost_ratio,
            round_trip_s=round_trip_s,
            reason="remb",
        )
