"""The file desk finds files in all rooms of a house, and for nobody else."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from emporion.actors.file_desk import FileDesk
from emporion.actors.file_service import FileService
from emporion.actors.file_tickets import FilePass, FileTickets
from emporion.engine.errors import RequestDenied
from emporion.engine.ids import FileId, ParticipantId, SessionId
from emporion.plugins.views import FileView

ANA = ParticipantId("PA_ana")


@dataclass
class FakeSite:
    """What the desk needs of a `RoomSite`."""

    session_id: SessionId
    files: dict[FileId, FileView] = field(default_factory=dict)
    rooms: tuple["FakeSite", ...] = ()

    def find_file(self, file_id: FileId) -> FileView | None:
        return self.files.get(file_id)


@dataclass
class FakeServices:
    files: FileService


def a_file(name: str) -> dict[FileId, FileView]:
    view = FileView(
        file_id=FileId(name),
        name=name,
        media_type="image/png",
        size_bytes=1,
        owner="ana",
        purpose="chat",
    )
    return {view.file_id: view}


def desk_for(site: Any, folder: Path) -> tuple[FileDesk, str]:
    services: Any = FakeServices(FileService.at(folder))
    ticket = services.files.tickets.issue(FilePass(site, ANA, "ana"))
    return FileDesk(services), ticket


def test_a_file_of_a_group_is_found_from_the_main_room_and_the_other_way(tmp_path: Path) -> None:
    main = FakeSite(SessionId("SE_main"), a_file("FI_main"))
    group = FakeSite(SessionId("SE_group"), a_file("FI_group"))
    main.rooms = group.rooms = (main, group)
    for site in (main, group):
        desk, ticket = desk_for(site, tmp_path)
        assert desk.find(ticket, "FI_main").path == tmp_path / "SE_main" / "FI_main"
        assert desk.find(ticket, "FI_group").path == tmp_path / "SE_group" / "FI_group"
        page = desk.find_page(ticket, "FI_group", 2, "thumb")
        assert page == tmp_path / "SE_group" / "FI_group.pages" / "2-thumb.webp"


def test_a_file_of_another_house_is_unknown(tmp_path: Path) -> None:
    site = FakeSite(SessionId("SE_1"))
    site.rooms = (site,)
    desk, ticket = desk_for(site, tmp_path)
    for wrong, code in ((ticket, "files.unknown"), ("guessed", "files.no_ticket")):
        with pytest.raises(RequestDenied) as refused:
            desk.find(wrong, "FI_1")
        assert refused.value.code == code


def test_a_ticket_stays_the_same_for_a_stay_and_follows_to_another_room() -> None:
    main: Any = FakeSite(SessionId("SE_main"))
    group: Any = FakeSite(SessionId("SE_group"))
    tickets = FileTickets()
    ticket = tickets.issue(FilePass(main, ANA, "ana"))
    assert tickets.issue(FilePass(group, ANA, "ana")) == ticket
    found = tickets.pass_of(ticket)
    assert found is not None
    assert found.site is group
    tickets.forget(ANA)
    tickets.forget(ANA)
    assert (tickets.pass_of(ticket), len(tickets)) == (None, 0)
    assert tickets.issue(FilePass(main, ANA, "ana")) != ticket
