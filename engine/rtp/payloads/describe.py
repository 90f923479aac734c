"""Read the descriptor of a video payload by its codec."""

from collections.abc import Callable
from typing import Final

from ...media import Codec
from . import av1, h264, vp8, vp9
from .descriptor import OPAQUE, VideoDescriptor

_PARSERS: Final[dict[Codec, Callable[[bytes], VideoDescriptor | None]]] = {
    Codec.VP8: vp8.parse,
    Codec.VP9: vp9.parse,
    Codec.H264: h264.parse,
    Codec.AV1: av1.parse,
}


def describe(codec: Codec, payload: bytes) -> VideoDescriptor | None:
    """Return the descriptor; `OPAQUE` for audio, None for a payload that is none of its codec."""
    parser = _PARSERS.get(codec)
    return OPAQUE if parser is None else parser(payload)
