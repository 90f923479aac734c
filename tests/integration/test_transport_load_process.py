"""Load clients in another process, towards a service in this one."""

import struct

import trio

from emporion.engine.clock import TrioClock
from emporion.engine.ids import TransportId
from emporion.engine.media import Source
from emporion.engine.testing.fake_forwarder import FakeForwarder
from emporion.engine.testing.load_client_process import open_load_process
from emporion.engine.transport.service import MediaService
from emporion.engine.transport.settings import MediaSettings


async def test_clients_of_another_process_connect_publish_and_count() -> None:
    forwarder = FakeForwarder()
    service = MediaService(
        MediaSettings(port=0), forwarder, clock=TrioClock(), on_event=lambda _: None
    )
    packets = [
        struct.pack("!BBHII", 128, 96, 65_535 + k & 0xFFFF, 0, 5) + bytes(50) for k in (0, 1)
    ]
    transports: list[TransportId] = []
    with trio.fail_after(20):
        async with trio.open_nursery() as nursery:
            await nursery.start(service.run)
            async with open_load_process(clients=3, stamped=True) as load:
                assert load.sources == {"0": Source.CAMERA}
                for client, offer in enumerate(load.offers):
                    opened = service.open(offer, load.sources)
                    transports.append(opened.transport_id)
                    await load.connect(client, opened.answer)

                await load.publish(1, packets, interval_s=0.01, frames=4, timestamp_step=3000)

                while len(forwarder.received) < 8:  # noqa: ASYNC110 - Counters have no event.
                    await trio.sleep(0.005)
                figures = await load.statistics()
            nursery.cancel_scope.cancel()

    assert {transport_id for transport_id, _ in forwarder.received} == {transports[1]}
    heads = [struct.unpack_from("!HI", datagram, 2) for _, datagram in forwarder.received]
    assert heads == [((65_535 + k) & 0xFFFF, k // 2 * 3000) for k in range(8)]
    assert (figures.packets, figures.packets_of_each) == (0, (0, 0, 0))
    assert figures.unauthentic == 0
