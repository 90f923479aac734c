"""The folds of breakouts: of the plan in the main room, and of a group seen from inside."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

import msgspec

from ..engine.ids import ParticipantId, RoomId
from .api import Entry, PersistentDict
from .breakouts_lost_fold import close_room, lose, reopen
from .breakouts_messages import (
    AnnouncedBody,
    Announcement,
    AssignedBody,
    BegunBody,
    HelpBody,
    HelpCall,
    HelpEndedBody,
    OpenedBody,
    PlannedBody,
    RenamedBody,
    ReturnedBody,
    SummaryBody,
    TimerBody,
    VoiceBody,
)
from .breakouts_state import BreakoutsState, OwnGroup, Person, Visitor

KEPT_SUMMARIES: Final = 50
KEPT_PEOPLE: Final = 100
RECENT: Final = 60  # Times of the latest entries, for the limit of their rate.


class _Joined(msgspec.Struct):
    participant: "_Participant"
    hidden: bool = False


class _Participant(msgspec.Struct):
    participant_id: ParticipantId
    identity: str
    name: str
    role: str


class _Left(msgspec.Struct):
    participant_id: ParticipantId


class _Moved(msgspec.Struct):
    participant_id: ParticipantId
    identity: str
    name: str
    role: str
    group_id: RoomId | None


class _Room(msgspec.Struct):
    group_id: RoomId


_joined = msgspec.msgpack.Decoder(_Joined)
_left = msgspec.msgpack.Decoder(_Left)
_moved = msgspec.msgpack.Decoder(_Moved)
_room = msgspec.msgpack.Decoder(_Room)
_planned = msgspec.msgpack.Decoder(PlannedBody)
_assigned = msgspec.msgpack.Decoder(AssignedBody)
_renamed = msgspec.msgpack.Decoder(RenamedBody)
_opened = msgspec.msgpack.Decoder(OpenedBody)
_timer = msgspec.msgpack.Decoder(TimerBody)
_announced = msgspec.msgpack.Decoder(AnnouncedBody)
_help = msgspec.msgpack.Decoder(HelpBody)
_help_ended = msgspec.msgpack.Decoder(HelpEndedBody)
_returned = msgspec.msgpack.Decoder(ReturnedBody)
_begun = msgspec.msgpack.Decoder(BegunBody)
_summary = msgspec.msgpack.Decoder(SummaryBody)
_voice = msgspec.msgpack.Decoder(VoiceBody)


def joined_id(entry: Entry) -> ParticipantId:
    """Return who has come, by a `room.participant_joined`."""
    return _joined.decode(entry.body).participant.participant_id


def left_id(entry: Entry) -> ParticipantId:
    """Return who has gone, by a `room.participant_left`."""
    return _left.decode(entry.body).participant_id


class BreakoutsFold:
    """Pure; see `Fold`."""

    def initial(self) -> BreakoutsState:
        return BreakoutsState()

    def apply(self, state: BreakoutsState, entry: Entry) -> BreakoutsState:
        change = _CHANGES.get(entry.kind)
        if change is None:
            return state
        if entry.kind.startswith("breakouts.") and entry.author is not None:
            state = _count(state, entry.author, entry.at_us)
        return change(state, entry)


def _count(state: BreakoutsState, author: ParticipantId, at_us: int) -> BreakoutsState:
    """Count a request: of hosts how many there are lately, of others how many in all."""
    person = state.people.get(author) or state.away.get(author)
    if person is not None and person.is_host:
        return replace(state, changed_at_us=(*state.changed_at_us, at_us)[-RECENT:])
    asked = state.asked.get(author, 0) + 1
    return replace(state, asked=state.asked.with_item(author, asked))


# -- who is where -------------------------------------------------------------------------------


def _join(state: BreakoutsState, entry: Entry) -> BreakoutsState:
    body = _joined.decode(entry.body)
    info = body.participant
    person = Person(info.participant_id, info.identity, info.name, info.role, body.hidden)
    if state.people.get(info.participant_id) == person:
        return state  # Only introduced to more people.
    return replace(
        _come(state, person, entry.at_us),
        people=state.people.with_item(info.participant_id, person),
        away={k: v for k, v in state.away.items() if k != info.participant_id},
    )


def _leave(state: BreakoutsState, entry: Entry) -> BreakoutsState:
    gone = _left.decode(entry.body).participant_id
    person = state.people.get(gone)
    if person is not None:
        state = _go(state, person, entry.at_us)
    return replace(state, people=state.people.without(gone))


def _come(state: BreakoutsState, person: Person, at_us: int) -> BreakoutsState:
    """Somebody comes into this group."""
    own = state.own
    if own is None or person.hidden:
        return state
    before = own.visitors.get(person.identity)
    if before is None and len(own.visitors) >= KEPT_PEOPLE:
        return state
    visitor = replace(before or Visitor(person.name, person.is_host), since_us=at_us)
    visitors = own.visitors.with_item(person.identity, visitor)
    return replace(state, own=replace(own, visitors=visitors))


def _go(state: BreakoutsState, person: Person, at_us: int) -> BreakoutsState:
    """Somebody leaves this group."""
    own = state.own
    visitor = own.visitors.get(person.identity) if own is not None else None
    if own is None or visitor is None or visitor.since_us is None:
        return state
    stayed_us = visitor.stayed_us + at_us - visitor.since_us
    gone = replace(visitor, stayed_us=stayed_us, since_us=None)
    visitors = own.visitors.with_item(person.identity, gone)
    return replace(state, own=replace(own, visitors=visitors))


def _move(state: BreakoutsState, entry: Entry) -> BreakoutsState:
    body = _moved.decode(entry.body)
    away = {k: v for k, v in state.away.items() if k != body.participant_id}
    away_by_choice = state.away_by_choice
    if body.group_id is not None:
        if state.number_of(body.group_id) == state.assignment.get(body.identity):
            away_by_choice = away_by_choice - {body.identity}  # Back where it belongs.
        hidden = entry.audience.scope == "record"
        away[body.participant_id] = Person(
            body.participant_id, body.identity, body.name, body.role, hidden, body.group_id
        )
    return replace(state, away=away, away_by_choice=away_by_choice)


def _open_room(state: BreakoutsState, entry: Entry) -> BreakoutsState:
    return replace(state, rooms=(*state.rooms, _room.decode(entry.body).group_id))


# -- the plan -----------------------------------------------------------------------------------


def _plan(state: BreakoutsState, entry: Entry) -> BreakoutsState:
    body = _planned.decode(entry.body)
    return replace(
        state,
        phase="planned",
        groups=body.groups,
        by=body.by,
        may_return=body.may_return,
        late=body.late,
        assignment=PersistentDict(body.assignment),
        away_by_choice=frozenset(),
        stranded=frozenset(),
        help={},
        lost=(),
        asked=PersistentDict(),
    )


def _cancel(state: BreakoutsState, entry: Entry) -> BreakoutsState:
    return replace(state, phase="none", groups=(), assignment=PersistentDict())


def _assign(state: BreakoutsState, entry: Entry) -> BreakoutsState:
    body = _assigned.decode(entry.body)
    assignment = state.assignment
    for identity in body.identities:
        if body.number is None:
            assignment = assignment.without(identity)
        else:
            assignment = assignment.with_item(identity, body.number)
    if body.number is None and state.phase == "open":
        away_by_choice = state.away_by_choice.union(body.identities)
    else:
        away_by_choice = state.away_by_choice.difference(body.identities)
    return replace(
        state,
        assignment=assignment,
        away_by_choice=away_by_choice,
        stranded=state.stranded.difference(body.identities),
    )


def _rename(state: BreakoutsState, entry: Entry) -> BreakoutsState:
    body = _renamed.decode(entry.body)
    groups = tuple(
        msgspec.structs.replace(group, name=body.name) if group.number == body.number else group
        for group in state.groups
    )
    own = state.own
    if own is not None and own.number == body.number:
        own = replace(own, name=body.name)
    return replace(state, groups=groups, own=own)


def _open(state: BreakoutsState, entry: Entry) -> BreakoutsState:
    body = _opened.decode(entry.body)
    return replace(
        state,
        phase="open",
        groups=body.groups,
        by=body.by,
        may_return=body.may_return,
        ends_at_us=_end_of(entry, body.left_us),
        is_closing=False,
        opened_us=entry.at_us,
        reopened_us={},
    )


def _set_timer(state: BreakoutsState, entry: Entry) -> BreakoutsState:
    body = _timer.decode(entry.body)
    return replace(state, ends_at_us=_end_of(entry, body.left_us), is_closing=body.is_closing)


def _end_of(entry: Entry, left_us: int | None) -> int | None:
    """Rooms have clocks of their own, so entries say how long it takes from them on."""
    return None if left_us is None else entry.at_us + left_us


def _speak(state: BreakoutsState, entry: Entry) -> BreakoutsState:
    body = _voice.decode(entry.body)
    return replace(state, voice=body if body.participant_id is not None else None)


def _ask_help(state: BreakoutsState, entry: Entry) -> BreakoutsState:
    body = _help.decode(entry.body)
    if state.own is not None:
        return replace(state, own=replace(state.own, help_asked_by=body.name))
    call = HelpCall(number=body.number, name=body.name, since_us=entry.at_us)
    return replace(state, help={**state.help, body.number: call})


def _end_help(state: BreakoutsState, entry: Entry) -> BreakoutsState:
    number = _help_ended.decode(entry.body).number
    if state.own is not None:
        return replace(state, own=replace(state.own, help_asked_by=None))
    return replace(state, help={k: v for k, v in state.help.items() if k != number})


def _return(state: BreakoutsState, entry: Entry) -> BreakoutsState:
    identity = _returned.decode(entry.body).identity
    return replace(state, away_by_choice=state.away_by_choice | {identity})


def _close(state: BreakoutsState, entry: Entry) -> BreakoutsState:
    return replace(
        state,
        phase="none",
        groups=(),
        assignment=PersistentDict(),
        away_by_choice=frozenset(),
        stranded=frozenset(),
        ends_at_us=None,
        is_closing=False,
        help={},
        lost=(),
        voice=None,
    )


def _summarize(state: BreakoutsState, entry: Entry) -> BreakoutsState:
    summary = _summary.decode(entry.body)
    others = tuple(one for one in state.summaries if one.group_id != summary.group_id)
    unread = tuple(one for one in state.unread if one.group_id != summary.group_id)
    return replace(state, summaries=(*others, summary)[-KEPT_SUMMARIES:], unread=unread)


# -- a group from inside ------------------------------------------------------------------------


def _begin(state: BreakoutsState, entry: Entry) -> BreakoutsState:
    body = _begun.decode(entry.body)
    return replace(
        state,
        groups=body.groups,
        may_return=body.may_return,
        ends_at_us=_end_of(entry, body.left_us),
        is_closing=body.is_closing,
        own=OwnGroup(body.number, body.name, begun_us=entry.at_us),
    )


def _end(state: BreakoutsState, entry: Entry) -> BreakoutsState:
    own = replace(state.own, has_ended=True) if state.own is not None else None
    return replace(state, own=own, voice=None)


def _announce(state: BreakoutsState, entry: Entry) -> BreakoutsState:
    body = _announced.decode(entry.body)
    if state.own is None:
        return state
    shown = Announcement(text=body.text, author_name=body.author_name, at_us=entry.at_us)
    return replace(state, own=replace(state.own, announcement=shown))


def _hear(state: BreakoutsState, entry: Entry) -> BreakoutsState:
    own = state.own
    if own is None or entry.audience.scope != "all":
        return state
    return replace(state, own=replace(own, messages_total=own.messages_total + 1))


_CHANGES: Final[Mapping[str, Callable[[BreakoutsState, Entry], BreakoutsState]]] = {
    "room.participant_joined": _join,
    "room.participant_left": _leave,
    "room.participant_moved": _move,
    "room.group_opened": _open_room,
    "room.group_closed": close_room,
    "breakouts.planned": _plan,
    "breakouts.cancelled": _cancel,
    "breakouts.assigned": _assign,
    "breakouts.renamed": _rename,
    "breakouts.opened": _open,
    "breakouts.timer_set": _set_timer,
    "breakouts.announced": _announce,
    "breakouts.voice": _speak,
    "breakouts.help_asked": _ask_help,
    "breakouts.help_ended": _end_help,
    "breakouts.returned": _return,
    "breakouts.closed": _close,
    "breakouts.summary": _summarize,
    "breakouts.group_lost": lose,
    "breakouts.reopened": reopen,
    "breakouts.begun": _begin,
    "breakouts.ended": _end,
    "chat.message": _hear,
}
