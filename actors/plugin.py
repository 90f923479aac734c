"""The plugin actor: one plugin in one room, which folds the journal and answers requests."""

from collections.abc import Sequence
from typing import Any, Final, assert_never

import msgspec
import trio

from ..engine.errors import ActorGone, RequestDenied
from ..engine.ids import ParticipantId
from ..engine.journal import Audience, Entry
from ..engine.protocol.things import PluginView
from ..engine.runtime import Actor, Restart
from ..plugins.host import LoadedPlugin
from .messages import EntriesAppended, GetView, HandleRequest, PluginMessage
from .plugin_context import ParticipantContext, RoomContext
from .room_messages import AppendEntry, GetEntries
from .room_state import RoomFold, RoomState
from .site import RoomSite

REQUEST_LIMIT_S: Final = 5.0  # The contract of `Answering.handle_request`.
PAGE_ENTRIES: Final = 1_000  # Fetched at once: a few milliseconds of folding.

_encoder = msgspec.msgpack.Encoder()


class PluginActor(Actor[PluginMessage], restart=Restart.TRANSIENT):
    """Its state is never lost: after a crash it folds the journal again."""

    def __init__(self, site: RoomSite, plugin: LoadedPlugin) -> None:
        self._site = site
        self._plugin = plugin
        self._room_fold = RoomFold()
        self._fold = plugin.instance.fold if plugin.has_view else None
        self.room_state: RoomState = self._room_fold.initial()
        self.state: Any = self._fold.initial() if self._fold is not None else None  # The plugin's.
        # What was pushed before this run is not news to an observer.
        self._observes_after = site.delivery.pushed_seq

    @property
    def seq(self) -> int:
        """Up to here everything is folded."""
        return self.room_state.seq

    async def receive(self, message: PluginMessage) -> object:
        match message:
            case HandleRequest():
                return await self._handle_request(message)
            case GetView():
                await self._catch_up(message.at_least_seq)
                return self._view(message.participant_id)
            case EntriesAppended(entries=entries):
                if entries[0].seq > self.seq + 1:
                    await self._catch_up(entries[0].seq - 1)
                await self._take(entries)
            case _:
                assert_never(message)
        return None

    def now_us(self) -> int:
        """The session clock, as the room told it last."""
        return self._site.session_now_us()

    async def append(
        self, author: ParticipantId | None, kind: str, body: object, audience: Audience
    ) -> Entry:
        """Append an entry; it and all before it are folded when this returns."""
        appended: Sequence[Entry] = await self._ask_room(
            AppendEntry(
                author=author,
                kind=kind,
                body=msgspec.Raw(_encoder.encode(body)),
                audience=audience,
                after_seq=self.seq,
            )
        )
        await self._take(appended)
        return appended[-1]

    async def _handle_request(self, message: HandleRequest) -> int | None:
        assert self._plugin.decode_request is not None, "lanes check it"
        try:
            request = self._plugin.decode_request(message.body)
        except (msgspec.DecodeError, RecursionError) as error:
            raise RequestDenied(
                f"This is no request of {self._plugin.name}: {error}"[:300],
                code="plugin.malformed",
            ) from None
        await self._catch_up(self._site.delivery.pushed_seq)
        participant = self.room_state.participants.get(message.participant_id)
        if participant is None:
            raise RequestDenied("You are not in the room any more.", code="participant.unknown")
        context = ParticipantContext(self, self._plugin.name, participant)
        with trio.move_on_after(REQUEST_LIMIT_S) as scope:
            await self._plugin.instance.handle_request(context, request)
        if scope.cancelled_caught:
            raise RequestDenied(
                f"The plugin {self._plugin.name} took too long.",
                code="plugin.timeout",
                retryable=True,
            )
        return context.last_seq

    def _view(self, participant_id: ParticipantId) -> PluginView | None:
        viewer = self.room_state.participants.get(participant_id)
        if viewer is None or self._fold is None:
            return None
        body = self._plugin.instance.view(self.state, viewer)
        return PluginView(seq=self.seq, body=msgspec.Raw(_encoder.encode(body)))

    async def _catch_up(self, seq: int) -> None:
        """Fold at least up to a seq."""
        while self.seq < seq:
            page: Sequence[Entry] = await self._ask_room(
                GetEntries(after_seq=self.seq, limit=PAGE_ENTRIES)
            )
            if not page:
                return
            await self._take(page)

    async def _take(self, entries: Sequence[Entry]) -> None:
        for entry in entries:
            if entry.seq != self.seq + 1:
                continue  # Known already: it came by another way.
            self.room_state = self._room_fold.apply(self.room_state, entry)
            if self._fold is not None:
                self.state = self._fold.apply(self.state, entry)
            if entry.seq > self._observes_after:
                await self._observe(entry)

    async def _observe(self, entry: Entry) -> None:
        observe = getattr(self._plugin.instance, "on_entry", None)
        if observe is not None:
            await observe(RoomContext(self, self._plugin.name), entry)

    # Any: the room's answers are of the message's own type.
    async def _ask_room(self, message: AppendEntry | GetEntries) -> Any:
        room = self._site.room
        if room is None:
            raise ActorGone(f"room {self._site.room_id} has ended")
        return await room.ask(message)
