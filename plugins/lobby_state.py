"""The fold of the lobby: who waits, who may come in, who is in, and who is kept out.

Ten thousand may come and five thousand may wait.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Final

import msgspec

from ..engine.ids import ParticipantId
from .api import Entry, PersistentDict
from .lobby_messages import (
    AdmittedBody,
    BannedBody,
    RefusedBody,
    SettingsBody,
    UnbannedBody,
)

RECENT_CHANGES: Final = 60  # Times of the hosts' latest entries, for the limit of their rate.


@dataclass(frozen=True, slots=True)
class Standing:
    """What the room knows of an identity.

    `is_known`: it has been in, or was admitted, so it need not wait again. `is_admitted`: a host
    let it in, and it has not come yet. `refusal`: what it is told when it is sent away, until it
    was.
    """

    is_known: bool = False
    is_admitted: bool = False
    is_inside: bool = False
    was_removed: bool = False
    refusal: str | None = None
    refusals: int = 0
    waiting_id: str | None = None


@dataclass(frozen=True, slots=True)
class Waiter:
    """Somebody at the door."""

    waiting_id: str
    identity: str
    name: str
    role: str
    since_us: int


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in the room."""

    identity: str
    name: str
    is_host: bool
    hidden: bool


@dataclass(frozen=True, slots=True)
class LobbyState:
    """See the module. `settings` None: nobody has changed them, the template's hold."""

    template: str = ""
    settings: SettingsBody | None = None
    standings: PersistentDict[str, Standing] = field(default_factory=PersistentDict)  # By identity.
    waiting: PersistentDict[str, Waiter] = field(default_factory=PersistentDict)  # By waiting id.
    inside: PersistentDict[ParticipantId, Person] = field(
        default_factory=PersistentDict
    )  # By participant id.
    away: PersistentDict[ParticipantId, Person] = field(
        default_factory=PersistentDict
    )  # In groups of the room.
    hosts: frozenset[ParticipantId] = frozenset()  # Also those who visit a group.
    patrols: Mapping[ParticipantId, str] = field(default_factory=dict)
    banned: Mapping[str, str] = field(default_factory=dict)  # Names by identity.
    changed_at_us: tuple[int, ...] = ()

    @property
    def visible_places(self) -> int:
        """How many are in, also in groups, but for those whom nobody sees."""
        return len(self.inside) + len(self.away) - len(self.patrols)

    def person(self, participant_id: ParticipantId) -> Person | None:
        """Find who is in the room or a group of it."""
        return self.inside.get(participant_id) or self.away.get(participant_id)

    def present(self, identity: str) -> dict[ParticipantId, Person]:
        """Find whoever is in the room or a group of it under an identity."""
        return {
            participant_id: person
            for people in (self.inside, self.away)
            for participant_id, person in people.items()
            if person.identity == identity
        }

    def standing(self, identity: str) -> Standing:
        return self.standings.get(identity) or _STRANGER

    def first_waiting(self, limit: int) -> list[Waiter]:
        """Return who has waited longest, at most `limit`."""
        return list(islice(self.waiting.values(), limit))

    def count_changes_since(self, at_us: int) -> int:
        return sum(changed > at_us for changed in self.changed_at_us)


_STRANGER: Final = Standing()


class _Opened(msgspec.Struct):
    template: str


class _Participant(msgspec.Struct):
    participant_id: ParticipantId
    identity: str
    name: str
    role: str


class _Joined(msgspec.Struct):
    participant: _Participant
    hidden: bool = False


class _Left(msgspec.Struct):
    participant_id: ParticipantId
    cause: str


class _Moved(msgspec.Struct):
    participant_id: ParticipantId
    identity: str
    name: str
    role: str
    group_id: str | None


class _Removed(msgspec.Struct):
    identity: str


class _Waiting(msgspec.Struct):
    waiting_id: str
    identity: str
    name: str
    role: str


class _WaitingEnded(msgspec.Struct):
    waiting_id: str
    cause: str


