"""What an m-line offers, cut down to what we forward, and the answer lines that say so.

The m-lines of a browser's offer repeat one another: 12 slots are 12 times the same 60 lines. So
the choice is made once for each distinct block of lines and remembered (`choose_capabilities`).
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from ..forward.api import CodecMap, ExtensionIds
from ..media import Codec
from ..rtp.extensions import (
    ABS_SEND_TIME_URI,
    AUDIO_LEVEL_URI,
    MID_URI,
    REPAIRED_RID_URI,
    RID_URI,
    TRANSPORT_CC_URI,
)

CAPABILITY_PREFIXES: Final = ("a=rtpmap:", "a=fmtp:", "a=rtcp-fb:", "a=extmap:")


# On purpose without video-orientation: Firefox does not know it, so a sender has to turn the
# picture itself (facts/slots-firefox.md section 3). And without the dependency descriptor: once
# negotiated it is trusted alone, and RTX copies would need it too (facts/webrtc.md 12).
_SEND_EXTENSIONS: Final = {
    MID_URI: "mid",
    RID_URI: "rid",
    REPAIRED_RID_URI: "repaired_rid",
    TRANSPORT_CC_URI: "transport_cc",
    AUDIO_LEVEL_URI: "audio_level",
}
# One of both: a browser that finds transport-wide numbers sends no estimate of its own.
_SLOT_EXTENSIONS: Final = {TRANSPORT_CC_URI: "transport_cc", AUDIO_LEVEL_URI: "audio_level"}
_REMB_SLOT_EXTENSIONS: Final = {
    ABS_SEND_TIME_URI: "abs_send_time",
    AUDIO_LEVEL_URI: "audio_level",
}

_SEND_FEEDBACK: Final = ("transport-cc", "ccm fir", "nack", "nack pli")
# Never "nack" for what a browser says: it would send a packet of audio again with the same SRTP
# index and another header, and AES-GCM breaks when a nonce returns (RFC 7714 section 8.1).
_SEND_AUDIO_FEEDBACK: Final = ("transport-cc",)
_SLOT_FEEDBACK: Final = ("transport-cc", "ccm fir", "nack", "nack pli")
_REMB_SLOT_FEEDBACK: Final = ("goog-remb", "ccm fir", "nack", "nack pli")

_CLOCK_RATES_HZ: Final = {Codec.OPUS: 48_000}
_VIDEO_CLOCK_RATE_HZ: Final = 90_000
_CODECS: Final = {
    "video": {"vp8": Codec.VP8, "h264": Codec.H264, "vp9": Codec.VP9, "av1": Codec.AV1},
    "audio": {"opus": Codec.OPUS},
}

# One-byte header extensions (RFC 8285 section 4.2) carry the ids 1 to 14.
_MAX_EXTENSION_ID: Final = 14
_MAX_PAYLOAD_TYPE: Final = 127
# With rtcp-mux these look like RTCP (RFC 5761 section 4).
_RTCP_PAYLOAD_TYPES: Final = range(64, 96)

# A block of an untrimmed Chromium offer has 120 lines and 6 kB; larger ones are not remembered,
# so that 64 strangers' blocks cost at most 1 MiB.
_MAX_CACHED_CHARS: Final = 16_384
_CACHE_ENTRIES: Final = 64

_SAFE_VALUE: Final = re.compile(r"[A-Za-z0-9]{1,16}")


@dataclass(frozen=True, slots=True)
class Capabilities:
    """The answer to one block of capability lines, for both roles an m-line can have.

    Attributes:
        codecs: In the offer's order; the first is what a sender uses.
        formats: Payload types of the m-line in the answer, RTX included. Redundant audio is first,
            because the first is what a sender uses; `slot_formats`: those of an m-line on which
            the participant receives, where it is last, because we choose for each packet.
        send_text: Lines for an m-line on which the participant sends.
        slot_text: Lines for an m-line on which the participant receives.
        slot_nack: The participant asks for lost packets again on an m-line on which it receives.
    """

    codecs: tuple[CodecMap, ...]
    formats: str
    slot_formats: str
    send_extension_ids: ExtensionIds
    slot_extension_ids: ExtensionIds
    send_text: str
    slot_text: str
    slot_nack: bool


@dataclass(slots=True)
class _OfferedFormat:
    """What the lines of one payload type say; they may come in any order (Firefox: fmtp first)."""

    name: str = ""
    clock_rate_hz: int = 0
    parameters: dict[str, str] = field(default_factory=dict)
    feedback: set[str] = field(default_factory=set)


def choose_capabilities(kind: str, formats: str, lines: tuple[str, ...]) -> Capabilities:
    """Choose codecs and header extensions of one m-line.

    Args:
        kind: "audio" or "video".
        formats: The payload types of the m-line, as it writes them.
        lines: Its lines that start with one of `CAPABILITY_PREFIXES`, offer order.

    Returns:
        The choice; `codecs` is empty where nothing offered can be forwarded. Lines that make no
        sense count as not offered.
    """
    if sum(map(len, lines)) > _MAX_CACHED_CHARS:
        return _choose(kind, formats, lines)
    return _choose_cached(kind, formats, lines)


def _choose(kind: str, formats: str, lines: tuple[str, ...]) -> Capabilities:
    offered = _parse_formats(lines)
    extensions = _parse_extensions(lines)
    codecs = _choose_codecs(kind, formats.split(), offered)
    slot_extensions, slot_feedback = _SLOT_EXTENSIONS, _SLOT_FEEDBACK
    if not _offers_transport_cc(codecs, offered, extensions):
        slot_extensions, slot_feedback = _REMB_SLOT_EXTENSIONS, _REMB_SLOT_FEEDBACK
    send_feedback = _SEND_AUDIO_FEEDBACK if kind == "audio" else _SEND_FEEDBACK
    return Capabilities(
        codecs=codecs,
        formats=" ".join(str(number) for number in _send_payload_types(codecs)),
        slot_formats=" ".join(str(number) for number in _slot_payload_types(codecs)),
        send_extension_ids=_extension_ids(extensions, _SEND_EXTENSIONS),
        slot_extension_ids=_extension_ids(extensions, slot_extensions),
        send_text=_extension_text(extensions, _SEND_EXTENSIONS)
        + _codec_text(codecs, offered, _usable_feedback(send_feedback, extensions))
        + _red_text(codecs),
        slot_text=_extension_text(extensions, slot_extensions)
        + _codec_text(codecs, offered, slot_feedback)
        + _red_text(codecs),
        slot_nack=any("nack" in offered[codec.payload_type].feedback for codec in codecs),
    )


_choose_cached = lru_cache(maxsize=_CACHE_ENTRIES)(_choose)


def _parse_formats(lines: Iterable[str]) -> dict[int, _OfferedFormat]:
    """Collect by payload type first: `a=fmtp` may precede its `a=rtpmap` (facts/slots.md 6.9)."""
    formats: dict[int, _OfferedFormat] = {}
    for_all: set[str] = set()  # `a=rtcp-fb:* nack` (RFC 4585 section 4.2).
    for line in lines:
        attribute, _, rest = line[2:].partition(":")
        number, _, value = rest.partition(" ")
        if attribute == "extmap":
            continue
        if attribute == "rtcp-fb" and number == "*":
            for_all.add(value)
            continue
        payload_type = _number(number, _MAX_PAYLOAD_TYPE)
        if payload_type is None:
            continue
        entry = formats.setdefault(payload_type, _OfferedFormat())
        if attribute == "rtpmap":
            _read_rtpmap(entry, value)
        elif attribute == "fmtp":
            entry.parameters = _parse_parameters(value)
        else:
            entry.feedback.add(value)
    for entry in formats.values():
        entry.feedback |= for_all
    return formats


def _read_rtpmap(entry: _OfferedFormat, value: str) -> None:
    name, _, rest = value.partition("/")
    entry.name = name.lower()
    entry.clock_rate_hz = _number(rest.partition("/")[0], 1_000_000) or 0


def _parse_parameters(value: str) -> dict[str, str]:
    pairs = (item.partition("=") for item in value.split(";"))
    return {key.strip().lower(): text.strip() for key, _, text in pairs}


def _parse_extensions(lines: Iterable[str]) -> dict[str, int]:
    """Offered ids by URI; a direction (`/sendonly`, Firefox) is not our concern."""
    extensions: dict[str, int] = {}
    for line in lines:
        if line.startswith("a=extmap:"):
            number, _, rest = line[9:].partition(" ")
            identifier = _number(number.partition("/")[0], _MAX_EXTENSION_ID)
            if identifier:
                extensions.setdefault(rest.partition(" ")[0], identifier)
    return extensions


def _choose_codecs(
    kind: str, formats: Iterable[str], offered: Mapping[int, _OfferedFormat]
) -> tuple[CodecMap, ...]:
    """The first usable payload type of each codec, in the order of the m-line."""
    repairs = {
        apt: payload_type
        for payload_type, entry in offered.items()
        if entry.name == "rtx"
        and payload_type not in _RTCP_PAYLOAD_TYPES
        and (apt := _number(entry.parameters.get("apt", ""), _MAX_PAYLOAD_TYPE)) is not None
    }
    chosen: dict[Codec, CodecMap] = {}
    for text in formats:
        payload_type = _number(text, _MAX_PAYLOAD_TYPE)
        entry = offered.get(payload_type) if payload_type is not None else None
        if payload_type is None or entry is None or payload_type in _RTCP_PAYLOAD_TYPES:
            continue
        codec = _CODECS[kind].get(entry.name)
        if codec is None or codec in chosen or not _is_usable(codec, entry):
            continue
        is_audio = codec is Codec.OPUS
        chosen[codec] = CodecMap(
            codec,
            payload_type,
            None if is_audio else repairs.get(payload_type),
            entry.clock_rate_hz,
            _redundant(payload_type, offered) if is_audio else None,
        )
    return tuple(chosen.values())


def _redundant(payload_type: int, offered: Mapping[int, _OfferedFormat]) -> int | None:
    """Return the payload type of RED that holds at least two earlier packets of this one."""
    for number, entry in offered.items():
        # `a=fmtp:63 111/111` (RFC 2198 section 5): Chromium takes more generations than it names.
        inner = next(iter(entry.parameters), "").split("/")
        if (
            entry.name == "red"
            and entry.clock_rate_hz == _CLOCK_RATES_HZ[Codec.OPUS]
            and number not in _RTCP_PAYLOAD_TYPES
            and len(inner) > 1
            and set(inner) == {str(payload_type)}
        ):
            return number
    return None


def _red_text(codecs: Iterable[CodecMap]) -> str:
    return "".join(
        f"a=rtpmap:{codec.red_payload_type} red/{codec.clock_rate_hz}/2\r\n"
        f"a=fmtp:{codec.red_payload_type} {codec.payload_type}/{codec.payload_type}\r\n"
        for codec in codecs
        if codec.red_payload_type is not None
    )


def _is_usable(codec: Codec, entry: _OfferedFormat) -> bool:
    """Profiles that every browser decodes: they may come to meet in one slot."""
    if entry.clock_rate_hz != _CLOCK_RATES_HZ.get(codec, _VIDEO_CLOCK_RATE_HZ):
        return False
    parameters = entry.parameters
    if codec is Codec.H264:
        # Constrained baseline; the level is the sender's own matter (level-asymmetry-allowed).
        profile = parameters.get("profile-level-id", "").lower()
        return (
            parameters.get("packetization-mode") == "1"
            and profile.startswith("42e0")
            and _SAFE_VALUE.fullmatch(profile) is not None
        )
    if codec is Codec.VP9:
        return parameters.get("profile-id", "0") == "0"
    if codec is Codec.AV1:
        return parameters.get("profile", "0") == "0"
    return True


def _payload_types(codecs: Iterable[CodecMap]) -> Iterable[int]:
    for codec in codecs:
        yield codec.payload_type
        if codec.rtx_payload_type is not None:
            yield codec.rtx_payload_type


def _send_payload_types(codecs: Iterable[CodecMap]) -> Iterable[int]:
    for codec in codecs:
        if codec.red_payload_type is not None:
            yield codec.red_payload_type
        yield from _payload_types((codec,))


def _slot_payload_types(codecs: Iterable[CodecMap]) -> Iterable[int]:
    for codec in codecs:
        yield from _payload_types((codec,))
        if codec.red_payload_type is not None:
            yield codec.red_payload_type


def _extension_ids(extensions: Mapping[str, int], wanted: Mapping[str, str]) -> ExtensionIds:
    return ExtensionIds(
        **{name: extensions[uri] for uri, name in wanted.items() if uri in extensions}
    )


def _extension_text(extensions: Mapping[str, int], wanted: Mapping[str, str]) -> str:
    return "".join(
        f"a=extmap:{identifier} {uri}\r\n"
        for uri, identifier in extensions.items()
        if uri in wanted
    )


def _offers_transport_cc(
    codecs: Iterable[CodecMap],
    offered: Mapping[int, _OfferedFormat],
    extensions: Mapping[str, int],
) -> bool:
    """Numbers and feedback on them, for each codec: which one is sent is not known yet."""
    return TRANSPORT_CC_URI in extensions and all(
        "transport-cc" in offered[codec.payload_type].feedback for codec in codecs
    )


def _usable_feedback(wanted: tuple[str, ...], extensions: Mapping[str, int]) -> tuple[str, ...]:
    """transport-cc means nothing without the sequence numbers of its header extension."""
    if TRANSPORT_CC_URI in extensions:
        return wanted
    return tuple(name for name in wanted if name != "transport-cc")


def _codec_text(
    codecs: Iterable[CodecMap], offered: Mapping[int, _OfferedFormat], feedback: tuple[str, ...]
) -> str:
    lines: list[str] = []
    for codec in codecs:
        number, entry = codec.payload_type, offered[codec.payload_type]
        channels = "/2" if codec.codec is Codec.OPUS else ""
        lines.append(f"a=rtpmap:{number} {codec.codec}/{codec.clock_rate_hz}{channels}\r\n")
        lines.extend(
            f"a=rtcp-fb:{number} {name}\r\n" for name in feedback if name in entry.feedback
        )
        parameters = _answer_parameters(codec.codec, entry.parameters)
        if parameters:
            lines.append(f"a=fmtp:{number} {parameters}\r\n")
        if codec.rtx_payload_type is not None:
            lines.append(f"a=rtpmap:{codec.rtx_payload_type} rtx/{codec.clock_rate_hz}\r\n")
            lines.append(f"a=fmtp:{codec.rtx_payload_type} apt={number}\r\n")
    return "".join(lines)


def _answer_parameters(codec: Codec, offered: Mapping[str, str]) -> str:
    """The offer's own words where they are about the bitstream.

    Limits of its receiver (`max-fs`, `max-fr` of Firefox) are not echoed: they would limit its
    sender.
    """
    match codec:
        case Codec.H264:
            profile = offered["profile-level-id"].lower()
            return f"level-asymmetry-allowed=1;packetization-mode=1;profile-level-id={profile}"
        case Codec.VP9:
            return "profile-id=0"
        case Codec.AV1:
            echoed = ((key, offered.get(key, "")) for key in ("level-idx", "profile", "tier"))
            return ";".join(f"{key}={text}" for key, text in echoed if _SAFE_VALUE.fullmatch(text))
        case Codec.OPUS:
            return "minptime=10;useinbandfec=1"
        case Codec.VP8:
            return ""


def _number(text: str, highest: int) -> int | None:
    """A short decimal number, or None: `int()` alone would take "１", "+1" and a million digits."""
    if len(text) <= 8 and text.isascii() and text.isdigit():
        number = int(text)
        return number if number <= highest else None
    return None
