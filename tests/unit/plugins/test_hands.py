"""The floor: who waits in which order, who is called up, who is muted, what each is shown."""

import time
from typing import Any

import msgspec
import pytest

from emporion.engine.errors import RequestDenied
from emporion.engine.media import Source
from emporion.plugins.api import Entry
from emporion.plugins.hands import Hands
from emporion.plugins.testing import RehearsalDenied, RehearsalRoom, check_plugin

SECOND = 1_000_000


def room(**options: object) -> RehearsalRoom:
    return RehearsalRoom(Hands, options, name="hands")


async def raise_hand(hands: RehearsalRoom, person: Any, reason: str = "") -> None:
    hands.now_us += SECOND
    await hands.request(person, type="raise_hand", reason=reason)


async def refusal(hands: RehearsalRoom, person: Any, **body: object) -> str:
    before = len(hands.entries)
    with pytest.raises(RequestDenied) as refused:
        await hands.request(person, **body)
    assert len(hands.entries) == before, "a refusal changes nothing"
    return refused.value.code


def names(hands: RehearsalRoom, *, is_host: bool = True) -> list[str]:
    return [hand["name"] for hand in hands.summary(is_host=is_host)["first"]]


def test_keeps_the_contract() -> None:
    check_plugin(Hands, name="hands")


# -- the queue -----------------------------------------------------------------------------------


async def test_queue_is_in_the_order_of_the_journal() -> None:
    hands = room()
    li, mo, ana = hands.join("li"), hands.join("mo"), hands.join("ana", role="host")
    await raise_hand(hands, mo, "My shop")
    await raise_hand(hands, li)
    (first, second) = hands.summary(is_host=True)["first"]
    assert (first["name"], first["reason"], first["at_us"]) == ("Mo", "My shop", SECOND)
    assert (second["name"], second.get("reason")) == ("Li", None)
    assert hands.view(ana)["queue"]["total"] == 2


async def test_reasons_are_for_hosts_and_for_oneself() -> None:
    hands = room()
    li, mo = hands.join("li"), hands.join("mo")
    await raise_hand(hands, mo, "My shop")
    assert "reason" not in hands.view(li)["queue"]["first"][0]
    assert hands.view(mo)["hand"]["reason"] == "My shop"
    assert hands.view(li)["hand"] is None
    (entry,) = [e for e in hands.entries if e.kind == "hands.raised"]
    assert entry.audience.people == (mo.participant_id,), "others are told by the summary"


async def test_viewers_are_shown_few_of_many() -> None:
    hands = room()
    for number in range(150):
        await raise_hand(hands, hands.join(f"p{number}"))
    seen = hands.summary(is_host=False)
    assert (seen["total"], len(seen["first"]), len(seen["before"])) == (150, 5, 100)
    assert seen["before"] == sorted(seen["before"])
    host = hands.summary(is_host=True)
    assert (host["total"], len(host["first"])) == (150, 100)


async def test_raising_twice_is_refused() -> None:
    hands = room()
    li = hands.join("li")
    await raise_hand(hands, li)
    assert await refusal(hands, li, type="raise_hand") == "hands.raised_already"


async def test_the_reason_may_follow_and_the_place_stays() -> None:
    hands = room()
    li, mo = hands.join("li"), hands.join("mo")
    await raise_hand(hands, li)
    await raise_hand(hands, mo)
    await raise_hand(hands, li, "My shop")
    (first, _) = hands.summary(is_host=True)["first"]
    assert (first["name"], first["reason"], first["at_us"]) == ("Li", "My shop", SECOND)
    body = {"type": "raise_hand", "reason": "My shop"}
    assert await refusal(hands, li, **body) == "hands.raised_already"


async def test_rate_is_limited_for_each_identity() -> None:
    hands = room()
    li = hands.join("li")
    for _ in range(5):
        await raise_hand(hands, li)
        await hands.request(li, type="lower_hand")
    assert await refusal(hands, li, type="raise_hand") == "hands.rate_limited"
    hands.now_us += 30 * SECOND
    await hands.request(li, type="raise_hand")


