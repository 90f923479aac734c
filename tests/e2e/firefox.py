"""A person at a page in Firefox: what one can do there, and what is really received and sent.

The counterpart of `guest.py`, which Playwright's Chromium has. Playwright drives only a Firefox of
its own make; Debian's is driven by WebDriver BiDi.
"""

import json
import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

from e2e.webdriver_bidi import BidiConnection, BidiError

WAIT_S: Final = 20.0
_POLL_S: Final = 0.1
_START_S: Final = 45.0  # It takes 3 to 5 s on idle cores.
_STOP_S: Final = 5.0
_VIEWPORT: Final = {"width": 1280, "height": 800}
_LISTENING: Final = re.compile(r"WebDriver BiDi listening on ws://([\d.]+):(\d+)")
_PREFERENCES: Final[dict[str, bool | int | str]] = {
    "media.navigator.streams.fake": True,  # A moving picture and a tone.
    "media.navigator.permission.disabled": True,  # Nobody is there to be asked.
    "media.autoplay.default": 0,
    # Its estimate of the uplink starts at 300 kbit/s, and if cores are busy in the first second it
    # takes up to 15 s from there to the highest layer. In kbit/s, enough for all three.
    "media.peerconnection.video.start_bitrate": 3000,
    "media.peerconnection.video.min_bitrate_estimate": 3000,
    # The addresses of the private network may be told: no mDNS, nobody would answer it.
    "media.peerconnection.ice.obfuscate_host_addresses": False,
    "intl.accept_languages": "en-US",
    "intl.locale.requested": "en-US",
}

_STATISTICS: Final = """async (type) => {
  const report = await window.emporion.pc.getStats();
  return JSON.stringify([...report.values()].filter((s) => s.type === type));
}"""
_PICTURE: Final = "[data-testid='tile'][data-source='camera']"


@contextmanager
def running_firefox(folder: Path) -> Iterator[BidiConnection]:
    """Run a Firefox with an empty profile in `folder`; on exit all its processes are ended."""
    program = find_firefox()
    assert program is not None, "ask `find_firefox` first"
    profile = folder / "profile"
    profile.mkdir(parents=True)
    lines = (
        f"user_pref({json.dumps(name)}, {json.dumps(value)});\n"
        for name, value in _PREFERENCES.items()
    )
    (profile / "user.js").write_text("".join(lines))
    command = [program, "--headless", "--no-remote", "--profile", str(profile)]
    log = folder / "firefox.log"
    with log.open("w") as output:
        process = subprocess.Popen(
            [*command, "--remote-debugging-port", "0"],
            env={**os.environ, "HOME": str(folder), "MOZ_CRASHREPORTER_DISABLE": "1"},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Its content processes are ended with it, by their group.
        )
    try:
        connection = BidiConnection(*_wait_listening(process, log))
        connection.call("session.new", capabilities={})
        connection.call("session.subscribe", events=["log.entryAdded"])
        yield connection
        connection.close()
    finally:
        _end(process)


def find_firefox() -> str | None:
    return shutil.which("firefox-esr") or shutil.which("firefox")


def script_errors(connection: BidiConnection) -> list[str]:
    """What went wrong in scripts of pages, as far as `events` reach back."""
    entries = [event["params"] for event in connection.events]
    return [
        entry["text"]
        for entry in entries
        if entry["type"] == "javascript" and entry["level"] == "error"
    ]


