"""What the actors count comes out of the metrics by the right name and label."""

from emporion.actors.counters import ClassroomCounters
from emporion.metrics.activity_catalog import ACTIVITY


def read(counters: ClassroomCounters) -> dict[str, object]:
    statistics = counters.statistics(file_bytes=7)
    return {
        metric.name.removeprefix("emporion_classroom_"): metric.read(statistics)
        for metric in ACTIVITY
    }


def test_refusals_are_counted_by_the_last_part_of_their_code() -> None:
    counters = ClassroomCounters()
    counters.count_upload("taken", 100)
    counters.count_upload("files.quota_exceeded")
    counters.count_upload("courseware.hosts_only")
    counters.count_rendering("done", 3.0)
    counters.count_rendering("pages.encrypted", 0.1)
    figures = read(counters)
    assert figures["uploads_total"] == {"taken": 1, "quota_exceeded": 1, "hosts_only": 1}
    assert figures["uploaded_bytes_total"] == 100
    assert figures["renderings_total"] == {"done": 1, "encrypted": 1}
    assert figures["file_bytes"] == 7


def test_what_is_refused_or_dropped_was_not_taken() -> None:
    counters = ClassroomCounters(signals=10, signals_refused=3, signals_dropped=2)
    counters.requests, counters.requests_refused = 8, 1
    figures = read(counters)
    assert figures["signals_total"] == {"taken": 5, "refused": 3, "dropped": 2}
    assert figures["requests_total"] == {"answered": 7, "refused": 1}


def test_each_number_is_read_from_its_own_counter() -> None:
    """A mix-up of two names would show the other's number."""
    names = (
        "entries_pushed", "signals_pushed", "signal_overruns", "summaries_pushed",
        "hook_timeouts", "plugins_disabled", "scheduler_failures", "media_events_lost",
    )  # fmt: skip
    counters = ClassroomCounters()
    for index, name in enumerate(names):
        setattr(counters, name, 10 + index)
    figures = read(counters)
    for index, name in enumerate(names):
        assert figures[f"{name}_total"] == 10 + index
