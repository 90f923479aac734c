"""A model of somebody who publishes: encoders, a microphone, and an uplink without trouble."""

import random
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from ...engine.forward.api import CodecMap, ExtensionIds, InboundLine, SrtpKeys
from ...engine.ids import ParticipantId, TrackId, TransportId
from ...engine.media import Codec, Kind, Source
from ...engine.rtp.rtcp import FullIntraRequest, Nack, PictureLoss, parse_compound
from ...engine.rtp.srtp import SrtpReceiver
from ...engine.testing.video_packets import FakeStream
from .encoder import CAMERA, SCREEN, Encoder, Encoding, Frame
from .sealing import Sealing, make_keys
from .virtual_time import VirtualTime

VP8: Final = CodecMap(Codec.VP8, payload_type=96, rtx_payload_type=97, clock_rate_hz=90_000)
OPUS: Final = CodecMap(Codec.OPUS, payload_type=111, rtx_payload_type=None, clock_rate_hz=48_000)
IDS: Final = ExtensionIds(mid=9, rid=10, repaired_rid=11, transport_cc=4, audio_level=1)
AUDIO_PERIOD_S: Final = 0.02
OPUS_BYTES: Final = 80  # 32 kbit/s.
KEPT_PACKETS: Final = 1_000  # For NACK.

_TAG = struct.Struct(">I")


@dataclass(frozen=True, slots=True)
class Published:
    """One track, as the room offers it."""

    track_id: TrackId
    mid: str
    source: Source
    width_px: int
    height_px: int
    encodings: tuple[Encoding, ...]


@dataclass(slots=True)
class Picture:
    """A camera or a screen with its encoders.

    Attributes:
        page: Which page a screen shows at a time.
        wanted: The highest encoding that anybody watches; those above it rest. -1: nobody does.
    """

    track: Published
    encoders: list[Encoder]
    page: Callable[[float], int]
    wanted: int = -1


@dataclass(frozen=True, slots=True)
class Sent:
    """What all publishers of a room sent, by the serial that stands in the packets."""

    frames: list[Frame] = field(default_factory=list)
    voices_s: list[float] = field(default_factory=list)  # When each packet was sent.


