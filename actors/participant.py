"""The participant actor: one joined peer. It dispatches; the work is in presence, publishing, …"""

from typing import assert_never

from ..engine.errors import ActorGone, EmporionError, RequestDenied
from ..engine.ids import ParticipantId
from ..engine.protocol.client import (
    ClientRequest,
    EndSession,
    Hello,
    Leave,
    MuteTrack,
    Ping,
    PluginRequest,
    PluginSignal,
    Prepare,
    PublishTrack,
    ReadmitParticipant,
    RemoveParticipant,
    RestartIce,
    Resume,
    SetScheduler,
    SetView,
    UnpublishTrack,
)
from ..engine.protocol.server import IceRestarted, Pong, RequestFailed, RequestSucceeded
from ..engine.runtime import Actor, ExitReason, Restart, Shutdown, StopCause
from . import knocking, moving, presence, publishing, subscribing
from .messages import (
    ConnectionLost,
    DoorChanged,
    EncodingsNeeded,
    End,
    EndTrack,
    Estimated,
    FromClient,
    GrantsChanged,
    JoinRequest,
    KnockAgain,
    MoveTo,
    ParticipantMessage,
    Reschedule,
    ResumeRequest,
    ResumeWindowOver,
    RoomChanged,
    SignalRefused,
    SlotShown,
    TransportEnded,
)
from .participant_state import ParticipantState
from .plugin_lanes import PluginLanes
from .refusals import to_refusal
from .room_messages import ChooseScheduler, CloseRoom, Readmit, Remove
from .site import RoomSite


class ParticipantActor(Actor[ParticipantMessage], restart=Restart.TEMPORARY):
    """Its first message is the `JoinRequest`. A crash is its leaving, and nobody else's trouble."""

    def __init__(self, site: RoomSite, participant_id: ParticipantId, request: JoinRequest) -> None:
        self._site = site
        self._participant_id = participant_id
        self._request = request
        self._state: ParticipantState
        self._lanes: PluginLanes

    async def started(self) -> None:
        self._state = ParticipantState(
            site=self._site,
            context=self.context,
            participant_id=self._participant_id,
            identity=self._request.identity,
            name=self._request.name,
            grants=self._request.grants,
            token_grants=self._request.grants,
        )
        self._lanes = PluginLanes(self._state)

    async def receive(self, message: ParticipantMessage) -> object:  # noqa: C901 - one flat match.
        state = self._state
        match message:
            case JoinRequest():
                await presence.join(state, message)
                return state.has_joined
            case KnockAgain():
                await presence.knock_again(state)
            case DoorChanged():
                knocking.note_change(state, message)
            case ResumeRequest():
                if await presence.resume(state, message):
                    await moving.show_again(state)
                return self._participant_id
            case FromClient(connection_id=connection_id, request=request):
                if connection_id == state.connection_id:
                    await self._answer(request)
            case ConnectionLost(connection_id=connection_id):
                if connection_id == state.connection_id:
                    presence.lose_connection(state)
            case ResumeWindowOver(turn=turn):
                presence.end_window(state, turn)
            case RoomChanged():
                await subscribing.note_room(state, message)
            case Estimated():
                await subscribing.note_estimate(state, message)
            case SlotShown():
                subscribing.note_shown(state, message)
            case Reschedule():
                await subscribing.retry(state)
            case EncodingsNeeded():
                publishing.tell_encodings(state, message)
            case EndTrack(track_id=track_id):
                await publishing.stop_track(state, track_id)
            case TransportEnded():
                await presence.lose_transport(state)
            case GrantsChanged(room_id=room_id, grants=grants):
                if room_id == state.site.room_id:
                    publishing.note_grants(state, grants)
            case MoveTo(room_id=room_id):
                await moving.move(state, room_id)
            case SignalRefused(ref=ref, code=code, message=text, retryable=retryable):
                state.send(RequestFailed(ref=ref, code=code, message=text, retryable=retryable))
            case End(cause=cause):
                raise Shutdown(cause)
            case _:
                assert_never(message)
        return None

    async def stopped(self, reason: ExitReason) -> None:
        if hasattr(self, "_state"):
            await presence.end(self._state, reason)

    async def _answer(self, request: ClientRequest) -> None:
        counters = self._site.services.counters
        counters.requests += 1
        try:
            knocking.check_request(self._state, request)
            await self._handle(request)
        except EmporionError as error:
            counters.requests_refused += 1
            self._state.send(to_refusal(error, request.ref))

    async def _handle(self, request: ClientRequest) -> None:  # noqa: C901 - one flat match.
        state = self._state
        match request:
            case Ping(ref=ref):
                state.send(Pong(ref=ref))
            case SetView(ref=ref):
                state.send(RequestSucceeded(ref=ref))
                await subscribing.set_view(state, request)
            case PublishTrack():
                await publishing.publish(state, request)
            case UnpublishTrack():
                await publishing.unpublish(state, request)
            case MuteTrack():
                await publishing.mute(state, request)
            case RemoveParticipant():
                await self._remove(request)
            case ReadmitParticipant():
                await self._readmit(request)
            case EndSession():
                self._end_session(request)
            case SetScheduler():
                await self._set_scheduler(request)
            case PluginRequest():
                self._lanes.add(request)
            case PluginSignal():
                self._lanes.signal(request)
            case RestartIce():
                self._restart_ice(request)
            case Leave():
                raise Shutdown(StopCause.LEFT)
            case Hello() | Prepare() | Resume():
                raise RequestDenied(
                    "This connection has joined already.", code="protocol.joined_already"
                )
            case _:
                assert_never(request)

    async def _remove(self, request: RemoveParticipant) -> None:
        state = self._state
        seq = await publishing.room_of(state).ask(
            Remove(
                by=state.participant_id,
                participant_id=request.participant_id,
                is_moderator=state.is_moderator,
            )
        )
        publishing.acknowledge(state, seq, RequestSucceeded(ref=request.ref, seq=seq))

    async def _readmit(self, request: ReadmitParticipant) -> None:
        state = self._state
        if not state.is_moderator:
            raise RequestDenied("Only hosts may do this.", code="grant.missing")
        if state.site.main is not None:
            raise RequestDenied("That is for the main room.", code="groups.nested")
        readmit = Readmit(by=state.participant_id, identity=request.identity)
        seq = await publishing.room_of(state).ask(readmit)
        publishing.acknowledge(state, seq, RequestSucceeded(ref=request.ref, seq=seq))

    async def _set_scheduler(self, request: SetScheduler) -> None:
        state = self._state
        if not state.is_moderator:
            raise RequestDenied("Only hosts may do this.", code="grant.missing")
        seq = await publishing.room_of(state).ask(
            ChooseScheduler(by=state.participant_id, scheduler=request.scheduler)
        )
        publishing.acknowledge(state, seq, RequestSucceeded(ref=request.ref, seq=seq))

    def _end_session(self, request: EndSession) -> None:
        """Have the directory close the house, with everybody in it."""
        state = self._state
        if not state.is_moderator:
            raise RequestDenied("Only hosts may do this.", code="grant.missing")
        directory = state.site.services.directory
        if directory is None:
            raise ActorGone("the directory is restarting, so that the session cannot be ended now")
        directory.tell(CloseRoom(name=state.site.home.name))
        state.send(RequestSucceeded(ref=request.ref))

    def _restart_ice(self, request: RestartIce) -> None:
        state = self._state
        if state.transport is None:
            raise RequestDenied("You have no media connection.", code="sdp.transport_gone")
        answer = state.site.services.media.restart(state.transport.transport_id, request.sdp)
        state.send(IceRestarted(ref=request.ref, answer=answer))
