"""Shared screens: who has the place, who may take it, and whom a host asks to share."""

import msgspec
import pytest

from emporion.engine.errors import RequestDenied
from emporion.engine.media import Source
from emporion.plugins.api import ParticipantView
from emporion.plugins.screen_share import MAX_ASKS, ScreenShare
from emporion.plugins.testing import RehearsalDenied, RehearsalRoom, check_plugin

SECOND = 1_000_000


def room(policy: str = "one", **options: object) -> RehearsalRoom:
    return RehearsalRoom(ScreenShare, {"policy": policy, **options}, name="screen_share")


def sharers(share: RehearsalRoom) -> set[str]:
    people = share.room.participants
    tracks = share.room.tracks_of_source(Source.SCREEN)
    return {people[track.participant_id].identity for track in tracks}


async def refusal(share: RehearsalRoom, person: ParticipantView, **body: object) -> str:
    before = len(share.entries)
    with pytest.raises(RequestDenied) as refused:
        await share.request(person, **body)
    assert len(share.entries) == before, "a refusal changes nothing"
    return refused.value.code


def denial(share: RehearsalRoom, person: ParticipantView, source: Source = Source.SCREEN) -> str:
    with pytest.raises(RehearsalDenied) as denied:
        share.publish(person, source)
    assert denied.value.denial.retryable
    return denied.value.denial.code


def causes(share: RehearsalRoom) -> list[str]:
    kind = "screen_share.ask_ended"
    return [msgspec.msgpack.decode(e.body)["cause"] for e in share.entries if e.kind == kind]


@pytest.mark.parametrize("policy", ["one", "replace", "several"])
def test_keeps_the_contract(policy: str) -> None:
    check_plugin(ScreenShare, {"policy": policy}, name="screen_share")


# -- one at a time -------------------------------------------------------------------------------


def test_second_sharer_is_denied_by_name() -> None:
    share = room()
    ana, li = share.join("ana"), share.join("li")
    share.publish(ana, Source.SCREEN)
    share.publish(ana, Source.SCREEN_AUDIO)
    for source in (Source.SCREEN, Source.SCREEN_AUDIO):
        with pytest.raises(RehearsalDenied) as denied:
            share.publish(li, source)
        assert denied.value.denial.code == "screen_share.taken"
        assert "Ana" in denied.value.denial.message


def test_cameras_and_microphones_are_free() -> None:
    share = room()
    ana, li = share.join("ana"), share.join("li")
    share.publish(ana, Source.SCREEN)
    share.publish(li, Source.CAMERA)
    share.publish(li, Source.MICROPHONE)


# -- a new share ends the one before -------------------------------------------------------------


async def test_a_new_share_replaces_picture_and_sound_of_the_old() -> None:
    share = room("replace")
    ana, li = share.join("ana"), share.join("li")
    share.publish(ana, Source.SCREEN)
    share.publish(ana, Source.SCREEN_AUDIO)
    await share.observe()
    share.publish(li, Source.SCREEN)
    await share.observe()
    assert sharers(share) == {"li"}
    assert share.room.tracks_of_source(Source.SCREEN_AUDIO) == ()


async def test_a_merchant_does_not_replace_a_host_but_a_host_does_a_merchant() -> None:
    share = room("replace")
    teacher, li = share.join("teacher", role="host"), share.join("li")
    share.publish(teacher, Source.SCREEN)
    assert denial(share, li) == "screen_share.taken"
    share.unpublish(share.room.tracks_of_source(Source.SCREEN)[0].track_id)
    share.publish(li, Source.SCREEN)
    share.publish(teacher, Source.SCREEN)
    await share.observe()
    assert sharers(share) == {"teacher"}


async def test_after_a_crash_the_newest_share_stays() -> None:
    share = room("replace")
    ana, li = share.join("ana"), share.join("li")
    share.publish(ana, Source.SCREEN)
    share.publish(li, Source.SCREEN)  # Its actor was gone, and saw neither.
    await share.start()
    assert sharers(share) == {"li"}


# -- several -------------------------------------------------------------------------------------


async def test_several_share_up_to_the_limit() -> None:
    share = room("several", max_sharers=2)
    ana, li, mo = share.join("ana"), share.join("li"), share.join("mo")
    share.publish(ana, Source.SCREEN)
    share.publish(li, Source.SCREEN)
    share.publish(li, Source.SCREEN_AUDIO)
    await share.observe()
    assert denial(share, mo) == "screen_share.full"
    assert sharers(share) == {"ana", "li"}


