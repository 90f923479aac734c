"""The lobby: who comes in, who waits at the door, and who is kept out."""

from collections.abc import Collection
from typing import Annotated, Final, assert_never

import msgspec

from ..engine.errors import RequestDenied
from ..engine.ids import ParticipantId
from .api import (
    HOSTS,
    Deny,
    JoinAttempt,
    ParticipantView,
    RequestContext,
    Wait,
    hookimpl,
)
from .lobby_messages import (
    Admit,
    AdmitAll,
    AdmittedBody,
    Ban,
    BannedBody,
    BannedPerson,
    ChangeSettings,
    Knock,
    LobbyRequest,
    LobbyView,
    Refuse,
    RefusedBody,
    RemovePerson,
    SettingsBody,
    Unban,
    UnbannedBody,
)
from .lobby_state import RECENT_CHANGES, LobbyFold, LobbyState, Person, Standing, Waiter

SHOWN_WAITING: Final = 50  # Whom hosts see by name; of the others they see the number.
SHOWN_BANNED: Final = 100
MAX_BANNED: Final = 1_000
ADMITTED_AT_ONCE: Final = 200  # Identities in one entry.
MAX_REFUSALS: Final = 3  # Who was sent away so often need not knock again.
RATE_WINDOW_US: Final = 10_000_000  # In this time hosts may make `RECENT_CHANGES` changes.

TemplateNames = Annotated[
    tuple[Annotated[str, msgspec.Meta(max_length=64)], ...], msgspec.Meta(max_length=50)
]


