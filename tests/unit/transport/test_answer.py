"""The answer: one form that Chromium, Firefox and aiortc all take."""

from collections.abc import Mapping
from itertools import count
from pathlib import Path

import pytest

from emporion.engine.errors import RemoteProtocolError
from emporion.engine.ids import SlotId
from emporion.engine.media import Codec, Kind, Source
from emporion.engine.transport.answer import (
    LocalTransport,
    Negotiation,
    negotiate,
    write_answer,
)
from emporion.engine.transport.sdp import Offer, parse_offer

_DATA = Path(__file__).parent / "data"
_LOCAL = LocalTransport(
    ufrag="localufrag",
    password="p" * 24,
    fingerprint="AB:CD",
    candidates="a=candidate:1 1 udp 2130706431 192.0.2.1 7882 typ host\r\n"
    "a=candidate:2 1 udp 2130706175 2001:db8::1 7882 typ host\r\n",
    session_id=7,
)
_SOURCES = {"0": Source.MICROPHONE, "1": Source.CAMERA, "2": Source.SCREEN}


def _offer(name: str = "chromium-156-trimmed.sdp", extra: str = "") -> Offer:
    return parse_offer((_DATA / name).read_bytes().decode() + extra)


def _negotiate(offer: Offer, sources: Mapping[str, Source] = _SOURCES) -> Negotiation:
    numbers = count()
    return negotiate(
        offer, sources, first_ssrc=1000, new_slot_id=lambda: SlotId(f"SL_{next(numbers)}")
    )


def _sections(answer: str) -> list[str]:
    return ["m=" + body for body in answer.split("\r\nm=")[1:]]


def _answer(offer: Offer, sources: Mapping[str, Source] = _SOURCES) -> str:
    return write_answer(offer, _negotiate(offer, sources), _LOCAL)


@pytest.mark.parametrize("name", ["chromium-156-trimmed.sdp", "firefox-153-form.sdp"])
def test_lines_and_slots_are_told_in_offer_order(name: str) -> None:
    negotiation = _negotiate(_offer(name))

    assert [(line.mid, line.kind, line.rids, source) for line, source in negotiation.lines] == [
        ("0", Kind.AUDIO, (), Source.MICROPHONE),
        ("1", Kind.VIDEO, ("l", "m", "h"), Source.CAMERA),
        ("2", Kind.VIDEO, ("l", "h"), Source.SCREEN),
    ]
    assert [(slot.slot_id, slot.index, slot.mid) for slot in negotiation.slots] == [
        (f"SL_{index}", index, str(index + 3)) for index in range(7)
    ]
    assert [slot.rtx_ssrc for slot in negotiation.slots[:4]] == [None, None, None, 1007]
    ssrcs = [slot.ssrc for slot in negotiation.slots]
    assert len(set(ssrcs)) == len(ssrcs)


def test_payload_types_are_those_of_the_participant() -> None:
    firefox = _negotiate(_offer("firefox-153-form.sdp"))

    camera = firefox.lines[1][0]
    assert [
        (codec.codec, codec.payload_type, codec.rtx_payload_type) for codec in camera.codecs
    ] == [
        (Codec.VP8, 120, 124),
        (Codec.VP9, 121, 125),
        (Codec.AV1, 99, 100),
    ]
    assert (camera.extension_ids.rid, camera.extension_ids.repaired_rid) == (9, 10)


@pytest.mark.parametrize("name", ["chromium-156-trimmed.sdp", "firefox-153-form.sdp"])
def test_the_fingerprint_is_at_session_level_and_nowhere_else(name: str) -> None:
    """slots-firefox.md 4.1: with it only in the first m-line Firefox's tab crashes."""
    head, *sections = _answer(_offer(name)).split("\r\nm=")

    assert "a=fingerprint:sha-256 AB:CD" in head
    assert "a=ice-lite" in head
    assert not any("fingerprint" in section for section in sections)


def test_credentials_are_at_session_level_for_aiortc() -> None:
    """aiortc refuses an answer in which any m-line has none."""
    head = _answer(_offer()).split("\r\nm=")[0]

    assert "a=ice-ufrag:localufrag\r\na=ice-pwd:" in head
    assert head.endswith("a=setup:passive")


def test_ice_lines_are_in_the_first_section_with_every_candidate() -> None:
    first, *others = _sections(_answer(_offer()))

    assert "a=ice-ufrag:localufrag\r\n" in first
    assert first.count("a=candidate:") == 2
    assert "a=setup:passive" in first  # webrtc.md 4: the DTLS server chooses the SRTP profile.
    assert not any("a=ice" in section or "a=setup" in section for section in others)


def test_the_last_section_repeats_the_candidates_for_aiortc() -> None:
    """aiortc with one bundle reads only the candidates of its last m-line."""
    sections = _sections(_answer(_offer()))

    counts = [section.count("a=candidate:") for section in sections]
    assert counts == [2] + [0] * (len(sections) - 2) + [2]


