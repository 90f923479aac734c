"""The metrics of what people do in rooms: requests, signals, files; `catalog` has all others."""

from typing import Final

from .labels import ANSWER, RENDERING, SIGNAL, UPLOAD
from .metric import Metric, counter, gauge, histogram
from .readings import ClassroomStatistics

ACTIVITY: Final[tuple[Metric[ClassroomStatistics], ...]] = (
    counter(
        "emporion_classroom_requests_total",
        "Requests of participants, those to plugins included.",
        lambda s: s.activity.requests,
        label=ANSWER,
    ),
    counter(
        "emporion_classroom_entries_pushed_total",
        "Journal entries sent to connections, once for each.",
        lambda s: s.activity.entries_pushed,
    ),
    counter(
        "emporion_classroom_signals_total",
        "Signals of participants to plugins; dropped: the plugin's queue was full.",
        lambda s: s.activity.signals,
        label=SIGNAL,
    ),
    counter(
        "emporion_classroom_signals_pushed_total",
        "Signals of plugins sent to connections, once for each.",
        lambda s: s.activity.signals_pushed,
    ),
    counter(
        "emporion_classroom_signal_overruns_total",
        "Signals that took a plugin more than a millisecond.",
        lambda s: s.activity.signal_overruns,
    ),
    counter(
        "emporion_classroom_summaries_pushed_total",
        "Summaries of plugins sent to connections, once for each.",
        lambda s: s.activity.summaries_pushed,
    ),
    counter(
        "emporion_classroom_hook_timeouts_total",
        "Hooks of plugins that were ended because they took too long.",
        lambda s: s.activity.hook_timeouts,
    ),
    counter(
        "emporion_classroom_plugins_disabled_total",
        "Plugins that were switched off in a room after crashes.",
        lambda s: s.activity.plugins_disabled,
    ),
    counter(
        "emporion_classroom_scheduler_failures_total",
        "Schedules that could not be made, because the scheduler raised.",
        lambda s: s.activity.scheduler_failures,
    ),
    counter(
        "emporion_classroom_media_events_lost_total",
        "Events of the media that no actor could take.",
        lambda s: s.activity.media_events_lost,
    ),
    counter(
        "emporion_classroom_uploads_total",
        "Files that were offered, by what became of them.",
        lambda s: s.activity.uploads,
        label=UPLOAD,
    ),
    counter(
        "emporion_classroom_uploaded_bytes_total",
        "Bytes of the files that were taken.",
        lambda s: s.activity.uploaded_bytes,
        unit="bytes",
    ),
    counter(
        "emporion_classroom_renderings_total",
        "Files whose pages were to be drawn, by what became of them.",
        lambda s: s.activity.renderings,
        label=RENDERING,
    ),
    histogram(
        "emporion_classroom_rendering_seconds",
        "Time from asking for the pages of a file to the last one, waiting for others included.",
        lambda s: s.activity.rendering_s,
        unit="seconds",
    ),
    counter(
        "emporion_classroom_pages_rendered_total",
        "Pages that were drawn.",
        lambda s: s.activity.pages_rendered,
    ),
    gauge(
        "emporion_classroom_file_bytes",
        "What the files of all sessions, with their pages, take on disk.",
        lambda s: s.activity.file_bytes,
        unit="bytes",
    ),
)