async def test_who_only_watches_has_no_hand() -> None:
    hands = room()
    watcher, patrol = hands.join("watcher", role="observer"), hands.join("patrol", hidden=True)
    assert await refusal(hands, watcher, type="raise_hand") == "hands.not_allowed"
    assert await refusal(hands, patrol, type="raise_hand") == "hands.not_allowed"


async def test_lowering_own_one_and_all() -> None:
    hands = room()
    ana = hands.join("ana", role="host")
    li, mo, wu = (hands.join(name) for name in ("li", "mo", "wu"))
    for person in (li, mo, wu):
        await raise_hand(hands, person)
    await hands.request(li, type="lower_hand")
    assert await refusal(hands, li, type="lower_hand") == "hands.not_raised"
    await hands.request(ana, type="lower_hand", participant_id=mo.participant_id)
    assert names(hands) == ["Wu"]
    await hands.request(ana, type="lower_all")
    assert names(hands) == []
    assert await hands.request(ana, type="lower_all") == []


HOSTS_ONLY: list[dict[str, Any]] = [
    {"type": "lower_hand"},
    {"type": "lower_all"},
    {"type": "give_floor"},
    {"type": "take_floor"},
    {"type": "grant", "rights": ["drawing"]},
    {"type": "revoke", "rights": ["voice"]},
    {"type": "mute"},
    {"type": "mute_all"},
    {"type": "allow_unmute"},
]


@pytest.mark.parametrize("body", HOSTS_ONLY, ids=lambda body: body["type"])
async def test_power_over_others_is_for_hosts(body: dict[str, Any]) -> None:
    hands = room()
    li, mo = hands.join("li"), hands.join("mo")
    if body["type"] not in ("lower_all", "mute_all"):
        body = body | {"participant_id": mo.participant_id}
    await raise_hand(hands, mo)
    assert await refusal(hands, li, **body) == "hands.hosts_only"


async def test_a_merchant_whose_token_says_so_may_give_the_floor() -> None:
    hands = room()
    monitor, mo = hands.join("monitor", can_grant_floor=True), hands.join("mo")
    await hands.request(monitor, type="give_floor", participant_id=mo.participant_id)
    assert hands.view(mo)["floor"] == ["voice", "camera"]


# -- coming and going ----------------------------------------------------------------------------


async def test_a_reload_keeps_the_place_in_the_queue() -> None:
    hands = room()
    li, mo = hands.join("li"), hands.join("mo")
    await raise_hand(hands, li)
    await raise_hand(hands, mo)
    hands.leave(li)
    await hands.observe()
    (first, _) = hands.summary(is_host=True)["first"]
    assert first["away"] is True
    li = hands.join("li")
    assert names(hands) == ["Li", "Mo"]
    (first, _) = hands.summary(is_host=True)["first"]
    assert (first["participant_id"], first.get("away")) == (li.participant_id, None)
    assert hands.view(li)["hand"]["seq"] == first["seq"]
    await hands.fire_timer("lower")
    assert names(hands) == ["Li", "Mo"], "a late timer lowers nobody who is back"


async def test_who_does_not_come_back_has_its_hand_lowered() -> None:
    hands = room(away_s=30.0)
    li = hands.join("li")
    await raise_hand(hands, li)
    hands.leave(li)
    await hands.observe()
    assert hands.timers == {"lower": 31 * SECOND}
    await hands.fire_timer("lower")
    assert names(hands) == []
    assert hands.timers == {}


@pytest.mark.parametrize("cause", ["removed", "banned", "connection_timeout"])
async def test_who_is_gone_for_good_loses_hand_and_floor_at_once(cause: str) -> None:
    hands = room()
    ana = hands.join("ana", role="host")
    li, mo = hands.join("li"), hands.join("mo")
    await raise_hand(hands, li)
    await hands.request(ana, type="give_floor", participant_id=mo.participant_id)
    for person in (li, mo):
        hands.leave(person, cause=cause)
    assert names(hands) == []
    assert hands.summary(is_host=True)["floors"] == []


