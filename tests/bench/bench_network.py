"""How fast links of the network emulator are, and how exact its relay is in real time.

    python tests/bench/bench_network.py [--seconds 3]

Links: packets for each second of CPU time, offered above their rate, so that the queue and every
part of the profile has its work. Relay: a sender in a process of its own writes the time into each
datagram, the kernel notes when it leaves the relay; what is beyond the profile's delay is the
error.
"""

import argparse
import os
import platform
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import quantiles

import trio

from emporion.engine.log import configure_logging
from emporion.engine.testing.arrival_times import keep_arrival_times, receive_timed
from emporion.engine.testing.network import PROFILES, Link, LinkProfile, NetworkProfile
from emporion.engine.testing.network.relay import Relay

LINKS = ("bufferbloat", "4g-moving", "crowded-wifi")
RATES = (200, 1000, 5000, 20_000)  # Packets/s: one viewer's video, a class, and what is too much.
DELAY_S = 0.030
HOST = "127.0.0.1"
_SO_RCVBUFFORCE = 33  # <asm-generic/socket.h>
_SENDER = """
import socket, sys, time
port, rate, count = (int(word) for word in sys.argv[1:])
udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
udp.connect(("127.0.0.1", port))
begin = time.monotonic()
for number in range(count):
    while (left := begin + number / rate - time.monotonic()) > 0:
        time.sleep(left)
    udp.send(b"%020d" % time.time_ns() + bytes(180))
"""


@dataclass(frozen=True, slots=True)
class RelayFigures:
    """`error_ms`: the percentiles of what the relay added to its delay."""

    rate: int
    sent: int
    arrived: int
    error_p50_ms: float
    error_p99_ms: float
    cpu_us: float


def link_packets_per_s(name: str, packets: int = 200_000) -> float:
    """One link at 480 packets of 1200 bytes a second, for each second of CPU time."""
    link, now_s = Link[int](PROFILES[name].down, seed=1), 0.0
    begin_s = time.process_time()
    for number in range(packets):
        now_s += 0.0021
        link.offer(1200, number, now_s)
        if link.next_s <= now_s:
            link.take(now_s)
    return packets / (time.process_time() - begin_s)


async def measure_relay(rate: int, seconds: float) -> RelayFigures:
    """Send through a relay and look at what the kernel noted."""
    link, count = LinkProfile(rate=None, delay_s=DELAY_S), round(rate * seconds)
    profile = NetworkProfile(name="bench", summary="", down=link, up=link)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind((HOST, 0))
        server.setblocking(False)
        server.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, 1 << 27)
        keep_arrival_times(server)
        relay = Relay([HOST], 0, profile, seed=1)
        async with trio.open_nursery() as nursery:
            await nursery.start(relay.run, server.getsockname()[1])
            begin_s = time.thread_time()
            words = [sys.executable, "-c", _SENDER, str(relay.port), str(rate), str(count)]
            await trio.run_process(words, stdin=subprocess.DEVNULL)
            await trio.sleep(DELAY_S + 0.5)
            cpu_s = time.thread_time() - begin_s
            nursery.cancel_scope.cancel()
        errors_ms = _errors_ms(server)
    percentiles = quantiles(errors_ms, n=100)
    return RelayFigures(
        rate, count, len(errors_ms), percentiles[49], percentiles[98], cpu_s / count * 1e6
    )


def _errors_ms(server: socket.socket) -> Sequence[float]:
    errors: list[float] = []
    while batch := receive_timed(server):
        errors.extend((at_ns - int(data[:20])) / 1e6 - DELAY_S * 1e3 for data, _, at_ns in batch)
    return errors


def main() -> None:
    """Print the figures with what is needed to repeat them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=3.0, help="of each rate")
    options = parser.parse_args()
    configure_logging("warning", json=False)
    print(f"command: {' '.join(sys.argv)}")
    print(f"Python {platform.python_version()}, trio {trio.__version__}, {platform.platform()}")
    print(f"{os.cpu_count()} CPUs, load {os.getloadavg()[0]:.1f}")
    for name in LINKS:
        print(f"link {name:14} {link_packets_per_s(name):9,.0f} packets for a second of CPU")
    for rate in RATES:
        figures = trio.run(measure_relay, rate, options.seconds)
        print(
            f"relay {rate:6,} packets/s: {figures.arrived:,} of {figures.sent:,} arrived, error p50"
            f" {figures.error_p50_ms:.2f} ms, p99 {figures.error_p99_ms:.2f} ms,"
            f" {figures.cpu_us:.0f} us of CPU each"
        )


if __name__ == "__main__":
    main()