def test_an_offer_of_nothing_is_refused() -> None:
    text = (_DATA / "chromium-156-trimmed.sdp").read_bytes().decode()
    with pytest.raises(RemoteProtocolError) as caught:
        _negotiate(parse_offer(text.replace("a=recvonly", "a=inactive")), {})

    assert caught.value.code == "sdp.empty"


def test_sections_answer_in_order_within_one_bundle() -> None:
    answer = _answer(_offer())

    assert "a=group:BUNDLE 0 1 2 3 4 5 6 7 8 9\r\n" in answer
    assert [section.split("a=mid:")[1].split("\r\n")[0] for section in _sections(answer)] == [
        str(number) for number in range(10)
    ]


def test_a_camera_section_receives_its_encodings() -> None:
    camera = _sections(_answer(_offer()))[1]

    assert "a=recvonly" in camera
    assert "a=rid:l recv\r\na=rid:m recv\r\na=rid:h recv\r\na=simulcast:recv l;m;h" in camera
    assert "a=ssrc" not in camera


def test_a_slot_has_its_ssrcs_and_pairs_with_the_audio_slot_of_its_number() -> None:
    sections = _sections(_answer(_offer()))

    assert "a=msid:s0 a0\r\n" in sections[3]
    assert "a=ssrc:1000 cname:emporion" in sections[3]
    assert "a=msid:s0 v0\r\n" in sections[6]
    assert "a=ssrc-group:FID 1006 1007\r\n" in sections[6]
    assert "a=ssrc:1006 cname:emporion\r\na=ssrc:1007 cname:emporion" in sections[6]
    assert all("a=sendonly" in section for section in sections[3:])
    assert not any("sdes:mid" in section for section in sections[3:])


def test_a_data_section_is_refused_with_port_zero_outside_the_bundle() -> None:
    data = "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:d\r\na=sctp-port:5000\r\n"

    answer = _answer(_offer(extra=data))

    refused = _sections(answer)[-1]
    assert refused.startswith("m=application 0 UDP/DTLS/SCTP webrtc-datachannel\r\n")
    assert "a=mid:d" in refused
    assert " d" not in answer.split("a=group:BUNDLE")[1].split("\r\n")[0]


def test_ice_moves_to_the_first_accepted_section() -> None:
    sections = _sections(_answer(_offer(), {"1": Source.CAMERA}))

    assert sections[0].startswith("m=audio 0 ")
    assert "a=ice-ufrag:" not in sections[0]
    assert "a=ice-ufrag:" in sections[1]


def test_a_section_that_sends_and_receives_is_a_slot_unless_a_source_is_named() -> None:
    text = (_DATA / "chromium-156-trimmed.sdp").read_bytes().decode()
    offer = parse_offer(text.replace("a=sendonly", "a=sendrecv"))

    assert len(_negotiate(offer, {"0": Source.MICROPHONE}).slots) == 9


@pytest.mark.parametrize(
    "sources",
    [
        {"0": Source.CAMERA},
        {"3": Source.MICROPHONE},
        {"77": Source.MICROPHONE},
        {"1": Source.CAMERA, "2": Source.CAMERA},
    ],
)
def test_sources_that_do_not_fit_the_offer_are_refused(sources: dict[str, Source]) -> None:
    with pytest.raises(RemoteProtocolError) as caught:
        _negotiate(_offer(), sources)

    assert caught.value.code == "sdp.source"


def test_a_section_without_a_codec_of_ours_is_refused_by_name() -> None:
    text = (_DATA / "chromium-156-trimmed.sdp").read_bytes().decode()
    with pytest.raises(RemoteProtocolError) as caught:
        _negotiate(parse_offer(text.replace("opus/48000/2", "G722/8000")))

    assert caught.value.code == "sdp.codec"


def test_answers_end_every_line_alike() -> None:
    answer = _answer(_offer())

    assert answer.endswith("\r\n")
    assert answer.count("\n") == answer.count("\r\n")
    assert "\r\n\r\n" not in answer


def test_lost_voices_are_asked_for_on_slots_alone_where_the_offer_says_so() -> None:
    """Also if a browser offered it for its microphone."""
    text = (_DATA / "chromium-156-trimmed.sdp").read_bytes().decode()
    opus = "a=rtpmap:111 opus/48000/2\r\n"
    offer = parse_offer(text.replace(opus, opus + "a=rtcp-fb:111 nack\r\n"))
    slots = _negotiate(offer).slots

    voices = [slot for slot in slots if slot.kind is Kind.AUDIO]
    assert voices
    assert all(slot.answers_nack for slot in voices)
    asking = {section for section in _sections(_answer(offer)) if "a=rtcp-fb:111 nack" in section}
    assert len(asking) == len(voices)
    assert all("a=sendonly" in section for section in asking)
    untouched = _negotiate(_offer()).slots
    assert not any(slot.answers_nack for slot in untouched if slot.kind is Kind.AUDIO)
