"""One direction of a viewer's link, in virtual time."""

from collections.abc import Callable
from typing import Final

from ...engine.testing.network import Link
from .virtual_time import VirtualTime

UDP_IP_BYTES: Final = 28
SAMPLE_S: Final = 0.05


class Wire:
    """Hands what is sent to a link, and what comes out of it to `receive`.

    Attributes:
        link: Counts what it drops, and how long packets stand in its queue.
        queued: (when, how many bytes stood in the queue), now and then.
        sizes: (when it came out, how large it was, headers included) of each datagram.
    """

    def __init__(
        self, time: VirtualTime, link: Link[bytes], receive: Callable[[bytes], None]
    ) -> None:
        self.link = link
        self.queued: list[tuple[float, int]] = []
        self.sizes: list[tuple[float, int]] = []
        self._time = time
        self._receive = receive
        self._wake_s = float("inf")
        time.every(SAMPLE_S, self._sample)

    def send(self, datagram: bytes) -> None:
        self.link.offer(len(datagram) + UDP_IP_BYTES, datagram, self._time.now_s())
        self._wake_by(self.link.next_s)

    def _sample(self) -> None:
        self.queued.append((self._time.now_s(), self.link.queued_bytes))

    def _wake_by(self, at_s: float) -> None:
        if at_s < self._wake_s:
            self._wake_s = at_s
            self._time.at(at_s, self._pump)

    def _pump(self) -> None:
        if self._time.now_s() < self._wake_s:
            return  # It was set for later before it was set for sooner.
        self._wake_s = float("inf")
        now_s = self._time.now_s()
        for datagram in self.link.take(now_s):
            self.sizes.append((now_s, len(datagram) + UDP_IP_BYTES))
            self._receive(datagram)
        self._wake_by(self.link.next_s)
