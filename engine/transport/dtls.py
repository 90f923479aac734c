"""DTLS 1.2 for SRTP keys (RFC 5764) over a memory BIO: no socket, no clock of its own.

Theory of operation. Datagrams go in one at a time; what OpenSSL writes comes out as one run of
bytes without boundaries and is cut at record headers. Until the handshake is done, the last
flight is sent again, byte for byte, at 100, 200 and 400 ms, besides OpenSSL's own timer (first at
1 s): the records keep their numbers, so a peer that has them drops them. Afterwards the session
must still be fed: if our last flight was lost the peer repeats its own, and only a living session
answers it; its close_notify comes the same way.

We are always the server towards browsers: the server chooses the SRTP profile, and we offer one.
"""

from collections.abc import Callable, Mapping
from enum import Enum
from typing import Final

from OpenSSL import SSL

from ..forward.api import SrtpKeys
from .certificate import Certificate

MAX_DATAGRAM_BYTES: Final = 1200  # What libwebrtc uses; fits every path of IPv6 (1280).
SRTP_PROFILE: Final = b"SRTP_AEAD_AES_128_GCM"

_RECORD_HEADER_BYTES: Final = 13
_EXPORTER_LABEL: Final = b"EXTRACTOR-dtls_srtp"
_KEY_BYTES, _SALT_BYTES = 16, 12  # RFC 7714 section 12.
# Chromium repeats its ClientHello at ~50, 100, 200, 400 ms, but OpenSSL's server stays silent
# until its own timer, which starts at 1 s and cannot be set (facts/webrtc.md 3b).
_RESEND_AFTER_S: Final = (0.1, 0.2, 0.4)
_MAX_READS: Final = 16  # Of application data in one datagram; we expect none.
_CIPHERS: Final = (
    b"ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"
    b"ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305"
)


class DtlsState(Enum):
    """HANDSHAKING → CONNECTED → CLOSED, or FAILED from HANDSHAKING."""

    HANDSHAKING = "handshaking"
    CONNECTED = "connected"
    CLOSED = "closed"
    FAILED = "failed"


def _accept_any(*_: object) -> bool:
    """The peer's certificate is self-signed; its fingerprint is compared after the handshake."""
    return True


def make_context(certificate: Certificate) -> SSL.Context:
    """The OpenSSL context of all sessions of this process (0.5 ms)."""
    context = SSL.Context(SSL.DTLS_METHOD)
    context.use_certificate(certificate.x509)
    context.use_privatekey(certificate.private_key)
    context.set_verify(SSL.VERIFY_PEER | SSL.VERIFY_FAIL_IF_NO_PEER_CERT, _accept_any)
    context.set_cipher_list(_CIPHERS)
    context.set_options(SSL.OP_NO_QUERY_MTU | SSL.OP_NO_TICKET | SSL.OP_NO_RENEGOTIATION)
    # Sessions are idle after the handshake: 19 KiB less for each.
    context.set_mode(SSL.MODE_RELEASE_BUFFERS)
    context.set_session_cache_mode(SSL.SESS_CACHE_OFF)
    context.set_tlsext_use_srtp(SRTP_PROFILE)
    return context


def split_records(flight: bytes, limit_bytes: int = MAX_DATAGRAM_BYTES) -> list[bytes]:
    """Cut a flight into datagrams of whole records (RFC 6347 section 4.1).

    A memory BIO knows no datagrams: it glues a flight together.
    """
    datagrams: list[bytes] = []
    start = position = 0
    while position < len(flight):
        length = int.from_bytes(flight[position + 11 : position + 13], "big")
        end = position + _RECORD_HEADER_BYTES + length
        if end - start > limit_bytes and position > start:
            datagrams.append(flight[start:position])
            start = position
        position = end
    if start < len(flight):
        datagrams.append(flight[start:])
    return datagrams


