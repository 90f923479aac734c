"""The files of a session are removed so many days after its end, and never before."""

import os
from dataclasses import dataclass
from pathlib import Path

import pytest

from emporion.actors.file_service import FileService
from emporion.actors.open_sessions import OpenSession, OpenSessions
from emporion.actors.retention import DAY_S, Retention
from emporion.engine.config import FilesConfig
from emporion.engine.ids import RoomId, SessionId


@dataclass
class FakeClock:
    """Stands still."""

    unix: float

    def now_s(self) -> float:
        return 0.0

    def unix_s(self) -> float:
        return self.unix


ENDED_AT = 1_700_000_000.0
OLD = SessionId("SE_old")


def place(folder: Path, session: str, *, ended_at: float = ENDED_AT, journal: bool = True) -> Path:
    """Make a session with one file and its pages."""
    files = folder / "files" / session
    (files / "FI_1.pages").mkdir(parents=True)
    (files / "FI_1").write_bytes(bytes(100))
    (files / "FI_1.pages" / "1-screen.webp").write_bytes(bytes(50))
    last = files
    if journal:
        last = folder / "sessions" / f"{session}.journal"
        last.parent.mkdir(exist_ok=True)
        last.write_bytes(b"journal")
    os.utime(last, (ended_at, ended_at))
    return files


def retention(folder: Path, days: float, *, keep_days: float = 30.0) -> Retention:
    """Make one that looks so many days after the end."""
    limits = FilesConfig(keep_days=keep_days)
    files = FileService.at(folder / "files", limits, uses_threads=False)
    return Retention(files, folder, FakeClock(ENDED_AT + days * DAY_S))


@pytest.mark.parametrize("journal", [True, False])
@pytest.mark.parametrize(("days", "is_kept"), [(29.9, True), (30.1, False)])
async def test_files_go_after_their_time(
    tmp_path: Path, days: float, is_kept: bool, journal: bool
) -> None:
    folder = place(tmp_path, OLD, journal=journal)
    assert await retention(tmp_path, days).sweep() == (not is_kept)
    assert folder.exists() == is_kept


async def test_the_journal_stays(tmp_path: Path) -> None:
    place(tmp_path, OLD)
    await retention(tmp_path, 31).sweep()
    assert (tmp_path / "sessions" / f"{OLD}.journal").read_bytes() == b"journal"


async def test_zero_days_are_for_ever(tmp_path: Path) -> None:
    folder = place(tmp_path, OLD)
    assert await retention(tmp_path, 10_000, keep_days=0).sweep() == 0
    assert folder.exists()


async def test_an_open_session_keeps_its_files_however_old(tmp_path: Path) -> None:
    running, waiting = place(tmp_path, "SE_running"), place(tmp_path, "SE_waiting")
    old = place(tmp_path, OLD)
    keeper = retention(tmp_path, 400)
    keeper.files.open_sessions.add(SessionId("SE_running"))
    # It was open when the node ended, and nobody has come back yet.
    OpenSessions(tmp_path).add(
        OpenSession(
            room_id=RoomId("RM_1"), session_id=SessionId("SE_waiting"), name="x", template="class"
        )
    )
    assert await keeper.sweep() == 1
    assert (running.exists(), waiting.exists(), old.exists()) == (True, True, False)


async def test_the_node_knows_what_all_sessions_take(tmp_path: Path) -> None:
    place(tmp_path, OLD)
    place(tmp_path, "SE_new", ended_at=ENDED_AT + 30 * DAY_S)
    keeper = retention(tmp_path, 31)
    store = keeper.files.store
    await store.scan()
    assert store.usage.total_bytes == 300
    assert (store.usage.bytes_of(OLD), store.usage.page_bytes_of(OLD)) == (150, 50)
    await keeper.sweep()
    assert store.usage.total_bytes == 150
