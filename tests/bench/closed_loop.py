"""A sender, a link and a receiver in virtual time: how an estimator does on a link.

The sender is a forwarder in small: a pacer of 5 ms, audio at once, pictures of a source that either
follows the estimate to the bit (`greedy`) or has layers; probes are padding. The receiver reports
each 50 ms what came, over a link of its own. Everything is a function of its arguments.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from emporion.engine.congestion.api import TICK_S, ArrivalRow, Estimator, Probe, RateTarget
from emporion.engine.ids import TransportId
from emporion.engine.testing.network import Link, LinkProfile, NetworkProfile

STEP_S: Final = 0.005
FEEDBACK_S: Final = 0.05
REPORT_BYTES: Final = 90
PACKET_BYTES: Final = 1228
PADDING_BYTES: Final = 330  # RTP padding is at most 255 bytes.
FRAME_S: Final = 0.04
AUDIO_S: Final = 0.02
AUDIO_BYTES: Final = 130
LAYERS_BPS: Final = (150_000, 500_000, 1_500_000, 2_500_000)
MOST_QUEUED_S: Final = 0.5  # A picture that waited so long is dropped, as forwarders do.


class Packet(NamedTuple):
    number: int
    size_bytes: int
    sent_s: float
    probe_id: int
    viewer: int


class Report(NamedTuple):
    transport_id: TransportId
    rows: list[ArrivalRow]


class Sample(NamedTuple):
    """What was true at one moment."""

    now_s: float
    available_bps: int
    sent_bps: float
    reason: str


@dataclass
class Viewer:
    """One flow: sender's and receiver's state."""

    transport_id: TransportId
    layers_bps: Sequence[int] | None = None  # None: greedy.
    starts_s: float = 0.0
    feedback_s: float = FEEDBACK_S
    most_bps: float = 20e6  # What the source can send.
    target: RateTarget | None = None
    queue: deque[tuple[int, float]] = field(default_factory=deque)
    sent: list[Packet] = field(default_factory=list)
    arrived: list[tuple[float, Packet]] = field(default_factory=list)
    samples: list[Sample] = field(default_factory=list)
    probes: list[tuple[float, Probe]] = field(default_factory=list)
    layer_changes: list[tuple[float, int]] = field(default_factory=list)
    _fresh: dict[int, float] = field(default_factory=dict)
    _told: int = 0  # The number below which everything was reported.
    _budget_bytes: float = 0.0
    _probe_left: tuple[Probe, float, int, float] | None = None
    _sent_bytes: int = 0
    _layer: int = -1

    @property
    def available_bps(self) -> int:
        return self.target.available_bps if self.target is not None else 500_000

    def reached_s(self, rate_bps: float, after_s: float = 0.0) -> float | None:
        """How long after `after_s` this much was available; `None`: never."""
        for sample in self.samples:
            if sample.now_s >= after_s and sample.available_bps >= rate_bps:
                return sample.now_s - after_s
        return None

    @property
    def pacing_bps(self) -> int:
        return self.target.pacing_bps if self.target is not None else 750_000

    def step(self, estimator: Estimator, link: Link[Packet], viewer: int, step: int) -> None:
        """Make what is due and send what may be sent."""
        now_s = step * STEP_S
        if now_s >= self.starts_s:
            self.produce(step, now_s, estimator)
            self.send(link, viewer, step, now_s)

    def produce(self, step: int, now_s: float, estimator: Estimator) -> None:
        if step % round(FRAME_S / STEP_S):
            return
        video_bps = min(self.available_bps, self.most_bps) * 0.97 - 8 * AUDIO_BYTES / AUDIO_S
        if self.layers_bps is not None:
            video_bps = self._choose(video_bps, now_s, estimator)
        size = max(0, round(video_bps * FRAME_S / 8))
        while size > 0:
            self.queue.append((min(size + 60, PACKET_BYTES), now_s))
            size -= PACKET_BYTES
        while self.queue and now_s - self.queue[0][1] > MOST_QUEUED_S:
            self.queue.popleft()

    def _choose(self, video_bps: float, now_s: float, estimator: Estimator) -> float:
        assert self.layers_bps is not None
        fitting = [index for index, bps in enumerate(self.layers_bps) if bps <= video_bps]
        layer = fitting[-1] if fitting else -1
        if layer != self._layer:
            self._layer = layer
            self.layer_changes.append((now_s, layer))
        upper = self.layers_bps[layer + 1] if layer + 1 < len(self.layers_bps) else 0
        estimator.want(self.transport_id, round(upper * 1.05 + 52_000) if upper else 0)
        return self.layers_bps[layer] if layer >= 0 else 0.0

    def send(self, link: Link[Packet], viewer: int, step: int, now_s: float) -> None:
        if step % round(AUDIO_S / STEP_S) == 0:
            self._put(link, viewer, AUDIO_BYTES, 0, now_s)
        before_bytes = self._sent_bytes
        self._budget_bytes += self.pacing_bps * STEP_S / 8
        while self.queue and self._budget_bytes > 0:
            size, _ = self.queue.popleft()
            self._put(link, viewer, size, 0, now_s)
            self._budget_bytes -= size
        if not self.queue:
            self._budget_bytes = min(self._budget_bytes, 0.0)
        self._send_probe(link, viewer, self._sent_bytes - before_bytes, now_s)

    def _send_probe(self, link: Link[Packet], viewer: int, media_bytes: int, now_s: float) -> None:
        if self._probe_left is None:
            return
        probe, size, packets, budget = self._probe_left
        # What goes out anyway is part of the rate.
        budget += probe.rate_bps * STEP_S / 8 - media_bytes
        padding = min(PACKET_BYTES, max(PADDING_BYTES, round(probe.rate_bps * STEP_S / 8)))
        size += media_bytes
        while budget > 0 and (size < probe.min_bytes or packets < probe.min_packets):
            self._put(link, viewer, padding, probe.probe_id, now_s)
            size, packets, budget = size + padding, packets + 1, budget - padding
        is_over = size >= probe.min_bytes and packets >= probe.min_packets
        self._probe_left = None if is_over else (probe, size, packets, budget)

    def _put(self, link: Link[Packet], viewer: int, size: int, probe_id: int, now_s: float) -> None:
        packet = Packet(len(self.sent), size, now_s, probe_id, viewer)
        self.sent.append(packet)
        self._sent_bytes += size
        link.offer(size, packet, now_s)

    def receive(self, packet: Packet, now_s: float) -> None:
        self.arrived.append((now_s, packet))
        self._fresh[packet.number] = now_s

    def report(self, up: Link[Report], now_s: float) -> None:
        """Make a feedback of what came: everything up to the newest packet is told once."""
        if not self._fresh:
            return
        fresh, self._fresh = self._fresh, {}
        newest = max(fresh)
        rows: dict[tuple[float, int], list[float]] = {}
        for number in range(self._told, newest + 1):
            packet = self.sent[number]
            row = rows.setdefault((packet.sent_s, packet.probe_id), [-1.0, 0, 0, 0, 0])
            arrival_s = fresh.get(number)
            row[1] += packet.size_bytes
            row[3] += 1
            if arrival_s is None:
                row[4] += 1
            else:
                row[0] = max(row[0], arrival_s)
                row[2] += packet.size_bytes
        self._told = max(self._told, newest + 1)
        made = [
            ArrivalRow(
                sent_s,
                row[0] + 7.0 if row[0] >= 0 else None,
                round(row[1]),
                round(row[2]),
                round(row[3]),
                round(row[4]),
                probe_id,
            )
            for (sent_s, probe_id), row in rows.items()
        ]
        up.offer(REPORT_BYTES, Report(self.transport_id, made), now_s)

    def tell_sent(self, estimator: Estimator, now_s: float) -> None:
        estimator.handle_sent(self.transport_id, self._sent_bytes, bool(self.queue), now_s)
        reason = self.target.reason if self.target is not None else ""
        sent_bps = 8 * self._sent_bytes / TICK_S
        self.samples.append(Sample(now_s, self.available_bps, sent_bps, reason))
        self._sent_bytes = 0

    def take(self, target: RateTarget, now_s: float) -> None:
        self.target = target
        if target.probe is not None:
            self.probes.append((now_s, target.probe))
            self._probe_left = (target.probe, 0, 0, 0.0)


def run(
    estimator: Estimator,
    down: Link[Packet],
    viewers: Sequence[Viewer],
    *,
    seconds: float,
    up: Link[Report] | None = None,
    round_trip_s: float = 0.05,
) -> None:
    """Run all viewers over one link; without `up` reports come back after 20 ms."""
    up = up if up is not None else Link(LinkProfile(rate=None, delay_s=0.02), seed=0)
    per_tick = round(TICK_S / STEP_S)
    for step in range(round(seconds / STEP_S)):
        now_s = step * STEP_S
        for index, viewer in enumerate(viewers):
            if step == round(viewer.starts_s / STEP_S):
                estimator.add(viewer.transport_id, now_s)
                estimator.handle_reception(viewer.transport_id, 0.0, round_trip_s, now_s)
            viewer.step(estimator, down, index, step)
        while (at_s := down.next_s) <= now_s + STEP_S:
            for packet in down.take(at_s):
                viewers[packet.viewer].receive(packet, at_s)
        for report in up.take(now_s):
            estimator.handle_arrivals(report.transport_id, report.rows, now_s)
        for viewer in viewers:
            if step % round(viewer.feedback_s / STEP_S) == 0:
                viewer.report(up, now_s + STEP_S)
        if step % per_tick == 0:
            _tick(estimator, viewers, now_s)


def _tick(estimator: Estimator, viewers: Sequence[Viewer], now_s: float) -> None:
    for viewer in viewers:
        if now_s >= viewer.starts_s:
            viewer.tell_sent(estimator, now_s)
    by_id = {viewer.transport_id: viewer for viewer in viewers}
    for target in estimator.update(now_s):
        by_id[target.transport_id].take(target, now_s)


class Run(NamedTuple):
    """What came of one viewer on one link."""

    used_ratio: float  # Media that arrived, of what the link could carry and the source can send.
    queue_s: tuple[float, float, float]  # Quantiles 0.5, 0.95, 0.99 of the time at the bottleneck.
    start_s: float | None  # Until 80 % of what the link carries in its first seconds.
    probes: int
    layer_changes_per_min: float

    def describe(self) -> str:
        queue = "  ".join(f"{1000 * quantile:4.0f}" for quantile in self.queue_s)
        start = "    -" if self.start_s is None else f"{self.start_s:5.2f}"
        return (
            f"{self.used_ratio:.3f}  {queue}       {start}     {self.probes:4d}  "
            f"{self.layer_changes_per_min:6.1f}"
        )


def run_profile(
    estimator: Estimator,
    profile: NetworkProfile,
    viewer: Viewer,
    *,
    seconds: float,
    seed: int = 1,
    settled_s: float = 2.0,
) -> Run:
    """Run one viewer over both directions of a profile."""
    down: Link[Packet] = Link(profile.down, seed=seed)
    up: Link[Report] = Link(profile.up, seed=seed + 1)
    round_trip_s = profile.down.delay_s + profile.up.delay_s
    run(estimator, down, [viewer], seconds=seconds, up=up, round_trip_s=round_trip_s)
    rate = profile.down.rate
    line = rate.line(seed) if rate is not None else None

    def carried(begin_s: float, end_s: float) -> float:
        most = viewer.most_bps * (end_s - begin_s)
        return most if line is None else min(most, line.bits_between(begin_s, end_s))

    windows = [settled_s + 0.5 * index for index in range(int((seconds - settled_s) * 2))]
    capacity = sum(carried(begin_s, begin_s + 0.5) for begin_s in windows)
    media = sum(
        8 * packet.size_bytes
        for at_s, packet in viewer.arrived
        if at_s >= settled_s and not packet.probe_id
    )
    goal_bps = 0.8 * carried(0.0, 2.0) / 2.0
    quantile = down.queueing.quantile_s
    return Run(
        used_ratio=media / capacity,
        queue_s=(quantile(0.5), quantile(0.95), quantile(0.99)),
        start_s=viewer.reached_s(goal_bps),
        probes=len(viewer.probes),
        layer_changes_per_min=60 * len(viewer.layer_changes) / seconds,
    )
