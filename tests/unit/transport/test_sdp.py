"""Offers: what real ones say, and that no text at all can hurt the parser."""

import contextlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emporion.engine.errors import RemoteProtocolError
from emporion.engine.transport import sdp
from emporion.engine.transport.sdp import parse_offer

_DATA = Path(__file__).parent / "data"
REAL_OFFERS = sorted(path.name for path in _DATA.glob("*.sdp"))
_CHROMIUM = (_DATA / "chromium-156-trimmed.sdp").read_bytes().decode()


def _code(text: str) -> str:
    with pytest.raises(RemoteProtocolError) as caught:
        parse_offer(text)
    return caught.value.code


@pytest.mark.parametrize("name", REAL_OFFERS)
def test_real_offers_are_read(name: str) -> None:
    offer = parse_offer((_DATA / name).read_bytes().decode())

    assert {section.kind for section in offer.sections} == {"audio", "video"}
    assert all(section.capabilities and section.capabilities.codecs for section in offer.sections)
    assert "sha-256" in offer.fingerprints


def test_chromium_sections_are_read_in_order() -> None:
    offer = parse_offer(_CHROMIUM)

    assert [section.mid for section in offer.sections] == [str(number) for number in range(10)]
    assert [section.direction for section in offer.sections] == ["sendonly"] * 3 + ["recvonly"] * 7
    assert offer.sections[1].rids == ("l", "m", "h")
    assert offer.sections[2].rids == ("l", "h")


def test_lines_of_a_unix_file_are_read_alike() -> None:
    assert parse_offer(_CHROMIUM.replace("\r\n", "\n")) == parse_offer(_CHROMIUM)


def test_paused_and_alternative_encodings_keep_their_first_name() -> None:
    text = _CHROMIUM.replace("a=simulcast:send l;m;h", "a=simulcast:send ~l;m,h")

    assert parse_offer(text).sections[1].rids == ("l", "m")


def test_a_data_section_is_kept_as_one_that_carries_no_media() -> None:
    data = (
        "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\nc=IN IP4 0.0.0.0\r\n"
        "a=mid:data\r\na=sctp-port:5000\r\n"
    )

    section = parse_offer(_CHROMIUM + data).sections[-1]

    assert (section.kind, section.mid, section.capabilities) == ("application", "data", None)


def test_a_stopped_section_is_refused_and_a_bundle_only_one_is_not() -> None:
    stopped = _CHROMIUM.replace("m=video 9", "m=video 0", 1)
    waiting = stopped.replace("a=mid:1\r\n", "a=mid:1\r\na=bundle-only\r\n")

    assert parse_offer(stopped).sections[1].capabilities is None
    assert parse_offer(waiting).sections[1].capabilities is not None


def test_transport_lines_may_stand_at_session_level() -> None:
    fingerprint = next(line for line in _CHROMIUM.split("\r\n") if "fingerprint" in line)
    text = _CHROMIUM.replace(fingerprint + "\r\n", "")
    text = text.replace("t=0 0\r\n", f"t=0 0\r\n{fingerprint}\r\n")

    assert parse_offer(text).fingerprints == parse_offer(_CHROMIUM).fingerprints


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("v=0", "v=1", "sdp.malformed"),
        ("m=audio 9 UDP", "m=audio nine UDP", "sdp.malformed"),
        ("m=audio 9 UDP/TLS/RTP/SAVPF 111", "m=audio", "sdp.malformed"),
        ("a=mid:1\r\n", "a=mid:0\r\n", "sdp.mid"),
        ("a=mid:1\r\n", "", "sdp.mid"),
        ("a=mid:1\r\n", "a=mid:1 a=x\r\n", "sdp.mid"),
        ("a=group:BUNDLE 0 1 2", "a=group:BUNDLE 0 1", "sdp.bundle"),
        ("a=group:BUNDLE", "a=group:LS", "sdp.bundle"),
        ("a=rtcp-mux\r\n", "", "sdp.rtcp_mux"),
        ("a=ice-ufrag:", "a=ice-ufrag:\u00e9", "sdp.ice"),
        ("a=ice-pwd:", "a=no-pwd:", "sdp.ice"),
        ("a=fingerprint:sha-256", "a=fingerprint:sha-1", "sdp.fingerprint"),
        ("a=setup:actpass", "a=setup:passive", "sdp.setup"),
        ("a=simulcast:send l;m;h", "a=simulcast:send l;m;h;x", "sdp.simulcast"),
        ("a=simulcast:send l;m;h", "a=simulcast:send l;l", "sdp.simulcast"),
        ("a=simulcast:send l;m;h", "a=simulcast:send l;x", "sdp.simulcast"),
    ],
)
def test_an_offer_that_cannot_be_answered_says_why(old: str, new: str, code: str) -> None:
    count = -1 if old.startswith(("a=ice", "a=fingerprint", "a=setup")) else 1

    assert _code(_CHROMIUM.replace(old, new, count)) == code


def test_offers_are_bounded() -> None:
    section = _CHROMIUM[_CHROMIUM.index("m=audio") : _CHROMIUM.index("m=video")]

    assert _code("v=0\r\n" + "x" * sdp.MAX_OFFER_CHARS) == "sdp.too_large"
    assert _code(_CHROMIUM + section * sdp.MAX_SECTIONS) == "sdp.too_many_lines"
    assert _code(_CHROMIUM + "a=x\r\n" * sdp.MAX_SECTION_LINES) == "sdp.too_many_lines"
    assert _code("") == "sdp.malformed"


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_a_mutated_offer_is_read_or_refused(data: st.DataObject) -> None:
    """Any other exception would be `internal` to the client, and a bug (CONVENTIONS I5)."""
    lines = _CHROMIUM.split("\r\n")
    for _ in range(data.draw(st.integers(1, 6))):
        index = data.draw(st.integers(0, len(lines) - 1))
        line = lines[index]
        cut = data.draw(st.integers(0, len(line)))
        middle = data.draw(st.text(alphabet="a=:;,/ 0129~*\x00é\uff11", max_size=6))
        lines[index] = line[:cut] + middle + line[data.draw(st.integers(cut, len(line))) :]
    with contextlib.suppress(RemoteProtocolError):
        parse_offer("\r\n".join(lines))


@settings(max_examples=200, deadline=None)
@given(text=st.text(max_size=300))
def test_any_text_is_read_or_refused(text: str) -> None:
    for candidate in (text, "v=0\r\nm=" + text, "v=0\r\nm=audio 9 RTP/SAVPF 0\r\na=" + text):
        with pytest.raises(RemoteProtocolError):
            parse_offer(candidate)
