"""The media port: a UDP socket for each local address, so that replies leave from the right one.

Reading drains up to 64 datagrams for one wake-up; a train is one `sendmsg` with UDP_SEGMENT where
the kernel has it (facts/fanout.md: 0.77 µs a packet in trains of 8 instead of 2.87).
"""

import errno
import ipaddress
import socket
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from struct import pack
from typing import Final

from ..errors import ConfigError
from .stun import SocketAddress

READ_BATCH: Final = 64  # Then other tasks get their turn.
_RECEIVE_BYTES: Final = (
    2048  # Larger than any datagram of WebRTC; what is longer is cut and fails its tag.
)
_PORT_ATTEMPTS: Final = 20

# <linux/udp.h>; the socket module of Python 3.11 does not name them.
_SOL_UDP: Final = 17
_UDP_SEGMENT: Final = 103
_SO_SNDBUFFORCE: Final = 32
_SO_RCVBUFFORCE: Final = 33
_MAX_SEGMENTS: Final = 64  # UDP_MAX_SEGMENTS of kernels before 6.8.
_MAX_TRAIN_BYTES: Final = 65_000  # 52 x 1240 passed, 53 gave EMSGSIZE (facts/fanout.md).

Buffer = bytes | bytearray | memoryview
DatagramFilter = Callable[[Buffer], bool]


@dataclass(slots=True)
class SocketCounters:
    """Plain integers of all sockets together (L4)."""

    datagrams_received: int = 0
    bytes_received: int = 0
    datagrams_sent: int = 0
    bytes_sent: int = 0
    sends: int = 0  # System calls; fewer than datagrams where trains are sent.
    dropped_full: int = 0  # Datagrams: the kernel's buffer was full (EAGAIN, ENOBUFS).
    dropped_unreachable: int = 0  # Datagrams: no route, refused, or too long.
    dropped_foreign: int = 0  # To a loopback address from elsewhere.


