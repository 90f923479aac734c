"""People for pictures of the pages: each with a camera, a screen to share and a language."""

import time
from dataclasses import dataclass
from typing import Final, Literal

from e2e.guest import Guest
from e2e.running_node import RunningNode
from playwright.sync_api import Browser

from emporion.engine.grants import RoleName
from emporion.web.tokens import GrantClaims, make_token

ROOM_NAMES: Final = {"guidance": "listing-help", "class": "first-steps", "briefing": "autumn-fair"}

# Chromium's fake cameras all look alike; these draw one calm figure each, in the hue of the name.
# The shared screen is a page of text and a table, as a merchant's shop would show it.
DEVICES: Final = """
name => {
  const hue = [...name].reduce((sum, letter) => sum + letter.codePointAt(0), 0) * 47 % 360;
  const sheet = (width, height, draw) => {
    const canvas = Object.assign(document.createElement("canvas"), {width, height});
    const pen = canvas.getContext("2d");
    draw(pen, 0);
    // Few pictures a second: all these browsers encode on one machine.
    setInterval(() => draw(pen, performance.now()), 200);
    return canvas.captureStream(5).getVideoTracks()[0];
  };
  const face = (pen, time) => {
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
  const shop = (pen, time) => {
    pen.fillStyle = "#fff"; pen.fillRect(0, 0, 1920, 1080);
    pen.fillStyle = "#1f3a68"; pen.fillRect(0, 0, 1920, 84);
    pen.fillStyle = "#fff"; pen.font = "600 36px sans-serif";
    pen.fillText("My shop · 我的店铺", 40, 55);
    pen.fillStyle = "#222"; pen.font = "600 52px sans-serif";
    pen.fillText("New listing · 新商品上架", 80, 190);
    pen.font = "30px sans-serif";
    ["Title · 标题", "Category · 类目", "Price · 价格", "Stock · 库存", "Shipping · 运费"]
      .forEach((field, row) => {
        pen.fillStyle = "#444"; pen.fillText(field, 80, 290 + row * 130);
        pen.strokeStyle = "#b8c2d0"; pen.lineWidth = 2;
        pen.strokeRect(420, 245 + row * 130, 860, 76);
      });
    pen.fillStyle = time % 1000 < 500 ? "#222" : "#fff"; pen.fillRect(440, 262, 3, 42);
    pen.fillStyle = "#e8edf3"; pen.fillRect(1360, 245, 480, 480);
    pen.fillStyle = "#8b98a9"; pen.fillText("Product photo · 商品图片", 1440, 495);
  };
  const { mediaDevices } = navigator;
  if (mediaDevices === undefined) return; // As on an empty page.
  const original = mediaDevices.getUserMedia.bind(mediaDevices);
  mediaDevices.getUserMedia = async wanted => {
    const stream = await original(wanted);
    for (const track of stream.getVideoTracks()) {
      stream.removeTrack(track);
      track.stop();
      stream.addTrack(sheet(1280, 720, face));
    }
    return stream;
  };
  mediaDevices.getDisplayMedia = async () => new MediaStream([sheet(1920, 1080, shop)]);
}
"""


@dataclass(frozen=True)
class Look:
    """One way to look at the pages."""

    width: int
    height: int
    locale: Literal["zh-CN", "en-GB"]
    scheme: Literal["light", "dark"]

    @property
    def is_phone(self) -> bool:
        return min(self.width, self.height) < 500

    @property
    def name(self) -> str:
        kind = "desktop"
        if self.is_phone:
            kind = "phone" if self.height > self.width else "side"
        return f"{kind}-{self.locale[:2]}-{self.scheme}"


# Each size, language and scheme with each of the others, in four looks; and one phone on its side.
LOOKS: Final = (
    Look(1280, 800, "zh-CN", "light"),
    Look(1280, 800, "en-GB", "dark"),
    Look(360, 740, "zh-CN", "dark"),
    Look(360, 740, "en-GB", "light"),
    Look(740, 360, "en-GB", "light"),
)
BYSTANDERS: Final = LOOKS[0]

NAMES: Final[dict[RoleName, dict[str, str]]] = {
    "host": {"zh-CN": "王老师", "en-GB": "Amina Farah"},
    "merchant": {"zh-CN": "陈美玲", "en-GB": "Sofia Lindqvist"},
}


class Visitors:
    """Brings people to the rooms of a node, and lets them go."""

    def __init__(self, node: RunningNode, browser: Browser, template: str) -> None:
        self._node, self._browser, self._template = node, browser, template
        self.guests: list[Guest] = []

    def arrive(self, name: str, role: RoleName, look: Look) -> Guest:
        """Bring somebody to the join page."""
        context = self._browser.new_context(
            viewport={"width": look.width, "height": look.height},
            locale=look.locale,
            color_scheme=look.scheme,
            has_touch=look.is_phone,
            is_mobile=look.is_phone,
            reduced_motion="reduce",
            permissions=["camera", "microphone"],
        )
        guest = Guest(context, name)
        self.guests.append(guest)
        guest.page.add_init_script(f"({DEVICES})({name!r})")
        guest.open(self._link(name, role))
        return guest

    @property
    def errors(self) -> list[str]:
        """What went wrong inside the pages."""
        return [f"{guest.name}: {error}" for guest in self.guests for error in guest.errors]

    def leave(self) -> None:
        """Close all pages."""
        for guest in self.guests:
            guest.context.close()
        self.guests.clear()

    def _link(self, name: str, role: RoleName) -> str:
        key_id, secret = next(iter(self._node.node.auth.keys.items()))
        token = make_token(
            key_id,
            secret.reveal(),
            identity=name,
            name=name,
            is_shared=False,
            expires_at_unix_s=time.time() + 3600,
            grants=GrantClaims(
                room=ROOM_NAMES[self._template],
                room_join=True,
                role=role,
                template=self._template,
            ),
        )
        return f"{self._node.origin}/#{token}"
