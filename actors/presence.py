"""How a participant comes, goes away, comes back and ends. Functions over its state."""

from dataclasses import replace
from typing import Final

import structlog
import trio

from ..engine.errors import ActorError, AskTimeout, RemoteProtocolError, RequestDenied
from ..engine.grants import ROLES, grants_of_role
from ..engine.protocol.codec import encode_server
from ..engine.protocol.envelope import PROTOCOL_VERSION
from ..engine.protocol.server import Resumed, Welcome
from ..engine.protocol.things import PluginInfo, PluginView, SlotInfo
from ..engine.runtime import ExitReason, Shutdown, StopCause
from ..metrics.readings import JoinPhase, JoinResult
from . import knocking, publishing, subscribing
from .file_tickets import FilePass
from .lifecycle import RESUMED_ELSEWHERE, goodbye_for
from .messages import GetView, JoinRequest, ResumeRequest, ResumeWindowOver
from .participant_state import ParticipantState
from .policy_states import view_at_once
from .prepared import offer_needed
from .refusals import to_refusal
from .room_messages import Disconnect, Join, Joined, KeepWaiting, Missed, Reconnect, TakeSeat

VIEW_TIMEOUT_S: Final = 1.0  # A hung plugin must not keep people from joining.

ROLE_GRANTS: Final = {str(role): grants_of_role(role) for role in ROLES}

_log = structlog.get_logger()


async def join(state: ParticipantState, request: JoinRequest) -> None:
    """Open the media, join the room, collect the plugins' views, and say welcome.

    Who may not come in yet waits: `state.has_joined` stays false, and `knock_again` goes on.

    Raises:
        RemoteProtocolError: `sdp.…`.
        RequestDenied: What the room or a plugin says; `media.offer_needed`.
        ActorError: The room cannot be reached.
    """
    phases = state.site.services.counters.join_phases
    clock = state.context.clock
    started_s = clock.now_s()
    answer = _open_media(state, request)
    media_s = clock.now_s()
    joined: Joined | KeepWaiting = await publishing.room_of(state).ask(
        Join(
            participant_id=state.participant_id,
            identity=state.identity,
            name=state.name,
            role=state.grants.role,
            hidden=state.is_hidden,
            grants=request.grants,
            # Transports are not kept at the door: there may be thousands.
            may_wait=not request.is_prepared,
        )
    )
    if isinstance(joined, KeepWaiting):
        _close_media(state)  # It would time out; the offer is kept.
        knocking.begin(state, request, joined)
        return
    knocking.stop_waiting(state)
    room_s = clock.now_s()
    views = await collect_views(state, joined)
    views_s = clock.now_s()
    phases[JoinPhase.OPEN_MEDIA].add(media_s - started_s)
    phases[JoinPhase.ENTER_ROOM].add(room_s - media_s)
    phases[JoinPhase.READ_PLUGINS].add(views_s - room_s)
    phases[JoinPhase.WELCOME].add(views_s - started_s)
    state.connection_id = request.connection_id
    state.joined_seq = joined.seq
    state.grants = joined.grants
    state.has_joined = True
    state.send(_welcome(state, request.ref, joined, views, answer))
    take_seat(state, joined.seq)


async def knock_again(state: ParticipantState) -> None:
    """Ask to join as if for the first time.

    Raises:
        Shutdown: It was refused, and told so.
    """
    if state.knock is None:
        return  # It is in already.
    counters = state.site.services.counters
    request = state.knock.unpack()
    try:
        await join(state, request)
    except (RequestDenied, RemoteProtocolError) as error:
        counters.count_join(JoinResult.DENIED)
        state.send(to_refusal(error, request.ref))
        state.site.services.outlets.close(request.connection_id)
        state.connection_id = None
        raise Shutdown(StopCause.REMOVED) from None
    except AskTimeout:
        # Perhaps the room has let it in; asking again would put out whoever that was.
        raise Shutdown(StopCause.OVERLOADED) from None
    except ActorError:
        _close_media(state)
        knocking.ask_later(state)
    else:
        if state.has_joined:
            counters.count_join(JoinResult.JOINED)


