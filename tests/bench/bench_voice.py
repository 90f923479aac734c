"""How much of a voice a viewer's browser makes up on a lossy link, with each of the two repairs.

    python tests/bench/bench_voice.py [--profile lossy-5] [--runs 1] [--seed 1] [--seconds 25]

A teacher publishes picture and voice from one Chromium through `emporion serve` to our page in
another, behind the emulated network. Each run measures four viewers, one after the other, with the
same seed: with and without redundancy (RED, RFC 2198) and NACK for voices. A viewer without one of
them is the same page in a browser that does not offer it. Concealed: samples that were made up of
all that were played, silent ones left out. Delay: of the jitter buffer, on average.
"""

import argparse
import os
import platform
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final

from bench.quality_calls import Browsers, join, launch, link, open_page
from bench.quality_relay import relaying
from bench.server_process import ServerProcess, serving
from e2e.conftest import CHROMIUM
from playwright.sync_api import Page, sync_playwright

from emporion.engine.log import configure_logging
from emporion.engine.testing.network import NetworkProfile, find_profile

CASES: Final = ((False, False), (False, True), (True, False), (True, True))  # (RED, NACK).
_WARM_UP_S: Final = 10.0  # The estimator's start, the first losses, and redundancy because of them.
_WAIT_MS: Final = 30_000

_WITHOUT_RED: Final = """
(() => {
  const native = RTCRtpReceiver.getCapabilities;
  RTCRtpReceiver.getCapabilities = (kind) => {
    const found = native.call(RTCRtpReceiver, kind);
    return { ...found, codecs: found.codecs.filter(({ mimeType }) => mimeType !== 'audio/red') };
  };
})();
"""
# The page goes on with the offer as it was made, as in a browser that takes no amended one.
_WITHOUT_NACK: Final = """
(() => {
  const native = RTCPeerConnection.prototype.setLocalDescription;
  RTCPeerConnection.prototype.setLocalDescription = function (description) {
    const opus = description.sdp.match(/^a=rtpmap:(\\d+) opus/m)[1];
    if (description.sdp.includes(`a=rtcp-fb:${opus} nack`))
      return Promise.reject(new Error('no amended offers'));
    return native.call(this, description);
  };
})();
"""
_READ: Final = """
async () => {
  const sum = { samples: 0, concealed: 0, silent: 0, nacks: 0, delay_s: 0, emitted: 0 };
  for (const peer of window.peers) for (const item of (await peer.getStats()).values()) {
    if (item.type !== 'inbound-rtp' || item.kind !== 'audio') continue;
    sum.samples += item.totalSamplesReceived ?? 0;
    sum.concealed += item.concealedSamples ?? 0;
    sum.silent += item.silentConcealedSamples ?? 0;
    sum.nacks += item.nackCount ?? 0;
    sum.delay_s += item.jitterBufferDelay ?? 0;
    sum.emitted += item.jitterBufferEmittedCount ?? 0;
  }
  return sum;
}
"""


@dataclass(frozen=True, slots=True)
class VoiceFigures:
    """One viewer's voice."""

    has_red: bool
    has_nack: bool
    concealed_ratio: float
    nacks: int
    delay_ms: float


def come(
    stack: ExitStack, browsers: Browsers, server: ServerProcess, port: int, case: tuple[bool, bool]
) -> Page:
    """Let a viewer come that offers what the case says."""
    has_red, has_nack = case
    script = ("" if has_red else _WITHOUT_RED) + ("" if has_nack else _WITHOUT_NACK)
    viewer = open_page(stack, browsers.viewing, port, script=script)
    join(viewer, link(server, "voice", "merchant", "merchant", can_publish=False))
    viewer.wait_for_function("window.samples.at(-1)?.sound > 0", timeout=_WAIT_MS)
    return viewer


def listen(viewer: Page, case: tuple[bool, bool], seconds: float, warm_up_s: float) -> VoiceFigures:
    """Measure a viewer that has come."""
    viewer.wait_for_timeout(warm_up_s * 1000)
    before = viewer.evaluate(_READ)
    viewer.wait_for_timeout(seconds * 1000)
    after = viewer.evaluate(_READ)
    told = {name: after[name] - before[name] for name in after}
    return VoiceFigures(
        *case,
        concealed_ratio=max(0, told["concealed"] - told["silent"]) / max(1, told["samples"]),
        nacks=told["nacks"],
        delay_ms=1000 * told["delay_s"] / max(1, told["emitted"]),
    )


def run(
    profile: NetworkProfile,
    seeds: Sequence[int],
    seconds: float,
    cases: Sequence[tuple[bool, bool]] = CASES,
    warm_up_s: float = _WARM_UP_S,
) -> list[VoiceFigures]:
    """Measure every case in turn, once for each seed of the network."""
    figures: list[VoiceFigures] = []
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        server = stack.enter_context(serving(Path(folder)))
        playwright = stack.enter_context(sync_playwright())
        browsers = Browsers(launch(playwright), launch(playwright))
        stack.callback(browsers.publishing.close)
        stack.callback(browsers.viewing.close)
        join(
            open_page(stack, browsers.publishing),
            link(server, "voice", "teacher", "host"),
        )
        for seed in seeds:
            for case in cases:
                with ExitStack() as visit:
                    relay = visit.enter_context(relaying(server.media_port, profile, seed))
                    viewer = come(visit, browsers, server, relay.port, case)
                    figures.append(listen(viewer, case, seconds, warm_up_s))
    return figures


def table(figures: Sequence[VoiceFigures]) -> str:
    """Medians by case, with every run's share of concealed samples."""
    titles = ("RED", "NACK", "concealed", "of each run", "NACKs", "delay ms")
    lines = [f"| {' | '.join(titles)} |", "|---" * len(titles) + "|"]
    for case in CASES:
        runs = [each for each in figures if (each.has_red, each.has_nack) == case]
        words = ["on" if each else "off" for each in case]
        each_run = " ".join(f"{each.concealed_ratio:.2%}" for each in runs)
        concealed = median(each.concealed_ratio for each in runs)
        nacks = median(each.nacks for each in runs)
        delay_ms = median(each.delay_ms for each in runs)
        lines.append(
            f"| {' | '.join(words)} | {concealed:.2%} | {each_run} | {nacks:.0f} | {delay_ms:.0f} |"
        )
    return "\n".join(lines)


def main() -> None:
    """Print the table with what is needed to repeat it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--profile", default="lossy-5")
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1, help="of the first run")
    parser.add_argument("--seconds", type=float, default=25.0, help="of each viewer")
    options = parser.parse_args()
    configure_logging("warning", json=False)
    print(f"command: {' '.join(sys.argv)}")
    print(f"Python {platform.python_version()}, Chromium at {CHROMIUM}, {platform.platform()}")
    print(f"{os.cpu_count()} CPUs, load {os.getloadavg()[0]:.1f} before")
    seeds = range(options.seed, options.seed + options.runs)
    print(table(run(find_profile(options.profile), seeds, options.seconds)))
    print(f"load {os.getloadavg()[0]:.1f} after")


if __name__ == "__main__":
    main()
