"""The classroom of `emporion.testing`, and what only our own tests need of it."""

import structlog

from emporion.testing.classroom import ClassroomRig, failed, one_template, open_rig
from emporion.testing.client import SOURCES, WAIT_S, Client

__all__ = ["SOURCES", "WAIT_S", "ClassroomRig", "Client", "failed", "one_template", "open_rig"]

# Tracebacks with all locals, structlog's default where `rich` is installed, take a second each.
structlog.configure(
    processors=[
        structlog.processors.add_log_level,
        structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback),
    ]
)
