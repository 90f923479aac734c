"""The room actor: sole writer of the session's journal, and the only one who knows the whole room.

It asks nobody, so that anybody may ask it. After a crash it reads the journal and goes on; what
lives beside it (participants, tracks, the forwarder's rows, the seats) has not noticed.
"""

from collections.abc import Mapping
from typing import Final, assert_never

import trio

from ..engine.ids import TrackId
from ..engine.journal import RECORD_ONLY
from ..engine.media import Source
from ..engine.protocol.server import SpeakersChanged
from ..engine.runtime import Actor, Crash, ExitReason, Restart, StopCause, Stopped
from ..plugins.views import TrackView
from . import (
    arrivals,
    entries,
    granting,
    membership,
    publication,
    readmission,
    scheduler_choice,
    uploads,
    waiting,
)
from .book import RoomBook
from .door_keeper import DoorKeeper
from .group_messages import (
    AddGroup,
    Arrive,
    Depart,
    DropGroup,
    GetGroups,
    LookAround,
    NoteWhereabouts,
    RenameGroup,
)
from .hearing import Hearing, room_changed, tell_participant, tell_participants
from .link_watch import LinkWatch
from .room_messages import (
    Acknowledge,
    AddFile,
    AppendEntry,
    ChangeGrants,
    CheckEmpty,
    ChooseScheduler,
    Disconnect,
    DropUpload,
    EmptyTick,
    ExpiryTick,
    GetEntries,
    Heard,
    Join,
    Joined,
    KeepWaiting,
    LinkNoted,
    LinksTick,
    Mute,
    OfferTick,
    OpenUpload,
    ParticipantDown,
    PrepareClose,
    Publish,
    RatesMeasured,
    Readmit,
    Reconnect,
    Remove,
    RemoveFile,
    ReviewTick,
    RoomIsEmpty,
    RoomMessage,
    SpeakersTick,
    TakeSeat,
    TrackDown,
    Unpublish,
)
from .site import RoomSite

SPEAKERS_TICK_S: Final = 0.2  # At most five `speakers_changed` a second.
RATES_DELAY_S: Final = 0.5  # All tracks are measured at about the same time, once a second.
# Each viewer's schedule costs some 0.1 ms: ten thousand are told of what may wait every 10 s.
OFFER_SPACING_S: Final = 0.001
CROWD_S: Final = 0.2  # Below that nobody has to wait.


