"""What a viewer had of a simulated room, in figures."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from ...engine.ids import SlotId, TrackId
from ...engine.testing.network.rates import Line
from .encoder import Frame
from .playout import shown_s
from .publisher import Sent
from .room import Seat
from .slot_receiver import frozen_s

AUDIO_BUDGET_S: Final = 0.2  # Later than the quickest by more, and a voice packet is concealed.
SAMPLE_S: Final = 0.1
SETTLES_S: Final = 5.0  # Changes of layer before are those of the beginning.


@dataclass(frozen=True, slots=True)
class Figures:
    """One viewer of one run; ratios in [0, 1].

    Attributes:
        utilisation: What came down the link, of what it could have carried; 0: no bound.
        freeze_ratio: How long pictures stood still, of the time in which they were to move.
        legible_ratio: How long the shared page stood there sharp and complete.
        switches_per_min: Changes of layer, without those of the first five seconds.
        queueing_p95_s: From the offer until the last byte left the line.
        audio_loss_ratio: Voice packets of which no copy came, or too late.
    """

    utilisation: float
    freeze_ratio: float
    legible_ratio: float
    switches_per_min: float
    queueing_p95_s: float
    audio_loss_ratio: float


@dataclass(frozen=True, slots=True)
class Period:
    """The viewer's stay."""

    begin_s: float
    end_s: float

    @property
    def seconds(self) -> float:
        return self.end_s - self.begin_s


@dataclass(frozen=True, slots=True)
class SharedScreen:
    """The track that shows pages, and which one at what time."""

    track_id: TrackId
    top_encoding: int
    page: Callable[[float], int]


def measure(
    seat: Seat, sent: Sent, period: Period, line: Line | None, screen: SharedScreen
) -> Figures:
    """Return the figures of one viewer; `line` counts from its coming."""
    capacity_bits = line.bits_between(0.0, period.seconds) if line is not None else 0.0
    carried_bits = 8 * sum(size_bytes for _, size_bytes in seat.down.sizes)
    return Figures(
        utilisation=carried_bits / capacity_bits if capacity_bits else 0.0,
        freeze_ratio=_freeze_ratio(seat, sent, period.end_s),
        legible_ratio=_legible_ratio(seat, sent, period, screen),
        switches_per_min=_switches(seat, period) * 60 / max(1.0, period.seconds - SETTLES_S),
        queueing_p95_s=seat.down.link.queueing.quantile_s(0.95),
        audio_loss_ratio=_audio_loss_ratio(seat, sent),
    )


def _switches(seat: Seat, period: Period) -> int:
    """Count changes of layer; that a slot goes on with the same one after a pause is none."""
    count = 0
    shown: dict[SlotId, tuple[TrackId, int]] = {}
    for at_s, event in seat.switches:
        before = shown.get(event.slot_id)
        shown[event.slot_id] = now = event.track_id, event.layer.spatial
        is_settled = at_s > period.begin_s + SETTLES_S
        count += is_settled and before is not None and before[0] == now[0] and before != now
    return count


def _freeze_ratio(seat: Seat, sent: Sent, end_s: float) -> float:
    frozen = shown = 0.0
    for index, receiver in seat.viewer.videos.items():
        decoded = [(sent.frames[serial].captured_s, at_s) for at_s, serial in receiver.decoded]
        played_s = shown_s(decoded)
        for begin_s, until_s in _spells(seat, index, end_s):
            frames_s = [at_s for at_s in played_s if begin_s <= at_s <= until_s]
            frozen += frozen_s(frames_s, until_s) if frames_s else until_s - begin_s
            shown += until_s - begin_s
    return frozen / shown if shown else 0.0


def _spells(seat: Seat, index: int, end_s: float) -> list[tuple[float, float]]:
    """Return from when until when a slot had something to show."""
    spells: list[tuple[float, float]] = []
    since_s: float | None = None
    for at_s, slot, is_on in seat.rows:
        if slot != index:
            continue
        if is_on:
            since_s = at_s
        elif since_s is not None:
            spells.append((since_s, at_s))
            since_s = None
    return spells if since_s is None else [*spells, (since_s, end_s)]


def _legible_ratio(seat: Seat, sent: Sent, period: Period, screen: SharedScreen) -> float:
    shown = sorted(
        (at_s, serial)
        for receiver in seat.viewer.videos.values()
        for at_s, serial in receiver.decoded
        if sent.frames[serial].track_id == screen.track_id
    )
    legible = samples = 0
    position = 0
    last: Frame | None = None
    for number in range(int(period.seconds / SAMPLE_S)):
        now_s = period.begin_s + number * SAMPLE_S
        while position < len(shown) and shown[position][0] <= now_s:
            last = sent.frames[shown[position][1]]
            position += 1
        samples += 1
        is_whole = last is not None and last.encoding == screen.top_encoding
        legible += is_whole and last is not None and last.content == screen.page(now_s)
    return legible / samples if samples else 0.0


def _audio_loss_ratio(seat: Seat, sent: Sent) -> float:
    expected = sum(voice.expected for voice in seat.viewer.voices.values())
    delays_s = [
        at_s - sent.voices_s[serial]
        for voice in seat.viewer.voices.values()
        for at_s, serial in voice.arrived.values()
    ]
    if not expected:
        return 0.0
    latest_s = min(delays_s) + AUDIO_BUDGET_S
    return 1 - sum(delay_s <= latest_s for delay_s in delays_s) / expected
