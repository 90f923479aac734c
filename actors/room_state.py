"""The core fold: who is in the room, what they may do, which tracks are published.

It is made of the room's own entries only. Ten thousand people are a `PersistentDict`; tracks and
whoever everybody knows are few.
"""

from typing import Final

import msgspec

from ..engine.grants import NO_CHANGES, GrantChanges, Grants, grants_of_role
from ..engine.ids import FileId, ParticipantId, RoomId, TrackId
from ..engine.journal import Entry
from ..engine.media import Source
from ..engine.persistent import PersistentDict
from ..engine.protocol.things import ParticipantInfo, TrackInfo
from ..plugins.views import FileView, ParticipantView, RoomView, TrackView
from . import entries
from .group_state import GROUP_CHANGES, AwayView


class RoomState(msgspec.Struct, frozen=True, kw_only=True):
    """The room after the entry `seq`. Its dicts are never changed, only replaced.

    Attributes:
        public: The participants that everybody knows.
        identities: The participant of each identity; there is at most one.
        token_grants: What the tokens say, where that is not what the role's defaults say.
        grant_changes: What was changed in this session, by identity.
        waiting: The identities of those at the door, by waiting id, in the order of coming.
        hidden_count: How many of the participants nobody sees.
        groups: Those that are open.
        removed: The names, by identity, of those whom a host has put out and nobody let in since.
        closed_groups: The last ones that were closed, oldest first.
        scheduler: That a host has chosen; empty: the template's.
        away: Who of the house is in a group, and so not among the participants.
    """

    seq: int = 0
    room_id: RoomId = RoomId("")
    name: str = ""
    template: str = ""
    closed: bool = False
    participants: PersistentDict[ParticipantId, ParticipantView] = msgspec.field(
        default_factory=PersistentDict
    )
    public: dict[ParticipantId, ParticipantView] = msgspec.field(default_factory=dict)
    identities: PersistentDict[str, ParticipantId] = msgspec.field(default_factory=PersistentDict)
    token_grants: PersistentDict[ParticipantId, Grants] = msgspec.field(
        default_factory=PersistentDict
    )
    grant_changes: dict[str, GrantChanges] = msgspec.field(default_factory=dict)
    tracks: dict[TrackId, TrackView] = msgspec.field(default_factory=dict)
    files: dict[FileId, FileView] = msgspec.field(default_factory=dict)
    waiting: PersistentDict[str, str] = msgspec.field(default_factory=PersistentDict)
    hidden_count: int = 0
    groups: dict[RoomId, entries.GroupInfo] = msgspec.field(default_factory=dict)
    closed_groups: dict[RoomId, entries.GroupInfo] = msgspec.field(default_factory=dict)
    removed: dict[str, str] = msgspec.field(default_factory=dict)
    scheduler: str = ""
    away: dict[ParticipantId, AwayView] = msgspec.field(default_factory=dict)

    def view(self) -> RoomView:
        """Return what plugins see."""
        return RoomView(
            room_id=self.room_id,
            name=self.name,
            template=self.template,
            participants=self.participants,
            tracks=self.tracks,
            files=self.files,
        )

    def with_identity(self, identity: str) -> ParticipantView | None:
        """Find the participant of an identity."""
        participant_id = self.identities.get(identity)
        return self.participants[participant_id] if participant_id is not None else None

    def away_with_identity(self, identity: str) -> AwayView | None:
        """Find who is in a group under an identity."""
        return next((view for view in self.away.values() if view.identity == identity), None)

    def token_grants_of(self, view: ParticipantView) -> Grants:
        """Return what a participant's token says."""
        return self.token_grants.get(view.participant_id) or defaults_of(view.role)

    def with_participant(self, view: ParticipantView) -> "RoomState":
        """Return this with a participant as it is now."""
        participant_id = view.participant_id
        before = self.participants.get(participant_id)
        hidden_count = self.hidden_count + view.hidden - (before is not None and before.hidden)
        public = self.public
        if view.is_public and not view.hidden:
            public = public | {participant_id: view}
        elif participant_id in public:
            public = {k: v for k, v in public.items() if k != participant_id}
        return msgspec.structs.replace(
            self,
            participants=self.participants.with_item(participant_id, view),
            public=public,
            identities=self.identities.with_item(view.identity, participant_id),
            hidden_count=hidden_count,
        )

    def without_participant(self, view: ParticipantView) -> "RoomState":
        """Return this without a participant."""
        gone = view.participant_id
        public = self.public
        if gone in public:
            public = {k: v for k, v in public.items() if k != gone}
        identities = self.identities
        if identities.get(view.identity) == gone:
            identities = identities.without(view.identity)
        return msgspec.structs.replace(
            self,
            participants=self.participants.without(gone),
            public=public,
            identities=identities,
            token_grants=self.token_grants.without(gone),
            hidden_count=self.hidden_count - view.hidden,
        )

    def tracks_of(self, participant_id: ParticipantId) -> tuple[TrackView, ...]:
        return tuple(t for t in self.tracks.values() if t.participant_id == participant_id)

    def track_of(self, participant_id: ParticipantId, source: Source) -> TrackView | None:
        """Find what a participant publishes of a source."""
        return next((t for t in self.tracks_of(participant_id) if t.source is source), None)


def to_participant_info(view: ParticipantView) -> ParticipantInfo:
    """Return a participant as clients see it."""
    return ParticipantInfo(
        participant_id=view.participant_id,
        identity=view.identity,
        name=view.name,
        role=view.role,
        joined_at_us=view.joined_at_us,
        connected=view.connected,
        grants=None if view.grants == defaults_of(view.role) else view.grants,
    )


def defaults_of(role: str) -> Grants:
    """Return what a role may do if its token says nothing else."""
    return grants_of_role(role)  # type: ignore[arg-type]  # A token's role, which was validated.


