"""Answers an offer once, for the participant's whole stay: send lines and receive slots.

The recipe is that of facts/slots.md section 3.
One form for Chromium, Firefox and aiortc: the fingerprint at session level (without it there or in
every m-line Firefox's tab dies), ICE credentials and role there too (aiortc wants them for every
m-line, bundled or not) and in the first accepted m-line (where Firefox was tried), candidates
there and in the last one (aiortc reads those of the last m-line of a bundle), extension ids and
payload types as offered, and an SSRC for every slot, used or not.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Final

from ..errors import RemoteProtocolError
from ..forward.api import InboundLine, SlotParameters
from ..ids import SlotId
from ..media import Kind, Source
from .sdp import Offer, Section

_CNAME: Final = "emporion"


@dataclass(frozen=True, slots=True)
class Negotiation:
    """What an offer was agreed to mean. `lines` and `slots` are in the offer's order."""

    lines: tuple[tuple[InboundLine, Source], ...]
    slots: tuple[SlotParameters, ...]


@dataclass(frozen=True, slots=True)
class LocalTransport:
    """Our side as the answer tells it. `candidates`: finished `a=candidate` lines."""

    ufrag: str
    password: str
    fingerprint: str
    candidates: str
    session_id: int
    version: int = 1


def negotiate(
    offer: Offer,
    sources: Mapping[str, Source],
    *,
    first_ssrc: int,
    new_slot_id: Callable[[], SlotId],
) -> Negotiation:
    """Decide what each m-line is.

    A line named in `sources` is one on which the participant sends. Any other that it is willing
    to receive on is a slot. The rest is refused in the answer.

    Args:
        offer: The participant's offer.
        sources: What is sent on which m-line, by mid.
        first_ssrc: Slots take their SSRCs from here upwards, two each.
        new_slot_id: Called once for each slot, offer order.

    Raises:
        RemoteProtocolError: `sdp.source` (`sources` names an m-line that does not send that kind,
            or a source twice), `sdp.codec` (an m-line offers no codec that we forward),
            `sdp.empty` (nothing is left).
    """
    lines: list[tuple[InboundLine, Source]] = []
    slots: list[SlotParameters] = []
    for section in offer.sections:
        if section.mid in sources:
            source = sources[section.mid]
            lines.append((_inbound_line(section, source), source))
        elif _is_slot(section, sources):
            ssrc = first_ssrc + 2 * len(slots)
            slots.append(_slot(section, new_slot_id(), len(slots), ssrc))
    if len(lines) != len(sources) or len({source for _, source in lines}) != len(lines):
        raise RemoteProtocolError(
            "The offer was refused: each source must name an m-line of its own.", code="sdp.source"
        )
    if not lines and not slots:
        raise RemoteProtocolError(
            "The offer was refused: it neither sends nor receives anything.", code="sdp.empty"
        )
    return Negotiation(tuple(lines), tuple(slots))


def write_answer(offer: Offer, negotiation: Negotiation, local: LocalTransport) -> str:
    """Write the answer to `offer`, with its m-lines in the same order."""
    lines = {line.mid: line for line, _ in negotiation.lines}
    slots = {slot.mid: slot for slot in negotiation.slots}
    accepted = [section.mid for section in offer.sections if section.mid in lines | slots]
    counts = {Kind.AUDIO: count(), Kind.VIDEO: count()}
    bodies: list[str] = []
    for section in offer.sections:
        ice = _ice_text(local, section.mid, accepted)
        if section.mid in lines:
            bodies.append(_section(section, ice, _send_text(section)))
        elif section.mid in slots:
            slot = slots[section.mid]
            body = _slot_text(section, slot, next(counts[slot.kind]))
            bodies.append(_section(section, ice, body, is_slot=True))
        else:
            bodies.append(_refused_section(section))
    return _session_text(local, accepted) + "".join(bodies)


def _is_slot(section: Section, sources: Mapping[str, Source]) -> bool:
    return (
        section.capabilities is not None
        and section.mid not in sources
        and section.direction in ("recvonly", "sendrecv")
    )


def _inbound_line(section: Section, source: Source) -> InboundLine:
    capabilities = section.capabilities
    sends = section.direction in ("sendonly", "sendrecv")
    if capabilities is None or not sends or source.kind != section.kind:
        raise RemoteProtocolError(
            f"The offer was refused: the m-line of {source.value} must send {source.kind.value}.",
            code="sdp.source",
        )
    _check_codecs(section)
    return InboundLine(
        mid=section.mid,
        kind=source.kind,
        codecs=capabilities.codecs,
        extension_ids=capabilities.send_extension_ids,
        rids=section.rids,
    )


