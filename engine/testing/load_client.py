"""A WebRTC participant without a browser: STUN checks, DTLS client role, SRTP; for load and tests.

It publishes the packets that it is given and counts what arrives in each slot; it decodes and
paces nothing. One process carries 200 of them.

    client = LoadClient(video_slots=4)
    opened = service.open(client.offer, client.sources)
    await nursery.start(client.run, opened.answer)   # Returns when DTLS is up.
"""

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import trio
from aioice import stun
from OpenSSL import SSL
from pylibsrtp import Error as SrtpError
from pylibsrtp import Policy, Session

from ..forward.api import SrtpKeys
from ..media import Source
from ..rtp.twcc import FEEDBACK_INTERVAL_S
from ..transport.certificate import Certificate, generate_certificate
from ..transport.demultiplex import KIND_BY_FIRST_BYTE, DatagramKind
from ..transport.dtls import DtlsSession, DtlsState, make_context
from ..transport.ice import Credentials, new_credentials
from ..transport.stun import SocketAddress
from ..transport.udp_socket import DatagramFilter, SocketCounters, UdpSocket
from .arrival_times import keep_arrival_times, receive_timed
from .load_client_sdp import AnsweredSlot, ReadAnswer, read_answer, write_offer
from .load_feedback import LoadFeedback, Received

_CHECK_EVERY_S: Final = 2.5  # As Chromium.
_RETRY_EVERY_S: Final = 0.05
_TICK_S: Final = 0.02  # While connecting.
_SOCKET_BUFFER_BYTES: Final = 1024 * 1024
_PRIORITY: Final = (110 << 24) | (65_535 << 8) | 255  # Peer reflexive.
_REPLAY_WINDOW: Final = 1024

DEFAULT_SEND: Final[Mapping[Source, tuple[str, ...]]] = {
    Source.MICROPHONE: (),
    Source.CAMERA: ("l", "m", "h"),
    Source.SCREEN: ("l", "h"),
}


class LoadIdentity:
    """A certificate with its DTLS context; clients may share one (making it takes 1 ms)."""

    def __init__(self) -> None:
        self.certificate: Certificate = generate_certificate()
        self.context: SSL.Context = make_context(self.certificate)


@dataclass(slots=True)
class SlotReception:
    """What one slot received. `unauthentic` packets are counted by the client, not here."""

    slot: AnsweredSlot
    packets: int = 0
    bytes: int = 0  # Of RTP packets, header included, tag not.
    retransmissions: int = 0
    first_sequence: int = -1
    highest_sequence: int = -1  # Extended beyond 16 bits.

    @property
    def lost(self) -> int:
        """Expected minus received on the media SSRC; retransmissions do not mend it."""
        if self.first_sequence < 0:
            return 0
        return self.highest_sequence - self.first_sequence + 1 - self.packets

    @property
    def received(self) -> Received:
        """What a receiver report says of it."""
        return Received(self.slot.ssrc, self.packets, self.lost, max(0, self.highest_sequence))

    def count(self, sequence_number: int, length: int) -> None:
        self.packets += 1
        self.bytes += length
        if self.first_sequence < 0:
            self.first_sequence = self.highest_sequence = sequence_number
            return
        step = (sequence_number - self.highest_sequence) & 0xFFFF
        if step < 0x8000:
            self.highest_sequence += step


