"""Plain integers that the hot path counts with, and the frozen snapshot of them."""

from bisect import bisect_left
from typing import Final

from .api import ForwarderStatistics

LATENCY_BOUNDS_S: Final = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1)

_FIELDS: Final = (
    "packets_received",
    "bytes_received",
    "packets_sent",
    "bytes_sent",
    "trains_sent",
    "padding_bytes_sent",
    "packets_lost_inbound",
    "nacks_sent",
    "nacks_received",
    "retransmissions_sent",
    "retransmissions_received",
    "audio_retransmissions_sent",
    "audio_retransmissions_refused",
    "audio_restored",
    "retransmissions_missed",
    "keyframe_requests_sent",
    "keyframe_requests_received",
    "keyframe_requests_suppressed",
    "switches",
    "replays",
    "restarts",
    "dropped_duplicate",
    "dropped_padding_only",
    "dropped_unauthentic",
    "dropped_malformed",
    "dropped_unknown",
    "runs_held",
    "runs_dropped_stale",
    "probe_repeats_sent",
    "probe_padding_packets_sent",
    "packets_sent_redundant",
    "feedback_received",
    "feedback_refused",
    "feedback_stale",
)


class Counters:
    """One attribute for each counter of `ForwarderStatistics` (L4)."""

    packets_received: int
    bytes_received: int
    packets_sent: int
    bytes_sent: int
    trains_sent: int
    padding_bytes_sent: int
    packets_lost_inbound: int
    nacks_sent: int
    nacks_received: int
    retransmissions_sent: int
    retransmissions_received: int
    audio_retransmissions_sent: int
    audio_retransmissions_refused: int
    audio_restored: int
    retransmissions_missed: int
    keyframe_requests_sent: int
    keyframe_requests_received: int
    keyframe_requests_suppressed: int
    switches: int
    replays: int
    restarts: int
    dropped_duplicate: int
    dropped_padding_only: int
    dropped_unauthentic: int
    dropped_malformed: int
    dropped_unknown: int
    runs_held: int
    runs_dropped_stale: int
    probe_repeats_sent: int
    probe_padding_packets_sent: int
    packets_sent_redundant: int
    feedback_received: int
    feedback_refused: int
    feedback_stale: int

    __slots__ = (*_FIELDS, "_buckets", "_latency_count", "_latency_s_sum")

    def __init__(self) -> None:
        for field in _FIELDS:
            setattr(self, field, 0)
        self._buckets = [0] * (len(LATENCY_BOUNDS_S) + 1)
        self._latency_s_sum = 0.0
        self._latency_count = 0

    def observe_latency(self, latency_s: float, trains: int) -> None:
        """Note how long the first packet of these trains was held."""
        self._buckets[bisect_left(LATENCY_BOUNDS_S, latency_s)] += trains
        self._latency_s_sum += latency_s * trains
        self._latency_count += trains

    def snapshot(
        self, *, transports: int, tracks: int, slots: int, slots_pointed: int
    ) -> ForwarderStatistics:
        """Return all counters, and these gauges, as they are now."""
        cumulative: list[tuple[float, int]] = []
        below = 0
        for bound_s, count in zip(LATENCY_BOUNDS_S, self._buckets, strict=False):
            below += count
            cumulative.append((bound_s, below))
        return ForwarderStatistics(
            transports=transports,
            tracks=tracks,
            slots=slots,
            slots_pointed=slots_pointed,
            **{field: getattr(self, field) for field in _FIELDS},
            forward_latency_s_sum=self._latency_s_sum,
            forward_latency_count=self._latency_count,
            forward_latency_buckets=tuple(cumulative),
        )
