"""Whatever one participant says or sends, the others get to the bit what they would have got."""

import struct
from collections.abc import Sequence
from functools import cache
from typing import Any

import pytest
from aiortc.rtp import RtcpPsfbPacket
from conformance.rig import AV1, H264, VP8, VP9, Publisher, Rig, Viewer
from hypothesis import given, settings
from hypothesis import strategies as st

from emporion.engine.forward.api import CodecMap
from emporion.engine.forward.reference import ReferenceForwarder

TICKS = 25
TICK_S = 0.02
numbers = st.integers(0, 0xFFFF)
lies = st.one_of(
    st.tuples(
        st.just("rubbish"), st.integers(192, 223), st.integers(0, 31), st.binary(max_size=60)
    ),
    st.tuples(st.just("nack"), st.lists(numbers, min_size=1, max_size=40, unique=True)),
    st.tuples(st.just("nack_received"), st.integers(0, 200)),
    st.tuples(st.just("pli")),
    st.tuples(st.just("report"), st.integers(0, 255), st.integers(0, 2**32 - 1), numbers),
    st.tuples(st.just("remb"), st.integers(0, 2**18 - 1), st.integers(0, 63)),
    st.tuples(
        st.just("arrivals"),
        numbers,
        st.lists(st.one_of(st.none(), st.floats(0, 8000)), min_size=1, max_size=50),
        st.integers(0, 2**24 - 1),
    ),
)


def tell(viewer: Viewer, lie: tuple[Any, ...]) -> None:
    """Let a viewer say what it likes of the slots that are its own."""
    match lie:
        case ("rubbish", packet_type, count, body):
            padded = body + bytes(4 - len(body) % 4)
            head = struct.pack(">BBH", 0x80 | count, packet_type, len(padded) // 4)
            viewer.send_rtcp(head + padded)
        case ("nack", lost):
            viewer.nack(viewer.video, lost)
        case ("nack_received", back):
            viewer.nack(viewer.video, [r.sequence_number for r in viewer.received()[-back - 1 :]])
        case ("pli",):
            viewer.pli(viewer.video)
        case ("report", fraction_lost, lsr, dlsr):
            viewer.report(viewer.video, fraction_lost=fraction_lost, lsr=lsr, dlsr=dlsr)
            viewer.report(viewer.audio, fraction_lost=fraction_lost)
        case ("remb", mantissa, exponent):
            rate = bytes((1, exponent << 2 | mantissa >> 16)) + struct.pack(">H", mantissa & 0xFFFF)
            fci = b"REMB" + rate + struct.pack(">I", viewer.video.ssrc)
            viewer.send_rtcp(RtcpPsfbPacket(fmt=15, ssrc=1, media_ssrc=0, fci=fci))
        case ("arrivals", base, times_ms, reference_time):
            viewer.report_arrivals(base, times_ms, reference_time=reference_time)


def got(viewer: Viewer) -> list[tuple[Any, ...]]:
    """All that came to a viewer, with when."""
    return [
        (
            *(r.packet.ssrc, r.sequence_number, r.rtp_timestamp, r.packet.marker, r.payload),
            *(tuple(r.elements.items()), r.wire_bytes, r.at_s),
        )
        for r in viewer.packets
    ]


def play_lies(said: Sequence[tuple[int, tuple[Any, ...]]]) -> tuple[list[tuple[Any, ...]], int]:
    """Return what an honest viewer got, and how many key frames the publisher was asked for."""
    rig = Rig(ReferenceForwarder())
    publisher = rig.publisher()
    honest, liar = rig.viewer(numbered=True), rig.viewer(numbered=True)
    for viewer in (honest, liar):
        viewer.watch(publisher)
        viewer.listen(publisher)
    for tick in range(TICKS):
        for index in range(3):
            publisher.send_frame(index, keyframe=tick == 0, sizes=(300, 300))
        publisher.speak()
        for at, lie in said:
            if at == tick:
                tell(liar, lie)
        rig.advance(TICK_S)
    return got(honest), len(publisher.plis)


@cache
def without_lies() -> tuple[list[tuple[Any, ...]], int]:
    return play_lies(())


@settings(max_examples=100, deadline=None)
@given(said=st.lists(st.tuples(st.integers(0, TICKS - 1), lies), max_size=30))
def test_what_a_viewer_says_changes_nothing_for_another(
    said: list[tuple[int, tuple[Any, ...]]],
) -> None:
    received, asked = play_lies(said)
    quiet, asked_if_quiet = without_lies()
    assert received == quiet
    assert asked <= asked_if_quiet + 2, "in half a second"


rubbish = st.one_of(
    st.binary(max_size=80),
    st.tuples(st.integers(0, 80), st.integers(0, 255)),  # Of a good packet one octet is changed.
)


def play_rubbish(
    codec: CodecMap, sent: list[bytes | tuple[int, int]]
) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]], Rig]:
    """Return what who sees the vandal gets of somebody else, and what another one gets."""
    rig = Rig(ReferenceForwarder())
    vandal, publisher = rig.publisher(rids=(), codec=codec), rig.publisher(rids=())
    victim, viewer = rig.viewer(video=2), rig.viewer()
    victim.watch(vandal)
    victim.watch(publisher, slot=victim.slots[2].slot_id)
    viewer.watch(publisher)
    viewer.listen(publisher)
    vandal.send_frame(keyframe=True, sizes=(80,))
    publisher.send_frame(keyframe=True)
    for piece in sent:
        vandal.send([_packet(vandal, piece)])
        publisher.send_frame(sizes=(300, 300))
        publisher.speak()
        rig.advance(TICK_S)
    of_publisher = [one for one in got(victim) if one[0] == victim.slots[2].ssrc]
    return of_publisher, got(viewer), rig


def _packet(vandal: Publisher, piece: bytes | tuple[int, int]) -> bytes:
    stream = vandal.encodings[0]
    if isinstance(piece, bytes):
        return bytes(stream.packet(piece, marker=True))
    at, octet = piece
    packet = bytearray(stream.frame(sizes=(81,))[0])
    packet[len(packet) - 81 + at] = octet
    return bytes(packet)


@pytest.mark.parametrize("codec", [VP8, VP9, H264, AV1], ids=lambda codec: codec.codec.value)
@settings(max_examples=60, deadline=None)
@given(sent=st.lists(rubbish, min_size=1, max_size=25))
def test_rubbish_in_the_descriptors_of_one_disturbs_no_other(
    codec: CodecMap, sent: list[bytes | tuple[int, int]]
) -> None:
    clean: list[bytes | tuple[int, int]] = [b""] * len(sent)
    of_victim, of_viewer, rig = play_rubbish(codec, sent)
    quiet_victim, quiet_viewer, _ = play_rubbish(codec, clean)
    assert of_victim == quiet_victim
    assert of_viewer == quiet_viewer
    statistics = rig.forwarder.statistics()
    empty = sum(piece == b"" for piece in sent)
    assert statistics.dropped_padding_only == empty
