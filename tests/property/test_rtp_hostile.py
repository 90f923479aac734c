"""Any byte string that a peer can send gives a value or None, never an exception."""

import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from emporion.engine.media import Codec
from emporion.engine.rtp.packet import RtpPacket, build_packet, is_rtcp
from emporion.engine.rtp.payloads import opus
from emporion.engine.rtp.payloads.describe import describe
from emporion.engine.rtp.payloads.red import read_red
from emporion.engine.rtp.rtcp import Nack, parse_compound
from emporion.engine.rtp.rtx import unwrap_payload
from emporion.engine.rtp.srtp import SrtpReceiver, SrtpSender

MAX_BYTES = 1500
VIDEO = [Codec.VP8, Codec.VP9, Codec.H264, Codec.AV1]
KEY, SALT = bytes(16), bytes(12)


@st.composite
def rtp_like(draw: st.DrawFn) -> bytes:
    """Draw bytes that get past the first checks: version 2, any bits, an extension or not."""
    first = 0x80 | draw(st.integers(0, 0x3F))
    profile = draw(st.sampled_from([b"\xbe\xde", b"\x10\x00", b"\x12\x34"]))
    words = draw(st.integers(0, 12)).to_bytes(2, "big")
    csrcs = draw(st.binary(min_size=4 * (first & 15), max_size=4 * (first & 15)))
    return bytes((first,)) + bytes(11) + csrcs + profile + words + draw(st.binary(max_size=80))


@st.composite
def rtcp_like(draw: st.DrawFn) -> bytes:
    """Draw a row of well framed packets of known types with bodies of rubbish."""
    data = b""
    for _ in range(draw(st.integers(1, 4))):
        packet_type = draw(st.sampled_from([200, 201, 202, 203, 205, 206, 207]))
        count = draw(st.one_of(st.integers(0, 31), st.sampled_from([1, 4, 15])))
        words = draw(st.integers(0, 12))
        body = draw(st.binary(min_size=4 * words, max_size=4 * words))
        mark = draw(st.sampled_from([b"", b"REMB"]))
        if mark and words >= 3:
            body = body[:8] + mark + body[12:]
        data += bytes((0x80 | count, packet_type)) + words.to_bytes(2, "big") + body
    return data


@given(data=st.one_of(st.binary(max_size=MAX_BYTES), rtp_like()), identifier=st.integers(0, 255))
@example(data=b"\x90" + bytes(11) + b"\xbe\xde\x00\x01\xff\xff\xff\xff", identifier=15)
def test_rtp_is_read_or_refused(data: bytes, identifier: int) -> None:
    is_rtcp(data)
    packet = RtpPacket.parse(data)
    if packet is None:
        return
    assert packet.header_bytes + len(packet.payload) + packet.padding_bytes == len(data)
    element = packet.extension(identifier)
    assert element is None or element in data
    assert len(packet.csrcs) == data[0] & 15


@given(data=st.one_of(st.binary(max_size=MAX_BYTES), rtcp_like()))
def test_rtcp_is_read_or_counted(data: bytes) -> None:
    compound = parse_compound(data)
    if data:
        assert len(compound.packets) + compound.malformed + compound.unknown > 0
    for packet in compound.packets:
        (again,) = parse_compound(packet.build()).packets
        if isinstance(packet, Nack) and isinstance(again, Nack):
            assert len(set(packet.sequence_numbers)) == len(packet.sequence_numbers)
            assert sorted(again.sequence_numbers) == sorted(packet.sequence_numbers)
        else:
            assert again == packet


