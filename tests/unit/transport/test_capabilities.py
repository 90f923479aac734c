"""Codecs and extensions: what is kept of an m-line's offer."""

from typing import Final

import pytest

from emporion.engine.forward.api import CodecMap
from emporion.engine.media import Codec
from emporion.engine.rtp.extensions import TRANSPORT_CC_URI
from emporion.engine.transport.capabilities import Capabilities, choose_capabilities


def _video(*lines: str, formats: str = "96 97") -> Capabilities:
    return choose_capabilities("video", formats, lines)


def test_the_order_of_the_m_line_is_kept_and_rtx_follows_its_codec() -> None:
    chosen = _video(
        "a=rtpmap:96 VP8/90000",
        "a=rtpmap:98 VP9/90000",
        "a=rtpmap:97 rtx/90000",
        "a=fmtp:97 apt=96",
        formats="98 96 97",
    )

    assert chosen.codecs == (
        CodecMap(Codec.VP9, 98, None, 90_000),
        CodecMap(Codec.VP8, 96, 97, 90_000),
    )
    assert chosen.formats == "98 96 97"


def test_fmtp_and_feedback_may_precede_their_rtpmap() -> None:
    """slots.md 6.9: Firefox writes them so; RTX was lost with it before."""
    chosen = _video(
        "a=fmtp:124 apt=120",
        "a=rtcp-fb:120 nack pli",
        "a=rtpmap:120 VP8/90000",
        "a=rtpmap:124 rtx/90000",
        formats="120 124",
    )

    assert chosen.codecs == (CodecMap(Codec.VP8, 120, 124, 90_000),)
    assert "a=rtcp-fb:120 nack pli\r\n" in chosen.send_text


@pytest.mark.parametrize(
    ("name", "parameters", "usable"),
    [
        ("H264", "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f", True),
        ("H264", "packetization-mode=1;profile-level-id=42E034", True),
        ("H264", "packetization-mode=0;profile-level-id=42e01f", False),
        ("H264", "packetization-mode=1;profile-level-id=42001f", False),
        ("H264", "packetization-mode=1;profile-level-id=42e0\x0b1", False),
        ("H264", "packetization-mode=1", False),
        ("VP9", "profile-id=0", True),
        ("VP9", "max-fs=12288;max-fr=60", True),
        ("VP9", "profile-id=2", False),
        ("AV1", "level-idx=5;profile=0;tier=0", True),
        ("AV1", "profile=1", False),
        ("H265", "", False),
        ("red", "", False),
    ],
)
def test_only_profiles_that_every_browser_decodes_are_kept(
    name: str, parameters: str, usable: bool
) -> None:
    chosen = _video(f"a=rtpmap:96 {name}/90000", f"a=fmtp:96 {parameters}")

    assert bool(chosen.codecs) is usable


def test_one_payload_type_for_each_codec_is_the_first_usable_one() -> None:
    chosen = _video(
        "a=rtpmap:96 H264/90000",
        "a=fmtp:96 packetization-mode=0;profile-level-id=42e01f",
        "a=rtpmap:97 H264/90000",
        "a=fmtp:97 packetization-mode=1;profile-level-id=42e01f",
        "a=rtpmap:98 H264/90000",
        "a=fmtp:98 packetization-mode=1;profile-level-id=42e01f",
        formats="96 97 98",
    )

    assert [codec.payload_type for codec in chosen.codecs] == [97]


def test_receive_limits_of_firefox_are_not_echoed() -> None:
    """slots-firefox.md 3: they would limit its sender."""
    chosen = _video("a=rtpmap:96 VP8/90000", "a=fmtp:96 max-fs=12288;max-fr=60")

    assert "max-f" not in chosen.send_text + chosen.slot_text


def test_video_orientation_and_dependency_descriptor_are_never_negotiated() -> None:
    """webrtc.md 12 and slots-firefox.md 3."""
    chosen = _video(
        "a=rtpmap:96 VP8/90000",
        "a=extmap:3 urn:3gpp:video-orientation",
        "a=extmap:13 https://aomediacodec.github.io/av1-rtp-spec/"
        "#dependency-descriptor-rtp-header-extension",
        "a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid",
    )

    assert chosen.send_text.count("a=extmap:") == 1
    assert chosen.send_extension_ids.mid == 4
    assert "a=extmap:" not in chosen.slot_text


def test_send_lines_and_slots_get_transport_cc() -> None:
    """webrtc.md 11: without any feedback Chromium starts at 0.4 Mbit/s."""
    chosen = _video(
        "a=rtpmap:96 VP8/90000",
        "a=rtcp-fb:96 transport-cc",
        "a=rtcp-fb:96 goog-remb",
        "a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01",
        "a=extmap:2/sendrecv http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time",
    )

    assert "a=rtcp-fb:96 transport-cc" in chosen.send_text
    assert "goog-remb" not in chosen.send_text
    assert chosen.send_extension_ids.transport_cc == 3
    assert "a=rtcp-fb:96 transport-cc" in chosen.slot_text
    assert chosen.slot_extension_ids.transport_cc == 3
    assert "goog-remb" not in chosen.slot_text
    assert "abs-send-time" not in chosen.slot_text
    assert chosen.slot_extension_ids.abs_send_time is None


