"""A UDP relay that puts an emulated network between each client and one server, in real time.

One public port. Each client address gets a path: a link up, a link down and an upstream socket of
its own, so that the server sees as many addresses as there are clients. A change of the client's
address, as from Wi-Fi to a mobile network, is a new upstream socket; the old one is closed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from typing import Final

import structlog
import trio

from ...transport.stun import SocketAddress
from ...transport.udp_socket import SocketCounters, UdpSocket, bind_all
from .delays import DelayHistogram
from .link import Link
from .profile import NetworkProfile

_log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

MAX_CLIENTS: Final = 256  # Each is a socket and two queues; more are not answered.
IDLE_S: Final = 60.0  # A path nobody uses is closed: browsers check theirs each 2.5 s.
HEADER_BYTES: Final = 28  # IPv4 and UDP; as the estimators count.
_BUFFER_BYTES: Final = 4 * 1024 * 1024


@dataclass(slots=True, eq=False)
class ClientPath:
    """One client's network; a new `upstream` is a new address as the server sees it."""

    client: SocketAddress
    public: UdpSocket
    upstream: UdpSocket
    up: Link[bytes]
    down: Link[bytes]
    address_changes_s: list[float]  # Those to come, soonest first, on the loop's clock.
    heard_s: float
    reading: trio.CancelScope

    @property
    def next_s(self) -> float:
        change_s = self.address_changes_s[0] if self.address_changes_s else inf
        return min(self.up.next_s, self.down.next_s, change_s)


class Relay:
    """Binds at once; forwards while `run` runs."""

    def __init__(
        self, hosts: Sequence[str], port: int, profile: NetworkProfile, *, seed: int
    ) -> None:
        """Bind the public port on each of `hosts`; port 0 is a free one.

        Raises:
            ConfigError: An address is not ours, or the port is taken.
        """
        self.counters = SocketCounters()
        self.dropped_strangers = 0  # Datagrams of clients beyond `MAX_CLIENTS`.
        self.lateness = DelayHistogram(bin_s=0.0001)  # How long after its time a datagram left.
        self.profile = profile
        self._seed = seed
        self._sockets = bind_all(hosts, port, self._socket)
        self._paths: dict[tuple[str, SocketAddress], ClientPath] = {}
        self._server_port = 0
        self._changed = trio.Event()
        self._due_s = self._sleeps_until_s = inf  # What the pump has to do next, and knows of.

    @property
    def port(self) -> int:
        return self._sockets[0].port

    @property
    def paths(self) -> list[ClientPath]:
        """Of the clients there are, in the order of their coming."""
        return list(self._paths.values())

    def configure(self, profile: NetworkProfile) -> None:
        """Give all clients, those there are and those to come, another network, from now on."""
        self.profile = profile
        now_s = trio.current_time()
        for path in self._paths.values():
            path.down.configure(profile.down, seed=self._seed, start_s=now_s)
            path.up.configure(profile.up, seed=self._seed + 1, start_s=now_s)
            path.address_changes_s = [now_s + at_s for at_s in profile.address_changes_s]
        self._changed.set()  # All times are new.

    async def run(
        self, server_port: int, *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED
    ) -> None:
        """Relay to `server_port`, on the host each client came to, until cancelled."""
        self._server_port = server_port
        try:
            async with trio.open_nursery() as nursery:
                for public in self._sockets:
                    nursery.start_soon(self._read_clients, public, nursery)
                task_status.started()
                await self._pump(nursery)
        finally:
            for udp_socket in self._sockets + [path.upstream for path in self._paths.values()]:
                udp_socket.close()
            self._paths.clear()

    async def _read_clients(self, public: UdpSocket, nursery: trio.Nursery) -> None:
        while True:
            await trio.lowlevel.wait_readable(public.socket)
            now_s = trio.current_time()
            for data, address in public.receive():
                path = self._paths.get((public.host, address))
                if path is None:
                    path = self._open(public, address, nursery)
                if path is not None:
                    path.heard_s = now_s
                    path.up.offer(len(data) + HEADER_BYTES, data, now_s)
                    self._due_s = min(self._due_s, path.up.next_s)
            self._wake_pump()

    async def _read_server(
        self, path: ClientPath, upstream: UdpSocket, reading: trio.CancelScope
    ) -> None:
        """Of one upstream socket, until the path has another one or is closed."""
        server = (upstream.host, self._server_port)
        with reading:
            await trio.lowlevel.checkpoint()  # It may be closed already.
            while True:
                await trio.lowlevel.wait_readable(upstream.socket)
                now_s = trio.current_time()
                for data, address in upstream.receive():
                    if address[:2] == server:
                        path.down.offer(len(data) + HEADER_BYTES, data, now_s)
                self._due_s = min(self._due_s, path.down.next_s)
                self._wake_pump()

    async def _pump(self, nursery: trio.Nursery) -> None:
        while True:
            now_s = trio.current_time()
            next_s = now_s + IDLE_S
            for key, path in list(self._paths.items()):
                if path.next_s <= now_s:
                    self._serve(path, now_s, nursery)
                if now_s - path.heard_s > IDLE_S:
                    self._close(path)
                    del self._paths[key]
                next_s = min(next_s, path.next_s)
            self._due_s = self._sleeps_until_s = next_s
            with trio.move_on_at(next_s):
                await self._changed.wait()
            self._changed = trio.Event()

    def _wake_pump(self) -> None:
        if self._due_s < self._sleeps_until_s:
            self._changed.set()

    def _serve(self, path: ClientPath, now_s: float, nursery: trio.Nursery) -> None:
        server = (path.upstream.host, self._server_port)
        self.lateness.add(now_s - path.next_s)
        for data in path.up.take(now_s):
            path.upstream.send(data, server)
        for data in path.down.take(now_s):
            path.public.send(data, path.client)
        if path.address_changes_s and path.address_changes_s[0] <= now_s:
            path.address_changes_s.pop(0)
            self._close(path)
            path.upstream = self._socket(path.public.host, 0)
            path.reading = trio.CancelScope()
            nursery.start_soon(self._read_server, path, path.upstream, path.reading)
            _log.info("relay.address_changed", port=path.upstream.port)

    def _open(
        self, public: UdpSocket, address: SocketAddress, nursery: trio.Nursery
    ) -> ClientPath | None:
        if len(self._paths) >= MAX_CLIENTS:
            self.dropped_strangers += 1
            return None
        now_s, profile = trio.current_time(), self.profile
        path = ClientPath(
            client=address,
            public=public,
            upstream=self._socket(public.host, 0),
            up=Link(profile.up, seed=self._seed + 1, start_s=now_s),
            down=Link(profile.down, seed=self._seed, start_s=now_s),
            address_changes_s=[now_s + at_s for at_s in profile.address_changes_s],
            heard_s=now_s,
            reading=trio.CancelScope(),
        )
        self._paths[public.host, address] = path
        nursery.start_soon(self._read_server, path, path.upstream, path.reading)
        _log.info("relay.client_came", port=path.upstream.port)
        return path

    def _close(self, path: ClientPath) -> None:
        path.reading.cancel()  # Nobody waits for the socket any more when it is closed.
        path.upstream.close()

    def _socket(self, host: str, port: int) -> UdpSocket:
        return UdpSocket(
            host, port, counters=self.counters, buffer_bytes=_BUFFER_BYTES, use_gso=False
        )
