"""Reports of the forwarder reach the estimator, its targets the forwarder and the actors."""

from collections.abc import Sequence

import pytest

from emporion.engine.congestion.api import TICK_S, Probe, RateTarget
from emporion.engine.forward.api import (
    ArrivalsReported,
    ReceptionReported,
    RembReported,
    SlotSwitched,
)
from emporion.engine.ids import SlotId, TrackId, TransportId
from emporion.engine.media import Layer
from emporion.engine.rtp.arrivals import ArrivalRow
from emporion.engine.testing.fake_forwarder import FakeForwarder
from emporion.engine.transport.rate_control import (
    QUIET_TICKS,
    SENT_TICKS,
    START_PACING_BPS,
    START_S,
    RateControl,
)
from emporion.engine.transport.transport import (
    CloseCause,
    EstimateChanged,
    MediaEvent,
    TransportClosed,
    TransportConnected,
)

VIEWER = TransportId("TP_1")
ROW = ArrivalRow(1.0, 2.0, 1200, 1200, 1, 0, 0)


class ScriptedEstimator:
    """Notes its inputs, and answers `update` with what a test has put into `targets`."""

    def __init__(self) -> None:
        self.inputs: list[tuple[object, ...]] = []
        self.targets: list[RateTarget] = []
        self.passes = 0

    def add(self, transport_id: TransportId, now_s: float) -> None:
        self.inputs.append(("add", transport_id))

    def remove(self, transport_id: TransportId) -> None:
        self.inputs.append(("remove", transport_id))

    def handle_arrivals(
        self, transport_id: TransportId, rows: Sequence[ArrivalRow], now_s: float
    ) -> None:
        self.inputs.append(("arrivals", transport_id, tuple(rows)))

    def handle_sent(
        self, transport_id: TransportId, sent_bytes: int, is_limited: bool, now_s: float
    ) -> None:
        self.inputs.append(("sent", transport_id, sent_bytes, is_limited))

    def handle_remb(
        self, transport_id: TransportId, remb_bps: int, sent_bps: int, now_s: float
    ) -> None:
        self.inputs.append(("remb", transport_id, remb_bps, sent_bps))

    def handle_reception(
        self,
        transport_id: TransportId,
        lost_ratio: float,
        round_trip_s: float | None,
        now_s: float,
    ) -> None:
        self.inputs.append(("reception", transport_id, lost_ratio, round_trip_s))

    def want(self, transport_id: TransportId, wanted_bps: int) -> None:
        self.inputs.append(("want", transport_id, wanted_bps))

    def update(self, now_s: float) -> Sequence[RateTarget]:
        self.passes += 1
        targets, self.targets = self.targets, []
        return targets


class Stage:
    """A rate control between fakes, and a clock by hand."""

    def __init__(self) -> None:
        self.clock = HandClock()
        self.estimator = ScriptedEstimator()
        self.forwarder = FakeForwarder()
        self.events: list[MediaEvent] = []
        self.control = RateControl(
            self.estimator, self.forwarder, clock=self.clock, on_event=self.events.append
        )

    def connect(self, transport_id: TransportId = VIEWER) -> None:
        self.control.handle(TransportConnected(transport_id, ice_s=0.0, dtls_s=0.0))

    def tick(self, times: int = 1) -> None:
        for _ in range(times):
            self.clock.at_s += TICK_S
            self.control.handle_timeout(self.clock.at_s)

    def aim(self, available_bps: int, *, probe: Probe | None = None, pacing_bps: int = 0) -> None:
        """Let the next pass give this target; there is one for each report."""
        self.estimator.targets.append(
            RateTarget(VIEWER, available_bps, pacing_bps, probe, 0.02, 0.1, 0.08, "overuse")
        )
        self.control.handle(ArrivalsReported(VIEWER, (ROW,)))
        self.tick()

    def told(self) -> list[EstimateChanged]:
        return [event for event in self.events if isinstance(event, EstimateChanged)]


class HandClock:
    """See `Clock`."""

    def __init__(self) -> None:
        self.at_s = 100.0

    def now_s(self) -> float:
        return self.at_s

    def unix_s(self) -> float:
        return self.at_s


@pytest.fixture
def stage() -> Stage:
    return Stage()


def test_reports_reach_the_estimator(stage: Stage) -> None:
    stage.connect()
    stage.control.handle(ArrivalsReported(VIEWER, (ROW,)))
    stage.control.handle(RembReported(VIEWER, remb_bps=900, sent_bps=800))
    stage.control.handle(ReceptionReported(VIEWER, lost_ratio=0.25, round_trip_s=0.1))
    stage.control.want(VIEWER, 5000)
    assert stage.estimator.inputs == [
        ("add", VIEWER),
        ("arrivals", VIEWER, (ROW,)),
        ("remb", VIEWER, 900, 800),
        ("reception", VIEWER, 0.25, 0.1),
        ("want", VIEWER, 5000),
    ]


def test_the_actors_get_everything_but_arrivals(stage: Stage) -> None:
    """These come 20 times a second from every viewer."""
    others: list[MediaEvent] = [
        TransportConnected(VIEWER, ice_s=0.1, dtls_s=0.1),
        RembReported(VIEWER, 1, 1),
        ReceptionReported(VIEWER, 0.0, None),
        SlotSwitched(VIEWER, SlotId("SL"), TrackId("TR"), Layer(spatial=0, temporal=0), 1, True),
        TransportClosed(VIEWER, CloseCause.CLOSED),
    ]
    for event in [*others, ArrivalsReported(VIEWER, (ROW,))]:
        stage.control.handle(event)
    assert stage.events == others


