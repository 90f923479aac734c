"""What a viewer who saves data really receives: at most 100 kbit/s, whatever the class does.

    python tests/bench/bench_saver.py [--seconds 20] [--runs 3] [--voices 1,4] [--profile fibre]

A teacher in Chromium speaks, films a moving picture and shares a product page beside which a photo
moves; with four voices three merchants speak on and on as well. The viewer, in another Chromium,
watches for a while, switches data saver on in the page, and ten seconds later what its transport
has received is counted second by second (`transport.bytesReceived` of webrtc-stats: RTP, RTCP and
all else, without IP and UDP, whose 28 bytes a packet are in a column of their own).
"""

import argparse
import itertools
import platform
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import mean
from typing import Final

import msgspec
from bench.bench_legibility import screen
from bench.quality_calls import Browsers, join, launch, link, open_page
from bench.quality_relay import relaying
from bench.server_process import ServerProcess, serving
from e2e.conftest import CHROMIUM
from playwright.sync_api import Page, sync_playwright

from emporion.engine.testing.network import PROFILES, NetworkProfile, find_profile

LIMIT_BPS: Final = 100_000
DATAGRAM_OVERHEAD_BYTES: Final = 28
# So long the viewer watches everything, and so long what was on its way and the last probes take
# after the switch.
SETTLED_S: Final = (8.0, 10.0)
_WAIT_MS: Final = 30_000

_COUNT: Final = """
async () => {
  const sum = { at_s: performance.now() / 1000, received: 0, packets: 0, audio: 0, video: 0,
    repeated: 0, voices: 0, frames: 0 };
  for (const peer of window.peers) for (const item of (await peer.getStats()).values()) {
    if (item.type === 'transport') {
      sum.received += item.bytesReceived;
      sum.packets += item.packetsReceived;
    } else if (item.type === 'inbound-rtp') {
      sum[item.kind] += item.bytesReceived + item.headerBytesReceived;
      sum.repeated += item.retransmittedBytesReceived ?? 0;
      sum.frames += item.framesDecoded ?? 0;
      if (item.kind === 'audio' && item.packetsReceived) sum.voices += 1;
    }
  }
  return sum;
}
"""


class Count(msgspec.Struct, frozen=True):
    """What had come by a time. Bytes, but for `voices`: slots in which any audio came."""

    at_s: float
    received: float
    packets: float
    audio: float
    video: float
    repeated: float
    voices: int
    frames: float


@dataclass(frozen=True, slots=True)
class Spell:
    """One stretch of time at a viewer; rates in bits per second."""

    seconds: tuple[float, ...]  # What the transport received in each.
    with_datagrams_bps: float
    audio_bps: float
    video_bps: float
    repeated_bps: float
    frames_per_s: float

    @property
    def received_bps(self) -> float:
        return mean(self.seconds)


@dataclass(frozen=True, slots=True)
class Saving:
    """A viewer before and after it switched data saver on."""

    voices: int
    before: Spell
    after: Spell


def spell_of(counts: Sequence[Count]) -> Spell:
    """Make rates of counts that were taken one after the other."""
    first, last = counts[0], counts[-1]
    span_s = last.at_s - first.at_s

    def rate_bps(name: str) -> float:
        return 8 * float(getattr(last, name) - getattr(first, name)) / span_s

    received_bps = rate_bps("received")
    return Spell(
        seconds=tuple(
            8 * (after.received - before.received) / (after.at_s - before.at_s)
            for before, after in itertools.pairwise(counts)
        ),
        with_datagrams_bps=received_bps + DATAGRAM_OVERHEAD_BYTES * rate_bps("packets"),
        audio_bps=rate_bps("audio"),
        video_bps=rate_bps("video"),
        repeated_bps=rate_bps("repeated"),
        frames_per_s=(last.frames - first.frames) / span_s,
    )


def watch(viewer: Page, seconds: int) -> Spell:
    """Count for so long, once a second."""
    counts = [_count(viewer)]
    for _ in range(seconds):
        viewer.wait_for_timeout(1000)
        counts.append(_count(viewer))
    return spell_of(counts)


