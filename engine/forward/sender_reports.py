"""Sender reports for viewers, on the server's clock, so that a slot's line never jumps.

A report pairs now, as NTP time, with the RTP timestamp that the slot's present source has now: the
source's own report is translated to our clock (`timestamp_line`) and carried on to this moment.
Passing on the sender's NTP time instead breaks lip sync for a quarter of a minute at each switch
(facts/slots.md §2).
"""

from collections.abc import Sequence
from typing import Final

from ..rtp.rtcp import (
    RtcpPacket,
    SenderReport,
    SourceDescription,
    build_compound,
    ntp_middle,
    ntp_time,
)
from .api import Transmit
from .forwarder_state import ForwarderState
from .outbound_slot import OutboundSlot
from .timestamp_line import MASK
from .transport_state import TransportState

CNAME: Final = (
    "emporion"  # As in the answer; one for all slots: they share one clock (RFC 3550 §6.5.1).
)
_SLOTS_PER_PACKET: Final = 16  # 28 bytes each: below 500 bytes.


def server_ntp_time(now_s: float) -> int:
    """Return the server's time as a 64-bit NTP timestamp.

    Receivers only need one clock for all slots; that its epoch is not 1900 is nobody's concern
    (RFC 3550 §4 allows any).
    """
    return ntp_time(now_s)


def server_ntp_middle(now_s: float) -> int:
    """Return its middle 32 bits, as report blocks repeat them (RFC 3550 §6.4.1)."""
    return ntp_middle(ntp_time(now_s))


def send_report(state: ForwarderState, slot: OutboundSlot, now_s: float) -> None:
    """Report one slot at once, because it shows another source."""
    _send(state, slot.transport, [slot], now_s)


def send_reports(state: ForwarderState, transport: TransportState, now_s: float) -> None:
    """Report all slots of a viewer that show something."""
    slots = [slot for slot in transport.slots if slot.encoding is not None]
    for start in range(0, len(slots), _SLOTS_PER_PACKET):
        _send(state, transport, slots[start : start + _SLOTS_PER_PACKET], now_s)


def send_rtcp(
    state: ForwarderState, transport: TransportState, packets: Sequence[RtcpPacket]
) -> None:
    """Seal a compound packet and put it out."""
    if transport.sealer is None:
        return
    data = transport.sealer.seal_rtcp(build_compound(packets))
    if data is not None:
        state.counters.bytes_sent += len(data)
        state.outputs.append(Transmit(transport.transport_id, data, len(data)))


def _send(
    state: ForwarderState, transport: TransportState, slots: list[OutboundSlot], now_s: float
) -> None:
    packets: list[RtcpPacket] = [
        report for slot in slots if (report := _report(slot, now_s)) is not None
    ]
    if packets:
        packets.append(SourceDescription.of_cname(slots[0].ssrc, CNAME))
        send_rtcp(state, transport, packets)


def _report(slot: OutboundSlot, now_s: float) -> SenderReport | None:
    line = slot.line
    if slot.encoding is None or line.last is None:
        return None
    translated = slot.encoding.clock.translated_report()
    if translated is None:
        at_s, rtp_timestamp = line.last_sent_s, line.last
    else:
        at_s, inbound = translated
        rtp_timestamp = inbound + line.offset
    rtp_timestamp += round((now_s - at_s) * line.clock_rate_hz)
    return SenderReport(
        ssrc=slot.ssrc,
        ntp_time=server_ntp_time(now_s),
        rtp_timestamp=rtp_timestamp & MASK,
        packets_sent=slot.packets_sent & MASK,
        octets_sent=slot.octets_sent & MASK,
    )
