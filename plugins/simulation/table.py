"""Outcomes as a table for people."""

from collections.abc import Sequence
from dataclasses import dataclass

from .figures import Figures

HEAD = (
    "scheduler",
    "profile",
    "link used",
    "frozen",
    "text legible",
    "switches/min",
    "queue p95",
    "voice lost",
)


@dataclass(frozen=True, slots=True)
class Row:
    """One run."""

    scheduler: str
    profile: str
    figures: Figures

    def cells(self) -> tuple[str, ...]:
        figures = self.figures
        return (
            self.scheduler,
            self.profile,
            f"{figures.utilisation:.0%}",
            f"{figures.freeze_ratio:.1%}",
            f"{figures.legible_ratio:.0%}",
            f"{figures.switches_per_min:.1f}",
            f"{figures.queueing_p95_s * 1000:.0f} ms",
            f"{figures.audio_loss_ratio:.1%}",
        )


def as_text(rows: Sequence[Row]) -> str:
    """Return the table in columns."""
    lines = [HEAD, *(row.cells() for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEAD))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if column < 2 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )


def as_markdown(rows: Sequence[Row]) -> str:
    """Return the table for the documents."""
    rule = ["---", "---", *["---:"] * (len(HEAD) - 2)]
    lines = [HEAD, rule, *(row.cells() for row in rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
