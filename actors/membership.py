"""Who is in a room: joining, leaving, taking over, coming back. Functions over the room's book."""

from typing import Final

import msgspec

from ..engine.errors import RequestDenied
from ..engine.grants import NO_CHANGES, Grants
from ..engine.ids import ConnectionId, ParticipantId
from ..engine.journal import ALL, HOSTS, RECORD_ONLY, Audience
from ..engine.protocol.things import ParticipantInfo, RoomInfo
from ..engine.runtime import StopCause
from ..plugins.api import Deny, JoinAttempt, Wait
from ..plugins.views import ParticipantView
from . import entries, readmission, waiting
from .book import RoomBook
from .delivery import Seat, to_entry_info
from .messages import End
from .prepared import offer_needed
from .room_messages import (
    Disconnect,
    Join,
    Joined,
    KeepWaiting,
    Missed,
    Reconnect,
    Remove,
    TakeSeat,
)
from .room_state import to_participant_info, to_track_info

NO_CONNECTION: Final = ConnectionId("")
INTERRUPTED: Final = "interrupted"
CRASHED: Final = "crashed"
MOVED: Final = "moved"  # To a group, or back; see `arrivals`.


def join(book: RoomBook, message: Join) -> Joined | KeepWaiting:
    """Let somebody in, or let it wait; who is in with the same identity is put out first.

    Raises:
        RequestDenied: `room.closed`, or what a plugin says.
    """
    double = book.state.with_identity(message.identity)
    attempt = _attempt(message)
    try:
        wait = _check_join(book, attempt, double)
        if wait is not None and message.may_wait:
            return waiting.wait(book, message, attempt, wait)
    except RequestDenied:
        waiting.end(book, message.identity, waiting.REFUSED, by=message.participant_id)
        raise
    if wait is not None:
        raise offer_needed()
    waiting.end(book, message.identity, waiting.ADMITTED, by=message.participant_id)
    if double is not None:
        end(book, double.participant_id, StopCause.DUPLICATE_IDENTITY)
    changes = book.state.grant_changes.get(message.identity, NO_CHANGES)
    token = usual_grants(book, message.grants)
    view = ParticipantView(
        participant_id=message.participant_id,
        identity=message.identity,
        name=message.name,
        role=message.role,
        joined_at_us=book.journal.now_us(),
        hidden=message.hidden,
        grants=changes.apply(token),
    )
    append_joined(book, view, token)
    return look_around(book, message.participant_id)


def usual_grants(book: RoomBook, token: Grants) -> Grants:
    """Return what the token says, as far as the template lets it.

    Where the floor is required merchants publish nothing, unless their own token says that they do,
    or in a group, where everybody speaks.
    """
    is_limited = book.site.template.limits.floor_required and book.site.main is None
    if is_limited and token.role == "merchant" and not token.needs_no_floor:
        return msgspec.structs.replace(token, can_publish_sources=())
    return token


def append_joined(book: RoomBook, view: ParticipantView, token: Grants) -> None:
    """Journal that a participant is in the room."""
    book.append(
        entries.PARTICIPANT_JOINED,
        _joined_body(view, token),
        author=view.participant_id,
        audience=_audience(book, role=view.role, hidden=view.hidden),
    )


def look_around(book: RoomBook, participant_id: ParticipantId) -> Joined:
    """Return the room as a participant that is in it may see it."""
    view = book.state.participants[participant_id]
    return Joined(
        room=_room_info(book),
        seq=book.state.seq,
        joined_at_us=view.joined_at_us,
        grants=view.grants,
        viewer=view,
        participants=_roster(book, participant_id),
        tracks=tuple(to_track_info(track) for track in book.state.tracks.values()),
        removed=readmission.removed_people(book.state) if view.is_host else (),
    )


def handle(book: RoomBook, message: Disconnect | Reconnect | Remove) -> Missed | int | None:
    """Do what is asked.

    Raises:
        RequestDenied: As the function for the message says.
    """
    match message:
        case Disconnect(participant_id=participant_id):
            disconnect(book, participant_id)
            return None
        case Reconnect():
            return reconnect(book, message)
        case Remove():
            return remove(book, message)


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
            audience=audience_of(participant),
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
            audience=audience_of(participant),
        )
    seat = Seat(message.participant_id, NO_CONNECTION, participant.is_host)
    missed = book.visible(seat, message.after_seq)
    return Missed(
        seq=book.state.seq,
        entries=tuple(to_entry_info(entry) for entry in missed),
        grants=participant.grants,
    )