def to_track_info(view: TrackView) -> TrackInfo:
    return TrackInfo(
        track_id=view.track_id,
        participant_id=view.participant_id,
        source=view.source,
        muted=view.muted,
        width_px=view.width_px,
        height_px=view.height_px,
        published_seq=view.published_seq,
    )


_opened = msgspec.msgpack.Decoder(entries.OpenedBody)
_joined = msgspec.msgpack.Decoder(entries.JoinedBody)
_left = msgspec.msgpack.Decoder(entries.LeftBody)
_participant = msgspec.msgpack.Decoder(entries.ParticipantBody)
_waiting = msgspec.msgpack.Decoder(entries.WaitingBody)
_waiting_ended = msgspec.msgpack.Decoder(entries.WaitingEndedBody)
_published = msgspec.msgpack.Decoder(entries.PublishedBody)
_unpublished = msgspec.msgpack.Decoder(entries.UnpublishedBody)
_muted = msgspec.msgpack.Decoder(entries.MutedBody)
_grants_changed = msgspec.msgpack.Decoder(entries.GrantsChangedBody)
_scheduler_changed = msgspec.msgpack.Decoder(entries.SchedulerChangedBody)
_file_removed = msgspec.msgpack.Decoder(entries.FileRemovedBody)
_file_added = msgspec.msgpack.Decoder(entries.FileAddedBody)


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
    defaults = defaults_of(info.role)
    token = body.token_grants or info.grants or defaults
    view = ParticipantView(
        participant_id=info.participant_id,
        identity=info.identity,
        name=info.name,
        role=info.role,
        joined_at_us=info.joined_at_us,
        connected=info.connected,
        hidden=body.hidden,
        is_public=entry.audience.scope == "all",
        grants=state.grant_changes.get(info.identity, NO_CHANGES).apply(token),
    )
    if token != defaults:
        token_grants = state.token_grants.with_item(info.participant_id, token)
        state = msgspec.structs.replace(state, token_grants=token_grants)
    if info.identity in state.removed:  # A host has let it in again.
        removed = {key: name for key, name in state.removed.items() if key != info.identity}
        state = msgspec.structs.replace(state, removed=removed)
    return state.with_participant(view)


def _leave(state: RoomState, entry: Entry) -> RoomState:
    body = _left.decode(entry.body)
    gone = body.participant_id
    if state.tracks_of(gone):  # Else the same dict, so that nobody looks for a change.
        tracks = {k: v for k, v in state.tracks.items() if v.participant_id != gone}
        state = msgspec.structs.replace(state, tracks=tracks)
    view = state.participants.get(gone)
    if view is None:
        return state
    if body.cause in entries.REMOVALS:
        removed = state.removed | {view.identity: view.name}
        state = msgspec.structs.replace(state, removed=removed)
    return state.without_participant(view)


def _wait(state: RoomState, entry: Entry) -> RoomState:
    body = _waiting.decode(entry.body)
    return msgspec.structs.replace(
        state, waiting=state.waiting.with_item(body.waiting_id, body.identity)
    )


def _end_waiting(state: RoomState, entry: Entry) -> RoomState:
    gone = _waiting_ended.decode(entry.body).waiting_id
    return msgspec.structs.replace(state, waiting=state.waiting.without(gone))


def _set_connected(state: RoomState, entry: Entry) -> RoomState:
    participant_id = _participant.decode(entry.body).participant_id
    view = state.participants.get(participant_id)
    if view is None:
        return state
    connected = entry.kind == entries.PARTICIPANT_RECONNECTED
    return state.with_participant(msgspec.structs.replace(view, connected=connected))


def _change_grants(state: RoomState, entry: Entry) -> RoomState:
    body = _grants_changed.decode(entry.body)
    changes = state.grant_changes.get(body.identity, NO_CHANGES).then(body.changes)
    state = msgspec.structs.replace(
        state, grant_changes=state.grant_changes | {body.identity: changes}
    )
    view = state.with_identity(body.identity)
    if view is None:
        return state
    grants = changes.apply(state.token_grants_of(view))
    return state.with_participant(msgspec.structs.replace(view, grants=grants))


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
        published_seq=entry.seq,
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


def _change_scheduler(state: RoomState, entry: Entry) -> RoomState:
    chosen = _scheduler_changed.decode(entry.body).scheduler
    return msgspec.structs.replace(state, scheduler=chosen)


def _add_file(state: RoomState, entry: Entry) -> RoomState:
    file = _file_added.decode(entry.body).file
    return msgspec.structs.replace(state, files=state.files | {file.file_id: file})


def _remove_file(state: RoomState, entry: Entry) -> RoomState:
    gone = _file_removed.decode(entry.body).file_id
    return msgspec.structs.replace(state, files={k: v for k, v in state.files.items() if k != gone})


_CHANGES: Final = {
    entries.OPENED: _open,
    entries.CLOSED: _close,
    entries.PARTICIPANT_JOINED: _join,
    entries.PARTICIPANT_LEFT: _leave,
    entries.PARTICIPANT_DISCONNECTED: _set_connected,
    entries.PARTICIPANT_RECONNECTED: _set_connected,
    entries.JOIN_WAITING: _wait,
    entries.JOIN_WAITING_ENDED: _end_waiting,
    entries.TRACK_PUBLISHED: _publish,
    entries.TRACK_UNPUBLISHED: _unpublish,
    entries.TRACK_MUTED: _mute,
    entries.GRANTS_CHANGED: _change_grants,
    entries.SCHEDULER_CHANGED: _change_scheduler,
    entries.FILE_ADDED: _add_file,
    entries.FILE_REMOVED: _remove_file,
    **GROUP_CHANGES,
}