async def test_hosts_may_lower_the_hand_of_who_is_away() -> None:
    hands = room()
    ana, li = hands.join("ana", role="host"), hands.join("li")
    await raise_hand(hands, li)
    hands.leave(li)
    await hands.request(ana, type="lower_hand", participant_id=li.participant_id)
    assert names(hands) == []


# -- lowered after speaking ----------------------------------------------------------------------


async def test_a_hand_goes_down_after_its_owner_has_spoken() -> None:
    hands = room(spoken_s=2.0, quiet_s=6.0)
    li, mo = hands.join("li"), hands.join("mo")
    await raise_hand(hands, li)
    await hands.speak(mo, li)
    hands.now_us += 3 * SECOND
    await hands.speak(mo)
    assert hands.timers == {"lower": hands.now_us + 6 * SECOND}
    await hands.fire_timer("lower")
    assert names(hands) == []


async def test_a_cough_lowers_no_hand() -> None:
    hands = room(spoken_s=2.0)
    li = hands.join("li")
    await raise_hand(hands, li)
    await hands.speak(li)
    hands.now_us += SECOND
    await hands.speak()
    assert hands.timers == {}
    await hands.speak(li)
    hands.now_us += SECOND
    await hands.speak()
    assert "lower" in hands.timers, "what was heard adds up"


async def test_who_goes_on_speaking_keeps_the_hand_up() -> None:
    hands = room()
    li = hands.join("li")
    await raise_hand(hands, li)
    await hands.speak(li)
    hands.now_us += 5 * SECOND
    await hands.speak()
    hands.now_us += 5 * SECOND
    await hands.speak(li)
    assert hands.timers == {}


async def test_auto_lower_can_be_turned_off() -> None:
    hands = room(auto_lower=False)
    li = hands.join("li")
    await raise_hand(hands, li)
    await hands.speak(li)
    assert [e.kind for e in hands.entries] == ["room.participant_joined", "hands.raised"]


async def test_a_restart_sets_the_timer_again() -> None:
    hands = room()
    li = hands.join("li")
    await raise_hand(hands, li)
    await hands.speak(li)
    hands.now_us += 5 * SECOND
    await hands.speak()
    due = dict(hands.timers)
    await hands.start()
    assert hands.timers == due


# -- the floor -----------------------------------------------------------------------------------

VIEWER: dict[str, Any] = {"can_publish_sources": ()}  # A merchant in a briefing.


async def test_a_viewer_becomes_a_publisher_and_a_viewer_again() -> None:
    hands = room()
    ana, li = hands.join("ana", role="host"), hands.join("li", **VIEWER)
    await raise_hand(hands, li)
    await hands.request(ana, type="give_floor", participant_id=li.participant_id)
    assert hands.view(li)["hand"] is None, "the floor answers the hand"
    sources = hands.current(li).grants.can_publish_sources
    assert sources == (Source.MICROPHONE, Source.CAMERA)
    hands.publish(li, Source.MICROPHONE)
    await hands.request(ana, type="take_floor", participant_id=li.participant_id)
    assert hands.current(li).grants.can_publish_sources == ()
    assert not hands.room.tracks
    assert hands.view(li)["floor"] is None


async def test_who_may_publish_anyway_is_muted_when_the_floor_goes() -> None:
    hands = room()
    ana, li = hands.join("ana", role="host"), hands.join("li")
    track = hands.publish(li, Source.MICROPHONE)
    await hands.request(ana, type="give_floor", participant_id=li.participant_id)
    await hands.request(ana, type="take_floor", participant_id=li.participant_id)
    assert hands.muted == [track.track_id]
    assert Source.MICROPHONE in hands.current(li).grants.can_publish_sources