_opened = msgspec.msgpack.Decoder(_Opened)
_joined = msgspec.msgpack.Decoder(_Joined)
_left = msgspec.msgpack.Decoder(_Left)
_moved = msgspec.msgpack.Decoder(_Moved)
_removed = msgspec.msgpack.Decoder(_Removed)
_waiting = msgspec.msgpack.Decoder(_Waiting)
_waiting_ended = msgspec.msgpack.Decoder(_WaitingEnded)
_admitted = msgspec.msgpack.Decoder(AdmittedBody)
_refused = msgspec.msgpack.Decoder(RefusedBody)
_banned = msgspec.msgpack.Decoder(BannedBody)
_unbanned = msgspec.msgpack.Decoder(UnbannedBody)
_settings = msgspec.msgpack.Decoder(SettingsBody)


class LobbyFold:
    """Pure; see `Fold`."""

    def initial(self) -> LobbyState:
        return LobbyState()

    def apply(self, state: LobbyState, entry: Entry) -> LobbyState:
        change = _CHANGES.get(entry.kind)
        if change is None:
            return state
        if entry.kind.startswith("lobby."):
            times = (*state.changed_at_us, entry.at_us)[-RECENT_CHANGES:]
            state = replace(state, changed_at_us=times)
        return change(state, entry)


def _open(state: LobbyState, entry: Entry) -> LobbyState:
    return replace(state, template=_opened.decode(entry.body).template)


def _join(state: LobbyState, entry: Entry) -> LobbyState:
    body = _joined.decode(entry.body)
    info = body.participant
    person = Person(info.identity, info.name, info.role in ("host", "assistant"), body.hidden)
    if state.inside.get(info.participant_id) == person:
        return state  # Only introduced to more people.
    standing = Standing(is_known=True, is_inside=True)
    return replace(
        state,
        standings=state.standings.with_item(info.identity, standing),
        inside=state.inside.with_item(info.participant_id, person),
        hosts=state.hosts | {info.participant_id} if _runs_room(person) else state.hosts,
        patrols={**state.patrols, info.participant_id: info.name}
        if person.hidden
        else state.patrols,
    )


def _leave(state: LobbyState, entry: Entry) -> LobbyState:
    body = _left.decode(entry.body)
    person = state.inside.get(body.participant_id)
    if person is None:
        return state
    was_removed = body.cause in ("removed", "banned")
    standing = replace(
        state.standing(person.identity),
        is_inside=False,
        is_known=not was_removed,
        was_removed=was_removed,
    )
    return replace(
        state,
        standings=state.standings.with_item(person.identity, standing),
        inside=state.inside.without(body.participant_id),
        hosts=state.hosts - {body.participant_id},
        patrols=_without(state.patrols, body.participant_id) if person.hidden else state.patrols,
    )


def _move(state: LobbyState, entry: Entry) -> LobbyState:
    """Somebody is in a group now, or in none any more: then it is back here, or gone."""
    body = _moved.decode(entry.body)
    gone = body.participant_id
    hidden = entry.audience.scope == "record"
    person = Person(body.identity, body.name, body.role in ("host", "assistant"), hidden)
    if body.group_id is not None:
        return _with_away(state, gone, person)
    if gone not in state.away:
        return state
    is_back = gone in state.inside
    return replace(
        state,
        away=state.away.without(gone),
        standings=_with_presence(state, person.identity, is_inside=is_back),
        hosts=state.hosts if is_back else state.hosts - {gone},
        patrols=state.patrols if is_back else _without(state.patrols, gone),
    )


def _with_away(state: LobbyState, participant_id: ParticipantId, person: Person) -> LobbyState:
    hosts = state.hosts | {participant_id} if _runs_room(person) else state.hosts
    patrols = state.patrols
    if person.hidden:
        patrols = {**patrols, participant_id: person.name}
    return replace(
        state,
        away=state.away.with_item(participant_id, person),
        standings=_with_presence(state, person.identity, is_inside=True),
        hosts=hosts,
        patrols=patrols,
    )


def _with_presence(
    state: LobbyState, identity: str, *, is_inside: bool
) -> PersistentDict[str, Standing]:
    standing = replace(state.standing(identity), is_inside=is_inside)
    return state.standings.with_item(identity, standing)


