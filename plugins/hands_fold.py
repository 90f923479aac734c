"""The fold of the floor: hands and floors by identity, over reloads and through groups.

Pure; see `hands_state`.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final, TypeVar

import msgspec

from ..engine.ids import ParticipantId
from .api import Entry, PersistentDict
from .hands_messages import (
    AllSilencedBody,
    FloorGivenBody,
    FloorTakenBody,
    LoweredBody,
    RaisedBody,
    ReasonedBody,
    SilencedBody,
    SpeakingBody,
)
from .hands_state import Floor, Hand, HandsState

REMEMBERED_RAISES: Final = 10  # Times of each identity, for the limit of its rate.
GONE_FOR_GOOD: Final = frozenset({"removed", "banned", "connection_timeout", "room_closed"})
TO_A_GROUP: Final = "moved"

Held = TypeVar("Held", Hand, Floor)


class _Participant(msgspec.Struct):
    participant_id: ParticipantId
    identity: str
    name: str


class _Joined(msgspec.Struct):
    participant: _Participant


class _Left(msgspec.Struct):
    participant_id: ParticipantId
    cause: str


class _Moved(msgspec.Struct):
    participant_id: ParticipantId
    identity: str
    group_id: str | None


class _Removed(msgspec.Struct):
    identity: str


class _GrantsChanged(msgspec.Struct):
    identity: str


_joined = msgspec.msgpack.Decoder(_Joined)
_left = msgspec.msgpack.Decoder(_Left)
_moved = msgspec.msgpack.Decoder(_Moved)
_removed = msgspec.msgpack.Decoder(_Removed)
_grants_changed = msgspec.msgpack.Decoder(_GrantsChanged)
_raised = msgspec.msgpack.Decoder(RaisedBody)
_reasoned = msgspec.msgpack.Decoder(ReasonedBody)
_lowered = msgspec.msgpack.Decoder(LoweredBody)
_speaking = msgspec.msgpack.Decoder(SpeakingBody)
_floor_given = msgspec.msgpack.Decoder(FloorGivenBody)
_floor_taken = msgspec.msgpack.Decoder(FloorTakenBody)
_silenced = msgspec.msgpack.Decoder(SilencedBody)
_all_silenced = msgspec.msgpack.Decoder(AllSilencedBody)


def joined_id(entry: Entry) -> ParticipantId:
    """Return who joined by a `room.participant_joined`."""
    return _joined.decode(entry.body).participant.participant_id


class HandsFold:
    """Pure; see `Fold`."""

    def initial(self) -> HandsState:
        return HandsState()

    def apply(self, state: HandsState, entry: Entry) -> HandsState:
        change = _CHANGES.get(entry.kind)
        return state if change is None else change(state, entry)


# -- people -------------------------------------------------------------------------------------


def _join(state: HandsState, entry: Entry) -> HandsState:
    """Who comes again has its hand and its floor under its new id."""
    if not (state.hands or state.floors or state.silenced):
        return state
    person = _joined.decode(entry.body).participant
    identity = person.identity
    if identity in state.silenced_ids:
        known = state.silenced_ids.with_item(identity, person.participant_id)
        state = replace(state, silenced_ids=known)
    if identity not in state.hands and identity not in state.floors:
        return state
    held = state.hands.get(identity) or state.floors[identity]
    people, former = state.people, state.former
    if held.participant_id != person.participant_id:
        if identity in former:
            people = people.without(former[identity])
        former = former.with_item(identity, held.participant_id)
    return replace(
        state,
        hands=_renamed(state.hands, person),
        floors=_renamed(state.floors, person),
        people=people.with_item(person.participant_id, identity),
        former=former,
        in_groups=state.in_groups.without(identity),
        away=state.away.without(identity),
    )


def _renamed(held: PersistentDict[str, Held], person: _Participant) -> PersistentDict[str, Held]:
    one = held.get(person.identity)
    if one is None:
        return held
    changed = replace(one, participant_id=person.participant_id, name=person.name)
    return held.with_item(person.identity, changed)


def _leave(state: HandsState, entry: Entry) -> HandsState:
    body = _left.decode(entry.body)
    identity = state.people.get(body.participant_id)
    if identity is None or state.former.get(identity) == body.participant_id:
        return state
    if body.cause in GONE_FOR_GOOD:
        return _drop(state, identity)
    state = _fall_silent(state, identity, entry.at_us)
    if body.cause == TO_A_GROUP:
        in_groups = state.in_groups.with_item(identity, body.participant_id)
        return replace(state, in_groups=in_groups)
    return replace(state, away=state.away.with_item(identity, entry.at_us))


def _move(state: HandsState, entry: Entry) -> HandsState:
    """Who is in no group any more and has not come back here has left the house."""
    body = _moved.decode(entry.body)
    is_gone = body.group_id is None and state.in_groups.get(body.identity) == body.participant_id
    if not is_gone:
        return state
    return replace(
        state,
        in_groups=state.in_groups.without(body.identity),
        away=state.away.with_item(body.identity, entry.at_us),
    )


def _remove(state: HandsState, entry: Entry) -> HandsState:
    """Somebody was put out of a group."""
    return _drop(state, _removed.decode(entry.body).identity)


def _drop(state: HandsState, identity: str) -> HandsState:
    return _drop_floor(_drop_hand(state, identity), identity)


# -- hands --------------------------------------------------------------------------------------


def _raise(state: HandsState, entry: Entry) -> HandsState:
    body = _raised.decode(entry.body)
    identity = body.identity
    hand = Hand(
        body.participant_id, identity, body.name, body.reason, seq=entry.seq, at_us=entry.at_us
    )
    state = _count(state, identity, entry.at_us)
    return replace(
        state,
        hands=state.hands.with_item(identity, hand),
        people=state.people.with_item(body.participant_id, identity),
    )


def _reason(state: HandsState, entry: Entry) -> HandsState:
    body = _reasoned.decode(entry.body)
    hand = state.hands.get(body.identity)
    if hand is None:
        return state
    hands = state.hands.with_item(body.identity, replace(hand, reason=body.reason))
    return replace(_count(state, body.identity, entry.at_us), hands=hands)


def _count(state: HandsState, identity: str, at_us: int) -> HandsState:
    times = (*state.raised_at_us.get(identity, ()), at_us)[-REMEMBERED_RAISES:]
    return replace(state, raised_at_us=state.raised_at_us.with_item(identity, times))


def _lower(state: HandsState, entry: Entry) -> HandsState:
    return _drop_hand(state, _lowered.decode(entry.body).identity)


def _lower_all(state: HandsState, entry: Entry) -> HandsState:
    for identity in tuple(state.hands):
        state = _drop_hand(state, identity)
    return state


def _drop_hand(state: HandsState, identity: str) -> HandsState:
    hand = state.hands.get(identity)
    if hand is None:
        return state
    state = replace(
        state,
        hands=state.hands.without(identity),
        speaking=state.speaking.without(identity),
        quiet=state.quiet.without(identity),
    )
    return _forget(state, identity, hand.participant_id)


def _speak(state: HandsState, entry: Entry) -> HandsState:
    body = _speaking.decode(entry.body)
    if body.identity not in state.hands and body.identity not in state.floors:
        return state
    if not body.speaking:
        return _fall_silent(state, body.identity, entry.at_us)
    return replace(
        state,
        speaking=state.speaking.with_item(body.identity, entry.at_us),
        quiet=state.quiet.without(body.identity),
    )


def _fall_silent(state: HandsState, identity: str, at_us: int) -> HandsState:
    since_us, hand = state.speaking.get(identity), state.hands.get(identity)
    if since_us is None:
        return state
    hands = state.hands
    if hand is not None:
        heard_us = hand.heard_us + at_us - since_us
        hands = hands.with_item(identity, replace(hand, heard_us=heard_us))
    return replace(
        state,
        hands=hands,
        speaking=state.speaking.without(identity),
        quiet=state.quiet.with_item(identity, at_us),
    )


# -- the floor ----------------------------------------------------------------------------------


def _give_floor(state: HandsState, entry: Entry) -> HandsState:
    body = _floor_given.decode(entry.body)
    identity = body.identity
    before = state.floors.get(identity)
    added = (*before.added, *body.added) if before is not None else body.added
    floor = Floor(
        body.participant_id,
        identity,
        body.name,
        body.rights,
        added=tuple(dict.fromkeys(added)),
        at_us=entry.at_us if before is None else before.at_us,
        is_settled=not body.added,
    )
    state = _drop_hand(state, identity)
    if "voice" in body.rights:
        state = _free(state, identity)
    return replace(
        state,
        floors=state.floors.with_item(identity, floor),
        people=state.people.with_item(body.participant_id, identity),
    )


def _take_floor(state: HandsState, entry: Entry) -> HandsState:
    return _drop_floor(state, _floor_taken.decode(entry.body).identity)


def _drop_floor(state: HandsState, identity: str) -> HandsState:
    floor = state.floors.get(identity)
    if floor is None:
        return state
    undoing = state.undoing
    if floor.added:
        undoing = undoing.with_item(identity, floor.added)
    is_freed = state.silenced.get(identity) is False
    state = replace(
        state,
        floors=state.floors.without(identity),
        speaking=state.speaking.without(identity),
        quiet=state.quiet.without(identity),
        undoing=undoing,
        silenced=state.silenced.without(identity) if is_freed else state.silenced,
    )
    return _forget(state, identity, floor.participant_id)


def _settle(state: HandsState, entry: Entry) -> HandsState:
    """The room has changed somebody's grants, as the newest entry about it says."""
    if not (state.floors or state.undoing):
        return state
    identity = _grants_changed.decode(entry.body).identity
    floor = state.floors.get(identity)
    if floor is not None and not floor.is_settled:
        floors = state.floors.with_item(identity, replace(floor, is_settled=True))
        state = replace(state, floors=floors)
    return replace(state, undoing=state.undoing.without(identity))


