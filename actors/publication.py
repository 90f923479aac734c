"""Which tracks a room has: publishing, muting and their ends. Functions over the room's book."""

from ..engine.errors import RequestDenied
from ..engine.ids import TrackId
from ..engine.protocol.server import MuteRequested
from ..engine.protocol.things import TrackInfo
from ..plugins.api import Deny, PublishRequest
from ..plugins.views import TrackView
from . import entries, membership
from .book import RoomBook
from .messages import EndTrack, SetPaused
from .room_messages import Mute, Publish, TrackDown, Unpublish


def handle(book: RoomBook, message: Publish | Unpublish | Mute | TrackDown) -> int | None:
    """Do what is asked; return the seq of what it made.

    Raises:
        RequestDenied: As the function for the message says.
    """
    match message:
        case Publish():
            return publish(book, message)
        case Unpublish():
            return unpublish(book, message)
        case Mute():
            return mute(book, message)
        case TrackDown(track_id=track_id):
            track_down(book, track_id)
            return None


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
    grants = book.state.participants[message.participant_id].grants
    if message.source not in grants.can_publish_sources:
        # It was taken back while the request was on its way.
        raise RequestDenied(f"You may not publish {message.source}.", code="grant.missing")
    request = PublishRequest(
        participant_id=message.participant_id,
        source=message.source,
        muted=message.muted,
        width_px=message.width_px,
        height_px=message.height_px,
    )
    denial = book.site.template.plugins.policies.before_publish(
        book.state.view(), request, book.find_state
    )
    _raise_if_denied(denial)
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
    if message.is_ordered or track.participant_id != message.by:
        if not message.is_moderator:
            raise RequestDenied("Only hosts may end others' tracks.", code="grant.missing")
        return end_track(book, track)
    return _note_end(book, track)


def end_track(book: RoomBook, track: TrackView) -> int:
    """Journal that a track has ended, and have its owner's actor stop it."""
    owner = book.site.participant(track.participant_id)
    if owner is not None:
        owner.tell(EndTrack(track_id=track.track_id))
    return _note_end(book, track)


def mute(book: RoomBook, message: Mute) -> int | None:
    """Mute or unmute a track; None: it is so already.

    Raises:
        RequestDenied: `track.unknown`, `grant.missing`, or what a plugin says.
    """
    track = _find(book, message.track_id)
    is_own = track.participant_id == message.by
    if not is_own and not (message.is_moderator and message.muted):
        raise RequestDenied(
            "Only hosts may mute others, and nobody may unmute others.", code="grant.missing"
        )
    if track.muted == message.muted:
        return None
    if not message.muted:
        policies = book.site.template.plugins.policies
        _raise_if_denied(policies.before_unmute(book.state.view(), track, book.find_state))
    entry = book.append(
        entries.TRACK_MUTED,
        entries.MutedBody(track_id=track.track_id, muted=message.muted),
        author=message.by,
    )
    tell_paused(book, track.track_id, message.muted)
    if message.is_ordered or not is_own:
        book.delivery.tell(track.participant_id, MuteRequested(track_id=track.track_id))
    return entry.seq


def track_down(book: RoomBook, track_id: TrackId) -> None:
    """A track's actor has ended: journal it, if nobody has."""
    track = book.state.tracks.get(track_id)
    if track is None:
        return
    end_track(book, track)


def tell_paused(book: RoomBook, track_id: TrackId, paused: bool) -> None:
    ref = book.site.track(track_id)
    if ref is not None:
        ref.tell(SetPaused(paused=paused))


def _note_end(book: RoomBook, track: TrackView) -> int:
    return book.append(
        entries.TRACK_UNPUBLISHED,
        entries.UnpublishedBody(track_id=track.track_id),
        author=track.participant_id,
    ).seq


def _raise_if_denied(denial: Deny | None) -> None:
    if denial is not None:
        raise RequestDenied(denial.message, code=denial.code, retryable=denial.retryable)


def _find(book: RoomBook, track_id: TrackId) -> TrackView:
    track = book.state.tracks.get(track_id)
    if track is None:
        raise RequestDenied("There is no such track.", code="track.unknown")
    return track
