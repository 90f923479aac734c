"""The shared port: what a datagram is, and whose."""

import pytest

from emporion.engine.transport.demultiplex import (
    KIND_BY_FIRST_BYTE,
    DatagramKind,
    Demultiplexer,
    EarlyDatagrams,
)
from emporion.engine.transport.ice import Path


@pytest.mark.parametrize(
    ("first", "last", "kind"),
    [
        (0, 3, DatagramKind.STUN),
        (4, 19, DatagramKind.OTHER),
        (20, 63, DatagramKind.DTLS),
        (64, 127, DatagramKind.OTHER),
        (128, 191, DatagramKind.MEDIA),
        (192, 255, DatagramKind.OTHER),
    ],
)
def test_the_first_byte_tells_the_protocol(first: int, last: int, kind: DatagramKind) -> None:
    """RFC 7983 section 7."""
    assert set(KIND_BY_FIRST_BYTE[first : last + 1]) == {kind}


def test_an_address_is_known_for_each_socket_apart() -> None:
    demultiplexer: Demultiplexer[str] = Demultiplexer()
    first, second = demultiplexer.add_socket(), demultiplexer.add_socket()
    address = ("192.0.2.1", 1)

    demultiplexer.learn(Path(second, address), "owner")

    assert demultiplexer.holder(Path(first, address)) is None
    assert demultiplexer.holder(Path(second, address)) == "owner"


def test_only_the_owner_can_forget_a_path() -> None:
    demultiplexer: Demultiplexer[str] = Demultiplexer()
    path = Path(demultiplexer.add_socket(), ("192.0.2.1", 1))
    demultiplexer.learn(path, "new")

    demultiplexer.forget(path, "old")
    assert demultiplexer.holder(path) == "new"
    demultiplexer.forget(path, "new")
    assert demultiplexer.holder(path) is None


def test_early_datagrams_are_kept_in_order_and_once() -> None:
    """webrtc.md 7: at most 8 of them."""
    early = EarlyDatagrams()
    path = Path(0, ("192.0.2.1", 1))
    for number in range(12):
        early.keep(path, bytes([number]))

    assert early.take(path) == [bytes([number]) for number in range(8)]
    assert early.take(path) == []


def test_early_datagrams_of_strangers_are_bounded() -> None:
    early = EarlyDatagrams()
    for port in range(200):
        early.keep(Path(0, ("192.0.2.1", port)), b"x")
    early.keep(Path(0, ("192.0.2.1", 199)), bytes(60_000))

    kept = [early.take(Path(0, ("192.0.2.1", port))) for port in range(200)]

    assert sum(map(bool, kept)) == 64
    assert kept[-1] == [b"x"]
