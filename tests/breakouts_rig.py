"""Breakouts in a rehearsal: a main room with its merchants, and a group from inside."""

from typing import Any, Final

import pytest

from emporion.engine.errors import RequestDenied
from emporion.engine.ids import RoomId
from emporion.plugins.breakouts import Breakouts
from emporion.plugins.testing import RehearsalRoom
from emporion.plugins.views import ParticipantView

NAMES: Final = ["Tea", "Silk"]


class Class:
    """A rehearsed main room with a teacher and some merchants."""

    def __init__(self, *merchants: str) -> None:
        self.room = RehearsalRoom(Breakouts, name="breakouts")
        self.groups = self.room.groups
        self.teacher = self.room.join("ana", role="host")
        self.merchants = [self.room.join(name) for name in merchants]

    async def ask(self, person: ParticipantView, type: str, **body: Any) -> None:
        await self.room.request(person, type=type, **body)

    async def plan(self, by: str = "even", **options: Any) -> None:
        await self.ask(self.teacher, "plan", names=NAMES, by=by, **options)

    async def open(
        self, by: str = "even", *, duration_s: int | None = None, **options: Any
    ) -> None:
        await self.plan(by, **options)
        await self.ask(self.teacher, "open", duration_s=duration_s)
        for group_id, name in self.groups.names.items():
            body = {"group_id": group_id, "session_id": f"SE_{name}", "name": name}
            self.room.append("room.group_opened", body)

    def move(self, person: ParticipantView, group_id: RoomId | None) -> None:
        """Note what the room notes when somebody has moved."""
        self.room.append(
            "room.participant_moved",
            {
                "participant_id": person.participant_id,
                "identity": person.identity,
                "name": person.name,
                "role": person.role,
                "group_id": group_id,
            },
        )

    async def refusal(self, person: ParticipantView, type: str, **body: Any) -> str:
        before = len(self.room.entries), len(self.groups.moves), len(self.groups.appended)
        with pytest.raises(RequestDenied) as refused:
            await self.ask(person, type, **body)
        after = len(self.room.entries), len(self.groups.moves), len(self.groups.appended)
        assert before == after, "a refused request changes nothing"
        return refused.value.code

    def sent(self) -> dict[str, str | None]:
        """Who was sent to which group, by identity; the last time counts."""
        names = {p.participant_id: p.identity for p in self.room.room.participants.values()}
        return {
            names[person]: self.groups.names.get(group_id) if group_id else None
            for person, group_id in self.groups.moves
            if person in names
        }


def inside(*, may_return: bool = True) -> tuple[RehearsalRoom, ParticipantView, ParticipantView]:
    """A rehearsed group with a teacher on a visit and a merchant."""
    room = RehearsalRoom(Breakouts, name="breakouts")
    room.groups.own_id = RoomId("RM_tea")
    groups = [
        {"number": 1, "name": "Tea", "group_id": "RM_tea"},
        {"number": 2, "name": "Silk", "group_id": "RM_silk"},
    ]
    room.append(
        "breakouts.begun",
        {
            "number": 1,
            "name": "Tea",
            "groups": groups,
            "may_return": may_return,
            "left_us": 60_000_000,
        },
    )
    return room, room.join("ana", role="host"), room.join("li")


def lose(c: Class, name: str) -> None:
    """Let a group break down, as the room notes it."""
    gone = group_id(c, name)
    del c.groups.names[gone]
    body = {"group_id": gone, "session_id": f"SE_{name}", "name": name, "cause": "crashed"}
    c.room.append("room.group_closed", body)


def group_id(c: Class, name: str) -> RoomId:
    return next(key for key, its_name in c.groups.names.items() if its_name == name)
