"""Pictures of every screen: `python tests/tools/screenshots.py [folder] [--template …] [--look …]`.

Starts a node and lets a teacher and a merchant go through a guidance, a class and a briefing, in
Chromium, on desktop and phone, in Chinese and English, light and dark: from the join page and the
waiting room by panels, forms, slides, board and share to the goodbye. Look at them after every
change.

A walk that fails leaves pictures of where it stood, the others are taken, and the exit status is 1.
With `--resume` those that are whole in the folder are not taken again.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

from e2e.conftest import CHROMIUM, FLAGS
from e2e.drawing import Sheet
from e2e.guest import WAIT_MS, Guest
from e2e.panels import open_panel, press_control
from e2e.running_node import RunningNode
from e2e.scenes.door import expect_inside, keep_waiting, knock
from e2e.scenes.showing import end_share, open_board, show_slides
from e2e.screens import walk_room
from e2e.test_courseware import expect_page
from e2e.test_floor import raise_hand
from e2e.test_polls import make, open_now, vote
from e2e.test_questions import ask
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Page, expect, sync_playwright
from tools.picture_people import BYSTANDERS, LOOKS, NAMES, Look, Visitors

from emporion.engine.config import Config, HttpConfig, MediaConfig, MetricsConfig, NodeConfig
from emporion.engine.log import configure_logging

TEMPLATES: Final = ("guidance", "class", "briefing")
OTHERS: Final = ("林晓雨", "Kwame Mensah", "Lý Thị Hoa")
SETTLE_MS: Final = 350

Walk = tuple[str, Look]  # A template, seen in one way.


class Album:
    """Takes the pictures of one session; `taken` counts them."""

    def __init__(self, folder: Path, template: str, look: Look) -> None:
        self._path = folder / f"{template}-{look.name}"
        self.taken = 0

    def take(self, page: Page, who: str, screen: str, *, settle_ms: int = SETTLE_MS) -> None:
        page.mouse.move(1, 1)
        page.wait_for_timeout(settle_ms)
        self.taken += 1
        name = f"{self._path.name}-{self.taken:02}-{who}-{screen.replace(' ', '-')}.png"
        page.screenshot(path=self._path.with_name(name))


class Session:
    """One teacher and one merchant with the same look, in a room with others."""

    def __init__(self, visitors: Visitors, album: Album, template: str, look: Look) -> None:
        self._visitors, self._album = visitors, album
        self._template, self._look = template, look
        self.teacher = visitors.arrive(NAMES["host"][look.locale], "host", look)
        self.merchant: Guest

    def take(self, guest: Guest, screen: str) -> None:
        who = "teacher" if guest is self.teacher else "merchant"
        self._album.take(guest.page, who, screen)

    def take_both(self, screen: str) -> None:
        for guest in (self.teacher, self.merchant):
            self.take(guest, screen)

    def come_in(self) -> None:
        """The join page, the waiting room, the others."""
        self.take(self.teacher, "join")
        self.teacher.join()
        self.take(self.teacher, "alone")
        keep_waiting(self.teacher)
        self.merchant = self._arrive(NAMES["merchant"][self._look.locale], self._look)
        self.take(self.merchant, "join")
        knock(self.merchant)
        self.take_both("door")
        self.teacher.press("knock-admit")
        expect_inside(self.merchant)
        keep_waiting(self.teacher, is_on=False)
        if self._template == "guidance":
            return self._come_too_many()
        for name in OTHERS:
            self._arrive(name, BYSTANDERS).join()

    def _come_too_many(self) -> None:
        third = self._arrive(OTHERS[1], self._look)
        third.press("join-button")
        expect(third.page.locator("[data-code='room.full']")).to_be_visible(timeout=WAIT_MS)
        self._album.take(third.page, "third", "full")
        third.press("door-leave")

    def _arrive(self, name: str, look: Look) -> Guest:
        return self._visitors.arrive(name, "merchant", look)

    def work(self, folder: Path) -> None:
        """Fill the room, look at everything, then show things."""
        self._furnish()
        for guest in (self.teacher, self.merchant):
            for screen in walk_room(guest):
                self.take(guest, screen)
        open_panel(self.merchant, "polls")
        vote(self.merchant, "一次也没有 Never")
        self.take(self.merchant, "voted")
        self.merchant.page.keyboard.press("Escape")
        show_slides(self.teacher, folder, pages=12)
        expect_page(self.merchant, 1)
        self.teacher.page.keyboard.press("Escape")
        self.take_both("slides")
        self._draw_on_slide()
        self._draw()
        press_control(self.teacher, "screen-button")
        self.merchant.expect_picture(self.teacher.name, source="screen_share")
        self.take_both("share over board")
        press_control(self.teacher, "board-button")
        self.take_both("share")
        end_share(self.teacher, self.merchant)

    def _furnish(self) -> None:
        teacher, merchant = self.teacher, self.merchant
        teacher.say("大家好。今天讲新品上架。Welcome! The steps: https://shop.example/listing")
        merchant.say("老师好。Does the new form also apply to shops that sell abroad?")
        for guest in (teacher, merchant):
            guest.page.keyboard.press("Escape")
        ask(merchant, "新品多久能被搜索到: how long until a product is found in the search?")
        merchant.page.keyboard.press("Escape")
        if self._template != "guidance":
            raise_hand(merchant)
        make(
            teacher,
            "您上架过商品吗: have you listed a product?",
            ("一次也没有 Never", "有时 At times"),
        )
        open_now(teacher)
        teacher.page.keyboard.press("Escape")

    def _draw_on_slide(self) -> None:
        stage = self.teacher.page.get_by_test_id("courseware-stage")
        stage.get_by_test_id("annotate-button").click()
        Sheet(self.teacher, ".courseware-box").drag((0.2, 0.3), (0.5, 0.6), (0.7, 0.3))
        Sheet(self.merchant, ".courseware-box").expect_items(1)
        self.take_both("slides drawn on")
        stage.get_by_test_id("annotate-button").click()

    def _draw(self) -> None:
        board = open_board(self.teacher)
        board.choose("pen")
        board.drag((0.2, 0.3), (0.35, 0.2), (0.5, 0.4))
        board.drag((0.55, 0.3), (0.8, 0.3), (0.8, 0.6), (0.55, 0.6), (0.55, 0.3))
        expect(Sheet(self.merchant).surface).to_be_visible(timeout=WAIT_MS)
        self.take_both("board")
        for guest in (self.teacher, self.merchant):
            guest.press("page-list-button")
        self.take_both("board with its pages")

    def end(self) -> None:
        """Lose the connection, find it again, and part."""
        page = self.merchant.page
        page.evaluate("emporion.room.loseSocket()")
        self._album.take(page, "merchant", "reconnecting", settle_ms=0)
        expect(page.get_by_test_id("reconnect-banner")).to_have_count(0, timeout=WAIT_MS)
        self.teacher.press("leave-button")
        self.teacher.press("end-for-all")
        for guest in (self.teacher, self.merchant):
            expect(guest.page.get_by_test_id("goodbye")).to_be_visible(timeout=WAIT_MS)
        self.take_both("goodbye")
        page.goto("about:blank")
        page.goto(self.teacher.page.url.partition("#")[0])
        expect(page.get_by_role("heading").first).to_be_visible()
        self.take(self.merchant, "no link")


def take_session(visitors: Visitors, folder: Path, template: str, look: Look) -> int:
    """Take all pictures of one room with one look; returns how many.

    Raises:
        AssertionError: Something was not there, or a page had an error.
    """
    album = Album(folder, template, look)
    try:
        session = Session(visitors, album, template, look)
        session.come_in()
        with tempfile.TemporaryDirectory() as documents:
            session.work(Path(documents))
        session.end()
        assert not visitors.errors, visitors.errors
    except (AssertionError, PlaywrightError):
        for guest in visitors.guests:
            album.take(guest.page, guest.name, "failed", settle_ms=0)
        raise
    finally:
        visitors.leave()
    return album.taken


def is_whole(folder: Path, template: str, look: Look) -> bool:
    """Whether the last screen of a walk is there, from the newest try."""
    name = f"{template}-{look.name}"
    is_there = any(folder.glob(f"{name}-*-no-link.png"))
    return is_there and not any(folder.glob(f"{name}-*-failed.png"))


def take_all(walks: list[Walk], folder: Path) -> list[str]:
    """Take the pictures of these walks, telling of each; returns the names of those that failed."""
    failed: list[str] = []
    with tempfile.TemporaryDirectory() as data, sync_playwright() as playwright:
        config = Config(
            node=NodeConfig(data_dir=data, stop_grace_s=1.0),
            http=HttpConfig(host="127.0.0.1", port=0),
            media=MediaConfig(host="127.0.0.1", port=0),
            metrics=MetricsConfig(port=0),
        )
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        with RunningNode(config, Path(data)) as node:
            for number, (template, look) in enumerate(walks, 1):
                name, started_at_s = f"{template}-{look.name}", time.monotonic()
                for old in folder.glob(f"{name}-*.png"):
                    old.unlink()  # Else screens that are no more would stay for ever.
                try:
                    taken = take_session(Visitors(node, browser, template), folder, template, look)
                    result = f"{taken} pictures"
                except (AssertionError, PlaywrightError) as error:
                    failed.append(name)
                    result = f"FAILED: {error}"
                seconds = time.monotonic() - started_at_s
                print(f"[{number}/{len(walks)}] {name}: {result}, {seconds:.0f} s", flush=True)
        browser.close()
    return failed


def main() -> int:
    """Write the pictures into the folder that was named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", default="screenshots", type=Path)
    parser.add_argument("--template", choices=TEMPLATES, action="append")
    parser.add_argument("--look", choices=[look.name for look in LOOKS], action="append")
    parser.add_argument("--resume", action="store_true", help="only what is not there, or failed")
    options = parser.parse_args()
    folder: Path = options.folder
    folder.mkdir(parents=True, exist_ok=True)
    configure_logging("error", json=True, stream=sys.stderr)
    walks = [
        (template, look)
        for template in options.template or TEMPLATES
        for look in LOOKS
        if look.name in (options.look or [look.name])
        and not (options.resume and is_whole(folder, template, look))
    ]
    failed = take_all(walks, folder) if walks else []
    print(f"{len(list(folder.glob('*.png')))} pictures are in {folder}/")
    if failed:
        print(f"{len(failed)} of {len(walks)} walks failed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