# -- asked to share ------------------------------------------------------------------------------


async def test_who_is_asked_takes_the_place_of_the_teacher() -> None:
    share = room()
    teacher, li = share.join("teacher", role="host"), share.join("li")
    share.publish(teacher, Source.SCREEN)
    assert denial(share, li) == "screen_share.taken"
    await share.request(teacher, type="ask_to_share", participant_id=li.participant_id)
    assert share.view(li)["asks"][0]["by"] == "Teacher"

    share.publish(li, Source.SCREEN)
    await share.observe()
    assert sharers(share) == {"li"}
    assert share.view(li)["asks"] == []
    assert causes(share) == ["shared"]
    assert share.timers == {}
    assert share.replayed() == share.state


async def test_the_ask_outlives_a_reload_and_is_seen_by_late_hosts_but_by_nobody_else() -> None:
    share = room()
    teacher, li, mo = share.join("teacher", role="host"), share.join("li"), share.join("mo")
    (asked,) = await share.request(teacher, type="ask_to_share", participant_id=li.participant_id)
    assert set(asked.audience.people) == {teacher.participant_id, li.participant_id}
    share.leave(li)
    li = share.join("li")
    assistant = share.join("assistant", role="assistant")
    assert share.view(li) == share.view(assistant) == share.view(teacher)
    assert share.view(mo)["asks"] == []
    await share.request(li, type="decline_ask", cause="unsupported")
    assert causes(share) == ["unsupported"]


async def test_an_ask_ends_after_its_time_also_after_a_restart() -> None:
    share = room(ask_timeout_s=30)
    teacher, li = share.join("teacher", role="host"), share.join("li")
    await share.request(teacher, type="ask_to_share", participant_id=li.participant_id)
    await share.start()
    assert share.timers == {"li": 30 * SECOND}
    await share.fire_timer("li")
    assert causes(share) == ["expired"]


async def test_a_host_takes_the_ask_back() -> None:
    share = room()
    teacher, li = share.join("teacher", role="host"), share.join("li")
    await share.request(teacher, type="ask_to_share", participant_id=li.participant_id)
    await share.request(teacher, type="withdraw_ask", identity="li")
    assert causes(share) == ["withdrawn"]
    assert await refusal(share, li, type="decline_ask") == "screen_share.not_asked"


async def test_a_host_ends_a_share() -> None:
    share = room()
    assistant, li = share.join("assistant", role="assistant"), share.join("li")
    share.publish(li, Source.SCREEN)
    share.publish(li, Source.SCREEN_AUDIO)
    await share.request(assistant, type="stop_share", participant_id=li.participant_id)
    assert sharers(share) == set()
    code = await refusal(share, assistant, type="stop_share", participant_id=li.participant_id)
    assert code == "screen_share.not_sharing"


async def test_who_may_not_ask_and_who_cannot_be_asked() -> None:
    share = room()
    teacher, li = share.join("teacher", role="host"), share.join("li")
    mute = share.join("mute", can_publish_sources=(Source.MICROPHONE,))

    async def ask(person: ParticipantView, participant_id: str) -> str:
        return await refusal(share, person, type="ask_to_share", participant_id=participant_id)

    assert await ask(li, teacher.participant_id) == "screen_share.not_host"
    assert await ask(teacher, "PA_gone") == "screen_share.unknown_participant"
    assert await ask(teacher, mute.participant_id) == "screen_share.not_granted"
    share.publish(li, Source.SCREEN)
    assert await ask(teacher, li.participant_id) == "screen_share.sharing_already"
    for body in (
        {"type": "withdraw_ask", "identity": "li"},
        {"type": "stop_share", "participant_id": "x"},
    ):
        assert await refusal(share, li, **body) == "screen_share.not_host"


async def test_asks_are_bounded() -> None:
    share = room()
    teacher = share.join("teacher", role="host")
    people = [share.join(f"p{number}") for number in range(MAX_ASKS + 1)]
    for person in people[:-1]:
        await share.request(teacher, type="ask_to_share", participant_id=person.participant_id)
    body = {"type": "ask_to_share", "participant_id": people[-1].participant_id}
    assert await refusal(share, teacher, **body) == "screen_share.too_many_asks"
    # Asking the same person again only makes it last longer.
    await share.request(teacher, type="ask_to_share", participant_id=people[0].participant_id)
    assert len(share.state.asks) == MAX_ASKS
