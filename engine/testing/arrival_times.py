"""When datagrams reached a socket, by the kernel's clock: a busy reader does not blur it."""

import socket
import struct
from typing import Final

from ..transport.stun import SocketAddress

_SO_TIMESTAMPNS: Final = 35  # <asm-generic/socket.h>; the socket module of Python 3.11 has no name.
_TIMESPEC: Final = struct.Struct("@qq")
_RECEIVE_BYTES: Final = 2048
_READ_BATCH: Final = 64


def keep_arrival_times(udp_socket: socket.socket) -> None:
    """Have the kernel note when each datagram arrives, as `CLOCK_REALTIME`."""
    udp_socket.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)


def receive_timed(udp_socket: socket.socket) -> list[tuple[bytes, SocketAddress, int]]:
    """Take what has arrived, at most 64 datagrams: data, sender, and nanoseconds since 1970."""
    received = []
    for _ in range(_READ_BATCH):
        try:
            data, ancillary, _flags, address = udp_socket.recvmsg(
                _RECEIVE_BYTES, socket.CMSG_SPACE(_TIMESPEC.size)
            )
        except BlockingIOError:
            break
        except OSError:
            continue  # An ICMP error of an earlier send.
        (arrived_ns,) = [
            seconds * 1_000_000_000 + nanoseconds
            for level, kind, value in ancillary
            if (level, kind) == (socket.SOL_SOCKET, _SO_TIMESTAMPNS)
            for seconds, nanoseconds in (_TIMESPEC.unpack(value),)
        ]
        received.append((data, address, arrived_ns))
    return received
