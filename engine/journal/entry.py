"""What a journal holds: entries, and who may see each of them."""

from typing import Final, Literal

import msgspec

from ..ids import ParticipantId, SessionId

Scope = Literal["all", "hosts", "people", "record"]


class Audience(msgspec.Struct, frozen=True, kw_only=True):
    """Who is sent an entry. The record (replay, export, folds) always has it.

    `all`: everybody in the room; `hosts`: those who run it; `people`: those named, and nobody
    else, not even a host; `record`: nobody.
    """

    scope: Scope
    people: tuple[ParticipantId, ...] = ()

    def admits(self, participant_id: ParticipantId, *, is_host: bool) -> bool:
        """Tell whether this participant is sent the entry."""
        match self.scope:
            case "all":
                return True
            case "hosts":
                return is_host
            case "people":
                return participant_id in self.people
            case "record":
                return False


ALL: Final = Audience(scope="all")
HOSTS: Final = Audience(scope="hosts")
RECORD_ONLY: Final = Audience(scope="record")


def only(*people: ParticipantId) -> Audience:
    """Name the only participants who are sent the entry (its author too, if he shall see it)."""
    return Audience(scope="people", people=people)


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """An entry that has neither number nor time yet; `body` is one encoded msgpack value."""

    author: ParticipantId | None
    kind: str
    body: msgspec.Raw
    audience: Audience = ALL


class Entry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One fact. `seq` counts from 1 without gaps, `at_us` is the session clock and never falls.

    `author` None: the server itself. `kind` is dotted, its first word names the owner of the body
    ("room.participant_joined", "chat.message").
    """

    seq: int
    at_us: int
    author: ParticipantId | None
    kind: str
    body: msgspec.Raw
    audience: Audience = ALL


class JournalHeader(msgspec.Struct, frozen=True, kw_only=True):
    """The first record of a file. `started_at_unix_s` is the zero of the session clock."""

    format_version: int
    session_id: SessionId
    room_name: str
    started_at_unix_s: float
