"""Which rooms have an open session, kept on disk: what a node that was killed opens again."""

import hashlib
import os
from pathlib import Path

import msgspec
import structlog

from ..engine.ids import RoomId, SessionId

_log = structlog.get_logger()


class OpenSession(msgspec.Struct, frozen=True, kw_only=True):
    """A room whose session was not closed."""

    room_id: RoomId
    session_id: SessionId
    name: str
    template: str


_decoder = msgspec.msgpack.Decoder(OpenSession)
_encoder = msgspec.msgpack.Encoder()


class OpenSessions:
    """One small file for each; written whole, so that a crash leaves the old or the new one."""

    def __init__(self, data_dir: Path) -> None:
        self._folder = data_dir / "rooms"
        self._folder.mkdir(parents=True, exist_ok=True)
        (data_dir / "sessions").mkdir(parents=True, exist_ok=True)

    def find(self, name: str) -> OpenSession | None:
        """Return the open session of the room of this name; None if there is none."""
        return _read(self._path(name))

    def add(self, session: OpenSession) -> None:
        """Note an opened session; durable when this returns."""
        path = self._path(session.name)
        partial = path.with_suffix(".partial")
        with partial.open("wb") as file:
            file.write(_encoder.encode(session))
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
        _sync_folder(self._folder)

    def remove(self, name: str) -> None:
        """Note that the session was closed."""
        self._path(name).unlink(missing_ok=True)
        _sync_folder(self._folder)

    def all(self) -> list[OpenSession]:
        """Return all open sessions; an unreadable file is logged and left as it is."""
        paths = sorted(self._folder.glob("*.session"))
        return [session for path in paths if (session := _read(path)) is not None]

    def _path(self, name: str) -> Path:
        # A room's name is anything; a file's name is not.
        return self._folder / f"{hashlib.sha256(name.encode()).hexdigest()[:40]}.session"


def _read(path: Path) -> OpenSession | None:
    try:
        return _decoder.decode(path.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, msgspec.DecodeError):
        _log.exception("room.session_file_unreadable", path=str(path))
        return None


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