async def test_one_may_step_down() -> None:
    hands = room()
    ana, li = hands.join("ana", role="host"), hands.join("li", **VIEWER)
    assert await refusal(hands, li, type="take_floor") == "hands.not_on_floor"
    await hands.request(ana, type="give_floor", participant_id=li.participant_id)
    assert await refusal(hands, li, type="raise_hand") == "hands.on_floor"
    await hands.request(li, type="take_floor")
    assert hands.current(li).grants.can_publish_sources == ()


async def test_rights_are_added_to_a_floor() -> None:
    hands = room()
    ana, li = hands.join("ana", role="host"), hands.join("li", **VIEWER)
    for rights in (["voice"], ["screen", "drawing"]):
        await hands.request(ana, type="give_floor", participant_id=li.participant_id, rights=rights)
    grants = hands.current(li).grants
    assert grants.can_publish_sources == (Source.MICROPHONE, Source.SCREEN, Source.SCREEN_AUDIO)
    assert grants.can_draw
    await hands.request(ana, type="take_floor", participant_id=li.participant_id)
    assert hands.current(li).grants == li.grants


async def test_giving_the_same_floor_again_changes_nothing() -> None:
    hands = room()
    ana, li = hands.join("ana", role="host"), hands.join("li")
    body = {"type": "give_floor", "participant_id": li.participant_id}
    assert await hands.request(ana, **body) != []
    assert await hands.request(ana, **body) == []


async def test_the_stage_has_room_for_so_many() -> None:
    hands = room(max_floors=1)
    ana, li, mo = hands.join("ana", role="host"), hands.join("li"), hands.join("mo")
    await hands.request(ana, type="give_floor", participant_id=li.participant_id)
    body = {"type": "give_floor", "participant_id": mo.participant_id}
    assert await refusal(hands, ana, **body) == "hands.stage_full"


async def test_the_floor_is_for_who_is_in_the_room() -> None:
    hands = room()
    ana, li = hands.join("ana", role="host"), hands.join("li")
    patrol = hands.join("patrol", hidden=True)
    hands.leave(li)
    for person in (li, patrol):
        body = {"type": "give_floor", "participant_id": person.participant_id}
        assert await refusal(hands, ana, **body) == "hands.unknown_participant"


async def test_a_floor_that_ended_while_away_is_undone_at_the_return() -> None:
    hands = room()
    ana, li = hands.join("ana", role="host"), hands.join("li", **VIEWER)
    await hands.request(ana, type="give_floor", participant_id=li.participant_id)
    hands.leave(li)
    await hands.observe()
    await hands.fire_timer("lower")
    assert hands.summary(is_host=True)["floors"] == []
    li = hands.join("li", **VIEWER)
    assert hands.current(li).grants.can_publish_sources != (), "as the room kept it"
    await hands.observe()
    assert hands.current(li).grants.can_publish_sources == ()


async def test_a_reload_keeps_the_floor() -> None:
    hands = room()
    ana, li = hands.join("ana", role="host"), hands.join("li", **VIEWER)
    await hands.request(ana, type="give_floor", participant_id=li.participant_id)
    hands.leave(li)
    li = hands.join("li", **VIEWER)
    await hands.observe()
    assert hands.view(li)["floor"] == ["voice", "camera"]
    assert Source.MICROPHONE in hands.current(li).grants.can_publish_sources


async def test_a_crash_between_the_floor_and_the_grants_is_mended() -> None:
    hands = room()
    ana, li = hands.join("ana", role="host"), hands.join("li", **VIEWER)
    body = {
        "participant_id": li.participant_id,
        "identity": "li",
        "name": "Li",
        "rights": ["voice"],
        "added": ["voice"],
    }
    hands.append("hands.floor_given", body, author=ana.participant_id)
    await hands.start()
    assert hands.current(li).grants.can_publish_sources == (Source.MICROPHONE,)
    gone = {"participant_id": li.participant_id, "identity": "li", "why": "host"}
    hands.append("hands.floor_taken", gone, author=ana.participant_id)
    await hands.start()
    assert hands.current(li).grants.can_publish_sources == ()
    count = len(hands.entries)
    await hands.start()
    assert len(hands.entries) == count, "there is nothing left to mend"


