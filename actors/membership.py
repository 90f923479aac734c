"""Who is in a room: joining, leaving, taking over, coming back. Functions over the room's book."""

from typing import Final

from ..engine.errors import RequestDenied
from ..engine.ids import ConnectionId, ParticipantId
from ..engine.journal import ALL, HOSTS, RECORD_ONLY, Audience
from ..engine.protocol.things import ParticipantInfo, RoomInfo
from ..engine.runtime import StopCause
from ..plugins.api import JoinAttempt
from ..plugins.views import ParticipantView
from . import entries
from .book import RoomBook
from .delivery import Seat, to_entry_info
from .messages import End
from .room_messages import Join, Joined, Missed, Reconnect, Remove, TakeSeat
from .room_state import to_participant_info, to_track_info

NO_CONNECTION: Final = ConnectionId("")
INTERRUPTED: Final = "interrupted"
CRASHED: Final = "crashed"


def join(book: RoomBook, message: Join) -> Joined:
    """Let somebody in; who has the same identity is put out first.

    Raises:
        RequestDenied: `room.closed`, `room.full`, or what a plugin says.
    """
    double = book.state.with_identity(message.identity)
    _check_join(book, message, is_double=double is not None)
    if double is not None:
        end(book, double.participant_id, StopCause.DUPLICATE_IDENTITY)
    info = ParticipantInfo(
        participant_id=message.participant_id,
        identity=message.identity,
        name=message.name,
        role=message.role,
        joined_at_us=book.journal.now_us(),
    )
    book.append(
        entries.PARTICIPANT_JOINED,
        entries.JoinedBody(participant=info, hidden=message.hidden),
        author=message.participant_id,
        audience=_audience(book, role=message.role, hidden=message.hidden),
    )
    return Joined(
        room=_room_info(book),
        seq=book.state.seq,
        joined_at_us=info.joined_at_us,
        participants=_roster(book, message.participant_id),
        tracks=tuple(to_track_info(track) for track in book.state.tracks.values()),
    )


def take_seat(book: RoomBook, message: TakeSeat) -> None:
    """Begin to push to a connection, from the seq on that its client knows."""
    participant = book.state.participants.get(message.participant_id)
    if participant is None:
        return  # It was put out between its welcome and this.
    seat = Seat(message.participant_id, message.connection_id, participant.is_host)
    book.delivery.take_seat(seat, book.journal.entries(message.after_seq))


def disconnect(book: RoomBook, participant_id: ParticipantId) -> None:
    """Note that a connection is lost."""
    book.delivery.leave_seat(participant_id)
    participant = book.state.participants.get(participant_id)
    if participant is not None and participant.connected:
        book.append(
            entries.PARTICIPANT_DISCONNECTED,
            entries.ParticipantBody(participant_id=participant_id),
            author=participant_id,
            audience=_audience_of(participant),
        )


def reconnect(book: RoomBook, message: Reconnect) -> Missed:
    """Note that a participant is back, and say what it missed.

    Raises:
        RequestDenied: `resume.expired`: it is not in the room any more.
    """
    participant = book.state.participants.get(message.participant_id)
    if participant is None:
        raise RequestDenied("You are not in the room any more.", code="resume.expired")
    book.delivery.leave_seat(message.participant_id)
    if not participant.connected:
        book.append(
            entries.PARTICIPANT_RECONNECTED,
            entries.ParticipantBody(participant_id=message.participant_id),
            author=message.participant_id,
            audience=_audience_of(participant),
        )
    seat = Seat(message.participant_id, NO_CONNECTION, participant.is_host)
    missed = book.visible(seat, message.after_seq)
    return Missed(seq=book.state.seq, entries=tuple(to_entry_info(entry) for entry in missed))


def remove(book: RoomBook, message: Remove) -> int:
    """Put somebody out.

    Raises:
        RequestDenied: `grant.missing`, or `participant.unknown`.
    """
    if not message.is_moderator:
        raise RequestDenied("Only hosts may remove somebody.", code="grant.missing")
    if message.participant_id not in book.state.participants:
        raise RequestDenied("There is no such participant.", code="participant.unknown")
    return end(book, message.participant_id, StopCause.REMOVED)


