"""How a participant comes, goes away, comes back and ends. Functions over its state."""

from dataclasses import replace
from typing import Final

import structlog
import trio

from ..engine.errors import ActorError, RequestDenied
from ..engine.protocol.codec import encode_server
from ..engine.protocol.envelope import PROTOCOL_VERSION
from ..engine.protocol.server import Resumed, Welcome
from ..engine.protocol.things import PluginView, SlotInfo
from ..engine.runtime import ExitReason, Shutdown, StopCause
from ..metrics.readings import JoinPhase
from . import publishing, subscribing
from .lifecycle import RESUMED_ELSEWHERE, goodbye_for
from .messages import GetView, JoinRequest, ResumeRequest, ResumeWindowOver
from .participant_state import ParticipantState
from .room_messages import Disconnect, Join, Joined, Missed, Reconnect, TakeSeat

VIEW_TIMEOUT_S: Final = 1.0  # A hung plugin must not keep people from joining.

_log = structlog.get_logger()


async def join(state: ParticipantState, request: JoinRequest) -> None:
    """Open the media, join the room, collect the plugins' views, and say welcome.

    Raises:
        RemoteProtocolError: `sdp.…`.
        RequestDenied: `room.full`, or what the room or a plugin says.
        ActorError: The room cannot be reached.
    """
    phases = state.site.services.counters.join_phases
    clock = state.context.clock
    started_s = clock.now_s()
    answer = _open_media(state, request)
    media_s = clock.now_s()
    joined: Joined = await publishing.room_of(state).ask(
        Join(
            participant_id=state.participant_id,
            identity=state.identity,
            name=state.name,
            role=state.grants.role,
            hidden=state.is_hidden,
        )
    )
    room_s = clock.now_s()
    views = await _collect_views(state, joined.seq)
    views_s = clock.now_s()
    phases[JoinPhase.OPEN_MEDIA].add(media_s - started_s)
    phases[JoinPhase.ENTER_ROOM].add(room_s - media_s)
    phases[JoinPhase.READ_PLUGINS].add(views_s - room_s)
    phases[JoinPhase.WELCOME].add(views_s - started_s)
    state.connection_id = request.connection_id
    state.joined_seq = joined.seq
    state.has_joined = True
    state.send(_welcome(state, request.ref, joined, views, answer))
    _take_seat(state, joined.seq)


async def resume(state: ParticipantState, request: ResumeRequest) -> None:
    """Go on from another connection; the old one, if it is still open, is told goodbye.

    Raises:
        RequestDenied: `resume.expired`.
        ActorError: The room cannot be reached; the token is still good.
    """
    services = state.site.services
    path = state.context.path
    if not state.has_joined or services.resume_tokens.path_of(request.resume_token) != path:
        raise RequestDenied("The resume token is used up.", code="resume.expired")
    missed: Missed = await publishing.room_of(state).ask(
        Reconnect(
            participant_id=state.participant_id,
            # Before its welcome a client has missed nothing, whatever it says.
            after_seq=max(request.last_seq, state.joined_seq),
        )
    )
    if state.connection_id is None:
        services.counters.participants_away -= 1
    else:
        services.outlets.close(state.connection_id, encode_server(RESUMED_ELSEWHERE))
    state.connection_id = request.connection_id
    state.away_turn += 1
    state.send(
        Resumed(
            ref=request.ref,
            entries=missed.entries,
            slot_views=subscribing.current_views(state),
            resume_token=services.resume_tokens.issue(path),
        )
    )
    _take_seat(state, missed.seq)
    publishing.repeat_encodings(state)


def lose_connection(state: ParticipantState) -> None:
    """Keep the participant and its media for the resume window."""
    state.connection_id = None
    state.away_turn += 1
    state.site.services.counters.participants_away += 1
    room = state.site.room
    if room is not None:
        room.tell(Disconnect(participant_id=state.participant_id))
    state.context.start_soon(_wait_window, state, state.away_turn)


def end_window(state: ParticipantState, turn: int) -> None:
    """End if nobody came back.

    Raises:
        Shutdown: `CONNECTION_TIMEOUT`.
    """
    if state.connection_id is None and turn == state.away_turn:
        raise Shutdown(StopCause.CONNECTION_TIMEOUT)


