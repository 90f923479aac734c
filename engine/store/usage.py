"""How much the files of each session take on disk, rendered pages included: a book, sans-IO."""

from collections.abc import Collection, Mapping

from ..ids import SessionId

PAGES: str = ".pages"  # Ends the name of the folder with a file's rendered pages.


class DiskUsage:
    """Kept by whoever changes the disk; `replace` sets it right from what is there."""

    def __init__(self) -> None:
        self._sessions: dict[SessionId, dict[str, int]] = {}
        self._total_bytes = 0

    @property
    def total_bytes(self) -> int:
        """Of all sessions of the node."""
        return self._total_bytes

    def bytes_of(self, session_id: SessionId) -> int:
        """Of all files of a session and their pages."""
        return sum(self._sessions.get(session_id, {}).values())

    def page_bytes_of(self, session_id: SessionId) -> int:
        """Of the rendered pages of a session."""
        names = self._sessions.get(session_id, {})
        return sum(size for name, size in names.items() if name.endswith(PAGES))

    def add(self, session_id: SessionId, name: str, size_bytes: int) -> None:
        """Something in a session's folder has become larger, or is new."""
        names = self._sessions.setdefault(session_id, {})
        names[name] = names.get(name, 0) + size_bytes
        self._total_bytes += size_bytes

    def drop(self, session_id: SessionId, *names: str) -> None:
        """Something is not there any more."""
        known = self._sessions.get(session_id, {})
        self._total_bytes -= sum(known.pop(name, 0) for name in names)
        if not known:
            self._sessions.pop(session_id, None)

    def drop_session(self, session_id: SessionId) -> None:
        self.drop(session_id, *self._sessions.get(session_id, {}))

    def replace(self, session_id: SessionId, sizes: Mapping[str, int]) -> None:
        """Set what is in a session's folder."""
        self.drop_session(session_id)
        for name, size_bytes in sizes.items():
            self.add(session_id, name, size_bytes)

    def sessions(self) -> Collection[SessionId]:
        return self._sessions.keys()
