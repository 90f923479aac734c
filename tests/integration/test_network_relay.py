"""The relay in real time, on loopback sockets: who is heard as whom, when, and how many."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import trio

from emporion.engine.testing.network import ConstantRate, LinkProfile, NetworkProfile, RandomLoss
from emporion.engine.testing.network import relay as relay_module
from emporion.engine.testing.network.relay import Relay

HOST = "127.0.0.1"
DELAY_S = 0.05


def network(
    *, delay_s: float = 0.0, loss: RandomLoss | None = None, changes_s: tuple[float, ...] = ()
) -> NetworkProfile:
    link = LinkProfile(rate=ConstantRate(10e6), delay_s=delay_s, loss=loss)
    return NetworkProfile(
        name="test", summary="", down=link, up=LinkProfile(delay_s=0), address_changes_s=changes_s
    )


class Peer:
    """A UDP socket that is not waited for longer than two seconds."""

    def __init__(self) -> None:
        self.socket = trio.socket.socket(trio.socket.AF_INET, trio.socket.SOCK_DGRAM)

    async def bind(self) -> "Peer":
        await self.socket.bind((HOST, 0))
        return self

    @property
    def port(self) -> int:
        return int(self.socket.getsockname()[1])

    async def send(self, data: bytes, port: int) -> None:
        await self.socket.sendto(data, (HOST, port))

    async def receive(self) -> tuple[bytes, int]:
        with trio.fail_after(2):
            data, address = await self.socket.recvfrom(2048)
        return data, address[1]


@asynccontextmanager
async def relaying(profile: NetworkProfile) -> AsyncIterator[tuple[Relay, Peer]]:
    """A relay and the server behind it."""
    server = await Peer().bind()
    relay = Relay([HOST], 0, profile, seed=1)
    async with trio.open_nursery() as nursery:
        await nursery.start(relay.run, server.port)
        yield relay, server
        nursery.cancel_scope.cancel()
    server.socket.close()


async def test_each_client_has_an_address_of_its_own_at_the_server() -> None:
    async with relaying(network()) as (relay, server):
        first, second = await Peer().bind(), await Peer().bind()
        ports = []
        for client in (first, second):
            await client.send(b"hello", relay.port)
            data, port = await server.receive()
            assert data == b"hello"
            ports.append(port)
        assert len({*ports, relay.port}) == 3
        for client, port in zip((first, second), ports, strict=True):
            await server.send(b"to %d" % port, port)
            assert await client.receive() == (b"to %d" % port, relay.port)


async def test_the_way_down_takes_its_delay() -> None:
    async with relaying(network(delay_s=DELAY_S)) as (relay, server):
        client = await Peer().bind()
        await client.send(b"hello", relay.port)
        _, port = await server.receive()
        sent_s = trio.current_time()
        await server.send(b"answer", port)
        await client.receive()
        assert DELAY_S - 0.002 <= trio.current_time() - sent_s < DELAY_S + 1.0


async def test_a_changed_address_is_another_socket_at_the_server() -> None:
    async with relaying(network(changes_s=(0.1,))) as (relay, server):
        client = await Peer().bind()
        await client.send(b"before", relay.port)
        _, before = await server.receive()
        await trio.sleep(0.2)
        await client.send(b"after", relay.port)
        data, after = await server.receive()
        assert data == b"after"
        assert after != before
        await server.send(b"lost", before)
        await server.send(b"found", after)
        assert (await client.receive())[0] == b"found"


async def test_another_profile_counts_from_now_on() -> None:
    async with relaying(network(loss=RandomLoss(1.0))) as (relay, server):
        client = await Peer().bind()
        await client.send(b"hello", relay.port)
        _, port = await server.receive()
        await server.send(b"lost", port)
        await trio.sleep(0.05)
        relay.configure(network())
        await server.send(b"found", port)
        assert (await client.receive())[0] == b"found"
        assert relay.paths[0].down.counters.lost == 1


async def test_strangers_beyond_the_bound_are_counted_and_cost_nobody_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(relay_module, "MAX_CLIENTS", 1)
    async with relaying(network()) as (relay, server):
        known, stranger = await Peer().bind(), await Peer().bind()
        await known.send(b"known", relay.port)
        assert (await server.receive())[0] == b"known"
        await stranger.send(b"stranger", relay.port)
        await known.send(b"again", relay.port)
        assert (await server.receive())[0] == b"again"
        assert relay.dropped_strangers == 1


async def test_a_path_that_nobody_uses_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relay_module, "IDLE_S", 0.1)
    async with relaying(network()) as (relay, server):
        client = await Peer().bind()
        await client.send(b"hello", relay.port)
        await server.receive()
        with trio.fail_after(2):
            while relay.paths:  # noqa: ASYNC110  # Nobody else needs an event for it.
                await trio.sleep(0.05)


async def test_only_the_server_is_heard_on_an_upstream_socket() -> None:
    async with relaying(network()) as (relay, server):
        client, forger = await Peer().bind(), await Peer().bind()
        await client.send(b"hello", relay.port)
        _, port = await server.receive()
        await forger.send(b"forged", port)
        await server.send(b"genuine", port)
        assert (await client.receive())[0] == b"genuine"


async def test_it_carries_a_thousand_packets_each_second() -> None:
    """A floor far below what it does, for busy machines."""
    async with relaying(network(delay_s=0.01)) as (relay, server):
        client = await Peer().bind()
        await client.send(b"hello", relay.port)
        _, port = await server.receive()
        began_s = trio.current_time()
        for _ in range(50):
            for _ in range(20):
                await server.send(b"x" * 200, port)
            for _ in range(20):
                await client.receive()
        assert trio.current_time() - began_s < 5
