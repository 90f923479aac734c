"""The media port's face: offers are answered, transports opened, restarted and closed here."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Final

import trio

from ..clock import Clock
from ..congestion.api import Estimator
from ..congestion.remb import RembEstimator
from ..errors import LocalProtocolError, RemoteProtocolError
from ..forward.api import Forwarder, InboundLine, SlotParameters
from ..ids import SlotId, TransportId, new_slot_id, new_transport_id
from ..media import Source
from .addresses import candidate_lines, plan_addresses
from .answer import LocalTransport, Negotiation, negotiate, write_answer
from .certificate import generate_certificate
from .connections import ConnectionCounters
from .dtls import DtlsSession, make_context
from .ice import IceLite, new_credentials
from .pump import Pump
from .rate_control import RateControl
from .sdp import Offer, parse_offer
from .settings import MediaSettings
from .transport import MediaEvent, MediaTransport
from .udp_socket import DatagramFilter, SocketCounters, UdpSocket, bind_all

# Slots take two SSRCs each from a random one upwards: it leaves room below 2**32, and 0 out.
_FIRST_SSRC_LIMIT: Final = 2**32 - 2**16


@dataclass(frozen=True, slots=True)
class OpenedTransport:
    """An answered offer. `lines` and `slots` are in the offer's order."""

    transport_id: TransportId
    answer: str
    lines: tuple[tuple[InboundLine, Source], ...]
    slots: tuple[SlotParameters, ...]


@dataclass(frozen=True, slots=True)
class MediaStatistics:
    """Counters since the start (L4), read at scrape time; see `Pump` for the middle ones."""

    transports: int
    transports_connected: int
    has_gso: bool
    unroutable: int
    unknown: int
    failures: int
    sockets: SocketCounters
    connections: ConnectionCounters


