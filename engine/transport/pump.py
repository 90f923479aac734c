"""Moves datagrams between the sockets, the connections and the forwarder, and keeps their time.

This shell decides nothing (CONVENTIONS I4). One task for each local address reads in batches, one
task keeps the time; everything between a read and the sends that follow from it is synchronous.
"""

from collections.abc import Callable, Sequence
from typing import Final

import structlog
import trio

from ..clock import Clock
from ..forward.api import FanOut, Forwarder, Timeout, Transmit
from ..ids import TransportId
from .connections import Connections
from .demultiplex import KIND_BY_FIRST_BYTE, DatagramKind
from .ice import Path
from .rate_control import RateControl
from .settings import MediaSettings
from .stun import SocketAddress
from .udp_socket import UdpSocket

_log: Final = structlog.get_logger(__name__)

# A forwarder that always wants to be called at once must not spin the loop; finer than any pacer.
_SHORTEST_SLEEP_S: Final = 0.0005


class Pump:
    """The packet path.

    An exception on it costs one datagram or one batch and is counted and logged: any participant
    can send authenticated rubbish, and it must not end the port for all (facts/webrtc.md 9).

    Attributes:
        connections: ICE and DTLS of everybody.
        unroutable: Transmits for a transport without a path.
        unknown: Media from an address without a checked path, or no protocol of ours.
        failures: Exceptions.
    """

    def __init__(
        self,
        settings: MediaSettings,
        forwarder: Forwarder,
        *,
        clock: Clock,
        rate_control: RateControl,
    ) -> None:
        on_event = rate_control.handle
        self.connections = Connections(settings, forwarder, send=self._send, on_event=on_event)
        self.unroutable = self.unknown = self.failures = 0
        self._forwarder = forwarder
        self._clock = clock
        self._on_event = on_event
        self._rate_control = rate_control
        self._sockets: Sequence[UdpSocket] = ()
        self._is_draining = False
        self._timer = trio.CancelScope()
        self._wake_at_s = float("inf")

    def attach(self, sockets: Sequence[UdpSocket]) -> None:
        """Take the bound sockets; their order is `Path.socket_index`."""
        self._sockets = sockets
        self.connections.demultiplexer.by_path.clear()
        for _ in sockets:
            self.connections.demultiplexer.add_socket()

    async def read(self, index: int) -> None:
        """Read one socket until cancelled."""
        udp_socket = self._sockets[index]
        while True:
            await trio.lowlevel.wait_readable(udp_socket.socket)
            self._handle_batch(index, udp_socket.receive())

    async def keep_time(self) -> None:
        """Call the timeouts of connections and forwarder until cancelled."""
        while True:
            with trio.CancelScope() as self._timer:
                self._set_timer()
                await trio.sleep_forever()
            now_s = self._clock.now_s()
            self._wake_at_s = float("inf")
            self._guard(self.connections.handle_timeout, now_s)
            self._guard(self._forwarder.handle_timeout, now_s)
            self._guard(self._rate_control.handle_timeout, now_s)
            self.drain()

    def drain(self) -> None:
        """Send and tell what the forwarder has to say."""
        if not self._is_draining:  # An event's receiver may have written the table and call again.
            self._is_draining = True
            self._guard(self._drain)
            self._is_draining = False
        self._wake_by(min(self.connections.next_timeout_s, self._rate_control.next_due_s))

    def _handle_batch(self, index: int, batch: list[tuple[bytes, SocketAddress]]) -> None:
        now_s = self._clock.now_s()
        holders = self.connections.demultiplexer.by_path[index]
        media: list[tuple[TransportId, bytes]] = []
        for datagram, address in batch:
            kind = KIND_BY_FIRST_BYTE[datagram[0]] if datagram else DatagramKind.OTHER
            if kind is DatagramKind.MEDIA:
                holder = holders.get(address)
                if holder is None:
                    self.unknown += 1
                else:
                    media.append((holder.transport_id, datagram))
            elif kind is DatagramKind.STUN:
                path = Path(index, address)
                self._guard(self.connections.handle_check, datagram, path, now_s)
            elif kind is DatagramKind.DTLS:
                path = Path(index, address)
                self._guard(self.connections.handle_dtls, datagram, path, now_s)
            else:
                self.unknown += 1
        if media:
            self._guard(self._forwarder.handle_datagrams, media, now_s)
        self.drain()

    def _guard(self, step: Callable[..., None], *arguments: object) -> None:
        try:
            step(*arguments)
        except Exception:  # See the class.
            self.failures += 1
            _log.exception("media.step_failed", step=getattr(step, "__qualname__", "?"))

    def _drain(self) -> None:
        poll_output, routes, sockets = (
            self._forwarder.poll_output,
            self.connections.routes,
            self._sockets,
        )
        while True:
            output = poll_output()
            if isinstance(output, Transmit):
                path = routes.get(output.transport_id)
                if path is None:
                    self.unroutable += 1
                else:
                    sockets[path.socket_index].send(output.data, path.address, output.segment_bytes)
            elif isinstance(output, FanOut):
                self._fan_out(output)
            elif isinstance(output, Timeout):
                self._wake_by(output.at_s)
                return
            else:
                self._on_event(output)

    def _fan_out(self, output: FanOut) -> None:
        path_of = self.connections.routes.get
        batches: list[list[tuple[bytes, SocketAddress]]] = [[] for _ in self._sockets]
        for transport_id, datagram in zip(output.transport_ids, output.datagrams, strict=True):
            path = path_of(transport_id)
            if path is None:
                self.unroutable += 1
            else:
                batches[path.socket_index].append((datagram, path.address))
        for udp_socket, batch in zip(self._sockets, batches, strict=True):
            if batch:
                udp_socket.send_all(batch)

    def _send(self, datagram: bytes, path: Path) -> None:
        self._sockets[path.socket_index].send(datagram, path.address)

    def _wake_by(self, at_s: float) -> None:
        if at_s < self._wake_at_s:
            self._wake_at_s = at_s
            self._set_timer()

    def _set_timer(self) -> None:
        if self._wake_at_s < float("inf"):
            wait_s = max(self._wake_at_s - self._clock.now_s(), _SHORTEST_SLEEP_S)
            self._timer.deadline = trio.current_time() + wait_s
