"""Forwarder, estimator and a link between them, in virtual time: nothing but the link is made up.

The viewer's packets are opened, its feedback is sealed and read as on the wire. A scheduler of
three lines shows the highest layer that fits, because only what is sent can be measured.
"""

from dataclasses import dataclass, field

import pytest
from conformance.rig import Publisher, Rig, Viewer

from emporion.engine.congestion.gcc import GccEstimator
from emporion.engine.forward.api import ArrivalsReported
from emporion.engine.forward.reference import ReferenceForwarder
from emporion.engine.media import Layer
from emporion.engine.testing.network import ConstantRate, Link, LinkProfile, StepRate
from emporion.engine.transport.rate_control import RateControl
from emporion.engine.transport.transport import EstimateChanged, MediaEvent, TransportConnected

STEP_S = 0.005
FEEDBACK_S = 0.05
FRAME_S = 0.04
LAYERS_BPS = (150_000, 500_000, 1_800_000)
ON_THE_WIRE = 28


@dataclass
class RigClock:
    """The rig's time."""

    rig: Rig

    def now_s(self) -> float:
        return self.rig.now_s

    def unix_s(self) -> float:
        return self.rig.now_s


@dataclass
class Loop:
    """One publisher, one viewer behind a link."""

    link: Link[int]
    rig: Rig = field(default_factory=lambda: Rig(ReferenceForwarder()))
    publisher: Publisher = field(init=False)
    viewer: Viewer = field(init=False)
    estimates: list[tuple[float, EstimateChanged]] = field(default_factory=list)
    sent_bytes: int = 0
    probe_rows: int = 0
    _arrived: dict[int, float] = field(default_factory=dict)
    _next_told: int = 0

    def __post_init__(self) -> None:
        self.publisher = self.rig.publisher()
        self.viewer = self.rig.viewer(numbered=True)
        self.control = RateControl(
            GccEstimator(),
            self.rig.forwarder,
            clock=RigClock(self.rig),
            on_event=self.handle,
        )
        self.viewer.watch(self.publisher, Layer(spatial=0, temporal=2))
        self.viewer.listen(self.publisher)
        self.control.handle(TransportConnected(self.viewer.transport_id, ice_s=0.0, dtls_s=0.0))
        self.control.want(self.viewer.transport_id, sum(LAYERS_BPS))

    @property
    def available_bps(self) -> int:
        return self.estimates[-1][1].available_bps

    def handle(self, event: MediaEvent) -> None:
        """Show the highest layer that fits."""
        if isinstance(event, EstimateChanged):
            self.estimates.append((self.rig.now_s, event))
            fitting = [i for i, bps in enumerate(LAYERS_BPS) if bps < event.available_bps]
            target = Layer(spatial=max(fitting, default=0), temporal=2)
            self.viewer.watch(self.publisher, target)

    def run(self, seconds: float) -> None:
        for _ in range(round(seconds / STEP_S)):
            self._step()

    def _step(self) -> None:
        rig = self.rig
        step = round(rig.now_s / STEP_S)
        if step % round(FRAME_S / STEP_S) == 0:
            is_key = bool(self.publisher.plis)
            self.publisher.rtcp.clear()
            for index, bps in enumerate(LAYERS_BPS):
                frame_bytes = bps * FRAME_S / 8 * (3 if is_key else 1)
                count = max(1, round(frame_bytes / 1100))
                self.publisher.send_frame(
                    index, keyframe=is_key, sizes=(round(frame_bytes / count),) * count
                )
        if step % 4 == 0:
            self.publisher.speak()
        rig.advance(STEP_S)
        self.control.handle_timeout(rig.now_s)
        rig.drain()
        for packet in self.viewer.take_packets():
            self.sent_bytes += packet.wire_bytes + ON_THE_WIRE
            self.link.offer(packet.wire_bytes + ON_THE_WIRE, packet.wide_number, packet.at_s)
        for number in self.link.take(rig.now_s):
            self._arrived[number] = rig.now_s
        if step % round(FEEDBACK_S / STEP_S) == 0 and self._arrived:
            self._report()
        for event in rig.events:
            if isinstance(event, ArrivalsReported):
                self.probe_rows += sum(row.probe_id > 0 for row in event.rows)
                self.control.handle(event)
        rig.events.clear()

    def _report(self) -> None:
        start, stop = self._next_told, max(self._arrived) + 1
        reference = int(min(self._arrived.values()) / 0.064)
        times_s = [self._arrived.get(number) for number in range(start, stop)]
        self.viewer.report_arrivals(
            start,
            [None if at_s is None else 1000 * (at_s - reference * 0.064) for at_s in times_s],
            reference_time=reference,
        )
        self._arrived.clear()
        self._next_told = stop


def test_a_narrow_link_is_filled_and_not_flooded() -> None:
    loop = Loop(Link(LinkProfile(rate=ConstantRate(1_000_000), delay_s=0.03), seed=1))
    loop.run(15.0)
    assert 600_000 <= loop.available_bps <= 1_150_000
    assert loop.probe_rows > 0, "it was found by probing"
    missing = loop.link.counters.missing / loop.link.counters.offered
    assert missing < 0.02
    before = loop.sent_bytes
    loop.run(5.0)
    assert (loop.sent_bytes - before) * 8 / 5.0 >= 500_000, "the middle layer is shown"


def test_a_wide_link_shows_the_top_layer_within_two_seconds() -> None:
    loop = Loop(Link(LinkProfile(rate=ConstantRate(20_000_000), delay_s=0.02), seed=2))
    loop.run(2.0)
    assert loop.available_bps > LAYERS_BPS[2]
    before = loop.sent_bytes
    loop.run(2.0)
    assert (loop.sent_bytes - before) * 8 / 2.0 >= 0.9 * LAYERS_BPS[2]
    assert loop.rig.forwarder.statistics().feedback_refused == 0


def test_after_a_dip_the_former_rate_comes_back() -> None:
    rate = StepRate(((10.0, 3_000_000), (10.0, 400_000), (60.0, 3_000_000)))
    loop = Loop(
        Link(LinkProfile(rate=rate, delay_s=0.03), seed=3, start_s=5000.0)  # The rig's clock.
    )
    loop.run(10.0)
    assert loop.available_bps > LAYERS_BPS[2]
    loop.run(10.0)
    assert loop.available_bps < LAYERS_BPS[2] / 2
    loop.run(6.0)
    assert loop.available_bps > LAYERS_BPS[2]


@pytest.mark.parametrize("seed", [1, 2])
def test_the_same_seed_gives_the_same_estimates(seed: int) -> None:
    runs = []
    for _ in range(2):
        profile = LinkProfile(rate=ConstantRate(800_000), delay_s=0.03, jitter_s=0.01)
        loop = Loop(Link(profile, seed=seed))
        loop.run(4.0)
        runs.append([(at_s, event.available_bps) for at_s, event in loop.estimates])
    assert runs[0] == runs[1]
