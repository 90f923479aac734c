"""Shared screens: who may share beside or after whom, and hosts who ask somebody to share."""

from typing import Annotated, Final, Literal, assert_never

import msgspec

from ..engine.errors import RequestDenied
from ..engine.ids import ParticipantId
from ..engine.media import Source
from .api import (
    Audience,
    Deny,
    Entry,
    ParticipantView,
    PluginContext,
    PublishRequest,
    RequestContext,
    RoomView,
    hookimpl,
    only,
)
from .screen_share_messages import (
    Ask,
    AskEndedBody,
    AskToShare,
    Cause,
    DeclineAsk,
    ScreenShareFold,
    ScreenShareRequest,
    ScreenShareState,
    ScreenShareView,
    StopShare,
    WithdrawAsk,
)

SHARED: Final = (Source.SCREEN, Source.SCREEN_AUDIO)
MAX_ASKS: Final = 20  # At the same time; a host asks one or two.

Context = PluginContext[ScreenShareState]
Request = RequestContext[ScreenShareState]


class ScreenShareOptions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Options of `[plugins.screen_share]`.

    `policy`: `one`: who shares first goes on until it ends; `replace`: a new share ends the one
    before it, but a merchant's never ends a host's; `several`: up to `max_sharers` at once.
    """

    policy: Literal["one", "replace", "several"] = "one"
    max_sharers: Annotated[int, msgspec.Meta(ge=1, le=16)] = 4
    ask_timeout_s: Annotated[float, msgspec.Meta(ge=5, le=3600)] = 60.0


class ScreenShare:
    """Plugin `screen_share`. Who was asked by a host may share in the place of others."""

    options_type = ScreenShareOptions
    request_type = ScreenShareRequest
    observed = ("room.track_published",)

    def __init__(self, options: ScreenShareOptions) -> None:
        self._options = options
        self.fold = ScreenShareFold()

    def view(self, state: ScreenShareState, viewer: ParticipantView) -> ScreenShareView:
        """Return whom hosts have asked; who is no host is told of itself only."""
        mine = (ask for ask in state.asks if viewer.is_host or ask.identity == viewer.identity)
        return ScreenShareView(asks=tuple(mine))

    # -- who may share ---------------------------------------------------------------------------

    @hookimpl
    def before_publish(
        self, room: RoomView, request: PublishRequest, state: ScreenShareState
    ) -> Deny | None:
        """Deny a screen that the policy has no place for; one's own sound is part of one's screen.

        Codes: `screen_share.taken`, `screen_share.full`; both retryable.
        """
        if request.source not in SHARED:
            return None
        others = [person for person in _sharers(room) if person != request.participant_id]
        if not others:
            return None
        if self._options.policy == "several":
            return _deny_full() if len(others) >= self._options.max_sharers else None
        asker = room.participants.get(request.participant_id)
        if asker is not None and state.find(asker.identity) is not None:
            return None
        if self._options.policy == "replace" and not _is_below(asker, room, others):
            return None
        name = room.name_of(others[0])
        return Deny("screen_share.taken", f"{name} is sharing a screen already.", True)

    @hookimpl
    async def on_start(self, context: Context) -> None:
        """Set the timers of open asks again, and end shares that a crash left beside another."""
        for ask in context.state.asks:
            context.set_timer(ask.identity, ask.expires_at_us)
        sharers = _sharers(context.room)
        if sharers:
            await self._end_others(context, newest=sharers[-1])

    @hookimpl
    async def on_entry(self, context: Context, entry: Entry) -> None:
        """A new screen ends those that it replaces, and answers the host who asked for it."""
        if entry.kind != "room.track_published" or entry.author is None:
            return
        if entry.author not in _sharers(context.room):
            return
        await self._end_others(context, newest=entry.author)
        sharer = context.room.participants.get(entry.author)
        ask = context.state.find(sharer.identity) if sharer is not None else None
        if ask is not None:
            await _end_ask(context, ask, "shared")

    @hookimpl
    async def on_timer(self, context: Context, name: str) -> None:
        """Nobody has answered for long: the host may ask again. The timer's name is an identity."""
        ask = context.state.find(name)
        if ask is not None:
            await _end_ask(context, ask, "expired")

    async def _end_others(self, context: Context, *, newest: ParticipantId) -> None:
        if self._options.policy == "several":
            return
        for source in SHARED:
            for track in context.room.tracks_of_source(source):
                if track.participant_id != newest:
                    await context.unpublish(track.track_id)

    # -- requests --------------------------------------------------------------------------------

    async def handle_request(self, context: Request, request: ScreenShareRequest) -> None:
        """Ask somebody to share, take that back, decline, or end a share.

        Raises:
            RequestDenied: `screen_share.not_host`, `screen_share.unknown_participant`,
                `screen_share.not_granted`, `screen_share.sharing_already`,
                `screen_share.too_many_asks` (retryable), `screen_share.not_asked`,
                `screen_share.not_sharing`.
        """
        match request:
            case AskToShare():
                await self._ask(context, request)
            case WithdrawAsk(identity=identity):
                _check_host(context)
                await _end_ask(context, _find_ask(context, identity), "withdrawn")
            case DeclineAsk(cause=cause):
                ask = _find_ask(context, context.participant.identity)
                await _end_ask(context, ask, cause)
            case StopShare(participant_id=participant_id):
                await _stop(context, participant_id)
            case _:
                assert_never(request)

    async def _ask(self, context: Request, request: AskToShare) -> None:
        _check_host(context)
        asked = context.room.participants.get(ParticipantId(request.participant_id))
        if asked is None:
            raise RequestDenied(
                "There is no such participant.", code="screen_share.unknown_participant"
            )
        if Source.SCREEN not in asked.grants.can_publish_sources:
            raise RequestDenied(
                f"{asked.name} may not share a screen; give the right first.",
                code="screen_share.not_granted",
            )
        if asked.participant_id in _sharers(context.room):
            raise RequestDenied(
                f"{asked.name} is sharing already.", code="screen_share.sharing_already"
            )
        if context.state.find(asked.identity) is None and len(context.state.asks) >= MAX_ASKS:
            raise RequestDenied(
                "Too many are asked; wait for answers.",
                code="screen_share.too_many_asks",
                retryable=True,
            )
        ask = Ask(
            identity=asked.identity,
            name=asked.name,
            by=context.participant.name,
            expires_at_us=context.now_us() + round(self._options.ask_timeout_s * 1e6),
        )
        await context.append("asked", ask, audience=_audience(context.room, asked.identity))
        context.set_timer(ask.identity, ask.expires_at_us)


