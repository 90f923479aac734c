"""RTCP as octets: each packet as its RFC draws it, and what is made of a broken compound."""

import pytest

from emporion.engine.rtp.rtcp import (
    MAX_PACKETS,
    FullIntraRequest,
    Goodbye,
    Nack,
    PictureLoss,
    ReceiverEstimate,
    ReceiverReport,
    ReportBlock,
    RtcpPacket,
    SenderReport,
    SourceChunk,
    SourceDescription,
    build_compound,
    nack_pairs,
    ntp_middle,
    ntp_time,
    parse_compound,
    unix_s,
)

BLOCK = ReportBlock(
    ssrc=0x0102_0304,
    fraction_lost=64,
    packets_lost=-2,
    highest_sequence=0x0001_FFFF,
    jitter=5,
    last_sr=0x1122_3344,
    delay_since_last_sr=0x10000,
)
BLOCK_HEX = "01020304 40fffffe 0001ffff 00000005 11223344 00010000"

DRAWN: list[tuple[RtcpPacket, str]] = [
    (
        SenderReport(0xA, 0x0000_0001_8000_0000, 0xB, 0xC, 0xD, (BLOCK,)),
        "81c8000c 0000000a 00000001 80000000 0000000b 0000000c 0000000d" + BLOCK_HEX,
    ),
    (ReceiverReport(0xA), "80c90001 0000000a"),
    (ReceiverReport(0xA, (BLOCK, BLOCK)), "82c9000d 0000000a" + BLOCK_HEX + BLOCK_HEX),
    (SourceDescription.of_cname(0xA, "sfu"), "81ca0003 0000000a 01037366 75000000"),
    (SourceDescription.of_cname(0xA, "ab"), "81ca0003 0000000a 01026162 00000000"),
    (SourceDescription(()), "80ca0000"),
    (Goodbye((0xA, 0xB)), "82cb0002 0000000a 0000000b"),
    (Goodbye((0xA,), b"end"), "81cb0002 0000000a 03656e64"),
    (Nack(0xA, 0xB, (0xFFFF, 0x0000, 0x000F)), "81cd0003 0000000a 0000000b ffff8001"),
    (PictureLoss(0xA, 0xB), "81ce0002 0000000a 0000000b"),
    (FullIntraRequest(0xA, ((0xB, 7),)), "84ce0004 0000000a 00000000 0000000b 07000000"),
    (
        ReceiverEstimate(0xA, 0x3FFFF << 4, (0xB, 0xC)),
        "8fce0006 0000000a 00000000 52454d42 0213ffff 0000000b 0000000c",
    ),
]


@pytest.mark.parametrize(("packet", "octets"), DRAWN)
def test_each_packet_is_drawn_as_its_rfc_does(packet: RtcpPacket, octets: str) -> None:
    assert packet.build().hex() == octets.replace(" ", "")
    compound = parse_compound(bytes.fromhex(octets))
    assert compound.packets == (packet,)
    assert (compound.malformed, compound.unknown) == (0, 0)


def test_a_compound_keeps_its_order() -> None:
    packets = tuple(packet for packet, _ in DRAWN)
    assert parse_compound(build_compound(packets)).packets == packets


def test_what_we_do_not_read_is_skipped() -> None:
    extended_report = "80cf0001 0000000a"
    other_feedback = "8bcd0002 0000000a 0000000b"
    application = "8fce0003 0000000a 00000000 41414141"
    data = bytes.fromhex(extended_report + other_feedback + application)
    compound = parse_compound(data + PictureLoss(1, 2).build())
    assert compound.packets == (PictureLoss(1, 2),)
    assert (compound.malformed, compound.unknown) == (0, 3)


@pytest.mark.parametrize(
    "octets",
    [
        "82c90001 0000000a",  # Two blocks that are not there.
        "80c80001 0000000a",  # A sender report without its information.
        "81ca0001 0000000a",  # A chunk without the null that ends it.
        "81ca0002 0000000a 01086162",  # An item that is cut off.
        "82cb0001 0000000a",
        "81cb0002 0000000a 08656e64",
        "81cd0002 0000000a 0000000b",  # A NACK of nothing.
        "81ce0001 0000000a",
        "84ce0002 0000000a 00000000",
        "8fce0004 0000000a 00000000 52454d42 02000001",  # SSRCs that are not there.
        "8fce0003 0000000a 00000000 52454d42",
    ],
)
def test_a_broken_body_is_counted_and_the_rest_is_read(octets: str) -> None:
    compound = parse_compound(bytes.fromhex(octets) + PictureLoss(1, 2).build())
    assert compound.packets == (PictureLoss(1, 2),)
    assert (compound.malformed, compound.unknown) == (1, 0)


