"""A room's journal and what follows from each entry: the state, the pushes, the plugins' news.

The RoomActor owns it, one for each run. Everything here is synchronous once it is open.
"""

from collections.abc import Iterable
from typing import Any, Final

import msgspec
import structlog
import trio

from ..engine.errors import MailboxFull
from ..engine.ids import ParticipantId
from ..engine.journal import ALL, Audience, Body, Entry, Journal
from .delivery import Seat
from .messages import EntriesAppended, SpeakersHeard
from .policy_states import newest_state
from .room_snapshot import decode_snapshot, encode_snapshot
from .room_state import RoomFold, RoomState
from .site import RoomSite

SNAPSHOT_EVERY: Final = 2_000  # Entries; folding so many takes some 20 ms when a room comes back.
FOLD_EVERY: Final = 256  # Entries; a plugin that nobody asks has a millisecond of folding to do.

_log = structlog.get_logger()


class RoomBook:
    """The sole writer of one session's journal."""

    def __init__(self, site: RoomSite, journal: Journal) -> None:
        self.site = site
        self.journal = journal
        self._fold = RoomFold()
        self.state, self._snapshot_seq = _recover(journal, self._fold)
        self.delivery = site.delivery
        journal.on_durable(self.delivery.settle)
        site.book = self
        site.session_now_us = journal.now_us
        site.wait_durable = journal.wait_durable
        site.find_file = lambda file_id: self.state.files.get(file_id)

    @classmethod
    async def open(cls, site: RoomSite) -> "RoomBook":
        """Open the session's journal, or begin it.

        Raises:
            JournalError: It cannot be read, or another node has it.
        """
        services = site.services
        folder = services.data_dir / "sessions"
        if services.uses_threads:
            journal = await Journal.open_in_thread(
                folder,
                site.session_id,
                services.clock,
                room_name=site.name,
                meter=services.journal_meter,
            )
        else:
            journal = Journal.open(
                folder,
                site.session_id,
                services.clock,
                room_name=site.name,
                meter=services.journal_meter,
                commit_in_thread=False,
            )
        return cls(site, journal)

    def append(
        self,
        kind: str,
        body: Body,
        *,
        author: ParticipantId | None = None,
        audience: Audience = ALL,
    ) -> Entry:
        """Append, fold, push, and tell the plugins, in this order.

        Raises:
            JournalError: Nothing has changed.
        """
        entry = self.journal.append(author=author, kind=kind, body=body, audience=audience)
        self.state = self._fold.apply(self.state, entry)
        self.site.door.note(entry)
        self.delivery.push(entry)
        self._tell_plugins(entry)
        return entry

    def find_state(self, plugin: str) -> Any:  # The plugin's own type.
        """Return a plugin's state after the newest entry, for its policies."""
        try:
            return newest_state(self, plugin)
        except Exception:  # The plugin caller (E3): its own actor shall crash of it as well.
            self._tell_plugin(plugin, self.journal.entries(self.journal.last_seq - 1))
            raise

    def push_missed(self) -> None:
        """Push what a crash came between the journal and the clients."""
        for entry in self.journal.entries(self.delivery.pushed_seq):
            self.delivery.push(entry)
        self.delivery.settle(self.journal.durable_seq)

    def visible(self, seat: Seat, after_seq: int) -> list[Entry]:
        """Return what a participant may see of the entries above a seq."""
        return [entry for entry in self.journal.entries(after_seq) if seat.may_see(entry)]

    def needs_snapshot(self) -> bool:
        return self.state.seq - self._snapshot_seq >= SNAPSHOT_EVERY

    async def write_snapshot(self) -> None:
        """Keep the state in a file, so that a restart need not fold all entries."""
        seq, payload = self.state.seq, encode_snapshot(self.state)
        self._snapshot_seq = seq
        if self.site.services.uses_threads:
            await trio.to_thread.run_sync(self.journal.write_snapshot, seq, payload)
        else:
            self.journal.write_snapshot(seq, payload)

    async def aclose(self) -> None:
        """Make everything durable, answer those who waited for it, and close the file."""
        self.site.book = None
        await self.journal.aclose()
        self.delivery.settle(self.journal.durable_seq)

    def tell_speakers(self, participant_ids: tuple[ParticipantId, ...]) -> None:
        """Tell the plugins that want to know who is heard; the latest counts."""
        for plugin in self.site.template.plugins.plugins:
            ref = self.site.plugin(plugin.name) if "on_speakers" in plugin.observers else None
            if ref is not None:
                ref.tell(SpeakersHeard(participant_ids=participant_ids))

    def _tell_plugins(self, entry: Entry) -> None:
        is_turn = entry.seq % FOLD_EVERY == 0
        for plugin in self.site.template.plugins.plugins:
            if plugin.has_actor and (is_turn or plugin.follows(entry.kind)):
                self._tell_plugin(plugin.name, (entry,))

    def _tell_plugin(self, plugin: str, entries: Iterable[Entry]) -> None:
        ref = self.site.plugin(plugin)
        if ref is None:
            return
        try:
            ref.tell(EntriesAppended(entries=tuple(entries)))
        except MailboxFull:
            # It is busy with requests; it asks for what it missed before it shows its state.
            _log.warning("plugin.behind", plugin=plugin, room_id=self.site.room_id)


def _recover(journal: Journal, fold: RoomFold) -> tuple[RoomState, int]:
    snapshot = journal.latest_snapshot()
    state = fold.initial()
    if snapshot is not None:
        try:
            state = decode_snapshot(snapshot.state)
        except msgspec.DecodeError:
            _log.warning("room.snapshot_unreadable", session_id=journal.session_id)
            snapshot = None
    seq = snapshot.seq if snapshot is not None else 0
    for entry in journal.entries(seq):
        state = fold.apply(state, entry)
    return state, seq