def _forget(state: HandsState, identity: str, participant_id: ParticipantId) -> HandsState:
    """Forget a person that has neither a hand up nor the floor."""
    if identity in state.hands or identity in state.floors:
        return state
    people = state.people.without(participant_id)
    if identity in state.former:
        people = people.without(state.former[identity])
    return replace(
        state,
        people=people,
        former=state.former.without(identity),
        in_groups=state.in_groups.without(identity),
        away=state.away.without(identity),
    )


# -- who may unmute -----------------------------------------------------------------------------


def _silence(state: HandsState, entry: Entry) -> HandsState:
    body = _silenced.decode(entry.body)
    if body.may_unmute:
        return _free(state, body.identity)
    return replace(
        state,
        silenced=state.silenced.with_item(body.identity, True),
        silenced_ids=state.silenced_ids.with_item(body.identity, body.participant_id),
    )


def _free(state: HandsState, identity: str) -> HandsState:
    """Let one unmute; only where the others may not, that must be remembered."""
    if state.all_silenced:
        silenced = state.silenced.with_item(identity, False)
    else:
        silenced = state.silenced.without(identity)
    return replace(state, silenced=silenced, silenced_ids=state.silenced_ids.without(identity))


def _silence_all(state: HandsState, entry: Entry) -> HandsState:
    is_silenced = not _all_silenced.decode(entry.body).may_unmute
    freed = {f.identity: False for f in state.floors.values() if "voice" in f.rights}
    return replace(
        state,
        all_silenced=is_silenced,
        silenced=PersistentDict(freed if is_silenced else {}),
        silenced_ids=PersistentDict(),
    )


_CHANGES: Final[Mapping[str, Callable[[HandsState, Entry], HandsState]]] = {
    "room.participant_joined": _join,
    "room.participant_left": _leave,
    "room.participant_moved": _move,
    "room.participant_removed": _remove,
    "room.grants_changed": _settle,
    "hands.raised": _raise,
    "hands.reasoned": _reason,
    "hands.lowered": _lower,
    "hands.all_lowered": _lower_all,
    "hands.speaking": _speak,
    "hands.floor_given": _give_floor,
    "hands.floor_taken": _take_floor,
    "hands.silenced": _silence,
    "hands.all_silenced": _silence_all,
}
