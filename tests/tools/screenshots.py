"""Pictures of the pages, from a real node with real browsers: `python tests/tools/screenshots.py`.

Starts a node on free ports, lets a teacher and merchants join a class in Chromium, and writes a
picture of each page for each screen, language and colour scheme. Look at them after every change.
"""

import argparse
import re
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM: Final = "/usr/bin/chromium"
FLAGS: Final = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--auto-select-desktop-capture-source=Entire screen",
)
LINK: Final = re.compile(r"class, (teacher|merchants):\s+(http\S+)")
PEOPLE: Final = (("王老师", "teacher"), ("林晓雨", "merchants"), ("Kwame Mensah", "merchants"))

# Chromium's fake cameras all look alike; these draw one calm figure each, in the hue of the name.
CAMERA: Final = """
name => {
  const hue = [...name].reduce((sum, letter) => sum + letter.codePointAt(0), 0) * 47 % 360;
  const canvas = Object.assign(document.createElement("canvas"), {width: 1280, height: 720});
  const pen = canvas.getContext("2d");
  const draw = time => {
    const sway = Math.sin(time / 900) * 14;
    pen.fillStyle = `hsl(${hue} 22% 78%)`;
    pen.fillRect(0, 0, 1280, 720);
    pen.fillStyle = `hsl(${hue} 18% 62%)`;
    pen.fillRect(90, 70, 260, 330);
    pen.fillStyle = `hsl(${(hue + 170) % 360} 34% 38%)`;
    pen.beginPath(); pen.ellipse(640 + sway, 800, 330, 330, 0, 0, 7); pen.fill();
    pen.fillStyle = "hsl(26 42% 68%)";
    pen.beginPath(); pen.ellipse(640 + sway, 360, 118, 148, 0, 0, 7); pen.fill();
    pen.fillStyle = "hsl(24 24% 18%)";
    pen.beginPath(); pen.ellipse(640 + sway, 282, 130, 96, 0, 3.1, 6.3); pen.fill();
  };
  draw(0);
  setInterval(() => draw(performance.now()), 50);
  const original = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = async wanted => {
    const stream = await original(wanted);
    for (const track of stream.getVideoTracks()) {
      stream.removeTrack(track);
      track.stop();
      stream.addTrack(canvas.captureStream(20).getVideoTracks()[0]);
    }
    return stream;
  };
}
"""


@dataclass(frozen=True)
class Screen:
    """One way to look at the pages."""

    name: str
    width: int
    height: int
    locale: str
    scheme: Literal["light", "dark"]
    touch: bool


SCREENS: Final = (
    Screen("desktop-zh-light", 1280, 800, "zh-CN", "light", touch=False),
    Screen("desktop-en-dark", 1280, 800, "en-GB", "dark", touch=False),
    Screen("phone-zh-dark", 390, 844, "zh-CN", "dark", touch=True),
    Screen("phone-en-light", 390, 844, "en-GB", "light", touch=True),
    Screen("landscape-zh-light", 844, 390, "zh-CN", "light", touch=True),
    Screen("small-en-dark", 360, 640, "en-GB", "dark", touch=True),
)


def _free_port(kind: socket.SocketKind) -> int:
    with socket.socket(type=kind) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def _running_node() -> Iterator[dict[str, str]]:
    """Run a node in a new folder; yields its links for a class, by who they are for."""
    with tempfile.TemporaryDirectory() as folder:
        ports = {
            "--port": _free_port(socket.SOCK_STREAM),
            "--media-port": _free_port(socket.SOCK_DGRAM),
            "--metrics-port": _free_port(socket.SOCK_STREAM),
        }
        options = [text for name, port in ports.items() for text in (name, str(port))]
        options += ["--log-level", "error"]
        command = [sys.executable, "-m", "emporion", "serve", "--data-dir", folder, *options]
        node = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        try:
            yield _read_links(node)
        finally:
            node.terminate()
            node.communicate()


def _read_links(node: subprocess.Popen[str]) -> dict[str, str]:
    assert node.stdout is not None
    text = ""
    for line in node.stdout:
        text += line
        links = dict(LINK.findall(text))
        if len(links) == 2:
            return links
    raise SystemExit(f"the node ended before it printed its links:\n{text}")


