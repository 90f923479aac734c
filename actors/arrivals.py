"""Who comes from another room of the house, who goes there, and which groups there are.

Functions over a room's book. A participant that moves keeps its actor, its connection, its media
and its tracks' rows: only the rosters of the two rooms change.
"""

from typing import assert_never

from ..engine.errors import RequestDenied
from ..engine.grants import NO_CHANGES
from ..engine.ids import ParticipantId
from ..engine.journal import ALL, HOSTS, RECORD_ONLY, Audience
from ..engine.runtime import StopCause
from ..plugins.api import PublishRequest
from ..plugins.views import ParticipantView, TrackView
from . import entries, membership, publication
from .book import RoomBook
from .group_messages import (
    AddGroup,
    Arrive,
    Depart,
    Departed,
    DropGroup,
    GetGroups,
    GroupMessage,
    LookAround,
    NoteWhereabouts,
    RenameGroup,
)
from .messages import End
from .room_messages import Joined
from .room_state import to_track_info


def handle(book: RoomBook, message: GroupMessage) -> object:
    """Handle what concerns groups.

    Raises:
        RequestDenied: `room.closed`, `participant.unknown`.
    """
    match message:
        case Depart(participant_id=participant_id):
            return _depart(book, participant_id)
        case Arrive():
            return _arrive(book, message)
        case LookAround(participant_id=participant_id):
            if participant_id not in book.state.participants:
                raise RequestDenied("You are not in the room any more.", code="participant.unknown")
            return membership.look_around(book, participant_id)
        case NoteWhereabouts():
            _note_whereabouts(book, message)
        case AddGroup(group=group):
            book.append(entries.GROUP_OPENED, group, audience=RECORD_ONLY)
        case DropGroup():
            _drop_group(book, message)
        case RenameGroup():
            _rename_group(book, message)
        case GetGroups():
            return tuple(book.state.groups.values())
        case _:
            assert_never(message)
    return None


def note_end(book: RoomBook, participant_id: ParticipantId, cause: str) -> None:
    """A participant of the house has ended; who was put out of a group is put out of the house."""
    away = book.state.away.get(participant_id)
    if away is not None and cause in entries.REMOVALS:
        body = entries.RemovedBody(
            participant_id=participant_id, identity=away.identity, cause=cause, name=away.name
        )
        audience = RECORD_ONLY if away.hidden else HOSTS
        book.append(entries.PARTICIPANT_REMOVED, body, audience=audience)
    forget(book, participant_id)


def forget(book: RoomBook, participant_id: ParticipantId) -> None:
    """A participant of the house has ended: if it was in a group, it is in none any more."""
    away = book.state.away.get(participant_id)
    if away is not None:
        book.append(
            entries.PARTICIPANT_MOVED,
            entries.MovedBody(
                participant_id=participant_id,
                identity=away.identity,
                name=away.name,
                role=away.role,
                group_id=None,
            ),
            author=participant_id,
            audience=RECORD_ONLY if away.hidden else _audience(book),
        )


def reconcile(book: RoomBook) -> None:
    """After a start of the main room: who is in a group by the journal alone is in none."""
    for participant_id in tuple(book.state.away):
        is_away = book.site.site_of(participant_id) is not book.site
        if not is_away or book.site.participant(participant_id) is None:
            forget(book, participant_id)


def end_double(book: RoomBook, identity: str) -> None:
    """Somebody comes in by the main room's door: whoever has its identity in a group is put out."""
    for participant_id, away in book.state.away.items():
        if away.identity == identity:
            _end_actor(book, participant_id, StopCause.DUPLICATE_IDENTITY)


def end_away(book: RoomBook, cause: StopCause) -> None:
    """The house closes: end those who are in its groups."""
    for participant_id in book.state.away:
        _end_actor(book, participant_id, cause)


def _depart(book: RoomBook, participant_id: ParticipantId) -> Departed:
    if participant_id not in book.state.participants:
        return Departed(tracks=None)
    tracks = book.state.tracks_of(participant_id)
    membership.leave(book, participant_id, membership.MOVED)
    return Departed(tracks=tracks)


def _arrive(book: RoomBook, message: Arrive) -> Joined:
    if book.state.closed:
        raise RequestDenied("The room is closing.", code="room.closed", retryable=True)
    double = book.state.with_identity(message.identity)
    if double is not None and double.participant_id == message.participant_id:
        # It asks again, because the answer was lost in a crash.
        membership.leave(book, message.participant_id, membership.MOVED)
    elif double is not None:
        membership.end(book, double.participant_id, StopCause.DUPLICATE_IDENTITY)
    changes = book.state.grant_changes.get(message.identity, NO_CHANGES)
    token = membership.usual_grants(book, message.grants)
    view = ParticipantView(
        participant_id=message.participant_id,
        identity=message.identity,
        name=message.name,
        role=message.role,
        joined_at_us=book.journal.now_us(),
        connected=message.connected,
        hidden=message.hidden,
        grants=changes.apply(token),
    )
    membership.append_joined(book, view, token)
    for track in message.tracks:
        _bring(book, view, track)
    forget(book, message.participant_id)
    return membership.look_around(book, message.participant_id)


def _bring(book: RoomBook, owner: ParticipantView, track: TrackView) -> None:
    """Publish a track that its owner brings along, if it may publish it here."""
    if owner.hidden or track.source not in owner.grants.can_publish_sources:
        return
    request = PublishRequest(
        participant_id=owner.participant_id,
        source=track.source,
        muted=track.muted,
        width_px=track.width_px,
        height_px=track.height_px,
    )
    policies = book.site.template.plugins.policies
    if policies.before_publish(book.state.view(), request, book.find_state) is not None:
        return
    membership.present(book, owner.participant_id)
    book.append(
        entries.TRACK_PUBLISHED,
        entries.PublishedBody(track=to_track_info(track), encodings=track.encodings),
        author=owner.participant_id,
    )
    publication.tell_paused(book, track.track_id, track.muted)


def _note_whereabouts(book: RoomBook, message: NoteWhereabouts) -> None:
    away = book.state.away.get(message.participant_id)
    if book.site.participant(message.participant_id) is None:
        return  # It has ended meanwhile.
    if (away.group_id if away is not None else None) == message.group_id:
        return
    book.append(
        entries.PARTICIPANT_MOVED,
        entries.MovedBody(
            participant_id=message.participant_id,
            identity=message.identity,
            name=message.name,
            role=message.role,
            group_id=message.group_id,
        ),
        author=message.participant_id,
        audience=RECORD_ONLY if message.hidden else _audience(book),
    )


def _drop_group(book: RoomBook, message: DropGroup) -> None:
    group = book.state.groups.get(message.group_id)
    if group is not None:
        body = entries.GroupClosedBody(
            group_id=group.group_id,
            session_id=group.session_id,
            name=group.name,
            cause=message.cause,
        )
        book.append(entries.GROUP_CLOSED, body, audience=RECORD_ONLY)


def _rename_group(book: RoomBook, message: RenameGroup) -> None:
    if message.group_id in book.state.groups:
        body = entries.GroupRenamedBody(group_id=message.group_id, name=message.name)
        book.append(entries.GROUP_RENAMED, body, audience=RECORD_ONLY)


def _end_actor(book: RoomBook, participant_id: ParticipantId, cause: StopCause) -> None:
    ref = book.site.participant(participant_id)
    if ref is not None:
        ref.tell(End(cause=cause))


def _audience(book: RoomBook) -> Audience:
    return HOSTS if book.site.is_large else ALL
