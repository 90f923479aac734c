"""CPU of the forwarder alone: one publisher to many viewers, video in frames of 7 and audio.

    python tests/bench/bench_forward.py [viewers] [rounds]

Process CPU time for each forwarded packet, everything between `handle_datagrams` and the last
`poll_output` included (opening, parsing, renumbering, padding, sealing, transport-wide numbers and
their records), nothing sent. Beside it, interleaved in the same run, what nobody can go below in
Python: a loop over AES-GCM of the same bytes that does nothing else. The median of the rounds is
printed.
"""

import gc
import platform
import statistics
import struct
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

import cryptography
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pylibsrtp import Policy, Session

from emporion.engine.forward.api import (
    CodecMap,
    ExtensionIds,
    InboundLine,
    SlotParameters,
    SrtpKeys,
    Timeout,
)
from emporion.engine.forward.reference import ReferenceForwarder
from emporion.engine.ids import SlotId, TrackId, TransportId
from emporion.engine.media import TOP_LAYER, Codec, Kind
from emporion.engine.testing.video_packets import OpusStream, Vp8Stream

FRAME_SIZES = (1200, 1200, 1200, 1200, 1201, 1201, 1201)  # As libwebrtc splits a frame.
AUDIO_BYTES = 100
FRAME_INTERVAL_S = 1 / 36  # Seven packets a frame: 250 packets/s.
_VP8 = CodecMap(Codec.VP8, payload_type=96, rtx_payload_type=97, clock_rate_hz=90_000)
_OPUS = CodecMap(Codec.OPUS, payload_type=111, rtx_payload_type=None, clock_rate_hz=48_000)
_IDS = ExtensionIds(mid=9, abs_send_time=2, transport_cc=4, audio_level=1)
_SLOT_IDS = ExtensionIds(transport_cc=4)
_AUDIO_SLOT_IDS = ExtensionIds(audio_level=1, transport_cc=4)


@dataclass(slots=True)
class Result:
    """Microseconds of CPU for each packet."""

    video_us: float
    audio_us: float
    plain_video_us: float
    plain_audio_us: float


class Stage:
    """One publisher with camera and microphone, and its viewers."""

    def __init__(self, viewers: int) -> None:
        self.forwarder = ReferenceForwarder()
        self.now_s = 1000.0
        self.viewers = viewers
        self._publisher = TransportId("TP_publisher")
        self._camera = Vp8Stream(ssrc=1, payload_type=96, extensions={9: b"1", 4: b"\0\0"})
        self._microphone = OpusStream(
            ssrc=2, payload_type=111, extensions={9: b"0", 4: b"\0\0"}, level_id=1
        )
        self._numbers = 0
        self._add_publisher()
        for number in range(viewers):
            self._add_viewer(number)
        self.run_video(1, keyframe=True)
        self.run_audio(1)

    def _add_publisher(self) -> None:
        forwarder = self.forwarder
        lines = (
            InboundLine("0", Kind.AUDIO, (_OPUS,), _IDS),
            InboundLine("1", Kind.VIDEO, (_VP8,), _IDS),
        )
        forwarder.add_transport(self._publisher, lines, ())
        keys = SrtpKeys(b"k" * 16, b"s" * 12, b"K" * 16, b"S" * 12)
        forwarder.connect_transport(self._publisher, keys, self.now_s)
        forwarder.add_track(TrackId("TR_audio"), self._publisher, "0")
        forwarder.add_track(TrackId("TR_video"), self._publisher, "1")
        policy = Policy(
            key=b"K" * 16 + b"S" * 12,
            ssrc_type=Policy.SSRC_ANY_OUTBOUND,
            srtp_profile=Policy.SRTP_PROFILE_AEAD_AES_128_GCM,
        )
        self._session = Session(policy)

    def _add_viewer(self, number: int) -> None:
        transport_id = TransportId(f"TP_{number}")
        ssrc = 0x1000_0000 + number * 16
        slots = (
            SlotParameters(
                slot_id=SlotId(f"SL_a{number}"),
                index=0,
                mid="0",
                kind=Kind.AUDIO,
                ssrc=ssrc,
                rtx_ssrc=None,
                codecs=(_OPUS,),
                extension_ids=_AUDIO_SLOT_IDS,
                answers_nack=True,
            ),
            SlotParameters(
                SlotId(f"SL_v{number}"), 1, "1", Kind.VIDEO, ssrc + 1, ssrc + 2, (_VP8,), _SLOT_IDS
            ),
        )
        self.forwarder.add_transport(transport_id, (), slots)
        seed = number.to_bytes(4, "big") * 4
        keys = SrtpKeys(seed, seed[:12], b"k" * 16, b"s" * 12)
        self.forwarder.connect_transport(transport_id, keys, self.now_s)
        self.forwarder.point_slot(SlotId(f"SL_a{number}"), TrackId("TR_audio"), TOP_LAYER)
        self.forwarder.point_slot(SlotId(f"SL_v{number}"), TrackId("TR_video"), TOP_LAYER)

    def run_video(self, frames: int, *, keyframe: bool = False) -> float:
        """Forward frames; return microseconds of CPU for each packet that went out."""
        batches = [
            self._batch(self._camera.frame(sizes=FRAME_SIZES, keyframe=keyframe))
            for _ in range(frames)
        ]
        return self._measure(batches, FRAME_INTERVAL_S)

    def run_audio(self, packets: int) -> float:
        """The same for packets of audio."""
        batches = [
            self._batch([self._microphone.next_packet(size=AUDIO_BYTES)]) for _ in range(packets)
        ]
        return self._measure(batches, 0.02)

    def _batch(self, packets: list[bytes]) -> list[tuple[TransportId, bytes]]:
        sealed = []
        for packet in packets:
            self._numbers += 1
            at = packet.index(b"\x41\0\0")  # Id 4, two bytes: the transport-wide number.
            number = struct.pack(">H", self._numbers & 0xFFFF)
            numbered = packet[: at + 1] + number + packet[at + 3 :]
            sealed.append((self._publisher, self._session.protect(numbered)))
        return sealed

    def _measure(self, batches: list[list[tuple[TransportId, bytes]]], interval_s: float) -> float:
        forwarder = self.forwarder
        before = forwarder.statistics().packets_sent
        started = time.process_time()
        for batch in batches:
            self.now_s += interval_s
            forwarder.handle_datagrams(batch, self.now_s)
            poll = forwarder.poll_output
            while not isinstance(poll(), Timeout):
                pass
        spent_s = time.process_time() - started
        sent = forwarder.statistics().packets_sent - before
        return spent_s / max(1, sent) * 1e6


