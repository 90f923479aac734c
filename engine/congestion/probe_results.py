"""What a probe showed: how fast its packets went out and came in.

Whatever goes out while a probe does is part of it: the link carries both. n groups have n - 1
gaps, so the first group's bytes are left out.
"""

from typing import Final

import numpy as np

from .arrival_batch import ArrivalBatch
from .table import Flags, Floats, Integers, Rows, or_else, starts

ENOUGH: Final = 0.5  # Of the bytes; what went out beside the probe is seen in part only.
SETTLED_S: Final = 0.3  # No more of a probe is heard for so long: it is judged as it is.
TIMEOUT_S: Final = 1.0  # Beside the round trip.
LEAST_GROUPS: Final = 3
# What comes in faster than it went out was held back on the way, and tells nothing beyond this.
MOST_GAIN: Final = 2.0
UNDISTURBED: Final = 0.9  # libwebrtc: it came in about as fast as it went out; the link has more.
MOST_SENT: Final = 1.1  # A pacer works in ticks; what is beyond this is an error of measuring.
OWN_JITTER_S: Final = 0.003  # What pictures that go out in bursts look like on a still link.
MOST_LOST: Final = 0.4  # Where more is lost it is the probe that did it.
SAFE: Final = 0.95  # libwebrtc's share of a capacity that was seen; so that queues drain.


class ProbeColumns:
    """The probe of each viewer that is on its way; `probe_id` 0: none is."""

    def __init__(self, rows: int) -> None:
        self.probe_id: Integers = np.zeros(rows, np.int64)
        self.rate_bps: Floats = np.zeros(rows)
        self.wanted_bytes: Floats = np.zeros(rows)
        self.started_s: Floats = np.full(rows, -np.inf)
        self.ended_s: Floats = np.full(rows, -np.inf)
        self.heard_s: Floats = np.full(rows, -np.inf)
        self.groups: Integers = np.zeros(rows, np.int64)
        self.sent_bytes: Floats = np.zeros(rows)
        self.received_bytes: Floats = np.zeros(rows)
        self.first_sent_bytes: Floats = np.zeros(rows)
        self.first_received_bytes: Floats = np.zeros(rows)
        self.first_send_s: Floats = np.zeros(rows)
        self.last_send_s: Floats = np.zeros(rows)
        self.first_arrival_s: Floats = np.zeros(rows)
        self.last_arrival_s: Floats = np.zeros(rows)


def take_arrivals(columns: ProbeColumns, batch: ArrivalBatch, now_s: float) -> None:
    """Add the rows of the probes on their way."""
    index = _between(columns, batch)
    if not len(index):
        return
    owner = batch.owner[index]
    first = starts(owner)
    last = np.append(first[1:], len(owner)) - 1
    rows = owner[first]
    columns.sent_bytes[rows] += np.add.reduceat(batch.sent_bytes[index], first)
    columns.received_bytes[rows] += np.add.reduceat(batch.received_bytes[index], first)
    columns.heard_s[rows] = now_s
    columns.last_send_s[rows] = batch.send_s[index][last]
    fresh = columns.groups[rows] == 0
    columns.first_send_s[rows[fresh]] = batch.send_s[index][first[fresh]]
    columns.first_sent_bytes[rows[fresh]] = batch.sent_bytes[index][first[fresh]]
    columns.groups[rows] += np.diff(first, append=len(owner))
    _take_times(columns, owner, batch, index)


def _between(columns: ProbeColumns, batch: ArrivalBatch) -> Rows:
    """Return the rows of each viewer's probe, with the others that went out between them."""
    current = columns.probe_id[batch.owner]
    own = np.flatnonzero((batch.probe_id == current) & (current > 0))
    if not len(own):
        return own
    first = starts(batch.owner[own])
    last = np.append(first[1:], len(own)) - 1
    has_begun = columns.groups[batch.owner[own[first]]] > 0
    start_of = np.searchsorted(batch.owner, batch.owner[own[first]])
    begins = np.where(has_begun, start_of, own[first])
    lengths = own[last] + 1 - begins
    offsets = np.repeat(np.cumsum(lengths) - lengths, lengths)
    return np.asarray(np.arange(len(offsets)) - offsets + np.repeat(begins, lengths))


