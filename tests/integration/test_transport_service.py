"""The media port on real loopback sockets, with load clients in place of browsers."""

import socket
import struct
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
import trio
from pylibsrtp import Policy, Session

from emporion.engine.clock import TrioClock
from emporion.engine.errors import ConfigError, LocalProtocolError, RemoteProtocolError
from emporion.engine.forward.api import AudioHeard, SlotParameters, SrtpKeys, Transmit
from emporion.engine.ids import TrackId, TransportId
from emporion.engine.media import Kind
from emporion.engine.testing.fake_forwarder import FakeForwarder
from emporion.engine.testing.load_client import LoadClient, LoadIdentity
from emporion.engine.transport.service import MediaService, OpenedTransport
from emporion.engine.transport.settings import MediaSettings
from emporion.engine.transport.transport import (
    AddressMoved,
    CloseCause,
    MediaEvent,
    TransportClosed,
    TransportConnected,
)
from emporion.engine.transport.udp_socket import Buffer, DatagramFilter

_IDENTITY = LoadIdentity()


def _has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True


class _Node:
    """A running service with what it told, and clients that join it."""

    def __init__(self, service: MediaService, forwarder: FakeForwarder) -> None:
        self.service = service
        self.forwarder = forwarder
        self.events: list[MediaEvent] = []
        self._send_event, self._receive_event = trio.open_memory_channel[MediaEvent](1000)

    def tell(self, event: MediaEvent) -> None:
        self.events.append(event)
        self._send_event.send_nowait(event)

    async def wait_for(self, kind: type[object]) -> MediaEvent:
        with trio.fail_after(5):
            async for event in self._receive_event:
                if isinstance(event, kind):
                    return event
        raise AssertionError

    async def join(
        self, nursery: trio.Nursery, client: LoadClient
    ) -> tuple[LoadClient, OpenedTransport]:
        opened = self.service.open(client.offer, client.sources)
        with trio.fail_after(5):
            await nursery.start(client.run, opened.answer)
        return client, opened


@asynccontextmanager
async def _running(
    settings: MediaSettings | None = None,
    *,
    send_filter: DatagramFilter | None = None,
    receive_filter: DatagramFilter | None = None,
) -> AsyncIterator[tuple[_Node, trio.Nursery]]:
    forwarder = FakeForwarder()
    service = MediaService(
        settings or MediaSettings(port=0),
        forwarder,
        clock=TrioClock(),
        on_event=lambda event: node.tell(event),
        send_filter=send_filter,
        receive_filter=receive_filter,
    )
    node = _Node(service, forwarder)
    with trio.fail_after(20):
        async with trio.open_nursery() as nursery:
            await nursery.start(service.run)
            yield node, nursery
            nursery.cancel_scope.cancel()


def _client(**options: object) -> LoadClient:
    return LoadClient(identity=_IDENTITY, **options)  # type: ignore[arg-type]  # Passed through.


async def _until(condition: Callable[[], bool]) -> None:
    with trio.fail_after(5):
        while not condition():  # noqa: ASYNC110 - Counters have no event.
            await trio.sleep(0.005)


def _rtp(ssrc: int, sequence_number: int, payload_bytes: int = 100) -> bytes:
    head = struct.pack("!BBHII", 128, 96, sequence_number & 0xFFFF, 0, ssrc)
    return head + bytes(payload_bytes)


def _sealer(keys: SrtpKeys) -> Session:
    return Session(
        Policy(
            keys.local_key + keys.local_salt,
            Policy.SSRC_ANY_OUTBOUND,
            srtp_profile=Policy.SRTP_PROFILE_AEAD_AES_128_GCM,
        )
    )


def _opener(keys: SrtpKeys) -> Session:
    return Session(
        Policy(
            keys.remote_key + keys.remote_salt,
            Policy.SSRC_ANY_INBOUND,
            srtp_profile=Policy.SRTP_PROFILE_AEAD_AES_128_GCM,
        )
    )


def _train(
    node: _Node, transport_id: TransportId, slot: SlotParameters, count: int, first: int = 0
) -> Transmit:
    sealer = _sealer(node.forwarder.keys[transport_id])
    packets = [sealer.protect(_rtp(slot.ssrc, first + number)) for number in range(count)]
    packets[-1] = sealer.protect(_rtp(slot.ssrc, first + count, 40))
    return Transmit(transport_id, b"".join(packets), len(packets[0]))


def _video(opened: OpenedTransport) -> SlotParameters:
    return next(slot for slot in opened.slots if slot.kind is Kind.VIDEO)


