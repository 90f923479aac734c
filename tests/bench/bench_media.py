"""What it costs to forward: one publisher to many real DTLS-SRTP viewers over loopback UDP.

    python tests/bench/bench_media.py [--viewers 100] [--rounds 5] [--seconds 3]

The whole media half of a server runs here, `MediaService` with the reference forwarder; publisher
and viewers are load clients in another process. What is counted is the CPU time of this process,
connectivity checks and reports included, over the packets that the viewers really received.
Beside it in the same run: a plain Python loop of AES-GCM and `sendto` of the same packets at the
same pace to the same viewers, which does nothing else. Jobs are interleaved, the first round is
thrown away, medians are printed.
"""

import argparse
import platform
import statistics
import struct
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import cryptography
import trio
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from emporion.engine.clock import TrioClock
from emporion.engine.forward.reference import ReferenceForwarder
from emporion.engine.ids import TrackId, TransportId
from emporion.engine.media import TOP_LAYER, Source
from emporion.engine.runtime import steady_memory
from emporion.engine.testing.load_client_process import (
    LoadProcess,
    LoadStatistics,
    open_load_process,
)
from emporion.engine.testing.video_packets import FakeStream, OpusStream, Vp8Stream
from emporion.engine.transport.service import MediaService, OpenedTransport
from emporion.engine.transport.settings import MediaSettings
