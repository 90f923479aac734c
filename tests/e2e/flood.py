"""A page in a crowd that talks: thousands of people known to it, many messages a second.

What a server would push is put into the page's own WebSocket, so that all that the page does with
it is real, from the decoding to the paint, and nothing else takes the machine's time.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import msgspec
from playwright.sync_api import Page

FIRST_SEQ: Final = 1_000_000  # Far after everything that the server itself has said.

_HOLD_SOCKET = """
window.WebSocket = class extends WebSocket {
  constructor(...args) { super(...args); window.roomSocket = this; }
};
"""

_PUSH = """([hex, gap]) => new Promise((done) => {
  const bytes = (each) => Uint8Array.from(each.match(/../g), (pair) => parseInt(pair, 16));
  const pushes = hex.map(bytes);
  let next = 0;
  const step = () => {
    roomSocket.onmessage(new MessageEvent("message", { data: pushes[next].buffer }));
    next += 1;
    if (next === pushes.length) return requestAnimationFrame(() => setTimeout(done));
    setTimeout(step, gap);
  };
  step();
})"""


def hold_socket(page: Page) -> None:
    """Must come before the page is opened."""
    page.add_init_script(_HOLD_SOCKET)


class Flood:
    """Pushes entries into one page; `main_thread_s` is what its main thread has worked."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._seq = FIRST_SEQ
        self._cdp = page.context.new_cdp_session(page)
        self._cdp.send("Performance.enable")

    def bring(self, people: int) -> None:
        """Have so many people join."""
        pushes = [
            [self._entry("room.participant_joined", _person(n)) for n in range(first, first + 500)]
            for first in range(0, people, 500)
        ]
        self._push(pushes, gap_ms=5)

    def say(self, messages: int, *, per_s: int) -> None:
        """Have the crowd say so many things in the chat."""
        pushes = [[self._entry("chat.message", _message(n))] for n in range(messages)]
        self._push(pushes, gap_ms=1000 / per_s)

    @property
    def main_thread_s(self) -> float:
        metrics = self._cdp.send("Performance.getMetrics")["metrics"]
        return next(float(each["value"]) for each in metrics if each["name"] == "TaskDuration")

    @contextmanager
    def counted(self, *marks: str) -> Iterator[dict[str, int]]:
        """Count how often functions are called while this lasts.

        Args:
            marks: A string of the page's sources for each function: the innermost that holds it.
        """
        calls: dict[str, int] = {}
        self._cdp.send("Debugger.enable")
        self._cdp.send("Profiler.enable")
        self._cdp.send("Profiler.startPreciseCoverage", {"callCount": True, "detailed": False})
        yield calls
        covered = self._cdp.send("Profiler.takePreciseCoverage")["result"]
        sources = [
            self._cdp.send("Debugger.getScriptSource", {"scriptId": each["scriptId"]})
            for each in covered
        ]
        for command in ("Profiler.stopPreciseCoverage", "Profiler.disable", "Debugger.disable"):
            self._cdp.send(command)
        for mark in marks:
            calls[mark] = sum(
                _calls_of(mark, source["scriptSource"], script["functions"])
                for source, script in zip(sources, covered, strict=True)
            )

    def _entry(self, kind: str, body: dict[str, object]) -> dict[str, object]:
        self._seq += 1
        author = body.get("author")
        return {"seq": self._seq, "at_us": self._seq, "author": author, "kind": kind, "body": body}

    def _push(self, pushes: list[list[dict[str, object]]], gap_ms: float) -> None:
        coded = [msgspec.msgpack.encode({"type": "entries", "entries": each}) for each in pushes]
        self._page.evaluate(_PUSH, [[each.hex() for each in coded], gap_ms])


# Any: what the protocol of Chromium's tools says.
def _calls_of(mark: str, source: str, functions: list[dict[str, Any]]) -> int:
    at = source.find(mark)
    ranges = [each["ranges"][0] for each in functions]
    around = [each for each in ranges if each["startOffset"] <= at < each["endOffset"]]
    if at < 0 or not around:
        return 0
    return int(min(around, key=lambda each: each["endOffset"] - each["startOffset"])["count"])


def _person(number: int) -> dict[str, object]:
    return {
        "participant_id": f"PA_{number}",
        "identity": f"shop-{number}",
        "name": f"店铺 {number}",
        "role": "merchant",
        "joined_at_us": FIRST_SEQ + number,
    }


def _message(number: int) -> dict[str, object]:
    author = number * 37 % 1000
    return {
        "author": f"PA_{author}",
        "author_name": f"店铺 {author}",
        "text": f"请问新品多久上架 {number}",
    }