# -- rights without the floor --------------------------------------------------------------------


async def test_rights_are_granted_and_revoked_one_by_one() -> None:
    hands = room()
    ana, li = hands.join("ana", role="host"), hands.join("li")
    track = hands.publish(li, Source.SCREEN)
    person = {"participant_id": li.participant_id}
    await hands.request(ana, type="revoke", rights=["screen"], **person)
    assert track.track_id not in hands.room.tracks
    assert Source.SCREEN not in hands.current(li).grants.can_publish_sources
    await hands.request(ana, type="grant", rights=["screen", "drawing"], **person)
    assert Source.SCREEN in hands.current(li).grants.can_publish_sources
    assert hands.current(li).grants.can_draw
    await hands.request(ana, type="revoke", rights=["drawing"], **person)
    assert not hands.current(li).grants.can_draw


async def test_hosts_keep_their_rights() -> None:
    hands = room()
    ana, assistant = hands.join("ana", role="host"), hands.join("bo", role="assistant")
    person = {"participant_id": ana.participant_id}
    assert await refusal(hands, assistant, type="revoke", rights=["voice"], **person) == (
        "hands.is_host"
    )
    assert await refusal(hands, assistant, type="mute", may_unmute=False, **person) == (
        "hands.is_host"
    )


# -- muting --------------------------------------------------------------------------------------


async def test_one_is_muted_and_may_unmute() -> None:
    hands = room()
    ana, li = hands.join("ana", role="host"), hands.join("li")
    track = hands.publish(li, Source.MICROPHONE)
    await hands.request(ana, type="mute", participant_id=li.participant_id)
    assert hands.muted == [track.track_id]
    hands.unmute(track)
    assert hands.view(li)["may_unmute"] is True


async def test_one_is_muted_without_the_right_to_unmute_until_it_is_given_back() -> None:
    hands = room()
    ana, li = hands.join("ana", role="host"), hands.join("li")
    track = hands.publish(li, Source.MICROPHONE)
    await hands.request(ana, type="mute", participant_id=li.participant_id, may_unmute=False)
    with pytest.raises(RehearsalDenied) as denied:
        hands.unmute(track)
    assert denied.value.denial.code == "hands.muted_by_host"
    assert hands.summary(is_host=True)["silenced"] == [li.participant_id]
    hands.leave(li)
    li = hands.join("li")
    assert hands.view(li)["may_unmute"] is False, "a reload is no way around"
    assert hands.summary(is_host=True)["silenced"] == [li.participant_id]
    with pytest.raises(RehearsalDenied):
        hands.publish(li, Source.MICROPHONE)
    hands.publish(li, Source.CAMERA)
    track = hands.publish(li, Source.MICROPHONE, muted=True)
    await hands.request(ana, type="allow_unmute", participant_id=li.participant_id)
    hands.unmute(track)


async def test_all_are_muted_but_hosts_and_who_has_the_floor() -> None:
    hands = room()
    ana = hands.join("ana", role="host")
    li, mo = hands.join("li"), hands.join("mo")
    tracks = {p.name: hands.publish(p, Source.MICROPHONE) for p in (ana, li, mo)}
    await hands.request(ana, type="give_floor", participant_id=mo.participant_id)
    await hands.request(ana, type="mute_all", may_unmute=False)
    assert hands.muted == [tracks["Li"].track_id]
    with pytest.raises(RehearsalDenied):
        hands.unmute(tracks["Li"])
    hands.unmute(tracks["Mo"])
    hands.unmute(tracks["Ana"])
    assert hands.view(li)["may_unmute"] is False
    late = hands.join("late")
    assert hands.view(late)["may_unmute"] is False, "it holds for who comes later"
    await hands.request(ana, type="allow_unmute")
    hands.unmute(tracks["Li"])
    assert await hands.request(ana, type="allow_unmute") == []


