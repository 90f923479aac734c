"""What went out to one viewer with transport-wide numbers, and what became of it.

One record for each group of packets that was sent at once: a train, a packet of audio, a
retransmission. Groups follow each other without a gap in the numbers, so a record need not name
its own, and all listeners of a packet of audio share one: it is a pointer for each of them.

Reports are matched to records in order, and what is reported on is forgotten. So a report that
comes twice, contradicts an earlier one or was overtaken says nothing, and packets whose report was
lost have no fate. Whatever a viewer reports moves only its own estimate.
"""

from collections import deque
from functools import partial
from struct import Struct
from typing import Final

from ..rtp.arrival_statuses import LARGE, MISSING, SMALL, ArrivalStatuses
from ..rtp.arrivals import ArrivalRow
from ..rtp.transport_feedback import REFERENCE_TICKS, TICKS_PER_S

# Two seconds of three voices and three pictures. Reports come twenty times a second, and what is
# reported on is forgotten: only a viewer that reports nothing has so many.
GROUPS_KEPT: Final = 512
DATAGRAM_OVERHEAD_BYTES: Final = 28  # IPv4 and UDP; a link's rate is spent on them as well.

SentGroup = tuple[int, int, float, int]  # (packets, sealed bytes, sent at s, probe id).
_REPEATED: Final = -1  # In place of a probe's id, see `repeat`.

_TICK_S: Final = 1 / TICKS_PER_S
_REFERENCE_HALF: Final = 1 << 23  # Of the reference time's 24 bits.
_REFERENCE_MASK: Final = (1 << 24) - 1
_large_delta: Final = Struct(">h").unpack_from
# From a tuple of all fields, as in `sent_history`.
_new_row = partial(tuple.__new__, ArrivalRow)


class SentGroups:
    """See the module. Hot paths do by themselves what `add` does.

    Attributes:
        next_number: Unwrapped transport-wide number of the packet that is sent next.
        append: Adds a record of packets that begin at `next_number`, which the caller moves on.
    """

    __slots__ = ("_first", "_groups", "_reference", "append", "next_number")

    def __init__(self) -> None:
        self.next_number = 0
        self._first = 0  # Number of the first packet of the oldest record.
        self._groups: deque[SentGroup] = deque()
        self._reference: int | None = None  # Unwrapped reference time of the last report.
        self.append = self._groups.append  # A bound method saves a lookup for each record.

    @property
    def outstanding(self) -> int:
        """Packets that no report has spoken of, as far as they are remembered."""
        return self.next_number - self._first

    def add(self, packets: int, sent_bytes: int, now_s: float, probe_id: int = 0) -> None:
        """Record a group and move the number on."""
        self.next_number += packets
        self.append((packets, sent_bytes, now_s, probe_id))

    def repeat(self, number: int) -> None:
        """Note that a lone packet is sent again with its number, of which 16 bits are given.

        It was lost, whatever a report will say of its number: what arrives is the repeat.
        """
        number = self.next_number - ((self.next_number - number) & 0xFFFF)
        at = self.next_number
        for back, (packets, sent_bytes, send_s, _) in enumerate(reversed(self._groups), start=1):
            at -= packets
            if at <= number:
                if at == number and packets == 1:
                    self._groups[-back] = (1, sent_bytes, send_s, _REPEATED)
                return

    def trim(self) -> None:
        """Forget the oldest beyond `GROUPS_KEPT`; to be called about once a second."""
        groups = self._groups
        while len(groups) > GROUPS_KEPT:
            self._first += groups.popleft()[0]

    def match(self, report: ArrivalStatuses) -> tuple[ArrivalRow, ...] | None:
        """Return what became of the groups that a report speaks of; forget them.

        Returns:
            Empty if others had spoken of all of it; None if it speaks of packets that were
            never sent.
        """
        next_number = self.next_number
        base = next_number - ((next_number - report.base_sequence) & 0xFFFF)
        end = base + len(report.symbols)
        if end > next_number:
            return None
        if end <= self._first:
            return ()
        self._skip_to(base)
        return self._take_rows(report, base, end)

    def _skip_to(self, number: int) -> None:
        """Forget what lies before a number: its report was lost."""
        groups = self._groups
        while self._first < number:
            packets, sent_bytes, send_s, probe_id = groups.popleft()
            skipped = min(packets, number - self._first)
            self._first += skipped
            if skipped < packets:
                rest = sent_bytes - sent_bytes * skipped // packets
                groups.appendleft((packets - skipped, rest, send_s, probe_id))

    def _take_rows(self, report: ArrivalStatuses, base: int, end: int) -> tuple[ArrivalRow, ...]:
        """Make rows of the groups from the first to `end`; `base` is the report's first number."""
        _, _, symbols, _, deltas, at, has_large = report
        ticks = self._origin_ticks(report.reference_time)
        groups = self._groups
        index = self._first - base
        if index:  # An earlier report spoke of these.
            at, ticks, _ = _walk(symbols, 0, index, deltas, at, ticks)
        rows: list[ArrivalRow] = []
        count = end - base
        has_losses = MISSING in symbols
        while index < count:
            packets, sent_bytes, send_s, probe_id = groups.popleft()
            stop = index + packets
            if stop > count:  # The next report speaks of the rest.
                rest = sent_bytes - sent_bytes * (count - index) // packets
                groups.appendleft((stop - count, rest, send_s, probe_id))
                sent_bytes -= rest
                stop = count
                packets = stop - index
            lost = symbols.count(MISSING, index, stop) if has_losses else 0
            arrived = packets - lost
            arrival_s: float | None = None
            if arrived:
                if has_large:
                    at, ticks, latest = _walk(symbols, index, stop, deltas, at, ticks)
                else:
                    ticks += deltas[at] if arrived == 1 else sum(deltas[at : at + arrived])
                    latest = ticks
                    at += arrived
                arrival_s = latest * _TICK_S
            if probe_id == _REPEATED:
                arrived, lost, arrival_s, probe_id = 0, packets, None, 0
            wire_bytes = sent_bytes + packets * DATAGRAM_OVERHEAD_BYTES
            received_bytes = wire_bytes * arrived // packets  # Packets of a train are equal.
            rows.append(
                _new_row((send_s, arrival_s, wire_bytes, received_bytes, packets, lost, probe_id))
            )
            index = stop
        self._first = end
        return tuple(rows)

    def _origin_ticks(self, reference_time: int) -> int:
        """Unwrap a reference time, and return it in ticks."""
        before = self._reference
        if before is None:
            unwrapped = reference_time
        else:
            ahead = reference_time - before + _REFERENCE_HALF & _REFERENCE_MASK
            unwrapped = before + ahead - _REFERENCE_HALF
        self._reference = unwrapped
        return unwrapped * REFERENCE_TICKS


def _walk(
    symbols: bytes, start: int, stop: int, deltas: bytes, at: int, ticks: int
) -> tuple[int, int, int]:
    """Go over deltas one by one; return where they go on, the last and the latest arrival."""
    latest: int | None = None
    for symbol in symbols[start:stop]:
        if symbol == SMALL:
            ticks += deltas[at]
            at += 1
        elif symbol == LARGE:
            ticks += _large_delta(deltas, at)[0]
            at += 2
        else:
            continue
        latest = ticks if latest is None else max(latest, ticks)
    return at, ticks, ticks if latest is None else latest
