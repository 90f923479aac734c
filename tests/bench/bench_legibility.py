"""Can a merchant on 600 kbit/s read the shared product page, in a class of twenty with cameras?

    python tests/bench/bench_legibility.py [--seconds 40] [--runs 1] [--film]

A teacher in Chromium shares a product page that changes every ten seconds and speaks; eighteen
cameras send real VP8; the viewer is our page in another Chromium behind the emulated network. Each
second the picture that the viewer sees is read by tesseract and compared with what was written on
the page at that time: legible is a second in which nine of ten characters are read right. Beside
`teaching` stand `gallery`, to which a screen is one picture of many, and `equal_share`, which
divides the link by the pictures (`equal_share.py`); all run in one session, one after the other.
"""

import argparse
import base64
import difflib
import platform
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final

import msgspec
from bench import equal_share
from bench.camera_crowd import filming
from bench.quality_calls import Browsers, join, launch, link, open_page
from bench.quality_relay import relaying
from bench.server_process import ServerProcess, serving
from e2e.conftest import CHROMIUM
from playwright.sync_api import Page, sync_playwright

from emporion.engine.testing.network import ConstantRate, LinkProfile, NetworkProfile

RATE_BPS: Final = 600_000
PEOPLE: Final = 18  # And a teacher and the viewer: a class of twenty.
PAGE_S: Final = 10
LEGIBLE: Final = 0.9
_WARM_UP_S: Final = 8.0
_WAIT_MS: Final = 30_000
_ROOM: Final = "class"

# Lines as on the page of a product; each page has other words and figures.
PAGES: Final = (
    "Wool coat with belt|Price 149.90 in five colours|Sizes 34 to 46 and petite 17 to 23|Shell "
    "80 % wool 20 % polyamide|Delivery within three working days|Free returns for 30 days|"
    "Order number 4711-0815-2026",
    "Ceramic tea set for six|Price 58.50 with two years warranty|Pot 1.2 litres and cups 180 ml|"
    "Safe in dishwasher and microwave|Made by hand in Jingdezhen|Packed in recycled paper|"
    "Order number 2203-9941-7752",
    "Trail running shoe|Price 119.00 for members 99.00|Weight 270 g in size 42 drop 6 mm|"
    "Membrane keeps water out|Tested over 800 kilometres|Available from 36 to 48|"
    "Order number 8360-1127-4458",
)

# What moves beside the text: a photo that slides to and fro, or a film of a product on a turntable.
_PHOTO: Final = """
  const move = (paint, frame) => {
    paint.fillStyle = `hsl(${frame * 3 % 360}, 60%, 60%)`;
    paint.fillRect(860 + 40 * Math.sin(frame / 9), 140, 320, 400);
  };
"""
_FILM: Final = """
  const cloth = Object.assign(document.createElement('canvas'), { width: 400, height: 400 });
  const weave = cloth.getContext('2d');
  for (let i = 0; i < 4000; i += 1) {
    weave.fillStyle = `hsl(${i * 137 % 360}, 40%, ${30 + i * 17 % 50}%)`;
    weave.fillRect(i * 61 % 397, i * 89 % 391, 9, 9);
  }
  const move = (paint, frame) => {
    paint.save();
    paint.beginPath();
    paint.rect(860, 140, 320, 400);
    paint.clip();
    paint.translate(1020, 340);
    paint.rotate(frame / 15);
    paint.drawImage(cloth, -200, -200);
    paint.restore();
  };
"""
_SCREEN: Final = """
  navigator.mediaDevices.getDisplayMedia = async () => {
    const canvas = Object.assign(document.createElement('canvas'), { width: 1280, height: 720 });
    const paint = canvas.getContext('2d');
    let frame = 0;
    const draw = () => {
      const lines = pages[Math.floor(Date.now() / 1000 / pageS) % pages.length].split('|');
      paint.fillStyle = '#ffffff';
      paint.fillRect(0, 0, 1280, 720);
      paint.fillStyle = '#20252b';
      paint.font = '600 22px sans-serif';
      paint.fillText(lines[0], 60, 90);
      paint.font = '15px sans-serif';  // As the small print of a shop.
      lines.slice(1).forEach((line, i) => paint.fillText(line, 60, 130 + 34 * i));
      move(paint, frame += 1);
    };
    setInterval(draw, 100);
    draw();
    return canvas.captureStream(10);
  };
"""

# The shared picture as the viewer's decoder gives it, at the size of the page.
_GRAB: Final = """
() => {
  const video = document.querySelector("[data-source='screen_share'] video");
  if (!video || !video.videoWidth) return null;
  const canvas = Object.assign(document.createElement('canvas'), { width: 1280, height: 720 });
  canvas.getContext('2d').drawImage(video, 0, 0, 1280, 720);
  return canvas.toDataURL('image/png').split(',')[1];
}
"""


@dataclass(frozen=True, slots=True)
class Reading:
    """One scheduler: seconds, of each the share of characters read right; voice made up."""

    scheduler: str
    right: tuple[float, ...]
    concealed: float

    @property
    def legible(self) -> float:
        return sum(share >= LEGIBLE for share in self.right) / len(self.right)


def screen(*, film: bool) -> str:
    """Return the script by which sharing the screen gives the page."""
    given = f"const pages = {list(PAGES)!r}, pageS = {PAGE_S};"
    return f"(() => {{ {given} {_FILM if film else _PHOTO} {_SCREEN} }})()"