_ADDRESSES = ["127.0.0.1"] + (["::1"] if _has_ipv6() else [])


@pytest.mark.parametrize("address", _ADDRESSES)
async def test_a_client_connects_and_media_flows_both_ways(address: str) -> None:
    async with _running() as (node, nursery):
        client, opened = await node.join(nursery, _client(server_address=address))
        await node.wait_for(TransportConnected)
        slot = _video(opened)

        node.forwarder.queue(_train(node, opened.transport_id, slot, 7))
        node.service.pump()
        client.send_rtp(_rtp(4711, 1))
        await _until(lambda: client.slots[slot.mid].packets == 7)
        await _until(lambda: len(node.forwarder.received) == 1)

        transport_id, datagram = node.forwarder.received[0]
        assert transport_id == opened.transport_id
        keys = node.forwarder.keys[transport_id]
        assert _opener(keys).unprotect(datagram) == _rtp(4711, 1)
        assert (client.foreign, client.unauthentic) == (0, 0)


async def test_the_forwarder_knows_the_transport_before_open_returns() -> None:
    async with _running() as (node, _):
        opened = node.service.open(_client(video_slots=2).offer, {})

        lines, slots = node.forwarder.transports[opened.transport_id]
        assert (lines, slots) == ((), opened.slots)
        assert len(slots) == 5


async def test_a_refused_offer_leaves_nothing() -> None:
    async with _running() as (node, _):
        with pytest.raises(RemoteProtocolError):
            node.service.open("v=0\r\n", {})

        assert node.forwarder.transports == {}
        assert node.service.statistics().transports == 0


async def test_a_train_is_one_send_where_the_kernel_has_gso() -> None:
    async with _running() as (node, nursery):
        client, opened = await node.join(nursery, _client())
        if not node.service.statistics().has_gso:
            pytest.skip("This kernel has no UDP_SEGMENT.")
        slot = _video(opened)
        before = node.service.statistics().sockets.sends

        node.forwarder.queue(_train(node, opened.transport_id, slot, 60))
        node.service.pump()

        assert node.service.statistics().sockets.sends == before + 1
        await _until(lambda: client.slots[slot.mid].packets == 60)


async def test_a_train_is_many_sends_without_gso() -> None:
    async with _running(MediaSettings(port=0, use_gso=False)) as (node, nursery):
        client, opened = await node.join(nursery, _client())
        slot = _video(opened)
        before = node.service.statistics().sockets.sends

        node.forwarder.queue(_train(node, opened.transport_id, slot, 9))
        node.service.pump()

        assert node.service.statistics().sockets.sends == before + 9
        await _until(lambda: client.slots[slot.mid].packets == 9)


async def test_events_of_the_forwarder_are_passed_on() -> None:
    async with _running() as (node, _):
        node.forwarder.queue(AudioHeard(TrackId("TR_a"), -20))
        node.service.pump()

        assert node.events == [AudioHeard(TrackId("TR_a"), -20)]


async def test_the_forwarder_is_called_at_its_timeout() -> None:
    async with _running() as (node, _):
        due_s = trio.current_time() + 0.05
        node.forwarder.next_timeout_s = due_s
        node.service.pump()
        node.forwarder.next_timeout_s = float("inf")

        await _until(lambda: bool(node.forwarder.timeouts_s))

        assert node.forwarder.timeouts_s[0] >= due_s


async def test_a_forwarder_that_is_always_due_does_not_spin() -> None:
    async with _running() as (node, _):
        node.forwarder.next_timeout_s = 0.0
        node.service.pump()
        await trio.sleep(0.05)

        assert 1 <= len(node.forwarder.timeouts_s) <= 110


async def test_the_end_of_a_client_is_told() -> None:
    """webrtc.md 3: close_notify."""
    async with _running() as (node, nursery):
        async with trio.open_nursery() as visit:
            _, opened = await node.join(visit, _client())
            visit.cancel_scope.cancel()

        event = await node.wait_for(TransportClosed)

        assert event == TransportClosed(opened.transport_id, CloseCause.CLOSED)
        assert node.forwarder.transports == {}
        assert not nursery.cancel_scope.cancel_called


async def test_closing_ends_the_client() -> None:
    async with _running() as (node, nursery):
        client = _client()
        opened = node.service.open(client.offer, client.sources)
        with trio.fail_after(5):
            async with trio.open_nursery() as visit:
                await visit.start(client.run, opened.answer)
                node.service.close(opened.transport_id)

        assert not any(isinstance(event, TransportClosed) for event in node.events)
        assert not nursery.cancel_scope.cancel_called