class LobbyOptions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Options of `[plugins.lobby]`: the names of templates whose rooms begin so."""

    waiting_room: TemplateNames = ()
    hosts_first: TemplateNames = ()
    shows_patrol: TemplateNames = ()


class Lobby:
    """Plugin `lobby`. All its requests are for hosts."""

    options_type = LobbyOptions
    is_in_groups = False  # Who may come into the room may go to its groups.
    readmits = True
    request_type = LobbyRequest
    summary_interval_s = 0.5

    def __init__(self, options: LobbyOptions) -> None:
        self._options = options
        self.fold = LobbyFold()

    # -- who may come in -------------------------------------------------------------------------

    @hookimpl
    def before_join(self, attempt: JoinAttempt, state: LobbyState) -> Deny | Wait | None:
        """First who is kept out, then who never waits, then the reasons to wait."""
        standing = state.standing(attempt.identity)
        if attempt.identity in state.banned:
            return Deny("lobby.banned", "A host keeps you out of this session.")
        if standing.refusal is not None:
            return Deny("lobby.refused", standing.refusal or "A host did not let you in.")
        if standing.was_removed and (state.hosts or not attempt.is_host):
            return Wait("lobby.removed", "A host removed you; a host can let you in again.")
        if attempt.is_host or attempt.hidden or standing.is_admitted:
            return None
        if standing.refusals >= MAX_REFUSALS and not standing.is_known:
            return Deny("lobby.refused", "A host did not let you in.")
        if not standing.is_known:
            verdict = self._judge_stranger(state, standing)
            if verdict is not None:
                return verdict
        capacity = self._settings(state).capacity
        if capacity is not None and state.visible_places >= capacity and not standing.is_inside:
            message = "The room is full; you come in when a place is free."
            return Wait("lobby.full", message, places=capacity)
        return None

    def _judge_stranger(self, state: LobbyState, standing: Standing) -> Deny | Wait | None:
        settings = self._settings(state)
        if settings.locked:
            if standing.waiting_id is None:
                return Deny("lobby.locked", "The room is locked.")
            return Wait("lobby.waiting_room", "A host lets you in soon.")
        if settings.hosts_first and not state.hosts:
            return Wait("lobby.no_host", "You come in when the host is here.")
        if settings.waiting_room:
            return Wait("lobby.waiting_room", "A host lets you in soon.")
        return None

    def _settings(self, state: LobbyState) -> SettingsBody:
        if state.settings is not None:
            return state.settings
        return SettingsBody(
            waiting_room=state.template in self._options.waiting_room,
            hosts_first=state.template in self._options.hosts_first,
            locked=False,
            shows_patrol=state.template in self._options.shows_patrol,
            capacity=None,
        )

    # -- what hosts are shown --------------------------------------------------------------------

    def view(self, state: LobbyState, viewer: ParticipantView) -> LobbyView | dict[str, None]:
        return self.summary(state, is_host=viewer.is_host)

    def summary(self, state: LobbyState, *, is_host: bool) -> LobbyView | dict[str, None]:
        """The whole lobby for hosts; nothing for others."""
        if not is_host:
            return {}
        settings = self._settings(state)
        banned = list(state.banned.items())[-SHOWN_BANNED:]
        return LobbyView(
            settings=settings,
            waiting=tuple(_knock(state, w) for w in state.first_waiting(SHOWN_WAITING)),
            waiting_total=len(state.waiting),
            banned=tuple(BannedPerson(identity=key, name=name) for key, name in banned),
            banned_total=len(state.banned),
            patrols=tuple(state.patrols.values())[:SHOWN_BANNED] if settings.shows_patrol else (),
        )

    # -- requests --------------------------------------------------------------------------------

    async def handle_request(
        self, context: RequestContext[LobbyState], request: LobbyRequest
    ) -> None:
        """Do what a host asks.

        Raises:
            RequestDenied: `lobby.hosts_only`, `lobby.rate_limited` (retryable), and as each of
                the methods below says.
        """
        if not context.participant.is_host or context.participant.hidden:
            raise RequestDenied("Only hosts may do this.", code="lobby.hosts_only")
        since_us = context.now_us() - RATE_WINDOW_US
        if context.state.count_changes_since(since_us) >= RECENT_CHANGES:
            raise RequestDenied("Too many changes.", code="lobby.rate_limited", retryable=True)
        match request:
            case Admit(waiting_ids=waiting_ids):
                await _admit(context, [_find_waiter(context.state, key) for key in waiting_ids])
            case AdmitAll():
                waiting = context.state.first_waiting(len(context.state.waiting))
                standing = context.state.standing
                await _admit(context, [w for w in waiting if not standing(w.identity).was_removed])
            case Refuse(waiting_id=waiting_id, message=message):
                await _refuse(context, waiting_id, message)
            case RemovePerson(participant_id=participant_id):
                await _remove(context, participant_id)
            case Ban(identity=identity):
                await _ban(context, identity)
            case Unban(identity=identity):
                await _unban(context, identity)
            case ChangeSettings():
                await self._change_settings(context, request)
            case _:
                assert_never(request)

    async def _change_settings(
        self, context: RequestContext[LobbyState], request: ChangeSettings
    ) -> None:
        """Append all settings as they are now, if one of them changes."""
        before = self._settings(context.state)
        said = {
            name: value
            for name in SettingsBody.__struct_fields__
            if (value := getattr(request, name)) is not msgspec.UNSET
        }
        after = msgspec.structs.replace(before, **said)
        if after != before:
            await context.append("settings_changed", after, audience=HOSTS)


def _knock(state: LobbyState, waiter: Waiter) -> Knock:
    return Knock(
        waiting_id=waiter.waiting_id,
        identity=waiter.identity,
        name=waiter.name,
        role=waiter.role,
        since_us=waiter.since_us,
        was_removed=state.standing(waiter.identity).was_removed,
        is_admitted=state.standing(waiter.identity).is_admitted,
    )


def _find_waiter(state: LobbyState, waiting_id: str) -> Waiter:
    waiter = state.waiting.get(waiting_id)
    if waiter is None:
        raise RequestDenied("Nobody waits there any more.", code="lobby.not_waiting")
    return waiter


async def _admit(context: RequestContext[LobbyState], waiters: list[Waiter]) -> None:
    """Let these in, unless they are let in already.

    Raises:
        RequestDenied: `lobby.not_waiting`, from `_find_waiter`: nobody was let in.
    """
    standing = context.state.standing
    identities = [w.identity for w in waiters if not standing(w.identity).is_admitted]
    for begin in range(0, len(identities), ADMITTED_AT_ONCE):
        body = AdmittedBody(identities=tuple(identities[begin : begin + ADMITTED_AT_ONCE]))
        await context.append("admitted", body, audience=HOSTS)


async def _refuse(context: RequestContext[LobbyState], waiting_id: str, message: str) -> None:
    """Send somebody away.

    Raises:
        RequestDenied: `lobby.not_waiting`.
    """
    waiter = _find_waiter(context.state, waiting_id)
    body = RefusedBody(waiting_id=waiting_id, identity=waiter.identity, message=message.strip())
    await context.append("refused", body, audience=HOSTS)


async def _remove(context: RequestContext[LobbyState], participant_id: ParticipantId) -> None:
    """Put somebody out.

    Raises:
        RequestDenied: `lobby.unknown_participant`, `lobby.is_host`.
    """
    person = context.state.person(participant_id)
    if person is None or person.hidden:
        raise RequestDenied("They are not in the room.", code="lobby.unknown_participant")
    _check_lower(is_host=person.is_host)
    await context.remove(participant_id)


async def _ban(context: RequestContext[LobbyState], identity: str) -> None:
    """Keep an identity out, and put it out if it is in.

    Raises:
        RequestDenied: `lobby.is_host`, `lobby.banned_already`, `lobby.too_many_bans`.
    """
    state = context.state
    if identity in state.banned:
        raise RequestDenied("They are banned already.", code="lobby.banned_already")
    if len(state.banned) >= MAX_BANNED:
        raise RequestDenied(
            f"At most {MAX_BANNED} can be banned in a session.", code="lobby.too_many_bans"
        )
    present = state.present(identity)
    _check_lower(is_host=any(person.is_host for person in present.values()))
    body = BannedBody(identity=identity, name=_name_of(state, identity, present.values()))
    await context.append("banned", body, audience=HOSTS)
    for participant_id in present:
        await context.remove(participant_id, code="banned")


async def _unban(context: RequestContext[LobbyState], identity: str) -> None:
    """Take a ban back.

    Raises:
        RequestDenied: `lobby.not_banned`.
    """
    if identity not in context.state.banned:
        raise RequestDenied("They are not banned.", code="lobby.not_banned")
    await context.append("unbanned", UnbannedBody(identity=identity), audience=HOSTS)


def _check_lower(*, is_host: bool) -> None:
    if is_host:
        raise RequestDenied("Hosts cannot be put out here.", code="lobby.is_host")


def _name_of(state: LobbyState, identity: str, present: Collection[Person]) -> str:
    waiting_id = state.standing(identity).waiting_id
    waiter = state.waiting.get(waiting_id) if waiting_id is not None else None
    if waiter is not None:
        return waiter.name
    return next((person.name for person in present), identity)
