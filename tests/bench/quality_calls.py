"""The two calls that are compared: through a server, and from one Chromium to another."""

import re
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import Final

import msgspec
from bench import quality_pages
from bench.quality_figures import CallFigures, Sample, Window, call_figures
from bench.quality_relay import RelayThread, relaying
from bench.server_process import ServerProcess
from e2e.conftest import CHROMIUM, FLAGS
from playwright.sync_api import Browser, BrowserContext, Page, Playwright

from emporion.engine.grants import RoleName
from emporion.engine.testing.network import PROFILES, NetworkProfile, StepRate

_WAIT_MS: Final = 30_000
_SETTLED_S: Final = 3.0  # On a clean link: both begin the profile with a picture.
_WARM_UP_S: Final = 5.0  # On the profile, before anything is counted.
_LAST_S: Final = 0.5  # Sampled beyond the window's end.
_CLEAN: Final = PROFILES["fibre"]
# Without mDNS names, so that a candidate says which address it is of; ours are on loopback.
_BROWSER_FLAGS: Final = [*FLAGS, "--disable-features=WebRtcHideLocalIpsWithMdns"]


@dataclass(frozen=True, slots=True)
class Pages:
    """A call that is up."""

    publisher: Page
    viewer: Page
    relay: RelayThread


@dataclass(frozen=True, slots=True)
class Trial:
    """What is measured: one profile with one seed, for so long."""

    profile: NetworkProfile
    seed: int
    seconds: float

    def window(self, start_ms: float) -> Window:
        """`start_ms`: when the profile began."""
        end_ms = start_ms + self.seconds * 1000
        return Window(
            start_ms=start_ms + min(_WARM_UP_S, self.seconds / 4) * 1000,
            end_ms=end_ms,
            dip_ms=_within(start_ms, end_ms, self._dip_s()),
            outage_ms=_within(start_ms, end_ms, self._outage_s()),
        )

    def _dip_s(self) -> tuple[float, float] | None:
        rate = self.profile.down.rate
        if self.profile.name != "dip" or not isinstance(rate, StepRate):
            return None
        (before_s, _), (dip_s, _), *_ = rate.steps
        return before_s, before_s + dip_s

    def _outage_s(self) -> tuple[float, float] | None:
        if not self.profile.down.outages:
            return None
        outage = self.profile.down.outages[0]
        return outage.start_s, outage.start_s + outage.duration_s


def _within(
    start_ms: float, end_ms: float, span_s: tuple[float, float] | None
) -> tuple[float, float] | None:
    if span_s is None or start_ms + span_s[1] * 1000 >= end_ms:
        return None
    return start_ms + span_s[0] * 1000, start_ms + span_s[1] * 1000


def launch(playwright: Playwright) -> Browser:
    return playwright.chromium.launch(executable_path=CHROMIUM, args=_BROWSER_FLAGS)


@dataclass(frozen=True, slots=True)
class Browsers:
    """One Chromium for each side: they share no process that could be limited."""

    publishing: Browser
    viewing: Browser


def measure(pages: Pages, trial: Trial) -> CallFigures:
    """Let the call settle, give it the trial's network, and measure."""
    # The path is as long from the beginning: a leap of the delay would look like a queue.
    pages.relay.configure(_clean(trial.profile))
    pages.viewer.wait_for_timeout(_SETTLED_S * 1000)
    pages.relay.configure(trial.profile)
    start_ms = time.time() * 1000
    window = trial.window(start_ms)
    _sleep_until(pages.viewer, window.start_ms)
    pages.relay.begin()
    _sleep_until(pages.viewer, window.end_ms)
    link = pages.relay.figures()
    pages.viewer.wait_for_timeout(_LAST_S * 1000)
    return call_figures(_samples(pages.viewer), _samples(pages.publisher), link, window)


def _clean(profile: NetworkProfile) -> NetworkProfile:
    """A fast link without losses that is as long as a profile's."""
    down, up = (
        replace(clean, delay_s=link.delay_s)
        for clean, link in ((_CLEAN.down, profile.down), (_CLEAN.up, profile.up))
    )
    return replace(_CLEAN, down=down, up=up)


