"""Transport-wide feedback as octets (draft-holmer-rmcat-transport-wide-cc-extensions-01 §3.1)."""

import pytest

from emporion.engine.rtp.rtcp import TransportFeedback, parse_compound

HEADER = "0000000a 0000000b"


def feedback(packet_count: int, *arrivals: tuple[int, int]) -> TransportFeedback:
    return TransportFeedback(0xA, 0xB, 0xFFFE, packet_count, 0x010203, 4, arrivals)


def body_of(octets: str) -> bytes:
    """Return a packet with this body after the SSRCs."""
    body = bytes.fromhex(HEADER + octets)
    return b"\x8f\xcd" + (len(body) // 4).to_bytes(2, "big") + body


@pytest.mark.parametrize(
    ("value", "octets"),
    [
        # A run of three received with small deltas.
        (feedback(3, (0, 1), (1, 2), (2, 4)), "fffe0003 01020304 2003 010102"),
        # One missing packet: a one-bit vector.
        (feedback(4, (0, 8), (2, 9), (3, 9)), "fffe0004 01020304 ac00 080100"),
        # A large and a negative delta: a two-bit vector.
        (feedback(2, (0, 256), (1, 255)), "fffe0002 01020304 4002 0100 ffff"),
        (feedback(3, (0, 256), (1, 256), (2, 0)), "fffe0003 01020304 e600 0100 00 ff00"),
        # Missing packets over more than one chunk.
        (feedback(9000, (8999, 0)), "fffe2328 01020304 1fff 0328 2001 00"),
    ],
)
def test_statuses_and_deltas(value: TransportFeedback, octets: str) -> None:
    built = value.build()
    data = bytes.fromhex(octets)
    assert built == body_of((data + bytes(-len(data) % 4)).hex())
    assert parse_compound(built).packets == (value,)


def test_what_libwebrtc_pads_with_zeros_is_read() -> None:
    """It sets no P bit; what stands behind the last delta is nobody's."""
    value = feedback(1, (0, 3))
    assert parse_compound(body_of("fffe0001 01020304 2001 0300 00000000")).packets == (value,)


def test_a_vector_may_be_longer_than_what_it_speaks_of() -> None:
    assert parse_compound(body_of("fffe0002 01020304 bfff 0102")).packets == (
        feedback(2, (0, 1), (1, 3)),
    )


@pytest.mark.parametrize(
    "octets",
    [
        "fffe0001",  # No reference time.
        "fffe0001 01020304",  # No chunk.
        "fffe0001 01020304 6001 0000 00000000",  # A reserved status.
        "fffe0003 01020304 2003 0000",  # A delta is missing.
        "fffe0002 01020304 4002 0001",  # A large delta is missing.
        "fffe0000 01020304",  # It speaks of nothing.
        "fffe0002 01020304 0000 0000",  # Runs of nothing lead nowhere.
        "fffeffff 01020304 3fff 3fff",  # Thousands received, in 20 octets.
    ],
)
def test_broken_feedback_is_counted(octets: str) -> None:
    data = bytes.fromhex(octets)
    compound = parse_compound(body_of((data + bytes(-len(data) % 4)).hex()))
    assert compound.packets == ()
    assert compound.malformed == 1


def test_many_missing_packets_cost_nothing() -> None:
    compound = parse_compound(body_of("fffeffff 01020304" + "1fff" * 8 + "0007 0000"))
    assert compound.packets == (feedback(0xFFFF),)


@pytest.mark.parametrize(
    "value",
    [
        feedback(0),
        feedback(0x1_0000),
        feedback(1, (1, 0)),
        feedback(3, (1, 0), (0, 0)),
        feedback(2, (0, 0x8000)),
        feedback(2, (0, 0), (1, -0x8001)),
    ],
)
def test_what_cannot_be_said_is_our_error(value: TransportFeedback) -> None:
    with pytest.raises(ValueError, match=r"feedback speaks|arrival|ticks"):
        value.build()
