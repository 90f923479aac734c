"""The pulse and reactions through the pages, with three and more participants."""

import pytest
from e2e.conftest import Enter
from e2e.guest import WAIT_MS, Guest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.no_cameras]


def feel(guest: Guest, mood: str) -> None:
    if guest.page.get_by_test_id("pulse-pad").count() == 0:
        guest.press("react-button")
    guest.press(f"mood-{mood}")
    button = guest.page.get_by_test_id(f"mood-{mood}")
    expect(button).to_have_attribute("aria-pressed", "true", timeout=WAIT_MS)


def expect_count(host: Guest, mood: str, count: int) -> None:
    shown = host.page.get_by_test_id(f"count-{mood}").locator("strong")
    expect(shown).to_have_text(str(count), timeout=WAIT_MS)


def test_the_teacher_sees_how_all_feel(enter: Enter) -> None:
    teacher, lin, mo = enter("Teacher", "host"), enter("Lin"), enter("Mo")
    expect(lin.page.get_by_test_id("pulse-button")).to_have_count(0)
    teacher.press("pulse-button")
    feel(lin, "lost")
    feel(mo, "lost")
    expect_count(teacher, "lost", 2)
    panel = teacher.page.get_by_test_id("pulse-panel")
    expect(panel).to_contain_text("Who said so")

    mo.page.wait_for_timeout(1_100)  # One vote a second.
    feel(mo, "clear")
    expect_count(teacher, "lost", 1)
    expect_count(teacher, "clear", 1)

    lin.page.reload()
    expect(lin.page.get_by_test_id("join-button")).to_be_enabled(timeout=WAIT_MS)
    lin.join()
    lin.press("react-button")
    expect(lin.page.get_by_test_id("mood-lost")).to_have_attribute("aria-pressed", "true")
    late = enter("Late", "assistant")
    late.press("pulse-button")
    expect_count(late, "lost", 1)
    expect_count(late, "clear", 1)


def test_reactions_fly_for_everybody(enter: Enter) -> None:
    teacher, lin, mo = enter("Teacher", "host"), enter("Lin"), enter("Mo")
    lin.press("react-button")
    lin.press("react-clap")
    for guest in (teacher, lin, mo):
        flight = guest.page.locator(".flight[data-reaction='clap']")
        expect(flight.first).to_contain_text("Lin", timeout=WAIT_MS)
    expect(mo.page.locator(".flight")).to_have_count(0, timeout=WAIT_MS)
    teacher.press("react-button")
    expect(teacher.page.get_by_test_id("mood-lost")).to_have_count(0)
    teacher.press("react-celebrate")
    expect(mo.page.locator(".flight[data-reaction='celebrate']").first).to_be_visible(
        timeout=WAIT_MS
    )


def test_a_briefing_shows_numbers_and_no_names(enter: Enter) -> None:
    teacher = enter("Teacher", "host", template="briefing")
    lin, mo = enter("Lin", template="briefing"), enter("Mo", template="briefing")
    teacher.press("pulse-button")
    feel(lin, "slower")
    feel(mo, "slower")
    expect_count(teacher, "slower", 2)
    expect(teacher.page.get_by_test_id("pulse-panel")).not_to_contain_text("Lin")