class LoadClient:
    """One participant.

    Attributes:
        offer: To be answered by `MediaService.open`, with `sources`.
        slots: What each slot received, by mid; filled when `run` has read the answer.
        foreign: Datagrams from another address than the server's (facts/webrtc.md 24).
        unauthentic: SRTP and SRTCP packets that did not decrypt.
        moved_to: Our address as the server last saw it.
        rtcp_sent: How many packets of feedback and reports were sent.
        arrived_ns: When the datagram in hand reached the socket, nanoseconds since 1970.
    """

    def __init__(
        self,
        *,
        send: Mapping[Source, Iterable[str]] = DEFAULT_SEND,
        audio_slots: int = 3,
        video_slots: int = 4,
        identity: LoadIdentity | None = None,
        server_address: str | None = None,
        decrypt: bool = True,
        on_rtp: Callable[[str, bytes], None] | None = None,
        times_arrivals: bool = False,
        gives_feedback: bool = False,
        on_rtcp: Callable[[bytes], None] | None = None,
        send_filter: DatagramFilter | None = None,
        receive_filter: DatagramFilter | None = None,
    ) -> None:
        """Make the offer.

        Args:
            send: Sources to offer, with their rids, lowest first.
            server_address: Which of the answer's candidates to use; None: 127.0.0.1, or the first.
            decrypt: False: slots are counted by the SSRC in the clear (cheaper, for load).
            on_rtp: Called with mid and packet of each media packet; decrypted if `decrypt`.
            times_arrivals: Keep `arrived_ns`.
            gives_feedback: Tell what arrives as a browser does; see `load_feedback`.
            on_rtcp: Called with each compound RTCP packet, decrypted.
            send_filter: For tests of loss, as of `UdpSocket`.
            receive_filter: The same.
        """
        self._identity = identity or LoadIdentity()
        self._credentials: Credentials = new_credentials("")
        self.offer, self.sources = write_offer(
            send=send,
            audio_slots=audio_slots,
            video_slots=video_slots,
            ufrag=self._credentials.ufrag,
            password=self._credentials.password,
            fingerprint=self._identity.certificate.fingerprint,
        )
        self.slots: dict[str, SlotReception] = {}
        self.counters = SocketCounters()
        self.foreign = 0
        self.unauthentic = 0
        self.rtcp_packets = 0
        self.moved_to: SocketAddress | None = None
        self.arrived_ns = 0
        self._times_arrivals = times_arrivals or gives_feedback
        self._feedback = LoadFeedback() if gives_feedback else None
        self._server_address = server_address
        self._decrypt = decrypt
        self._on_rtp = on_rtp
        self._on_rtcp = on_rtcp
        self._filters = (send_filter, receive_filter)
        self._media: dict[int, SlotReception] = {}
        self._repairs: dict[int, SlotReception] = {}
        self._closed = trio.Event()
        self._connected = trio.Event()
        self._check_at_s = float("-inf")
        self._reading = trio.CancelScope()

    @property
    def is_connected(self) -> bool:
        return self._connected.is_set()

    @property
    def rtcp_sent(self) -> int:
        return 0 if self._feedback is None else self._feedback.told

    async def run(
        self, answer: str, *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED
    ) -> None:
        """Connect, report started, receive until the server closes or the task is cancelled.

        Cancel-safe: the server is told (close_notify).
        """
        self._answer: ReadAnswer = read_answer(answer)
        self._server: SocketAddress = self._choose_candidate()
        for slot in self._answer.slots:
            reception = self.slots[slot.mid] = SlotReception(slot)
            self._media[slot.ssrc] = reception
            if slot.rtx_ssrc is not None:
                self._repairs[slot.rtx_ssrc] = reception
        self._dtls = DtlsSession(self._identity.context, self._answer.fingerprints, is_client=True)
        self._socket = self._bind()
        try:
            async with trio.open_nursery() as nursery:
                nursery.start_soon(self._read)
                nursery.start_soon(self._keep_time)
                await self._connected.wait()
                if self._feedback is not None:
                    nursery.start_soon(self._give_feedback, self._feedback)
                task_status.started()
                await self._closed.wait()
                nursery.cancel_scope.cancel()
        finally:
            self._dtls.close()
            self._send_dtls()
            self._socket.close()

    def send_rtp(self, packet: bytes) -> None:
        """Protect and send one RTP packet."""
        self._socket.send(self._outbound.protect(packet), self._server)

    def send_rtcp(self, packet: bytes) -> None:
        """Protect and send one compound RTCP packet."""
        self._socket.send(self._outbound.protect_rtcp(packet), self._server)

    def rebind(self) -> None:
        """Go on from another port, as after a change of network; the next check nominates it."""
        old, self._socket = self._socket, self._bind()
        self._reading.cancel()
        old.close()
        self._send_check()

    def _choose_candidate(self) -> tuple[str, int]:
        wanted = self._server_address or "127.0.0.1"
        for candidate in self._answer.candidates:
            if candidate[0] == wanted:
                return candidate
        return self._answer.candidates[0]

    def _bind(self) -> UdpSocket:
        send_filter, receive_filter = self._filters
        host = self._server[0]
        if host not in ("127.0.0.1", "::1"):
            host = "::" if ":" in host else "0.0.0.0"
        bound = UdpSocket(
            host,
            0,
            counters=self.counters,
            buffer_bytes=_SOCKET_BUFFER_BYTES,
            send_filter=send_filter,
            receive_filter=receive_filter,
        )
        if self._times_arrivals:
            keep_arrival_times(bound.socket)
        return bound

    async def _read(self) -> None:
        while True:
            with trio.CancelScope() as self._reading:
                while True:
                    await trio.lowlevel.wait_readable(self._socket.socket)
                    self._handle_arrived()
            # `rebind` cancels the scope so that the new socket is waited for.
            await trio.lowlevel.checkpoint()

    def _handle_arrived(self) -> None:
        if self._times_arrivals:
            for datagram, address, arrived_ns in receive_timed(self._socket.socket):
                self.arrived_ns = arrived_ns
                self._handle(datagram, address)
        else:
            for datagram, address in self._socket.receive():
                self._handle(datagram, address)

    async def _keep_time(self) -> None:
        while True:
            now_s = trio.current_time()
            if now_s >= self._check_at_s:
                self._send_check()
                answered = self.moved_to is not None
                self._check_at_s = now_s + (_CHECK_EVERY_S if answered else _RETRY_EVERY_S)
            if self._dtls.deadline_s is not None and now_s >= self._dtls.deadline_s:
                self._dtls.handle_timeout(now_s)
                self._send_dtls()
            await trio.sleep(_CHECK_EVERY_S / 2 if self.is_connected else _TICK_S)

    async def _give_feedback(self, feedback: LoadFeedback) -> None:
        while True:
            await trio.sleep(FEEDBACK_INTERVAL_S)
            received = [slot.received for slot in self.slots.values()]
            for packet in feedback.take(received, time.time()):
                self.send_rtcp(packet)

    def _handle(self, datagram: bytes, address: SocketAddress) -> None:
        if address[:2] != self._server[:2] or not datagram:
            self.foreign += 1
            return
        kind = KIND_BY_FIRST_BYTE[datagram[0]]
        if kind is DatagramKind.MEDIA:
            self._handle_media(datagram)
        elif kind is DatagramKind.DTLS:
            self._handle_dtls(datagram)
        elif kind is DatagramKind.STUN:
            self._handle_stun(datagram)

    def _handle_stun(self, datagram: bytes) -> None:
        message = stun.parse_message(datagram)
        if message.message_class is not stun.Class.RESPONSE:
            return
        if not message.check_message_integrity(self._answer.password.encode()):
            self.unauthentic += 1
            return
        is_first = self.moved_to is None
        self.moved_to = message.attributes["XOR-MAPPED-ADDRESS"]
        if is_first:
            self._check_at_s = trio.current_time() + _CHECK_EVERY_S
            self._dtls.start(trio.current_time())
            self._send_dtls()

    def _handle_dtls(self, datagram: bytes) -> None:
        self._dtls.handle_datagram(datagram, trio.current_time())
        self._send_dtls()
        if self._dtls.state is DtlsState.CONNECTED and not self.is_connected:
            assert self._dtls.keys is not None  # `DtlsSession` sets them before CONNECTED.
            self._outbound, self._inbound = _srtp_sessions(self._dtls.keys)
            self._connected.set()
        elif self._dtls.state in (DtlsState.CLOSED, DtlsState.FAILED):
            self._closed.set()

    def _handle_media(self, datagram: bytes) -> None:
        if not self.is_connected:
            return
        try:
            if 192 <= datagram[1] <= 223:  # RFC 5761 section 4.
                self._handle_rtcp(datagram)
                return
            if self._feedback is not None:
                self._feedback.handle_rtp(datagram, self.arrived_ns / 1e9)
            packet = self._inbound.unprotect(datagram) if self._decrypt else datagram
        except SrtpError:
            self.unauthentic += 1
            return
        ssrc = int.from_bytes(packet[8:12], "big")
        reception = self._media.get(ssrc)
        if reception is not None:
            reception.count(int.from_bytes(packet[2:4], "big"), len(packet))
            if self._on_rtp is not None:
                self._on_rtp(reception.slot.mid, packet)
        elif ssrc in self._repairs:
            self._repairs[ssrc].retransmissions += 1
        else:
            self.foreign += 1

    def _handle_rtcp(self, datagram: bytes) -> None:
        self.rtcp_packets += 1
        if self._feedback is None and self._on_rtcp is None:
            return
        compound = self._inbound.unprotect_rtcp(datagram)
        if self._feedback is not None:
            self._feedback.handle_rtcp(compound, self.arrived_ns / 1e9)
        if self._on_rtcp is not None:
            self._on_rtcp(compound)

    def _send_check(self) -> None:
        message = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
        message.attributes["USERNAME"] = f"{self._answer.ufrag}:{self._credentials.ufrag}"
        message.attributes["PRIORITY"] = _PRIORITY
        message.attributes["ICE-CONTROLLING"] = 1
        message.attributes["USE-CANDIDATE"] = None
        message.add_message_integrity(self._answer.password.encode())
        self._socket.send(bytes(message), self._server)

    def _send_dtls(self) -> None:
        for datagram in self._dtls.take_datagrams():
            self._socket.send(datagram, self._server)


def _srtp_sessions(keys: SrtpKeys) -> tuple[Session, Session]:
    """Outbound, inbound."""
    policies = []
    for key, ssrc_type in (
        (keys.local_key + keys.local_salt, Policy.SSRC_ANY_OUTBOUND),
        (keys.remote_key + keys.remote_salt, Policy.SSRC_ANY_INBOUND),
    ):
        policy = Policy(key, ssrc_type, srtp_profile=Policy.SRTP_PROFILE_AEAD_AES_128_GCM)
        policy.allow_repeat_tx = True
        policy.window_size = _REPLAY_WINDOW
        policies.append(policy)
    return Session(policies[0]), Session(policies[1])
