"""Statistics of every subsystem with numbers that are all different, so that a mix-up shows."""

import dataclasses
from dataclasses import dataclass
from itertools import count
from typing import Any, TypeVar

import pytest

from emporion.engine.forward.api import ForwarderStatistics
from emporion.engine.journal import JournalStatistics
from emporion.engine.runtime.counters import SupervisorStatistics
from emporion.engine.transport.connections import ConnectionCounters
from emporion.engine.transport.service import MediaStatistics
from emporion.engine.transport.udp_socket import SocketCounters
from emporion.metrics import (
    ClassroomStatistics,
    CongestionStatistics,
    HistogramReading,
    Sources,
)

S = TypeVar("S")


@dataclass(frozen=True)
class GatewayNumbers:
    connections: int = 3
    messages_sent: int = 100
    messages_unknown: int = 1
    messages_refused: int = 2
    queued_broadcasts: int = 0
    connections_too_slow: int = 4
    connections_silent: int = 5


CLASSROOM = ClassroomStatistics(
    rooms={"class": 2, "workshop": 1, "retreat": 1},
    participants={"host": 1, "merchant": 5},
    participants_away=1,
    tracks={"camera": 6},
    joins={"joined": 7, "denied": 1},
    join_phases={"welcome": HistogramReading(((0.1, 2), (1.0, 3)), 4, 2.5)},
)


def numbered(kind: type[S], **given: Any) -> S:  # Any: the fields that are no plain numbers.
    """Make a dataclass of numbers that all differ."""
    numbers = count(10)
    plain = {field.name: next(numbers) for field in dataclasses.fields(kind)}  # type: ignore[arg-type]  # Dataclasses only.
    return kind(**{**plain, **given})


@pytest.fixture
def sources() -> Sources:
    buckets = ((0.001, 1), (0.01, 4))
    media = numbered(
        MediaStatistics,
        has_gso=True,
        sockets=numbered(SocketCounters),
        connections=numbered(ConnectionCounters),
    )
    forwarder = numbered(ForwarderStatistics, forward_latency_buckets=buckets)
    journal = numbered(JournalStatistics, commit_delay_buckets=buckets)
    runtime = numbered(SupervisorStatistics)
    return Sources(
        classroom=lambda: CLASSROOM,
        gateway=GatewayNumbers,
        runtime=lambda: runtime,
        journal=lambda: journal,
        media=lambda: media,
        forwarder=lambda: forwarder,
        congestion=lambda: CongestionStatistics(rows_refused=6, clock_leaps=7),
    )
