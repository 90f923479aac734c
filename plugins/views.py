"""What a plugin sees of a room: frozen views of the participants and tracks it holds."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import msgspec

from ..engine.grants import Grants
from ..engine.ids import FileId, ParticipantId, RoomId, TrackId
from ..engine.media import Kind, Source


class ParticipantView(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One joined participant.

    `hidden`: nobody else's roster has it. `is_public`: everybody's has it; in a large room only
    the hosts' do until it publishes. `grants`: what it may do now, the token's grants with what
    was changed since.
    """

    participant_id: ParticipantId
    identity: str
    name: str
    role: str  # "host", "assistant", "merchant" or "observer".
    joined_at_us: int
    connected: bool = True
    hidden: bool = False
    is_public: bool = True
    grants: Grants = Grants()

    @property
    def is_host(self) -> bool:
        """Runs the room: is sent what is for the hosts."""
        return self.role in ("host", "assistant")


class TrackView(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One published track."""

    track_id: TrackId
    participant_id: ParticipantId
    source: Source
    muted: bool
    width_px: int = 0  # 0: unknown or audio.
    height_px: int = 0
    encodings: int = 1  # How many encodings its m-line offers.
    published_seq: int = 0

    @property
    def kind(self) -> Kind:
        return self.source.kind


class FileView(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One file that was brought into the room.

    Who is told its id may fetch it. `owner` is an identity: it outlives a reload of the page.
    `purpose` is the name of the plugin that it is for. Pixels are 0 where it is no picture.
    """

    file_id: FileId
    name: str
    media_type: str
    size_bytes: int
    owner: str
    purpose: str
    width_px: int = 0
    height_px: int = 0
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class RoomView:
    """A room at one moment. The mappings are never changed: the next moment has new ones."""

    room_id: RoomId
    name: str
    template: str
    participants: Mapping[ParticipantId, ParticipantView]
    tracks: Mapping[TrackId, TrackView]
    files: Mapping[FileId, FileView] = field(default_factory=dict)

    def count_tracks(self, kind: Kind) -> int:
        """Count the published tracks of a kind, muted ones included."""
        return sum(track.kind is kind for track in self.tracks.values())

    def tracks_of_source(self, source: Source) -> tuple[TrackView, ...]:
        """Return the tracks of a source, oldest first."""
        return tuple(track for track in self.tracks.values() if track.source is source)

    def name_of(self, participant_id: ParticipantId) -> str:
        """Return a participant's name, or its id if it is not in the room."""
        participant = self.participants.get(participant_id)
        return participant.name if participant is not None else participant_id
