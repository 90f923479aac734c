"""Removes the files of sessions that ended long ago; their journals, which are the record, stay."""

from pathlib import Path
from typing import Final

import structlog
import trio

from ..engine.clock import Clock
from ..engine.ids import SessionId
from .file_service import FileService
from .open_sessions import OpenSessions

SWEEP_EVERY_S: Final = 3600.0
DAY_S: Final = 86_400.0

_log = structlog.get_logger()


class Retention:
    """One task of a node.

    A session has ended when it is in no list of open ones; when, its journal's last entry says.
    """

    def __init__(self, files: FileService, data_dir: Path, clock: Clock) -> None:
        self.files = files
        self._journals = data_dir / "sessions"
        self._open_sessions = OpenSessions(data_dir)
        self._clock = clock

    async def run(self) -> None:
        """Look what is on disk, then sweep once an hour, for ever."""
        has_scanned = False
        while True:
            try:
                if not has_scanned:
                    await self.files.store.scan()
                    has_scanned = True
                await self.sweep()
            except OSError:  # A disk in trouble is none of the node's other work (E3).
                _log.exception("files.sweep_failed")
            await trio.sleep(SWEEP_EVERY_S)

    async def sweep(self) -> int:
        """Remove what is old enough; return of how many sessions."""
        keep_s = self.files.limits.keep_days * DAY_S
        if not keep_s:
            return 0
        store = self.files.store
        swept = 0
        for session_id in await store.on_disk(lambda: self._ended_before(keep_s)):
            if session_id in self.files.open_sessions:
                continue
            await store.remove_session(session_id)
            swept += 1
            _log.info("files.session_removed", session_id=session_id)
        return swept

    def _ended_before(self, keep_s: float) -> list[SessionId]:
        is_open = {session.session_id for session in self._open_sessions.all()}
        ended = [one for one in self.files.store.sessions_on_disk() if one not in is_open]
        return [one for one in ended if self._clock.unix_s() - self._ended_at_unix_s(one) > keep_s]

    def _ended_at_unix_s(self, session_id: SessionId) -> float:
        journal = self._journals / f"{session_id}.journal"
        path = journal if journal.exists() else self.files.store.folder_of(session_id)
        return path.stat().st_mtime
