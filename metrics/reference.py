"""Makes docs/reference/metrics.md out of the catalogue: `python -m emporion.metrics.reference`."""

from collections.abc import Iterable
from typing import Any

from .activity_catalog import ACTIVITY
from .catalog import (
    BUILD_INFO,
    BUILD_INFO_HELP,
    GATEWAY,
    JOURNAL,
    MEDIA,
    RUNTIME,
)
from .classroom_catalog import CLASSROOM
from .forward_catalog import CONGESTION, FORWARD
from .metric import Metric

_HEAD = """# Metrics

Made from `metrics/catalog.py` by `python -m emporion.metrics.reference`; do not edit.

A node serves them at `http://127.0.0.1:9464/metrics` (`[metrics]` in the configuration), for
Prometheus 2.x. All are read at scrape time. Labels are enumerations: no metric is labelled with a
room, a participant or a track. Beside them stand `process_*` of the Prometheus client (CPU, memory,
file descriptors). [How to monitor](../howto/monitor.md) says which of them to look at.
"""

# Any: each section reads statistics of its own type.
_SECTIONS: tuple[tuple[str, str, tuple[Metric[Any], ...]], ...] = (
    ("Classroom", "What people notice.", CLASSROOM),
    ("Activity", "What people do in rooms: requests, signals, files.", ACTIVITY),
    ("Gateway", "WebSocket connections and what is pushed through them.", GATEWAY),
    ("Runtime", "Actors, their mailboxes and restarts.", RUNTIME),
    ("Journal", "The record of sessions.", JOURNAL),
    ("Media", "The UDP port: datagrams, ICE and DTLS.", MEDIA),
    ("Forward", "Packets, losses and repairs.", FORWARD),
    ("Congestion", "What was not believed of viewers' links.", CONGESTION),
)


def render_reference() -> str:
    """Return the whole page."""
    parts = [_HEAD, f"\n## Build\n\n`{BUILD_INFO}` (labels `version`, `python`, `forwarder`): "]
    parts.append(BUILD_INFO_HELP + "\n")
    for title, intro, metrics in _SECTIONS:
        parts.append(f"\n## {title}\n\n{intro}\n\n")
        parts.append("| metric | type | label | what it says |\n|---|---|---|---|\n")
        parts.extend(_rows(metrics))
    return "".join(parts)


def _rows(metrics: Iterable[Metric[Any]]) -> Iterable[str]:
    for metric in metrics:
        label = ""
        if metric.label:
            values = ", ".join(f"`{value}`" for value in metric.label.values)
            label = f"`{metric.label.name}`: {values}"
        yield f"| `{metric.name}` | {metric.type} | {label} | {metric.help} |\n"


if __name__ == "__main__":
    print(render_reference(), end="")
