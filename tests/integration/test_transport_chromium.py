"""Real Chromium: the recipe's offer, our answer, ICE and DTLS up, its media authentic.

The page drives itself and talks to the test by HTTP.
"""

import json
from pathlib import Path

import pytest
import trio
from integration.chromium_page import CHROMIUM, browse, serve_page
from pylibsrtp import Policy, Session

from emporion.engine.clock import TrioClock
from emporion.engine.forward.api import SrtpKeys
from emporion.engine.ids import TransportId
from emporion.engine.media import Source
from emporion.engine.testing.fake_forwarder import FakeForwarder
from emporion.engine.transport.service import MediaService, OpenedTransport
from emporion.engine.transport.settings import MediaSettings
from emporion.engine.transport.transport import (
    AddressMoved,
    CloseCause,
    MediaEvent,
    TransportClosed,
    TransportConnected,
)

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="Chromium is not installed."),
]

_SOURCES = {"0": Source.MICROPHONE, "1": Source.CAMERA, "2": Source.SCREEN}
# The recipe of facts/slots.md section 3, without trimming: the longer offer.
_PAGE = """<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><script>
const pc = new RTCPeerConnection();
const post = async (path, body) => (await fetch(path, {method: "POST", body})).text();
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
async function until(condition) {
  for (let i = 0; i < 200 && !condition(); i++) await pause(25);
  if (!condition()) throw new Error("never: " + condition);
}
async function offer() {
  await pc.setLocalDescription(await pc.createOffer());
  return pc.localDescription.sdp;
}
async function visit() {
  pc.addTransceiver("audio", {direction: "sendonly"});
  pc.addTransceiver("video", {direction: "sendonly", sendEncodings: [
    {rid: "l", scaleResolutionDownBy: 4}, {rid: "m", scaleResolutionDownBy: 2}, {rid: "h"}]});
  pc.addTransceiver("video", {direction: "sendonly", sendEncodings: [
    {rid: "l", scaleResolutionDownBy: 2}, {rid: "h"}]});
  for (let i = 0; i < 3; i++) pc.addTransceiver("audio", {direction: "recvonly"});
  for (let i = 0; i < 12; i++) pc.addTransceiver("video", {direction: "recvonly"});
  let sdp = await post("/open", await offer());
  await pc.setRemoteDescription({type: "answer", sdp});
  await until(() => pc.connectionState === "connected");
  const stream = await navigator.mediaDevices.getUserMedia({audio: true, video: true});
  const [microphone, camera] = pc.getTransceivers();
  await microphone.sender.replaceTrack(stream.getAudioTracks()[0]);
  await camera.sender.replaceTrack(stream.getVideoTracks()[0]);
  await pause(1000);
  const entries = [...(await pc.getStats()).values()];
  const transport = entries.find((entry) => entry.type === "transport");
  pc.restartIce();
  sdp = await post("/restart", await offer());
  await pc.setRemoteDescription({type: "answer", sdp});
  await until(() => pc.iceConnectionState === "connected");
  await pause(300);
  pc.close();
  await pause(300);
  return {cipher: transport.srtpCipher, role: transport.dtlsRole, slots: pc.getReceivers().length};
}
visit().then((result) => post("/done", JSON.stringify(result)),
  (error) => post("/done", JSON.stringify({error: String(error)})));
</script>"""


class _SpyingForwarder(FakeForwarder):
    """Remembers the keys beyond the end of their transport."""

    def __init__(self) -> None:
        super().__init__()
        self.all_keys: list[SrtpKeys] = []

    def connect_transport(self, transport_id: TransportId, keys: SrtpKeys, now_s: float) -> None:
        super().connect_transport(transport_id, keys, now_s)
        self.all_keys.append(keys)


async def test_chromium_connects_sends_restarts_and_leaves(tmp_path: Path) -> None:
    """webrtc.md 2, 3, 4, 5 and 8, and an ICE restart, in one visit."""
    forwarder = _SpyingForwarder()
    events: list[MediaEvent] = []
    opened: list[OpenedTransport] = []
    results: list[dict[str, object]] = []
    done = trio.Event()

    def answer(path: str, body: str) -> str:
        match path:
            case "/open":
                opened.append(service.open(body, _SOURCES))
                return opened[0].answer
            case "/restart":
                return service.restart(opened[0].transport_id, body)
            case _:
                results.append(json.loads(body))
                done.set()
                return ""

    service = MediaService(
        MediaSettings(port=0), forwarder, clock=TrioClock(), on_event=events.append
    )
    with trio.fail_after(60):
        async with trio.open_nursery() as nursery:
            await nursery.start(service.run)
            with serve_page(_PAGE, answer) as url:
                async with browse(url, tmp_path):
                    await done.wait()
            nursery.cancel_scope.cancel()

    # Newer Chromiums name the cipher without its prefix.
    results[0]["cipher"] = str(results[0]["cipher"]).removeprefix("SRTP_")
    assert results == [{"cipher": "AEAD_AES_128_GCM", "role": "client", "slots": 18}]
    assert isinstance(events[0], TransportConnected)
    # The restart gathers anew, so the path may move.
    assert all(isinstance(event, AddressMoved) for event in events[1:-1])
    assert events[-1] == TransportClosed(opened[0].transport_id, CloseCause.CLOSED)
    assert service.statistics().failures == 0
    microphone, camera = (
        line.codecs[0].red_payload_type or line.codecs[0].payload_type
        for line, _ in opened[0].lines[:2]
    )
    assert {microphone, camera} <= _payload_types(forwarder)


def _payload_types(forwarder: _SpyingForwarder) -> set[int]:
    """Of the RTP packets that open with the exported keys; all must."""
    (keys,) = forwarder.all_keys
    session = Session(
        Policy(
            keys.remote_key + keys.remote_salt,
            Policy.SSRC_ANY_INBOUND,
            srtp_profile=Policy.SRTP_PROFILE_AEAD_AES_128_GCM,
        )
    )
    rtp = [data for _, data in forwarder.received if not 192 <= data[1] <= 223]
    return {session.unprotect(datagram)[1] & 0x7F for datagram in rtp}
