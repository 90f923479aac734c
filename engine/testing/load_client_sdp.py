"""The load client's offer, like Chromium's trimmed one, and what it reads of an answer."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from ..errors import RemoteProtocolError
from ..media import Codec, Source

PAYLOAD_TYPES: Final = {
    Codec.OPUS: 111,
    Codec.VP8: 96,
    Codec.VP9: 98,
    Codec.H264: 108,
    Codec.AV1: 45,
}
RTX_PAYLOAD_TYPES: Final = {Codec.VP8: 97, Codec.VP9: 99, Codec.H264: 109, Codec.AV1: 46}

# Header extension ids, those of Chromium 156 with trimmed extensions.
AUDIO_LEVEL_ID: Final = 1
ABS_SEND_TIME_ID: Final = 2
TRANSPORT_CC_ID: Final = 3
MID_ID: Final = 4
RID_ID: Final = 10
REPAIRED_RID_ID: Final = 11

_EXTENSIONS: Final = {
    AUDIO_LEVEL_ID: "urn:ietf:params:rtp-hdrext:ssrc-audio-level",
    ABS_SEND_TIME_ID: "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time",
    TRANSPORT_CC_ID: "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01",
    MID_ID: "urn:ietf:params:rtp-hdrext:sdes:mid",
    RID_ID: "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id",
    REPAIRED_RID_ID: "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id",
}
_AUDIO_EXTENSION_IDS: Final = (AUDIO_LEVEL_ID, ABS_SEND_TIME_ID, TRANSPORT_CC_ID, MID_ID)
_VIDEO_EXTENSION_IDS: Final = (ABS_SEND_TIME_ID, TRANSPORT_CC_ID, MID_ID, RID_ID, REPAIRED_RID_ID)
_PARAMETERS: Final = {
    Codec.OPUS: "minptime=10;useinbandfec=1",
    Codec.VP9: "profile-id=0",
    Codec.H264: "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f",
    Codec.AV1: "level-idx=5;profile=0;tier=0",
}
_VIDEO_CODECS: Final = (Codec.VP8, Codec.VP9, Codec.H264, Codec.AV1)
_VIDEO_FEEDBACK: Final = ("goog-remb", "transport-cc", "ccm fir", "nack", "nack pli")


@dataclass(frozen=True, slots=True)
class AnsweredSlot:
    """A slot as the answer describes it."""

    mid: str
    kind: str
    ssrc: int
    rtx_ssrc: int | None


@dataclass(frozen=True, slots=True)
class ReadAnswer:
    """What a client needs of an answer. `candidates`: (address, port), best first."""

    ufrag: str
    password: str
    fingerprints: dict[str, str]
    candidates: tuple[tuple[str, int], ...]
    slots: tuple[AnsweredSlot, ...]


def write_offer(
    *,
    send: Mapping[Source, Iterable[str]],
    audio_slots: int,
    video_slots: int,
    ufrag: str,
    password: str,
    fingerprint: str,
) -> tuple[str, dict[str, Source]]:
    """Write an offer.

    Args:
        send: Sources with their rids, lowest first; no rids: no simulcast.

    Returns:
        The offer, and the source of each send m-line by mid.
    """
    sections: list[str] = []
    sources: dict[str, Source] = {}
    transport = (
        f"a=ice-ufrag:{ufrag}\r\na=ice-pwd:{password}\r\na=ice-options:trickle\r\n"
        f"a=fingerprint:sha-256 {fingerprint}\r\na=setup:actpass\r\n"
    )
    for source, rids in send.items():
        mid = str(len(sections))
        sources[mid] = source
        sections.append(_section(source.kind, mid, "sendonly", tuple(rids), transport))
    for kind, count in (("audio", audio_slots), ("video", video_slots)):
        for _ in range(count):
            sections.append(_section(kind, str(len(sections)), "recvonly", (), transport))
    mids = " ".join(str(number) for number in range(len(sections)))
    session = (
        "v=0\r\no=- 4611731400430051336 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n"
        f"a=group:BUNDLE {mids}\r\na=extmap-allow-mixed\r\na=msid-semantic: WMS\r\n"
    )
    return session + "".join(sections), sources


def read_answer(text: str) -> ReadAnswer:
    """Read an answer of `MediaService`.

    Raises:
        RemoteProtocolError: It lacks credentials, fingerprint or candidates.
    """
    ufrag = re.search(r"^a=ice-ufrag:(\S+)", text, re.M)
    password = re.search(r"^a=ice-pwd:(\S+)", text, re.M)
    fingerprints = dict(re.findall(r"^a=fingerprint:(\S+) (\S+)", text, re.M))
    candidates = re.findall(r"^a=candidate:\S+ 1 udp \d+ (\S+) (\d+) typ host", text, re.M)
    if ufrag is None or password is None or not fingerprints or not candidates:
        raise RemoteProtocolError("The answer lacks ICE or DTLS lines.", code="sdp.answer")
    bodies = text.split("\nm=")[1:]
    return ReadAnswer(
        ufrag=ufrag[1],
        password=password[1],
        fingerprints=fingerprints,
        candidates=tuple((address, int(port)) for address, port in dict.fromkeys(candidates)),
        slots=tuple(slot for slot in map(_read_slot, bodies) if slot is not None),
    )


def _read_slot(body: str) -> AnsweredSlot | None:
    mid = re.search(r"^a=mid:(\S+)", body, re.M)
    ssrcs = list(dict.fromkeys(re.findall(r"^a=ssrc:(\d+) ", body, re.M)))
    if mid is None or not ssrcs:
        return None
    rtx_ssrc = int(ssrcs[1]) if len(ssrcs) > 1 else None
    return AnsweredSlot(mid[1], body.partition(" ")[0], int(ssrcs[0]), rtx_ssrc)


def _section(kind: str, mid: str, direction: str, rids: tuple[str, ...], transport: str) -> str:
    is_audio = kind == "audio"
    codecs = (Codec.OPUS,) if is_audio else _VIDEO_CODECS
    formats: list[str] = []
    for codec in codecs:
        formats.append(str(PAYLOAD_TYPES[codec]))
        if codec in RTX_PAYLOAD_TYPES:
            formats.append(str(RTX_PAYLOAD_TYPES[codec]))
    extension_ids = _AUDIO_EXTENSION_IDS if is_audio else _VIDEO_EXTENSION_IDS
    lines = [
        f"m={kind} 9 UDP/TLS/RTP/SAVPF {' '.join(formats)}",
        "c=IN IP4 0.0.0.0",
        "a=rtcp:9 IN IP4 0.0.0.0",
        transport.rstrip(),
        f"a=mid:{mid}",
        *(f"a=extmap:{number} {_EXTENSIONS[number]}" for number in extension_ids),
        f"a={direction}",
        "a=rtcp-mux",
        "a=rtcp-rsize",
        *(line for codec in codecs for line in _codec_lines(codec)),
        *(f"a=rid:{rid} send" for rid in rids),
    ]
    if rids:
        lines.append(f"a=simulcast:send {';'.join(rids)}")
    return "\r\n".join(lines) + "\r\n"


def _codec_lines(codec: Codec) -> list[str]:
    number = PAYLOAD_TYPES[codec]
    if codec is Codec.OPUS:
        lines = [f"a=rtpmap:{number} opus/48000/2", f"a=rtcp-fb:{number} transport-cc"]
    else:
        lines = [f"a=rtpmap:{number} {codec.value}/90000"]
        lines.extend(f"a=rtcp-fb:{number} {name}" for name in _VIDEO_FEEDBACK)
    if codec in _PARAMETERS:
        lines.append(f"a=fmtp:{number} {_PARAMETERS[codec]}")
    if codec in RTX_PAYLOAD_TYPES:
        rtx = RTX_PAYLOAD_TYPES[codec]
        lines += [f"a=rtpmap:{rtx} rtx/90000", f"a=fmtp:{rtx} apt={number}"]
    return lines