def _take_times(columns: ProbeColumns, owner: Rows, batch: ArrivalBatch, index: Rows) -> None:
    arrived = np.flatnonzero(~np.isnan(batch.arrival_s[index]))
    owner, arrival_s = owner[arrived], batch.arrival_s[index][arrived]
    received = batch.received_bytes[index][arrived]
    first = starts(owner)
    rows = owner[first]
    fresh = columns.first_received_bytes[rows] == 0
    columns.first_arrival_s[rows[fresh]] = arrival_s[first[fresh]]
    columns.last_arrival_s[rows[fresh]] = arrival_s[first[fresh]]
    columns.first_received_bytes[rows[fresh]] = received[first[fresh]]
    if len(first):
        latest = np.maximum.reduceat(arrival_s, first)
        columns.last_arrival_s[rows] = np.maximum(columns.last_arrival_s[rows], latest)


def start(
    columns: ProbeColumns,
    rows: Rows,
    ids: Integers,
    rates_bps: Floats,
    wanted: Floats,
    now_s: float,
) -> None:
    """Note that these probes begin."""
    columns.probe_id[rows] = ids
    columns.rate_bps[rows] = rates_bps
    columns.wanted_bytes[rows] = wanted
    columns.started_s[rows] = now_s
    columns.groups[rows] = 0
    for values in (columns.sent_bytes, columns.received_bytes, columns.first_received_bytes):
        values[rows] = 0.0


def take_finished(
    columns: ProbeColumns, round_trip_s: Floats, jitter_s: Floats, now_s: float
) -> tuple[Rows, Floats, Flags]:
    """Return the viewers whose probe is over, what it measured (0: nothing), and if there is more.

    There is more where it came in about as fast as it went out.
    """
    rows = np.flatnonzero(columns.probe_id > 0)
    if not len(rows):
        return rows, np.zeros(0), np.zeros(0, np.bool_)
    is_whole = columns.sent_bytes[rows] >= columns.wanted_bytes[rows]
    has_begun = columns.groups[rows] > 0
    is_settled = has_begun & (now_s - columns.heard_s[rows] > SETTLED_S)
    patience_s = TIMEOUT_S + or_else(round_trip_s[rows], 0.2)
    is_late = now_s - columns.started_s[rows] > patience_s
    over = rows[is_whole | is_settled | is_late]
    columns.probe_id[over] = 0
    columns.ended_s[over] = now_s
    return (over, *_measure(columns, over, jitter_s[over]))


def _measure(columns: ProbeColumns, rows: Rows, jitter_s: Floats) -> tuple[Floats, Flags]:
    send_span_s = columns.last_send_s[rows] - columns.first_send_s[rows]
    arrival_span_s = columns.last_arrival_s[rows] - columns.first_arrival_s[rows]
    # The last packet may be late by the jitter without any queue; half the time at most is excused.
    excuse_s = np.clip(jitter_s - OWN_JITTER_S, 0.0, send_span_s / 2)
    arrival_span_s -= np.clip(arrival_span_s - send_span_s, 0.0, excuse_s)
    # The first group is in neither rate: its own packets are not told apart.
    sent = 8 * (columns.sent_bytes[rows] - columns.first_sent_bytes[rows])
    received = 8 * (columns.received_bytes[rows] - columns.first_received_bytes[rows])
    # One of five that is lost says nothing of the time that the others took.
    lost_ratio = 1.0 - received / np.maximum(sent, 1.0)
    carried = np.where(lost_ratio < MOST_LOST, sent, received)
    send_bps = sent / np.maximum(send_span_s, 1e-3)
    arrival_bps = carried / np.maximum(arrival_span_s, 1e-3)
    # A late timer sends it faster than it was to go: it is enough that the wanted rate comes in.
    tried_bps = np.minimum(send_bps, MOST_SENT * columns.rate_bps[rows])
    is_undisturbed = arrival_bps >= UNDISTURBED * tried_bps
    measured = np.where(is_undisturbed, np.minimum(tried_bps, arrival_bps), SAFE * arrival_bps)
    is_enough = columns.groups[rows] >= LEAST_GROUPS
    is_enough &= columns.sent_bytes[rows] >= ENOUGH * columns.wanted_bytes[rows]
    is_enough &= (received > 0) & (arrival_span_s > 0)
    is_enough &= MOST_GAIN * arrival_span_s >= send_span_s
    measured = np.minimum(measured, MOST_SENT * columns.rate_bps[rows])
    return np.where(is_enough, measured, 0.0), np.asarray(is_enough & is_undisturbed)
