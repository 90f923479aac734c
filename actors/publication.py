"""Which tracks a room has: publishing, muting and their ends. Functions over the room's book."""

from ..engine.errors import RequestDenied
from ..engine.ids import TrackId
from ..engine.protocol.server import MuteRequested
from ..engine.protocol.things import TrackInfo
from ..plugins.api import PublishRequest
from ..plugins.views import TrackView
from . import entries, membership
from .book import RoomBook
from .messages import EndTrack, SetPaused
from .room_messages import Mute, Publish, Unpublish


def publish(book: RoomBook, message: Publish) -> int:
    """Make a track known; its rows stand in the forwarder already.

    Raises:
        RequestDenied: `track.published_already`, or what a plugin says.
    """
    if message.participant_id not in book.state.participants:
        raise RequestDenied("You are not in the room any more.", code="participant.unknown")
    if book.state.track_of(message.participant_id, message.source) is not None:
        raise RequestDenied(
            f"You publish a {message.source} track already.", code="track.published_already"
        )
    request = PublishRequest(
        participant_id=message.participant_id,
        source=message.source,
        muted=message.muted,
        width_px=message.width_px,
        height_px=message.height_px,
    )
    denial = book.site.template.plugins.policies.before_publish(book.state.view(), request)
    if denial is not None:
        raise RequestDenied(denial.message, code=denial.code, retryable=denial.retryable)
    membership.present(book, message.participant_id)
    track = TrackInfo(
        track_id=message.track_id,
        participant_id=message.participant_id,
        source=message.source,
        muted=message.muted,
        width_px=message.width_px,
        height_px=message.height_px,
    )
    return book.append(
        entries.TRACK_PUBLISHED,
        entries.PublishedBody(track=track, encodings=message.encodings),
        author=message.participant_id,
    ).seq


def unpublish(book: RoomBook, message: Unpublish) -> int:
    """End a track; its owner's actor stops it.

    Raises:
        RequestDenied: `track.unknown` or `grant.missing`.
    """
    track = _find(book, message.track_id)
    if track.participant_id != message.by:
        if not message.is_moderator:
            raise RequestDenied("Only hosts may end others' tracks.", code="grant.missing")
        owner = book.site.participant(track.participant_id)
        if owner is not None:
            owner.tell(EndTrack(track_id=track.track_id))
    return book.append(
        entries.TRACK_UNPUBLISHED,
        entries.UnpublishedBody(track_id=track.track_id),
        author=track.participant_id,
    ).seq


def mute(book: RoomBook, message: Mute) -> int | None:
    """Mute or unmute a track; None: it is so already.

    Raises:
        RequestDenied: `track.unknown` or `grant.missing`.
    """
    track = _find(book, message.track_id)
    is_own = track.participant_id == message.by
    if not is_own and not (message.is_moderator and message.muted):
        raise RequestDenied(
            "Only hosts may mute others, and nobody may unmute others.", code="grant.missing"
        )
    if track.muted == message.muted:
        return None
    entry = book.append(
        entries.TRACK_MUTED,
        entries.MutedBody(track_id=track.track_id, muted=message.muted),
        author=message.by,
    )
    tell_paused(book, track.track_id, message.muted)
    if not is_own:
        book.delivery.tell(track.participant_id, MuteRequested(track_id=track.track_id))
    return entry.seq


def track_down(book: RoomBook, track_id: TrackId) -> None:
    """A track's actor has ended: journal it, if nobody has."""
    track = book.state.tracks.get(track_id)
    if track is None:
        return
    owner = book.site.participant(track.participant_id)
    if owner is not None:
        owner.tell(EndTrack(track_id=track_id))
    book.append(
        entries.TRACK_UNPUBLISHED,
        entries.UnpublishedBody(track_id=track_id),
        author=track.participant_id,
    )


def tell_paused(book: RoomBook, track_id: TrackId, paused: bool) -> None:
    ref = book.site.track(track_id)
    if ref is not None:
        ref.tell(SetPaused(paused=paused))


def _find(book: RoomBook, track_id: TrackId) -> TrackView:
    track = book.state.tracks.get(track_id)
    if track is None:
        raise RequestDenied("There is no such track.", code="track.unknown")
    return track