@contextmanager
def server_call(browsers: Browsers, server: ServerProcess, seed: int) -> Iterator[Pages]:
    """A teacher publishes, a merchant who may not watches, through our own pages."""
    with ExitStack() as stack:
        relay = stack.enter_context(relaying(server.media_port, _CLEAN, seed))
        room = f"quality-{time.monotonic_ns()}"
        publisher = open_page(stack, browsers.publishing)
        join(publisher, link(server, room, "teacher", "host"))
        viewer = open_page(stack, browsers.viewing, relay_port=relay.port)
        join(viewer, link(server, room, "merchant", "merchant", can_publish=False))
        _wait_for_picture(viewer)
        yield Pages(publisher, viewer, relay)


@contextmanager
def direct_call(browsers: Browsers, seed: int) -> Iterator[Pages]:
    """One encoding as large as the pages' largest; the viewer knows no way but the relay.

    The publisher is given no candidate: it learns the relay's upstream address from the viewer's
    checks, so all of the call passes the relay.
    """
    with ExitStack() as stack:
        publisher, viewer = (
            open_page(stack, browser) for browser in (browsers.publishing, browsers.viewing)
        )
        for page in (publisher, viewer):
            page.goto("about:blank")
        offer: str = publisher.evaluate(quality_pages.DIRECT_OFFER, quality_pages.MAX_VIDEO_BPS)
        candidate = re.search(r"a=candidate:\S+ 1 udp \d+ 127\.0\.0\.1 (\d+) typ host", offer)
        assert candidate, f"no candidate on loopback in {offer}"
        relay = stack.enter_context(relaying(int(candidate[1]), _CLEAN, seed))
        line = f"a=candidate:1 1 udp 2122260223 127.0.0.1 {relay.port} typ host"
        answer = viewer.evaluate(quality_pages.DIRECT_ANSWER, _with_candidate(offer, line))
        publisher.evaluate(quality_pages.DIRECT_ACCEPT, _with_candidate(answer, None))
        _wait_for_picture(viewer)
        yield Pages(publisher, viewer, relay)


def _with_candidate(sdp: str, line: str | None) -> str:
    """The description with this candidate in its first section, and with no other."""
    lines = [each for each in sdp.splitlines() if not each.startswith("a=candidate:")]
    if line is not None:
        lines.insert(next(n for n, each in enumerate(lines) if each.startswith("c=")) + 1, line)
    return "\r\n".join(lines) + "\r\n"


def open_page(
    stack: ExitStack, browser: Browser, relay_port: int | None = None, script: str = ""
) -> Page:
    """A fresh context with the test picture and the sampler; behind a relay if one is given."""
    # Playwright's `wait_for_function` needs `eval`, which our pages forbid.
    context: BrowserContext = browser.new_context(
        permissions=["camera", "microphone"],
        locale="en-US",
        bypass_csp=True,
        viewport={"width": 1280, "height": 800},
    )
    stack.callback(context.close)
    if relay_port is not None:
        context.add_init_script(f"window.relayPort = {relay_port};")
    if script:
        context.add_init_script(script)
    context.add_init_script(quality_pages.SOURCE)
    context.add_init_script(quality_pages.SAMPLER)
    return context.new_page()


def link(
    server: ServerProcess, room: str, name: str, role: RoleName, *, can_publish: bool | None = None
) -> str:
    token = server.token(name, room=room, role=role, can_publish=can_publish)
    return f"http://127.0.0.1:{server.port}/#{token}"


def join(page: Page, link: str) -> None:
    page.goto(link)
    page.get_by_test_id("join-button").wait_for(timeout=_WAIT_MS)
    page.wait_for_function("window.emporion?.room.media.offer != null", timeout=_WAIT_MS)
    page.get_by_test_id("join-button").click()
    page.get_by_test_id("leave-button").wait_for(timeout=_WAIT_MS)


def _wait_for_picture(viewer: Page) -> None:
    viewer.wait_for_function("window.samples.at(-1)?.decoded > 0", timeout=_WAIT_MS)


def _sleep_until(page: Page, at_ms: float) -> None:
    page.wait_for_timeout(max(0.0, at_ms - time.time() * 1000))


def _samples(page: Page) -> Sequence[Sample]:
    return msgspec.convert(page.evaluate("window.samples"), list[Sample])
