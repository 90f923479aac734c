"""What the quality bench's browsers run: a test picture, a sampler of statistics, a direct call."""

from typing import Final

WIDTH: Final = 960  # The smallest picture of which Chromium sends three simulcast encodings.
HEIGHT: Final = 540
FRAMES_PER_S: Final = 20  # Two cores encode and decode it without limits by CPU.
MAX_VIDEO_BPS: Final = 1_700_000  # Of the pages' largest encoding (client/transceivers.ts).
SAMPLE_MS: Final = 100

# A moving picture with grain, so that an encoder has a use for all its bits, and a voice that is
# never silent. It stands in for camera and microphone; the pages cannot tell.
SOURCE: Final = (
    f"(() => {{ const width = {WIDTH}, height = {HEIGHT}, rate = {FRAMES_PER_S};"
    """
  let source = null;
  function makeSource() {
    const canvas = Object.assign(document.createElement('canvas'), { width, height });
    const paint = canvas.getContext('2d');
    const grain = new ImageData(256, 256);
    for (let i = 0; i < grain.data.length; i++)
      grain.data[i] = i % 4 === 3 ? 40 : Math.random() * 255;
    const patch = Object.assign(document.createElement('canvas'), { width: 256, height: 256 });
    patch.getContext('2d').putImageData(grain, 0, 0);
    let frame = 0;
    const draw = () => {
      frame += 1;
      paint.fillStyle = `hsl(${frame % 360}, 40%, 45%)`;
      paint.fillRect(0, 0, width, height);
      for (let i = 0; i < 12; i++) {
        paint.fillStyle = `hsl(${i * 30}, 70%, 60%)`;
        paint.beginPath();
        paint.arc(width * (0.5 + 0.4 * Math.sin(frame / 31 + i)),
          height * (0.5 + 0.4 * Math.cos(frame / 23 + 2 * i)), 60, 0, 7);
        paint.fill();
      }
      for (let x = 0; x < width; x += 256) for (let y = 0; y < height; y += 256)
        paint.drawImage(patch, x - (frame * 5) % 64, y - (frame * 3) % 64);
    };
    setInterval(draw, 1000 / rate);
    draw();
    const sound = new AudioContext({ sampleRate: 48000 });
    const tone = new OscillatorNode(sound, { frequency: 220, type: 'sawtooth' });
    const sway = new OscillatorNode(sound, { frequency: 3 });
    const depth = new GainNode(sound, { gain: 0.1 });
    const voice = new GainNode(sound, { gain: 0.2 });
    const out = sound.createMediaStreamDestination();
    sway.connect(depth).connect(voice.gain);
    tone.connect(voice).connect(out);
    tone.start();
    sway.start();
    window.kept = { sound, tone, sway };
    return new MediaStream([...canvas.captureStream(rate).getTracks(), ...out.stream.getTracks()]);
  }
  window.testSource = () => (source ??= makeSource());
  if (navigator.mediaDevices) navigator.mediaDevices.getUserMedia = async (wanted) => {
    const all = window.testSource();
    return new MediaStream([
      ...(wanted.video ? all.getVideoTracks() : []), ...(wanted.audio ? all.getAudioTracks() : []),
    ].map((track) => track.clone()));
  };
})()
"""
)

# Every connection's inbound streams summed up, and the largest outbound one, at each tick. Bytes
# are those of whole encoded frames on their way to the decoder: `bytesReceived` has the forward
# error correction of a direct call in it, up to as much as its picture.
SAMPLER: Final = (
    f"(() => {{ const period = {SAMPLE_MS};"
    """
  const peers = (window.peers = []), samples = (window.samples = []);
  let counted = 0;
  const counter = new Worker(URL.createObjectURL(new Blob([`
    let bytes = 0;
    onrtctransform = ({ transformer }) => transformer.readable.pipeThrough(new TransformStream({
      transform(frame, out) { bytes += frame.data.byteLength; out.enqueue(frame); },
    })).pipeTo(transformer.writable);
    setInterval(() => postMessage(bytes), 20);
  `])));
  counter.onmessage = ({ data }) => { counted = data; };
  // At once: a receiver that was left alone for a moment goes its own way for ever.
  const count = (receiver) => {
    if (receiver.track.kind === 'video')
      receiver.transform ??= new RTCRtpScriptTransform(counter);
  };
  const Native = window.RTCPeerConnection;
  const rewrite = (sdp) => !window.relayPort ? sdp
    : sdp.replace(/^(a=candidate:\\S+ 1 udp \\d+ \\S+ )\\d+( typ host)/gm,
      `$1${window.relayPort}$2`);
  window.RTCPeerConnection = class extends Native {
    constructor(...given) {
      super(...given);
      peers.push(this);
      this.addEventListener('track', ({ receiver }) => count(receiver));
    }
    addTransceiver(...given) {
      const line = super.addTransceiver(...given);
      count(line.receiver);
      return line;
    }
    setRemoteDescription(description) {
      return super.setRemoteDescription({ type: description.type, sdp: rewrite(description.sdp) });
    }
  };
  async function sample() {
    const sum = { at_ms: Date.now(), bytes: counted, received: 0, decoded: 0, dropped: 0,
      freeze_s: 0, sound: 0, concealed: 0, silent: 0, captured: 0, cpu_s: 0 };
    for (const peer of peers) for (const item of (await peer.getStats()).values()) {
      if (item.type === 'inbound-rtp' && item.kind === 'video') {
        sum.received += item.framesReceived ?? 0;
        sum.decoded += item.framesDecoded ?? 0;
        sum.dropped += item.framesDropped ?? 0;
        sum.freeze_s += item.totalFreezesDuration ?? 0;
      } else if (item.type === 'inbound-rtp' && item.kind === 'audio') {
        sum.sound += item.totalSamplesReceived ?? 0;
        sum.concealed += item.concealedSamples ?? 0;
        sum.silent += item.silentConcealedSamples ?? 0;
      } else if (item.type === 'media-source' && item.kind === 'video') {
        sum.captured += item.frames ?? 0;
      } else if (item.type === 'outbound-rtp' && item.kind === 'video') {
        sum.cpu_s = Math.max(sum.cpu_s, item.qualityLimitationDurations?.cpu ?? 0);
      }
    }
    samples.push(sum);
    if (samples.length > 20000) samples.shift();
  }
  let busy = false;
  setInterval(() => {
    if (busy) return;
    busy = true;
    sample().finally(() => { busy = false; });
  }, period);
})()
"""
)

DIRECT_OFFER: Final = """
async (maxBitrate) => {
  const peer = (window.call = new RTCPeerConnection());
  const source = window.testSource();
  peer.addTransceiver(source.getAudioTracks()[0], { direction: 'sendonly', streams: [source] });
  peer.addTransceiver(source.getVideoTracks()[0],
    { direction: 'sendonly', streams: [source], sendEncodings: [{ maxBitrate }] });
  await peer.setLocalDescription();
  while (peer.iceGatheringState !== 'complete') await new Promise((done) => setTimeout(done, 20));
  return peer.localDescription.sdp;
}
"""

DIRECT_ANSWER: Final = """
async (sdp) => {
  const peer = (window.call = new RTCPeerConnection());
  const video = Object.assign(document.createElement('video'), { autoplay: true });
  document.body.append(video);
  peer.ontrack = (event) => { video.srcObject = event.streams[0]; };
  await peer.setRemoteDescription({ type: 'offer', sdp });
  await peer.setLocalDescription();
  return peer.localDescription.sdp;
}
"""

DIRECT_ACCEPT: Final = "(sdp) => window.call.setRemoteDescription({ type: 'answer', sdp })"
