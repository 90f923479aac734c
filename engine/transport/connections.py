"""All transports of the media port: connectivity checks, handshakes, silence and ends. No sockets.

Datagrams leave through the `send` callback. A connected transport's keys go to the forwarder
before anybody is told; an ended one is taken from the forwarder before anybody is told.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from ..forward.api import Forwarder
from ..ids import TransportId
from .demultiplex import Demultiplexer, EarlyDatagrams
from .dtls import DtlsState
from .ice import CheckOutcome, Path
from .settings import MediaSettings
from .stun import Check, parse_check
from .transport import (
    AddressMoved,
    CloseCause,
    MediaEvent,
    MediaTransport,
    TransportClosed,
    TransportConnected,
)

_SWEEP_EVERY_S: Final = 1.0  # Silence is counted in tens of seconds.


@dataclass(slots=True)
class ConnectionCounters:
    """Plain integers, read at scrape time (L4)."""

    connected: int = 0
    ice_s_sum: float = 0.0
    dtls_s_sum: float = 0.0
    closed_by_peer: int = 0
    consent_expired: int = 0
    dtls_failed: int = 0
    handshake_timeouts: int = 0
    addresses_moved: int = 0
    checks_answered: int = 0
    checks_rejected: int = 0  # Malformed, for nobody, or not authentic.
    dtls_unexpected: int = 0  # From an address without a checked path.


class Connections:
    """The table of transports and its clockwork."""

    def __init__(
        self,
        settings: MediaSettings,
        forwarder: Forwarder,
        *,
        send: Callable[[bytes, Path], None],
        on_event: Callable[[MediaEvent], None],
    ) -> None:
        self.transports: dict[TransportId, MediaTransport] = {}
        self.routes: dict[TransportId, Path] = {}  # Where each one's datagrams go now.
        self.demultiplexer: Demultiplexer[MediaTransport] = Demultiplexer()
        self.counters = ConnectionCounters()
        self._settings = settings
        self._forwarder = forwarder
        self._send = send
        self._on_event = on_event
        self._handshaking: dict[TransportId, MediaTransport] = {}
        self._early = EarlyDatagrams()
        self._sweep_at_s = float("inf")
        self.next_timeout_s = float("inf")  # When `handle_timeout` has something to do.

    def add(self, transport: MediaTransport) -> None:
        self.transports[transport.transport_id] = transport
        self._handshaking[transport.transport_id] = transport
        if len(self.transports) == 1:
            self._sweep_at_s = transport.opened_at_s + _SWEEP_EVERY_S
        self.next_timeout_s = min(self.next_timeout_s, self._sweep_at_s)
        self.demultiplexer.by_ufrag[transport.ice.credentials.ufrag] = transport

    def restart(self, transport: MediaTransport, remote_ufrag: str) -> None:
        """New credentials after a change of network; the path stays until the peer has another."""
        void_ufrag = transport.ice.restart(remote_ufrag)
        if void_ufrag is not None:
            self.demultiplexer.by_ufrag.pop(void_ufrag, None)
        self.demultiplexer.by_ufrag[transport.ice.credentials.ufrag] = transport

    def close(self, transport_id: TransportId) -> None:
        """End a transport; the peer is told, `on_event` is not. An unknown id is a no-op."""
        transport = self.transports.get(transport_id)
        if transport is not None:
            transport.dtls.close()
            self._flush(transport)
            self._remove(transport)

    def handle_check(self, datagram: bytes, path: Path, now_s: float) -> None:
        """Answer a connectivity check; whatever else looks like STUN is counted and dropped."""
        check = parse_check(datagram)
        transport = None if check is None else self.demultiplexer.by_ufrag.get(check.local_ufrag)
        if check is None or transport is None or not self._may_use(transport, path, now_s):
            self.counters.checks_rejected += 1
            return
        self._follow(transport, check, path, now_s)

    def handle_dtls(self, datagram: bytes, path: Path, now_s: float) -> None:
        """Feed a datagram to its session; from an unknown path it waits for the path's check."""
        transport = self.demultiplexer.holder(path)
        if transport is None:
            self.counters.dtls_unexpected += 1
            self._early.keep(path, datagram)
        else:
            self._feed(transport, datagram, now_s)

    def handle_timeout(self, now_s: float) -> None:
        """Resend lost flights; close what was silent for too long. Early calls are harmless."""
        for transport in list(self._handshaking.values()):
            deadline_s = transport.dtls.deadline_s
            if deadline_s is not None and now_s >= deadline_s:
                transport.dtls.handle_timeout(now_s)
                self._after_dtls(transport, now_s)
        if now_s >= self._sweep_at_s:
            self._sweep_at_s = now_s + _SWEEP_EVERY_S
            for transport in list(self.transports.values()):
                cause = transport.silence_cause(
                    now_s,
                    handshake_timeout_s=self._settings.handshake_timeout_s,
                    consent_timeout_s=self._settings.consent_timeout_s,
                )
                if cause is not None:
                    self._end(transport, cause)
        self.next_timeout_s = self._soonest_s()

    def _soonest_s(self) -> float:
        if not self.transports:
            return float("inf")
        deadlines = (transport.dtls.deadline_s for transport in self._handshaking.values())
        return min([self._sweep_at_s, *(at_s for at_s in deadlines if at_s is not None)])

    def _may_use(self, transport: MediaTransport, path: Path, now_s: float) -> bool:
        holder = self.demultiplexer.holder(path)
        return holder is None or holder is transport or not holder.ice.holds(path, now_s)

    def _follow(self, transport: MediaTransport, check: Check, path: Path, now_s: float) -> None:
        outcome = transport.ice.handle_check(check, path, now_s)
        if outcome.reply is None:
            self.counters.checks_rejected += 1
            return
        self.counters.checks_answered += 1
        self._send(outcome.reply, path)
        self._enter_paths(transport, outcome)
        if outcome.moved and transport.is_connected:
            self.counters.addresses_moved += 1
            self._on_event(AddressMoved(transport.transport_id))
        if outcome.learned is not None:
            if transport.first_check_at_s is None:
                transport.first_check_at_s = now_s
            for datagram in self._early.take(path):
                self._feed(transport, datagram, now_s)

    def _enter_paths(self, transport: MediaTransport, outcome: CheckOutcome) -> None:
        if outcome.forgotten is not None:
            self.demultiplexer.forget(outcome.forgotten, transport)
        if outcome.learned is not None:
            self.demultiplexer.learn(outcome.learned, transport)
        if outcome.retired_ufrag is not None:
            self.demultiplexer.by_ufrag.pop(outcome.retired_ufrag, None)
        if transport.ice.selected is not None:
            self.routes[transport.transport_id] = transport.ice.selected

    def _feed(self, transport: MediaTransport, datagram: bytes, now_s: float) -> None:
        transport.dtls.handle_datagram(datagram, now_s)
        self._after_dtls(transport, now_s)

    def _after_dtls(self, transport: MediaTransport, now_s: float) -> None:
        self._flush(transport)
        if transport.dtls.state is DtlsState.CONNECTED:
            if not transport.is_connected:
                self._connect(transport, now_s)
            return
        cause = transport.close_cause()
        if cause is not None:
            self._end(transport, cause)
        elif transport.dtls.deadline_s is not None:
            self.next_timeout_s = min(self.next_timeout_s, transport.dtls.deadline_s)

    def _connect(self, transport: MediaTransport, now_s: float) -> None:
        assert transport.dtls.keys is not None  # `DtlsSession` sets them before CONNECTED.
        transport.is_connected = True
        self._handshaking.pop(transport.transport_id, None)
        self._forwarder.connect_transport(transport.transport_id, transport.dtls.keys, now_s)
        checked_at_s = transport.first_check_at_s or now_s
        event = TransportConnected(
            transport.transport_id,
            ice_s=checked_at_s - transport.opened_at_s,
            dtls_s=now_s - checked_at_s,
        )
        self.counters.connected += 1
        self.counters.ice_s_sum += event.ice_s
        self.counters.dtls_s_sum += event.dtls_s
        self._on_event(event)

    def _end(self, transport: MediaTransport, cause: CloseCause) -> None:
        transport.dtls.close()
        self._flush(transport)
        if self.transports.get(transport.transport_id) is not transport:
            return
        self._remove(transport)
        match cause:
            case CloseCause.CLOSED:
                self.counters.closed_by_peer += 1
            case CloseCause.CONSENT_EXPIRED:
                self.counters.consent_expired += 1
            case CloseCause.DTLS_FAILED:
                self.counters.dtls_failed += 1
            case CloseCause.HANDSHAKE_TIMEOUT:
                self.counters.handshake_timeouts += 1
        self._on_event(TransportClosed(transport.transport_id, cause))

    def _remove(self, transport: MediaTransport) -> None:
        self.transports.pop(transport.transport_id, None)
        self._handshaking.pop(transport.transport_id, None)
        self.routes.pop(transport.transport_id, None)
        for credentials in (transport.ice.credentials, transport.ice.retiring):
            if credentials is not None:
                self.demultiplexer.by_ufrag.pop(credentials.ufrag, None)
        for path in transport.ice.paths:
            self.demultiplexer.forget(path, transport)
        self._forwarder.remove_transport(transport.transport_id)

    def _flush(self, transport: MediaTransport) -> None:
        path = transport.ice.selected
        for datagram in transport.dtls.take_datagrams():
            if path is not None:
                self._send(datagram, path)