async def test_the_floor_comes_with_the_right_to_unmute_and_it_goes_with_it() -> None:
    hands = room()
    ana, li = hands.join("ana", role="host"), hands.join("li")
    track = hands.publish(li, Source.MICROPHONE)
    await hands.request(ana, type="mute_all", may_unmute=False)
    await hands.request(ana, type="give_floor", participant_id=li.participant_id)
    hands.unmute(track)
    await hands.request(ana, type="take_floor", participant_id=li.participant_id)
    with pytest.raises(RehearsalDenied):
        hands.unmute(track)


async def test_muting_all_for_the_moment_takes_no_right() -> None:
    hands = room()
    ana, li = hands.join("ana", role="host"), hands.join("li")
    track = hands.publish(li, Source.MICROPHONE)
    entries = await hands.request(ana, type="mute_all")
    assert [entry.kind for entry in entries] == ["room.track_muted"]
    hands.unmute(track)


async def test_muting_all_may_include_those_who_have_the_floor() -> None:
    hands = room()
    ana, li, mo = hands.join("ana", role="host"), hands.join("li"), hands.join("mo")
    tracks = {p.name: hands.publish(p, Source.MICROPHONE) for p in (ana, li, mo)}
    await hands.request(ana, type="give_floor", participant_id=mo.participant_id)
    await hands.request(ana, type="mute_all", spares_floor=False)
    assert hands.muted == [tracks["Li"].track_id, tracks["Mo"].track_id]
    hands.unmute(tracks["Mo"])
    await hands.request(ana, type="mute_all", may_unmute=False, spares_floor=False)
    for name in ("Li", "Mo"):
        with pytest.raises(RehearsalDenied):
            hands.unmute(tracks[name])
    hands.unmute(tracks["Ana"])
    assert hands.view(mo)["floor"] == ["voice", "camera"], "the floor is not taken"
    assert hands.replayed() == hands.state


# -- the fold ------------------------------------------------------------------------------------


async def test_ten_thousand_raise_their_hands() -> None:
    """Joins and hands are folded in time, and what is shown of them is short."""
    hands = room()
    li = hands.join("li")
    await raise_hand(hands, li)
    joined, raised = hands.entries
    fold, state = hands.plugin.instance.fold, hands.state
    entries: list[Entry] = []
    for number in range(10_000):
        person = {"participant_id": f"PA_{number}", "identity": f"i{number}", "name": "N"}
        for kind, body in (
            (joined, {"participant": person}),
            (raised, person | {"reason": "Please"}),
        ):
            raw = msgspec.Raw(msgspec.msgpack.encode(body))
            entries.append(msgspec.structs.replace(kind, seq=len(entries) + 3, body=raw))
    started_s = time.perf_counter()
    for entry in entries:
        state = fold.apply(state, entry)
    elapsed_s = time.perf_counter() - started_s
    assert elapsed_s < 2.0, f"{elapsed_s:.2f} s for 20,000 entries"
    sizes = [
        len(msgspec.msgpack.encode(hands.plugin.instance.summary(state, is_host=is_host)))
        for is_host in (False, True)
    ]
    assert sizes[0] < 1_000
    assert sizes[1] < 10_000


async def test_replay_gives_the_live_state() -> None:
    hands = room()
    ana, li, mo = hands.join("ana", role="host"), hands.join("li"), hands.join("mo", **VIEWER)
    await raise_hand(hands, li)
    await raise_hand(hands, mo)
    await hands.speak(li)
    await hands.speak()
    await hands.request(ana, type="give_floor", participant_id=mo.participant_id)
    await hands.request(ana, type="mute_all", may_unmute=False)
    hands.leave(li)
    hands.join("li")
    assert hands.replayed() == hands.state