async def _end_ask(context: Context, ask: Ask, cause: Cause) -> None:
    body = AskEndedBody(identity=ask.identity, name=ask.name, cause=cause)
    context.cancel_timer(ask.identity)
    await context.append("ask_ended", body, audience=_audience(context.room, ask.identity))


async def _stop(context: Request, participant_id: str) -> None:
    _check_host(context)
    tracks = [
        track
        for source in SHARED
        for track in context.room.tracks_of_source(source)
        if track.participant_id == participant_id
    ]
    if not tracks:
        raise RequestDenied("Nothing is shared there.", code="screen_share.not_sharing")
    for track in tracks:
        await context.unpublish(track.track_id)


def _check_host(context: Request) -> None:
    if not context.participant.is_host:
        raise RequestDenied("Only hosts may do this.", code="screen_share.not_host")


def _find_ask(context: Request, identity: str) -> Ask:
    ask = context.state.find(identity)
    if ask is None:
        raise RequestDenied("Nobody is asked to share.", code="screen_share.not_asked")
    return ask


def _sharers(room: RoomView) -> list[ParticipantId]:
    """Name who shares, with a picture or with sound only; whose share is the newest comes last."""
    found: dict[ParticipantId, None] = {}
    for track in room.tracks.values():
        if track.source in SHARED:
            found.pop(track.participant_id, None)
            found[track.participant_id] = None
    return list(found)


def _is_below(asker: ParticipantView | None, room: RoomView, sharers: list[ParticipantId]) -> bool:
    """Whether a host shares and the asker is none."""
    if asker is not None and asker.is_host:
        return False
    views = (room.participants.get(sharer) for sharer in sharers)
    return any(view is not None and view.is_host for view in views)


def _deny_full() -> Deny:
    return Deny("screen_share.full", "As many screens are shared as this room takes.", True)


def _audience(room: RoomView, identity: str) -> Audience:
    """Who is asked, and all who run the room."""
    people = (
        view.participant_id
        for view in room.participants.values()
        if view.is_host or view.identity == identity
    )
    return only(*people)
