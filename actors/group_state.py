"""The part of the core fold that is about groups: which are open, and who is in one."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final

import msgspec

from ..engine.ids import RoomId
from ..engine.journal import Entry
from . import entries

if TYPE_CHECKING:
    from .room_state import RoomState

KEPT_CLOSED: Final = 200  # Four openings of as many groups as there can be.

_group = msgspec.msgpack.Decoder(entries.GroupInfo)
_closed = msgspec.msgpack.Decoder(entries.GroupClosedBody)
_group_renamed = msgspec.msgpack.Decoder(entries.GroupRenamedBody)
_renamed = msgspec.msgpack.Decoder(entries.RenamedBody)
_removed = msgspec.msgpack.Decoder(entries.RemovedBody)
_readmitted = msgspec.msgpack.Decoder(entries.ReadmittedBody)
_moved = msgspec.msgpack.Decoder(entries.MovedBody)


class AwayView(msgspec.Struct, frozen=True, kw_only=True):
    """A participant of the house that is in a group."""

    identity: str
    name: str
    role: str
    hidden: bool
    group_id: RoomId


def _open_group(state: "RoomState", entry: Entry) -> "RoomState":
    group = _group.decode(entry.body)
    return msgspec.structs.replace(state, groups=state.groups | {group.group_id: group})


def _close_group(state: "RoomState", entry: Entry) -> "RoomState":
    gone = _closed.decode(entry.body).group_id
    groups = {key: group for key, group in state.groups.items() if key != gone}
    group = state.groups.get(gone)
    if group is None:
        return state
    closed = dict([*state.closed_groups.items(), (gone, group)][-KEPT_CLOSED:])
    return msgspec.structs.replace(state, groups=groups, closed_groups=closed)


def _rename_group(state: "RoomState", entry: Entry) -> "RoomState":
    body = _group_renamed.decode(entry.body)
    group = state.groups.get(body.group_id)
    if group is None:
        return state
    renamed = msgspec.structs.replace(group, name=body.name)
    return msgspec.structs.replace(state, groups=state.groups | {body.group_id: renamed})


def _rename(state: "RoomState", entry: Entry) -> "RoomState":
    return msgspec.structs.replace(state, name=_renamed.decode(entry.body).name)


def _move(state: "RoomState", entry: Entry) -> "RoomState":
    body = _moved.decode(entry.body)
    away = {key: view for key, view in state.away.items() if key != body.participant_id}
    if body.group_id is not None:
        away[body.participant_id] = AwayView(
            identity=body.identity,
            name=body.name,
            role=body.role,
            hidden=entry.audience.scope == "record",
            group_id=body.group_id,
        )
    return msgspec.structs.replace(state, away=away)


def _remove(state: "RoomState", entry: Entry) -> "RoomState":
    body = _removed.decode(entry.body)
    removed = state.removed | {body.identity: body.name or body.identity}
    return msgspec.structs.replace(state, removed=removed)


def _readmit(state: "RoomState", entry: Entry) -> "RoomState":
    gone = _readmitted.decode(entry.body).identity
    removed = {key: name for key, name in state.removed.items() if key != gone}
    return msgspec.structs.replace(state, removed=removed)


GROUP_CHANGES: Final[Mapping[str, Callable[["RoomState", Entry], "RoomState"]]] = {
    entries.GROUP_OPENED: _open_group,
    entries.GROUP_CLOSED: _close_group,
    entries.GROUP_RENAMED: _rename_group,
    entries.RENAMED: _rename,
    entries.PARTICIPANT_MOVED: _move,
    entries.PARTICIPANT_REMOVED: _remove,
    entries.PARTICIPANT_READMITTED: _readmit,
}