async def lose_transport(state: ParticipantState) -> None:
    """Go on without media: who can still type may; who is away as well has gone.

    Raises:
        Shutdown: `TRANSPORT_FAILED`: the connection is lost too.
    """
    if state.connection_id is None:
        raise Shutdown(StopCause.TRANSPORT_FAILED)
    _log.info("participant.transport_lost", participant_id=state.participant_id)
    subscribing.forget_transport(state)
    _close_media(state)
    for track_id in tuple(state.tracks):
        await publishing.stop_track(state, track_id, StopCause.TRANSPORT_FAILED)


async def end(state: ParticipantState, reason: ExitReason) -> None:
    """Give everything back: first the media, then the page is told, then the tracks end."""
    services = state.site.services
    services.resume_tokens.forget(state.context.path)
    subscribing.leave_slots(state)
    _close_media(state)
    if state.connection_id is not None:
        goodbye = goodbye_for(reason)
        services.outlets.close(state.connection_id, encode_server(goodbye))
    elif state.has_joined:
        services.counters.participants_away -= 1
    for track_id in tuple(state.tracks):
        await publishing.stop_track(state, track_id, StopCause.LEFT)


def _open_media(state: ParticipantState, request: JoinRequest) -> str | None:
    """Open what was offered; return the answer."""
    if request.media is None:
        return None
    services = state.site.services
    sources = {line.mid: line.source for line in request.media.send_lines}
    opened = services.media.open(request.media.sdp, sources)
    # The answer is said once, and at 17 KiB it would be the largest thing that is kept.
    state.transport = replace(opened, answer="")
    services.media_events.add_transport(opened.transport_id, state.context.ref)
    return opened.answer


def _close_media(state: ParticipantState) -> None:
    if state.transport is not None:
        state.site.services.media_events.remove_transport(state.transport.transport_id)
        state.site.services.media.close(state.transport.transport_id)
        state.transport = None


async def _collect_views(state: ParticipantState, seq: int) -> dict[str, PluginView]:
    """Ask each plugin for what the joiner may see; one that fails is left out."""
    views: dict[str, PluginView] = {}
    message = GetView(participant_id=state.participant_id, at_least_seq=seq)
    for plugin in state.site.template.plugins.plugins:
        ref = state.site.plugin(plugin.name) if plugin.has_view else None
        if ref is None:
            continue
        try:
            view: PluginView | None = await ref.ask(message, timeout_s=VIEW_TIMEOUT_S)
        except ActorError as error:
            _log.warning("plugin.view_failed", plugin=plugin.name, code=error.code)
            continue
        if view is not None:
            views[plugin.name] = view
    return views


def _take_seat(state: ParticipantState, after_seq: int) -> None:
    assert state.connection_id is not None, "it was just set"
    publishing.room_of(state).tell(
        TakeSeat(
            participant_id=state.participant_id,
            connection_id=state.connection_id,
            after_seq=after_seq,
        )
    )


async def _wait_window(state: ParticipantState, turn: int) -> None:
    await trio.sleep(state.site.services.templates.resume_window_s)
    state.context.ref.tell(ResumeWindowOver(turn=turn))


def _welcome(
    state: ParticipantState,
    ref: int,
    joined: Joined,
    views: dict[str, PluginView],
    answer: str | None,
) -> Welcome:
    services = state.site.services
    transport = state.transport
    slots = transport.slots if transport is not None else ()
    return Welcome(
        ref=ref,
        protocol_version=PROTOCOL_VERSION,
        server_version=services.server_version,
        room=joined.room,
        participant_id=state.participant_id,
        seq=joined.seq,
        participants=joined.participants,
        tracks=joined.tracks,
        plugins=views,
        resume_token=services.resume_tokens.issue(state.context.path),
        resume_window_s=services.templates.resume_window_s,
        can_publish=() if state.is_hidden else tuple(state.grants.can_publish_sources),
        answer=answer,
        slots=tuple(SlotInfo(slot=s.index, mid=s.mid, kind=s.kind) for s in slots),
    )
