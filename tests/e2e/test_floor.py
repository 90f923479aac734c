"""Raised hands, the floor and muting through the pages, with three and more participants."""

import pytest
from e2e.conftest import Enter
from e2e.guest import WAIT_MS, Guest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def raise_hand(guest: Guest) -> None:
    guest.press("hand-button")
    expect(guest.page.get_by_test_id("hand-banner")).to_be_visible(timeout=WAIT_MS)


def expect_place(guest: Guest, place: int) -> None:
    banner = guest.page.get_by_test_id("hand-banner")
    expect(banner).to_contain_text(f"You are number {place}.", timeout=WAIT_MS)


def expect_queue(host: Guest, *names: str) -> None:
    rows = host.page.get_by_test_id("hand-row")
    expect(rows).to_contain_text(list(names), timeout=WAIT_MS)


def reload(guest: Guest) -> None:
    guest.page.reload()
    expect(guest.page.get_by_test_id("join-button")).to_be_enabled(timeout=WAIT_MS)
    guest.join()


@pytest.mark.no_cameras
def test_hands_are_queued_and_the_floor_is_given(enter: Enter) -> None:
    teacher, lin, mo = enter("Teacher", "host"), enter("Lin"), enter("Mo")
    raise_hand(lin)
    raise_hand(mo)
    expect_place(mo, 2)
    lin.page.get_by_role("button", name="Say why").click()
    lin.page.get_by_test_id("reason-input").fill("My shop has no visitors")
    lin.press("reason-send")

    teacher.press("people-button")
    expect_queue(teacher, "Lin", "Mo")
    expect(teacher.page.get_by_test_id("hand-queue")).to_contain_text("My shop has no visitors")

    reload(lin)
    expect_place(lin, 1)
    expect_queue(teacher, "Lin", "Mo")
    late = enter("Late")
    hand = late.tile_of("Lin").get_by_label("Lin has raised a hand, number 1 in the queue")
    expect(hand).to_be_visible(timeout=WAIT_MS)

    teacher.page.get_by_role("button", name="Give Lin the floor").first.click()
    expect(lin.page.get_by_test_id("floor-banner")).to_be_visible(timeout=WAIT_MS)
    expect_queue(teacher, "Mo")
    expect_place(mo, 1)
    expect(teacher.page.get_by_test_id("stage-list")).to_contain_text("Lin")

    lin.press("step-down")
    expect(teacher.page.get_by_test_id("stage-list")).to_have_count(0, timeout=WAIT_MS)
    teacher.press("lower-all")
    expect(mo.page.get_by_test_id("hand-banner")).to_have_count(0, timeout=WAIT_MS)


@pytest.mark.no_cameras
def test_all_are_muted_until_a_host_allows_it(enter: Enter) -> None:
    teacher, lin, mo = enter("Teacher", "host"), enter("Lin"), enter("Mo")
    mo.wait_rising("audio", "energy", by=0.001)
    teacher.press("people-button")
    teacher.press("mute-all")
    teacher.press("mute-all-firmly")
    for guest in (lin, mo):
        expect(guest.page.get_by_test_id("mic-button")).to_have_attribute(
            "data-on", "false", timeout=WAIT_MS
        )
    lin.press("mic-button")
    refusal = lin.page.get_by_role("alert").or_(lin.page.get_by_role("status"))
    expect(refusal.filter(has_text="A host has muted you").first).to_be_visible(timeout=WAIT_MS)
    expect(lin.page.get_by_test_id("mic-button")).to_have_attribute("data-on", "false")

    teacher.press("allow-all")
    expect(lin.page.get_by_text("You may turn your microphone on again.")).to_be_visible(
        timeout=WAIT_MS
    )
    lin.press("mic-button")
    expect(lin.page.get_by_test_id("mic-button")).to_have_attribute("data-on", "true")
    expect(mo.tile_of("Lin").get_by_label("Microphone off")).to_have_count(0, timeout=WAIT_MS)


