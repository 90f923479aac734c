"""What happens in the classroom: plain integers, read by the metrics at scrape time (L4)."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Final

from ..metrics.metric import Histogram, HistogramReading
from ..metrics.readings import ActivityStatistics, ClassroomStatistics, JoinPhase, JoinResult

# Upper bounds in seconds; the parts of a good join take from 0.1 ms to some 10 ms.
JOIN_BUCKETS_S: Final = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0)


RENDERING_BUCKETS_S: Final = (0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 900.0)


@dataclass(slots=True)
class PhaseTimes:
    """How long one phase of joining took: a histogram."""

    count: int = 0
    total_s: float = 0.0
    counts: list[int] = field(default_factory=lambda: [0] * len(JOIN_BUCKETS_S))

    def add(self, duration_s: float) -> None:
        self.count += 1
        self.total_s += duration_s
        for index, bound_s in enumerate(JOIN_BUCKETS_S):
            if duration_s <= bound_s:
                self.counts[index] += 1

    def reading(self) -> HistogramReading:
        buckets = tuple(zip(JOIN_BUCKETS_S, self.counts, strict=True))
        return HistogramReading(buckets=buckets, count=self.count, total=self.total_s)


@dataclass(slots=True)
class ClassroomCounters:
    """One for each node, shared by its actors."""

    # What lives.
    rooms: Counter[str] = field(default_factory=Counter)  # By template.
    groups: Counter[str] = field(default_factory=Counter)  # By the template of their rooms.
    participants: Counter[str] = field(default_factory=Counter)  # By role.
    participants_away: int = 0
    participants_waiting: int = 0  # At the doors of rooms.
    tracks: Counter[str] = field(default_factory=Counter)  # By source.
    # What happened since the start.
    joins: Counter[str] = field(default_factory=Counter)  # By `JoinResult`.
    join_phases: dict[JoinPhase, PhaseTimes] = field(
        default_factory=lambda: {phase: PhaseTimes() for phase in JoinPhase}
    )
    leaves: Counter[str] = field(default_factory=Counter)  # By cause.
    rooms_recovered: int = 0
    requests: int = 0
    requests_refused: int = 0
    entries_pushed: int = 0
    signals: int = 0
    signals_dropped: int = 0  # A plugin could not take them, or sent too many.
    signals_refused: int = 0
    signals_pushed: int = 0
    signal_overruns: int = 0  # Calls of `handle_signal` above its millisecond.
    summaries_pushed: int = 0
    hook_timeouts: int = 0
    plugins_disabled: int = 0
    uploads: Counter[str] = field(default_factory=Counter)  # "taken", or the code's last part.
    uploaded_bytes: int = 0
    renderings: Counter[str] = field(default_factory=Counter)  # "done", or the code's last part.
    rendering_s: Histogram = field(default_factory=lambda: Histogram(RENDERING_BUCKETS_S))
    pages_rendered: int = 0
    schedules: int = 0
    scheduler_failures: int = 0
    media_events: int = 0
    media_events_lost: int = 0

    def count_join(self, result: JoinResult) -> None:
        self.joins[result] += 1

    def count_upload(self, result: str, size_bytes: int = 0) -> None:
        """Count a file that was offered: "taken", or the code of the refusal."""
        self.uploads[result.rpartition(".")[2]] += 1
        self.uploaded_bytes += size_bytes

    def count_rendering(self, result: str, duration_s: float) -> None:
        """Count a file whose pages were to be drawn: "done", or the code of the failure."""
        self.renderings[result.rpartition(".")[2]] += 1
        self.rendering_s.observe(duration_s)

    def statistics(self, *, file_bytes: int = 0) -> ClassroomStatistics:
        """Return a frozen snapshot; `file_bytes`: what files take on disk now."""
        phases = self.join_phases.items()
        return ClassroomStatistics(
            rooms=dict(self.rooms),
            groups=dict(self.groups),
            participants=dict(self.participants),
            participants_away=self.participants_away,
            participants_waiting=self.participants_waiting,
            tracks=dict(self.tracks),
            joins=dict(self.joins),
            join_phases={phase: times.reading() for phase, times in phases if times.count},
            activity=self._activity(file_bytes),
        )

    def _activity(self, file_bytes: int) -> ActivityStatistics:
        signals = {
            "taken": self.signals - self.signals_refused - self.signals_dropped,
            "refused": self.signals_refused,
            "dropped": self.signals_dropped,
        }
        requests = {
            "answered": self.requests - self.requests_refused,
            "refused": self.requests_refused,
        }
        return ActivityStatistics(
            requests=requests,
            entries_pushed=self.entries_pushed,
            signals=signals,
            signals_pushed=self.signals_pushed,
            signal_overruns=self.signal_overruns,
            summaries_pushed=self.summaries_pushed,
            hook_timeouts=self.hook_timeouts,
            plugins_disabled=self.plugins_disabled,
            scheduler_failures=self.scheduler_failures,
            media_events_lost=self.media_events_lost,
            uploads=dict(self.uploads),
            uploaded_bytes=self.uploaded_bytes,
            renderings=dict(self.renderings),
            rendering_s=self.rendering_s.reading(),
            pages_rendered=self.pages_rendered,
            file_bytes=file_bytes,
        )