def _open(browser: Browser, link: str, name: str, screen: Screen) -> Page:
    """Open the join page of a link as somebody sees it on this screen."""
    context = browser.new_context(
        viewport={"width": screen.width, "height": screen.height},
        locale=screen.locale,
        color_scheme=screen.scheme,
        has_touch=screen.touch,
        permissions=["camera", "microphone"],
    )
    page = context.new_page()
    page.add_init_script(f"({CAMERA})({name!r})")
    page.goto(link)
    page.wait_for_selector(".preview video")
    page.get_by_test_id("name-input").fill(name)
    return page


def _join(page: Page) -> None:
    page.get_by_test_id("join-button").click()
    page.wait_for_selector("[data-testid=tile]")
    page.wait_for_timeout(2500)


def _press(page: Page, test_id: str) -> None:
    """Press a button of the control bar, or of the sheet of those that it has no room for."""
    button, more = page.get_by_test_id(test_id), page.get_by_test_id("more-button")
    if not button.is_visible() and more.is_visible():
        more.click()
    button.click()


def _say(page: Page, text: str) -> None:
    page.get_by_test_id("chat-button").click()
    page.get_by_test_id("chat-input").fill(text)
    page.get_by_test_id("chat-send").click()
    page.get_by_test_id("chat-button").click()


class Album:
    """Takes the pictures of one screen; `taken` counts them."""

    def __init__(self, folder: Path, screen: Screen) -> None:
        self._folder = folder
        self._screen = screen
        self.taken = 0

    def take(self, page: Page, name: str, settle_ms: int = 400) -> None:
        page.mouse.move(1, 1)
        page.wait_for_timeout(settle_ms)
        page.screenshot(path=self._folder / f"{self._screen.name}-{name}.png")
        self.taken += 1


def _picture_room(page: Page, album: Album, teacher: Page) -> None:
    """Everything a person meets from the join page to the goodbye."""
    album.take(page, "1-join")
    _join(page)
    album.take(page, "2-room")
    for number, panel in ((3, "chat"), (4, "people")):
        _press(page, f"{panel}-button")
        album.take(page, f"{number}-{panel}")
        page.keyboard.press("Escape")
    if page.get_by_test_id("more-button").is_visible():
        page.get_by_test_id("more-button").click()
        album.take(page, "4-more")
        page.keyboard.press("Escape")
    teacher.get_by_test_id("screen-button").click()
    page.wait_for_selector("[data-testid=tile][data-source=screen_share]")
    page.wait_for_timeout(2500)
    album.take(page, "5-screen")
    teacher.get_by_test_id("screen-button").click()
    page.evaluate("emporion.room.loseSocket()")
    album.take(page, "6-reconnecting", settle_ms=0)
    page.wait_for_selector("[data-testid=reconnect-banner]", state="detached")
    page.get_by_test_id("leave-button").click()
    album.take(page, "7-leave")
    page.get_by_test_id("leave-confirm").click()
    page.wait_for_selector("[data-testid=goodbye]")
    album.take(page, "8-goodbye")


def _take_all(browser: Browser, links: dict[str, str], folder: Path) -> int:
    """Fill the room, then look at it from each screen in turn."""
    others = []
    for name, who in PEOPLE:
        others.append(_open(browser, links[who], name, SCREENS[0]))
        _join(others[-1])
    _say(others[0], "大家好。今天讲新品上架的流程。有问题请随时写在这里。")
    _say(others[2], "Good morning! Does the new listing form also apply to shops that sell abroad?")
    taken = 0
    for screen in SCREENS:
        name = "陈美玲" if screen.locale == "zh-CN" else "Sofia Lindqvist"
        page = _open(browser, links["merchants"], name, screen)
        album = Album(folder, screen)
        _picture_room(page, album, teacher=others[0])
        page.context.close()
        taken += album.taken
    return taken


def main() -> None:
    """Write the pictures into the folder that was named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", default="screenshots", type=Path)
    folder: Path = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    with _running_node() as links, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        taken = _take_all(browser, links, folder)
        browser.close()
    print(f"{taken} pictures are in {folder}/")


if __name__ == "__main__":
    main()
