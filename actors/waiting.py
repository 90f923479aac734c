"""Waiting at the door: who may not come in yet stays connected until the room decides again.

The room asks its policies again when the plugin that makes people wait has new entries, or when
somebody comes or goes. It does so in passes over all who wait, in slices, so that five thousand
at the door hold up nobody in the room; and it calls in no more at once than it can serve.
"""

from typing import Final

from ..engine.errors import RequestDenied
from ..engine.ids import ParticipantId, new_waiting_id
from ..engine.journal import HOSTS, RECORD_ONLY, Audience
from ..engine.runtime import StopCause
from ..plugins.api import Deny, JoinAttempt, Wait
from ..plugins.views import ParticipantView
from . import entries
from .book import RoomBook
from .door import Place
from .group_state import AwayView
from .messages import DoorChanged, End, KnockAgain
from .room_messages import Join, KeepWaiting

KEEP_PLACE_S: Final = 15.0  # A page that reloads or changes its network is back within this.
REVIEWED_AT_ONCE: Final = 200  # Some 2 ms of policies.
CALLED_AT_ONCE: Final = 32  # Each join takes some milliseconds of the loop.
SLICE_S: Final = 0.01
PASS_S_PER_PLACE: Final = 0.0002  # Passes take at most a twentieth of the time, however many wait.
MIN_PASS_S: Final = 0.02
SMALL_ROOM_WAITING: Final = 200  # May wait at least, however small the room is.
KNOCKS_PER_S: Final = 5.0  # So fast the journal may grow by people who come and go at the door.

MAX_HIDDEN: Final = 50  # Observers and the like; the room's limit does not count them.

ADMITTED: Final = "admitted"
REFUSED: Final = "refused"
LEFT: Final = "left"


def wait(book: RoomBook, message: Join, attempt: JoinAttempt, verdict: Wait) -> KeepWaiting:
    """Let somebody wait; who waits already under this identity keeps the place.

    Raises:
        RequestDenied: `room.door_full` or `room.door_busy`, both retryable.
    """
    door = book.site.door
    place = door.places.get(message.identity)
    if place is None:
        _check_knock(book)
        place = Place(new_waiting_id(), message.identity, None, attempt)
        book.append(
            entries.JOIN_WAITING,
            entries.WaitingBody(
                waiting_id=place.waiting_id,
                identity=message.identity,
                name=message.name,
                role=message.role,
            ),
            audience=_audience(book),
        )
    other = door.occupy(place, message.participant_id, attempt, verdict)
    if other is not None:
        _end_actor(book, other, StopCause.DUPLICATE_IDENTITY)
    place.told = (verdict, door.position_of(place))
    return KeepWaiting(
        code=verdict.code,
        message=verdict.message,
        position=place.told[1],
        places=verdict.places,
    )


def end(
    book: RoomBook,
    identity: str,
    cause: str,
    *,
    by: ParticipantId | None = None,
    stop: StopCause = StopCause.DUPLICATE_IDENTITY,
) -> None:
    """Journal that an identity does not wait any more, if it did.

    Args:
        by: The actor that asked; another one that waited under the identity is ended.
        stop: What that one is told.
    """
    place = book.site.door.leave(identity)
    if place is None:
        return
    if place.participant_id is not None and place.participant_id != by:
        _end_actor(book, place.participant_id, stop)
    book.append(
        entries.JOIN_WAITING_ENDED,
        entries.WaitingEndedBody(waiting_id=place.waiting_id, cause=cause),
        audience=_audience(book),
    )


def participant_down(book: RoomBook, participant_id: ParticipantId, cause: str) -> None:
    """An actor has ended: who did not leave on purpose may come back to the place."""
    door = book.site.door
    place = door.place_of(participant_id)
    if place is None:
        return
    if cause == StopCause.LEFT:
        end(book, place.identity, LEFT)
    else:
        door.vacate(place, _now_s(book))


def expire(book: RoomBook) -> float | None:
    """End the places that were kept for too long; return in how many seconds to look again."""
    vacant, now_s = book.site.door.vacant_since_s, _now_s(book)
    while vacant:
        identity, since_s = next(iter(vacant.items()))
        left_s = since_s + KEEP_PLACE_S - now_s
        if left_s > 0:
            return max(left_s, SLICE_S)  # What is left by rounding would never end.
        end(book, identity, LEFT)
    return None


def dismiss(book: RoomBook, cause: StopCause) -> None:
    """The room closes: nobody waits any more."""
    for identity in tuple(book.site.door.places):
        end(book, identity, LEFT, stop=cause)


def restore(book: RoomBook) -> None:
    """After a start of the room: who waits by the journal and has no actor may come back."""
    door, now_s = book.site.door, _now_s(book)
    known = {place.waiting_id for place in door.places.values()}
    for waiting_id, identity in book.state.waiting.items():
        if waiting_id not in known:
            door.places[identity] = place = Place(waiting_id, identity, None, None)
            door.vacate(place, now_s)
    for place in tuple(door.places.values()):
        person = place.participant_id
        if person is not None and book.site.participant(person) is None:
            door.vacate(place, now_s)
    door.called.clear()
    door.has_news = bool(door.places)