class RoomActor(Actor[RoomMessage], restart=Restart.PERMANENT):
    """See the module."""

    def __init__(self, site: RoomSite) -> None:
        self._site = site
        self._hearing = Hearing()
        self._uploads = uploads.PendingUploads()
        self._book: RoomBook
        self._door_keeper: DoorKeeper
        self._link_watch: LinkWatch
        self._empty_since_s: float | None = None
        self._is_ticking = False
        self._is_offering = False
        self._is_counting = False

    async def started(self) -> None:
        self._site.services.files.open_sessions.add(self._site.session_id)
        self._book = book = await RoomBook.open(self._site)
        self.context.start_soon(book.journal.run)
        first_run = self._site.room_runs == 0
        self._site.room_runs += 1
        if book.state.seq == 0:
            body = entries.OpenedBody(
                room_id=self._site.room_id,
                name=self._site.name,
                template=self._site.template.name,
                main_room_id=self._site.main.room_id if self._site.main is not None else None,
            )
            book.append(entries.OPENED, body, audience=RECORD_ONLY)
        cause = membership.INTERRUPTED if first_run else membership.CRASHED
        if first_run:
            book.delivery.pushed_seq = book.state.seq
            files = self._site.services.files
            await files.store.sweep(self._site.session_id, book.state.files)
        book.push_missed()
        membership.reconcile(book, cause)
        arrivals.reconcile(book)
        waiting.restore(book)
        self._door_keeper = DoorKeeper(book, self.context)
        self._link_watch = LinkWatch(book, self.context)
        self._door_keeper.look()
        for track in book.state.tracks.values():
            self._site.services.media_events.add_track(track.track_id, self.context.ref)
            publication.tell_paused(book, track.track_id, track.muted)
        tell_participants(book, self._hearing)
        book.delivery.tell_everybody(SpeakersChanged(participant_ids=()))
        book.tell_speakers(())
        self._check_empty()

    async def receive(self, message: RoomMessage) -> object:
        tracks = self._book.state.tracks
        answer = self._handle(message)
        self._door_keeper.look()
        self._link_watch.look()
        if self._book.state.tracks is not tracks:
            self._tracks_changed(tracks)
        if self._book.needs_snapshot():
            await self._book.write_snapshot()
        return answer

    async def stopped(self, reason: ExitReason) -> None:
        self._site.services.files.open_sessions.discard(self._site.session_id)
        if not hasattr(self, "_book"):
            return  # The journal could not be opened.
        try:
            if not isinstance(reason, Crash) and not self._book.state.closed:
                cause = reason.cause if isinstance(reason, Stopped) else StopCause.SUPERVISOR
                for participant_id in tuple(self._book.state.participants):
                    membership.leave(self._book, participant_id, cause)
        finally:
            await self._book.aclose()

    def _handle(self, message: RoomMessage) -> object:  # noqa: C901 - one flat match (S2).
        book = self._book
        match message:
            case Join():
                return self._join(message)
            case Depart() | Arrive() | LookAround() | NoteWhereabouts():
                return arrivals.handle(book, message)
            case AddGroup() | DropGroup() | RenameGroup() | GetGroups():
                return arrivals.handle(book, message)
            case TakeSeat(participant_id=participant_id):
                membership.take_seat(book, message)
                tell_participant(book, participant_id, room_changed(book, self._hearing))
            case Disconnect() | Reconnect() | Remove():
                return membership.handle(book, message)
            case ParticipantDown(participant_id=participant_id, cause=cause):
                membership.leave(book, participant_id, cause)
                waiting.participant_down(book, participant_id, cause)
                arrivals.note_end(book, participant_id, cause)
                self._hearing.speakers.drop(participant_id)
                self._check_empty()
            case ChangeGrants():
                return granting.change_grants(book, message)
            case Readmit():
                return readmission.readmit(book, message)
            case ChooseScheduler():
                return scheduler_choice.choose(book, self._hearing, message)
            case Publish() | Unpublish() | Mute() | TrackDown():
                return publication.handle(book, message)
            case Acknowledge(connection_id=connection_id, seq=seq, payload=payload):
                durable_seq = book.journal.durable_seq
                book.delivery.acknowledge(connection_id, seq, payload, durable_seq=durable_seq)
            case AppendEntry():
                return self._append(message)
            case GetEntries(after_seq=after_seq, limit=limit):
                return tuple(book.journal.entries(after_seq, limit))
            case OpenUpload() | AddFile() | RemoveFile() | DropUpload():
                return uploads.handle(book, self._uploads, message)
            case Heard() | RatesMeasured() | SpeakersTick() | OfferTick():
                self._listen(message)
            case LinkNoted() | LinksTick():
                self._link_watch.handle(message)
            case ReviewTick() | ExpiryTick():
                self._door_keeper.handle(message)
                self._check_empty()
            case EmptyTick() | CheckEmpty() | PrepareClose():
                return self._handle_closing(message)
            case _:
                assert_never(message)
        return None

    def _join(self, message: Join) -> Joined | KeepWaiting:
        joined = membership.join(self._book, message)
        if isinstance(joined, Joined):
            arrivals.end_double(self._book, message.identity)
        self._empty_since_s = None
        return joined

    def _append(self, message: AppendEntry) -> object:
        self._book.append(
            message.kind, message.body, author=message.author, audience=message.audience
        )
        if self._hearing.floor_changed(self._book, message.kind):
            self._offer_later(0.0)
        return tuple(self._book.journal.entries(message.after_seq))

    def _tracks_changed(self, before: Mapping[TrackId, TrackView]) -> None:
        now = self._book.state.tracks
        events = self._site.services.media_events
        for track_id in now.keys() - before.keys():
            events.add_track(track_id, self.context.ref)
        for track_id in before.keys() - now.keys():
            events.remove_track(track_id)
            self._hearing.forget_track(before[track_id])
        for track_id in now.keys() & before.keys():
            if now[track_id].muted:
                self._hearing.silence(now[track_id])
        tell_participants(self._book, self._hearing)

    # -- media -----------------------------------------------------------------------------------

    def _listen(self, message: Heard | RatesMeasured | SpeakersTick | OfferTick) -> None:
        match message:
            case Heard(track_id=track_id, level_dbov=level_dbov):
                track = self._book.state.tracks.get(track_id)
                if track is not None and not track.muted and track.source is Source.MICROPHONE:
                    now_s = self.context.clock.now_s()
                    self._hearing.speakers.handle_heard(track.participant_id, level_dbov, now_s)
                    if not self._is_ticking:
                        self._tell_speakers()
            case RatesMeasured(track_id=track_id):
                if track_id in self._book.state.tracks and self._hearing.note_rates(message):
                    self._offer_later(RATES_DELAY_S)
            case SpeakersTick():
                self._is_ticking = False
                self._tell_speakers()
            case OfferTick():
                self._is_offering = False
                tell_participants(self._book, self._hearing)

    def _tell_speakers(self) -> None:
        """Tell who is heard; then look again after a while, until nothing is to be told."""
        told = self._hearing.told_speakers
        is_anybody_heard = self._hearing.push_speakers(self._book, self.context.clock.now_s())
        if self._hearing.must_offer(self._book):
            self._offer_later(0.0)
        if is_anybody_heard or told != self._hearing.told_speakers:
            self._is_ticking = True
            self.context.start_soon(self._tick)

    def _offer_later(self, delay_s: float) -> None:
        """Have the viewers' schedulers look again; the more viewers, the less often."""
        crowd_s = len(self._book.state.participants) * OFFER_SPACING_S
        delay_s = max(delay_s, crowd_s if crowd_s > CROWD_S else 0.0)
        if self._is_offering:
            return
        if delay_s == 0.0:
            tell_participants(self._book, self._hearing)
        else:
            self._is_offering = True
            self.context.start_soon(self._offer, delay_s)

    async def _offer(self, delay_s: float) -> None:
        await trio.sleep(delay_s)
        self.context.ref.tell(OfferTick())

    async def _tick(self) -> None:
        await trio.sleep(SPEAKERS_TICK_S)
        self.context.ref.tell(SpeakersTick())

    # -- the end ---------------------------------------------------------------------------------

    def _handle_closing(self, message: EmptyTick | CheckEmpty | PrepareClose) -> bool | None:
        match message:
            case CheckEmpty():
                self._check_empty()
            case EmptyTick():
                self._is_counting = False
                self._check_empty()
            case PrepareClose(cause=cause, even_if_occupied=even_if_occupied):
                return self._prepare_close(cause, even_if_occupied=even_if_occupied)
        return None

    def _prepare_close(self, cause: StopCause, *, even_if_occupied: bool) -> bool:
        book = self._book
        if self._is_wanted() and not even_if_occupied:
            return False
        if not book.state.closed:
            for participant_id in tuple(book.state.participants):
                membership.end(book, participant_id, cause)
            arrivals.end_away(book, cause)
            waiting.dismiss(book, cause)
            book.append(entries.CLOSED, entries.ClosedBody(cause=cause), audience=RECORD_ONLY)
        return True

    def _is_wanted(self) -> bool:
        state = self._book.state
        return bool(state.participants or state.away or self._site.door.places)

    def _check_empty(self) -> None:
        """Count the empty timeout while nobody is here; at its end, tell the directory."""
        if self._site.main is not None:
            return  # A group lives as long as it is wanted by the main room.
        if self._is_wanted() or self._book.state.closed:
            self._empty_since_s = None
            return
        now_s = self.context.clock.now_s()
        if self._empty_since_s is None:
            self._empty_since_s = now_s
        left_s = self._empty_since_s + self._site.template.limits.empty_timeout_s - now_s
        if left_s > 0:
            if not self._is_counting:
                self._is_counting = True
                self.context.start_soon(self._count_empty, left_s)
            return
        # If somebody is just coming, the directory keeps the room and makes it look again.
        self._empty_since_s = None
        directory = self._site.services.directory
        if directory is not None:
            directory.tell(RoomIsEmpty(room_id=self._site.room_id))

    async def _count_empty(self, left_s: float) -> None:
        await trio.sleep(left_s)
        self.context.ref.tell(EmptyTick())
