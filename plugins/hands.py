"""The floor: who asks to speak, who may, who is called up to the stage, who is muted."""

from typing import Annotated, Final, assert_never

import msgspec

from ..engine.errors import RequestDenied
from ..engine.ids import ParticipantId
from ..engine.media import Source
from .api import (
    Deny,
    Entry,
    ParticipantView,
    PluginContext,
    PublishRequest,
    RequestContext,
    RoomView,
    TrackView,
    hookimpl,
    only,
)
from .hands_floor import change_rights, rights_of, settle, settle_all, settle_joined
from .hands_fold import HandsFold
from .hands_messages import (
    AllLoweredBody,
    AllowUnmute,
    FloorGivenBody,
    FloorTakenBody,
    GiveFloor,
    GrantRights,
    HandsRequest,
    HandsView,
    LowerAll,
    LoweredBody,
    LowerHand,
    Mute,
    MuteAll,
    QueueSummary,
    RaisedBody,
    RaiseHand,
    ReasonedBody,
    RevokeRights,
    Right,
    TakeFloor,
    Why,
)
from .hands_muting import deny_silenced, find, find_lower, handle_muting, mute_microphone
from .hands_queue import HandsQueue
from .hands_state import HandsState
from .hands_watch import HandsWatch

RAISES: Final = 5  # Of one identity, in the time below.
RAISES_WINDOW_US: Final = 30_000_000
# After these somebody may be away: the moved one, if it leaves from its group.
LEAVINGS: Final = (
    "room.participant_left",
    "room.participant_moved",
    "room.participant_removed",
)

Context = PluginContext[HandsState]
Request = RequestContext[HandsState]


FloorQuiet = Annotated[float, msgspec.Meta(ge=5, le=3600)]


