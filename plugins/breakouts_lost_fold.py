"""The fold of groups that broke down: closed, told of, and opened again; pure, as the others."""

from dataclasses import replace
from typing import Final

import msgspec

from ..engine.ids import RoomId
from .api import Entry
from .breakouts_messages import GroupBody, GroupLostBody, LostGroup, ReopenedBody
from .breakouts_state import BreakoutsState

KEPT_LOST: Final = 50
CRASHED: Final = "crashed"  # The cause of a group that ended by itself.


class _Closed(msgspec.Struct):
    group_id: RoomId
    name: str = ""
    cause: str = ""


_closed = msgspec.msgpack.Decoder(_Closed)
_lost = msgspec.msgpack.Decoder(GroupLostBody)
_reopened = msgspec.msgpack.Decoder(ReopenedBody)


def close_room(state: BreakoutsState, entry: Entry) -> BreakoutsState:
    """Of a group that ended by itself nobody is left: they stay in the main room."""
    body = _closed.decode(entry.body)
    gone = body.group_id
    number = state.number_of(gone)
    state = replace(state, rooms=tuple(key for key in state.rooms if key != gone))
    if body.cause == CRASHED and all(one.group_id != gone for one in state.summaries):
        found = GroupBody(number=number or 0, name=body.name, group_id=gone)
        state = replace(state, unread=(*state.unread, found)[-KEPT_LOST:])
    if state.phase != "open" or number is None:
        return state
    its_people = {identity for identity, its in state.assignment.items() if its == number}
    return replace(
        state,
        groups=_with_room(state, number, None),
        stranded=state.stranded.union(its_people - state.away_by_choice),
        away_by_choice=state.away_by_choice.union(its_people),
        help={k: v for k, v in state.help.items() if k != number},
    )


def lose(state: BreakoutsState, entry: Entry) -> BreakoutsState:
    """In the main room for people to see; in another group it can be entered no more."""
    body = _lost.decode(entry.body)
    if state.own is not None:
        return replace(state, groups=_with_room(state, body.number, None))
    lost = LostGroup(number=body.number, name=body.name, at_us=entry.at_us)
    others = tuple(one for one in state.lost if one.number != body.number)
    return replace(state, lost=(*others, lost)[-KEPT_LOST:])


def reopen(state: BreakoutsState, entry: Entry) -> BreakoutsState:
    """Whom the breakdown called back belongs there again; who went back alone stays."""
    body = _reopened.decode(entry.body)
    state = replace(state, groups=_with_room(state, body.number, body.group_id))
    if state.own is not None:
        return state
    its_people = {who for who in state.stranded if state.assignment.get(who) == body.number}
    return replace(
        state,
        stranded=state.stranded.difference(its_people),
        away_by_choice=state.away_by_choice.difference(its_people),
        lost=tuple(one for one in state.lost if one.number != body.number),
        reopened_us={**state.reopened_us, body.number: entry.at_us},
    )


def _with_room(
    state: BreakoutsState, number: int, group_id: RoomId | None
) -> tuple[GroupBody, ...]:
    return tuple(
        msgspec.structs.replace(group, group_id=group_id) if group.number == number else group
        for group in state.groups
    )