async def test_a_moved_client_keeps_its_media() -> None:
    async with _running() as (node, nursery):
        client, opened = await node.join(nursery, _client())
        slot = _video(opened)

        client.rebind()
        await node.wait_for(AddressMoved)
        node.forwarder.queue(_train(node, opened.transport_id, slot, 3))
        node.service.pump()

        await _until(lambda: client.slots[slot.mid].packets == 3)


async def test_a_client_that_never_comes_is_closed() -> None:
    async with _running(MediaSettings(port=0, handshake_timeout_s=0.5)) as (node, _):
        opened = node.service.open(_client().offer, {})

        event = await node.wait_for(TransportClosed)

        assert event == TransportClosed(opened.transport_id, CloseCause.HANDSHAKE_TIMEOUT)


async def test_a_silent_client_loses_its_consent() -> None:
    async with _running(MediaSettings(port=0, consent_timeout_s=0.5)) as (node, nursery):
        _, opened = await node.join(nursery, _client())

        event = await node.wait_for(TransportClosed)

        assert event == TransportClosed(opened.transport_id, CloseCause.CONSENT_EXPIRED)


async def test_an_ice_restart_is_answered_with_new_credentials_on_the_same_slots() -> None:
    async with _running() as (node, nursery):
        client, opened = await node.join(nursery, _client())
        first_line = next(line for line in client.offer.split("\r\n") if "ice-ufrag" in line)

        answer = node.service.restart(
            opened.transport_id, client.offer.replace(first_line, "a=ice-ufrag:anew")
        )

        def without_ice(text: str) -> list[str]:
            lines = text.split("\r\n")
            return [line for line in lines if not line.startswith(("a=ice-", "o="))]

        assert without_ice(answer) == without_ice(opened.answer)
        assert answer != opened.answer


async def test_an_offer_that_is_more_than_an_ice_restart_is_refused() -> None:
    async with _running() as (node, _):
        client = _client()
        opened = node.service.open(client.offer, client.sources)
        other = _client(video_slots=5)
        for offer, code in (
            (other.offer, "sdp.changed"),
            (client.offer.replace("96 VP8/", "96 VP7/"), "sdp.changed"),
            ("", "sdp.malformed"),
        ):
            with pytest.raises(RemoteProtocolError) as caught:
                node.service.restart(opened.transport_id, offer)
            assert caught.value.code == code
        with pytest.raises(RemoteProtocolError) as caught:
            node.service.restart(TransportId("TP_gone"), client.offer)
        assert caught.value.code == "sdp.transport_gone"


async def test_rubbish_of_every_kind_disturbs_nobody() -> None:
    """webrtc.md 9: anybody can send to the port."""
    async with _running() as (node, nursery):
        client, opened = await node.join(nursery, _client())
        slot = _video(opened)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
            for first in range(256):
                for rest in (
                    b"",
                    bytes(19),
                    b"\x01\0\0\x21\x12\xa4\x42" + bytes(40),
                    b"\xff" * 1400,
                ):
                    stranger.sendto(bytes([first]) + rest, ("127.0.0.1", node.service.port))
            stranger.sendto(b"", ("127.0.0.1", node.service.port))
        await _until(lambda: node.service.statistics().unknown > 200)

        node.forwarder.queue(_train(node, opened.transport_id, slot, 3))
        node.service.pump()

        await _until(lambda: client.slots[slot.mid].packets == 3)
        assert node.service.statistics().failures == 0
        assert node.forwarder.received == []


async def test_a_fault_of_the_forwarder_costs_one_batch() -> None:
    """webrtc.md 9: an exception must not end the port for everybody."""
    async with _running() as (node, nursery):
        client, _ = await node.join(nursery, _client())
        taking = node.forwarder.handle_datagrams

        def fail(*_: object) -> None:
            raise RuntimeError("a bug")

        node.forwarder.handle_datagrams = fail  # type: ignore[method-assign, assignment]  # The fault.
        client.send_rtp(_rtp(1, 1))
        await _until(lambda: node.service.statistics().failures == 1)
        node.forwarder.handle_datagrams = taking  # type: ignore[method-assign]  # Mended.
        client.send_rtp(_rtp(1, 2))

        await _until(lambda: len(node.forwarder.received) == 1)


async def test_a_datagram_to_loopback_from_elsewhere_is_dropped() -> None:
    """webrtc.md 10: Chromium also checks from its other addresses to 127.0.0.1."""
    async with _running() as (node, _):
        others = [host for host in node.service.addresses if ":" not in host]
        others.remove("127.0.0.1")
        if not others:
            pytest.skip("This machine has only loopback addresses.")
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
            stranger.bind((others[0], 0))
            stranger.sendto(b"\0" * 20, ("127.0.0.1", node.service.port))

        await _until(lambda: node.service.statistics().sockets.dropped_foreign == 1)