class HandsOptions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Options of `[plugins.hands]`."""

    max_floors: Annotated[int, msgspec.Meta(ge=1, le=100)] = 16  # Who have it at the same time.
    auto_lower: bool = True  # A hand goes down once its owner has spoken …
    spoken_s: Annotated[float, msgspec.Meta(ge=0, le=60)] = 5.0  # … for so long in all …
    quiet_s: Annotated[float, msgspec.Meta(ge=0.5, le=600)] = 6.0  # … and is quiet for so long.
    away_s: Annotated[float, msgspec.Meta(ge=0, le=3600)] = 30.0  # A page that left may be back.
    # By template: who has spoken, shares no screen and is quiet for so long gives the floor back.
    floor_quiet_s: dict[str, FloorQuiet] = {}


class Hands:
    """Plugin `hands`."""

    options_type = HandsOptions
    request_type = HandsRequest
    summary_interval_s = 0.5
    observed = ("hands.", "room.participant_joined", *LEAVINGS, "room.grants_changed")

    def __init__(self, options: HandsOptions) -> None:
        self._options = options
        self._queue = HandsQueue()
        self._watch = HandsWatch(
            auto_lower=options.auto_lower,
            spoken_us=round(options.spoken_s * 1e6),
            quiet_us=round(options.quiet_s * 1e6),
            away_us=round(options.away_s * 1e6),
            floor_quiet_us={
                name: round(quiet_s * 1e6) for name, quiet_s in options.floor_quiet_s.items()
            },
        )
        self.fold = HandsFold()

    def view(self, state: HandsState, viewer: ParticipantView) -> HandsView:
        return self._queue.view(state, viewer)

    def summary(self, state: HandsState, *, is_host: bool) -> QueueSummary:
        return self._queue.summary(state, is_host=is_host)

    # -- policies --------------------------------------------------------------------------------

    @hookimpl
    def before_unmute(self, room: RoomView, track: TrackView, state: HandsState) -> Deny | None:
        if track.source is not Source.MICROPHONE:
            return None
        return deny_silenced(room, track.participant_id, state)

    @hookimpl
    def before_publish(
        self, room: RoomView, request: PublishRequest, state: HandsState
    ) -> Deny | None:
        if request.source is not Source.MICROPHONE or request.muted:
            return None
        return deny_silenced(room, request.participant_id, state)

    @hookimpl
    def floor(self, state: HandsState) -> tuple[ParticipantId, ...]:
        return tuple(floor.participant_id for floor in state.floors.values())

    # -- observers -------------------------------------------------------------------------------

    @hookimpl
    async def on_start(self, context: Context) -> None:
        await settle_all(context)
        self._watch.set_timers(context)

    @hookimpl
    async def on_entry(self, context: Context, entry: Entry) -> None:
        if entry.kind == "room.participant_joined":
            await settle_joined(context, entry)
        elif entry.kind in LEAVINGS or entry.kind == "hands.speaking":
            self._watch.set_timers(context)

    @hookimpl
    async def on_speakers(
        self, context: Context, participant_ids: tuple[ParticipantId, ...]
    ) -> None:
        await self._watch.hear(context, participant_ids)

    @hookimpl
    async def on_timer(self, context: Context, name: str) -> None:
        await self._watch.lower_due(context)

    # -- requests --------------------------------------------------------------------------------

    async def handle_request(self, context: Request, request: HandsRequest) -> None:
        """Do what is asked.

        Raises:
            RequestDenied: `hands.hosts_only`, and as each of the functions below says.
        """
        match request:
            case RaiseHand(reason=reason):
                await _raise(context, reason.strip())
            case LowerHand(participant_id=None):
                await _lower(context, context.participant.participant_id, "self")
            case TakeFloor(participant_id=None):
                await _take_floor(context, context.participant.participant_id, "self")
            case _:
                if context.participant.hidden or not context.participant.grants.can_grant_floor:
                    raise RequestDenied("Only hosts may do this.", code="hands.hosts_only")
                await self._handle_host(context, request)

    async def _handle_host(
        self,
        context: Request,
        request: LowerHand
        | LowerAll
        | GiveFloor
        | TakeFloor
        | GrantRights
        | RevokeRights
        | Mute
        | MuteAll
        | AllowUnmute,
    ) -> None:
        match request:
            case LowerHand(participant_id=person):
                await _lower(context, person or ParticipantId(""), "host")
            case LowerAll():
                if context.state.hands:
                    await context.append("all_lowered", AllLoweredBody())
            case GiveFloor():
                await self._give_floor(context, request)
            case TakeFloor(participant_id=person):
                await _take_floor(context, person or ParticipantId(""), "host")
            case GrantRights(participant_id=person, rights=rights):
                await change_rights(context, find(context, person), add=rights)
            case RevokeRights(participant_id=person, rights=rights):
                target = find_lower(context, person)
                await change_rights(context, target, remove=rights)
            case Mute() | MuteAll() | AllowUnmute():
                await handle_muting(context, request)
            case _:
                assert_never(request)

    async def _give_floor(self, context: Request, request: GiveFloor) -> None:
        """Call somebody up; who has the floor has these rights from now on besides.

        Raises:
            RequestDenied: `hands.unknown_participant`, `hands.stage_full` (retryable).
        """
        person = find(context, request.participant_id)
        before = context.state.floors.get(person.identity)
        if before is None and len(context.state.floors) >= self._options.max_floors:
            raise RequestDenied(
                f"{self._options.max_floors} people have the floor; take it from one of them.",
                code="hands.stage_full",
                retryable=True,
            )
        held = before.rights if before is not None else ()
        rights: tuple[Right, ...] = tuple(dict.fromkeys((*held, *request.rights)))
        added: tuple[Right, ...] = tuple(
            right for right in rights if right not in rights_of(person)
        )
        if before is not None and not added and set(rights) == set(before.rights):
            return
        body = FloorGivenBody(
            participant_id=person.participant_id,
            identity=person.identity,
            name=person.name,
            rights=rights,
            added=added,
        )
        await context.append("floor_given", body, audience=only(person.participant_id))
        await settle(context, person)


async def _raise(context: Request, reason: str) -> None:
    """Join the queue, or say why one is in it.

    Raises:
        RequestDenied: `hands.not_allowed`, `hands.raised_already`, `hands.on_floor`,
            `hands.rate_limited` (retryable).
    """
    person, state = context.participant, context.state
    if person.hidden or person.role == "observer":
        raise RequestDenied("Who only watches cannot ask to speak.", code="hands.not_allowed")
    hand = state.hands.get(person.identity)
    if hand is not None and reason in ("", hand.reason):
        raise RequestDenied("Your hand is up already.", code="hands.raised_already")
    if person.identity in state.floors:
        raise RequestDenied("You have the floor already.", code="hands.on_floor")
    since_us = context.now_us() - RAISES_WINDOW_US
    if state.count_raises_since(person.identity, since_us) >= RAISES:
        raise RequestDenied(
            "Your hand goes up and down too often; wait a little.",
            code="hands.rate_limited",
            retryable=True,
        )
    audience = only(person.participant_id)
    participant_id, identity = person.participant_id, person.identity
    if hand is None:
        body = RaisedBody(
            participant_id=participant_id, identity=identity, name=person.name, reason=reason
        )
        await context.append("raised", body, audience=audience)
    else:
        why = ReasonedBody(participant_id=participant_id, identity=identity, reason=reason)
        await context.append("reasoned", why, audience=audience)


async def _lower(context: Request, participant_id: ParticipantId, why: Why) -> None:
    """Take one hand down.

    Raises:
        RequestDenied: `hands.not_raised`.
    """
    hand = context.state.hand_of(participant_id)
    if hand is None:
        raise RequestDenied("The hand is not up.", code="hands.not_raised")
    body = LoweredBody(participant_id=hand.participant_id, identity=hand.identity, why=why)
    await context.append("lowered", body, audience=only(hand.participant_id))


async def _take_floor(context: Request, participant_id: ParticipantId, why: Why) -> None:
    """Send one back; its microphone is muted, whatever it may do.

    Raises:
        RequestDenied: `hands.not_on_floor`.
    """
    floor = context.state.floor_of(participant_id)
    if floor is None:
        raise RequestDenied("They do not have the floor.", code="hands.not_on_floor")
    body = FloorTakenBody(participant_id=floor.participant_id, identity=floor.identity, why=why)
    await context.append("floor_taken", body, audience=only(floor.participant_id))
    person = context.room.participants.get(floor.participant_id)
    if person is not None:
        await settle(context, person)
        await mute_microphone(context, person)
