"""The plugin actor: one plugin in one room, which folds the journal and answers requests."""

from collections import deque
from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any, Final, assert_never

import msgspec
import structlog
import trio

from ..engine.errors import ActorGone, RequestDenied
from ..engine.ids import ParticipantId
from ..engine.journal import Audience, Entry, Fold
from ..engine.protocol.server import PluginSignalled
from ..engine.protocol.things import PluginView
from ..engine.runtime import Actor, Restart
from ..plugins.host import LoadedPlugin
from .counters import ClassroomCounters
from .messages import (
    Begin,
    EntriesAppended,
    GetView,
    HandleRequest,
    PagesRendered,
    PluginMessage,
    SignalRefused,
    SpeakersHeard,
    TimersDue,
)
from .plugin_context import ParticipantContext, RoomContext
from .plugin_groups import PluginGroups
from .plugin_pages import PluginPages
from .plugin_signals import SignalDesk, WaitingSignal
from .plugin_summaries import PluginSummaries
from .plugin_timers import PluginTimers
from .policy_states import FoldedState, newest_state, publish_state
from .room_messages import (
    AppendEntry,
    ChangeGrants,
    GetEntries,
    Mute,
    Remove,
    RemoveFile,
    Unpublish,
)
from .room_state import RoomFold, RoomState
from .site import RoomSite

REQUEST_LIMIT_S: Final = 5.0  # The contract of `Answering.handle_request` and of the hooks.
NEAR_ENTRIES: Final = 64
PAGE_ENTRIES: Final = 1_000  # Fetched at once: a few milliseconds of folding.
SIGNALS_PER_S: Final = 2_000  # Twenty who draw at once make some 600.

_encoder = msgspec.msgpack.Encoder()
_log = structlog.get_logger()


