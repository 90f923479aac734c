"""Payload descriptors as octets, each codec by its specification."""

import pytest

from emporion.engine.media import Codec
from emporion.engine.rtp.payloads import av1, h264, opus, vp8, vp9
from emporion.engine.rtp.payloads.describe import describe
from emporion.engine.rtp.payloads.descriptor import OPAQUE, VideoDescriptor


def read(descriptor: VideoDescriptor | None) -> VideoDescriptor:
    assert descriptor is not None
    return descriptor


# -- VP8: RFC 7741 §4.2; the payload header's lowest bit says that it is no key frame ----------


def test_vp8_as_browsers_send_it() -> None:
    """X S; I L T; PictureID 15 bits; TL0PICIDX; TID 2, Y; key frame."""
    payload = bytes.fromhex("90e0923407a0") + b"\x10data"
    descriptor = read(vp8.parse(payload))
    assert descriptor.starts_frame
    assert descriptor.starts_keyframe
    assert descriptor.picture_id == 0x1234
    assert (descriptor.picture_id_at, descriptor.picture_id_bits) == (2, 15)
    assert (descriptor.tl0, descriptor.tl0_at) == (7, 4)
    assert descriptor.temporal == 2
    assert descriptor.is_switch_point
    assert descriptor.descriptor_bytes == 6


@pytest.mark.parametrize(
    ("octets", "starts_frame", "starts_keyframe"),
    [
        ("1000", True, True),
        ("1001", True, False),  # P: predicted.
        ("0000", False, False),  # No S: goes on.
        ("1100", False, False),  # Start of the second partition.
        ("3000", True, True),  # N does not matter.
    ],
)
def test_vp8_frames(octets: str, starts_frame: bool, starts_keyframe: bool) -> None:
    descriptor = read(vp8.parse(bytes.fromhex(octets)))
    assert descriptor.starts_frame is starts_frame
    assert descriptor.starts_keyframe is starts_keyframe
    assert descriptor.picture_id is None
    assert descriptor.tl0 is None
    assert descriptor.descriptor_bytes == 1


def test_vp8_short_picture_id_and_key_index_without_temporal_layer() -> None:
    descriptor = read(vp8.parse(bytes.fromhex("90907f ff 00")))
    assert (descriptor.picture_id, descriptor.picture_id_bits) == (0x7F, 7)
    assert (descriptor.temporal, descriptor.is_switch_point) == (0, False)
    assert descriptor.descriptor_bytes == 4


@pytest.mark.parametrize("length", range(7))
def test_vp8_cut_off_anywhere_is_none(length: int) -> None:
    assert vp8.parse(bytes.fromhex("90e0923407a010")[:length]) is None


def test_vp8_rewrite_changes_numbers_and_nothing_else() -> None:
    payload = bytearray.fromhex("90e0923407a010aabb")
    vp8.rewrite(payload, read(vp8.parse(bytes(payload))), 0x1_7FFF, 0x1FE)
    assert payload.hex() == "90e0fffffea010aabb"
    vp8.rewrite(payload, read(vp8.parse(bytes(payload))), 0, None)
    assert payload.hex() == "90e08000fea010aabb"


def test_vp8_rewrite_keeps_a_short_picture_id_short() -> None:
    payload = bytearray.fromhex("90800500")
    vp8.rewrite(payload, read(vp8.parse(bytes(payload))), 0x1234, 9)
    assert payload.hex() == "90803400"


def test_vp8_rewrite_adds_no_field() -> None:
    payload = bytearray.fromhex("1000")
    vp8.rewrite(payload, read(vp8.parse(bytes(payload))), 1, 2)
    assert payload.hex() == "1000"


# -- H.264: RFC 6184 §5.4, §5.7, §5.8 ----------------------------------------------------------


@pytest.mark.parametrize(
    ("octets", "starts_frame", "starts_keyframe", "is_idr"),
    [
        ("6742001f", True, True, False),  # SPS.
        ("68ce3c80", True, False, False),  # PPS.
        ("0605", True, False, False),  # SEI.
        ("09f0", True, False, False),  # Access unit delimiter.
        ("6588", True, False, True),  # First slice of an IDR picture.
        ("6548", False, False, True),  # A later slice of one.
        ("419a", True, False, False),
        ("415a", False, False, False),
        ("7c8588", True, False, True),  # FU-A, start of an IDR slice.
        ("7c0588", False, False, False),  # FU-A, middle.
        ("7c4588", False, False, False),  # FU-A, end.
        ("7c819a", True, False, False),
        ("7c8742", True, True, False),
        ("780004 6742001f 0002 68ce", True, True, False),  # STAP-A of SPS and PPS.
        ("780004 6742001f 0002 68ce 0002 6588", True, True, True),
        ("780002 68ce 0002 6588", True, False, True),
        ("780002 415a 0002 415a", False, False, False),
        ("780001 41", False, False, False),
    ],
)
def test_h264_frames(octets: str, starts_frame: bool, starts_keyframe: bool, is_idr: bool) -> None:
    descriptor = read(h264.parse(bytes.fromhex(octets)))
    assert descriptor.starts_frame is starts_frame
    assert descriptor.starts_keyframe is starts_keyframe
    assert descriptor.is_idr is is_idr