@pytest.mark.parametrize("octets", ["80", "40c90001 0000000a", "80c90002 0000000a", "80c9"])
def test_broken_framing_ends_the_reading(octets: str) -> None:
    compound = parse_compound(PictureLoss(1, 2).build() + bytes.fromhex(octets))
    assert compound.packets == (PictureLoss(1, 2),)
    assert compound.malformed == 1


def test_padding_is_taken_off_the_last_packet_only() -> None:
    padded = bytes.fromhex("a1ce0003 0000000a 0000000b 00000004")
    assert parse_compound(padded).packets == (PictureLoss(0xA, 0xB),)
    assert parse_compound(padded + PictureLoss(1, 2).build()).malformed == 1
    assert parse_compound(bytes.fromhex("a0ce0001 00000008")).malformed == 1
    assert parse_compound(bytes.fromhex("a0ce0000")).malformed == 1


def test_packets_in_a_datagram_are_bounded() -> None:
    compound = parse_compound(ReceiverReport(1).build() * (MAX_PACKETS + 5))
    assert len(compound.packets) == MAX_PACKETS
    assert compound.malformed == 1


def test_nacked_numbers_share_pairs_up_to_16_ahead() -> None:
    assert nack_pairs([]) == []
    assert nack_pairs([5, 6, 21]) == [(5, 0x8001)]
    assert nack_pairs([5, 22]) == [(5, 0), (22, 0)]
    assert nack_pairs([0xFFFF, 0x1_0000]) == [(0xFFFF, 1)]
    assert nack_pairs([5, 5]) == [(5, 0)]


def test_a_description_may_say_more_than_the_name() -> None:
    chunk = SourceChunk(1, ((2, b"name"), (1, b"cname")))
    parsed = parse_compound(SourceDescription((chunk, chunk)).build()).packets[0]
    assert parsed == SourceDescription((chunk, chunk))
    assert chunk.cname == "cname"
    assert SourceChunk(1, ()).cname is None
    assert SourceChunk(1, ((1, b"\xff"),)).cname is None


def test_round_trip_time() -> None:
    sent = ntp_time(1000.0)
    block = ReportBlock(1, 0, 0, 0, 0, ntp_middle(sent), 65_536 // 2)
    assert block.round_trip_s(ntp_time(1000.75)) == pytest.approx(0.25, abs=0.001)
    assert block.round_trip_s(ntp_time(1000.25)) is None  # Longer held than it was away.
    assert ReportBlock(1, 0, 0, 0, 0, 0, 0).round_trip_s(sent) is None


def test_ntp_time_is_fixed_point_from_1900() -> None:
    assert ntp_time(0.5) == 0x83AA_7E80_8000_0000
    assert unix_s(ntp_time(1_700_000_000.25)) == pytest.approx(1_700_000_000.25, abs=1e-6)


def test_what_does_not_fit_in_a_packet_is_our_error() -> None:
    with pytest.raises(ValueError, match="at most 31 blocks"):
        ReceiverReport(1, (BLOCK,) * 32).build()
    with pytest.raises(ValueError, match="at most 31 chunks"):
        SourceDescription((SourceChunk(1, ()),) * 32).build()
    with pytest.raises(ValueError, match="at most 31 SSRCs"):
        Goodbye((1,) * 32).build()
    with pytest.raises(ValueError, match="at most 255 SSRCs"):
        ReceiverEstimate(1, 1, (1,) * 256).build()


def test_losses_are_kept_within_24_bits() -> None:
    for lost, kept in ((1 << 30, 0x7F_FFFF), (-(1 << 30), -0x80_0000)):
        block = ReportBlock(1, 0, lost, 0, 0, 0, 0)
        parsed = parse_compound(ReceiverReport(1, (block,)).build()).packets[0]
        assert isinstance(parsed, ReceiverReport)
        assert parsed.reports[0].packets_lost == kept


def test_a_number_nacked_again_and_again_counts_once() -> None:
    """Else one small packet would have hundreds sent."""
    body = "0000000a 0000000b" + "0005ffff" * 300
    data = bytes.fromhex("81cd012e" + body)
    assert parse_compound(data).packets == (Nack(0xA, 0xB, tuple(range(5, 22))),)
