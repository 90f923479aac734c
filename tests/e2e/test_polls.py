"""Polls through the pages: made, answered, closed, shown, repeated, saved to a file."""

import json

import pytest
from e2e.conftest import Enter
from e2e.guest import WAIT_MS, Guest
from e2e.panels import open_panel
from playwright.sync_api import Locator, expect

pytestmark = [pytest.mark.browser, pytest.mark.no_cameras]


def make(teacher: Guest, text: str, choices: tuple[str, ...] = ()) -> None:
    """Fill in the form, and leave it open."""
    open_panel(teacher, "polls")
    page = teacher.page
    teacher.press("new-poll")
    if not choices:
        teacher.press("kind-text")
    page.get_by_test_id("poll-question").fill(text)
    for index, choice in enumerate(choices):
        if index >= 2:
            teacher.press("add-choice")
        page.get_by_test_id("choice-input").nth(index).fill(choice)


def open_now(teacher: Guest) -> None:
    teacher.press("poll-open-now")
    expect(teacher.page.get_by_test_id("poll-close")).to_be_visible(timeout=WAIT_MS)


def vote(guest: Guest, choice: str) -> None:
    """Answer by the banner's button or in the panel."""
    banner = guest.page.get_by_test_id("poll-answer")
    if not guest.page.get_by_test_id("polls-panel").is_visible():
        expect(banner).to_be_visible(timeout=WAIT_MS)
        banner.click()
    ballot = guest.page.get_by_test_id("ballot")
    ballot.get_by_text(choice, exact=True).click()
    guest.press("ballot-send")
    expect(guest.page.get_by_test_id("ballot-sent")).to_be_visible(timeout=WAIT_MS)


def bar(guest: Guest, choice: str) -> Locator:
    results = guest.page.get_by_test_id("results").first
    return results.locator(".bar").filter(has_text=choice)


def expect_count(guest: Guest, choice: str, count: int) -> None:
    expect(bar(guest, choice)).to_have_attribute("data-count", str(count), timeout=WAIT_MS)


def test_live_results_a_change_and_another_round(enter: Enter) -> None:
    teacher, li, mo = enter("Teacher", "host"), enter("Li"), enter("Mo")
    make(teacher, "Which hour suits you?", ("Nine", "Ten", "Eleven"))
    open_now(teacher)
    vote(li, "Nine")
    vote(mo, "Ten")
    for guest in (teacher, li, mo):
        expect_count(guest, "Nine", 1)
        expect_count(guest, "Ten", 1)
    li.press("ballot-change")
    vote(li, "Ten")
    expect_count(teacher, "Ten", 2)

    late = enter("Yu")
    expect(late.page.get_by_test_id("poll-banner")).to_contain_text("Which hour", timeout=WAIT_MS)
    mo.page.reload()
    mo.join()
    open_panel(mo, "polls")
    expect(mo.page.get_by_test_id("ballot-sent")).to_contain_text("Ten", timeout=WAIT_MS)

    teacher.press("poll-close")
    open_panel(late, "polls")
    for guest in (teacher, li, mo, late):
        expect_count(guest, "Ten", 2)
    teacher.press("poll-repeat")
    vote(late, "Eleven")
    expect(late.page.get_by_test_id("poll").first).to_contain_text("Round 2")
    expect_count(teacher, "Eleven", 1)
    expect_count(teacher, "Ten", 0)


def test_a_quiz_by_name_is_hidden_until_its_end_and_saved(enter: Enter) -> None:
    teacher, li, mo = enter("Teacher", "host"), enter("Li"), enter("Mo")
    make(teacher, "What is six times seven?", ("41", "42"))
    page = teacher.page
    page.get_by_test_id("poll-quiz").check()
    page.get_by_test_id("mark-right").nth(1).check()
    page.get_by_test_id("poll-named").check()
    open_now(teacher)
    vote(li, "42")
    vote(mo, "41")
    expect_count(teacher, "42", 1)
    expect(li.page.get_by_test_id("poll")).to_contain_text("when the poll is closed")
    expect(li.page.get_by_test_id("results")).to_have_count(0)
    teacher.press("poll-close")
    expect(li.page.get_by_test_id("verdict")).to_contain_text("Right!", timeout=WAIT_MS)
    expect(mo.page.get_by_test_id("verdict")).to_contain_text("Not right", timeout=WAIT_MS)
    expect(mo.page.locator(".leaders")).to_contain_text("Li")
    late = enter("Yu")
    open_panel(late, "polls")
    expect(late.page.locator(".leaders")).to_contain_text("Li", timeout=WAIT_MS)

    with page.expect_download() as download:
        teacher.press("export-csv")
    csv = download.value.path().read_text(encoding="utf-8-sig")
    assert [line.split(",")[0] for line in csv.splitlines()] == ["name", "Li", "Mo"]
    with page.expect_download() as download:
        teacher.press("export-json")
    saved = json.loads(download.value.path().read_text(encoding="utf-8"))
    assert (saved["counts"], saved["right"]) == ([1, 1], [1])


def test_free_text_by_a_clock_for_hosts_until_they_show_it(enter: Enter) -> None:
    teacher, li, mo = enter("Teacher", "host"), enter("Li"), enter("Mo")
    make(teacher, "What is missing?")
    teacher.page.get_by_test_id("poll-shows").select_option("hosts")
    teacher.press("poll-save")
    expect(li.page.get_by_test_id("poll-banner")).to_have_count(0)
    teacher.press("poll-open")
    for guest, text in ((li, "Breaks"), (mo, "Something rude")):
        guest.press("poll-answer")
        guest.page.get_by_test_id("ballot-text").fill(text)
        guest.press("ballot-send")
    answers = teacher.page.locator(".text-answer")
    expect(answers).to_have_count(2, timeout=WAIT_MS)
    answers.filter(has_text="rude").get_by_test_id("hide-text").click()
    expect(answers).to_have_count(1, timeout=WAIT_MS)
    teacher.press("poll-close")
    expect(li.page.get_by_test_id("poll")).to_contain_text("The hosts see the results.")
    teacher.press("poll-share")
    expect(li.page.locator(".text-answer")).to_have_text(["Breaks"], timeout=WAIT_MS)
    late = enter("Yu")
    open_panel(late, "polls")
    expect(late.page.locator(".text-answer")).to_have_text(["Breaks"], timeout=WAIT_MS)
