"""What an operator may set of the media port, and how long its peers may be silent."""

from typing import Final

import msgspec

DEFAULT_PORT: Final = 7882


class MediaSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Settings of one `MediaService`.

    Attributes:
        host: Local address to bind; empty: every address of this machine.
        port: UDP port of all participants; 0: a free one, the same on every address.
        advertised_addresses: What the answers offer as candidates; empty: every bound address.
            An address that is not of this machine (the public side of a 1:1 NAT) is offered as it
            is, and every local address is bound.
        advertised_port: The port those candidates name; 0: the bound one.
        handshake_timeout_s: From `open` until DTLS must be up.
        consent_timeout_s: Silence of connectivity checks after which a transport is closed;
            RFC 7675 section 5.1 says 30 s.
        socket_buffer_bytes: Asked for each direction of each socket; the kernel may give less.
        use_gso: Send trains by UDP_SEGMENT where the kernel has it.
    """

    host: str = ""
    port: int = DEFAULT_PORT
    advertised_addresses: tuple[str, ...] = ()
    advertised_port: int = 0
    handshake_timeout_s: float = 15.0
    consent_timeout_s: float = 30.0
    socket_buffer_bytes: int = 4 * 1024 * 1024
    use_gso: bool = True
