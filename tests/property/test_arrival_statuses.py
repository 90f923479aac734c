"""The fast reader of transport-wide feedback says what the other one says, of any octets."""

from hypothesis import given
from hypothesis import strategies as st

from emporion.engine.rtp.arrival_statuses import MISSING, is_feedback, read_statuses
from emporion.engine.rtp.feedback import TRANSPORT_FEEDBACK_TYPE
from emporion.engine.rtp.rtcp_framing import HEADER_BYTES, frame
from emporion.engine.rtp.transport_feedback import TRANSPORT_CC_FORMAT, TransportFeedback

BOUND = 5000


def arrivals_of(data: bytes) -> list[tuple[int, int]] | None:
    """Return (offset, ticks) of what arrived, read from statuses and deltas."""
    statuses = read_statuses(data, 0, len(data), max_packets=BOUND)
    if statuses is None:
        return None
    found: list[tuple[int, int]] = []
    at, ticks = statuses.deltas_at, 0
    for offset, symbol in enumerate(statuses.symbols):
        if symbol != MISSING:
            ticks += int.from_bytes(data[at : at + symbol], "big", signed=symbol == 2)
            at += symbol
            found.append((offset, ticks))
    assert statuses.has_large == (2 in statuses.symbols)
    return found


@given(
    st.lists(st.one_of(st.none(), st.integers(-300, 2000)), min_size=1, max_size=300),
    st.integers(0, 0xFFFF),
    st.integers(0, 0xFF_FFFF),
)
def test_both_read_what_was_built(deltas: list[int | None], base: int, reference: int) -> None:
    arrivals: list[tuple[int, int]] = []
    ticks = 0
    for offset, delta in enumerate(deltas):
        if delta is not None:
            ticks += delta
            arrivals.append((offset, ticks))
    data = TransportFeedback(1, 2, base, len(deltas), reference, 0, tuple(arrivals)).build()
    assert is_feedback(data)
    statuses = read_statuses(data, 0, len(data), max_packets=len(deltas))
    assert statuses is not None
    assert (statuses.media_ssrc, statuses.base_sequence) == (2, base)
    assert (len(statuses.symbols), statuses.reference_time) == (len(deltas), reference)
    assert arrivals_of(data) == arrivals
    assert read_statuses(data, 0, len(data), max_packets=len(deltas) - 1) is None


@given(st.binary(min_size=12, max_size=80), st.integers(0, 200))
def test_both_take_and_refuse_the_same_octets(rubbish: bytes, count: int) -> None:
    body = rubbish[:10] + count.to_bytes(2, "big") + rubbish[10:]
    body += bytes(-len(body) % 4)
    data = frame(TRANSPORT_FEEDBACK_TYPE, TRANSPORT_CC_FORMAT, body)
    slow = TransportFeedback.parse(TRANSPORT_CC_FORMAT, data[HEADER_BYTES:])
    fast = arrivals_of(data)
    assert fast == (None if slow is None else list(slow.arrivals))
