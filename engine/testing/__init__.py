"""Fakes and synthetic media, for our own tests and for those of plugins and clients."""

from .fake_forwarder import FakeForwarder
from .video_packets import FakeStream, H264Stream, OpusStream, Vp8Stream, build_rtp, wrap_rtx

__all__ = [
    "FakeForwarder",
    "FakeStream",
    "H264Stream",
    "OpusStream",
    "Vp8Stream",
    "build_rtp",
    "wrap_rtx",
]
