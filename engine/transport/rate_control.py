"""Between forwarder and estimator: what arrived goes in, what may be sent comes out.

The forwarder's reports are given to the estimator as they come. Every 25 ms it decides for all
viewers in one pass, if there is news or somebody who reports; the pacer and the probes of the
forwarder follow at once, the actors are told of what is worth a new schedule. Viewers who report
nothing cost nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from ..clock import Clock
from ..congestion.api import TICK_S, Estimator, RateTarget
from ..forward.api import ArrivalsReported, Forwarder, ReceptionReported, RembReported
from ..ids import TransportId
from .transport import EstimateChanged, MediaEvent, TransportClosed, TransportConnected

QUIET_TICKS: Final = 4  # Without news there is a pass for every so many ticks.
# What was sent to a viewer is told with its reports; and so often, in ticks, if none came.
SENT_TICKS: Final = 16
# Until a viewer has reported: the first key frames of several pictures would else stand in the
# queue of a slow link, 90 kB of them. On a fast link they take 50 ms longer.
START_PACING_BPS: Final = 5_000_000
START_S: Final = 1.0  # Who reports nothing for so long never will, and is not paced.
TOLD_RATIO: Final = 0.03  # A smaller step changes no schedule; `subscribing` asks for 5 %.


@dataclass(slots=True)
class _Viewer:
    """One viewer.

    Attributes:
        is_starting: It is paced as one that has not reported.
        told_bps: What the actors know.
    """

    is_starting: bool = True
    told_bps: int = 0


class RateControl:
    """See the module. `handle` stands before the actors' own receiver of media events."""

    def __init__(
        self,
        estimator: Estimator,
        forwarder: Forwarder,
        *,
        clock: Clock,
        on_event: Callable[[MediaEvent], None],
    ) -> None:
        self._estimator = estimator
        self._forwarder = forwarder
        self._clock = clock
        self._on_event = on_event
        self._viewers: dict[TransportId, _Viewer] = {}
        self._wants: dict[TransportId, int] = {}  # Also of those that are not connected yet.
        self._starting: dict[TransportId, float] = {}  # Until when, soonest first.
        self._reporting: dict[TransportId, None] = {}  # They have reported arrivals once.
        self._reported: dict[TransportId, None] = {}  # They have since the last pass.
        self._tick = 0
        self._has_news = False
        self.next_due_s = float("inf")

    def handle(self, event: MediaEvent) -> None:
        """Give the estimator what concerns it, and everything but arrivals to the actors."""
        if isinstance(event, ArrivalsReported):
            transport_id = event.transport_id
            if transport_id in self._viewers:
                now_s = self._clock.now_s()
                self._note_news(now_s)
                self._reported[transport_id] = self._reporting[transport_id] = None
                self._estimator.handle_arrivals(transport_id, event.rows, now_s)
            return
        match event:
            case TransportConnected(transport_id=transport_id):
                self._add(transport_id)
            case TransportClosed(transport_id=transport_id):
                self.remove(transport_id)
            case RembReported(transport_id=transport_id, remb_bps=remb_bps, sent_bps=sent_bps):
                now_s = self._clock.now_s()
                self._note_news(now_s)
                self._estimator.handle_remb(transport_id, remb_bps, sent_bps, now_s)
            case ReceptionReported(
                transport_id=transport_id, lost_ratio=lost_ratio, round_trip_s=round_trip_s
            ):
                now_s = self._clock.now_s()
                self._estimator.handle_reception(transport_id, lost_ratio, round_trip_s, now_s)
            case _:
                pass
        self._on_event(event)

    def remove(self, transport_id: TransportId) -> None:
        """Forget a viewer; an unknown one is a no-op."""
        self._wants.pop(transport_id, None)
        if self._viewers.pop(transport_id, None) is not None:
            self._estimator.remove(transport_id)
            for those in (self._starting, self._reporting, self._reported):
                those.pop(transport_id, None)
        if not self._viewers:
            self.next_due_s = float("inf")

    def want(self, transport_id: TransportId, wanted_bps: int) -> None:
        """Pass on what a viewer's scheduler would spend if it could; 0: nothing more."""
        self._wants[transport_id] = wanted_bps
        self._estimator.want(transport_id, wanted_bps)

    def handle_timeout(self, now_s: float) -> None:
        """Make the pass if it is due."""
        if now_s < self.next_due_s:
            return
        # After a stall passes are left out, not made up for.
        self.next_due_s = max(self.next_due_s + TICK_S, now_s + TICK_S / 2)
        self._tick += 1
        self._end_starts(now_s)
        self._tell_sent(now_s)
        is_quiet_pass = self._reporting and self._tick % QUIET_TICKS == 0
        if self._has_news or is_quiet_pass:  # Else nothing but time has moved, and nobody waits.
            self._has_news = False
            for target in self._estimator.update(now_s):
                self._follow(target, now_s)
        if not self._reporting:
            self.next_due_s = next(iter(self._starting.values()), float("inf"))

    def _end_starts(self, now_s: float) -> None:
        """Pace those no more who have not reported `START_S` after something was sent to them."""
        while self._starting:
            transport_id, until_s = next(iter(self._starting.items()))
            if now_s < until_s:
                break
            sent_bytes, _ = self._forwarder.take_sent(transport_id)
            if sent_bytes:
                self._stop_starting(transport_id)
                self._forwarder.set_pacing(transport_id, 0)
            else:  # Prepared before its join, or alone in the room.
                del self._starting[transport_id]
                self._starting[transport_id] = now_s + START_S

    def _tell_sent(self, now_s: float) -> None:
        """Tell what was sent to those who reported; now and then to all who ever did."""
        asked = self._reporting if self._tick % SENT_TICKS == 0 else self._reported
        for transport_id in asked:
            sent_bytes, is_limited = self._forwarder.take_sent(transport_id)
            if sent_bytes:
                self._estimator.handle_sent(transport_id, sent_bytes, is_limited, now_s)
        self._reported.clear()

    def _stop_starting(self, transport_id: TransportId) -> None:
        self._viewers[transport_id].is_starting = False
        self._starting.pop(transport_id, None)

    def _add(self, transport_id: TransportId) -> None:
        now_s = self._clock.now_s()
        self._viewers[transport_id] = _Viewer()
        self._starting.pop(transport_id, None)
        self._starting[transport_id] = now_s + START_S
        self._estimator.add(transport_id, now_s)
        if transport_id in self._wants:
            self._estimator.want(transport_id, self._wants[transport_id])
        self._forwarder.set_pacing(transport_id, START_PACING_BPS)
        self._wake_by(now_s + TICK_S)

    def _note_news(self, now_s: float) -> None:
        self._has_news = True
        self._wake_by(now_s + TICK_S)

    def _wake_by(self, due_s: float) -> None:
        self.next_due_s = min(self.next_due_s, due_s)

    def _follow(self, target: RateTarget, now_s: float) -> None:
        viewer = self._viewers.get(target.transport_id)
        if viewer is None:
            return
        if viewer.is_starting:
            self._stop_starting(target.transport_id)
        self._forwarder.set_pacing(target.transport_id, target.pacing_bps)
        probe = target.probe
        # Whatever the estimator would like to know: who wants nothing is not sent padding.
        if probe is not None and self._wants.get(target.transport_id) != 0:
            self._forwarder.start_probe(
                target.transport_id,
                probe.probe_id,
                rate_bps=probe.rate_bps,
                min_packets=probe.min_packets,
                min_bytes=probe.min_bytes,
                duration_s=probe.duration_s,
                now_s=now_s,
            )
        if abs(target.available_bps - viewer.told_bps) > TOLD_RATIO * viewer.told_bps:
            viewer.told_bps = target.available_bps
            self._on_event(
                EstimateChanged(
                    target.transport_id,
                    target.available_bps,
                    queueing_delay_s=target.queueing_delay_s,
                    lost_ratio=target.lost_ratio,
                    round_trip_s=target.round_trip_s,
                    reason=target.reason,
                )
            )
