"""How a participant goes from one room of a house to another. Functions over its state.

It leaves the one room's roster and comes into the other's, with its id, its connection, its
transport and the rows of its tracks; only its slots are pointed elsewhere. Each step may be
repeated: while a room's actor restarts it is asked again, and if the room to go to is gone, the
participant comes back to where it was. It ends in no room only if the whole house does.
"""

from typing import Any, Final

import structlog
import trio

from ..engine.errors import ActorError, ActorGone, MailboxFull, RequestDenied
from ..engine.ids import RoomId
from ..engine.protocol.server import Moved
from ..engine.runtime import Shutdown, StopCause
from ..plugins.views import TrackView
from . import presence, publishing, subscribing
from .group_messages import Arrive, Depart, Departed, LookAround, NoteWhereabouts
from .participant_state import OwnTrack, ParticipantState
from .room_messages import Joined
from .site import RoomSite

ATTEMPTS: Final = 20  # With the pauses 1 s: a room that restarts reads its journal.
PAUSE_S: Final = 0.05

_log = structlog.get_logger()


async def move(state: ParticipantState, room_id: RoomId) -> None:
    """Go to another room of the house; no-op if there is none, or this is it.

    Raises:
        ActorError: No room of the house can be reached: the participant has to join anew.
        Shutdown: The house closes.
    """
    origin, target = state.site, _find_room(state.site, room_id)
    if not state.has_joined or target is None or target is origin:
        return
    try:
        tracks = await _depart(state)
    except ActorError as error:
        _log.warning("participant.move_failed", room_id=origin.room_id, code=error.code)
        return
    try:
        joined = await _arrive_at_first(state, (target, origin, origin.home), tracks)
    except RequestDenied:
        raise Shutdown(StopCause.ROOM_CLOSED) from None
    state.grants = joined.grants
    kept = {track.track_id for track in joined.tracks}
    for track_id in tuple(state.tracks):
        if track_id not in kept:
            await publishing.stop_track(state, track_id)
    subscribing.leave_room(state)
    await _show(state, joined)


async def show_again(state: ParticipantState) -> None:
    """Tell a page, which came back and believes itself in another room, where it is.

    Raises:
        ActorError: The room cannot be reached.
    """
    joined: Joined = await _ask(state.site, LookAround(participant_id=state.participant_id))
    await _show(state, joined)


def _find_room(site: RoomSite, room_id: RoomId) -> RoomSite | None:
    home = site.home
    return home if room_id == home.room_id else home.groups.get(room_id)


async def _depart(state: ParticipantState) -> tuple[TrackView, ...]:
    """Leave the roster; return what is brought along.

    Raises:
        AskTimeout: The room hangs: nobody can leave it in good order.
    """
    tracks: tuple[TrackView, ...] | None = None
    try:
        departed: Departed = await _ask(state.site, Depart(participant_id=state.participant_id))
        tracks = departed.tracks
    except ActorGone:
        pass  # The room has ended for good.
    if tracks is None:
        # Or its answer was lost in a crash, or it has put the participant out: then the end is on
        # its way here, and comes after the move.
        return tuple(_remember(track) for track in state.tracks.values())
    return tracks


async def _arrive_at_first(
    state: ParticipantState, rooms: tuple[RoomSite, ...], tracks: tuple[TrackView, ...]
) -> Joined:
    failure: Exception = ActorGone("there is no room to go to")
    for site in rooms:
        _set_room(state, site)
        try:
            joined: Joined = await _ask(site, _arrival(state, tracks))
        except (ActorError, RequestDenied) as error:
            failure = error
            _log.warning("participant.move_failed", room_id=site.room_id, code=error.code)
            continue
        _note_whereabouts(state)
        return joined
    raise failure


def _set_room(state: ParticipantState, site: RoomSite) -> None:
    """Say where it is before the room knows it, so that no restart puts it out again."""
    state.site.savers.discard(state.participant_id)
    state.site = site
    whereabouts = site.home.whereabouts
    if site is site.home:
        whereabouts.pop(state.participant_id, None)
    else:
        whereabouts[state.participant_id] = site


def _arrival(state: ParticipantState, tracks: tuple[TrackView, ...]) -> Arrive:
    return Arrive(
        participant_id=state.participant_id,
        identity=state.identity,
        name=state.name,
        role=state.token_grants.role,
        hidden=state.is_hidden,
        connected=state.connection_id is not None,
        grants=state.token_grants,
        tracks=tracks,
    )


def _note_whereabouts(state: ParticipantState) -> None:
    site = state.site
    room = site.home.room
    if room is not None:
        room.tell(
            NoteWhereabouts(
                participant_id=state.participant_id,
                identity=state.identity,
                name=state.name,
                role=state.token_grants.role,
                hidden=state.is_hidden,
                group_id=None if site is site.home else site.room_id,
            )
        )


async def _show(state: ParticipantState, joined: Joined) -> None:
    """Tell the page all of the room, and then what happens there."""
    views = await presence.collect_views(state, joined)
    state.joined_seq = state.moved_seq = joined.seq
    if state.connection_id is None:
        return  # It is told when it comes back.
    state.send(
        Moved(
            room=joined.room,
            seq=joined.seq,
            participants=joined.participants,
            tracks=joined.tracks,
            plugins=views,
            can_publish=state.can_publish,
            plugin_infos=presence.plugin_infos(state),
            files_ticket=presence.files_ticket(state),
            removed=joined.removed,
        )
    )
    presence.take_seat(state, joined.seq)


def _remember(track: OwnTrack) -> TrackView:
    """What is known of a track when its room is gone: muted if the forwarder drops it."""
    return TrackView(
        track_id=track.track_id,
        participant_id=track.rows.owner,
        source=track.source,
        muted=track.rows.is_paused,
        encodings=track.rows.encodings,
    )


# Any: a room's answer is of the message's own type.
async def _ask(site: RoomSite, message: Arrive | Depart | LookAround) -> Any:
    """Ask a room, again if it crashes meanwhile."""
    for attempt in range(ATTEMPTS):
        room = site.room
        if room is None:
            raise ActorGone(f"room {site.room_id} has ended")
        try:
            return await room.ask(message)
        except (ActorGone, MailboxFull):
            if attempt == ATTEMPTS - 1:
                raise
        await trio.sleep(PAUSE_S)
    raise AssertionError("the last attempt returns or raises")
