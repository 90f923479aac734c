"""The table of transports, with told time and without sockets."""

from dataclasses import dataclass

import pytest
from aioice import stun

from emporion.engine.ids import TransportId
from emporion.engine.testing.fake_forwarder import FakeForwarder
from emporion.engine.transport.answer import Negotiation
from emporion.engine.transport.certificate import generate_certificate
from emporion.engine.transport.connections import Connections
from emporion.engine.transport.dtls import DtlsSession, DtlsState, make_context
from emporion.engine.transport.ice import Credentials, IceLite, Path
from emporion.engine.transport.settings import MediaSettings
from emporion.engine.transport.transport import (
    AddressMoved,
    CloseCause,
    MediaEvent,
    MediaTransport,
    TransportClosed,
    TransportConnected,
)

_SERVER, _CLIENT = generate_certificate(), generate_certificate()
_SERVER_CONTEXT, _CLIENT_CONTEXT = make_context(_SERVER), make_context(_CLIENT)
_HOME, _AWAY = Path(0, ("192.0.2.1", 1000)), Path(0, ("198.51.100.1", 2000))


@dataclass
class _Peer:
    """The other end of one transport, played by hand."""

    credentials: Credentials
    dtls: DtlsSession

    def check(self, *, nominating: bool = True, password: str | None = None) -> bytes:
        message = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
        message.attributes["USERNAME"] = f"{self.credentials.ufrag}:{self.credentials.remote_ufrag}"
        if nominating:
            message.attributes["USE-CANDIDATE"] = None
        message.add_message_integrity((password or self.credentials.password).encode())
        return bytes(message)


class _World:
    """One `Connections` with what it sent and told."""

    def __init__(self) -> None:
        self.forwarder = FakeForwarder()
        self.sent: list[tuple[bytes, Path]] = []
        self.events: list[MediaEvent] = []
        self.connections = Connections(
            MediaSettings(),
            self.forwarder,
            send=lambda datagram, path: self.sent.append((datagram, path)),
            on_event=self.events.append,
        )
        self.connections.demultiplexer.add_socket()

    def add(self, name: str, now_s: float = 0.0) -> _Peer:
        credentials = Credentials(f"ufrag-{name}", "p" * 24, f"remote-{name}")
        fingerprints = {"sha-256": _CLIENT.fingerprint}
        transport = MediaTransport(
            transport_id=TransportId(name),
            ice=IceLite(credentials, checked_at_s=now_s),
            dtls=DtlsSession(_SERVER_CONTEXT, fingerprints),
            negotiation=Negotiation((), ()),
            sources={},
            fingerprints=fingerprints,
            first_ssrc=1,
            opened_at_s=now_s,
        )
        self.forwarder.add_transport(transport.transport_id, (), ())
        self.connections.add(transport)
        server_fingerprint = {"sha-256": _SERVER.fingerprint}
        return _Peer(credentials, DtlsSession(_CLIENT_CONTEXT, server_fingerprint, is_client=True))

    def take(self) -> list[bytes]:
        """DTLS datagrams that were sent since."""
        taken = [datagram for datagram, _ in self.sent if 20 <= datagram[0] <= 63]
        self.sent.clear()
        return taken

    def shake_hands(self, peer: _Peer, path: Path, now_s: float) -> None:
        peer.dtls.start(now_s)
        for _ in range(4):
            for datagram in peer.dtls.take_datagrams():
                self.connections.handle_dtls(datagram, path, now_s)
            for datagram in self.take():
                peer.dtls.handle_datagram(datagram, now_s)

    def connect(self, name: str, path: Path = _HOME) -> _Peer:
        peer = self.add(name)
        self.connections.handle_check(peer.check(), path, 1.0)
        self.shake_hands(peer, path, 1.5)
        assert peer.dtls.state is DtlsState.CONNECTED
        return peer


@pytest.fixture
def world() -> _World:
    return _World()


def test_keys_reach_the_forwarder_before_the_event_with_both_phases(world: _World) -> None:
    world.connect("a")

    assert world.forwarder.calls == ["add_transport", "connect_transport"]
    assert world.events == [TransportConnected(TransportId("a"), ice_s=1.0, dtls_s=0.5)]


def test_dtls_that_overtakes_the_first_check_is_kept_for_it(world: _World) -> None:
    """webrtc.md 7."""
    peer = world.add("a")
    peer.dtls.start(0.0)
    for datagram in peer.dtls.take_datagrams():
        world.connections.handle_dtls(datagram, _HOME, 0.0)
    assert world.sent == []

    world.connections.handle_check(peer.check(), _HOME, 0.1)

    assert world.take(), "the kept ClientHello was not answered"
    assert world.connections.counters.dtls_unexpected == 1


def test_dtls_from_an_unchecked_address_reaches_no_session(world: _World) -> None:
    world.connect("a")
    world.connections.handle_dtls(b"\x15\xfe\xfd" + bytes(20), _AWAY, 2.0)

    assert TransportId("a") in world.connections.transports
    assert world.take() == []


def test_a_lost_flight_is_sent_again_by_the_clock(world: _World) -> None:
    """webrtc.md 3b."""
    peer = world.add("a")
    world.connections.handle_check(peer.check(), _HOME, 0.0)
    peer.dtls.start(0.0)
    for datagram in peer.dtls.take_datagrams():
        world.connections.handle_dtls(datagram, _HOME, 0.0)
    lost = world.take()
    assert world.connections.next_timeout_s == pytest.approx(0.1)

    world.connections.handle_timeout(0.101)

    assert world.take() == lost


