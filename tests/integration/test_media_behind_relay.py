"""A media service behind the emulated network: it offers the relay's port, and survives it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import trio

from emporion.engine.clock import TrioClock
from emporion.engine.testing.fake_forwarder import FakeForwarder
from emporion.engine.testing.load_client import LoadClient, LoadIdentity
from emporion.engine.testing.network import LinkProfile, NetworkProfile, RandomLoss
from emporion.engine.testing.network.relay import Relay
from emporion.engine.transport.service import MediaService
from emporion.engine.transport.settings import MediaSettings
from emporion.engine.transport.transport import AddressMoved, MediaEvent

HOST = "127.0.0.1"


def network(link: LinkProfile, *, changes_s: tuple[float, ...] = ()) -> NetworkProfile:
    return NetworkProfile(name="test", summary="", down=link, up=link, address_changes_s=changes_s)


@asynccontextmanager
async def behind(
    profile: NetworkProfile,
) -> AsyncIterator[tuple[MediaService, Relay, list[MediaEvent], trio.Nursery]]:
    """A service that offers a relay's port instead of its own."""
    events: list[MediaEvent] = []
    relay = Relay([HOST], 0, profile, seed=1)
    settings = MediaSettings(host=HOST, port=0, advertised_port=relay.port)
    service = MediaService(settings, FakeForwarder(), clock=TrioClock(), on_event=events.append)
    with trio.fail_after(30):
        async with trio.open_nursery() as nursery:
            await nursery.start(service.run)
            await nursery.start(relay.run, service.port)
            yield service, relay, events, nursery
            nursery.cancel_scope.cancel()


@pytest.mark.parametrize("loss", [None, RandomLoss(0.2)])
async def test_a_client_joins_through_the_network(loss: RandomLoss | None) -> None:
    profile = network(LinkProfile(delay_s=0.02, loss=loss))
    async with behind(profile) as (service, relay, _, nursery):
        client = LoadClient(identity=LoadIdentity())
        opened = service.open(client.offer, client.sources)

        await nursery.start(client.run, opened.answer)  # Returns when DTLS is up.

        assert f" {HOST} {relay.port} typ host" in opened.answer
        assert f" {HOST} {service.port} typ host" not in opened.answer
        assert len(relay.paths) == 1


async def test_the_server_follows_a_client_whose_address_changes() -> None:
    profile = network(LinkProfile(delay_s=0.001), changes_s=(0.5,))
    async with behind(profile) as (service, _, events, nursery):
        client = LoadClient(identity=LoadIdentity())
        opened = service.open(client.offer, client.sources)
        await nursery.start(client.run, opened.answer)

        while AddressMoved not in map(type, events):  # noqa: ASYNC110  # Its checks are seconds apart.
            await trio.sleep(0.05)