def network() -> NetworkProfile:
    down = LinkProfile(rate=ConstantRate(RATE_BPS), queue_s=0.4, delay_s=0.03, jitter_s=0.004)
    up = LinkProfile(rate=ConstantRate(400e3), queue_s=0.4, delay_s=0.03, jitter_s=0.004)
    return NetworkProfile(name="600k", summary="600 kbit/s, 60 ms round trip", down=down, up=up)


def read_text(png: bytes) -> str:
    """What tesseract reads in a picture."""
    found = subprocess.run(
        ["tesseract", "-", "-", "--psm", "6"], input=png, capture_output=True, check=True
    )
    return found.stdout.decode()


def share_right(text: str, at_s: float) -> float:
    """The share of the page's characters that were read; a page that has just gone counts too.

    The picture of a share is some moments old: what was written two seconds ago is right as well.
    """
    return max(_likeness(text, _page_at(at_s - age_s)) for age_s in (0.0, 1.0, 2.0))


def _page_at(at_s: float) -> str:
    return PAGES[int(at_s / PAGE_S) % len(PAGES)]


def _likeness(text: str, page: str) -> float:
    wanted = "".join(page.replace("|", "").split())
    matcher = difflib.SequenceMatcher(None, wanted, "".join(text.split()), autojunk=False)
    return sum(block.size for block in matcher.get_matching_blocks()) / len(wanted)


def set_scheduler(server: ServerProcess, scheduler: str) -> None:
    token = server.token("operator", room=_ROOM, role="host")
    request = urllib.request.Request(
        f"http://127.0.0.1:{server.port}/api/v1/rooms/{_ROOM}/scheduler",
        data=msgspec.json.encode({"scheduler": scheduler}),
        headers={"Authorization": f"Bearer {token}"},
        method="PUT",
    )
    urllib.request.urlopen(request).close()


def measure(viewer: Page, scheduler: str, seconds: int) -> Reading:
    """Look once a second; read afterwards, so that reading takes no CPU from the call."""
    viewer.wait_for_timeout(_WARM_UP_S * 1000)
    before = viewer.evaluate("window.samples.at(-1)")
    looks: list[tuple[float, str | None]] = []
    begun_s = time.time()
    for second in range(seconds):
        viewer.wait_for_timeout(max(0.0, begun_s + second - time.time()) * 1000)
        looks.append((time.time(), viewer.evaluate(_GRAB)))
    after = viewer.evaluate("window.samples.at(-1)")
    sound = after["sound"] - before["sound"]
    heard = (after["concealed"] - before["concealed"]) - (after["silent"] - before["silent"])
    right = tuple(
        0.0 if png is None else share_right(read_text(base64.b64decode(png)), at_s)
        for at_s, png in looks
    )
    return Reading(scheduler, right, max(0.0, heard) / max(1.0, sound))


def run(
    schedulers: Sequence[str], seconds: int, people: int = PEOPLE, *, film: bool = False
) -> list[Reading]:
    """Measure each scheduler for so long, in one room, one after the other."""
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        installed = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        equal_share.install(installed)
        settings = {"EMPORION_ROOMS__TEMPLATES__CLASS__EXTRA_PLUGINS": equal_share.NAME}
        server = stack.enter_context(serving(Path(folder), settings, installed=installed))
        relay = stack.enter_context(relaying(server.media_port, network(), 1))
        playwright = stack.enter_context(sync_playwright())
        browsers = Browsers(launch(playwright), launch(playwright))
        stack.callback(browsers.publishing.close)
        stack.callback(browsers.viewing.close)
        teacher = open_page(stack, browsers.publishing, script=screen(film=film))
        join(teacher, link(server, _ROOM, "teacher", "host"))
        teacher.get_by_test_id("camera-button").click()
        teacher.get_by_test_id("screen-button").click()
        stack.enter_context(filming(server, _ROOM, people))
        viewer = open_page(stack, browsers.viewing, relay.port)
        join(viewer, link(server, _ROOM, "merchant", "merchant", can_publish=False))
        viewer.wait_for_function(f"({_GRAB})() !== null", timeout=_WAIT_MS)
        readings = []
        for scheduler in schedulers:
            set_scheduler(server, scheduler)
            readings.append(measure(viewer, scheduler, seconds))
        return readings


def main() -> None:
    """Print the figures with what is needed to repeat them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=40, help="of each scheduler")
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--film", action="store_true", help="beside the text, for the photo")
    parser.add_argument("--schedulers", default="teaching,gallery,equal_share")
    options = parser.parse_args()
    schedulers = options.schedulers.split(",")
    readings = [
        reading
        for _ in range(options.runs)
        for reading in run(schedulers, options.seconds, film=options.film)
    ]
    print(f"command: {' '.join(sys.argv)}")
    print(f"Python {platform.python_version()}, Chromium at {CHROMIUM}, {platform.platform()}")
    for scheduler in schedulers:
        own = [reading for reading in readings if reading.scheduler == scheduler]
        right = [share for reading in own for share in reading.right]
        print(
            f"{scheduler:12} legible {median(each.legible for each in own):5.1%} of the time,"
            f" characters read right {sum(right) / len(right):5.1%},"
            f" voice concealed {median(each.concealed for each in own):.2%}"
        )


if __name__ == "__main__":
    main()
