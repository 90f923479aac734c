"""Which local addresses to bind, and which candidates to offer for them."""

import ipaddress
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import ifaddr

_MAX_ADDRESSES: Final = 16  # A host full of container bridges; each is a line of every answer.
_WILDCARDS: Final = ("", "0.0.0.0", "::")
_HOST_TYPE_PREFERENCE: Final = 126  # RFC 8445 section 5.1.2.2.


@dataclass(frozen=True, slots=True)
class AddressPlan:
    """Hosts to bind, and the addresses to offer as candidates, best first."""

    bound: tuple[str, ...]
    advertised: tuple[str, ...]


def plan_addresses(host: str, advertised: Sequence[str]) -> AddressPlan:
    """Decide what to bind and what to offer; see `MediaSettings` for the two arguments."""
    if host not in _WILDCARDS:
        return AddressPlan((host,), tuple(advertised) or (host,))
    local = [address for address in local_addresses() if host != "0.0.0.0" or ":" not in address]
    if advertised and set(advertised) <= set(local):
        return AddressPlan(tuple(advertised), tuple(advertised))
    bindable = tuple(address for address in local if _can_bind(address))[:_MAX_ADDRESSES]
    return AddressPlan(bindable, tuple(advertised) or bindable)


def local_addresses() -> tuple[str, ...]:
    """Every address of this machine that a peer could reach, loopback last.

    Without link-local ones: they mean nothing without a zone, which a candidate cannot carry.
    """
    found: list[str] = []
    for adapter in ifaddr.get_adapters():
        for ip in adapter.ips:
            address = ip.ip if isinstance(ip.ip, str) else ip.ip[0]
            if not ipaddress.ip_address(address).is_link_local:
                found.append(address)
    ordered = sorted(dict.fromkeys(found), key=lambda text: ipaddress.ip_address(text).is_loopback)
    return tuple(ordered)


def candidate_lines(addresses: Sequence[str], port: int) -> str:
    """One `a=candidate` line for each address (RFC 8839 section 5.1), finished with CRLF."""
    return "".join(
        f"a=candidate:{number} 1 udp {_priority(number)} {address} {port} typ host\r\n"
        for number, address in enumerate(addresses, start=1)
    )


def _priority(number: int) -> int:
    return (_HOST_TYPE_PREFERENCE << 24) | ((65_536 - number) << 8) | 255


def _can_bind(address: str) -> bool:
    """An IPv6 address that is still tentative is listed, but cannot be used yet."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind((address, 0))
        except OSError:
            return False
    return True