@pytest.mark.parametrize(
    "lacks",
    ["a=rtcp-fb:96 transport-cc", f"a=extmap:3 {TRANSPORT_CC_URI}", "a=rtcp-fb:98 transport-cc"],
)
def test_slots_get_remb_where_transport_cc_is_not_whole(lacks: str) -> None:
    """Numbers and feedback on them are offered, for each codec that may be sent, or neither."""
    lines = [
        "a=rtpmap:96 VP8/90000",
        "a=rtcp-fb:96 transport-cc",
        "a=rtcp-fb:96 goog-remb",
        "a=rtpmap:98 VP9/90000",
        "a=rtcp-fb:98 transport-cc",
        "a=rtcp-fb:98 goog-remb",
        f"a=extmap:3 {TRANSPORT_CC_URI}",
        "a=extmap:2 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time",
    ]
    lines.remove(lacks)
    chosen = choose_capabilities("video", "96 98", tuple(lines))

    assert "a=rtcp-fb:96 goog-remb" in chosen.slot_text
    assert "transport" not in chosen.slot_text
    assert chosen.slot_extension_ids.abs_send_time == 2
    assert chosen.slot_extension_ids.transport_cc is None


def test_transport_cc_without_its_extension_is_not_answered() -> None:
    chosen = _video("a=rtpmap:96 VP8/90000", "a=rtcp-fb:* transport-cc", "a=rtcp-fb:* nack")

    assert "transport-cc" not in chosen.send_text
    assert "a=rtcp-fb:96 nack\r\n" in chosen.send_text


@pytest.mark.parametrize("identifier", ["0", "15", "255", "-1", "x", "9" * 40])
def test_extension_ids_beyond_the_one_byte_form_are_not_negotiated(identifier: str) -> None:
    chosen = _video(
        "a=rtpmap:96 VP8/90000", f"a=extmap:{identifier} urn:ietf:params:rtp-hdrext:sdes:mid"
    )

    assert chosen.send_extension_ids.mid is None


@pytest.mark.parametrize("number", ["72", "128", "-1", "x", "\uff11\uff12", "9" * 40])
def test_payload_types_that_mean_something_else_are_not_taken(number: str) -> None:
    """RFC 5761 section 4: 64 to 95 look like RTCP."""
    assert not _video(f"a=rtpmap:{number} VP8/90000", formats=number).codecs


def test_opus_is_all_that_is_kept_of_audio() -> None:
    chosen = choose_capabilities(
        "audio",
        "63 111 0",
        ("a=rtpmap:63 red/48000/2", "a=rtpmap:111 OPUS/48000/2", "a=rtpmap:0 PCMU/8000"),
    )

    assert chosen.codecs == (CodecMap(Codec.OPUS, 111, None, 48_000),)
    assert "a=rtpmap:111 opus/48000/2\r\n" in chosen.slot_text


def test_large_blocks_are_chosen_from_but_not_remembered() -> None:
    lines = ("a=rtpmap:96 VP8/90000", "a=fmtp:96 " + "x" * 20_000)

    assert choose_capabilities("video", "96", lines) is not choose_capabilities(
        "video", "96", lines
    )
    assert choose_capabilities("video", "96", lines[:1]) is choose_capabilities(
        "video", "96", lines[:1]
    )


def test_redundant_audio_is_sent_to_us_and_may_be_sent_to_the_participant() -> None:
    chosen = choose_capabilities(
        "audio",
        "111 63 9",
        (
            "a=rtpmap:111 opus/48000/2",
            "a=rtpmap:63 red/48000/2",
            "a=fmtp:63 111/111",
            "a=rtpmap:9 G722/8000",
        ),
    )

    assert (chosen.formats, chosen.slot_formats) == ("63 111", "111 63")
    for text in (chosen.send_text, chosen.slot_text):
        assert "a=rtpmap:63 red/48000/2\r\na=fmtp:63 111/111\r\n" in text
    assert chosen.codecs[0].red_payload_type == 63


@pytest.mark.parametrize(
    "lines",
    [
        ("a=rtpmap:63 red/48000/2",),
        ("a=rtpmap:63 red/48000/2", "a=fmtp:63 111"),
        ("a=rtpmap:63 red/48000/2", "a=fmtp:63 111/112"),
        ("a=rtpmap:63 red/90000", "a=fmtp:63 111/111"),
        ("a=rtpmap:70 red/48000/2", "a=fmtp:70 111/111"),
    ],
)
def test_redundancy_of_something_else_is_not_answered(lines: tuple[str, ...]) -> None:
    chosen = choose_capabilities("audio", "111 63", ("a=rtpmap:111 opus/48000/2", *lines))

    assert (chosen.formats, chosen.slot_formats) == ("111", "111")
    assert "red" not in chosen.send_text + chosen.slot_text


_OPUS: Final = (
    "a=rtpmap:111 opus/48000/2",
    "a=rtcp-fb:111 transport-cc",
    "a=fmtp:111 minptime=10;useinbandfec=1",
)


@pytest.mark.parametrize("asks", ["a=rtcp-fb:111 nack", "a=rtcp-fb:* nack"])
def test_lost_voices_are_sent_again_to_who_asks(asks: str) -> None:
    chosen = choose_capabilities("audio", "111", (*_OPUS, asks))

    assert "a=rtcp-fb:111 nack\r\n" in chosen.slot_text
    assert chosen.slot_nack


def test_a_publisher_is_never_asked_for_a_lost_voice() -> None:
    """It would seal the same SRTP index with another header: AES-GCM breaks (RFC 7714 8.1)."""
    number = f"a=extmap:3 {TRANSPORT_CC_URI}"
    chosen = choose_capabilities("audio", "111", (*_OPUS, number, "a=rtcp-fb:111 nack"))

    assert "a=rtcp-fb:111 transport-cc" in chosen.send_text
    assert "nack" not in chosen.send_text


def test_who_does_not_ask_for_lost_voices_is_not_told_to() -> None:
    chosen = choose_capabilities("audio", "111", (*_OPUS, "a=rtcp-fb:111 nack pli"))

    assert "nack\r\n" not in chosen.slot_text
    assert not chosen.slot_nack
