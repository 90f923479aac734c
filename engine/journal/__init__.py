"""The record of a session: append-only, durable, ordered; every state is a fold over it."""

from .entry import ALL, HOSTS, RECORD_ONLY, Audience, Draft, Entry, JournalHeader, only
from .file import read_header, read_journal
from .fold import Fold, fold_entries
from .journal import Body, Journal
from .meter import JournalMeter, JournalStatistics
from .snapshot import Snapshot

__all__ = [
    "ALL",
    "HOSTS",
    "RECORD_ONLY",
    "Audience",
    "Body",
    "Draft",
    "Entry",
    "Fold",
    "Journal",
    "JournalHeader",
    "JournalMeter",
    "JournalStatistics",
    "Snapshot",
    "fold_entries",
    "only",
    "read_header",
    "read_journal",
]
