"""Questions through the pages: asked, voted for, published, joined, answered, and found again."""

import pytest
from e2e.conftest import Enter
from e2e.guest import WAIT_MS, Guest
from e2e.panels import lose_and_resume, open_panel
from playwright.sync_api import Locator, expect

pytestmark = [pytest.mark.browser, pytest.mark.no_cameras]


def ask(guest: Guest, text: str, *, anonymous: bool = False) -> None:
    open_panel(guest, "questions")
    guest.page.get_by_test_id("ask-input").fill(text)
    if anonymous:
        guest.page.get_by_test_id("ask-anonymous").check()
    guest.press("ask-send")
    expect(guest.page.get_by_test_id("ask-input")).to_have_value("", timeout=WAIT_MS)


def question(guest: Guest, text: str) -> Locator:
    open_panel(guest, "questions")
    return guest.page.get_by_test_id("question").filter(has_text=text)


def expect_votes(guest: Guest, text: str, votes: int) -> None:
    expect(question(guest, text).locator(".vote")).to_contain_text(str(votes), timeout=WAIT_MS)


def choose(guest: Guest, text: str, action: str) -> None:
    """Do something with a question that stands behind its "more" button."""
    question(guest, text).get_by_test_id("question-more").click()
    question(guest, text).get_by_test_id(action).click()


def test_asked_voted_for_and_answered(enter: Enter) -> None:
    teacher, li, mo = enter("Teacher", "host"), enter("Li"), enter("Mo")
    ask(li, "How do refunds work?")
    ask(mo, "May I see an example?", anonymous=True)
    expect(question(mo, "refunds")).to_contain_text("Li", timeout=WAIT_MS)
    expect(question(teacher, "example")).to_contain_text("Without a name", timeout=WAIT_MS)
    expect(question(teacher, "example")).not_to_contain_text("Mo")

    question(mo, "refunds").get_by_test_id("vote").click()
    for guest in (teacher, li, mo):
        expect_votes(guest, "refunds", 2)
    first = teacher.page.get_by_test_id("question").first
    expect(first).to_contain_text("refunds", timeout=WAIT_MS)

    question(teacher, "refunds").get_by_test_id("answer-now").click()
    yu = enter("Yu")
    for guest in (teacher, li, mo, yu):
        banner = guest.page.get_by_test_id("answering-banner")
        expect(banner).to_contain_text("How do refunds work?", timeout=WAIT_MS)
    expect(question(yu, "example")).to_have_count(1, timeout=WAIT_MS)
    teacher.press("answering-done")
    expect(li.page.get_by_test_id("answering-banner")).to_have_count(0, timeout=WAIT_MS)

    choose(teacher, "example", "answer-text")
    teacher.page.get_by_test_id("answer-input").fill("On page seven.")
    teacher.press("answer-send")
    expect(teacher.page.locator("dialog[open]")).to_have_count(0, timeout=WAIT_MS)
    mo.page.reload()
    mo.join()
    for guest in (li, mo, yu):
        open_panel(guest, "questions")
        guest.press("questions-answered")
        answer = question(guest, "example").get_by_test_id("question-answer")
        expect(answer).to_have_text("On page seven.", timeout=WAIT_MS)
        expect(question(guest, "refunds")).to_contain_text("Answered aloud", timeout=WAIT_MS)
    mo.press("questions-mine")
    expect(question(mo, "example")).to_have_count(1)


def test_read_first_joined_and_found(enter: Enter) -> None:
    teacher, helper = enter("Teacher", "host"), enter("Helper", "assistant")
    li, mo = enter("Li"), enter("Mo")
    open_panel(teacher, "questions")
    teacher.press("questions-waiting")
    switch = teacher.page.get_by_test_id("set-moderated")
    switch.click()
    expect(switch).to_have_attribute("aria-checked", "true", timeout=WAIT_MS)
    open_panel(li, "questions")
    expect(li.page.locator(".ask-notes")).to_contain_text("reads it first", timeout=WAIT_MS)
    ask(li, "What does shipping cost?")
    ask(mo, "Shipping: how much?")
    expect(question(teacher, "Shipping: how")).to_have_count(1, timeout=WAIT_MS)
    expect(question(mo, "how much")).to_contain_text("A host will publish it.")
    for guest in (li, mo):
        guest.press("questions-open")
    expect(question(mo, "What does shipping")).to_have_count(0)
    question(teacher, "What does shipping").get_by_test_id("publish").click()
    expect(question(mo, "What does shipping")).to_have_count(1, timeout=WAIT_MS)

    choose(teacher, "Shipping: how", "merge")
    teacher.page.get_by_test_id("merge-choice").first.check()
    teacher.press("merge-send")
    expect_votes(li, "What does shipping", 2)
    vote = question(mo, "What does shipping").get_by_test_id("vote")
    expect(vote).to_have_attribute("aria-pressed", "true", timeout=WAIT_MS)
    mo.page.reload()
    mo.join()
    vote = question(mo, "What does shipping").get_by_test_id("vote")
    expect(vote).to_have_attribute("aria-pressed", "true", timeout=WAIT_MS)
    vote.click()
    expect_votes(teacher_on_open(teacher), "What does shipping", 1)

    choose(teacher, "What does shipping", "assign")
    teacher.page.get_by_role("radio", name="Helper").check()
    teacher.press("assign-send")
    open_panel(helper, "questions")
    helper.press("questions-find")
    helper.page.get_by_test_id("find-place").select_option("assigned")
    helper.page.get_by_test_id("find-input").fill("SHIPPING")
    expect(question(helper, "What does shipping")).to_contain_text("for Helper", timeout=WAIT_MS)
    choose(helper, "What does shipping", "dismiss")
    expect(question(helper, "What does shipping")).to_have_count(0, timeout=WAIT_MS)
    expect(question(li, "What does shipping")).to_have_count(0, timeout=WAIT_MS)
    li.press("questions-mine")
    expect(question(li, "What does shipping")).to_contain_text("Put away")


def teacher_on_open(teacher: Guest) -> Guest:
    teacher.press("questions-open")
    return teacher


def test_what_was_typed_survives_a_lost_connection(enter: Enter) -> None:
    teacher, li = enter("Teacher", "host"), enter("Li")
    open_panel(li, "questions")
    li.page.get_by_test_id("ask-input").fill("Is this kept?")
    li.press("ask-send")
    ask_again = li.page.get_by_test_id("ask-input")
    expect(ask_again).to_have_value("", timeout=WAIT_MS)
    ask_again.fill("And this draft?")
    lose_and_resume(li)
    expect(question(teacher, "Is this kept?")).to_have_count(1, timeout=WAIT_MS)
    li.press("ask-send")
    expect(question(teacher, "And this draft?")).to_have_count(1, timeout=WAIT_MS)
    late = enter("Yu")
    expect(question(late, "And this draft?")).to_have_count(1, timeout=WAIT_MS)
