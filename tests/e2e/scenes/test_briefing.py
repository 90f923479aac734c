"""A briefing from its first to its last minute: four browsers, and fifty light clients."""

import pytest
from e2e.conftest import node_link
from e2e.guest import WAIT_MS, Guest
from e2e.panels import open_panel
from e2e.running_node import RunningNode
from e2e.scenes.conftest import Arrive
from e2e.scenes.crowd import Crowd
from e2e.scenes.door import come_again, expect_goodbye
from e2e.test_breakouts import transport
from e2e.test_floor import expect_queue, raise_hand
from e2e.test_polls import expect_count, make, open_now, vote
from e2e.test_pulse import expect_count as expect_pulse
from e2e.test_pulse import feel
from e2e.test_questions import ask, choose, expect_votes, question
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

LIGHT_CLIENTS = 50
WITH_MEDIA = 10


def test_briefing(arrive: Arrive, node: RunningNode) -> None:
    teacher = arrive("Teacher", "host", template="briefing")
    teacher.join()
    tokens = [link_token(node, f"Viewer {number}") for number in range(LIGHT_CLIENTS)]
    with Crowd(node.origin, tokens, with_media=WITH_MEDIA) as crowd:
        lin = arrive("Lin", template="briefing")
        mo = arrive("Mo", template="briefing", is_on_phone=True)
        for viewer in (lin, mo):
            viewer.join()
            viewer.expect_picture("Teacher")
        crowd.wait_media(mids=2)
        take_questions(teacher, lin, mo, crowd)
        feel_the_pulse(teacher, lin, crowd)
        wu = arrive("Wu", template="briefing", is_on_phone=True)
        wu.join()
        poll(teacher, lin, mo, wu, crowd)
        call_up(teacher, lin, mo, crowd)
        come_again(mo)
        mo.expect_picture("Teacher")
        teacher.press("leave-button")
        teacher.press("end-for-all")
        for guest in (teacher, lin, mo, wu):
            expect_goodbye(guest, "room_closed")
        assert crowd.wait_goodbyes() == {"room_closed": LIGHT_CLIENTS}


def link_token(node: RunningNode, name: str) -> str:
    return node_link(node, name, "merchant", "briefing", None).partition("#")[2]


def take_questions(teacher: Guest, lin: Guest, mo: Guest, crowd: Crowd) -> None:
    """Read first, joined with its like, voted for by all, and answered aloud."""
    ask(lin, "How do refunds work?")
    ask(mo, "Refunds: how?")
    open_panel(teacher, "questions")
    teacher.press("questions-waiting")
    expect(question(teacher, "Refunds: how?")).to_have_count(1, timeout=WAIT_MS)
    question(teacher, "How do refunds").get_by_test_id("publish").click()
    expect(question(lin, "How do refunds")).to_have_count(1, timeout=WAIT_MS)
    choose(teacher, "Refunds: how?", "merge")
    teacher.page.get_by_test_id("merge-choice").first.check()
    teacher.press("merge-send")
    crowd.request("questions", {"type": "vote", "number": 1}, range(LIGHT_CLIENTS))
    for guest in (teacher, lin, mo):
        guest.press("questions-open")
        expect_votes(guest, "How do refunds", LIGHT_CLIENTS + 2)
    question(teacher, "How do refunds").get_by_test_id("answer-now").click()
    for guest in (teacher, lin, mo):
        banner = guest.page.get_by_test_id("answering-banner")
        expect(banner).to_contain_text("How do refunds work?", timeout=WAIT_MS)
    mo.page.keyboard.press("Escape")  # On a phone the panel covers all but itself.
    teacher.press("answering-done")
    expect(lin.page.get_by_test_id("answering-banner")).to_have_count(0, timeout=WAIT_MS)


def feel_the_pulse(teacher: Guest, lin: Guest, crowd: Crowd) -> None:
    """Numbers and no names."""
    open_panel(teacher, "pulse")
    crowd.request("pulse", {"type": "feel", "mood": "slower"}, range(30))
    feel(lin, "lost")
    expect_pulse(teacher, "slower", 30)
    expect_pulse(teacher, "lost", 1)
    expect(teacher.page.get_by_test_id("pulse-panel")).not_to_contain_text("Lin")


def poll(teacher: Guest, lin: Guest, mo: Guest, wu: Guest, crowd: Crowd) -> None:
    make(teacher, "Do you ship abroad?", ("Yes", "No"))
    open_now(teacher)
    crowd.request("polls", {"type": "vote", "number": 1, "choices": [0]}, range(40))
    crowd.request("polls", {"type": "vote", "number": 1, "choices": [1]}, range(40, 50))
    for guest, choice in ((lin, "Yes"), (mo, "No"), (wu, "No")):
        vote(guest, choice)
    for guest in (teacher, wu):
        expect_count(guest, "Yes", 41)
        expect_count(guest, "No", 12)
    teacher.press("poll-close")
    expect(lin.page.get_by_test_id("poll-banner")).to_have_count(0, timeout=WAIT_MS)


def call_up(teacher: Guest, lin: Guest, mo: Guest, crowd: Crowd) -> None:
    """A viewer becomes a publisher on the same transport, and a viewer again."""
    before = lin.page.evaluate("window.emporion.pc.currentLocalDescription.sdp")
    expect(lin.page.get_by_test_id("mic-button")).to_have_count(0)
    raise_hand(lin)
    open_panel(teacher, "people")
    expect_queue(teacher, "Lin")
    teacher.press("give-floor")
    for device in ("microphone", "camera"):
        lin.page.get_by_role("button", name=f"Turn {device} on").first.click()
    mo.expect_picture("Lin")
    teacher.wait_rising("audio", "energy", by=0.001)
    crowd.wait_media(mids=3)
    assert lin.page.evaluate("window.emporion.pc.currentLocalDescription.sdp") == before
    assert transport(lin)["changes"] == 1
    teacher.press("take-floor")
    expect(lin.page.get_by_test_id("floor-banner")).to_have_count(0, timeout=WAIT_MS)
    expect(lin.page.get_by_test_id("mic-button")).to_have_count(0)
    expect(mo.tile_of("Lin")).to_have_count(0, timeout=WAIT_MS)
    expect(lin.tile_of("Teacher")).to_be_visible()
