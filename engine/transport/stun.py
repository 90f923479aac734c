"""Connectivity checks on the wire (RFC 8489, RFC 8445 section 7): read requests, write answers.

Messages are parsed by aioice.stun; answers are built here, because their layout is fixed.
"""

import hmac
import socket
from binascii import crc32
from dataclasses import dataclass
from struct import pack
from typing import Final

from aioice import stun

_COOKIE: Final = 0x2112A442
_BINDING_SUCCESS: Final = 0x0101
_BINDING_ERROR: Final = 0x0111
_XOR_MAPPED_ADDRESS: Final = 0x0020
_ERROR_CODE: Final = 0x0009
_MESSAGE_INTEGRITY: Final = 0x0008
_FINGERPRINT: Final = 0x8028
_FINGERPRINT_XOR: Final = 0x5354554E
_ROLE_CONFLICT: Final = pack("!HBB", 0, 4, 87) + b"Role Conflict"

SocketAddress = tuple[str, int] | tuple[str, int, int, int]


@dataclass(frozen=True, slots=True)
class Check:
    """A Binding request with a user name; not yet authenticated."""

    message: stun.Message
    local_ufrag: str
    remote_ufrag: str

    @property
    def is_nominating(self) -> bool:
        return "USE-CANDIDATE" in self.message.attributes

    @property
    def claims_to_be_controlled(self) -> bool:
        return "ICE-CONTROLLED" in self.message.attributes


def parse_check(datagram: bytes) -> Check | None:
    """Read a connectivity check; None for anything else, however malformed."""
    try:
        message = stun.parse_message(datagram)
        username = message.attributes["USERNAME"]
    except Exception:
        # aioice lets struct.error, UnicodeDecodeError and more out of malformed attributes; one
        # stranger's datagram must not end the socket task (facts/webrtc.md 9).
        return None
    if message.message_class != stun.Class.REQUEST or message.message_method != stun.Method.BINDING:
        return None
    local_ufrag, separator, remote_ufrag = username.partition(":")
    return Check(message, local_ufrag, remote_ufrag) if separator else None


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
