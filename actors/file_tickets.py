"""Which ticket belongs to which participant: one for each stay, for the files of its room.

A ticket stands in the addresses of pictures, which must not change while they are shown; so it
lives as long as the participant, resumed connections included, and is void when that ends.
"""

import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from ..engine.ids import ParticipantId

if TYPE_CHECKING:
    from .site import RoomSite

_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class FilePass:
    """Whom a ticket lets in, and where."""

    site: "RoomSite"
    participant_id: ParticipantId
    identity: str


@dataclass(slots=True)
class FileTickets:
    """An index for the file desk; participants issue, and forget when they end."""

    _pass_by_ticket: dict[str, FilePass] = field(default_factory=dict)
    _ticket_by_participant: dict[ParticipantId, str] = field(default_factory=dict)

    def issue(self, file_pass: FilePass) -> str:
        """Return the participant's ticket; a second call changes only the room it leads to."""
        ticket = self._ticket_by_participant.get(file_pass.participant_id)
        if ticket is None:
            ticket = secrets.token_urlsafe(_BYTES)
            self._ticket_by_participant[file_pass.participant_id] = ticket
        self._pass_by_ticket[ticket] = file_pass
        return ticket

    def pass_of(self, ticket: str) -> FilePass | None:
        """Return whom this ticket lets in, if it is still good."""
        return self._pass_by_ticket.get(ticket)

    def forget(self, participant_id: ParticipantId) -> None:
        ticket = self._ticket_by_participant.pop(participant_id, None)
        if ticket is not None:
            del self._pass_by_ticket[ticket]

    def __len__(self) -> int:
        return len(self._pass_by_ticket)