def review(book: RoomBook) -> float | None:
    """Ask the policies again for a slice of those who wait; return when to go on, None: at news."""
    door = book.site.door
    if not door.to_review and door.has_news:
        door.has_news = False
        door.to_review.extend(door.places)
    for _ in range(min(REVIEWED_AT_ONCE, len(door.to_review))):
        if len(door.called) >= CALLED_AT_ONCE:
            break
        place = door.places.get(door.to_review.popleft())
        if place is not None and place.participant_id is not None:
            _review_place(book, place)
    if door.to_review:
        return SLICE_S
    if door.has_moved:
        door.has_moved = False
        for _, place in door.first():
            _tell(book, place)
    if door.has_news:
        return max(MIN_PASS_S, len(door.places) * PASS_S_PER_PLACE)
    return None


def ask_policies(book: RoomBook, attempt: JoinAttempt) -> Deny | Wait | None:
    """Ask the plugins, each with its newest state."""
    policies = book.site.template.plugins.policies
    return policies.before_join(book.state.view(), attempt, book.find_state)


def is_kept_out(book: RoomBook, attempt: JoinAttempt) -> bool:
    """Whether a host has put somebody out for the rest of the session.

    Where a plugin readmits people it was asked already. A host comes in if none is there: a room
    must not be left without one.
    """
    state = book.state
    if attempt.identity not in state.removed:
        return False
    if any(plugin.readmits for plugin in book.site.template.plugins.plugins):
        return False
    is_led = any(p.is_host for p in state.participants.values()) or any(
        view.role in ("host", "assistant") for view in state.away.values()
    )
    return is_led or attempt.grants.role not in ("host", "assistant")


def is_full(book: RoomBook, double: ParticipantView | AwayView | None, *, is_hidden: bool) -> bool:
    """Whether there is no place for one more; whom nobody sees takes no place of the others.

    Who is in a group keeps its place here.

    Args:
        double: Who is in, here or in a group, with the same identity, and would leave.
        is_hidden: Of the one who comes.
    """
    leaves = double is not None and double.hidden == is_hidden
    return _free_places(book, is_hidden=is_hidden) + leaves <= 0


def full(book: RoomBook) -> Wait:
    """Return what the room says to whom it has no place for."""
    return Wait(
        "room.full",
        "The room is full; you come in when a place is free.",
        places=book.site.template.limits.max_participants,
    )


def _free_places(book: RoomBook, *, is_hidden: bool) -> int:
    hidden = book.state.hidden_count
    if is_hidden:
        return MAX_HIDDEN - hidden
    limit = book.site.template.limits.max_participants
    away = sum(not view.hidden for view in book.state.away.values())
    return limit - len(book.state.participants) + hidden - away


def _review_place(book: RoomBook, place: Place) -> None:
    if place.attempt is None or place.identity in book.site.door.called:
        return
    verdict = ask_policies(book, place.attempt)
    free = _free_places(book, is_hidden=place.attempt.hidden)
    if verdict is None and free <= len(book.site.door.called):
        verdict = full(book)  # Those who are called came first.
    if isinstance(verdict, Wait):
        book.site.door.note_wait(place, verdict)
        _tell(book, place)
        return
    # It asks to join again, and is answered as everybody is.
    ref = book.site.participant(place.participant_id) if place.participant_id else None
    if ref is not None:
        book.site.door.called.add(place.identity)
        ref.tell(KnockAgain())


def _tell(book: RoomBook, place: Place) -> None:
    """Tell somebody what it waits for, if that is news to it."""
    if place.wait is None or place.participant_id is None:
        return
    now = (place.wait, book.site.door.position_of(place))
    ref = book.site.participant(place.participant_id)
    if now == place.told or ref is None:
        return
    place.told = now
    wait, position = now
    ref.tell(
        DoorChanged(code=wait.code, message=wait.message, position=position, places=wait.places)
    )


def _check_knock(book: RoomBook) -> None:
    """Bound how many wait, and how fast the journal grows by people who come and go."""
    door = book.site.door
    most = max(SMALL_ROOM_WAITING, book.site.template.limits.max_participants)
    if len(door.places) >= most:
        raise RequestDenied("Too many people wait.", code="room.door_full", retryable=True)
    if not door.take_knock(_now_s(book), most=most, per_s=KNOCKS_PER_S):
        raise RequestDenied("Too many people come.", code="room.door_busy", retryable=True)


def _end_actor(book: RoomBook, participant_id: ParticipantId, cause: StopCause) -> None:
    ref = book.site.participant(participant_id)
    if ref is not None:
        ref.tell(End(cause=cause))


def _audience(book: RoomBook) -> Audience:
    """In a large room hosts are shown the first of those who wait, by the lobby's summary."""
    return RECORD_ONLY if book.site.is_large else HOSTS


def _now_s(book: RoomBook) -> float:
    return book.journal.now_us() / 1e6
