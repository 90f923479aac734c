"""The core fold: who is in the room and which tracks are published, from the room's own entries."""

from typing import Final

import msgspec

from ..engine.ids import ParticipantId, RoomId, TrackId
from ..engine.journal import Entry
from ..engine.media import Source
from ..engine.protocol.things import ParticipantInfo, TrackInfo
from ..plugins.views import ParticipantView, RoomView, TrackView
from . import entries


class RoomState(msgspec.Struct, frozen=True, kw_only=True):
    """The room after the entry `seq`. Its dicts are never changed, only replaced."""

    seq: int = 0
    room_id: RoomId = RoomId("")
    name: str = ""
    template: str = ""
    closed: bool = False
    participants: dict[ParticipantId, ParticipantView] = msgspec.field(default_factory=dict)
    tracks: dict[TrackId, TrackView] = msgspec.field(default_factory=dict)

    def view(self) -> RoomView:
        """Return what plugins see."""
        return RoomView(
            room_id=self.room_id,
            name=self.name,
            template=self.template,
            participants=self.participants,
            tracks=self.tracks,
        )

    def with_identity(self, identity: str) -> ParticipantView | None:
        """Find the participant of an identity; there is at most one."""
        return next((p for p in self.participants.values() if p.identity == identity), None)

    def tracks_of(self, participant_id: ParticipantId) -> tuple[TrackView, ...]:
        return tuple(t for t in self.tracks.values() if t.participant_id == participant_id)

    def track_of(self, participant_id: ParticipantId, source: Source) -> TrackView | None:
        """Find what a participant publishes of a source."""
        return next((t for t in self.tracks_of(participant_id) if t.source is source), None)


def to_participant_info(view: ParticipantView) -> ParticipantInfo:
    return ParticipantInfo(
        participant_id=view.participant_id,
        identity=view.identity,
        name=view.name,
        role=view.role,
        joined_at_us=view.joined_at_us,
        connected=view.connected,
    )


def to_track_info(view: TrackView) -> TrackInfo:
    return TrackInfo(
        track_id=view.track_id,
        participant_id=view.participant_id,
        source=view.source,
        muted=view.muted,
        width_px=view.width_px,
        height_px=view.height_px,
    )


_opened = msgspec.msgpack.Decoder(entries.OpenedBody)
_joined = msgspec.msgpack.Decoder(entries.JoinedBody)
_left = msgspec.msgpack.Decoder(entries.LeftBody)
_participant = msgspec.msgpack.Decoder(entries.ParticipantBody)
_published = msgspec.msgpack.Decoder(entries.PublishedBody)
_unpublished = msgspec.msgpack.Decoder(entries.UnpublishedBody)
_muted = msgspec.msgpack.Decoder(entries.MutedBody)


class RoomFold:
    """Pure; see `Fold`. Every entry counts, if only by its seq."""

    def initial(self) -> RoomState:
        return RoomState()

    def apply(self, state: RoomState, entry: Entry) -> RoomState:
        change = _CHANGES.get(entry.kind)
        after = state if change is None else change(state, entry)
        return msgspec.structs.replace(after, seq=entry.seq)


def _open(state: RoomState, entry: Entry) -> RoomState:
    body = _opened.decode(entry.body)
    return msgspec.structs.replace(
        state, room_id=body.room_id, name=body.name, template=body.template, closed=False
    )


def _close(state: RoomState, entry: Entry) -> RoomState:
    return msgspec.structs.replace(state, closed=True)


def _join(state: RoomState, entry: Entry) -> RoomState:
    body = _joined.decode(entry.body)
    info = body.participant
    view = ParticipantView(
        participant_id=info.participant_id,
        identity=info.identity,
        name=info.name,
        role=info.role,
        joined_at_us=info.joined_at_us,
        hidden=body.hidden,
        is_public=entry.audience.scope == "all",
    )
    return msgspec.structs.replace(
        state, participants=state.participants | {info.participant_id: view}
    )


def _leave(state: RoomState, entry: Entry) -> RoomState:
    gone = _left.decode(entry.body).participant_id
    return msgspec.structs.replace(
        state,
        participants={k: v for k, v in state.participants.items() if k != gone},
        tracks={k: v for k, v in state.tracks.items() if v.participant_id != gone},
    )


def _set_connected(state: RoomState, entry: Entry) -> RoomState:
    participant_id = _participant.decode(entry.body).participant_id
    view = state.participants.get(participant_id)
    if view is None:
        return state
    connected = entry.kind == entries.PARTICIPANT_RECONNECTED
    changed = msgspec.structs.replace(view, connected=connected)
    return msgspec.structs.replace(
        state, participants=state.participants | {participant_id: changed}
    )


def _publish(state: RoomState, entry: Entry) -> RoomState:
    body = _published.decode(entry.body)
    track = body.track
    view = TrackView(
        track_id=track.track_id,
        participant_id=track.participant_id,
        source=track.source,
        muted=track.muted,
        width_px=track.width_px,
        height_px=track.height_px,
        encodings=body.encodings,
    )
    return msgspec.structs.replace(state, tracks=state.tracks | {track.track_id: view})


def _unpublish(state: RoomState, entry: Entry) -> RoomState:
    gone = _unpublished.decode(entry.body).track_id
    return msgspec.structs.replace(
        state, tracks={k: v for k, v in state.tracks.items() if k != gone}
    )


def _mute(state: RoomState, entry: Entry) -> RoomState:
    body = _muted.decode(entry.body)
    view = state.tracks.get(body.track_id)
    if view is None:
        return state
    changed = msgspec.structs.replace(view, muted=body.muted)
    return msgspec.structs.replace(state, tracks=state.tracks | {body.track_id: changed})


_CHANGES: Final = {
    entries.OPENED: _open,
    entries.CLOSED: _close,
    entries.PARTICIPANT_JOINED: _join,
    entries.PARTICIPANT_LEFT: _leave,
    entries.PARTICIPANT_DISCONNECTED: _set_connected,
    entries.PARTICIPANT_RECONNECTED: _set_connected,
    entries.TRACK_PUBLISHED: _publish,
    entries.TRACK_UNPUBLISHED: _unpublish,
    entries.TRACK_MUTED: _mute,
}
