"""The room's state in a file, so that a restart need not fold all entries."""

import msgspec

from ..engine.grants import GrantChanges, Grants
from ..engine.ids import FileId, ParticipantId, RoomId, TrackId
from ..engine.persistent import PersistentDict
from ..plugins.views import FileView, ParticipantView, TrackView
from .entries import GroupInfo
from .group_state import AwayView
from .room_state import RoomState, defaults_of


class RoomSnapshot(msgspec.Struct, frozen=True, kw_only=True):
    """What of `RoomState` the rest can be made of. New fields have defaults: old files stay."""

    seq: int
    room_id: RoomId
    name: str
    template: str
    closed: bool
    participants: dict[ParticipantId, ParticipantView]
    tracks: dict[TrackId, TrackView]
    files: dict[FileId, FileView] = msgspec.field(default_factory=dict)
    token_grants: dict[ParticipantId, Grants] = msgspec.field(default_factory=dict)
    grant_changes: dict[str, GrantChanges] = msgspec.field(default_factory=dict)
    waiting: dict[str, str] = msgspec.field(default_factory=dict)
    groups: dict[RoomId, GroupInfo] = msgspec.field(default_factory=dict)
    away: dict[ParticipantId, AwayView] = msgspec.field(default_factory=dict)
    closed_groups: dict[RoomId, GroupInfo] = msgspec.field(default_factory=dict)
    removed: frozenset[str] | dict[str, str] = frozenset()  # A set: of a version without names.


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(RoomSnapshot)


def encode_snapshot(state: RoomState) -> bytes:
    """Return the state as bytes."""
    return _encoder.encode(
        RoomSnapshot(
            seq=state.seq,
            room_id=state.room_id,
            name=state.name,
            template=state.template,
            closed=state.closed,
            participants=state.participants.to_dict(),
            tracks=state.tracks,
            files=state.files,
            token_grants=state.token_grants.to_dict(),
            grant_changes=state.grant_changes,
            waiting=state.waiting.to_dict(),
            groups=state.groups,
            away=state.away,
            closed_groups=state.closed_groups,
            removed=state.removed,
        )
    )


def decode_snapshot(payload: bytes) -> RoomState:
    """Return the state that was encoded.

    Raises:
        msgspec.DecodeError: It is none.
    """
    kept = _decoder.decode(payload)
    for participant_id, view in kept.participants.items():
        if view.grants.role != view.role:  # Of a version that did not keep grants.
            grants = defaults_of(view.role)
            kept.participants[participant_id] = msgspec.structs.replace(view, grants=grants)
    return RoomState(
        seq=kept.seq,
        room_id=kept.room_id,
        name=kept.name,
        template=kept.template,
        closed=kept.closed,
        tracks=kept.tracks,
        files=kept.files,
        participants=PersistentDict(kept.participants),
        public={
            participant_id: view
            for participant_id, view in kept.participants.items()
            if view.is_public and not view.hidden
        },
        identities=PersistentDict(
            (view.identity, participant_id) for participant_id, view in kept.participants.items()
        ),
        token_grants=PersistentDict(kept.token_grants),
        grant_changes=kept.grant_changes,
        waiting=PersistentDict(kept.waiting),
        groups=kept.groups,
        away=kept.away,
        closed_groups=kept.closed_groups,
        removed=_named(kept.removed),
        hidden_count=sum(view.hidden for view in kept.participants.values()),
    )


def _named(removed: frozenset[str] | dict[str, str]) -> dict[str, str]:
    return removed if isinstance(removed, dict) else {identity: identity for identity in removed}