class UdpSocket:
    """A non-blocking UDP socket on one local address. Sends never wait and never raise."""

    def __init__(
        self,
        host: str,
        port: int,
        *,
        counters: SocketCounters,
        buffer_bytes: int,
        use_gso: bool = True,
        send_filter: DatagramFilter | None = None,
        receive_filter: DatagramFilter | None = None,
    ) -> None:
        """Bind.

        Args:
            send_filter: For tests: a datagram for which it returns False is lost on the way out.
            receive_filter: The same, on the way in.

        Raises:
            OSError: The address is not ours or the port is taken.
        """
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.socket = socket.socket(family, socket.SOCK_DGRAM)
        try:
            self._configure(family, buffer_bytes)
            self.socket.bind((host, port))
        except OSError:
            self.socket.close()
            raise
        self._sendto: Callable[[Buffer, SocketAddress], int] = self.socket.sendto
        if send_filter is not None:
            self._sendto = _lossy(self.socket, send_filter)
        self.host = host
        self.port: int = self.socket.getsockname()[1]
        self.has_gso = use_gso and send_filter is None and self._detect_gso()
        self._is_loopback = ipaddress.ip_address(host).is_loopback
        self._counters = counters
        self._receive_filter = receive_filter
        self._segment_options: dict[int, list[tuple[int, int, bytes]]] = {}

    def close(self) -> None:
        self.socket.close()

    def receive(self) -> list[tuple[bytes, SocketAddress]]:
        """Take what has arrived, at most `READ_BATCH` datagrams; empty if nothing has."""
        received: list[tuple[bytes, SocketAddress]] = []
        receive_from = self.socket.recvfrom
        for _ in range(READ_BATCH):
            try:
                item = receive_from(_RECEIVE_BYTES)
            except BlockingIOError:
                break
            except OSError:
                continue  # An ICMP error of an earlier send is reported here; it costs one turn.
            received.append(item)
        self._counters.datagrams_received += len(received)
        self._counters.bytes_received += sum([len(data) for data, _ in received])
        if self._is_loopback or self._receive_filter is not None:
            return self._admit(received)
        return received

    def send(self, data: Buffer, address: SocketAddress, segment_bytes: int = 0) -> None:
        """Send one datagram, or a train of `segment_bytes` each, the last may be shorter."""
        length = len(data)
        if segment_bytes == 0 or segment_bytes >= length:
            # Written out: for each packet of audio and viewer, a call more is felt.
            try:
                self._sendto(data, address)
            except OSError as error:
                self._count_loss(error, 1)
            else:
                counters = self._counters
                counters.sends += 1
                counters.datagrams_sent += 1
                counters.bytes_sent += length
        elif self.has_gso:
            per_send = max(1, min(_MAX_SEGMENTS, _MAX_TRAIN_BYTES // segment_bytes)) * segment_bytes
            if length <= per_send:
                self._send_train(data, address, segment_bytes)
            else:
                view = memoryview(data)
                for start in range(0, length, per_send):
                    self._send_train(view[start : start + per_send], address, segment_bytes)
        else:
            self._send_each(data, address, segment_bytes)

    def send_all(self, datagrams: Sequence[tuple[bytes, SocketAddress]]) -> None:
        """Send one datagram to each address: the loop that carries most packets of audio."""
        sendto = self._sendto
        sent = sent_bytes = 0
        for data, address in datagrams:
            try:
                sent_bytes += sendto(data, address)
            except OSError as error:
                self._count_loss(error, 1)
            else:
                sent += 1
        counters = self._counters
        counters.sends += sent
        counters.datagrams_sent += sent
        counters.bytes_sent += sent_bytes

    def _configure(self, family: int, buffer_bytes: int) -> None:
        self.socket.setblocking(False)
        if family == socket.AF_INET6:
            self.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        for forced, plain in (
            (_SO_RCVBUFFORCE, socket.SO_RCVBUF),
            (_SO_SNDBUFFORCE, socket.SO_SNDBUF),
        ):
            try:  # Beyond net.core.*mem_max, with CAP_NET_ADMIN.
                self.socket.setsockopt(socket.SOL_SOCKET, forced, buffer_bytes)
            except OSError:
                self.socket.setsockopt(socket.SOL_SOCKET, plain, buffer_bytes)

    def _detect_gso(self) -> bool:
        try:
            self.socket.setsockopt(_SOL_UDP, _UDP_SEGMENT, 0)  # Zero: off, unless a send says so.
        except OSError:
            return False
        return True

    def _admit(
        self, received: list[tuple[bytes, SocketAddress]]
    ) -> list[tuple[bytes, SocketAddress]]:
        admitted = []
        for item in received:
            if self._is_loopback and not _is_loopback_source(item[1][0]):
                # Chromium also checks from its other addresses to 127.0.0.1 (facts/webrtc.md 10).
                self._counters.dropped_foreign += 1
            elif self._receive_filter is None or self._receive_filter(item[0]):
                admitted.append(item)
        return admitted

    def _send_train(self, data: Buffer, address: SocketAddress, segment_bytes: int) -> None:
        options = self._segment_options.get(segment_bytes)
        if options is None:
            options = [(_SOL_UDP, _UDP_SEGMENT, pack("=H", segment_bytes))]
            self._segment_options[segment_bytes] = options
        count = -(-len(data) // segment_bytes)
        try:
            self.socket.sendmsg((data,), options, 0, address)
        except OSError as error:
            if error.errno in (errno.EIO, errno.EINVAL, errno.EMSGSIZE):
                # This device cannot (no checksum offload), or a segment exceeds its MTU.
                self.has_gso = self.has_gso and error.errno != errno.EIO
                self._send_each(data, address, segment_bytes)
            else:
                self._count_loss(error, count)
        else:
            counters = self._counters
            counters.sends += 1
            counters.datagrams_sent += count
            counters.bytes_sent += len(data)

    def _send_each(self, data: Buffer, address: SocketAddress, segment_bytes: int) -> None:
        view = memoryview(data)
        for start in range(0, len(data), segment_bytes):
            self.send(view[start : start + segment_bytes], address)

    def _count_loss(self, error: OSError, count: int) -> None:
        if error.errno in (errno.EAGAIN, errno.ENOBUFS):
            # Dropped, not queued: the pacer and NACK know better what is still worth sending.
            self._counters.dropped_full += count
        else:
            self._counters.dropped_unreachable += count


def _lossy(
    udp_socket: socket.socket, send_filter: DatagramFilter
) -> Callable[[Buffer, SocketAddress], int]:
    def send(data: Buffer, address: SocketAddress) -> int:
        return udp_socket.sendto(data, address) if send_filter(data) else len(data)

    return send


def _is_loopback_source(host: str) -> bool:
    return host.startswith("127.") or host == "::1"


def bind_all(
    hosts: Iterable[str], port: int, make: Callable[[str, int], UdpSocket]
) -> list[UdpSocket]:
    """Bind every host to one port; port 0 is a free one that all of them have.

    Raises:
        ConfigError: An address is not ours, or the port is taken on one.
    """
    hosts = list(hosts)
    error: OSError | None = None
    for _ in range(_PORT_ATTEMPTS if port == 0 else 1):
        bound: list[UdpSocket] = []
        try:
            for host in hosts:
                bound.append(make(host, bound[0].port if bound else port))
        except OSError as failure:
            error = failure
            for udp_socket in bound:
                udp_socket.close()
        else:
            return bound
    raise ConfigError(
        f"Cannot bind the media port: UDP {port} on {', '.join(hosts)}: {error}. "
        "Set media.port or media.host."
    )