def test_without_a_handshake_the_transport_is_closed_after_15_s(world: _World) -> None:
    peer = world.add("a")
    for second in range(1, 15):
        world.connections.handle_check(peer.check(), _HOME, float(second))
        world.connections.handle_timeout(float(second))
    assert world.events == []

    world.connections.handle_timeout(15.0)

    assert world.events == [TransportClosed(TransportId("a"), CloseCause.HANDSHAKE_TIMEOUT)]
    assert world.forwarder.transports == {}


def test_consent_expires_after_30_s_without_a_check(world: _World) -> None:
    """RFC 7675; media and DTLS alone do not renew it."""
    peer = world.connect("a")
    world.connections.handle_check(peer.check(), _HOME, 20.0)
    world.connections.handle_timeout(45.0)
    world.connections.handle_check(peer.check(password="x" * 24), _HOME, 46.0)
    assert len(world.events) == 1

    world.connections.handle_timeout(50.0)

    assert world.events[-1] == TransportClosed(TransportId("a"), CloseCause.CONSENT_EXPIRED)
    assert world.take(), "the peer, should it still be there, was not told"


def test_a_closing_peer_ends_the_transport(world: _World) -> None:
    """webrtc.md 3: close_notify of a closed page."""
    peer = world.connect("a")
    peer.dtls.close()
    for datagram in peer.dtls.take_datagrams():
        world.connections.handle_dtls(datagram, _HOME, 2.0)

    assert world.events[-1] == TransportClosed(TransportId("a"), CloseCause.CLOSED)
    assert world.connections.demultiplexer.by_ufrag == {}
    assert world.connections.demultiplexer.by_path == [{}]
    assert world.connections.routes == {}


def test_a_wrong_certificate_ends_the_transport(world: _World) -> None:
    """webrtc.md 6."""
    peer = world.add("a")
    stranger = generate_certificate()
    peer.dtls = DtlsSession(
        make_context(stranger), {"sha-256": _SERVER.fingerprint}, is_client=True
    )
    world.connections.handle_check(peer.check(), _HOME, 1.0)
    world.shake_hands(peer, _HOME, 1.0)

    assert world.events == [TransportClosed(TransportId("a"), CloseCause.DTLS_FAILED)]
    assert world.forwarder.keys == {}


def test_close_tells_the_peer_and_not_the_caller(world: _World) -> None:
    peer = world.connect("a")
    told = len(world.events)

    world.connections.close(TransportId("a"))
    world.connections.close(TransportId("a"))

    for datagram in world.take():
        peer.dtls.handle_datagram(datagram, 2.0)
    assert peer.dtls.state is DtlsState.CLOSED
    assert len(world.events) == told
    assert world.forwarder.transports == {}


def test_a_nominated_address_is_followed_and_told(world: _World) -> None:
    peer = world.connect("a")

    world.connections.handle_check(peer.check(), _AWAY, 2.0)

    assert world.events[-1] == AddressMoved(TransportId("a"))
    assert world.connections.routes[TransportId("a")] == _AWAY
    assert world.sent[-1][1] == _AWAY


def test_a_stranger_cannot_take_an_address_in_use(world: _World) -> None:
    """A participant who forges another's source address would cut it off."""
    world.connect("a")
    thief = world.add("b")

    world.connections.handle_check(thief.check(), _HOME, 2.0)

    holder = world.connections.demultiplexer.holder(_HOME)
    assert holder is not None
    assert holder.transport_id == "a"
    assert world.connections.counters.checks_rejected == 1


def test_an_address_that_fell_silent_may_pass_to_somebody_else(world: _World) -> None:
    world.connect("a")
    heir = world.add("b")

    world.connections.handle_check(heir.check(), _HOME, 20.0)
    world.connections.close(TransportId("a"))

    holder = world.connections.demultiplexer.holder(_HOME)
    assert holder is not None
    assert holder.transport_id == "b"


@pytest.mark.parametrize("datagram", [b"\0", b"\0\1" + bytes(18), b"\1\1" + bytes(30)])
def test_rubbish_checks_are_counted(world: _World, datagram: bytes) -> None:
    """webrtc.md 9."""
    world.add("a")
    world.connections.handle_check(datagram, _HOME, 1.0)

    assert world.connections.counters.checks_rejected == 1
    assert world.sent == []


def test_an_ice_restart_keeps_the_path_until_the_new_credentials_come(world: _World) -> None:
    peer = world.connect("a")
    transport = world.connections.transports[TransportId("a")]

    world.connections.restart(transport, "remote-new")
    old_check = peer.check()
    world.connections.handle_check(old_check, _HOME, 2.0)
    peer.credentials = transport.ice.credentials
    world.connections.handle_check(peer.check(), _AWAY, 3.0)
    world.connections.handle_check(old_check, _HOME, 4.0)

    assert world.connections.counters.checks_rejected == 1
    assert world.connections.routes[TransportId("a")] == _AWAY
    assert list(world.connections.demultiplexer.by_ufrag) == [peer.credentials.ufrag]


def test_nothing_is_due_without_transports(world: _World) -> None:
    assert world.connections.next_timeout_s == float("inf")
    world.connect("a")
    world.connections.close(TransportId("a"))
    world.connections.handle_timeout(3.0)

    assert world.connections.next_timeout_s == float("inf")
