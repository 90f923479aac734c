"""Reads a participant's offer (RFC 8866, RFC 8829), bounded and without trust.

Only what the answer needs is kept. An offer that breaks a rule we rely on ends in a
`RemoteProtocolError` whose code starts with `sdp.`; unknown attributes are passed over, as
RFC 8866 section 5.13 wants.
"""

import re
from dataclasses import dataclass
from typing import Final

import msgspec

from ..errors import RemoteProtocolError
from .capabilities import CAPABILITY_PREFIXES, Capabilities, choose_capabilities

MAX_OFFER_CHARS: Final = 400_000  # An untrimmed Chromium offer of 48 slots has 260 kB.
MAX_SECTIONS: Final = 72  # 48 video slots, 3 for audio, 4 to send, data; and room.
MAX_SECTION_LINES: Final = 600  # Untrimmed Chromium: 150.
MAX_RIDS: Final = 3  # `Layer.spatial` ends at 2.

_TOKEN: Final = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`{|}~-]{1,32}")
_RID: Final = re.compile(r"[A-Za-z0-9_-]{1,16}")
_UFRAG: Final = re.compile(r"[A-Za-z0-9+/]{4,256}")
_PASSWORD: Final = re.compile(r"[A-Za-z0-9+/]{22,256}")
_FINGERPRINT: Final = re.compile(
    r"(sha-256|sha-384|sha-512) ([0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2}){31,63})"
)
_MEDIA: Final = re.compile(
    r"([a-z]{1,16}) (\d{1,5})(?:/\d{1,5})? ([A-Za-z0-9/]{1,32}) ([\x21-\x7e ]{1,1024})"
)

_DIRECTIONS: Final = frozenset({"sendrecv", "sendonly", "recvonly", "inactive"})
_FLAGS: Final = _DIRECTIONS | {"rtcp-mux", "rtcp-rsize", "bundle-only"}
_VALUED: Final = frozenset(
    {"mid", "rid", "simulcast", "ice-ufrag", "ice-pwd", "fingerprint", "setup", "group"}
)
_MID_LINE: Final = "\na=mid:"
_RTP_PROTOCOLS: Final = frozenset({"UDP/TLS/RTP/SAVPF", "UDP/TLS/RTP/SAVP", "RTP/SAVPF"})


class Section(msgspec.Struct, frozen=True, gc=False):
    """One m-line with its lines.

    Attributes:
        kind: "audio", "video", or whatever else it names ("application").
        capabilities: None: not an RTP m-line, or refused by the offer itself (port 0).
        rids: Simulcast encodings that it offers to send, as listed.
    """

    kind: str
    protocol: str
    formats: str
    mid: str
    direction: str
    rids: tuple[str, ...]
    reduced_size_rtcp: bool
    capabilities: Capabilities | None


@dataclass(frozen=True, slots=True)
class Offer:
    """One offer. `fingerprints` maps a hash name to the digest in upper-case hexadecimal."""

    sections: tuple[Section, ...]
    ufrag: str
    password: str
    fingerprints: dict[str, str]


_Attributes = dict[str, list[str]]


def parse_offer(text: str) -> Offer:
    """Read an offer.

    Raises:
        RemoteProtocolError: It cannot be answered; `code` is one of `sdp.too_large`,
            `sdp.malformed`, `sdp.too_many_lines`, `sdp.mid`, `sdp.simulcast`, `sdp.bundle`,
            `sdp.rtcp_mux`, `sdp.ice`, `sdp.fingerprint`, `sdp.setup`.
    """
    if len(text) > MAX_OFFER_CHARS:
        raise _refusal("too_large", f"at most {MAX_OFFER_CHARS} characters", len(text))
    head, *bodies = text.removesuffix("\n").split("\nm=")
    session_lines = _split(head)
    if session_lines[0] != "v=0" or not bodies:
        raise _refusal("malformed", "v=0 and at least one m-line", f"{len(bodies)} m-lines")
    if len(bodies) > MAX_SECTIONS:
        raise _refusal("too_many_lines", f"at most {MAX_SECTIONS} m-lines", len(bodies))
    session = _read_attributes(session_lines)
    parsed = _parse_sections(bodies)
    sections = tuple(section for section, _ in parsed)
    _check_mids(sections)
    first = next((own for section, own in parsed if section.capabilities), None)
    if first is None:
        raise _refusal("malformed", "an audio or video m-line", "none")
    _check_bundle(session, parsed)
    return _join(sections, session, first)


def _split(text: str) -> list[str]:
    """Split at the ends of lines: CR LF, or LF alone. The whole offer in one go takes 50 µs."""
    lines = text.removesuffix("\r").replace("\r\n", "\n").split("\n")
    if len(lines) > MAX_SECTION_LINES:
        raise _refusal("too_many_lines", f"at most {MAX_SECTION_LINES} in a section", len(lines))
    return lines


def _read_attributes(lines: list[str]) -> _Attributes:
    attributes: _Attributes = {}
    for line in lines:
        if line.startswith("a="):
            name, _, value = line[2:].partition(":")
            if name in _VALUED or name in _FLAGS:
                attributes.setdefault(name, []).append(value)
    return attributes


def _parse_sections(bodies: list[str]) -> list[tuple[Section, _Attributes]]:
    """Read the m-lines; slots of a browser differ by their mids alone, so one is read for all."""
    parsed: list[tuple[Section, _Attributes]] = []
    around = "", ""  # The mid of the one before: slots of a kind stand side by side.
    for body in bodies:
        before, mid, after = _cut_mid(body)
        if mid and (before, after) == around:
            section, attributes = parsed[-1]
            parsed.append((msgspec.structs.replace(section, mid=mid), attributes))
        else:
            around = before, after
            parsed.append(_parse_section(body))
    return parsed


def _cut_mid(body: str) -> tuple[str, str, str]:
    """Split at the line of the mid: what stands before it, its value, what stands after it.

    The value is empty if there is not exactly one such line.
    """
    before, _, rest = body.partition(_MID_LINE)
    mid, _, after = rest.partition("\n")
    return (before, mid.removesuffix("\r"), after) if _MID_LINE not in rest else (body, "", "")


def _parse_section(body: str) -> tuple[Section, _Attributes]:
    media, *lines = _split(body)
    match = _MEDIA.fullmatch(media)
    if match is None:
        raise _refusal("malformed", "m=<kind> <port> <protocol> <formats>", "something else")
    kind, port, protocol, formats = match.groups()
    described: list[str] = []
    others: list[str] = []
    for line in lines:
        (described if line.startswith(CAPABILITY_PREFIXES) else others).append(line)
    attributes = _read_attributes(others)
    is_media = kind in ("audio", "video") and protocol in _RTP_PROTOCOLS
    # Port 0 is a stopped transceiver, unless it only waits for the bundle (RFC 9143 section 6).
    is_refused = int(port) == 0 and "bundle-only" not in attributes
    section = Section(
        kind=kind,
        protocol=protocol,
        formats=formats,
        mid=attributes.get("mid", [""])[0],
        direction=next((name for name in attributes if name in _DIRECTIONS), "sendrecv"),
        rids=_send_rids(attributes),
        reduced_size_rtcp="rtcp-rsize" in attributes,
        capabilities=choose_capabilities(kind, formats, tuple(described))
        if is_media and not is_refused
        else None,
    )
    return section, attributes


def _send_rids(attributes: _Attributes) -> tuple[str, ...]:
    """The rids of `a=simulcast:send l;m;h`; also paused (`~l`), of alternatives the first."""
    if "simulcast" not in attributes:
        return ()
    words = attributes["simulcast"][0].split(" ")
    if "send" not in words[::2] or len(words) % 2:
        return ()
    listed = words[words.index("send") + 1].split(";")
    rids = tuple(item.split(",")[0].removeprefix("~") for item in listed)
    if len(rids) > MAX_RIDS or len(set(rids)) != len(rids):
        raise _refusal("simulcast", f"at most {MAX_RIDS} different encodings", len(rids))
    declared = {value.split(" ", 1)[0] for value in attributes.get("rid", ())}
    if not all(_RID.fullmatch(rid) and rid in declared for rid in rids):
        raise _refusal("simulcast", "an a=rid line for each encoding", "an unknown rid")
    return rids


def _check_mids(sections: tuple[Section, ...]) -> None:
    mids = [section.mid for section in sections]
    if not all(_TOKEN.fullmatch(mid) for mid in mids) or len(set(mids)) != len(mids):
        raise _refusal("mid", "a different a=mid token in every m-line", "other mids")


def _check_bundle(session: _Attributes, parsed: list[tuple[Section, _Attributes]]) -> None:
    """All media goes over one transport: BUNDLE (RFC 9143) and rtcp-mux (RFC 5761) are required."""
    bundled: set[str] = set()
    for group in session.get("group", ()):
        semantics, *mids = group.split(" ")
        if semantics == "BUNDLE":
            bundled.update(mids)
    for section, attributes in parsed:
        if section.capabilities is None:
            continue
        if section.mid not in bundled:
            raise _refusal("bundle", "all m-lines in one BUNDLE group", "one outside of it")
        if "rtcp-mux" not in attributes:
            raise _refusal("rtcp_mux", "a=rtcp-mux in every m-line", "one without")


def _join(sections: tuple[Section, ...], session: _Attributes, first: _Attributes) -> Offer:
    """The transport's own lines may stand in the m-line or above all of them (Firefox)."""

    def values(name: str) -> list[str]:
        return first.get(name) or session.get(name) or []

    ufrag, password = (values("ice-ufrag") or [""])[0], (values("ice-pwd") or [""])[0]
    if not _UFRAG.fullmatch(ufrag) or not _PASSWORD.fullmatch(password):
        raise _refusal("ice", "a=ice-ufrag and a=ice-pwd of RFC 8839 section 5.4", "others")
    matches = (_FINGERPRINT.fullmatch(value) for value in values("fingerprint"))
    fingerprints = {match[1]: match[2].upper() for match in matches if match}
    if not fingerprints:
        raise _refusal("fingerprint", "a=fingerprint by sha-256, sha-384 or sha-512", "none")
    if values("setup") not in (["actpass"], ["active"]):
        # We answer `passive`, so that the SRTP profile is our choice (facts/webrtc.md 4).
        raise _refusal("setup", "a=setup:actpass or active", "another role")
    return Offer(sections, ufrag, password, fingerprints)


def _refusal(code: str, expected: str, got: object) -> RemoteProtocolError:
    return RemoteProtocolError(
        f"The offer was refused: expected {expected}, got {got}.", code=f"sdp.{code}"
    )
