"""The labels of all metrics: enumerations only, nothing that grows with use becomes one (L3)."""

from typing import Final

from ..engine.media import Source
from .metric import Label
from .readings import JoinPhase, JoinResult

TEMPLATE: Final = Label("template", ("guidance", "class", "briefing", "other"))
ROLE: Final = Label("role", ("host", "assistant", "merchant", "observer", "other"))
SOURCE: Final = Label("source", tuple(Source))
RESULT: Final = Label("result", tuple(JoinResult))
PHASE: Final = Label("phase", tuple(JoinPhase))
ANSWER: Final = Label("result", ("answered", "refused"))
SIGNAL: Final = Label("result", ("taken", "refused", "dropped"))
# The last parts of the codes that clients are answered with; all but the first are refusals.
UPLOAD: Final = Label(
    "result",
    (
        "taken",
        "too_large",
        "quota_exceeded",
        "type_not_allowed",
        "too_many",
        "disk_full",
        "broken",
        "too_slow",
        "no_ticket",
        "other",
    ),
)
RENDERING: Final = Label(
    "result",
    (
        "done",
        "broken",
        "encrypted",
        "too_many",
        "too_large",
        "timeout",
        "busy",
        "unavailable",
        "failed",
        "other",
    ),
)
DROP_REASON: Final = Label(
    "reason", ("duplicate", "padding_only", "unauthentic", "malformed", "unknown")
)
PROBE_FILLING: Final = Label("filling", ("repeat", "padding"))
FEEDBACK: Final = Label("result", ("taken", "refused", "stale"))

CLOSE_CAUSE: Final = Label(
    "cause", ("by_peer", "consent_expired", "dtls_failed", "handshake_timeout")
)
CHECK_RESULT: Final = Label("result", ("answered", "rejected"))
DATAGRAM_DROP: Final = Label(
    "reason",
    ("buffer_full", "unreachable", "foreign", "no_path", "unknown_sender", "early_dtls"),
)