class PluginActor(Actor[PluginMessage], restart=Restart.TRANSIENT):
    """Its state is never lost: after a crash it folds the journal again."""

    def __init__(self, site: RoomSite, plugin: LoadedPlugin) -> None:
        self.name = plugin.name
        self._site = site
        self._plugin = plugin
        self._room_fold = RoomFold()
        self._fold = plugin.instance.fold if plugin.has_view else None
        self.room_state: RoomState = self._room_fold.initial()
        self.state: Any = self._fold.initial() if self._fold is not None else None  # The plugin's.
        self.timers = PluginTimers(self.now_us, lambda: self.context.ref.tell(TimersDue()))
        self.pages = PluginPages(site, lambda told: self.context.ref.tell(told))
        self._summaries: PluginSummaries | None = None
        if plugin.summary_interval_s is not None:
            self._summaries = PluginSummaries(plugin, site.delivery, lambda: (self.seq, self.state))
        self._has_begun = False
        # What was pushed before this run is not news to an observer.
        self._observes_after = site.delivery.pushed_seq
        self._unobserved: deque[Entry] = deque()  # Folded already.
        self._signals_since_s = 0.0
        self._signals_sent = 0

    @property
    def seq(self) -> int:
        """Up to here everything is folded."""
        return self.room_state.seq

    @property
    def counters(self) -> ClassroomCounters:
        return self._site.services.counters

    async def started(self) -> None:
        # Not here: whatever the plugin does wrong must not fail the start of the room.
        self.context.ref.tell(Begin())

    async def receive(self, message: PluginMessage) -> object:  # noqa: C901 - one flat match.
        if not self._has_begun:
            await self._begin()
        match message:
            case Begin():
                pass
            case HandleRequest():
                return await self._handle_request(message)
            case GetView():
                await self._catch_up(message.at_least_seq)
                return self._view(message.participant_id)
            case EntriesAppended(entries=entries):
                if entries[0].seq > self.seq + 1:
                    await self._catch_up(entries[0].seq - 1)
                await self._take(entries)
            case TimersDue():
                await self._catch_up(self._site.delivery.pushed_seq)
                for name in self.timers.take_due():
                    await self._call("on_timer", name=name)
            case SpeakersHeard(participant_ids=participant_ids):
                await self._catch_up(self._site.delivery.pushed_seq)
                await self._call("on_speakers", participant_ids=participant_ids)
            case PagesRendered(rendered=rendered):
                await self._catch_up(self._site.delivery.pushed_seq)
                await self._call("on_pages", rendered=rendered)
            case _:
                assert_never(message)
        return None

    # -- for the contexts ------------------------------------------------------------------------

    def now_us(self) -> int:
        """The session clock, as the room told it last."""
        return self._site.session_now_us()

    def groups_for(self, author: ParticipantId | None) -> PluginGroups:
        """Return what the plugin may do with groups.

        Raises:
            AttributeError: It did not ask for that.
        """
        if not self._plugin.needs_groups:
            raise AttributeError(f"{self.name} has no `needs_groups = True`")
        return PluginGroups(
            self._site, self.name, author, fold=self._fold, room_state=self.room_state
        )

    async def ask_for_entries(self, message: AppendEntry | ChangeGrants) -> Sequence[Entry]:
        """Have entries appended; they and all before them are folded when this returns."""
        appended: Sequence[Entry] = await self._ask_room(message)
        await self._take(appended)
        return appended

    def entries_at(self, seqs: Sequence[int]) -> Sequence[Entry]:
        """Read old entries, while the room's journal is open."""
        book = self._site.book
        if book is None:
            raise ActorGone(f"room {self._site.room_id} has ended")
        found: list[Entry] = []
        start = 0
        for index in range(1, len(seqs) + 1):
            # What is near is read in one go: to find a place in the file costs some 200 µs.
            if index == len(seqs) or seqs[index] - seqs[index - 1] > NEAR_ENTRIES:
                first, last = seqs[start], seqs[index - 1]
                found.extend(book.journal.entries(first - 1, last - first + 1))
                start = index
        wanted = set(seqs)
        return [entry for entry in found if entry.seq in wanted]

    async def order(self, message: Mute | Unpublish | Remove | RemoveFile) -> int | None:
        """Have something done; what it made is folded when this returns. None: nothing."""
        seq: int | None = await self._ask_room(message)
        if seq is not None:
            await self._catch_up(seq)
        return seq

    def signal(
        self, author: ParticipantId | None, event: str, body: msgspec.Raw, audience: Audience
    ) -> None:
        """Push something that may be lost; what is above the limit is."""
        now_s = self.context.clock.now_s()
        if now_s - self._signals_since_s >= 1.0:
            self._signals_since_s, self._signals_sent = now_s, 0
        self._signals_sent += 1
        if self._signals_sent > SIGNALS_PER_S:
            self.counters.signals_dropped += 1
            return
        self._site.delivery.signal(
            audience, PluginSignalled(plugin=self.name, event=event, author=author, body=body)
        )

    # -- for the signals -------------------------------------------------------------------------

    def handle_signal(self, signal: WaitingSignal) -> None:
        """Let the plugin have one signal.

        Raises:
            RequestDenied: `plugin.malformed`, or the plugin's.
            Exception: The plugin's.
        """
        self._keep_up()
        participant = self.room_state.participants.get(signal.participant_id)
        if participant is None:
            self.counters.signals_dropped += 1
            return  # It has just come, or it has left.
        assert self._plugin.decode_signal is not None, "lanes check it"
        try:
            body = self._plugin.decode_signal(signal.body)
        except (msgspec.DecodeError, RecursionError) as error:
            raise self._malformed("signal", error) from None
        self._plugin.instance.handle_signal(ParticipantContext(self, participant), body)

    def gather_signals(self) -> AbstractContextManager[None]:
        """Push what is signalled in the block together; nothing in it may wait."""
        return self._site.delivery.gathering()

    def tell_participant(self, participant_id: ParticipantId, message: SignalRefused) -> None:
        """Tell a participant's actor, if there is one."""
        ref = self._site.participant(participant_id)
        if ref is not None:
            ref.tell(message)

    # -- messages --------------------------------------------------------------------------------

    async def _begin(self) -> None:
        """Fold what there is; then signals, timers and summaries begin."""
        await self._catch_up(self._site.delivery.pushed_seq)
        self._has_begun = True
        if self._plugin.decode_signal is not None:
            desk = SignalDesk(self, self._site.signals_of(self.name))
            self.context.start_soon(desk.run)
        self.context.start_soon(self.timers.run)
        if self._summaries is not None:
            self.context.start_soon(self._summaries.run)
        await self._call("on_start")

    async def _handle_request(self, message: HandleRequest) -> int | None:
        assert self._plugin.decode_request is not None, "lanes check it"
        try:
            request = self._plugin.decode_request(message.body)
        except (msgspec.DecodeError, RecursionError) as error:
            raise self._malformed("request", error) from None
        await self._catch_up(self._site.delivery.pushed_seq)
        participant = self.room_state.participants.get(message.participant_id)
        if participant is None:
            raise RequestDenied("You are not in the room any more.", code="participant.unknown")
        context = ParticipantContext(self, participant)
        with trio.move_on_after(REQUEST_LIMIT_S) as scope:
            await self._plugin.instance.handle_request(context, request)
        if scope.cancelled_caught:
            raise RequestDenied(
                f"The plugin {self.name} took too long.",
                code="plugin.timeout",
                retryable=True,
            )
        return context.last_seq

    def _malformed(self, what: str, error: Exception) -> RequestDenied:
        text = f"This is no {what} of {self.name}: {error}"[:300]
        return RequestDenied(text, code="plugin.malformed")

    def _view(self, participant_id: ParticipantId) -> PluginView | None:
        viewer = self.room_state.participants.get(participant_id)
        if viewer is None or self._fold is None:
            return None
        body = self._plugin.instance.view(self.state, viewer)
        return PluginView(seq=self.seq, body=msgspec.Raw(_encoder.encode(body)))

    # -- the journal -----------------------------------------------------------------------------

    async def _catch_up(self, seq: int) -> None:
        """Fold at least up to a seq."""
        self._leap()
        while self.seq < seq:
            page = await self._read_page()
            if not page:
                return
            await self._take(page)

    async def _read_page(self) -> Sequence[Entry]:
        book = self._site.book
        if book is not None:
            return tuple(book.journal.entries(self.seq, PAGE_ENTRIES))
        page: Sequence[Entry] = await self._ask_room(
            GetEntries(after_seq=self.seq, limit=PAGE_ENTRIES)
        )
        return page

    def _leap(self) -> None:
        """Take what is folded already, where nothing follows from a single entry."""
        book = self._site.book
        if book is not None and not self._plugin.observed:
            self.state = newest_state(book, self.name)
            self.room_state = book.state

    def _keep_up(self) -> None:
        """Fold all there is without a wait; what is to be observed has its turn afterwards."""
        self._leap()
        book = self._site.book
        if book is not None and book.state.seq > self.seq:
            for entry in book.journal.entries(self.seq):
                self._fold_entry(entry)

    async def _take(self, entries: Sequence[Entry]) -> None:
        self._leap()
        for entry in entries:
            if entry.seq == self.seq + 1:  # Else it is known already: it came by another way.
                self._fold_entry(entry)
            while self._unobserved:
                await self._observe(self._unobserved.popleft())

    def _fold_entry(self, entry: Entry) -> None:
        self.room_state = self._room_fold.apply(self.room_state, entry)
        if self._fold is not None:
            before, self.state = self.state, self._fold_one(self._fold, entry)
            if self._summaries is not None and self.state is not before:
                self._summaries.note_change()
        if entry.seq > self._observes_after and self._plugin.follows(entry.kind):
            self._unobserved.append(entry)

    def _fold_one(self, fold: Fold[Any], entry: Entry) -> Any:
        """Return the state after an entry, and let others know it."""
        known = self._site.plugin_states.get(self.name)
        if known is not None and known.seq >= entry.seq and self._has_begun:
            # Others were quicker. Two lines of versions would cost a `PersistentDict` a copy.
            return known.state
        state = fold.apply(self.state, entry)
        publish_state(self._site, self.name, FoldedState(entry.seq, state))
        return state

    async def _observe(self, entry: Entry) -> None:
        observe = self._plugin.observers.get("on_entry")
        if observe is not None:
            try:
                await observe(context=RoomContext(self), entry=entry)
            except RequestDenied as denial:
                self._note_denial("on_entry", denial)

    async def _call(self, hook: str, **arguments: object) -> None:
        """Call an observer, if the plugin has it, within its time."""
        observe = self._plugin.observers.get(hook)
        if observe is None:
            return
        with trio.move_on_after(REQUEST_LIMIT_S) as scope:
            try:
                await observe(context=RoomContext(self), **arguments)
            except RequestDenied as denial:
                self._note_denial(hook, denial)
        if scope.cancelled_caught:
            self.counters.hook_timeouts += 1
            _log.warning("plugin.hook_timeout", plugin=self.name, hook=hook)

    def _note_denial(self, hook: str, denial: RequestDenied) -> None:
        """What a plugin wanted to do had just become impossible: no reason to crash."""
        _log.info("plugin.hook_denied", plugin=self.name, hook=hook, code=denial.code)

    # Any: the room's answers are of the message's own type.
    async def _ask_room(
        self,
        message: AppendEntry | ChangeGrants | GetEntries | Mute | Unpublish | Remove | RemoveFile,
    ) -> Any:
        room = self._site.room
        if room is None:
            raise ActorGone(f"room {self._site.room_id} has ended")
        return await room.ask(message)
