"""Tells apart what shares the media port (RFC 7983), and whose it is.

A connectivity check is found by its user fragment; everything else by the address it comes from,
which only an authentic check can enter. So nobody reaches a DTLS session or SRTP keys from an
address that has not proved to know the transport's password, and DTLS needs no cookies.
"""

from enum import Enum, auto
from typing import Final, Generic, TypeVar

from .ice import Path
from .stun import SocketAddress

T = TypeVar("T")

_MAX_EARLY_ADDRESSES: Final = 64
_MAX_EARLY_DATAGRAMS: Final = 8  # A ClientHello takes two (Chromium 1200+263 bytes), with repeats.
_MAX_EARLY_BYTES: Final = 1500


class DatagramKind(Enum):
    """By the first byte, RFC 7983 section 7."""

    STUN = auto()  # 0-3
    DTLS = auto()  # 20-63
    MEDIA = auto()  # 128-191: RTP and RTCP
    OTHER = auto()


def _kind_of(first_byte: int) -> DatagramKind:
    if first_byte <= 3:
        return DatagramKind.STUN
    if 20 <= first_byte <= 63:
        return DatagramKind.DTLS
    if 128 <= first_byte <= 191:
        return DatagramKind.MEDIA
    return DatagramKind.OTHER


KIND_BY_FIRST_BYTE: Final = tuple(_kind_of(first_byte) for first_byte in range(256))


class Demultiplexer(Generic[T]):
    """Finds the owner of a datagram. `by_path` has one table for each socket."""

    def __init__(self) -> None:
        self.by_ufrag: dict[str, T] = {}
        self.by_path: list[dict[SocketAddress, T]] = []

    def add_socket(self) -> int:
        """Returns: The number of the new socket, as `Path.socket_index` names it."""
        self.by_path.append({})
        return len(self.by_path) - 1

    def learn(self, path: Path, owner: T) -> None:
        """Enter a path whose check was authentic."""
        self.by_path[path.socket_index][path.address] = owner

    def holder(self, path: Path) -> T | None:
        return self.by_path[path.socket_index].get(path.address)

    def forget(self, path: Path, owner: T) -> None:
        """Drop a path, unless it has passed on to another owner."""
        table = self.by_path[path.socket_index]
        if table.get(path.address) is owner:
            del table[path.address]


class EarlyDatagrams:
    """DTLS datagrams that overtook the first check of their path, kept for it (facts/webrtc.md 7).

    Bounded: anybody can send these. The oldest address goes first.
    """

    def __init__(self) -> None:
        self._by_path: dict[Path, list[bytes]] = {}

    def keep(self, path: Path, datagram: bytes) -> None:
        kept = self._by_path.get(path)
        if kept is None:
            if len(self._by_path) >= _MAX_EARLY_ADDRESSES:
                del self._by_path[next(iter(self._by_path))]
            kept = self._by_path[path] = []
        if len(kept) < _MAX_EARLY_DATAGRAMS and len(datagram) <= _MAX_EARLY_BYTES:
            kept.append(datagram)

    def take(self, path: Path) -> list[bytes]:
        """The datagrams of a path, oldest first; they are kept no longer."""
        return self._by_path.pop(path, [])
