"""`Groups` of the plugin API, over the house that a room belongs to."""

from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import Any, Final, TypeVar

import msgspec
import trio

from ..engine.errors import ActorGone, JournalError, RequestDenied
from ..engine.ids import FileId, ParticipantId, RoomId, SessionId
from ..engine.journal import ALL, RECORD_ONLY, Audience, Entry, Fold, fold_entries, read_journal
from ..plugins.views import FileView
from . import entries
from .groups import NO_ENTRIES, House
from .policy_states import newest_state
from .room_messages import AppendEntry
from .room_state import RoomFold, RoomState
from .site import RoomSite

MAX_ENTRIES: Final = 200  # Of one group at once, as `PluginContext.entries_at`.

S = TypeVar("S")
A = TypeVar("A")
_encoder = msgspec.msgpack.Encoder()


class PluginGroups:
    """See `plugins.grouping.Groups`."""

    def __init__(
        self,
        site: RoomSite,
        plugin: str,
        author: ParticipantId | None,
        *,
        fold: Fold[Any] | None,  # Any: the plugin's own state.
        room_state: RoomState,
    ) -> None:
        self._site = site
        self._plugin = plugin
        self._author = author
        self._fold = fold
        self._room_state = room_state

    @property
    def own_id(self) -> RoomId | None:
        return self._site.room_id if self._site.main is not None else None

    async def open(self, name: str) -> RoomId:
        self._check_main()
        return await self._house.open(name)

    async def close(self, group_id: RoomId) -> bool:
        self._check_main()
        return await self._house.close(group_id)

    async def rename(self, group_id: RoomId, name: str) -> None:
        self._check_main()
        await self._house.rename(group_id, name)

    def move(self, participant_id: ParticipantId, group_id: RoomId | None) -> None:
        self._house.move(participant_id, group_id or self._site.home.room_id)

    def speak_to_all(self, participant_ids: frozenset[ParticipantId]) -> None:
        self._check_main()
        self._house.speak_to_all(participant_ids)

    async def state_of(self, group_id: RoomId) -> Any:  # The plugin's own type.
        self._check_main()
        if self._fold is None:
            raise AttributeError(f"{self._plugin} has no fold")
        site = self._site.groups.get(group_id)
        if site is not None:
            if site.book is None:
                raise ActorGone(f"room {group_id} restarts")
            return newest_state(site.book, self._plugin)
        known = self._house.known_state(group_id, self._plugin)
        if known is None:
            known = await self._fold_journal(self._fold, self._closed_session(group_id))
            self._house.keep_state(group_id, self._plugin, known)
        return known

    async def entries_at(self, group_id: RoomId, seqs: Sequence[int]) -> Sequence[Entry]:
        self._check_main()
        if len(seqs) > MAX_ENTRIES:
            raise ValueError(f"at most {MAX_ENTRIES} entries at once, not {len(seqs)}")
        if not seqs:
            return ()
        site = self._site.groups.get(group_id)
        session_id = self._closed_session(group_id) if site is None else site.session_id
        return await self._read(_pick_entries, frozenset(seqs), session_id)

    async def bring_files(self, group_id: RoomId, file_ids: Collection[FileId]) -> None:
        self._check_main()
        wanted = [file_id for file_id in file_ids if file_id not in self._room_state.files]
        if not wanted:
            return
        site = self._site.groups.get(group_id)
        if site is not None:
            session_id = site.session_id
            found = [site.find_file(file_id) for file_id in wanted]
        else:
            session_id = self._closed_session(group_id)
            group = await self._fold_journal(RoomFold(), session_id)
            found = [group.files.get(file_id) for file_id in wanted]
        files = [view for view in found if view is not None]
        if len(files) < len(wanted):
            raise RequestDenied("There is no such file in the group.", code="files.unknown")
        self._check_quota(files)
        store = self._site.services.files.store
        for view in files:
            await store.link(session_id, self._site.session_id, view.file_id)
            body = entries.FileAddedBody(file=view)
            await self._append(self._site.room_id, entries.FILE_ADDED, body, RECORD_ONLY)

    async def append(
        self,
        group_id: RoomId | None,
        event: str,
        body: msgspec.Struct | dict[str, Any],  # Any: whatever msgpack can encode.
        *,
        audience: Audience = ALL,
    ) -> None:
        room_id = group_id or self._site.home.room_id
        await self._append(room_id, f"{self._plugin}.{event}", body, audience)

    async def _append(
        self,
        room_id: RoomId,
        kind: str,
        body: msgspec.Struct | dict[str, Any],  # Any: whatever msgpack can encode.
        audience: Audience,
    ) -> None:
        await self._house.append(
            room_id,
            AppendEntry(
                author=self._author,
                kind=kind,
                body=msgspec.Raw(_encoder.encode(body)),
                audience=audience,
                after_seq=NO_ENTRIES,
            ),
        )

    async def _fold_journal(self, fold: Fold[S], session_id: SessionId) -> S:
        return await self._read(_fold_file, fold, session_id)

    async def _read(self, read: Callable[[A, Path], S], what: A, session_id: SessionId) -> S:
        services = self._site.services
        path = services.data_dir / "sessions" / f"{session_id}.journal"
        if services.uses_threads:
            return await trio.to_thread.run_sync(read, what, path)
        return read(what, path)

    def _closed_session(self, group_id: RoomId) -> SessionId:
        group = self._room_state.closed_groups.get(group_id)
        if group is None:
            raise RequestDenied("There is no such group.", code="groups.unknown")
        return group.session_id

    def _check_quota(self, files: Collection[FileView]) -> None:
        limits = self._site.services.files.limits
        there = self._room_state.files.values()
        size_bytes = sum(file.size_bytes for file in (*there, *files))
        if len(there) + len(files) > limits.session_files or size_bytes > limits.session_bytes:
            raise RequestDenied(
                "There is no place left for more files in this session.",
                code="files.quota_exceeded",
            )

    def _check_main(self) -> None:
        if self._site.main is not None:
            raise RequestDenied("This room is a group itself.", code="groups.nested")

    @property
    def _house(self) -> House:
        house = self._site.home.house
        if house is None:
            raise ActorGone(f"room {self._site.room_id} is not open")
        return house


def _fold_file(fold: Fold[S], path: Path) -> S:
    try:
        return fold_entries(fold, read_journal(path))
    except OSError as error:
        raise JournalError(f"{path} cannot be read: {error}") from error
    except JournalError:
        raise
    except Exception as error:  # What broke the group must not break the main room (E3).
        raise JournalError(f"{path} cannot be folded: {error!r}") from error


def _pick_entries(seqs: frozenset[int], path: Path) -> tuple[Entry, ...]:
    last = max(seqs)
    found = []
    try:
        for entry in read_journal(path):
            if entry.seq in seqs:
                found.append(entry)
            if entry.seq >= last:
                break
    except OSError as error:
        raise JournalError(f"{path} cannot be read: {error}") from error
    return tuple(found)
