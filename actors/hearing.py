"""What a room knows of its media: who speaks, what each track costs; and whom to tell of it."""

from dataclasses import dataclass, field
from typing import Final

from ..engine.errors import MailboxFull
from ..engine.ids import ParticipantId, TrackId
from ..engine.media import Codec, Kind, Source
from ..engine.protocol.server import SpeakersChanged
from ..plugins.api import OfferedTrack
from ..plugins.views import TrackView
from .book import RoomBook
from .messages import RoomChanged
from .room_messages import OfferTick, RatesMeasured
from .site import RoomSite
from .speakers import Speakers

# Rates swing with every picture; viewers are told when a schedule could come out otherwise.
RATE_CHANGE_RATIO: Final = 0.25


@dataclass(slots=True)
class Hearing:
    """State of the RoomActor that is no entry: it is measured again after a crash."""

    speakers: Speakers = field(default_factory=Speakers)
    rates: dict[TrackId, tuple[int, ...]] = field(default_factory=dict)
    codecs: dict[TrackId, Codec] = field(default_factory=dict)
    told_speakers: tuple[ParticipantId, ...] = ()
    told_recent: tuple[ParticipantId, ...] = ()
    told_floor: tuple[ParticipantId, ...] = ()

    def note_rates(self, message: RatesMeasured) -> bool:
        """Take in a measurement; True if viewers should know."""
        known = self.rates.get(message.track_id, ())
        codec_changed = self.codecs.get(message.track_id) is not message.codec
        if not codec_changed and not _differs(known, message.encoding_bps):
            return False
        self.rates[message.track_id] = message.encoding_bps
        self.codecs[message.track_id] = message.codec
        return True

    def forget_track(self, track: TrackView) -> None:
        self.rates.pop(track.track_id, None)
        self.codecs.pop(track.track_id, None)
        self.silence(track)

    def silence(self, track: TrackView) -> None:
        """The track is muted or gone: whose voice it was is not heard any more."""
        if track.source is Source.MICROPHONE:
            self.speakers.forget(track.participant_id)

    def push_speakers(self, book: RoomBook, now_s: float) -> bool:
        """Push who is heard, if that has changed; True while anybody is."""
        current = tuple(
            speaker
            for speaker in self.speakers.current(now_s)
            if speaker in book.state.participants and not book.state.participants[speaker].hidden
        )
        if current != self.told_speakers:
            self.told_speakers = current
            book.delivery.tell_everybody(SpeakersChanged(participant_ids=current))
            book.tell_speakers(current)
        return bool(current)

    def must_offer(self, book: RoomBook) -> bool:
        """Whether schedules may come out otherwise, because somebody else spoke last."""
        return self.speakers.recent() != self.told_recent and _is_contested(book)

    def floor_changed(self, book: RoomBook, kind: str) -> bool:
        """Whether an entry of this kind has given the floor to somebody else."""
        plugin, _, _ = kind.partition(".")
        policies = book.site.template.plugins.policies
        return policies.has_say_in_floor(plugin) and _floor(book) != self.told_floor


def room_changed(book: RoomBook, hearing: Hearing) -> RoomChanged:
    """Return what schedulers must know now."""
    hearing.told_recent = hearing.speakers.recent()
    hearing.told_floor = _floor(book)
    site = book.site
    own = tuple(_offer(book, hearing, track) for track in book.state.tracks.values())
    if site.main is None:
        _share_calls(site, own)
        calls: tuple[OfferedTrack, ...] = ()
    else:
        calls = site.main.calls
    return RoomChanged(
        room_id=site.room_id,
        tracks=own + calls,
        # Who speaks to all groups goes before those who speak in one.
        speakers=tuple(call.participant_id for call in calls) + hearing.told_recent,
        floor=hearing.told_floor,
        scheduler=book.state.scheduler,
    )


def _floor(book: RoomBook) -> tuple[ParticipantId, ...]:
    return book.site.template.plugins.policies.floor(book.state.view(), book.find_state)


def _share_calls(site: RoomSite, offers: tuple[OfferedTrack, ...]) -> None:
    """Offer the microphones of those who speak to all groups there as well."""
    calls = tuple(
        offer
        for offer in offers
        if offer.source is Source.MICROPHONE and offer.participant_id in site.callers
    )
    if calls == site.calls:
        return
    site.calls = calls
    for group in site.groups.values():
        room = group.room
        if room is not None:
            room.tell(OfferTick())


def tell_participants(book: RoomBook, hearing: Hearing) -> None:
    """Tell every participant; the latest counts."""
    message = room_changed(book, hearing)
    for participant_id in book.state.participants:
        tell_participant(book, participant_id, message)


def tell_participant(book: RoomBook, participant_id: ParticipantId, message: RoomChanged) -> None:
    ref = book.site.participant(participant_id)
    if ref is None:
        return
    try:
        ref.tell(message)
    except MailboxFull:  # Cannot be: there is one of the type in a mailbox at most.
        book.site.services.counters.media_events_lost += 1


def _offer(book: RoomBook, hearing: Hearing, track: TrackView) -> OfferedTrack:
    owner = book.state.participants.get(track.participant_id)
    return OfferedTrack(
        track_id=track.track_id,
        participant_id=track.participant_id,
        role=owner.role if owner is not None else "merchant",
        source=track.source,
        muted=track.muted,
        width_px=track.width_px,
        height_px=track.height_px,
        encodings=track.encodings,
        encoding_bps=hearing.rates.get(track.track_id, ()),
        codec=hearing.codecs.get(track.track_id),
    )


def _is_contested(book: RoomBook) -> bool:
    """Whether there are more tracks than places: only then does it matter who speaks."""
    limits = book.site.template.limits
    places = 1 if book.site.savers else limits.audio_slots
    audible = [t for t in book.state.tracks.values() if not t.muted]
    video = sum(track.kind is Kind.VIDEO for track in audible)
    return video > limits.video_slots or len(audible) - video > places


def _differs(known: tuple[int, ...], measured: tuple[int, ...]) -> bool:
    if len(known) != len(measured):
        return True
    return any(
        bool(a) != bool(b) or abs(a - b) > RATE_CHANGE_RATIO * max(a, b)
        for a, b in zip(known, measured, strict=True)
    )
