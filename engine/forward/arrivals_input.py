"""Transport-wide feedback of viewers: matched with what was sent, and told.

It comes twenty times a second from every viewer, so it is taken out of the compound before the
rest of it is parsed (`rtp.arrival_statuses`).
"""

from typing import Final

from ..rtp.arrival_statuses import is_feedback, read_statuses
from ..rtp.rtcp_framing import HEADER_BYTES
from .api import ArrivalsReported
from .forwarder_state import ForwarderState
from .transport_state import TransportState

# A report may begin with packets that an earlier one spoke of, to tell of late arrivals.
MAX_REPEATED: Final = 512


def take_arrivals(state: ForwarderState, transport: TransportState, compound: bytes) -> bytes:
    """Handle the transport-wide feedback of an RTCP compound; return what else is in it."""
    rest = b""
    at, size = 0, len(compound)
    while at + HEADER_BYTES <= size:
        end = at + HEADER_BYTES + 4 * (compound[at + 2] << 8 | compound[at + 3])
        if end > size:
            break  # The parser of the rest counts it.
        if is_feedback(compound, at):
            _handle(state, transport, compound, at, end)
        else:
            rest += compound[at:end]
        at = end
    return rest + compound[at:]


def _handle(
    state: ForwarderState, transport: TransportState, compound: bytes, at: int, end: int
) -> None:
    counters = state.counters
    counters.feedback_received += 1
    sent = transport.sent
    report = read_statuses(compound, at, end, max_packets=sent.outstanding + MAX_REPEATED)
    if report is None or not transport.sends_on(report.media_ssrc):
        counters.feedback_refused += 1
        return
    rows = sent.match(report)
    if rows is None:
        counters.feedback_refused += 1
    elif not rows:
        counters.feedback_stale += 1
    else:
        losses = transport.losses
        for row in rows:
            losses.told += row[4]
            losses.lost += row[5]
        state.outputs.append(ArrivalsReported(transport.transport_id, rows))
