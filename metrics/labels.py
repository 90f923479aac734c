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
DROP_REASON: Final = Label(
    "reason", ("duplicate", "padding_only", "unauthentic", "malformed", "unknown")
)

CLOSE_CAUSE: Final = Label(
    "cause", ("by_peer", "consent_expired", "dtls_failed", "handshake_timeout")
)
CHECK_RESULT: Final = Label("result", ("answered", "rejected"))
DATAGRAM_DROP: Final = Label(
    "reason",
    ("buffer_full", "unreachable", "foreign", "no_path", "unknown_sender", "early_dtls"),
)