def test_a_viewer_of_a_briefing_is_called_up_and_sent_back(enter: Enter) -> None:
    teacher = enter("Teacher", "host", template="briefing")
    lin, mo = enter("Lin", template="briefing"), enter("Mo", template="briefing")
    expect(lin.page.get_by_test_id("mic-button")).to_have_count(0)
    raise_hand(lin)

    teacher.press("people-button")
    expect_queue(teacher, "Lin")
    teacher.press("give-floor-more")
    expect(teacher.page.get_by_test_id("floor-voice")).to_be_checked()
    teacher.page.get_by_test_id("floor-screen").check()
    teacher.press("give-floor-chosen")
    expect(lin.page.get_by_test_id("screen-button")).to_be_visible(timeout=WAIT_MS)
    lin.page.get_by_role("button", name="Turn microphone on").first.click()
    expect(mo.tile_of("Lin")).to_be_visible(timeout=WAIT_MS)
    expect(mo.tile_of("Lin").get_by_label("Microphone off")).to_have_count(0, timeout=WAIT_MS)
    lin.page.get_by_role("button", name="Turn camera on").first.click()
    mo.expect_picture("Lin")
    teacher.press("mute-all")
    teacher.page.get_by_test_id("mute-all-floor").check()
    teacher.press("mute-all-softly")
    muted = mo.tile_of("Lin").get_by_label("Microphone off")
    expect(muted).to_be_visible(timeout=WAIT_MS)

    on_stage = teacher.page.get_by_test_id("stage-list")
    lin.page.reload()
    expect(on_stage.locator("li.away")).to_have_count(1, timeout=WAIT_MS)
    lin.join()
    expect(lin.page.get_by_test_id("floor-banner")).to_be_visible(timeout=WAIT_MS)
    expect(on_stage.locator("li:not(.away)")).to_have_count(1, timeout=WAIT_MS)
    teacher.press("take-floor")
    expect(lin.page.get_by_test_id("floor-banner")).to_have_count(0, timeout=WAIT_MS)
    expect(lin.page.get_by_text("A host has ended your time on the stage")).to_be_visible()
    expect(lin.page.get_by_test_id("mic-button")).to_have_count(0)
    expect(mo.tile_of("Lin")).to_have_count(0, timeout=WAIT_MS)


@pytest.mark.no_cameras
def test_rights_are_switched_in_the_console_by_keyboard(enter: Enter) -> None:
    teacher, lin = enter("Teacher", "host"), enter("Lin")
    enter("Mo")
    expect(lin.page.get_by_test_id("screen-button")).to_be_visible()
    teacher.press("people-button")
    people = teacher.page.get_by_test_id("people-panel")
    people.get_by_role("button", name="Teacher: rights and more").focus()
    teacher.page.keyboard.press("ArrowDown")
    row = people.get_by_role("button", name="Lin: rights and more")
    expect(row).to_be_focused()
    teacher.page.keyboard.press("Enter")
    switch = teacher.page.get_by_test_id("right-screen")
    expect(switch).to_be_checked()
    expect(switch).to_be_visible()  # The dialog is open, and has taken the focus.
    switch.focus()
    teacher.page.keyboard.press("Space")
    expect(switch).not_to_be_checked(timeout=WAIT_MS)
    expect(lin.page.get_by_test_id("screen-button")).to_have_count(0, timeout=WAIT_MS)
    teacher.page.keyboard.press("Escape")
    expect(row).to_be_focused()


_CROWD = """async () => {
  const { room } = window.emporion;
  for (let n = 0; n < 10000; n++) {
    const participant = {participant_id: `PA_crowd${n}`, identity: `crowd${n}`, connected: true,
      name: `Guest ${n}`, role: 'merchant', joined_at_us: 1e12 + n, grants: null};
    const body = {participant};
    const kind = 'room.participant_joined';
    room.roster.apply({seq: 1e9 + n, at_us: 0, author: null, kind, body});
  }
}"""


@pytest.mark.no_cameras
def test_the_console_holds_ten_thousand(enter: Enter) -> None:
    """Few rows are in the page, a search finds one, and the keyboard reaches the last."""
    teacher, _, _ = enter("Teacher", "host"), enter("Lin"), enter("Mo")
    teacher.page.evaluate(_CROWD)
    teacher.press("people-button")
    panel = teacher.page.get_by_test_id("people-panel")
    expect(panel).to_contain_text("10003 in the room", timeout=WAIT_MS)
    rows = panel.locator(".console-row")
    assert rows.count() < 60
    panel.get_by_role("button", name="Teacher: rights and more").focus()
    teacher.page.keyboard.press("End")
    expect(panel.get_by_role("button", name="Guest 9999: rights")).to_be_focused(timeout=WAIT_MS)
    panel.get_by_test_id("people-search").fill("guest 4321")
    expect(rows).to_have_count(1, timeout=WAIT_MS)
    expect(rows).to_contain_text("Guest 4321")
