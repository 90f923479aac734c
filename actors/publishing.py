"""What a participant publishes: its tracks' start, muting and end. Functions over its state."""

import structlog

from ..engine.errors import ActorGone, RequestDenied
from ..engine.forward.api import InboundLine
from ..engine.grants import Grants
from ..engine.ids import TrackId, new_track_id
from ..engine.media import spatial_layers
from ..engine.protocol.client import MuteTrack, PublishTrack, UnpublishTrack
from ..engine.protocol.codec import encode_server
from ..engine.protocol.envelope import ServerMessage
from ..engine.protocol.server import (
    CanPublishChanged,
    EncodingsWanted,
    RequestSucceeded,
    TrackPublished,
)
from ..engine.runtime import ActorRef, ChildSpec, Crash, Down, StopCause, Supervisor
from .messages import EncodingsNeeded, TrackMessage
from .participant_state import OwnTrack, ParticipantState
from .room_messages import Acknowledge, Mute, Publish, RoomMessage, TrackDown, Unpublish
from .site import RoomSite
from .track import TrackActor, TrackRows, remove_rows

_log = structlog.get_logger()


def room_of(state: ParticipantState) -> ActorRef[RoomMessage]:
    """Return the room.

    Raises:
        ActorGone: It has ended for good.
    """
    room = state.site.room
    if room is None:
        raise ActorGone(f"room {state.site.room_id} has ended")
    return room


def acknowledge(
    state: ParticipantState, seq: int, answer: ServerMessage, *, site: RoomSite | None = None
) -> None:
    """Have the page told once the entry is on disk.

    Args:
        site: Whose entry it is; None: of the room where the participant is.
    """
    if state.connection_id is not None:
        room = room_of(state) if site is None else site.room
        if room is None:
            raise ActorGone("the group has ended")
        room.tell(
            Acknowledge(connection_id=state.connection_id, seq=seq, payload=encode_server(answer))
        )


async def publish(state: ParticipantState, request: PublishTrack) -> None:
    """Make what is sent on the source's m-line a track.

    Raises:
        RequestDenied: `grant.missing`, `track.no_line`, `track.published_already`, or a plugin's.
        ActorError: The room cannot be reached; the track is not published.
    """
    line = _check_publish(state, request)
    track_id = new_track_id()
    assert state.transport is not None, "a line is of a transport"
    rows = TrackRows(
        track_id=track_id,
        transport_id=state.transport.transport_id,
        mid=line.mid,
        source=request.source,
        owner=state.participant_id,
        encodings=max(spatial_layers(request.scalability_mode), len(line.rids)),
        is_paused=request.muted,
    )
    # The rows first: whoever is told of the track may point a slot to it at once.
    await start_track(state.site, rows)
    state.tracks[track_id] = OwnTrack(track_id, request.source, line, rows)
    try:
        seq = await room_of(state).ask(
            Publish(
                participant_id=state.participant_id,
                track_id=track_id,
                source=request.source,
                muted=request.muted,
                width_px=request.width_px,
                height_px=request.height_px,
                encodings=rows.encodings,
            )
        )
    except BaseException:
        await stop_track(state, track_id)
        raise
    acknowledge(state, seq, TrackPublished(ref=request.ref, track_id=track_id))


async def unpublish(state: ParticipantState, request: UnpublishTrack) -> None:
    """End a track, one's own or (as a moderator) anybody's.

    Raises:
        RequestDenied: `track.unknown`, `grant.missing`.
    """
    seq = await room_of(state).ask(
        Unpublish(
            by=state.participant_id,
            track_id=request.track_id,
            is_moderator=state.is_moderator,
        )
    )
    if request.track_id in state.tracks:
        await stop_track(state, request.track_id)
    acknowledge(state, seq, RequestSucceeded(ref=request.ref, seq=seq))


async def mute(state: ParticipantState, request: MuteTrack) -> None:
    """Mute or unmute a track.

    Raises:
        RequestDenied: `track.unknown`, `grant.missing`.
    """
    seq = await room_of(state).ask(
        Mute(
            by=state.participant_id,
            track_id=request.track_id,
            muted=request.muted,
            is_moderator=state.is_moderator,
        )
    )
    answer = RequestSucceeded(ref=request.ref, seq=seq)
    if seq is None:
        state.send(answer)
    else:
        acknowledge(state, seq, answer)


def note_grants(state: ParticipantState, grants: Grants) -> None:
    """Take in what the participant may do from now on, and tell its page."""
    if grants != state.grants:
        state.grants = grants
        state.send(CanPublishChanged(can_publish=state.can_publish, grants=grants))


def tell_encodings(state: ParticipantState, message: EncodingsNeeded) -> None:
    """Push which encodings of a track are wanted, if that is new to the page."""
    track = state.tracks.get(message.track_id)
    if track is None:
        return
    rids = track.line.rids
    wanted = EncodingsWanted(
        track_id=message.track_id,
        rids=tuple(rids[index] for index in message.spatial if index < len(rids)),
        spatial_layers=max(message.spatial) + 1,
    )
    if state.told_encodings.get(message.track_id) != wanted:
        state.told_encodings[message.track_id] = wanted
        state.send(wanted)


def repeat_encodings(state: ParticipantState) -> None:
    """Push them again to a page that may have missed some."""
    for wanted in state.told_encodings.values():
        state.send(wanted)


async def start_track(site: RoomSite, rows: TrackRows) -> ActorRef[TrackMessage]:
    """Start a track's actor, in a supervisor of its own: its crashes are no one else's."""
    own = await site.members.start_supervisor(rows.track_id)
    try:
        ref = await own.start_child(
            ChildSpec(
                name="track",
                factory=lambda: TrackActor(site, rows),
                # Every viewer may have a slot to point and one to clear.
                mailbox_size=64 + 2 * site.template.limits.max_participants,
            )
        )
    except BaseException:
        await site.members.stop_child(rows.track_id)
        raise
    site.services.counters.tracks[rows.source] += 1
    _watch_track(site, own, ref, rows)
    return ref


async def stop_track(
    state: ParticipantState, track_id: TrackId, cause: StopCause = StopCause.UNPUBLISHED
) -> None:
    """Stop a track's actor and forget it; the m-line is free when this returns."""
    state.tracks.pop(track_id, None)
    state.told_encodings.pop(track_id, None)
    await state.site.members.stop_child(track_id, cause)


def _watch_track(
    site: RoomSite, own: Supervisor, ref: ActorRef[TrackMessage], rows: TrackRows
) -> None:
    def handle_down(down: Down) -> None:
        site.services.counters.tracks[rows.source] -= 1
        if isinstance(down.reason, Crash):
            # Over its intensity: nobody is left to take the rows away.
            remove_rows(site, rows)
        room = site.site_of(rows.owner).room
        if room is not None:
            room.tell(TrackDown(track_id=rows.track_id))

    own.watch(ref, handle_down)


def _check_publish(state: ParticipantState, request: PublishTrack) -> InboundLine:
    if request.source not in state.can_publish:
        raise RequestDenied(f"You may not publish {request.source}.", code="grant.missing")
    if any(track.source is request.source for track in state.tracks.values()):
        raise RequestDenied(
            f"You publish a {request.source} track already.", code="track.published_already"
        )
    line = state.line_of(request.source)
    if line is None:
        raise RequestDenied(f"Your offer has no m-line for {request.source}.", code="track.no_line")
    return line
