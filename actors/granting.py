"""What participants may do: changed by plugins, in a session. Functions over the room's book."""

from ..engine.errors import RequestDenied
from ..engine.journal import Entry
from . import entries, membership, publication
from .book import RoomBook
from .messages import GrantsChanged
from .room_messages import ChangeGrants


def change_grants(book: RoomBook, message: ChangeGrants) -> tuple[Entry, ...]:
    """Change what a participant may do; return the entries that the plugin does not know yet.

    Raises:
        RequestDenied: `participant.unknown`.
    """
    participant_id = message.participant_id
    participant = book.state.participants.get(participant_id)
    if participant is None:
        raise RequestDenied("There is no such participant.", code="participant.unknown")
    book.append(
        entries.GRANTS_CHANGED,
        entries.GrantsChangedBody(
            participant_id=participant_id,
            identity=participant.identity,
            changes=message.changes,
        ),
        author=message.by,
        audience=membership.audience_of(participant),
    )
    grants = book.state.participants[participant_id].grants
    for track in book.state.tracks_of(participant_id):
        if track.source not in grants.can_publish_sources:
            publication.end_track(book, track)
    ref = book.site.participant(participant_id)
    if ref is not None:
        ref.tell(GrantsChanged(room_id=book.site.room_id, grants=grants))
    return tuple(book.journal.entries(message.after_seq))