async def resume(state: ParticipantState, request: ResumeRequest) -> bool:
    """Go on from another connection; the old one, if it is still open, is told goodbye.

    Returns:
        Whether the page believes itself in another room, or has missed that it was in one and came
        back, and has to be shown this one.

    Raises:
        RequestDenied: `resume.expired`.
        ActorError: The room cannot be reached; the token is still good.
    """
    services = state.site.services
    path = state.context.path
    if not state.has_joined or services.resume_tokens.path_of(request.resume_token) != path:
        raise RequestDenied("The resume token is used up.", code="resume.expired")
    is_elsewhere = (request.room_id or state.site.home.room_id) != state.site.room_id
    was_moved = is_elsewhere or request.last_seq < state.moved_seq
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
    state.grants = missed.grants
    state.send(
        Resumed(
            ref=request.ref,
            entries=() if was_moved else missed.entries,
            slot_views=subscribing.current_views(state),
            resume_token=services.resume_tokens.issue(path),
            can_publish=state.can_publish,
            grants=state.grants,
        )
    )
    if not was_moved:
        take_seat(state, missed.seq)
    publishing.repeat_encodings(state)
    return was_moved


def lose_connection(state: ParticipantState) -> None:
    """Keep the participant and its media for the resume window.

    Raises:
        Shutdown: It waits at the door; the room keeps its place for a while.
    """
    state.connection_id = None
    if not state.has_joined:
        raise Shutdown(StopCause.CONNECTION_TIMEOUT)
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
    knocking.stop_waiting(state)
    services.resume_tokens.forget(state.context.path)
    services.files.tickets.forget(state.participant_id)
    state.site.savers.discard(state.participant_id)
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
    """Open what was offered, or take what was prepared; return the answer that is still to say."""
    services = state.site.services
    answer: str | None = None
    if request.is_prepared:
        opened = services.prepared.take(request.connection_id)
        if opened is None:
            raise offer_needed()
    elif request.media is not None:
        sources = {line.mid: line.source for line in request.media.send_lines}
        opened = services.media.open(request.media.sdp, sources)
        # The answer is said once, and at 17 KiB it would be the largest thing that is kept.
        answer, opened = opened.answer, replace(opened, answer="")
    else:
        return None
    state.transport = opened
    subscribing.take_slots(state, opened.slots)
    services.media_events.add_transport(opened.transport_id, state.context.ref)
    return answer


def _close_media(state: ParticipantState) -> None:
    if state.transport is not None:
        state.site.services.media_events.remove_transport(state.transport.transport_id)
        state.site.services.media.close(state.transport.transport_id)
        state.transport = None


async def collect_views(state: ParticipantState, joined: Joined) -> dict[str, PluginView]:
    """Return what the joiner may see of each plugin; one that fails is left out."""
    views: dict[str, PluginView] = {}
    message = GetView(participant_id=state.participant_id, at_least_seq=joined.seq)
    await trio.lowlevel.checkpoint()  # Meanwhile those that are not busy fold the join.
    for plugin in state.site.template.plugins.plugins:
        ref = state.site.plugin(plugin.name) if plugin.has_view else None
        if ref is None:
            continue
        known = view_at_once(state.site, plugin, joined)
        if known is not None:
            views[plugin.name] = known
            continue
        try:
            view: PluginView | None = await ref.ask(message, timeout_s=VIEW_TIMEOUT_S)
        except ActorError as error:
            _log.warning("plugin.view_failed", plugin=plugin.name, code=error.code)
            continue
        if view is not None:
            views[plugin.name] = view
    return views


def plugin_infos(state: ParticipantState) -> tuple[PluginInfo, ...]:
    """Return the plugins of the room where it is."""
    plugins = state.site.template.plugins.plugins
    return tuple(PluginInfo(name=plugin.name, panel=plugin.panel) for plugin in plugins)


def files_ticket(state: ParticipantState) -> str:
    """Return the ticket for the files of the room where it is."""
    file_pass = FilePass(state.site, state.participant_id, state.identity)
    return state.site.services.files.tickets.issue(file_pass)


def take_seat(state: ParticipantState, after_seq: int) -> None:
    """Have the page pushed what happens in the room from now on."""
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
        can_publish=state.can_publish,
        answer=answer,
        slots=tuple(SlotInfo(slot=s.index, mid=s.mid, kind=s.kind) for s in slots),
        plugin_infos=plugin_infos(state),
        role_grants=ROLE_GRANTS,
        files_ticket=files_ticket(state),
        schedulers=tuple(state.site.template.schedulers) if state.is_moderator else (),
        removed=joined.removed,
    )
