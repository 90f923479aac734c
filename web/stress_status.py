"""One line for each second of `emporion stress`: what each client's network does to it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from ..engine.testing.network import Link
from ..engine.testing.network.relay import ClientPath

_SHOWN_CLIENTS: Final = 4  # As many as a line of a terminal holds.


@dataclass(slots=True)
class _Before:
    """Counters of a link when it was last looked at."""

    delivered_bytes: int = 0
    offered: int = 0
    missing: int = 0


class StressStatus:
    """Says what happened on all paths since it was last asked."""

    def __init__(self) -> None:
        self._before: dict[Link[Any], _Before] = {}  # Any: what stands for a packet is no matter.

    def line(self, profile_name: str, paths: Sequence[ClientPath], *, over_s: float) -> str:
        """The line; `over_s` (> 0) is the time since the last one."""
        links = {link for path in paths for link in (path.down, path.up)}
        self._before = {link: kept for link, kept in self._before.items() if link in links}
        parts = [f"{profile_name}: {len(paths)} client{'' if len(paths) == 1 else 's'}"]
        for number, path in enumerate(paths, start=1):
            down, up = self._link(path.down, over_s), self._link(path.up, over_s)
            if number <= _SHOWN_CLIENTS:
                parts.append(f"#{number} down {down}, up {up}")
        return " | ".join(parts)

    def _link(self, link: Link[Any], over_s: float) -> str:  # Any: as above.
        counters = link.counters
        before = self._before.get(link, _Before())
        offered = counters.offered - before.offered
        missing = counters.missing - before.missing
        kbps = (counters.delivered_bytes - before.delivered_bytes) * 8 / over_s / 1000
        queue_ms = link.queueing.quantile_s(0.95) * 1000
        link.queueing.clear()
        self._before[link] = _Before(counters.delivered_bytes, counters.offered, counters.missing)
        loss = min(1.0, missing / offered) if offered else 0.0
        return f"{kbps:.0f} kbit/s, queue {queue_ms:.0f} ms, lost {loss:.1%}"