async def test_what_is_queued_for_a_peer_without_an_address_is_counted() -> None:
    async with _running() as (node, _):
        opened = node.service.open(_client().offer, {})

        node.forwarder.queue(Transmit(opened.transport_id, b"x", 1))
        node.service.pump()

        assert node.service.statistics().unroutable == 1


def _lose(numbers: set[int]) -> tuple[DatagramFilter, list[int]]:
    """Lose DTLS datagrams by running number; the list counts them."""
    seen: list[int] = []

    def passes(datagram: Buffer) -> bool:
        if not 20 <= datagram[0] <= 63:
            return True
        seen.append(len(datagram))
        return len(seen) - 1 not in numbers

    return passes, seen


async def test_a_lost_first_flight_costs_a_tenth_of_a_second() -> None:
    """webrtc.md 3b: 1.0 s with OpenSSL's timer alone."""
    passes, seen = _lose({0})
    async with _running(send_filter=passes) as (node, nursery):
        begin_s = trio.current_time()
        await node.join(nursery, _client())

        assert len(seen) >= 2
        assert trio.current_time() - begin_s < 0.6


async def test_a_lost_last_flight_is_sent_again_after_the_handshake() -> None:
    """webrtc.md 3: the server is connected by then and must still be driven."""
    passes, seen = _lose({1})
    async with _running(send_filter=passes) as (node, nursery):
        client = _client()
        opened = node.service.open(client.offer, client.sources)
        nursery.start_soon(client.run, opened.answer)
        await node.wait_for(TransportConnected)
        assert not client.is_connected

        await _until(lambda: client.is_connected)
        assert len(seen) >= 3


@pytest.mark.parametrize("number", [0, 1])
async def test_a_lost_datagram_of_the_client_is_made_good(number: int) -> None:
    passes, _ = _lose({number})
    async with _running(receive_filter=passes) as (node, nursery):
        await node.join(nursery, _client())


async def test_a_taken_port_is_a_configuration_error() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        settings = MediaSettings(host="127.0.0.1", port=taken.getsockname()[1])
        service = MediaService(
            settings, FakeForwarder(), clock=TrioClock(), on_event=lambda _: None
        )
        with pytest.raises(ConfigError, match=str(settings.port)):
            await service.run()


async def test_opening_before_running_is_a_bug_of_the_caller() -> None:
    service = MediaService(
        MediaSettings(port=0), FakeForwarder(), clock=TrioClock(), on_event=lambda _: None
    )
    with pytest.raises(LocalProtocolError):
        service.open("", {})


async def test_a_client_counts_what_comes_from_elsewhere_and_drops_it() -> None:
    """webrtc.md 24: an unexplained authentication failure, before sources were checked."""
    async with _running() as (node, nursery):
        client, _ = await node.join(nursery, _client())
        assert client.moved_to is not None
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
            stranger.sendto(b"\x80" + bytes(40), client.moved_to[:2])

        await _until(lambda: client.foreign == 1)
        assert client.unauthentic == 0


async def test_a_service_can_run_again() -> None:
    forwarder = FakeForwarder()
    service = MediaService(
        MediaSettings(port=0), forwarder, clock=TrioClock(), on_event=lambda _: None
    )
    for _ in range(2):
        async with trio.open_nursery() as nursery:
            await nursery.start(service.run)
            client = _client()
            with trio.fail_after(5):
                await nursery.start(client.run, service.open(client.offer, {}).answer)
            nursery.cancel_scope.cancel()

        assert forwarder.transports == {}
        assert service.port == 0


async def test_all_addresses_share_one_port_and_are_offered() -> None:
    async with _running() as (node, _):
        opened = node.service.open(_client().offer, {})

        for address in node.service.addresses:
            assert f" {address} {node.service.port} typ host\r\n" in opened.answer


async def test_fifty_clients_join_at_once() -> None:
    async with _running() as (node, nursery):
        clients = [_client(video_slots=1) for _ in range(50)]

        async def join(client: LoadClient) -> None:
            await node.join(nursery, client)

        async with trio.open_nursery() as storm:
            for client in clients:
                storm.start_soon(join, client)

        statistics = node.service.statistics()
        assert statistics.transports_connected == 50
        assert statistics.failures == 0
        assert not any(client.foreign or client.unauthentic for client in clients)