@pytest.mark.parametrize(
    "octets", ["", "67", "7c85", "78", "780004 67", "780000 67", "780001 67 00"]
)
def test_h264_broken_is_none(octets: str) -> None:
    assert h264.parse(bytes.fromhex(octets)) is None


# -- VP9: RFC 9628 §4.2 -------------------------------------------------------------------------


def test_vp9_key_frame_of_the_lowest_layer_with_its_structure() -> None:
    """I L B V; PictureID; TID 0, SID 0; TL0PICIDX; V: two layers with sizes, one picture."""
    octets = "aa 9234 00 07 38 014000b4 02800168 01 04 01 ff"
    descriptor = read(vp9.parse(bytes.fromhex(octets)))
    assert descriptor.starts_frame
    assert descriptor.starts_keyframe
    assert descriptor.picture_id == 0x1234
    assert (descriptor.picture_id_at, descriptor.tl0_at, descriptor.tl0) == (1, 4, 7)
    assert descriptor.descriptor_bytes == 17
    assert descriptor.spatial_layers == 2


def test_vp9_layers() -> None:
    """L B E; TID 2, U, SID 1, D; TL0PICIDX."""
    descriptor = read(vp9.parse(bytes.fromhex("2c 53 07 ff")))
    assert (descriptor.spatial, descriptor.temporal) == (1, 2)
    assert descriptor.is_switch_point
    assert descriptor.ends_frame
    assert descriptor.spatial_layers == 0
    assert not descriptor.starts_keyframe  # Not P, but its lower layer is needed.


def test_vp9_flexible_mode_has_references_and_no_tl0() -> None:
    """I P L F; short PictureID; layers; two references."""
    descriptor = read(vp9.parse(bytes.fromhex("f0 05 20 03 02 ff")))
    assert (descriptor.picture_id, descriptor.picture_id_bits) == (5, 7)
    assert descriptor.tl0 is None
    assert descriptor.temporal == 1
    assert descriptor.descriptor_bytes == 5
    assert not descriptor.starts_frame


@pytest.mark.parametrize(
    "octets",
    [
        "",
        "80",
        "80 92",
        "80 92 34",  # Nothing follows.
        "20 00",
        "20 00 07",
        "50 01 01 01 00 ff",  # Four references.
        "50 01",
        "02 38 01 40",
        "02 08 ff 00 00",
        "02 10",
    ],
)
def test_vp9_broken_is_none(octets: str) -> None:
    assert vp9.parse(bytes.fromhex(octets)) is None


# -- AV1: RTP Payload Format For AV1 §4.4 -------------------------------------------------------


def test_av1_new_sequence_is_a_key_frame() -> None:
    descriptor = read(av1.parse(bytes.fromhex("18 08 00")))
    assert descriptor.starts_frame
    assert descriptor.starts_keyframe
    assert (descriptor.spatial, descriptor.temporal) == (0, 0)


@pytest.mark.parametrize("octets", ["10 34 48 ff", "00 03 34 48 ff", "20 03 34 48 ff 34 48"])
def test_av1_layers_are_in_the_first_obu(octets: str) -> None:
    descriptor = read(av1.parse(bytes.fromhex(octets)))
    assert (descriptor.spatial, descriptor.temporal) == (1, 2)
    assert not descriptor.starts_keyframe


def test_av1_length_may_have_several_octets() -> None:
    assert read(av1.parse(bytes.fromhex("00 8001 34 48"))).temporal == 2


def test_av1_a_continued_obu_has_no_header() -> None:
    descriptor = read(av1.parse(bytes.fromhex("90 34 48 ff")))
    assert not descriptor.starts_frame
    assert descriptor.temporal == 0


@pytest.mark.parametrize("octets", ["", "10", "10 34", "00 03", "00 ffffffff", "98 08 00"])
def test_av1_broken_is_none(octets: str) -> None:
    assert av1.parse(bytes.fromhex(octets)) is None


# -- Opus: RFC 6716 §3.1 ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("octets", "duration"),
    [
        ("78ff", 960),  # As browsers send it: config 15, hybrid full band, 20 ms.
        ("fcff", 960),  # CELT 20 ms.
        ("00ff", 480),
        ("18ff", 2880),  # SILK 60 ms.
        ("80ff", 120),  # CELT 2.5 ms.
        ("79ff", 1920),
        ("7aff", 1920),
        ("7b06ff", 5760),
        ("7b07ff", 0),  # 140 ms is over the limit.
        ("7b00", 0),
        ("7b", 0),
        ("", 0),
    ],
)
def test_opus_duration(octets: str, duration: int) -> None:
    assert opus.duration(bytes.fromhex(octets)) == duration


def test_payloads_are_described_by_their_codec() -> None:
    assert describe(Codec.VP8, b"\x10\x00") == vp8.parse(b"\x10\x00")
    assert describe(Codec.VP9, b"\x08\x00") == vp9.parse(b"\x08\x00")
    assert describe(Codec.H264, b"\x67\x42") == h264.parse(b"\x67\x42")
    assert describe(Codec.AV1, b"\x18\x08") == av1.parse(b"\x18\x08")
    assert describe(Codec.OPUS, b"") is OPAQUE
    assert describe(Codec.VP8, b"") is None
