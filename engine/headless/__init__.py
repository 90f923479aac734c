"""A participant without a browser, for bots and tests; needs the extra `headless` (aiortc)."""

from .participant import HeadlessParticipant, open_participant
from .sink import SlotSink

__all__ = ["HeadlessParticipant", "SlotSink", "open_participant"]
