"""Connectivity checks on the wire (RFC 8489, RFC 8445 section 7): read requests, write answers.

Only what a lite agent needs of STUN; a library for it would bring asyncio and a DNS client along
(50 ms of every start), and a check arrives every 2.5 s from everybody.
"""

import hmac
import socket
from binascii import crc32
from collections.abc import Iterator
from dataclasses import dataclass
from struct import Struct, pack
from typing import Final

_COOKIE: Final = 0x2112A442
_BINDING_REQUEST: Final = 0x0001
_BINDING_SUCCESS: Final = 0x0101
_BINDING_ERROR: Final = 0x0111
_USERNAME: Final = 0x0006
_XOR_MAPPED_ADDRESS: Final = 0x0020
_ERROR_CODE: Final = 0x0009
_MESSAGE_INTEGRITY: Final = 0x0008
_USE_CANDIDATE: Final = 0x0025
_FINGERPRINT: Final = 0x8028
_ICE_CONTROLLED: Final = 0x8029
_FINGERPRINT_XOR: Final = 0x5354554E
_ROLE_CONFLICT: Final = pack("!HBB", 0, 4, 87) + b"Role Conflict"
_DIGEST_BYTES: Final = 20  # SHA-1.

_HEADER: Final = Struct("!HHI12s")
_ATTRIBUTE: Final = Struct("!HH")

SocketAddress = tuple[str, int] | tuple[str, int, int, int]


@dataclass(frozen=True, slots=True)
class Check:
    """A Binding request with a user name; not yet authenticated."""

    transaction_id: bytes
    local_ufrag: str
    remote_ufrag: str
    is_nominating: bool
    claims_to_be_controlled: bool
    covered: bytes  # By MESSAGE-INTEGRITY: what stands before it, the length as it was then.
    digest: bytes  # Empty: there is none.

    def is_authentic(self, password: str) -> bool:
        """Say whether its sender knows the password (RFC 8489 section 14.5)."""
        expected = hmac.digest(password.encode(), self.covered, "sha1")
        return hmac.compare_digest(expected, self.digest)


def parse_check(datagram: bytes) -> Check | None:
    """Read a connectivity check; None for anything else, however malformed."""
    if len(datagram) < _HEADER.size:
        return None
    message_type, length, cookie, transaction_id = _HEADER.unpack_from(datagram)
    if (message_type, cookie) != (_BINDING_REQUEST, _COOKIE):
        return None
    if length % 4 or len(datagram) != _HEADER.size + length:
        return None
    values: dict[int, bytes] = {}
    covered = b""
    for attribute, at, value in _attributes(datagram):
        if attribute == _FINGERPRINT:
            if value != pack("!I", crc32(datagram[:at]) ^ _FINGERPRINT_XOR):
                return None
            break  # RFC 8489 section 14.7: it is the last one.
        if covered:
            continue  # Not authenticated (section 14.5).
        if attribute == _MESSAGE_INTEGRITY:
            counted = at + _ATTRIBUTE.size + _DIGEST_BYTES - _HEADER.size
            covered = datagram[:2] + counted.to_bytes(2, "big") + datagram[4:at]
        values.setdefault(attribute, value)
    return _make_check(transaction_id, values, covered)


def _attributes(datagram: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Yield type, place and value of each attribute that is whole."""
    at = _HEADER.size
    while at + _ATTRIBUTE.size <= len(datagram):
        attribute, size = _ATTRIBUTE.unpack_from(datagram, at)
        start = at + _ATTRIBUTE.size
        value = datagram[start : start + size]
        if len(value) < size:
            return
        yield attribute, at, value
        at = start + size + -size % 4


def _make_check(transaction_id: bytes, values: dict[int, bytes], covered: bytes) -> Check | None:
    try:
        username = values.get(_USERNAME, b"").decode()
    except UnicodeDecodeError:
        return None
    local_ufrag, separator, remote_ufrag = username.partition(":")
    if not separator:
        return None
    return Check(
        transaction_id=transaction_id,
        local_ufrag=local_ufrag,
        remote_ufrag=remote_ufrag,
        is_nominating=_USE_CANDIDATE in values,
        claims_to_be_controlled=_ICE_CONTROLLED in values,
        covered=covered,
        digest=values.get(_MESSAGE_INTEGRITY, b""),
    )


def write_success(transaction_id: bytes, address: SocketAddress, password: str) -> bytes:
    """A Binding success response that tells the peer its address (RFC 8489 section 14.2)."""
    host, port = address[0], address[1]
    if ":" in host:
        family, raw = 2, socket.inet_pton(socket.AF_INET6, host.partition("%")[0])
    else:
        family, raw = 1, socket.inet_aton(host)
    mask = pack("!I", _COOKIE) + transaction_id
    mapped = bytes(a ^ b for a, b in zip(raw, mask, strict=False))
    value = pack("!BBH", 0, family, port ^ (_COOKIE >> 16)) + mapped
    body = pack("!HH", _XOR_MAPPED_ADDRESS, len(value)) + value
    return _seal(_BINDING_SUCCESS, transaction_id, body, password)


def write_role_conflict(transaction_id: bytes, password: str) -> bytes:
    """A 487 (RFC 8445 section 7.3.1.1): the peer takes itself for the controlled one, as we are."""
    padding = bytes(-len(_ROLE_CONFLICT) % 4)
    body = pack("!HH", _ERROR_CODE, len(_ROLE_CONFLICT)) + _ROLE_CONFLICT + padding
    return _seal(_BINDING_ERROR, transaction_id, body, password)


def _seal(message_type: int, transaction_id: bytes, body: bytes, password: str) -> bytes:
    """Add MESSAGE-INTEGRITY and FINGERPRINT (RFC 8489 sections 14.5, 14.7).

    Each covers a header whose length already counts it in.
    """
    header = pack("!HHI", message_type, len(body) + 24, _COOKIE) + transaction_id
    digest = hmac.digest(password.encode(), header + body, "sha1")
    body += pack("!HH", _MESSAGE_INTEGRITY, 20) + digest
    whole = pack("!HHI", message_type, len(body) + 8, _COOKIE) + transaction_id + body
    return whole + pack("!HHI", _FINGERPRINT, 4, crc32(whole) ^ _FINGERPRINT_XOR)