@dataclass(slots=True)
class Publisher:
    """One participant; `send` is given what it sends, sealed."""

    participant_id: ParticipantId
    transport_id: TransportId
    role: str
    time: VirtualTime
    send: Callable[[TransportId, list[bytes]], None]
    seed: int
    number: int
    sent: Sent
    tracks: list[Published] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)
    talks: Callable[[float], bool] = lambda _: False
    keys: SrtpKeys = field(init=False)
    _sealing: Sealing = field(init=False)
    _opener: SrtpReceiver = field(init=False)
    _by_ssrc: dict[int, Encoder] = field(default_factory=dict)
    _kept: dict[tuple[int, int], bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.keys = make_keys(self.number)
        self._sealing = Sealing(self.keys.remote_key, self.keys.remote_salt)
        self._opener = SrtpReceiver(self.keys.local_key, self.keys.local_salt)

    def lines(self) -> tuple[InboundLine, ...]:
        """Return its m-lines: a microphone, a camera, a screen."""
        camera, screen = (tuple(e.rid for e in ladder) for ladder in (CAMERA, SCREEN))
        return (
            InboundLine("0", Kind.AUDIO, (OPUS,), IDS),
            InboundLine("1", Kind.VIDEO, (VP8,), IDS, camera),
            InboundLine("2", Kind.VIDEO, (VP8,), IDS, screen),
        )

    def show_camera(self) -> Published:
        """Turn the camera on: 720p in three encodings."""
        return self._show(Source.CAMERA, "1", CAMERA, (1280, 720), lambda _: 0)

    def show_screen(self, page: Callable[[float], int]) -> Published:
        """Share the screen: text in 1080p, in two encodings."""
        return self._show(Source.SCREEN, "2", SCREEN, (1920, 1080), page)

    def speak(self, talks: Callable[[float], bool]) -> Published:
        """Turn the microphone on; `talks` says when there is something to hear."""
        track_id = TrackId(f"TR_{self.number}_mic")
        track = Published(track_id, "0", Source.MICROPHONE, 0, 0, ())
        self.tracks.append(track)
        self.talks = talks
        stream = FakeStream(ssrc=self.number * 1000 + 1, payload_type=OPUS.payload_type)
        stream.extensions[9] = b"0"
        self.time.every(AUDIO_PERIOD_S, lambda: self._talk(stream))
        return track

    def handle_rtcp(self, datagram: bytes) -> None:
        """Do as the server asks: key frames, and packets again."""
        plain = self._opener.open_rtcp(datagram)
        for packet in () if plain is None else parse_compound(plain).packets:
            match packet:
                case PictureLoss(media_ssrc=ssrc):
                    self._make_keyframes(ssrc)
                case FullIntraRequest(requests=requests):
                    for ssrc, _ in requests:
                        self._make_keyframes(ssrc)
                case Nack(media_ssrc=ssrc, sequence_numbers=numbers):
                    again = [self._kept.get((ssrc, number)) for number in numbers]
                    self._send([packet for packet in again if packet is not None])
                case _:
                    pass

    def _show(
        self,
        source: Source,
        mid: str,
        ladder: Sequence[Encoding],
        size_px: tuple[int, int],
        page: Callable[[float], int],
    ) -> Published:
        track_id = TrackId(f"TR_{self.number}_{source}")
        track = Published(track_id, mid, source, *size_px, tuple(ladder))
        encoders = [self._encoder(track, index) for index in range(len(ladder))]
        picture = Picture(track, encoders, page)
        self.tracks.append(track)
        self.pictures.append(picture)
        for encoder in encoders:
            self._by_ssrc[encoder.stream.ssrc] = encoder
            self.time.every(1 / encoder.encoding.frames_per_s, self._capture(picture, encoder))
        return track

    def _encoder(self, track: Published, index: int) -> Encoder:
        encoding = track.encodings[index]
        ssrc = self.number * 1000 + int(track.mid) * 100 + index * 10
        stream = FakeStream(ssrc=ssrc, payload_type=VP8.payload_type)
        stream.extensions.update({9: track.mid.encode(), 10: encoding.rid.encode()})
        return Encoder(
            track_id=track.track_id,
            encoding=encoding,
            index=index,
            stream=stream,
            has_temporal=track.source is Source.CAMERA,
            chance=random.Random(f"{self.seed}/{ssrc}"),
            frames=self.sent.frames,
        )

    def _capture(self, picture: Picture, encoder: Encoder) -> Callable[[], None]:
        def capture() -> None:
            now_s = self.time.now_s()
            if encoder.index <= picture.wanted:
                self._send(encoder.encode(now_s, picture.page(now_s)))
            else:
                encoder.is_key_wanted = True  # An encoder that was off begins with one.

        return capture

    def _make_keyframes(self, ssrc: int) -> None:
        """A browser makes one on every encoding of the source (facts/slots.md, pitfall 1)."""
        asked = self._by_ssrc.get(ssrc)
        for picture in self.pictures:
            if asked in picture.encoders:
                for encoder in picture.encoders:
                    encoder.is_key_wanted = True

    def _talk(self, stream: FakeStream) -> None:
        now_s = self.time.now_s()
        stream.rtp_timestamp = round(now_s * 48_000) & 0xFFFF_FFFF
        if not self.talks(now_s):
            return  # Discontinuous transmission, without its comfort noise.
        serial = len(self.sent.voices_s)
        self.sent.voices_s.append(now_s)
        stream.extensions[1] = bytes((0x80 | 30,))
        self._send([stream.packet(b"\x78" + _TAG.pack(serial).ljust(OPUS_BYTES, b"o"))])

    def _send(self, packets: Sequence[bytes]) -> None:
        for packet in packets:
            ssrc, number = int.from_bytes(packet[8:12], "big"), int.from_bytes(packet[2:4], "big")
            self._kept[ssrc, number] = packet
        while len(self._kept) > KEPT_PACKETS:
            del self._kept[next(iter(self._kept))]
        if packets:
            self.send(self.transport_id, [self._sealing.seal(packet) for packet in packets])


def read_voice(payload: bytes) -> int | None:
    """Return the serial of a voice packet; None: it is none."""
    return _TAG.unpack_from(payload, 1)[0] if len(payload) >= 1 + _TAG.size else None
