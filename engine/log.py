"""Logs: structlog, constant dotted event names, everything else in fields.

JSON lines unless standard error is a terminal. Each actor binds its path (`actor`) through
contextvars, and may bind `room_id`, `participant_id` and `track_id` in its `started()`; every line
written from its task, and from tasks it starts, carries them.
"""

import logging
import sys
from typing import Final, TextIO

import structlog

LEVELS: Final = ("debug", "info", "warning", "error")


def configure_logging(
    level: str = "info", *, json: bool | None = None, stream: TextIO | None = None
) -> None:
    """Set up structlog for this process. Call it once, at the start.

    Args:
        level: One of `LEVELS`; lines below it cost nothing but the call.
        json: None: JSON unless the stream is a terminal.
        stream: None: standard error.

    Raises:
        ValueError: The level is none of `LEVELS`.
    """
    if level not in LEVELS:
        raise ValueError(f"log level {level!r} is none of {', '.join(LEVELS)}")
    out = stream or sys.stderr
    is_json = json if json is not None else not out.isatty()
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *_renderers(is_json),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level.upper())),
        logger_factory=structlog.PrintLoggerFactory(out),
        cache_logger_on_first_use=False,  # Tests and the node may configure more than once.
    )


def _renderers(is_json: bool) -> list[structlog.typing.Processor]:
    if is_json:
        return [
            # Without locals: they may hold tokens and what people wrote.
            structlog.processors.ExceptionRenderer(
                structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
            ),
            structlog.processors.JSONRenderer(),
        ]
    return [structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)]
