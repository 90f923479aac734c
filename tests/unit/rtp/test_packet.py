"""RTP packets: what is read, what is refused, what building writes (RFC 3550 §5.1)."""

import pytest

from emporion.engine.rtp.extensions import build_block
from emporion.engine.rtp.packet import RtpPacket, build_packet, is_rtcp

HEADER = bytes.fromhex("80e01234deadbeefcafebabe")


def test_the_fixed_header_is_read() -> None:
    packet = RtpPacket.parse(HEADER + b"payload")
    assert packet is not None
    assert packet.payload_type == 96
    assert packet.marker
    assert packet.sequence_number == 0x1234
    assert packet.timestamp == 0xDEADBEEF
    assert packet.ssrc == 0xCAFEBABE
    assert packet.payload == b"payload"
    assert (packet.header_bytes, packet.padding_bytes) == (12, 0)
    assert packet.extension(1) is None


def test_contributing_sources_and_extension_stand_before_the_payload() -> None:
    block = build_block([(3, b"ab")])
    packet = RtpPacket.parse(
        build_packet(
            payload_type=111,
            sequence_number=7,
            timestamp=8,
            ssrc=9,
            payload=b"voice",
            csrcs=(10, 11),
            extension=block,
        )
    )
    assert packet is not None
    assert packet.csrcs == (10, 11)
    assert packet.extension(3) == b"ab"
    assert packet.extension(4) is None
    assert packet.header_bytes == 12 + 8 + len(block)
    assert packet.payload == b"voice"


def test_padding_is_no_payload() -> None:
    packet = RtpPacket.parse(
        build_packet(
            payload_type=96,
            sequence_number=1,
            timestamp=2,
            ssrc=3,
            payload=b"",
            padding_bytes=255,
        )
    )
    assert packet is not None
    assert packet.payload == b""
    assert packet.padding_bytes == 255


@pytest.mark.parametrize(
    "data",
    [
        b"",
        HEADER[:11],
        b"\x40" + HEADER[1:],  # Version 1.
        b"\x81" + HEADER[1:],  # A contributing source that is not there.
        b"\x90" + HEADER[1:] + b"\xbe\xde\x00",  # Half an extension header.
        b"\x90" + HEADER[1:] + b"\xbe\xde\x00\x01abc",  # An extension that is cut off.
        b"\x90" + HEADER[1:] + b"\xbe\xde\xff\xff" + bytes(100),
        b"\xa0" + HEADER[1:] + b"abc\x00",  # Padding of nothing, not even its count.
        b"\xa0" + HEADER[1:] + b"abc\x05",  # Padding into the header.
    ],
)
def test_what_does_not_fit_is_refused(data: bytes) -> None:
    assert RtpPacket.parse(data) is None


def test_padding_without_payload_or_extension_is_refused_when_it_reaches_the_header() -> None:
    assert RtpPacket.parse(b"\xa0" + HEADER[1:-1] + b"\x01") is None
    assert RtpPacket.parse(b"\xa0" + HEADER[1:] + b"\x01") is not None


@pytest.mark.parametrize(
    ("second", "expected"),
    [(191, False), (192, True), (200, True), (223, True), (224, False), (96, False)],
)
def test_rtcp_is_told_by_the_second_octet(second: int, expected: bool) -> None:
    """RFC 5761 §4; 224 is payload type 96 with the marker bit."""
    assert is_rtcp(bytes((0x80, second, 0, 0))) is expected
    assert not is_rtcp(b"\x80")
