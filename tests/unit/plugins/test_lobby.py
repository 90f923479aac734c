"""The lobby: who may come in, who waits, who is kept out, and what hosts may do about it."""

from typing import Any

import pytest

from emporion.engine.errors import RequestDenied
from emporion.plugins.lobby import MAX_BANNED, MAX_REFUSALS, SHOWN_WAITING, Lobby
from emporion.plugins.lobby_state import RECENT_CHANGES
from emporion.plugins.testing import RehearsalDenied, RehearsalRoom, RehearsalWaits, check_plugin

WAITING_ROOM: dict[str, Any] = {"waiting_room": ["class"]}


def lobby(**options: Any) -> RehearsalRoom:
    room = RehearsalRoom(Lobby, options, name="lobby")
    room.append("room.opened", {"room_id": "RM_1", "name": "shop", "template": "class"})
    return room


def knock(room: RehearsalRoom, identity: str, **kwargs: Any) -> str:
    """Come to the door; returns the waiting id. The code says what for."""
    with pytest.raises(RehearsalWaits):
        room.join(identity, **kwargs)
    return wait_as_room(room, identity, kwargs.get("role", "merchant"))


def wait_as_room(room: RehearsalRoom, identity: str, role: str = "merchant") -> str:
    waiting_id = f"WA_{identity}"
    body = {"waiting_id": waiting_id, "identity": identity, "name": identity.title(), "role": role}
    room.append("room.join_waiting", body)
    return waiting_id


def end_waiting(room: RehearsalRoom, waiting_id: str, cause: str) -> None:
    room.append("room.join_waiting_ended", {"waiting_id": waiting_id, "cause": cause})


def waits_for(room: RehearsalRoom, identity: str, **kwargs: Any) -> str:
    with pytest.raises(RehearsalWaits) as waits:
        room.join(identity, **kwargs)
    return waits.value.wait.code


def denied(room: RehearsalRoom, identity: str, **kwargs: Any) -> str:
    with pytest.raises(RehearsalDenied) as refused:
        room.join(identity, **kwargs)
    return refused.value.denial.code


async def refusal(room: RehearsalRoom, person: Any, **body: Any) -> str:
    before = len(room.entries)
    with pytest.raises(RequestDenied) as refused:
        await room.request(person, **body)
    assert len(room.entries) == before, "a refused request changes nothing"
    return refused.value.code


def test_keeps_the_contract() -> None:
    check_plugin(Lobby, name="lobby")


# -- who may come in ---------------------------------------------------------------------------


def test_everybody_comes_in_unless_the_options_say_otherwise() -> None:
    room = lobby()
    room.join("li")
    room.join("ana", role="host")


def test_the_waiting_room_is_for_merchants_of_the_named_templates() -> None:
    room = lobby(**WAITING_ROOM)
    room.join("ana", role="host")
    room.join("bo", role="assistant")
    room.join("pat", role="observer", hidden=True)
    assert waits_for(room, "li") == "lobby.waiting_room"
    other = lobby(waiting_room=["guidance"])
    other.join("li")


def test_hosts_come_in_first() -> None:
    room = lobby(hosts_first=["class"])
    assert waits_for(room, "li") == "lobby.no_host"
    ana = room.join("ana", role="host")
    li = room.join("li")
    room.leave(ana)
    assert waits_for(room, "mo") == "lobby.no_host"
    room.leave(li)
    room.join("li")  # Who has been in need not wait again.


async def test_admitted_one_comes_in_and_the_other_waits() -> None:
    room = lobby(**WAITING_ROOM)
    ana = room.join("ana", role="host")
    li, mo = knock(room, "li"), knock(room, "mo")
    (entry,) = await room.request(ana, type="admit", waiting_ids=[li])
    assert (entry.kind, entry.audience.scope) == ("lobby.admitted", "hosts")
    end_waiting(room, li, "admitted")
    room.join("li")
    assert waits_for(room, "mo") == "lobby.waiting_room"
    assert [k["waiting_id"] for k in room.view(ana)["waiting"]] == [mo]
    assert await room.request(ana, type="admit", waiting_ids=[mo])
    assert await room.request(ana, type="admit", waiting_ids=[mo]) == [], "once is enough"


async def test_all_are_admitted_but_who_was_removed() -> None:
    room = lobby(**WAITING_ROOM)
    ana = room.join("ana", role="host")
    for n in range(450):
        wait_as_room(room, f"p{n}")
    gone = wait_as_room(room, "gone")
    await room.request(ana, type="admit", waiting_ids=[gone])
    await room.request(ana, type="remove", participant_id=room.join("gone").participant_id)
    wait_as_room(room, "gone")
    made = await room.request(ana, type="admit_all")
    assert len(made) == 3, "no entry grows without bound"
    room.join("p0")
    room.join("p449")
    assert waits_for(room, "gone") == "lobby.removed"


