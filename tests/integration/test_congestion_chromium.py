"""Real Chromium on links that lose packets: its feedback is read, voices stay whole."""

import json
import random
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
import trio
from integration.chromium_page import CHROMIUM, browse, serve_page

from emporion.engine.clock import TrioClock
from emporion.engine.congestion.gcc import GccEstimator
from emporion.engine.forward.reference import ReferenceForwarder
from emporion.engine.ids import TrackId
from emporion.engine.media import TOP_LAYER, Source
from emporion.engine.transport.service import MediaService, OpenedTransport
from emporion.engine.transport.settings import MediaSettings
from emporion.engine.transport.transport import EstimateChanged, MediaEvent
from emporion.engine.transport.udp_socket import DatagramFilter

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="Chromium is not installed."),
]

LOSS_RATIO = 0.06
PAGE = """<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><script>
const post = async (path, body) => (await fetch(path, {method: "POST", body})).text();
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
async function connect(path, prepare) {
  const pc = new RTCPeerConnection();
  prepare(pc);
  await pc.setLocalDescription(await pc.createOffer());
  const sdp = await post(path, pc.localDescription.sdp);
  await pc.setRemoteDescription({type: "answer", sdp});
  for (let i = 0; i < 400 && pc.connectionState !== "connected"; i++) await pause(25);
  return pc;
}
async function inbound(viewer, kind) {
  const entries = [...(await viewer.getStats()).values()];
  return entries.find((entry) => entry.type === "inbound-rtp" && entry.kind === kind) ?? {};
}
async function visit() {
  const stream = await navigator.mediaDevices.getUserMedia({audio: true, video: true});
  const publisher = await connect("/publish", (pc) => {
    pc.addTransceiver(stream.getAudioTracks()[0], {direction: "sendonly"});
    pc.addTransceiver(stream.getVideoTracks()[0], {direction: "sendonly"});
  });
  const viewer = await connect("/view", (pc) => {
    pc.addTransceiver("audio", {direction: "recvonly"});
    pc.addTransceiver("video", {direction: "recvonly"});
    for (const {receiver} of pc.getTransceivers()) {
      const element = document.createElement(receiver.track.kind);
      element.srcObject = new MediaStream([receiver.track]);
      element.muted = receiver.track.kind === "video";
      element.autoplay = true;
      document.documentElement.append(element);
    }
  });
  await pause(6000);  // Losses are noticed within four seconds.
  const before = await inbound(viewer, "audio");
  await pause(6000);
  const audio = await inbound(viewer, "audio");
  const video = await inbound(viewer, "video");
  const result = {
    samples: audio.totalSamplesReceived - before.totalSamplesReceived,
    concealed: audio.concealedSamples - before.concealedSamples,
    lost: audio.packetsLost,
    frames: video.framesDecoded,
    repeated: video.retransmittedPacketsReceived,
  };
  publisher.close();
  viewer.close();
  return result;
}
visit().then((result) => post("/done", JSON.stringify(result)),
  (error) => post("/done", JSON.stringify({error: String(error)})));
</script>"""


def lossy() -> DatagramFilter:
    """Lose some packets of each stream, the same ones each time.

    Chance draws for each SSRC apart: how voices and pictures mix would else decide how many
    pairs of neighbours a few seconds of voice lose.
    """
    seeded: defaultdict[bytes, random.Random] = defaultdict(lambda: random.Random(1))

    def is_delivered(data: bytes | bytearray | memoryview) -> bool:
        is_media = 128 <= data[0] <= 191 and not 192 <= data[1] <= 223
        return not is_media or seeded[bytes(data[8:12])].random() >= LOSS_RATIO

    return is_delivered


async def visit(
    profile: Path,
    forwarder: ReferenceForwarder,
    *,
    send_filter: DatagramFilter | None = None,
    receive_filter: DatagramFilter | None = None,
) -> tuple[dict[str, Any], list[int], int]:
    """Have the page publish and view; return what it found, estimates of its link, failures."""
    results: list[dict[str, Any]] = []
    estimates: list[int] = []
    done = trio.Event()

    def note(event: MediaEvent) -> None:
        if isinstance(event, EstimateChanged):
            estimates.append(event.available_bps)

    def answer(path: str, body: str) -> str:
        match path:
            case "/publish":
                published = service.open(body, {"0": Source.MICROPHONE, "1": Source.CAMERA})
                for mid in ("0", "1"):
                    forwarder.add_track(TrackId(f"TR_{mid}"), published.transport_id, mid)
                return published.answer
            case "/view":
                viewed: OpenedTransport = service.open(body, {})
                for slot, mid in zip(viewed.slots, ("0", "1"), strict=True):
                    forwarder.point_slot(slot.slot_id, TrackId(f"TR_{mid}"), TOP_LAYER)
                return viewed.answer
            case _:
                results.append(json.loads(body))
                done.set()
                return ""

    service = MediaService(
        MediaSettings(port=0),
        forwarder,
        clock=TrioClock(),
        estimator=GccEstimator(),
        on_event=note,
        send_filter=send_filter,
        receive_filter=receive_filter,
    )
    with trio.fail_after(60):
        async with trio.open_nursery() as nursery:
            await nursery.start(service.run)
            with serve_page(PAGE, answer) as url:
                async with browse(url, profile):
                    await done.wait()
            nursery.cancel_scope.cancel()
    (result,) = results
    assert "error" not in result, result
    return result, estimates, service.statistics().failures


async def test_a_lossy_viewer_reports_and_hears_whole_voices(tmp_path: Path) -> None:
    forwarder = ReferenceForwarder()
    result, estimates, failures = await visit(tmp_path, forwarder, send_filter=lossy())
    statistics = forwarder.statistics()
    # A viewer that sends nothing has no estimate of its uplink, and reports each 250 ms only.
    assert statistics.feedback_received > 30
    assert statistics.feedback_refused == 0
    assert estimates, "its feedback moves the estimate"
    assert statistics.packets_sent_redundant > 200
    assert result["lost"] > 5, result
    # Each lost packet that is not found in the next ones would be concealed: 6 %.
    assert result["concealed"] / result["samples"] <= 0.01, result
    assert result["frames"] > 100, result
    assert result["repeated"] > 0, result
    assert failures == 0


async def test_voices_of_a_lossy_publisher_are_whole(tmp_path: Path) -> None:
    forwarder = ReferenceForwarder()
    result, _, failures = await visit(tmp_path, forwarder, receive_filter=lossy())
    assert forwarder.statistics().audio_restored > 20
    # Of 6 % lost, what follows a lost packet at once cannot be restored: 0.36 %.
    assert result["concealed"] / result["samples"] <= 0.012, result
    assert failures == 0