class MediaService:
    """Everybody's media on one UDP port, in front of one forwarder.

    `on_event` is called synchronously and must not wait; the forwarder has been told before.
    """

    def __init__(
        self,
        settings: MediaSettings,
        forwarder: Forwarder,
        *,
        clock: Clock,
        on_event: Callable[[MediaEvent], None],
        estimator: Estimator | None = None,
        send_filter: DatagramFilter | None = None,
        receive_filter: DatagramFilter | None = None,
    ) -> None:
        """Bind nothing yet.

        Args:
            estimator: None: receivers' own estimates are followed (REMB).
            send_filter: For tests of loss, as `receive_filter`; see `UdpSocket`.
        """
        self._settings = settings
        self._forwarder = forwarder
        self._clock = clock
        self._filters = (send_filter, receive_filter)
        self._certificate = generate_certificate()
        self._context = make_context(self._certificate)
        self._rate_control = RateControl(
            estimator or RembEstimator(), forwarder, clock=clock, on_event=on_event
        )
        self._pump = Pump(settings, forwarder, clock=clock, rate_control=self._rate_control)
        self._connections = self._pump.connections
        self._sockets: list[UdpSocket] = []
        self._socket_counters = SocketCounters()
        self._candidates = ""

    @property
    def port(self) -> int:
        """The bound UDP port; 0 before `run` has started."""
        return self._sockets[0].port if self._sockets else 0

    @property
    def addresses(self) -> tuple[str, ...]:
        """The bound local addresses."""
        return tuple(udp_socket.host for udp_socket in self._sockets)

    async def run(self, *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        """Bind, report started, and serve until cancelled; then tell every peer (close_notify).

        Raises:
            ConfigError: The port cannot be bound.
        """
        self._bind()
        try:
            async with trio.open_nursery() as nursery:
                for index in range(len(self._sockets)):
                    nursery.start_soon(self._pump.read, index)
                nursery.start_soon(self._pump.keep_time)
                task_status.started()
        finally:
            for transport_id in list(self._connections.transports):
                self._connections.close(transport_id)
            for udp_socket in self._sockets:
                udp_socket.close()
            self._sockets = []

    def open(self, offer: str, sources: Mapping[str, Source]) -> OpenedTransport:
        """Answer a participant's one offer; its transport is in the forwarder when this returns.

        Args:
            offer: SDP as the browser wrote it.
            sources: What is sent on which m-line, by mid. Every line the participant may ever send
                on must be named: others are refused, and there is no second offer. Whether it
                may publish there is decided when it does.

        Raises:
            RemoteProtocolError: The offer cannot be answered, `code` is `sdp.…`; nothing is left.
        """
        if not self._sockets:
            raise LocalProtocolError("MediaService.open was called before run had started.")
        parsed = parse_offer(offer)
        first_ssrc = 1 + secrets.randbelow(_FIRST_SSRC_LIMIT)
        slot_id, numbers = new_slot_id(), count()  # One draw for fifteen slots.
        negotiation = negotiate(
            parsed,
            sources,
            first_ssrc=first_ssrc,
            new_slot_id=lambda: SlotId(f"{slot_id}.{next(numbers)}"),
        )
        now_s = self._clock.now_s()
        transport = MediaTransport(
            transport_id=new_transport_id(),
            ice=IceLite(new_credentials(parsed.ufrag), checked_at_s=now_s),
            dtls=DtlsSession(self._context, parsed.fingerprints),
            negotiation=negotiation,
            sources=dict(sources),
            fingerprints=parsed.fingerprints,
            first_ssrc=first_ssrc,
            opened_at_s=now_s,
        )
        lines = [line for line, _ in negotiation.lines]
        self._forwarder.add_transport(transport.transport_id, lines, negotiation.slots)
        self._connections.add(transport)
        self._pump.drain()
        answer = self._write_answer(parsed, transport)
        return OpenedTransport(transport.transport_id, answer, negotiation.lines, negotiation.slots)

    def restart(self, transport_id: TransportId, offer: str) -> str:
        """Answer an offer that only renews ICE; media goes on over the old path meanwhile.

        Raises:
            RemoteProtocolError: As `open`; `sdp.changed` if it is more than an ICE restart;
                `sdp.transport_gone` if the transport has ended. Nothing has changed then.
        """
        transport = self._connections.transports.get(transport_id)
        if transport is None:
            raise RemoteProtocolError("The transport has ended.", code="sdp.transport_gone")
        parsed = parse_offer(offer)
        if (
            parsed.fingerprints != transport.fingerprints
            or _renegotiate(parsed, transport) != transport.negotiation
        ):
            raise RemoteProtocolError(
                "The offer was refused: an ICE restart must not change m-lines, codecs or the "
                "certificate.",
                code="sdp.changed",
            )
        self._connections.restart(transport, parsed.ufrag)
        transport.answer_version += 1
        return self._write_answer(parsed, transport)

    def close(self, transport_id: TransportId) -> None:
        """End a transport; its peer is told, no event is given. An unknown id is a no-op."""
        self._connections.close(transport_id)
        self._rate_control.remove(transport_id)
        self._pump.drain()

    def want(self, transport_id: TransportId, wanted_bps: int) -> None:
        """Say what would be sent to a participant if its link carried it; 0: nothing more.

        What is missing to it is what the estimator probes for. An unknown id is a no-op.
        """
        if transport_id in self._connections.transports:
            self._rate_control.want(transport_id, wanted_bps)

    def pump(self) -> None:
        """Send at once what writing the forwarder's table from outside gave it to say.

        Without it that waits for the next datagram or timeout.
        """
        self._pump.drain()

    def statistics(self) -> MediaStatistics:
        transports = self._connections.transports.values()
        return MediaStatistics(
            transports=len(transports),
            transports_connected=sum(transport.is_connected for transport in transports),
            has_gso=any(udp_socket.has_gso for udp_socket in self._sockets),
            unroutable=self._pump.unroutable,
            unknown=self._pump.unknown,
            failures=self._pump.failures,
            sockets=self._socket_counters,
            connections=self._connections.counters,
        )

    def _bind(self) -> None:
        settings = self._settings
        plan = plan_addresses(settings.host, settings.advertised_addresses)
        send_filter, receive_filter = self._filters

        def make(host: str, port: int) -> UdpSocket:
            return UdpSocket(
                host,
                port,
                counters=self._socket_counters,
                buffer_bytes=settings.socket_buffer_bytes,
                use_gso=settings.use_gso,
                send_filter=send_filter,
                receive_filter=receive_filter,
            )

        self._sockets = bind_all(plan.bound, settings.port, make)
        self._pump.attach(self._sockets)
        self._candidates = candidate_lines(plan.advertised, settings.advertised_port or self.port)

    def _write_answer(self, offer: Offer, transport: MediaTransport) -> str:
        credentials = transport.ice.credentials
        local = LocalTransport(
            ufrag=credentials.ufrag,
            password=credentials.password,
            fingerprint=self._certificate.fingerprint,
            candidates=self._candidates,
            session_id=transport.first_ssrc,
            version=transport.answer_version,
        )
        return write_answer(offer, transport.negotiation, local)


def _renegotiate(offer: Offer, transport: MediaTransport) -> Negotiation | None:
    """What the offer would mean with the slots of before; None if it has more of them."""
    known = iter(transport.negotiation.slots)

    def next_slot_id() -> SlotId:
        return next(known).slot_id

    try:
        return negotiate(
            offer, transport.sources, first_ssrc=transport.first_ssrc, new_slot_id=next_slot_id
        )
    except StopIteration:
        return None
