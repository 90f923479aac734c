"""The words for media that every layer shares: kinds, sources, codecs, layers."""

from enum import StrEnum

import msgspec


class Kind(StrEnum):
    """W3C MediaStreamTrack.kind."""

    AUDIO = "audio"
    VIDEO = "video"


class Source(StrEnum):
    """What a track shows; LiveKit's `TrackSource`, lower case."""

    MICROPHONE = "microphone"
    CAMERA = "camera"
    SCREEN = "screen_share"
    SCREEN_AUDIO = "screen_share_audio"

    @property
    def kind(self) -> Kind:
        return Kind.VIDEO if self in (Source.CAMERA, Source.SCREEN) else Kind.AUDIO


class Codec(StrEnum):
    """Encoding names of the IANA RTP payload format registry, as `a=rtpmap` writes them."""

    OPUS = "opus"
    VP8 = "VP8"
    VP9 = "VP9"
    H264 = "H264"
    AV1 = "AV1"


class Layer(msgspec.Struct, frozen=True, order=True, array_like=True):
    """A pair of indices, 0 is the lowest; a simulcast encoding's index counts as spatial."""

    spatial: int
    temporal: int


def spatial_layers(scalability_mode: str) -> int:
    """Return how many spatial layers a W3C scalability mode names; the empty one has a single."""
    return int(scalability_mode[1]) if scalability_mode else 1


TOP_LAYER = Layer(spatial=2, temporal=2)
LOWEST_LAYER = Layer(spatial=0, temporal=0)
