"""The metrics of the classroom; `catalog` has all others, and says what holds for each."""

from typing import Final

from .labels import PHASE, RESULT, ROLE, SOURCE, TEMPLATE
from .metric import Metric, counter, gauge, histogram
from .readings import ClassroomStatistics

CLASSROOM: Final[tuple[Metric[ClassroomStatistics], ...]] = (
    gauge("emporion_classroom_rooms", "Open rooms.", lambda s: s.rooms, label=TEMPLATE),
    gauge(
        "emporion_classroom_groups",
        "Open groups of rooms, by the template of their room.",
        lambda s: s.groups,
        label=TEMPLATE,
    ),
    gauge(
        "emporion_classroom_participants",
        "Joined participants.",
        lambda s: s.participants,
        label=ROLE,
    ),
    gauge(
        "emporion_classroom_participants_away",
        "Participants whose connection is lost and whose place is kept.",
        lambda s: s.participants_away,
    ),
    gauge(
        "emporion_classroom_participants_waiting",
        "People who wait at the doors of rooms, not yet participants.",
        lambda s: s.participants_waiting,
    ),
    gauge("emporion_classroom_tracks", "Published tracks.", lambda s: s.tracks, label=SOURCE),
    counter(
        "emporion_classroom_joins_total",
        "Attempts to join or to resume, by how they ended.",
        lambda s: s.joins,
        label=RESULT,
    ),
    histogram(
        "emporion_classroom_join_phase_seconds",
        "Time of a join by phase; `welcome` is the sum of those before it.",
        lambda s: s.join_phases,
        unit="seconds",
        label=PHASE,
    ),
)
