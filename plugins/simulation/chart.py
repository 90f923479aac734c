"""A run as a picture: what the link carries, what is believed of it, what was sent, its queue."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Final

from PIL import Image, ImageDraw, ImageFont

from ...engine.testing.network.rates import Line
from .run import Outcome

WIDTH_PX: Final = 1200
PANEL_PX: Final = 260
MARGIN_PX: Final = 64
BIN_S: Final = 0.5
GRID: Final = "#d8dee6"
INK: Final = "#1f2a37"
COLOURS: Final = ("#9aa5b1", "#d9480f", "#1c7ed6", "#2b8a3e")

Points = list[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Curve:
    """(seconds since the viewer came, value)."""

    name: str
    colour: str
    points: Points


@dataclass(frozen=True, slots=True)
class Panel:
    """Curves over one axis; `top` is the axis' end."""

    title: str
    unit: str
    top: float
    curves: tuple[Curve, ...]


def panels(outcome: Outcome) -> tuple[Panel, ...]:
    """Return what is drawn of a run: rates above, delay in the queue below."""
    begin_s, seconds = outcome.period.begin_s, outcome.period.seconds
    bins = int(seconds / BIN_S)
    capacity = _capacity_kbps(outcome.line, bins)
    estimates = [
        (at_s - begin_s, available_bps / 1e3) for at_s, available_bps in outcome.seat.estimates
    ]
    carried = _carried_kbps(outcome, bins)
    queued = [(at_s - begin_s, size / 1e3) for at_s, size in outcome.seat.down.queued]
    top_kbps = max((value for _, value in [*estimates, *carried]), default=1.0) * 1.3
    rates = (
        Curve("link", COLOURS[0], [(at_s, min(value, top_kbps)) for at_s, value in capacity]),
        Curve("estimate", COLOURS[1], _steps(estimates, seconds)),
        Curve("carried", COLOURS[2], carried),
    )
    return (
        Panel("rates", "kbit/s", top_kbps, rates),
        Panel(
            "before the link",
            "kB",
            max(1.0, *(value for _, value in queued)) * 1.1,
            (Curve("queue", COLOURS[3], queued),),
        ),
    )


def write_svg(path: Path, title: str, drawn: Sequence[Panel], seconds: float) -> None:
    """Write the panels one below the other."""
    height_px = PANEL_PX * len(drawn) + MARGIN_PX
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH_PX}" height="{height_px}"'
        f' font-family="sans-serif" font-size="14"><rect width="100%" height="100%" fill="white"/>',
        _svg_text(MARGIN_PX, 24, title, INK),
    ]
    for number, panel in enumerate(drawn):
        top_px = MARGIN_PX / 2 + number * PANEL_PX
        for at_px, value in _grid(panel, top_px):
            parts.append(
                f'<path d="M{MARGIN_PX} {at_px:.1f}H{WIDTH_PX - 16}" stroke="{GRID}"/>'
                + _svg_text(4, at_px + 5, value, INK)
            )
        for curve in panel.curves:
            line = " ".join(f"{x:.1f},{y:.1f}" for x, y in _scaled(panel, curve, top_px, seconds))
            parts.append(
                f'<polyline points="{line}" fill="none" stroke="{curve.colour}" '
                'stroke-width="1.5"/>'
            )
        for x_px, name, colour in _legend(panel):
            parts.append(_svg_text(x_px, top_px + 20, name, colour))
    path.write_text("\n".join([*parts, "</svg>\n"]), encoding="utf-8")


def write_png(path: Path, title: str, drawn: Sequence[Panel], seconds: float) -> None:
    """Write the same as `write_svg`, as pixels."""
    image = Image.new("RGB", (WIDTH_PX, PANEL_PX * len(drawn) + MARGIN_PX), "white")
    draw = ImageDraw.Draw(image)
    font = ImageFont.load_default(14)
    draw.text((MARGIN_PX, 10), title, INK, font)
    for number, panel in enumerate(drawn):
        top_px = MARGIN_PX / 2 + number * PANEL_PX
        for at_px, value in _grid(panel, top_px):
            draw.line((MARGIN_PX, at_px, WIDTH_PX - 16, at_px), GRID)
            draw.text((4, at_px - 8), value, INK, font)
        for curve in panel.curves:
            line = _scaled(panel, curve, top_px, seconds)
            if len(line) > 1:
                draw.line(line, curve.colour, 2)
        for x_px, name, colour in _legend(panel):
            draw.text((x_px, top_px + 6), name, colour, font)
    image.save(path)


def _capacity_kbps(line: Line | None, bins: int) -> Points:
    if line is None:
        return []
    return [
        (number * BIN_S, line.bits_between(number * BIN_S, (number + 1) * BIN_S) / BIN_S / 1e3)
        for number in range(bins)
    ]


def _carried_kbps(outcome: Outcome, bins: int) -> Points:
    sums = [0.0] * (bins + 1)
    for at_s, size_bytes in outcome.seat.down.sizes:
        sums[min(bins, int((at_s - outcome.period.begin_s) / BIN_S))] += 8 * size_bytes
    return [(number * BIN_S, sums[number] / BIN_S / 1e3) for number in range(bins)]


def _steps(points: Points, seconds: float) -> Points:
    """A value holds until the next one."""
    stepped: Points = []
    for (at_s, value), (until_s, _) in zip(points, [*points[1:], (seconds, 0.0)], strict=True):
        stepped += [(at_s, value), (until_s, value)]
    return stepped


def _scaled(panel: Panel, curve: Curve, top_px: float, seconds: float) -> Points:
    width_px, height_px = WIDTH_PX - MARGIN_PX - 16, PANEL_PX - 50
    base_px = top_px + PANEL_PX - 20
    return [
        (
            MARGIN_PX + width_px * at_s / seconds,
            base_px - height_px * min(value, panel.top) / panel.top,
        )
        for at_s, value in curve.points
    ]


def _grid(panel: Panel, top_px: float) -> list[tuple[float, str]]:
    base_px, height_px = top_px + PANEL_PX - 20, PANEL_PX - 50
    return [
        (base_px - height_px * quarter / 4, f"{panel.top * quarter / 4:.0f}")
        for quarter in range(5)
    ]


def _legend(panel: Panel) -> list[tuple[float, str, str]]:
    placed: list[tuple[float, str, str]] = [
        (MARGIN_PX, f"{panel.title}, {panel.unit}:", INK),
    ]
    x_px = MARGIN_PX + 190.0
    for curve in panel.curves:
        placed.append((x_px, curve.name, curve.colour))
        x_px += 110
    return placed


def _svg_text(x_px: float, y_px: float, text: str, colour: str) -> str:
    return f'<text x="{x_px:.0f}" y="{y_px:.0f}" fill="{colour}">{escape(text)}</text>'