async def test_refused_is_told_why_and_the_third_time_for_good() -> None:
    room = lobby(**WAITING_ROOM)
    ana = room.join("ana", role="host")
    for _ in range(MAX_REFUSALS):
        waiting_id = knock(room, "li")
        await room.request(ana, type="refuse", waiting_id=waiting_id, message=" Not today. ")
        with pytest.raises(RehearsalDenied) as refused:
            room.join("li")
        assert (refused.value.denial.code, refused.value.denial.message) == (
            "lobby.refused",
            "Not today.",
        )
        end_waiting(room, waiting_id, "refused")
    assert denied(room, "li") == "lobby.refused"
    assert room.view(ana)["waiting_total"] == 0


async def test_removed_one_waits_until_it_is_admitted_again() -> None:
    room = lobby()
    ana, li = room.join("ana", role="host"), room.join("li")
    await room.request(ana, type="remove", participant_id=li.participant_id)
    assert room.removed == [(li.participant_id, "removed")]
    waiting_id = knock(room, "li")
    (shown,) = room.view(ana)["waiting"]
    assert shown["was_removed"] is True
    await room.request(ana, type="admit", waiting_ids=[waiting_id])
    end_waiting(room, waiting_id, "admitted")
    room.leave(room.join("li"))
    room.join("li")


def test_removed_by_the_rooms_own_request_waits_too() -> None:
    room = lobby()
    room.join("ana", role="host")
    room.leave(room.join("li"), cause="removed")
    assert waits_for(room, "li") == "lobby.removed"
    room.leave(room.join("bo", role="host"), cause="removed")
    assert waits_for(room, "bo", role="host") == "lobby.removed"


def test_removed_host_comes_in_where_nobody_could_admit_it() -> None:
    room = lobby()
    ana = room.join("ana", role="host")
    room.leave(room.join("bo", role="host"), cause="removed")
    room.leave(ana)
    room.join("bo", role="host")


async def test_banned_by_identity_until_unbanned() -> None:
    room = lobby()
    ana, li = room.join("ana", role="host"), room.join("li")
    await room.request(ana, type="ban", identity="li")
    assert room.removed == [(li.participant_id, "banned")]
    assert denied(room, "li") == "lobby.banned"
    assert room.view(ana)["banned"] == [{"identity": "li", "name": "Li"}]
    await room.request(ana, type="unban", identity="li")
    assert room.view(ana)["banned_total"] == 0
    room.join("li")


async def test_banned_at_the_door_keeps_its_name() -> None:
    room = lobby(**WAITING_ROOM)
    ana = room.join("ana", role="host")
    waiting_id = knock(room, "li")
    await room.request(ana, type="ban", identity="li")
    assert denied(room, "li") == "lobby.banned"
    end_waiting(room, waiting_id, "refused")
    await room.request(ana, type="ban", identity="never-seen")
    assert [b["name"] for b in room.view(ana)["banned"]] == ["Li", "never-seen"]


async def test_locked_room_takes_nobody_new() -> None:
    room = lobby(**WAITING_ROOM)
    ana = room.join("ana", role="host")
    waiting_id = knock(room, "mo")
    li = knock(room, "li")
    await room.request(ana, type="admit", waiting_ids=[li])
    end_waiting(room, li, "admitted")
    known = room.join("li")
    await room.request(ana, type="change_settings", locked=True)
    assert denied(room, "new") == "lobby.locked"
    assert waits_for(room, "mo") == "lobby.waiting_room", "who waits already is not cut off"
    room.leave(known)
    room.join("li")
    room.join("pat", role="observer", hidden=True)
    await room.request(ana, type="admit", waiting_ids=[waiting_id])
    room.join("mo")


async def test_capacity_counts_whom_people_see() -> None:
    room = lobby()
    ana = room.join("ana", role="host")
    room.join("pat", role="observer", hidden=True)
    await room.request(ana, type="change_settings", capacity=2)
    li = room.join("li")
    with pytest.raises(RehearsalWaits) as waits:
        room.join("mo")
    assert (waits.value.wait.code, waits.value.wait.places) == ("lobby.full", 2)
    room.join("bo", role="host")
    waiting_id = wait_as_room(room, "mo")
    await room.request(ana, type="admit", waiting_ids=[waiting_id])
    room.join("mo")  # A host's word goes before the host's own limit.
    room.join("li")  # Its reload takes no second place.
    room.leave(li)
    await room.request(ana, type="change_settings", capacity=None)
    room.join("nu")


# -- what hosts see ----------------------------------------------------------------------------


