"""aiortc, written by others, reads what we build and builds what we read."""

from aiortc import rtp
from aiortc.codecs.h264 import H264PayloadDescriptor
from aiortc.codecs.vpx import VpxPayloadDescriptor
from aiortc.rtcrtpparameters import RTCRtpHeaderExtensionParameters, RTCRtpParameters
from hypothesis import given
from hypothesis import strategies as st

from emporion.engine.rtp.extensions import MID_URI, build_block
from emporion.engine.rtp.packet import RtpPacket, build_packet
from emporion.engine.rtp.payloads import h264, vp8
from emporion.engine.rtp.rtcp import (
    Goodbye,
    Nack,
    PictureLoss,
    ReceiverEstimate,
    ReceiverReport,
    ReportBlock,
    SenderReport,
    SourceDescription,
    build_compound,
    parse_compound,
)
from emporion.engine.rtp.rtx import unwrap_payload, wrap_payload

U8, U16, U32 = st.integers(0, 0xFF), st.integers(0, 0xFFFF), st.integers(0, 0xFFFF_FFFF)
BLOCKS = st.lists(
    st.builds(ReportBlock, U32, U8, st.integers(-0x80_0000, 0x7F_FFFF), U32, U32, U32, U32),
    max_size=5,
).map(tuple)


def info_of(block: ReportBlock) -> rtp.RtcpReceiverInfo:
    return rtp.RtcpReceiverInfo(
        ssrc=block.ssrc,
        fraction_lost=block.fraction_lost,
        packets_lost=block.packets_lost,
        highest_sequence=block.highest_sequence,
        jitter=block.jitter,
        lsr=block.last_sr,
        dlsr=block.delay_since_last_sr,
    )


@given(
    ssrc=U32,
    ntp=st.integers(0, 2**64 - 1),
    timestamp=U32,
    packets=U32,
    octets=U32,
    blocks=BLOCKS,
)
def test_reports(
    ssrc: int, ntp: int, timestamp: int, packets: int, octets: int, blocks: tuple[ReportBlock, ...]
) -> None:
    ours = build_compound(
        [
            SenderReport(ssrc, ntp, timestamp, packets, octets, blocks),
            ReceiverReport(ssrc, blocks),
            SourceDescription.of_cname(ssrc, "sfu"),
            Goodbye((ssrc,)),
        ]
    )
    infos = [info_of(block) for block in blocks]
    theirs: list[rtp.AnyRtcpPacket] = [
        rtp.RtcpSrPacket(
            ssrc=ssrc,
            sender_info=rtp.RtcpSenderInfo(
                ntp_timestamp=ntp,
                rtp_timestamp=timestamp,
                packet_count=packets,
                octet_count=octets,
            ),
            reports=infos,
        ),
        rtp.RtcpRrPacket(ssrc=ssrc, reports=infos),
        rtp.RtcpSdesPacket(chunks=[rtp.RtcpSourceInfo(ssrc=ssrc, items=[(1, b"sfu")])]),
        rtp.RtcpByePacket(sources=[ssrc]),
    ]
    assert rtp.RtcpPacket.parse(ours) == theirs
    built = b"".join(bytes(packet) for packet in theirs)
    assert parse_compound(built) == parse_compound(ours)


@given(sender=U32, media=U32, lost=st.lists(U16, min_size=1, max_size=40, unique=True))
def test_nack_and_picture_loss(sender: int, media: int, lost: list[int]) -> None:
    lost.sort()
    ours = build_compound([Nack(sender, media, tuple(lost)), PictureLoss(sender, media)])
    nack, loss = rtp.RtcpPacket.parse(ours)
    assert isinstance(nack, rtp.RtcpRtpfbPacket)
    assert (nack.fmt, nack.ssrc, nack.media_ssrc) == (rtp.RTCP_RTPFB_NACK, sender, media)
    assert nack.lost == lost
    assert isinstance(loss, rtp.RtcpPsfbPacket)
    assert (loss.fmt, loss.ssrc, loss.media_ssrc) == (rtp.RTCP_PSFB_PLI, sender, media)
    assert parse_compound(bytes(nack) + bytes(loss)) == parse_compound(ours)