def end(book: RoomBook, participant_id: ParticipantId, cause: StopCause) -> int:
    """Journal that a participant has left, and tell its actor to end."""
    ref = book.site.participant(participant_id)
    if ref is not None:
        ref.tell(End(cause=cause))
    return leave(book, participant_id, cause)


def leave(book: RoomBook, participant_id: ParticipantId, cause: str) -> int:
    """Journal that a participant has left, its tracks first; nothing if it is known already."""
    book.delivery.leave_seat(participant_id)
    participant = book.state.participants.get(participant_id)
    if participant is None:
        return book.state.seq
    audience = _audience_of(participant)
    for track in book.state.tracks_of(participant_id):
        book.append(
            entries.TRACK_UNPUBLISHED,
            entries.UnpublishedBody(track_id=track.track_id),
            author=participant_id,
        )
    book.site.services.counters.leaves[cause] += 1
    return book.append(
        entries.PARTICIPANT_LEFT,
        entries.LeftBody(participant_id=participant_id, cause=cause),
        author=participant_id,
        audience=audience,
    ).seq


def present(book: RoomBook, participant_id: ParticipantId) -> None:
    """In a large room: show to everybody who is about to publish; until now only hosts knew."""
    participant = book.state.participants[participant_id]
    if _audience_of(participant) is HOSTS:
        book.append(
            entries.PARTICIPANT_JOINED,
            entries.JoinedBody(participant=to_participant_info(participant)),
            author=participant_id,
        )


def reconcile(book: RoomBook, cause: str) -> None:
    """After a start: journal as left who is in the journal and has no actor."""
    for participant_id in tuple(book.state.participants):
        if book.site.participant(participant_id) is None:
            leave(book, participant_id, cause)
    for track in tuple(book.state.tracks.values()):
        if book.site.track(track.track_id) is None:
            book.append(
                entries.TRACK_UNPUBLISHED,
                entries.UnpublishedBody(track_id=track.track_id),
                author=track.participant_id,
            )


def _check_join(book: RoomBook, message: Join, *, is_double: bool) -> None:
    state = book.state
    if state.closed:
        raise RequestDenied("The room is closing.", code="room.closed", retryable=True)
    occupied = len(state.participants) - is_double
    limit = book.site.template.limits.max_participants
    if occupied >= limit:
        raise RequestDenied(
            f"The room is full: it has {limit} places.", code="room.full", retryable=True
        )
    attempt = JoinAttempt(
        identity=message.identity, name=message.name, role=message.role, hidden=message.hidden
    )
    denial = book.site.template.plugins.policies.before_join(state.view(), attempt)
    if denial is not None:
        raise RequestDenied(denial.message, code=denial.code, retryable=denial.retryable)


def _audience(book: RoomBook, *, role: str, hidden: bool) -> Audience:
    if hidden:
        return RECORD_ONLY
    is_crowd = book.site.is_large and role not in ("host", "assistant")
    return HOSTS if is_crowd else ALL


def _audience_of(participant: ParticipantView) -> Audience:
    """Who is told of a participant's coming and going: whoever knows it."""
    if participant.hidden:
        return RECORD_ONLY
    return ALL if participant.is_public else HOSTS


def _roster(book: RoomBook, viewer_id: ParticipantId) -> tuple[ParticipantInfo, ...]:
    """Return whom a joiner is told of: all whose coming it would have been told."""
    viewer = book.state.participants[viewer_id]
    return tuple(
        to_participant_info(participant)
        for participant in book.state.participants.values()
        if participant is viewer
        or participant.is_public
        or (viewer.is_host and not participant.hidden)
    )


def _room_info(book: RoomBook) -> RoomInfo:
    return RoomInfo(
        room_id=book.site.room_id,
        name=book.site.name,
        template=book.site.template.name,
        session_id=book.site.session_id,
        started_at_unix_s=book.journal.started_at_unix_s,
    )
