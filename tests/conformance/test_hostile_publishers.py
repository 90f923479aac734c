"""Rubbish in the payload descriptors of a publisher is counted, and forgotten."""

import random
import tracemalloc

import pytest
from conformance.rig import AV1, H264, VP8, VP9, Publisher, Rig

from emporion.engine.forward.api import CodecMap

CODECS = [VP8, VP9, H264, AV1]
PACKETS = 1500


def rubbish(publisher: Publisher, seeded: random.Random) -> bytes:
    """Return a packet that jumps to and fro, with anything in it."""
    stream = publisher.encodings[0]
    stream.rtp_timestamp = seeded.getrandbits(32)
    stream.sequence_number = stream.sequence_number + seeded.randint(0, 40) & 0xFFFF
    payload = seeded.randbytes(seeded.choice((0, 1, 2, 3, 5, 40, 1000)))
    return bytes(stream.packet(payload, marker=seeded.random() < 0.5))


@pytest.mark.parametrize("codec", CODECS, ids=lambda codec: codec.codec.value)
def test_what_cannot_be_read_is_counted(rig: Rig, codec: CodecMap) -> None:
    vandal, viewer = rig.publisher(rids=(), codec=codec), rig.viewer()
    viewer.watch(vandal)
    vandal.send_frame(keyframe=True)
    before = len(viewer.received())
    cut = vandal.encodings[0].frame(sizes=(90,))[0][:-89]  # One octet of the descriptor.
    for _ in range(20):
        vandal.send([cut[:2] + vandal.encodings[0].packet(b"")[2:4] + cut[4:]])
        rig.advance(0.02)
    assert rig.forwarder.statistics().dropped_malformed == 20
    assert len(viewer.received()) == before
    vandal.send_frame(keyframe=True)
    assert len(viewer.received()) > before, "and what follows is shown"


@pytest.mark.parametrize("codec", CODECS, ids=lambda codec: codec.codec.value)
def test_no_rubbish_is_kept(rig: Rig, codec: CodecMap) -> None:
    vandal, viewer = rig.publisher(rids=(), codec=codec), rig.viewer()
    viewer.watch(vandal)
    vandal.send_frame(keyframe=True)
    seeded = random.Random(23)
    kept_bytes: list[int] = []
    tracemalloc.start()
    try:
        for _ in range(4):
            for _ in range(PACKETS // 10):
                vandal.send([rubbish(vandal, seeded) for _ in range(10)])
                rig.advance(0.01)
                for peer in (vandal, viewer):
                    peer.forget()
                rig.events.clear()
            kept_bytes.append(tracemalloc.get_traced_memory()[0])
    finally:
        tracemalloc.stop()
    assert max(kept_bytes[2:]) < 1.2 * max(kept_bytes[:2])