class FirefoxGuest:
    """One window of a Firefox with the page of one participant."""

    def __init__(self, connection: BidiConnection, name: str) -> None:
        self.name = name
        self._connection = connection
        # A window for each: pages in a tab behind another one are throttled.
        self._context = connection.call("browsingContext.create", type="window")["context"]
        connection.call("browsingContext.setViewport", context=self._context, viewport=_VIEWPORT)

    def close(self) -> None:
        self._connection.call("browsingContext.close", context=self._context)

    def open(self, url: str) -> None:
        """Open a link and wait for the join page."""
        self._connection.call(
            "browsingContext.navigate", context=self._context, url=url, wait="complete"
        )
        self._wait_element("[data-testid='join-button']:enabled")

    def join(self) -> None:
        """Enter the room, with camera and microphone as the page has them."""
        self.press("join-button")
        self._wait_element("[data-testid='leave-button']")

    def press(self, test_id: str) -> None:
        self._click(f"[data-testid='{test_id}']:enabled")

    def expect_picture(self, name: str) -> None:
        """Wait until the tile of somebody's camera shows a picture that is decoded."""
        is_shown = (
            "(selector, name) => [...document.querySelectorAll(selector)].some((tile) =>"
            " tile.textContent.includes(name) && tile.querySelector('[data-covered=false]'))"
        )
        self._wait(lambda: self.run(is_shown, _PICTURE, name), f"see {name}")

    def say(self, text: str) -> None:
        """Write into the chat, opening it if need be."""
        self.open_chat()
        self._click("[data-testid='chat-input']")
        keys = [{"type": kind, "value": letter} for letter in text for kind in ("keyDown", "keyUp")]
        self._act({"type": "key", "id": "keyboard", "actions": keys})
        self.press("chat-send")

    def open_chat(self) -> None:
        if not self._exists("[data-testid='chat-input']"):
            self.press("chat-button")
            self._wait_element("[data-testid='chat-input']")

    def expect_message(self, text: str) -> None:
        self.open_chat()
        is_there = (
            "(text) => [...document.querySelectorAll('[data-testid=chat-message]')]"
            ".filter((message) => message.textContent.includes(text)).length === 1"
        )
        self._wait(lambda: self.run(is_there, text), f"have the message {text!r}")

    def total(self, direction: str, kind: str, counter: str) -> float:
        """The sum of a counter of W3C webrtc-stats over all its streams ("inbound", "outbound")."""
        rows = json.loads(str(self.run(_STATISTICS, f"{direction}-rtp")))
        return float(sum(row.get(counter, 0) for row in rows if row["kind"] == kind))

    def wait_rising(self, direction: str, kind: str, counter: str, *, by: float) -> None:
        """Wait until a counter has risen by so much from now on."""
        wanted = self.total(direction, kind, counter) + by
        self._wait(
            lambda: self.total(direction, kind, counter) >= wanted,
            f"have {wanted} {counter} of {direction} {kind}",
        )

    def wait_still(self, direction: str, kind: str, counter: str, *, for_s: float) -> None:
        """Wait until a counter stands still, and see that it does so for a time."""

        def is_still() -> bool:
            before = self.total(direction, kind, counter)
            time.sleep(for_s)
            return self.total(direction, kind, counter) == before

        self._wait(is_still, f"keep {counter} of {direction} {kind} for {for_s} s")

    def run(self, function: str, *arguments: str) -> object:
        """Run a function of JavaScript in the page; strings go in, a plain value comes back."""
        result = self._connection.call(
            "script.callFunction",
            functionDeclaration=function,
            arguments=[{"type": "string", "value": argument} for argument in arguments],
            target={"context": self._context},
            awaitPromise=True,
        )
        if result["type"] == "exception":
            raise BidiError(f"{self.name}: {result['exceptionDetails']['text']}")
        return result["result"].get("value")

    def _click(self, selector: str) -> None:
        """Click with the mouse, as a person would: what lies over the element takes the click."""
        self._wait_element(selector)
        (node,) = self._connection.call(
            "browsingContext.locateNodes",
            context=self._context,
            locator={"type": "css", "value": selector},
        )["nodes"]
        origin = {"type": "element", "element": {"sharedId": node["sharedId"]}}
        actions: list[dict[str, Any]] = [  # Any: JSON.
            {"type": "pointerMove", "x": 0, "y": 0, "origin": origin},
            {"type": "pointerDown", "button": 0},
            {"type": "pointerUp", "button": 0},
        ]
        self._act({"type": "pointer", "id": "mouse", "actions": actions})

    def _act(self, source: dict[str, object]) -> None:
        self._connection.call("input.performActions", context=self._context, actions=[source])

    def _exists(self, selector: str) -> bool:
        return bool(self.run("(s) => document.querySelector(s) !== null", selector))

    def _wait_element(self, selector: str) -> None:
        self._wait(lambda: self._exists(selector), f"have {selector}")

    def _wait(self, is_so: Callable[[], object], what: str) -> None:
        deadline_s = time.monotonic() + WAIT_S
        while not is_so():
            assert time.monotonic() < deadline_s, f"{self.name} does not {what}"
            time.sleep(_POLL_S)


def _wait_listening(process: "subprocess.Popen[bytes]", log: Path) -> tuple[str, int]:
    deadline_s = time.monotonic() + _START_S
    while (found := _LISTENING.search(log.read_text(errors="replace"))) is None:
        assert process.poll() is None, f"Firefox ended at once:\n{log.read_text()}"
        assert time.monotonic() < deadline_s, f"Firefox is not up:\n{log.read_text()}"
        time.sleep(_POLL_S)
    return found[1], int(found[2])


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    with suppress(subprocess.TimeoutExpired):
        process.wait(_STOP_S)
    with suppress(ProcessLookupError):  # Nobody of its group was left over.
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(_STOP_S)
