"""Bind the one TCP port, on one address or on all, with TLS or without."""

import ssl
from pathlib import Path
from typing import Final

import trio

from ..engine.config import HttpConfig
from ..engine.errors import ConfigError

Stream = trio.SocketStream | trio.SSLStream[trio.SocketStream]
Listener = trio.SocketListener | trio.SSLListener[trio.SocketStream]

_BACKLOG: Final = 1024  # A class that reconnects at once; the kernel caps it by somaxconn.
_PORT_TRIES: Final = 8


async def open_listeners(settings: HttpConfig) -> list[Listener]:
    """Bind and listen.

    Raises:
        ConfigError: The address cannot be bound, or the certificate cannot be read.
    """
    context = tls_context(settings)
    try:
        sockets = await _open_sockets(settings.host, settings.port)
    except OSError as error:
        where = f"{settings.host or '*'}:{settings.port}"
        raise ConfigError(f"http.port: cannot listen on TCP {where}: {error}") from error
    if context is None:
        return list(sockets)
    return [trio.SSLListener(listener, context, https_compatible=True) for listener in sockets]


def listening_port(listeners: list[Listener]) -> int:
    """The port that was bound, which matters where any was asked for."""
    first = listeners[0]
    sockets = first.transport_listener if isinstance(first, trio.SSLListener) else first
    assert isinstance(sockets, trio.SocketListener)
    port: int = sockets.socket.getsockname()[1]
    return port


def tls_context(settings: HttpConfig) -> ssl.SSLContext | None:
    """TLS 1.2 and up. Only `http/1.1` is offered; h2 would break browsers' WebSockets."""
    if settings.tls_certificate is None or settings.tls_key is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.set_alpn_protocols(["http/1.1"])
    try:
        context.load_cert_chain(Path(settings.tls_certificate), Path(settings.tls_key))
    except (OSError, ssl.SSLError) as error:
        raise ConfigError(
            f"http.tls_certificate, http.tls_key: cannot load {settings.tls_certificate} with "
            f"{settings.tls_key}: {error}"
        ) from error
    return context


async def _open_sockets(host: str, port: int) -> list[trio.SocketListener]:
    """All addresses with any port need the same free port twice, for IPv4 and for IPv6."""
    if host or port:
        return await trio.open_tcp_listeners(port, host=host or None, backlog=_BACKLOG)
    for _ in range(_PORT_TRIES - 1):
        ipv4 = await trio.open_tcp_listeners(0, host="0.0.0.0", backlog=_BACKLOG)
        found = ipv4[0].socket.getsockname()[1]
        try:
            return ipv4 + await trio.open_tcp_listeners(found, host="::", backlog=_BACKLOG)
        except OSError:
            for listener in ipv4:
                await listener.aclose()
    return await trio.open_tcp_listeners(0, host="0.0.0.0", backlog=_BACKLOG)
