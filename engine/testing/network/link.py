"""One direction of an emulated network: sans-IO, seeded, the same result on every run.

Theory of operation. A packet is offered and stands in the queue until the line is free; CoDel may
drop it at the head, the queue's bound at the tail. The line carries one packet at a time at its
rate. Behind it the packet is lost, or arrives after delay and jitter. Nothing runs by itself: each
call first does what the line would have done until then, in the order of time, so that how often
somebody looks changes nothing. Times are in seconds on any clock, and never go back.
"""

import random
from collections import deque
from dataclasses import dataclass
from heapq import heappop, heappush
from math import inf
from typing import Final, Generic, TypeVar

from .codel import Codel
from .delays import DelayHistogram
from .profile import LinkProfile
from .rates import Line

T = TypeVar("T")
_JITTER_LIMIT: Final = 4.0  # Standard deviations; beyond it a packet would count as lost anyway.


@dataclass(slots=True)
class LinkCounters:
    """Packets and bytes since the link began.

    `offered = delivered + lost + dropped_tail + dropped_codel + (queued + on their way)`.
    """

    offered: int = 0
    delivered: int = 0
    delivered_bytes: int = 0
    lost: int = 0  # Behind the line: loss and outages.
    dropped_tail: int = 0
    dropped_codel: int = 0

    @property
    def missing(self) -> int:
        """All that will never arrive."""
        return self.lost + self.dropped_tail + self.dropped_codel


class Link(Generic[T]):
    """A queue, a line and a way; `T` is whatever stands for a packet."""

    def __init__(self, profile: LinkProfile, *, seed: int, start_s: float = 0.0) -> None:
        """Begin empty.

        Args:
            seed: Of the rate's walk, the losses and the jitter, each with its own stream.
            start_s: Where steps of the rate and outages count from; no call is earlier.
        """
        self.counters = LinkCounters()
        self.queueing = DelayHistogram()  # From the offer until the last byte left the line.
        self.queued_bytes = 0
        self._queue: deque[tuple[float, int, T]] = deque()
        self._arrivals: list[tuple[float, int, T, int]] = []
        self._number = 0
        self._free_s = start_s  # When the line has carried what it was given.
        self._last_arrival_s = start_s
        self.configure(profile, seed=seed, start_s=start_s)

    def configure(self, profile: LinkProfile, *, seed: int, start_s: float) -> None:
        """Go on by another profile; what is queued and on its way stays so."""
        self.profile = profile
        self._start_s = start_s
        self._line: Line | None = profile.rate.line(seed) if profile.rate is not None else None
        self._loss = profile.loss.run(seed) if profile.loss is not None else None
        self._jitter = random.Random(f"{seed}/jitter").gauss
        self._codel = Codel() if profile.codel else None
        self._bound_bytes = _bound_bytes(profile, self._line)

    @property
    def next_s(self) -> float:
        """When to call `take` next; infinite if nothing is queued or on its way."""
        if self._arrivals and (not self._queue or not self.profile.reorders):
            return self._arrivals[0][0]
        arrival_s = self._arrivals[0][0] if self._arrivals else inf
        return min(arrival_s, self._free_s) if self._queue else arrival_s

    def offer(self, size_bytes: int, item: T, now_s: float) -> None:
        """Give one packet of `size_bytes` (> 0, IP and UDP headers included) to the link."""
        if self._queue and self._free_s <= now_s:
            self._advance(now_s)
        self.counters.offered += 1
        if not self._queue and self._free_s <= now_s:
            if self._codel is not None:
                self._codel.handle_empty()
            self._transmit(size_bytes, item, now_s, now_s)
        elif self.queued_bytes and self.queued_bytes + size_bytes > self._bound_bytes:
            self.counters.dropped_tail += 1
        else:
            self._queue.append((now_s, size_bytes, item))
            self.queued_bytes += size_bytes

    def take(self, now_s: float) -> list[T]:
        """What has arrived until now, in the order of arrival."""
        if self._queue and self._free_s <= now_s:
            self._advance(now_s)
        arrivals = self._arrivals
        taken: list[T] = []
        counters = self.counters
        while arrivals and arrivals[0][0] <= now_s:
            _at_s, _number, item, size_bytes = heappop(arrivals)
            counters.delivered += 1
            counters.delivered_bytes += size_bytes
            taken.append(item)
        return taken

    @property
    def waiting(self) -> int:
        """Packets queued or on their way."""
        return len(self._queue) + len(self._arrivals)

    def _advance(self, now_s: float) -> None:
        queue, codel = self._queue, self._codel
        while queue and self._free_s <= now_s:
            offered_s, size_bytes, item = queue.popleft()
            self.queued_bytes -= size_bytes
            start_s = max(self._free_s, offered_s)
            if codel is not None and codel.drops(start_s - offered_s, self.queued_bytes, start_s):
                self.counters.dropped_codel += 1
            else:
                self._transmit(size_bytes, item, offered_s, start_s)

    def _transmit(self, size_bytes: int, item: T, offered_s: float, start_s: float) -> None:
        end_s = start_s
        if self._line is not None:
            since_s = start_s - self._start_s
            end_s = self._start_s + self._line.end_s(since_s, size_bytes * 8)
        self._free_s = end_s
        self.queueing.add(end_s - offered_s)
        if self._is_lost(end_s):
            self.counters.lost += 1
            return
        profile = self.profile
        arrival_s = end_s + profile.delay_s
        if profile.jitter_s:
            # Drawn in the order of transmission, so reordering changes nothing else.
            extra_s = abs(self._jitter(0.0, profile.jitter_s))
            arrival_s += min(extra_s, _JITTER_LIMIT * profile.jitter_s)
        if not profile.reorders:
            arrival_s = max(arrival_s, self._last_arrival_s)
        self._last_arrival_s = arrival_s
        self._number += 1
        heappush(self._arrivals, (arrival_s, self._number, item, size_bytes))

    def _is_lost(self, end_s: float) -> bool:
        is_lost = self._loss is not None and self._loss.loses()
        since_s = end_s - self._start_s
        return is_lost or any(outage.covers(since_s) for outage in self.profile.outages)


def _bound_bytes(profile: LinkProfile, line: Line | None) -> float:
    if profile.queue_bytes is not None:
        return profile.queue_bytes
    return inf if line is None else profile.queue_s * line.mean_bps / 8
