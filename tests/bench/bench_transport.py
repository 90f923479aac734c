"""What the media port costs the server: offers, joins, checks, sends, memory; on loopback.

Run: `.venv/bin/python tests/bench/bench_transport.py [--clients 200]` with `PYTHONPATH=.ci/path`.
The clients are in another process; a fake forwarder stands behind the port.
"""

import argparse
import gc
import json
import platform
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

import trio
from aioice import stun

from emporion.engine.clock import TrioClock
from emporion.engine.forward.api import Transmit
from emporion.engine.media import Source
from emporion.engine.testing.fake_forwarder import FakeForwarder
from emporion.engine.testing.load_client_process import LoadProcess, open_load_process
from emporion.engine.testing.load_client_sdp import write_offer
from emporion.engine.transport.service import MediaService
from emporion.engine.transport.settings import MediaSettings

PACKET_BYTES = 1200
SENDS = 2000
SOURCES = {Source.MICROPHONE: (), Source.CAMERA: ("l", "m", "h"), Source.SCREEN: ("l", "h")}


@dataclass(frozen=True, slots=True)
class Figures:
    """CPU time of this process, all of it trio's included, where it says `cpu`."""

    open_ms: float  # Parse and answer an offer of 18 m-lines (12 video slots).
    join_cpu_ms: float  # From the offer to DTLS up; without WebSocket.
    memory_kib: float  # Of each connected transport.
    check_us: float  # A connectivity check, answer sent.
    train_us: float  # For each packet of trains of 7.
    single_us: float  # For each packet sent alone.


async def measure(clients: int) -> Figures:
    """Join `clients` of another process, one after another, then send to one of them."""
    forwarder = FakeForwarder()
    service = MediaService(
        MediaSettings(host="127.0.0.1", port=0),
        forwarder,
        clock=TrioClock(),
        on_event=lambda _: None,
    )
    async with trio.open_nursery() as nursery:
        await nursery.start(service.run)
        open_ms = _open_ms(service)
        async with open_load_process(
            clients=clients, video_slots=12, sources=SOURCES, decrypt=False
        ) as load:
            await _join(service, load, 0)  # Warm.
            gc.collect()
            before_kib, before_s = _rss_kib(), time.process_time()
            for client in range(1, clients):
                await _join(service, load, client)
            # What this process pays for the pipe to the clients is in it: about 0.1 ms.
            join_cpu_ms = (time.process_time() - before_s) / (clients - 1) * 1e3
            gc.collect()
            memory_kib = (_rss_kib() - before_kib) / (clients - 1)
            figures = Figures(
                open_ms=open_ms,
                join_cpu_ms=join_cpu_ms,
                memory_kib=memory_kib,
                check_us=_check_us(service),
                train_us=_send_us(service, forwarder, 7),
                single_us=_send_us(service, forwarder, 1),
            )
        nursery.cancel_scope.cancel()
    return figures


def _open_ms(service: MediaService) -> float:
    offer, sources = _offer()

    def open_and_close() -> None:
        service.close(service.open(offer, sources).transport_id)

    return median(_cpu_s(open_and_close) for _ in range(50)) * 1e3


def _offer() -> tuple[str, dict[str, Source]]:
    return write_offer(
        send=SOURCES,
        audio_slots=3,
        video_slots=12,
        ufrag="abcd",
        password="p" * 24,
        fingerprint=":".join(["AB"] * 32),
    )


async def _join(service: MediaService, load: LoadProcess, client: int) -> None:
    await load.connect(client, service.open(load.offers[client], load.sources).answer)


def _check_us(service: MediaService) -> float:
    """Checks of a connected client, made here, fed where the socket would feed them."""
    connections = service._connections
    transport_id, path = next(iter(connections.routes.items()))
    credentials = connections.transports[transport_id].ice.credentials
    message = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
    message.attributes["USERNAME"] = f"{credentials.ufrag}:{credentials.remote_ufrag}"
    message.attributes["PRIORITY"] = 1
    message.attributes["ICE-CONTROLLING"] = 1
    message.attributes["USE-CANDIDATE"] = None
    message.add_message_integrity(credentials.password.encode())
    datagram, now_s = bytes(message), trio.current_time()

    def check() -> None:
        for _ in range(SENDS):
            connections.handle_check(datagram, path, now_s)

    return _cpu_s(check) / SENDS * 1e6


def _send_us(service: MediaService, forwarder: FakeForwarder, packets: int) -> float:
    transport_id = next(iter(forwarder.keys))
    data = (bytes([128]) + bytes(PACKET_BYTES - 1)) * packets
    for _ in range(SENDS):
        forwarder.queue(Transmit(transport_id, data, PACKET_BYTES))
    return _cpu_s(service.pump) / SENDS / packets * 1e6


def _cpu_s(step: Callable[[], None]) -> float:
    begin_s = time.thread_time()
    step()
    return time.thread_time() - begin_s


def _rss_kib() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clients", type=int, default=200)
    clients = parser.parse_args().clients
    figures = trio.run(measure, clients)
    print(
        json.dumps(
            {
                "bench": "transport",
                "command": f"python tests/bench/bench_transport.py --clients {clients}",
                "machine": f"{platform.machine()} {platform.release()}",
                "python": platform.python_version(),
                **{name: round(value, 3) for name, value in asdict(figures).items()},
            }
        )
    )


if __name__ == "__main__":
    main()