def _slot(section: Section, slot_id: SlotId, index: int, ssrc: int) -> SlotParameters:
    _check_codecs(section)
    assert section.capabilities is not None  # Checked by `_is_slot`.
    is_video = section.kind == Kind.VIDEO
    return SlotParameters(
        slot_id=slot_id,
        index=index,
        mid=section.mid,
        kind=Kind(section.kind),
        ssrc=ssrc,
        rtx_ssrc=ssrc + 1 if is_video else None,
        codecs=section.capabilities.codecs,
        extension_ids=section.capabilities.slot_extension_ids,
        answers_nack=section.capabilities.slot_nack,
    )


def _check_codecs(section: Section) -> None:
    if section.capabilities is None or not section.capabilities.codecs:
        raise RemoteProtocolError(
            "The offer was refused: an m-line offers none of opus, VP8, H264 (42e0, "
            "packetization-mode 1), VP9 and AV1 (profile 0).",
            code="sdp.codec",
        )


def _session_text(local: LocalTransport, accepted: list[str]) -> str:
    return (
        "v=0\r\n"
        f"o=- {local.session_id} {local.version} IN IP4 127.0.0.1\r\n"
        "s=-\r\n"
        "t=0 0\r\n"
        f"a=group:BUNDLE {' '.join(accepted)}\r\n"
        "a=ice-lite\r\n"
        f"a=fingerprint:sha-256 {local.fingerprint}\r\n"
        f"{_credentials_text(local)}"
    )


def _ice_text(local: LocalTransport, mid: str, accepted: list[str]) -> str:
    credentials = _credentials_text(local) if mid == accepted[0] else ""
    if mid in (accepted[0], accepted[-1]):
        return f"{credentials}{local.candidates}a=end-of-candidates\r\n"
    return ""


def _credentials_text(local: LocalTransport) -> str:
    return f"a=ice-ufrag:{local.ufrag}\r\na=ice-pwd:{local.password}\r\na=setup:passive\r\n"


def _section(section: Section, ice: str, body: str, *, is_slot: bool = False) -> str:
    capabilities = section.capabilities
    assert capabilities is not None  # Only accepted m-lines come here.
    formats = capabilities.slot_formats if is_slot else capabilities.formats
    rsize = "a=rtcp-rsize\r\n" if section.reduced_size_rtcp else ""
    return (
        f"m={section.kind} 9 {section.protocol} {formats}\r\n"
        "c=IN IP4 0.0.0.0\r\n"
        f"a=mid:{section.mid}\r\n"
        f"{ice}"
        "a=rtcp-mux\r\n"
        f"{rsize}{body}"
    )


def _send_text(section: Section) -> str:
    assert section.capabilities is not None  # Only accepted m-lines come here.
    simulcast = ""
    if section.rids:
        simulcast = "".join(f"a=rid:{rid} recv\r\n" for rid in section.rids)
        simulcast += f"a=simulcast:recv {';'.join(section.rids)}\r\n"
    return "a=recvonly\r\n" + section.capabilities.send_text + simulcast


def _slot_text(section: Section, slot: SlotParameters, number: int) -> str:
    """`sendonly` always, also while the slot is empty; audio and video of one number lip-sync."""
    assert section.capabilities is not None  # Only accepted m-lines come here.
    text = f"a=sendonly\r\na=msid:s{number} {slot.kind[0]}{number}\r\n"
    text += section.capabilities.slot_text
    if slot.rtx_ssrc is not None:
        text += f"a=ssrc-group:FID {slot.ssrc} {slot.rtx_ssrc}\r\n"
    text += f"a=ssrc:{slot.ssrc} cname:{_CNAME}\r\n"
    if slot.rtx_ssrc is not None:
        text += f"a=ssrc:{slot.rtx_ssrc} cname:{_CNAME}\r\n"
    return text


def _refused_section(section: Section) -> str:
    return (
        f"m={section.kind} 0 {section.protocol} {section.formats}\r\n"
        "c=IN IP4 0.0.0.0\r\n"
        "a=inactive\r\n"
        f"a=mid:{section.mid}\r\n"
    )
