"""Header extensions in both forms, and what their elements mean (RFC 8285)."""

import pytest

from emporion.engine.rtp import extensions
from emporion.engine.rtp.extensions import AudioLevel, VideoOrientation


def read(block: bytes) -> dict[int, bytes]:
    return extensions.read_elements(int.from_bytes(block[:2], "big"), block, 4, len(block))


def test_the_one_byte_form_is_taken_where_it_fits() -> None:
    block = extensions.build_block([(1, b"\x85"), (14, bytes(16))])
    assert block[:4] == b"\xbe\xde\x00\x05"
    assert block[4] == 0x10
    assert block[6] == 0xEF
    assert read(block) == {1: b"\x85", 14: bytes(16)}


@pytest.mark.parametrize("element", [(15, b"x"), (255, b"x"), (1, b""), (1, bytes(17))])
def test_the_two_byte_form_is_taken_where_it_must_be(element: tuple[int, bytes]) -> None:
    block = extensions.build_block([element, (2, b"y")])
    assert block[:2] == b"\x10\x00"
    assert len(block) % 4 == 0
    assert read(block) == dict([element, (2, b"y")])


def test_the_application_bits_of_the_two_byte_form_do_not_matter() -> None:
    assert extensions.read_elements(0x100F, b"\x07\x01z", 0, 3) == {7: b"z"}


def test_no_elements_are_no_block() -> None:
    assert extensions.build_block([]) == b""


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"\x00\x00\x10a\x00", {1: b"a"}),  # Padding before and behind.
        (b"\x10a\xf0b\x20c", {1: b"a"}),  # Id 15 ends the reading.
        (b"\x10a\x05bcdefg\x20c", {1: b"a", 2: b"c"}),  # Id 0 with a length is skipped.
        (b"\x10a\x2fb", {1: b"a"}),  # Cut off.
        (b"\x10a\x10b", {1: b"a"}),  # The first counts.
    ],
)
def test_one_byte_elements(body: bytes, expected: dict[int, bytes]) -> None:
    assert extensions.read_elements(0xBEDE, body, 0, len(body)) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"\x00\x01\x01a", {1: b"a"}),
        (b"\x01\x00\x02\x01b", {1: b"", 2: b"b"}),
        (b"\x01\x01a\x02\x05b", {1: b"a"}),
        (b"\x01\x01a\x02", {1: b"a"}),
    ],
)
def test_two_byte_elements(body: bytes, expected: dict[int, bytes]) -> None:
    assert extensions.read_elements(0x1000, body, 0, len(body)) == expected


def test_an_unknown_profile_has_no_elements() -> None:
    assert extensions.read_elements(0x1234, b"\x10a", 0, 2) == {}


def test_abs_send_time_wraps_at_64_seconds() -> None:
    assert extensions.build_abs_send_time(1.5) == b"\x06\x00\x00"
    assert extensions.build_abs_send_time(65.5) == b"\x06\x00\x00"
    assert extensions.read_abs_send_time(b"\x06\x00\x00") == 1.5
    assert extensions.read_abs_send_time(b"\x06\x00") is None


def test_transport_sequence_numbers_are_two_octets() -> None:
    assert extensions.build_transport_cc(0x1_2345) == b"\x23\x45"
    assert extensions.read_transport_cc(b"\x23\x45") == 0x2345
    assert extensions.read_transport_cc(b"\x23") is None
    assert extensions.read_transport_cc(None) is None


def test_audio_level_is_negative_and_says_if_it_is_a_voice() -> None:
    level = AudioLevel(level_dbov=-30, is_voice=True)
    assert extensions.build_audio_level(level) == b"\x9e"
    assert extensions.read_audio_level(b"\x9e\x00") == level
    assert extensions.read_audio_level(b"\x7f") == AudioLevel(level_dbov=-127, is_voice=False)
    assert extensions.read_audio_level(b"") is None


def test_names_are_ascii() -> None:
    assert extensions.read_name(extensions.build_name("h")) == "h"
    assert extensions.read_name("ü".encode()) is None
    assert extensions.read_name(None) is None


@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
def test_orientation_goes_there_and_back(degrees: int) -> None:
    orientation = VideoOrientation(degrees, is_flipped=True, is_back_camera=degrees == 90)
    element = extensions.build_video_orientation(orientation)
    assert extensions.read_video_orientation(element) == orientation
    assert extensions.read_video_orientation(b"") is None
