"""One UDP socket on loopback: batches, trains, and sends that cannot be done."""

import errno
import socket
from collections.abc import Iterator
from unittest.mock import patch

import pytest

from emporion.engine.errors import ConfigError
from emporion.engine.transport.udp_socket import (
    READ_BATCH,
    SocketCounters,
    UdpSocket,
    bind_all,
)


def _open(*, use_gso: bool = True, host: str = "127.0.0.1", port: int = 0) -> UdpSocket:
    return UdpSocket(host, port, counters=SocketCounters(), buffer_bytes=1 << 20, use_gso=use_gso)


@pytest.fixture
def pair() -> Iterator[tuple[UdpSocket, UdpSocket]]:
    sender, receiver = _open(), _open()
    yield sender, receiver
    sender.close()
    receiver.close()


def _address(udp_socket: UdpSocket) -> tuple[str, int]:
    return (udp_socket.host, udp_socket.port)


def _received(udp_socket: UdpSocket) -> list[bytes]:
    everything: list[bytes] = []
    while batch := udp_socket.receive():
        everything.extend(datagram for datagram, _ in batch)
    return everything


def test_nothing_to_read_is_an_empty_batch(pair: tuple[UdpSocket, UdpSocket]) -> None:
    assert pair[1].receive() == []


def test_a_batch_is_bounded(pair: tuple[UdpSocket, UdpSocket]) -> None:
    sender, receiver = pair
    for number in range(READ_BATCH + 6):
        sender.send(bytes([number]), _address(receiver))

    assert [len(receiver.receive()) for _ in range(3)] == [READ_BATCH, 6, 0]


@pytest.mark.parametrize("use_gso", [True, False])
@pytest.mark.parametrize(
    ("total", "segment"),
    [(10, 0), (10, 10), (10, 20), (2500, 1000), (3000, 1000), (70_000, 1200), (1000, 7)],
)
def test_a_train_arrives_as_its_segments(use_gso: bool, total: int, segment: int) -> None:
    sender, receiver = _open(use_gso=use_gso), _open()
    data = bytes(number % 251 for number in range(total))

    sender.send(memoryview(data), _address(receiver), segment)

    step = segment or total
    assert _received(receiver) == [data[at : at + step] for at in range(0, total, step)]
    assert sender._counters.datagrams_sent == -(-total // step)
    assert sender._counters.bytes_sent == total
    sender.close()
    receiver.close()


def test_a_device_without_gso_gets_single_datagrams(pair: tuple[UdpSocket, UdpSocket]) -> None:
    """Some devices refuse at the first train, with EIO, though the kernel has the option."""
    sender, receiver = pair

    with patch.object(sender, "socket", _Refusing(sender.socket, errno.EIO)):
        sender.send(bytes(300), _address(receiver), 100)
    assert not sender.has_gso
    sender.send(bytes(300), _address(receiver), 100)

    assert _received(receiver) == [bytes(100)] * 6


@pytest.mark.parametrize("code", [errno.EAGAIN, errno.ENOBUFS])
def test_a_full_buffer_drops_and_counts(pair: tuple[UdpSocket, UdpSocket], code: int) -> None:
    sender, receiver = pair
    refusing = _Refusing(sender.socket, code)

    with (
        patch.object(sender, "socket", refusing),
        patch.object(sender, "_sendto", refusing.sendto),
    ):
        sender.send(bytes(100), _address(receiver))
        sender.send(bytes(300), _address(receiver), 100)

    assert sender._counters.dropped_full == 4
    assert _received(receiver) == []


def test_an_unreachable_address_drops_and_counts(pair: tuple[UdpSocket, UdpSocket]) -> None:
    pair[0].send(b"x", ("127.0.0.1", 0))
    pair[0].send(bytes(70_000), _address(pair[1]))

    assert pair[0]._counters.dropped_unreachable == 2


def test_filters_lose_single_datagrams_of_a_train() -> None:
    """Tests of loss need it; tc is not needed."""
    sender = UdpSocket(
        "127.0.0.1",
        0,
        counters=SocketCounters(),
        buffer_bytes=1 << 20,
        send_filter=lambda datagram: datagram[0] != 1,
    )
    receiver = UdpSocket(
        "127.0.0.1",
        0,
        counters=SocketCounters(),
        buffer_bytes=1 << 20,
        receive_filter=lambda datagram: datagram[0] != 2,
    )

    sender.send(b"\0\0\1\1\2\2\3", _address(receiver), 2)

    batch = receiver.receive()
    assert [datagram for datagram, _ in batch] == [b"\0\0", b"\3"]
    sender.close()
    receiver.close()


def test_all_hosts_get_the_same_free_port() -> None:
    bound = bind_all(
        ("127.0.0.1", "127.0.0.2", "127.0.0.3"), 0, lambda host, port: _open(host=host, port=port)
    )

    assert len({udp_socket.port for udp_socket in bound}) == 1
    for udp_socket in bound:
        udp_socket.close()


def test_a_failed_bind_leaves_no_socket_open() -> None:
    made: list[UdpSocket] = []

    def make(host: str, port: int) -> UdpSocket:
        made.append(_open(host=host, port=port))
        return made[-1]

    with pytest.raises(ConfigError):
        bind_all(("127.0.0.1", "203.0.113.1"), 0, make)

    assert made
    assert all(udp_socket.socket.fileno() == -1 for udp_socket in made)


class _Refusing:
    """A socket whose sends fail; `sendto` only for errors that are not about trains."""

    def __init__(self, real: socket.socket, code: int) -> None:
        self._real = real
        self._code = code

    def sendmsg(self, *_: object) -> int:
        raise OSError(self._code, "refused")

    def sendto(self, data: bytes, address: tuple[str, int]) -> int:
        if self._code == errno.EIO:
            return self._real.sendto(data, address)
        raise OSError(self._code, "refused")
