"""Who goes before whom for one viewer: looked up once, compared cheaply."""

from typing import Final

from ...engine.ids import ParticipantId, TrackId
from ...engine.media import Kind, Source
from ..api import OfferedTrack, Situation

REASONS: Final = ("screen", "host", "floor", "speaker", "host", "viewport")  # By rank.
_SHARED: Final = frozenset((Source.SCREEN, Source.SCREEN_AUDIO))
_AUDIO: Final = frozenset(source for source in Source if source.kind is Kind.AUDIO)
_LAST: Final = 1_000_000  # After everybody who has a place.


class Ranking:
    """The order of one situation.

    What is shared goes first, then (with `hosts_first`) the hosts, then who has the floor, then who
    spoke, the latest first, then the hosts otherwise, then the rest. Ties: the place in the view,
    then the oldest.
    """

    __slots__ = ("_floor", "_heights", "_hosts_first", "_places", "_situation", "_spoke")

    def __init__(self, situation: Situation, *, hosts_first: bool) -> None:
        self._situation = situation
        self._hosts_first = hosts_first
        self._places: dict[TrackId, int] = {}
        self._heights: dict[TrackId, int] = {}
        for place, tile in enumerate(situation.tiles or ()):
            self._places.setdefault(tile.track_id, place)
            self._heights[tile.track_id] = tile.height_px
        self._floor = frozenset(situation.floor)
        self._spoke: dict[ParticipantId, int] = {}
        for place, participant_id in enumerate(situation.speakers):
            self._spoke.setdefault(participant_id, place)

    def voices(self, *, latest_first: bool = False) -> list[OfferedTrack]:
        """Return the audio tracks that sound, best first.

        Args:
            latest_first: Who spoke last goes before everybody: not all of them will be heard.
        """
        tracks = [t for t in self._situation.tracks if not t.muted and t.source in _AUDIO]
        key = self._turn if latest_first else self._rank
        return sorted(tracks, key=key) if len(tracks) > 1 else tracks

    def pictures(self) -> list[OfferedTrack]:
        """Return the pictures that the page wants, best first; a shared one is wanted always."""
        if self._situation.page_hidden:
            return []
        everything, places = self._situation.tiles is None, self._places
        tracks = [
            track
            for track in self._situation.tracks
            if not track.muted
            and track.source not in _AUDIO
            and (everything or track.track_id in places or track.source is Source.SCREEN)
        ]
        return sorted(tracks, key=self._rank) if len(tracks) > 1 else tracks

    def height_px(self, track: OfferedTrack) -> int | None:
        """Return the height of a track's tile; None: the page has not said."""
        return self._heights.get(track.track_id)

    def reason(self, track: OfferedTrack) -> str:
        """Say in a word why a track is shown."""
        return REASONS[self._rank(track)[0]]

    def _turn(self, track: OfferedTrack) -> tuple[int, bool, tuple[int, int, int]]:
        spoke = self._spoke.get(track.participant_id, _LAST)
        return spoke, track.source in _SHARED, self._rank(track)

    def _rank(self, track: OfferedTrack) -> tuple[int, int, int]:
        place = self._places.get(track.track_id, _LAST)
        if track.source in _SHARED:
            return 0, 0, place
        is_host = track.role == "host"
        if is_host and self._hosts_first:
            return 1, 0, place
        spoke = self._spoke.get(track.participant_id)
        if track.participant_id in self._floor:
            return 2, _LAST if spoke is None else spoke, place
        if spoke is not None:
            return 3, spoke, place
        return (4 if is_host else 5), 0, place