def _without(
    patrols: Mapping[ParticipantId, str], gone: ParticipantId
) -> Mapping[ParticipantId, str]:
    return {key: name for key, name in patrols.items() if key != gone}


def _remove(state: LobbyState, entry: Entry) -> LobbyState:
    """Somebody was put out of a group."""
    identity = _removed.decode(entry.body).identity
    standing = replace(state.standing(identity), is_inside=False, is_known=False, was_removed=True)
    return replace(state, standings=state.standings.with_item(identity, standing))


def _readmit(state: LobbyState, entry: Entry) -> LobbyState:
    """A host lets somebody in again: it need not wait, unless everybody must."""
    identity = _removed.decode(entry.body).identity
    standing = replace(state.standing(identity), was_removed=False)
    return replace(state, standings=state.standings.with_item(identity, standing))


def _runs_room(person: Person) -> bool:
    return person.is_host and not person.hidden


def _wait(state: LobbyState, entry: Entry) -> LobbyState:
    body = _waiting.decode(entry.body)
    waiter = Waiter(body.waiting_id, body.identity, body.name, body.role, entry.at_us)
    standing = replace(state.standing(body.identity), waiting_id=body.waiting_id)
    return replace(
        state,
        waiting=state.waiting.with_item(body.waiting_id, waiter),
        standings=state.standings.with_item(body.identity, standing),
    )


def _end_waiting(state: LobbyState, entry: Entry) -> LobbyState:
    body = _waiting_ended.decode(entry.body)
    waiter = state.waiting.get(body.waiting_id)
    if waiter is None:
        return state
    standing = state.standing(waiter.identity)
    was_refused = standing.refusal is not None and body.cause == "refused"
    standing = replace(
        standing, waiting_id=None, refusal=None, refusals=standing.refusals + was_refused
    )
    return replace(
        state,
        waiting=state.waiting.without(body.waiting_id),
        standings=state.standings.with_item(waiter.identity, standing),
    )


def _admit(state: LobbyState, entry: Entry) -> LobbyState:
    standings = state.standings
    for identity in _admitted.decode(entry.body).identities:
        waiting_id = (standings.get(identity) or _STRANGER).waiting_id
        admitted = Standing(is_known=True, is_admitted=True, waiting_id=waiting_id)
        standings = standings.with_item(identity, admitted)
    return replace(state, standings=standings)


def _refuse(state: LobbyState, entry: Entry) -> LobbyState:
    body = _refused.decode(entry.body)
    standing = replace(
        state.standing(body.identity), refusal=body.message, is_known=False, is_admitted=False
    )
    return replace(state, standings=state.standings.with_item(body.identity, standing))


def _ban(state: LobbyState, entry: Entry) -> LobbyState:
    body = _banned.decode(entry.body)
    return replace(state, banned={**state.banned, body.identity: body.name})


def _unban(state: LobbyState, entry: Entry) -> LobbyState:
    gone = _unbanned.decode(entry.body).identity
    waiting_id = state.standing(gone).waiting_id
    return replace(
        state,
        banned={k: v for k, v in state.banned.items() if k != gone},
        standings=state.standings.with_item(gone, Standing(waiting_id=waiting_id)),
    )


def _change_settings(state: LobbyState, entry: Entry) -> LobbyState:
    return replace(state, settings=_settings.decode(entry.body))


_CHANGES: Final[Mapping[str, Callable[[LobbyState, Entry], LobbyState]]] = {
    "room.opened": _open,
    "room.participant_joined": _join,
    "room.participant_left": _leave,
    "room.participant_moved": _move,
    "room.participant_removed": _remove,
    "room.participant_readmitted": _readmit,
    "room.join_waiting": _wait,
    "room.join_waiting_ended": _end_waiting,
    "lobby.admitted": _admit,
    "lobby.refused": _refuse,
    "lobby.banned": _ban,
    "lobby.unbanned": _unban,
    "lobby.settings_changed": _change_settings,
}
