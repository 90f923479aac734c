"""What is built is read back as it was, for all values that fit on the wire."""

from hypothesis import given
from hypothesis import strategies as st

from emporion.engine.rtp import extensions
from emporion.engine.rtp.packet import RtpPacket, build_packet
from emporion.engine.rtp.payloads import vp8
from emporion.engine.rtp.payloads.red import EarlierPacket, build_red, read_red
from emporion.engine.rtp.rtcp import (
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
    TransportFeedback,
    build_compound,
    parse_compound,
)
from emporion.engine.rtp.sequence import SequenceUnwrapper, unwrap
from emporion.engine.rtp.srtp import SrtpReceiver, SrtpSender

U8, U16, U32 = st.integers(0, 0xFF), st.integers(0, 0xFFFF), st.integers(0, 0xFFFF_FFFF)
ELEMENTS = st.dictionaries(st.integers(1, 255), st.binary(max_size=255), max_size=6)
SMALL_ELEMENTS = st.dictionaries(
    st.integers(1, 14), st.binary(min_size=1, max_size=16), max_size=14
)
BLOCKS = st.builds(
    ReportBlock,
    ssrc=U32,
    fraction_lost=U8,
    packets_lost=st.integers(-0x80_0000, 0x7F_FFFF),
    highest_sequence=U32,
    jitter=U32,
    last_sr=U32,
    delay_since_last_sr=U32,
)
REPORTS = st.lists(BLOCKS, max_size=31).map(tuple)
ITEMS = st.lists(st.tuples(st.integers(1, 255), st.binary(max_size=255)), max_size=4).map(tuple)
NUMBERS = st.lists(U16, min_size=1, max_size=40, unique=True)


@st.composite
def transport_feedback(draw: st.DrawFn) -> TransportFeedback:
    arrivals: list[tuple[int, int]] = []
    offset, ticks = -1, 0
    gaps = st.one_of(st.just(1), st.integers(1, 20), st.integers(1, 300))
    deltas = st.one_of(st.integers(0, 255), st.integers(-0x8000, 0x7FFF))
    for gap, delta in draw(st.lists(st.tuples(gaps, deltas), max_size=60)):
        offset, ticks = offset + gap, ticks + delta
        arrivals.append((offset, ticks))
    return TransportFeedback(
        sender_ssrc=draw(U32),
        media_ssrc=draw(U32),
        base_sequence=draw(U16),
        packet_count=offset + 1 + draw(st.integers(1 if offset < 0 else 0, 10_000)),
        reference_time=draw(st.integers(0, 0xFF_FFFF)),
        feedback_count=draw(U8),
        arrivals=tuple(arrivals),
    )


PACKETS: st.SearchStrategy[RtcpPacket] = st.one_of(
    st.builds(SenderReport, U32, st.integers(0, 2**64 - 1), U32, U32, U32, REPORTS),
    st.builds(ReceiverReport, U32, REPORTS),
    st.builds(
        SourceDescription,
        st.lists(st.builds(SourceChunk, U32, ITEMS), max_size=4).map(tuple),
    ),
    st.builds(Goodbye, st.lists(U32, max_size=31).map(tuple), st.binary(max_size=255)),
    st.builds(PictureLoss, U32, U32),
    st.builds(
        FullIntraRequest, U32, st.lists(st.tuples(U32, U8), min_size=1, max_size=8).map(tuple)
    ),
    st.builds(
        ReceiverEstimate, U32, st.integers(0, 0x3_FFFF), st.lists(U32, max_size=20).map(tuple)
    ),
    transport_feedback(),
)


@given(
    payload_type=st.integers(0, 127),
    marker=st.booleans(),
    sequence_number=U16,
    timestamp=U32,
    ssrc=U32,
    payload=st.binary(max_size=200),
    elements=st.one_of(ELEMENTS, SMALL_ELEMENTS),
    padding_bytes=U8,
    csrcs=st.lists(U32, max_size=15).map(tuple),
)
def test_rtp(
    payload_type: int,
    marker: bool,
    sequence_number: int,
    timestamp: int,
    ssrc: int,
    payload: bytes,
    elements: dict[int, bytes],
    padding_bytes: int,
    csrcs: tuple[int, ...],
) -> None:
    data = build_packet(
        payload_type=payload_type,
        marker=marker,
        sequence_number=sequence_number,
        timestamp=timestamp,
        ssrc=ssrc,
        payload=payload,
        extension=extensions.build_block(elements.items()),
        padding_bytes=padding_bytes,
        csrcs=csrcs,
    )
    packet = RtpPacket.parse(data)
    assert packet is not None
    assert packet.payload_type == payload_type
    assert packet.marker is marker
    assert packet.sequence_number == sequence_number
    assert packet.timestamp == timestamp
    assert packet.ssrc == ssrc
    assert packet.payload == payload
    assert packet.padding_bytes == padding_bytes
    assert packet.csrcs == csrcs
    assert packet.extensions == elements


@given(packets=st.lists(PACKETS, max_size=5).map(tuple))
def test_rtcp(packets: tuple[RtcpPacket, ...]) -> None:
    compound = parse_compound(build_compound(packets))
    assert compound.packets == packets
    assert (compound.malformed, compound.unknown) == (0, 0)