def remove(book: RoomBook, message: Remove) -> int:
    """Put somebody out.

    Raises:
        RequestDenied: `grant.missing`, or `participant.unknown`.
    """
    if not message.is_moderator:
        raise RequestDenied("Only hosts may remove somebody.", code="grant.missing")
    if message.participant_id in book.state.away:
        return end(book, message.participant_id, message.cause)  # Its group journals that it left.
    if message.participant_id not in book.state.participants:
        raise RequestDenied("There is no such participant.", code="participant.unknown")
    return end(book, message.participant_id, message.cause)


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
    audience = audience_of(participant)
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
    if audience_of(participant) is HOSTS:
        book.append(
            entries.PARTICIPANT_JOINED,
            _joined_body(participant, book.state.token_grants_of(participant)),
            author=participant_id,
        )


def reconcile(book: RoomBook, cause: str) -> None:
    """After a start: journal as left who is in the journal and has no actor."""
    for participant_id in tuple(book.state.participants):
        if book.site.participant(participant_id) is None:
            leave(book, participant_id, cause)
        elif book.site.site_of(participant_id) is not book.site:
            leave(book, participant_id, MOVED)
    for track in tuple(book.state.tracks.values()):
        if book.site.track(track.track_id) is None:
            book.append(
                entries.TRACK_UNPUBLISHED,
                entries.UnpublishedBody(track_id=track.track_id),
                author=track.participant_id,
            )


def _attempt(message: Join) -> JoinAttempt:
    return JoinAttempt(
        identity=message.identity,
        name=message.name,
        role=message.role,
        hidden=message.hidden,
        grants=message.grants,
    )


def _check_join(
    book: RoomBook, attempt: JoinAttempt, double: ParticipantView | None
) -> Wait | None:
    if book.state.closed:
        raise RequestDenied("The room is closing.", code="room.closed", retryable=True)
    verdict = waiting.ask_policies(book, attempt)
    if isinstance(verdict, Deny):
        raise RequestDenied(verdict.message, code=verdict.code, retryable=verdict.retryable)
    if verdict is None and waiting.is_kept_out(book, attempt):
        raise RequestDenied(
            "A host removed you; you cannot come back in this session.", code="room.removed"
        )
    leaving = double or book.state.away_with_identity(attempt.identity)
    if verdict is None and waiting.is_full(book, leaving, is_hidden=attempt.hidden):
        return waiting.full(book)
    return verdict


def _joined_body(view: ParticipantView, token: Grants) -> entries.JoinedBody:
    return entries.JoinedBody(
        participant=to_participant_info(view),
        hidden=view.hidden,
        token_grants=token if token != view.grants else None,
    )


def _audience(book: RoomBook, *, role: str, hidden: bool) -> Audience:
    if hidden:
        return RECORD_ONLY
    is_crowd = book.site.is_large and role not in ("host", "assistant")
    return HOSTS if is_crowd else ALL


def audience_of(participant: ParticipantView) -> Audience:
    """Who is told of a participant's coming and going: whoever knows it."""
    if participant.hidden:
        return RECORD_ONLY
    return ALL if participant.is_public else HOSTS


def _roster(book: RoomBook, viewer_id: ParticipantId) -> tuple[ParticipantInfo, ...]:
    """Return whom a joiner is told of: all whose coming it would have been told."""
    viewer = book.state.participants[viewer_id]
    people = book.state.participants if viewer.is_host else book.state.public
    known = [to_participant_info(view) for view in people.values() if not view.hidden]
    if viewer.hidden or not (viewer.is_host or viewer.is_public):
        known.append(to_participant_info(viewer))
    return tuple(known)


def _room_info(book: RoomBook) -> RoomInfo:
    return RoomInfo(
        room_id=book.site.room_id,
        name=book.site.name,
        template=book.site.template.name,
        session_id=book.site.session_id,
        started_at_unix_s=book.journal.started_at_unix_s,
        main_room_id=book.site.main.room_id if book.site.main is not None else None,
        scheduler=book.site.template.scheduler_name(book.state.scheduler),
    )