def test_a_target_moves_the_pacer_and_starts_its_probe(stage: Stage) -> None:
    stage.connect()
    probe = Probe(3, 4_000_000, 5, 2_000, 0.015)
    stage.aim(1_000_000, pacing_bps=2_500_000, probe=probe)
    assert stage.forwarder.pacing_bps == {VIEWER: 2_500_000}
    assert stage.forwarder.probes == [(VIEWER, 3, 4_000_000)]
    (told,) = stage.told()
    assert (told.available_bps, told.reason) == (1_000_000, "overuse")
    assert (told.queueing_delay_s, told.lost_ratio, told.round_trip_s) == (0.02, 0.1, 0.08)


def test_who_wants_nothing_more_is_not_probed(stage: Stage) -> None:
    stage.connect()
    probe = Probe(3, 4_000_000, 5, 2_000, 0.015)
    stage.control.want(VIEWER, 0)
    stage.aim(1_000_000, probe=probe)
    assert stage.forwarder.probes == []
    stage.control.want(VIEWER, 3_000_000)
    stage.aim(1_100_000, probe=probe)
    assert len(stage.forwarder.probes) == 1


def test_what_is_wanted_before_the_connection_is_up_counts(stage: Stage) -> None:
    """Schedules are made as soon as an offer is answered."""
    stage.control.want(VIEWER, 700_000)
    stage.connect()
    assert stage.estimator.inputs[-2:] == [("add", VIEWER), ("want", VIEWER, 700_000)]


def test_small_steps_are_not_told_until_they_add_up(stage: Stage) -> None:
    stage.connect()
    for available_bps in (1_000_000, 1_020_000, 990_000, 1_025_000, 1_040_000):
        stage.aim(available_bps)
    assert [event.available_bps for event in stage.told()] == [1_000_000, 1_040_000]


def test_a_target_for_one_who_has_left_is_dropped(stage: Stage) -> None:
    stage.connect()
    stage.connect(TransportId("TP_2"))
    stage.control.remove(VIEWER)
    stage.aim(1_000_000, pacing_bps=5)
    assert stage.forwarder.pacing_bps[VIEWER] == START_PACING_BPS
    assert stage.told() == []


def test_who_has_reported_nothing_is_paced_for_a_second(stage: Stage) -> None:
    reporter = TransportId("TP_2")
    stage.connect()
    stage.connect(reporter)
    assert stage.forwarder.pacing_bps == dict.fromkeys((VIEWER, reporter), START_PACING_BPS)
    stage.estimator.targets.append(
        RateTarget(reporter, 800_000, 2_000_000, None, 0.0, 0.0, None, "start")
    )
    stage.control.handle(ArrivalsReported(reporter, (ROW,)))
    stage.tick(round(START_S / TICK_S) + 4)
    assert stage.forwarder.pacing_bps[VIEWER] == START_PACING_BPS, "nothing was sent to it yet"
    stage.forwarder.sent = {VIEWER: (500, True)}
    stage.tick(round(START_S / TICK_S) + 4)
    assert stage.forwarder.pacing_bps == {VIEWER: 0, reporter: 2_000_000}


def test_what_was_sent_is_told_with_a_report(stage: Stage) -> None:
    viewers = [TransportId(f"TP_{number}") for number in range(4)]
    for transport_id in viewers:
        stage.connect(transport_id)
    stage.forwarder.sent = {transport_id: (500, True) for transport_id in viewers}
    stage.control.handle(ArrivalsReported(viewers[1], (ROW,)))
    stage.tick()
    told = ("sent", viewers[1], 500, True)
    assert [entry for entry in stage.estimator.inputs if entry[0] == "sent"] == [told]
    stage.forwarder.sent = {viewers[1]: (500, True)}
    stage.tick(SENT_TICKS - 1)
    sent = [entry for entry in stage.estimator.inputs if entry[0] == "sent"]
    assert sent == [told, told], "also when it has fallen silent, or nobody would notice"


def test_viewers_who_report_nothing_cost_nothing(stage: Stage) -> None:
    for number in range(4):
        stage.connect(TransportId(f"TP_{number}"))
    stage.forwarder.sent = {TransportId(f"TP_{number}"): (500, True) for number in range(4)}
    stage.tick(100)
    assert stage.estimator.passes == 0
    assert stage.control.next_due_s == float("inf")
    stage.control.handle(ArrivalsReported(VIEWER, (ROW,)))
    stage.tick(100)
    assert stage.estimator.passes == pytest.approx(100 / QUIET_TICKS, abs=1)


def test_it_ticks_while_somebody_is_connected(stage: Stage) -> None:
    assert stage.control.next_due_s == float("inf")
    stage.connect()
    assert stage.control.next_due_s == pytest.approx(100.0 + TICK_S)
    stage.clock.at_s += 10.0
    stage.control.handle_timeout(stage.clock.at_s)
    assert stage.control.next_due_s > stage.clock.at_s, "passes are not made up for"
    stage.control.handle(TransportClosed(VIEWER, CloseCause.CLOSED))
    assert stage.control.next_due_s == float("inf")
    assert ("remove", VIEWER) in stage.estimator.inputs