@given(sender=U32, bitrate_bps=st.integers(0, 2**40), ssrcs=st.lists(U32, max_size=10))
def test_estimate(sender: int, bitrate_bps: int, ssrcs: list[int]) -> None:
    ours = ReceiverEstimate(sender, bitrate_bps, tuple(ssrcs)).build()
    (theirs,) = rtp.RtcpPacket.parse(ours)
    assert isinstance(theirs, rtp.RtcpPsfbPacket)
    fci = rtp.pack_remb_fci(bitrate_bps, ssrcs)
    assert rtp.unpack_remb_fci(theirs.fci) == rtp.unpack_remb_fci(fci)
    built = bytes(rtp.RtcpPsfbPacket(fmt=15, ssrc=sender, media_ssrc=0, fci=fci))
    assert parse_compound(built) == parse_compound(ours)


@given(
    sequence_number=U16,
    timestamp=U32,
    ssrc=U32,
    payload=st.binary(min_size=1, max_size=100),
    mid=st.text("0123abc", min_size=1, max_size=16),
    padding_bytes=U8,
)
def test_packets(
    sequence_number: int, timestamp: int, ssrc: int, payload: bytes, mid: str, padding_bytes: int
) -> None:
    extension_map = rtp.HeaderExtensionsMap()
    mid_extension = RTCRtpHeaderExtensionParameters(id=3, uri=MID_URI)
    extension_map.configure(RTCRtpParameters(headerExtensions=[mid_extension]))
    data = build_packet(
        payload_type=96,
        sequence_number=sequence_number,
        timestamp=timestamp,
        ssrc=ssrc,
        payload=payload,
        extension=build_block([(3, mid.encode())]),
        padding_bytes=padding_bytes,
    )
    theirs = rtp.RtpPacket.parse(data, extension_map)
    assert theirs.extensions.mid == mid
    assert theirs.payload == payload
    assert (theirs.sequence_number, theirs.timestamp) == (sequence_number, timestamp)
    ours = RtpPacket.parse(theirs.serialize(extension_map))
    assert ours is not None
    assert ours.payload == payload
    assert ours.ssrc == ssrc
    assert ours.extension(3) == mid.encode()


@given(sequence_number=U16, payload=st.binary(max_size=50))
def test_retransmissions(sequence_number: int, payload: bytes) -> None:
    original = rtp.RtpPacket(payload_type=96, sequence_number=sequence_number, payload=payload)
    wrapped = rtp.wrap_rtx(original, payload_type=97, sequence_number=1, ssrc=2)
    assert wrapped.payload == wrap_payload(sequence_number, payload)
    assert unwrap_payload(wrapped.payload) == (sequence_number, payload)


@given(
    start=st.integers(0, 1),
    partition=st.integers(0, 7),
    picture_id=st.one_of(st.none(), st.integers(0, 0x7FFF)),
    tl0=st.one_of(st.none(), U8),
    temporal=st.one_of(st.none(), st.tuples(st.integers(0, 3), st.integers(0, 1))),
    key_index=st.one_of(st.none(), st.integers(0, 31)),
    frame=st.binary(min_size=1, max_size=20),
)
def test_vp8_descriptors(
    start: int,
    partition: int,
    picture_id: int | None,
    tl0: int | None,
    temporal: tuple[int, int] | None,
    key_index: int | None,
    frame: bytes,
) -> None:
    theirs = VpxPayloadDescriptor(start, partition, picture_id, tl0, temporal, key_index)
    built = bytes(theirs)
    ours = vp8.parse(built + frame)
    assert ours is not None
    assert ours.picture_id == picture_id
    assert ours.tl0 == tl0
    assert (ours.temporal, ours.is_switch_point) == (temporal or (0, 0))
    assert ours.starts_frame == (start == 1 and partition == 0)
    assert ours.starts_keyframe == (ours.starts_frame and not frame[0] & 1)
    assert ours.descriptor_bytes == len(built)
    rewritten = bytearray(built + frame)
    vp8.rewrite(rewritten, ours, 77, 5)
    read, rest = VpxPayloadDescriptor.parse(bytes(rewritten))
    assert rest == frame
    assert read.picture_id == (None if picture_id is None else 77)
    assert read.tl0picidx == (None if tl0 is None else 5)


@given(payload=st.binary(min_size=3, max_size=40), kind=st.sampled_from([1, 5, 7, 8, 24, 28]))
def test_h264_agrees_on_what_is_broken_and_what_starts(payload: bytes, kind: int) -> None:
    """aiortc says `first_fragment`, the start of a unit; a frame cannot start elsewhere."""
    payload = bytes((payload[0] & 0xE0 | kind,)) + payload[1:]
    ours = h264.parse(payload)
    try:
        theirs, _ = H264PayloadDescriptor.parse(payload)
    except ValueError:
        assert ours is None
        return
    if ours is not None and ours.starts_frame:
        assert theirs.first_fragment