async def test_patrol_is_shown_to_hosts_by_option_only() -> None:
    room = lobby()
    ana = room.join("ana", role="host")
    patrol = room.join("pat", role="observer", hidden=True)
    assert room.view(ana)["patrols"] == []
    await room.request(ana, type="change_settings", shows_patrol=True)
    assert room.view(ana)["patrols"] == ["Pat"]
    room.leave(patrol)
    assert room.view(ana)["patrols"] == []


async def test_merchants_are_shown_nothing() -> None:
    room = lobby(**WAITING_ROOM)
    ana = room.join("ana", role="host")
    li = knock(room, "li")
    await room.request(ana, type="admit", waiting_ids=[li])
    merchant = room.join("li")
    knock(room, "mo")
    assert room.view(merchant) == {}
    assert room.summary(is_host=False) == {}
    assert room.summary(is_host=True) == room.view(ana)


def test_five_thousand_at_the_door_are_shown_in_a_bounded_summary() -> None:
    room = lobby(**WAITING_ROOM)
    ana = room.join("ana", role="host")
    for n in range(5_000):
        wait_as_room(room, f"p{n}")
    view = room.view(ana)
    assert view["waiting_total"] == 5_000
    assert [k["identity"] for k in view["waiting"]] == [f"p{n}" for n in range(SHOWN_WAITING)]


async def test_unchanged_settings_make_no_entry() -> None:
    room = lobby(**WAITING_ROOM)
    ana = room.join("ana", role="host")
    assert await room.request(ana, type="change_settings", waiting_room=True) == []
    (entry,) = await room.request(ana, type="change_settings", hosts_first=True)
    assert entry.kind == "lobby.settings_changed"
    settings = room.view(ana)["settings"]
    assert (settings["waiting_room"], settings["hosts_first"]) == (True, True)


async def test_a_fresh_fold_ends_in_the_same_state() -> None:
    room = lobby(**WAITING_ROOM)
    ana = room.join("ana", role="host")
    await room.request(ana, type="admit", waiting_ids=[knock(room, "li")])
    await room.request(ana, type="ban", identity="mo")
    assert room.replayed() == room.state


# -- what is refused ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        {"type": "admit", "waiting_ids": ["WA_x"]},
        {"type": "admit_all"},
        {"type": "refuse", "waiting_id": "WA_x"},
        {"type": "remove", "participant_id": "PA_x"},
        {"type": "ban", "identity": "x"},
        {"type": "unban", "identity": "x"},
        {"type": "change_settings", "locked": True},
    ],
    ids=lambda body: body["type"],
)
async def test_merchants_and_observers_may_do_nothing(body: dict[str, Any]) -> None:
    room = lobby()
    room.join("ana", role="host")
    assert await refusal(room, room.join("li"), **body) == "lobby.hosts_only"
    patrol = room.join("pat", role="observer", hidden=True)
    assert await refusal(room, patrol, **body) == "lobby.hosts_only"


async def test_what_makes_no_sense_is_refused_by_code() -> None:
    room = lobby()
    ana, bo = room.join("ana", role="host"), room.join("bo", role="assistant")
    patrol = room.join("pat", role="observer", hidden=True)
    assert await refusal(room, bo, type="admit", waiting_ids=["WA_x"]) == "lobby.not_waiting"
    assert await refusal(room, bo, type="refuse", waiting_id="WA_x") == "lobby.not_waiting"
    hidden = {"type": "remove", "participant_id": patrol.participant_id}
    assert await refusal(room, ana, **hidden) == "lobby.unknown_participant"
    host = {"type": "remove", "participant_id": ana.participant_id}
    assert await refusal(room, bo, **host) == "lobby.is_host"
    assert await refusal(room, bo, type="ban", identity="ana") == "lobby.is_host"
    assert await refusal(room, bo, type="unban", identity="li") == "lobby.not_banned"
    await room.request(bo, type="ban", identity="li")
    assert await refusal(room, bo, type="ban", identity="li") == "lobby.banned_already"


async def test_bans_and_the_rate_of_changes_are_bounded() -> None:
    room = lobby()
    ana = room.join("ana", role="host")
    for n in range(MAX_BANNED):
        room.now_us += 1_000_000
        await room.request(ana, type="ban", identity=f"p{n}")
    assert await refusal(room, ana, type="ban", identity="one more") == "lobby.too_many_bans"
    room.now_us += 60_000_000
    for n in range(RECENT_CHANGES):
        await room.request(ana, type="change_settings", locked=n % 2 == 0)
    assert await refusal(room, ana, type="change_settings", locked=True) == "lobby.rate_limited"
    room.now_us += 10_000_001
    await room.request(ana, type="change_settings", locked=True)