@given(numbers=NUMBERS)
def test_nack_names_exactly_the_missing_packets(numbers: list[int]) -> None:
    for order in (numbers, sorted(numbers)):
        (packet,) = parse_compound(Nack(1, 2, tuple(order)).build()).packets
        assert isinstance(packet, Nack)
        assert sorted(packet.sequence_numbers) == sorted(numbers)


@given(bitrate_bps=st.integers(0, 2**80))
def test_an_estimate_is_never_rounded_up_nor_far_down(bitrate_bps: int) -> None:
    (packet,) = parse_compound(ReceiverEstimate(1, bitrate_bps, ()).build()).packets
    assert isinstance(packet, ReceiverEstimate)
    assert packet.bitrate_bps <= bitrate_bps < packet.bitrate_bps * (1 + 2**-16) + 1


@given(start=st.integers(0, 2**20), steps=st.lists(st.integers(-3000, 20_000), max_size=50))
def test_unwrapped_numbers_keep_every_distance(start: int, steps: list[int]) -> None:
    unwrapper = SequenceUnwrapper()
    number = highest = start
    origin = unwrapper.unwrap(number & 0xFFFF) - number
    for step in steps:
        number = highest + step
        highest = max(highest, number)
        assert unwrapper.unwrap(number & 0xFFFF) - number == origin
    assert unwrapper.highest == highest + origin


@given(
    bits=st.sampled_from([7, 8, 15, 16, 32]),
    reference=st.integers(0, 2**40),
    data=st.data(),
)
def test_unwrap_finds_the_nearest(bits: int, reference: int, data: st.DataObject) -> None:
    number = data.draw(st.integers(0, 2**bits - 1))
    unwrapped = unwrap(number, reference, bits)
    assert unwrapped % 2**bits == number
    assert abs(unwrapped - reference) <= 2 ** (bits - 1)


@given(
    start=st.integers(0xFFF0, 0x1_0010),
    payloads=st.lists(st.binary(max_size=1200), min_size=1, max_size=20),
    elements=SMALL_ELEMENTS,
    padding_bytes=st.integers(0, 100),
    ssrc=U32,
)
def test_sealed_packets_are_opened_around_the_wrap(
    start: int, payloads: list[bytes], elements: dict[int, bytes], padding_bytes: int, ssrc: int
) -> None:
    sender, receiver = SrtpSender(bytes(16), bytes(12)), SrtpReceiver(bytes(16), bytes(12))
    sealed_before = sender.seal(
        build_packet(payload_type=96, sequence_number=0xFFEF, timestamp=0, ssrc=ssrc, payload=b""),
        header_bytes=12,
        ssrc=ssrc,
        index=0xFFEF,
    )
    assert receiver.open_rtp(sealed_before) is not None  # libsrtp learns that this is cycle 0.
    for index, payload in enumerate(payloads, start):
        plain = build_packet(
            payload_type=96,
            sequence_number=index,
            timestamp=index,
            ssrc=ssrc,
            payload=payload,
            extension=extensions.build_block(elements.items()),
            padding_bytes=padding_bytes,
        )
        header_bytes = len(plain) - len(payload) - padding_bytes
        sealed = sender.seal(plain, header_bytes=header_bytes, ssrc=ssrc, index=index)
        assert receiver.open_rtp(sealed) == plain


@given(
    head=st.sampled_from([0x10, 0x11, 0x00, 0x90, 0x80]),
    rest=st.binary(min_size=12, max_size=30),
    picture_id=st.integers(0, 2**20),
    tl0=st.integers(0, 2**10),
)
def test_vp8_rewrite_changes_the_numbers_alone(
    head: int, rest: bytes, picture_id: int, tl0: int
) -> None:
    payload = bytes((head,)) + rest
    before = vp8.parse(payload)
    assert before is not None
    rewritten = bytearray(payload)
    vp8.rewrite(rewritten, before, picture_id, tl0)
    after = vp8.parse(bytes(rewritten))
    assert after is not None
    if before.picture_id is not None:
        assert after.picture_id == picture_id % (1 << before.picture_id_bits)
    if before.tl0 is not None:
        assert after.tl0 == tl0 % 256
    vp8.rewrite(rewritten, after, before.picture_id, before.tl0)
    assert bytes(rewritten) == payload


@given(
    payload_type=st.integers(0, 127),
    rtp_timestamp=U32,
    payload=st.binary(min_size=1, max_size=1200),
    backs=st.lists(st.integers(1, 0x3FFF), unique=True, max_size=8),
    data=st.data(),
)
def test_redundant_audio(
    payload_type: int, rtp_timestamp: int, payload: bytes, backs: list[int], data: st.DataObject
) -> None:
    earlier = [
        EarlierPacket(
            rtp_timestamp - back & 0xFFFF_FFFF, data.draw(st.binary(min_size=1, max_size=0x3FF))
        )
        for back in sorted(backs, reverse=True)
    ]
    built = build_red(payload_type, rtp_timestamp, payload, earlier)
    assert read_red(payload_type, rtp_timestamp, built) == (earlier, payload)
