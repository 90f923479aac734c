"""Open sessions on disk: found by room name, whatever the name is."""

from pathlib import Path

import pytest

from emporion.actors.open_sessions import OpenSession, OpenSessions
from emporion.engine.ids import new_room_id, new_session_id


def session(name: str) -> OpenSession:
    return OpenSession(
        room_id=new_room_id(), session_id=new_session_id(), name=name, template="class"
    )


@pytest.mark.parametrize("name", ["shop", "../../etc/passwd", "秋季促销", "a" * 5000, "x/y\0z"])
def test_any_name_is_found_again(tmp_path: Path, name: str) -> None:
    opened = session(name)
    OpenSessions(tmp_path).add(opened)
    again = OpenSessions(tmp_path)
    assert again.find(name) == opened
    assert again.all() == [opened]
    again.remove(name)
    again.remove(name)
    assert again.find(name) is None
    assert again.all() == []


def test_unreadable_file_is_skipped_and_kept(tmp_path: Path) -> None:
    sessions = OpenSessions(tmp_path)
    sessions.add(session("shop"))
    broken = tmp_path / "rooms" / "broken.session"
    broken.write_bytes(b"no msgpack")
    assert [opened.name for opened in sessions.all()] == ["shop"]
    assert broken.exists()


def test_half_written_file_is_no_session(tmp_path: Path) -> None:
    sessions = OpenSessions(tmp_path)
    (tmp_path / "rooms" / "x.partial").write_bytes(b"half")
    assert sessions.all() == []