def plain_loop(sizes: tuple[int, ...], viewers: int, rounds: int) -> float:
    """Return microseconds for each packet of a loop that only numbers and encrypts."""
    ciphers = [AESGCM(number.to_bytes(4, "big") * 4).encrypt for number in range(viewers)]
    payloads = [bytes(size) for size in sizes]
    pack = struct.Struct(">BBHII8s").pack
    extension = bytes(8)
    started = time.process_time()
    for index in range(rounds):
        for encrypt in ciphers:
            for payload in payloads:
                header = pack(0x90, 96, index & 0xFFFF, 1, 2, extension)
                _ = header + encrypt(index.to_bytes(12, "big"), payload, header)
    return (time.process_time() - started) / (rounds * viewers * len(sizes)) * 1e6


def measure(*, viewers: int = 100, rounds: int = 7, frames: int = 36) -> Result:
    """Measure everything, interleaved; the median of `rounds`, the first thrown away."""
    stage = Stage(viewers)
    jobs: list[Callable[[], float]] = [
        lambda: stage.run_video(frames),
        lambda: stage.run_audio(frames * 4),
        lambda: plain_loop(FRAME_SIZES, viewers, frames),
        lambda: plain_loop((AUDIO_BYTES,), viewers, frames * 4),
    ]
    samples: list[list[float]] = [[] for _ in jobs]
    gc.collect()
    gc.disable()
    try:
        for _ in range(rounds + 1):
            for job, values in zip(jobs, samples, strict=True):
                values.append(job())
    finally:
        gc.enable()
    return Result(*(statistics.median(values[1:]) for values in samples))


def main() -> None:
    """Print one table."""
    viewers = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 7
    result = measure(viewers=viewers, rounds=rounds)
    print(f"$ {' '.join(sys.argv)}")
    print(
        f"Python {platform.python_version()}, cryptography {cryptography.__version__},"
        f" {platform.machine()} {platform.system()} {platform.release()}"
    )
    print(f"CPU for each forwarded packet, 1 publisher to {viewers} viewers, median of {rounds}")
    rows = (
        ("video, frames of 7 packets of 1200 bytes", result.video_us, result.plain_video_us),
        ("audio, packets of 100 bytes", result.audio_us, result.plain_audio_us),
    )
    for name, forwarder_us, plain_us in rows:
        print(f"{name:42} {forwarder_us:5.2f} µs   plain AES-GCM loop {plain_us:5.2f} µs")


if __name__ == "__main__":
    main()