class DtlsSession:
    """One handshake and what follows it. After each call send what `take_datagrams` returns."""

    def __init__(
        self, context: SSL.Context, fingerprints: Mapping[str, str], *, is_client: bool = False
    ) -> None:
        """Make the session.

        Args:
            context: From `make_context`.
            fingerprints: The peer's, by hash name; one that matches is enough (RFC 8122 section 5).
            is_client: Towards a server, in tests and for load.
        """
        self.state = DtlsState.HANDSHAKING
        self.keys: SrtpKeys | None = None
        self.deadline_s: float | None = None  # Call `handle_timeout` then; None: nothing waits.
        self._fingerprints = fingerprints
        self._is_client = is_client
        self._connection = SSL.Connection(context, None)
        self._connection.set_ciphertext_mtu(MAX_DATAGRAM_BYTES)
        self._flight: list[bytes] = []
        self._resends = 0
        self._outbox: list[bytes] = []
        if is_client:
            self._connection.set_connect_state()
        else:
            self._connection.set_accept_state()

    def start(self, now_s: float) -> None:
        """Client role: send the ClientHello."""
        self._drive(self._connection.do_handshake)
        self._collect(now_s)

    def handle_datagram(self, datagram: bytes, now_s: float) -> None:
        """Feed one datagram; rubbish is dropped as RFC 6347 section 4.1.2.7 wants."""
        if not datagram:
            return
        if self.state is DtlsState.HANDSHAKING:
            self._connection.bio_write(datagram)
            if self._drive(self._connection.do_handshake):
                self._finish()
        elif self.state is DtlsState.CONNECTED:
            self._connection.bio_write(datagram)
            for _ in range(_MAX_READS):
                if not self._drive(lambda: self._connection.recv(MAX_DATAGRAM_BYTES)):
                    break
        self._collect(now_s)

    def handle_timeout(self, now_s: float) -> None:
        """Send the last flight again, or let OpenSSL do so; early calls are harmless."""
        if self.state is not DtlsState.HANDSHAKING:
            self.deadline_s = None
        elif self.deadline_s is not None and now_s >= self.deadline_s:
            if self._resends < len(_RESEND_AFTER_S) and self._flight:
                self._resends += 1
                self._outbox.extend(self._flight)
            if self._connection.DTLSv1_get_timeout() == 0:
                self._drive(self._connection.DTLSv1_handle_timeout)
                self._outbox.extend(self._read_out())
            self._schedule(now_s)

    def close(self) -> None:
        """Tell the peer (close_notify), if it can be told."""
        if self.state is DtlsState.CONNECTED:
            self._drive(self._connection.shutdown)
            self._outbox.extend(self._read_out())
        self.state = DtlsState.CLOSED
        self.deadline_s = None

    def take_datagrams(self) -> list[bytes]:
        """What must be sent now, in order."""
        taken, self._outbox = self._outbox, []
        return taken

    def _drive(self, step: Callable[[], object]) -> bool:
        """Run one OpenSSL call; False if it wants more input or the session ended."""
        try:
            step()
        except SSL.WantReadError:
            return False
        except SSL.ZeroReturnError:
            self.state = DtlsState.CLOSED
            return False
        except SSL.Error:
            was_up = self.state is DtlsState.CONNECTED
            self.state = DtlsState.CLOSED if was_up else DtlsState.FAILED
            return False
        return True

    def _finish(self) -> None:
        connection = self._connection
        if not self._is_peer_known() or connection.get_selected_srtp_profile() != SRTP_PROFILE:
            connection.shutdown()
            self.state = DtlsState.FAILED
            return
        secret = connection.export_keying_material(_EXPORTER_LABEL, 2 * (_KEY_BYTES + _SALT_BYTES))
        client_key, server_key = secret[:16], secret[16:32]
        client_salt, server_salt = secret[32:44], secret[44:56]
        if self._is_client:
            self.keys = SrtpKeys(client_key, client_salt, server_key, server_salt)
        else:
            self.keys = SrtpKeys(server_key, server_salt, client_key, client_salt)
        self.state = DtlsState.CONNECTED

    def _is_peer_known(self) -> bool:
        certificate = self._connection.get_peer_certificate()
        if certificate is None:
            return False
        return any(
            certificate.digest(name.replace("-", "")).decode() == digest
            for name, digest in self._fingerprints.items()
        )

    def _collect(self, now_s: float) -> None:
        """Take OpenSSL's output as a new flight; its resend clock starts anew."""
        written = self._read_out()
        if written:
            self._flight, self._resends = written, 0
            self._outbox.extend(written)
        if self.state is not DtlsState.HANDSHAKING:
            self._flight = []
            self.deadline_s = None
        elif written:
            self._schedule(now_s)

    def _read_out(self) -> list[bytes]:
        parts: list[bytes] = []
        while True:
            try:
                parts.append(self._connection.bio_read(65_536))
            except SSL.WantReadError:
                return split_records(b"".join(parts))

    def _schedule(self, now_s: float) -> None:
        own = _RESEND_AFTER_S[self._resends] if self._resends < len(_RESEND_AFTER_S) else None
        theirs = self._connection.DTLSv1_get_timeout()
        waits = [wait for wait in (own, theirs) if wait is not None]
        self.deadline_s = now_s + min(waits) if waits else None