def _count(viewer: Page) -> Count:
    return msgspec.convert(viewer.evaluate(_COUNT), Count)


def save_data(viewer: Page) -> None:
    """Switch data saver on, as people do."""
    viewer.get_by_test_id("connection-button").click()
    viewer.get_by_test_id("save-data").click()
    viewer.keyboard.press("Escape")


def measure(
    server: ServerProcess,
    browsers: Browsers,
    voices: int,
    seconds: int,
    profile: NetworkProfile,
    settled_s: tuple[float, float],
) -> Saving:
    """Fill a room with voices, the teacher's is one of them, and let somebody save data in it."""
    with ExitStack() as stack:
        room = f"saver-{voices}"
        teacher = open_page(stack, browsers.publishing, script=screen(film=False))
        join(teacher, link(server, room, "teacher", "host"))
        teacher.get_by_test_id("screen-button").click()
        for number in range(1, voices):
            page = open_page(stack, browsers.publishing)
            join(page, link(server, room, f"merchant-{number}", "merchant"))
            page.get_by_test_id("camera-button").click()
        relay = stack.enter_context(relaying(server.media_port, profile, voices))
        viewer = open_page(stack, browsers.viewing, relay.port)
        join(viewer, link(server, room, "saver", "merchant", can_publish=False))
        viewer.wait_for_selector("[data-source='screen_share'] video", timeout=_WAIT_MS)
        viewer.wait_for_timeout(settled_s[0] * 1000)
        before = watch(viewer, max(2, seconds // 4))
        save_data(viewer)
        viewer.wait_for_timeout(settled_s[1] * 1000)
        return Saving(voices, before, watch(viewer, seconds))


def run(
    voices: Sequence[int],
    seconds: int,
    profile: NetworkProfile = PROFILES["fibre"],
    settled_s: tuple[float, float] = SETTLED_S,
) -> list[Saving]:
    """Measure a class with each number of voices."""
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        server = stack.enter_context(serving(Path(folder)))
        playwright = stack.enter_context(sync_playwright())
        browsers = Browsers(launch(playwright), launch(playwright))
        stack.callback(browsers.publishing.close)
        stack.callback(browsers.viewing.close)
        return [measure(server, browsers, each, seconds, profile, settled_s) for each in voices]


def table(savings: Sequence[Saving]) -> str:
    """One line for each run, in kbit/s."""
    titles = (
        *("voices", "before", "received", "worst second", "with IP and UDP"),
        *("audio", "video", "sent again", "frames/s"),
    )
    lines = [" | ".join(titles), " | ".join(["---"] * len(titles))]
    for saving in savings:
        after = saving.after
        rates_bps = (
            *(saving.before.received_bps, after.received_bps, max(after.seconds)),
            *(after.with_datagrams_bps, after.audio_bps, after.video_bps, after.repeated_bps),
        )
        cells = [str(saving.voices), *(f"{rate_bps / 1000:.1f}" for rate_bps in rates_bps)]
        lines.append(" | ".join([*cells, f"{after.frames_per_s:.1f}"]))
    return "\n".join(f"| {line} |" for line in lines)


def main() -> None:
    """Print the figures with what is needed to repeat them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=20, help="counted, of each run")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--voices", default="1,4", help="how many speak, the teacher is one")
    parser.add_argument("--profile", default="fibre", help="the viewer's network")
    options = parser.parse_args()
    profile = find_profile(options.profile)
    voices = [int(number) for number in options.voices.split(",")]
    savings = [each for _ in range(options.runs) for each in run(voices, options.seconds, profile)]
    print(f"command: {' '.join(sys.argv)}")
    print(f"Python {platform.python_version()}, Chromium at {CHROMIUM}, {platform.platform()}")
    print(table(savings))
    missed = sum(saving.after.received_bps > LIMIT_BPS for saving in savings)
    print(f"above {LIMIT_BPS / 1000:.0f} kbit/s: {missed} of {len(savings)}")


if __name__ == "__main__":
    main()