@given(codec=st.sampled_from(VIDEO), payload=st.binary(max_size=60))
def test_video_descriptors_are_read_or_refused(codec: Codec, payload: bytes) -> None:
    descriptor = describe(codec, payload)
    if descriptor is None:
        return
    assert descriptor.descriptor_bytes < len(payload)
    assert 0 <= descriptor.temporal < 8
    for at, size in (
        (descriptor.picture_id_at, descriptor.picture_id_bits // 7),
        (descriptor.tl0_at, 1),
    ):
        assert at == 0 or at + size <= descriptor.descriptor_bytes


@given(payload=st.binary(max_size=60))
def test_the_rest_is_read_or_refused(payload: bytes) -> None:
    assert 0 <= opus.duration(payload) <= 5760
    assert unwrap_payload(payload) is None or len(payload) >= 2


@given(data=st.one_of(st.binary(max_size=2000), rtp_like(), rtcp_like()))
def test_what_is_not_authentic_is_never_opened(data: bytes) -> None:
    receiver = SrtpReceiver(KEY, SALT)
    assert receiver.open_rtp(data) is None
    assert receiver.open_rtcp(data) is None
    counted = receiver.unauthentic + receiver.oversize + receiver.replayed
    assert counted == 2


@given(at=st.integers(0, 59), bit=st.integers(0, 7))
def test_a_flipped_bit_anywhere_is_noticed(at: int, bit: int) -> None:
    sender, receiver = SrtpSender(KEY, SALT), SrtpReceiver(KEY, SALT)
    plain = build_packet(payload_type=96, sequence_number=9, timestamp=1, ssrc=2, payload=bytes(32))
    sealed = bytearray(sender.seal(plain, header_bytes=12, ssrc=2, index=9))
    assert len(sealed) == 60
    sealed[at] ^= 1 << bit
    assert receiver.open_rtp(bytes(sealed)) is None


def _two_byte_extensions() -> bytes:
    body = b"".join(bytes((1 + i % 255, 0)) for i in range(740))
    block = b"\x10\x00" + (len(body) // 4).to_bytes(2, "big") + body
    return b"\x90" + bytes(11) + block


def _transport_feedback() -> bytes:
    """As many packets as fit, each of which speaks of 65535 missing ones."""
    body = (
        bytes(8) + bytes.fromhex("0000ffff 00000000") + b"\x1f\xff" * 8 + bytes.fromhex("00070000")
    )
    packet = b"\x8f\xcd" + (len(body) // 4).to_bytes(2, "big") + body
    return packet * (MAX_BYTES // len(packet))


def _nack() -> bytes:
    body = bytes(8) + b"\x00\x00\xff\xff" * 370
    return b"\x81\xcd" + (len(body) // 4).to_bytes(2, "big") + body


@pytest.mark.parametrize("data", [_two_byte_extensions(), _transport_feedback(), _nack()])
def test_the_worst_datagrams_cost_little(data: bytes) -> None:
    """They take 0.1 to 1 ms here; what is refused is work that grows with numbers in the packet."""
    assert len(data) <= MAX_BYTES
    best_s = float("inf")
    for _ in range(5):
        start_s = time.perf_counter()
        packet = RtpPacket.parse(data)
        if packet is not None:
            packet.extension(300)
        parse_compound(data)
        best_s = min(best_s, time.perf_counter() - start_s)
    assert best_s < 0.02


@given(
    payload=st.one_of(
        st.binary(max_size=MAX_BYTES),
        st.lists(
            st.sampled_from([b"\xef\x0f\x00\x05", b"\xef\x00\x00\x00", b"\x6f", b"voice"])
        ).map(b"".join),
    ),
    rtp_timestamp=st.integers(0, 0xFFFF_FFFF),
)
@example(payload=b"\xef\x0f\x00\x05" * 400, rtp_timestamp=0)
def test_redundant_audio_is_read_or_refused(payload: bytes, rtp_timestamp: int) -> None:
    parts = read_red(111, rtp_timestamp, payload)
    if parts is None:
        return
    earlier, present = parts
    assert present, "nothing to play is no packet"
    assert payload.endswith(b"".join(packet.payload for packet in earlier) + present)
    backs = [rtp_timestamp - packet.rtp_timestamp & 0xFFFF_FFFF for packet in earlier]
    assert backs == sorted(set(backs), reverse=True), "oldest first, each once"
    assert all(0 < back <= 0x3FFF for back in backs)
