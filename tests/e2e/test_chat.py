"""The chat through the pages: answers, mentions, deletions, who may write, pictures, history."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from e2e.conftest import Enter
from e2e.guest import WAIT_MS, Guest
from e2e.running_node import RunningNode
from pictures import png
from playwright.sync_api import Locator, expect

from emporion.engine.config import Config, HttpConfig, MediaConfig, MetricsConfig, NodeConfig
from emporion.engine.log import configure_logging

pytestmark = [pytest.mark.browser, pytest.mark.no_cameras]

HISTORY = 20  # Messages that a joiner is sent.


@pytest.fixture
def node(tmp_path: Path) -> Iterator[RunningNode]:
    """As that of all tests, but its chat allows many messages and shows few."""
    configure_logging("warning", json=True, stream=sys.stderr)
    config = Config(
        node=NodeConfig(data_dir=str(tmp_path / "data"), stop_grace_s=1.0),
        http=HttpConfig(host="127.0.0.1", port=0),
        media=MediaConfig(host="127.0.0.1", port=0),
        metrics=MetricsConfig(port=0),
        plugins={"chat": {"rate_messages": 100, "history_messages": HISTORY}},
    )
    with RunningNode(config, tmp_path / "data") as node:
        yield node


def message(guest: Guest, text: str) -> Locator:
    guest.open_chat()
    return guest.page.get_by_test_id("chat-message").filter(has_text=text)


def act(guest: Guest, text: str, action: str) -> None:
    """Press a button of a message."""
    item = message(guest, text).last
    item.hover()
    item.get_by_test_id(action).click()


def add_picture(guest: Guest, path: Path, alt: str) -> None:
    guest.open_chat()
    guest.page.get_by_test_id("chat-file").set_input_files(path)
    guest.page.get_by_test_id("chat-alt").fill(alt)
    expect(guest.page.locator(".chat-draft-name")).to_be_visible(timeout=WAIT_MS)


def expect_picture_shown(guest: Guest, alt: str) -> None:
    """Wait until a picture is decoded."""
    picture = guest.page.get_by_test_id("chat-picture").get_by_alt_text(alt)
    expect(picture).to_be_visible(timeout=WAIT_MS)
    guest.page.wait_for_function(
        "alt => document.querySelector(`img[alt='${alt}']`).naturalWidth > 0", arg=alt
    )


def test_answers_mentions_pictures_and_deletions(enter: Enter, tmp_path: Path) -> None:
    shop = tmp_path / "shop.png"
    shop.write_bytes(png(320, 200))
    teacher, lin = enter("Teacher", "host"), enter("Lin")

    lin.say("How do I list a nail kit? See https://shop.example/kit and javascript:alert(1)")
    link = message(teacher, "How do I").get_by_role("link")
    expect(link).to_have_count(1)
    expect(link).to_have_attribute("rel", "noopener noreferrer nofollow")
    expect(link).to_have_text("shop.example/kit")

    lin.press("chat-button")
    act(teacher, "How do I", "chat-reply")
    field = teacher.page.get_by_test_id("chat-input")
    field.press_sequentially("Like this, @li")
    field.press("Enter")
    expect(field).to_have_value("Like this, @Lin ")
    add_picture(teacher, shop, "The shop window")
    teacher.press("chat-send")
    toast = lin.page.get_by_text("Teacher mentioned you in the chat")
    expect(toast).to_be_visible(timeout=WAIT_MS)
    badge = lin.page.get_by_test_id("chat-button").locator(".badge")
    expect(badge).to_have_attribute("data-count", "1")
    answer = message(lin, "Like this")
    expect(answer).to_have_class(re.compile("for-me"))
    expect(answer.locator(".message-quote")).to_contain_text("How do I list a nail kit?")
    expect(lin.page.get_by_test_id("unread-mark")).to_be_visible()
    expect_picture_shown(lin, "The shop window")
    lin.press("chat-picture")
    expect(lin.page.get_by_test_id("lightbox")).to_be_visible()
    lin.page.keyboard.press("Escape")
    expect(lin.page.get_by_test_id("lightbox")).to_have_count(0)

    late = enter("Late")
    expect(message(late, "Like this").locator(".message-quote")).to_be_visible(timeout=WAIT_MS)
    expect_picture_shown(late, "The shop window")
    lin.say("something rude")
    act(teacher, "something rude", "chat-delete")
    teacher.press("chat-delete-confirm")
    for guest in (teacher, lin, late):
        expect(message(guest, "something rude")).to_have_count(0, timeout=WAIT_MS)
        expect(message(guest, "This message was deleted.")).to_have_count(1)
    late.page.reload()
    late.open(late.page.url)
    late.join()
    expect(message(late, "This message was deleted.")).to_have_count(1, timeout=WAIT_MS)
    expect_picture_shown(late, "The shop window")


def test_hosts_say_who_may_write(enter: Enter) -> None:
    teacher, lin, mo = enter("Teacher", "host"), enter("Lin"), enter("Mo")
    teacher.open_chat()
    teacher.page.get_by_test_id("chat-mode").locator("summary").click()
    teacher.page.get_by_test_id("chat-hosts-only").check()
    lin.open_chat()
    expect(lin.page.get_by_test_id("chat-note")).to_be_visible(timeout=WAIT_MS)
    expect(lin.page.get_by_test_id("chat-to").locator("option")).to_have_text(["Teacher"])
    lin.say("only for you")
    teacher.expect_message("only for you")
    teacher.say("for everybody")
    mo.expect_message("for everybody")
    expect(message(mo, "only for you")).to_have_count(0)

    teacher.page.get_by_test_id("chat-hosts-only").uncheck()
    teacher.page.get_by_test_id("chat-slow").select_option("10")
    expect(mo.page.get_by_test_id("chat-note")).to_contain_text("10 s", timeout=WAIT_MS)
    mo.say("first")
    teacher.expect_message("first")
    expect(mo.page.get_by_text("You can write again in")).to_be_visible()
    expect(mo.page.get_by_test_id("chat-send")).to_have_attribute("aria-disabled", "true")


def test_bad_pictures_are_refused_in_words(enter: Enter, tmp_path: Path) -> None:
    script = tmp_path / "innocent.png"
    script.write_text("<script>alert(1)</script>")
    huge = tmp_path / "huge.gif"
    huge.write_bytes(b"GIF89a" + bytes(6_000_000))
    lin = enter("Lin")
    lin.open_chat()
    for path, words in ((script, "cannot be used here"), (huge, "too large")):
        lin.page.get_by_test_id("chat-file").set_input_files(path)
        bar = lin.page.get_by_test_id("chat-draft-picture")
        expect(bar).to_contain_text(words, timeout=WAIT_MS)
        expect(lin.page.get_by_test_id("chat-send")).to_have_attribute("aria-disabled", "true")
        bar.get_by_role("button").click()
    lin.say("still here")
    lin.expect_message("still here")


def test_older_messages_come_when_one_scrolls_up(enter: Enter) -> None:
    lin = enter("Lin")
    for number in range(HISTORY + 50):
        lin.say(f"message {number:03}")
    lin.expect_message(f"message {HISTORY + 49:03}")
    late = enter("Late")
    late.expect_message(f"message {HISTORY + 49:03}")
    expect(message(late, "message 000")).to_have_count(0)
    shown = message(late, "message 050")
    late.page.get_by_role("log", name="Chat").evaluate("list => list.scrollTo({ top: 0 })")
    expect(message(late, "message 000")).to_have_count(1, timeout=WAIT_MS)
    expect(late.page.get_by_test_id("chat-older")).to_have_count(0)
    expect(shown).to_be_in_viewport()
