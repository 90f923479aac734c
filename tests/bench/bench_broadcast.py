"""What a broadcast to many WebSocket listeners costs the server, for each delivery.

Run: `python tests/bench/bench_broadcast.py [--listeners 2000] [--messages 50]`. Only the server's
process is counted; the listeners are an epoll loop in another one.
"""

import argparse
import json
import platform
import resource
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import trio
from gateway_rig import Rig, hello, open_rig

MESSAGE_BYTES = 300
LISTENERS_FILE = Path(__file__).with_name("broadcast_clients.py")


@dataclass(frozen=True, slots=True)
class Figures:
    """CPU of the server's process; `call_s` is the longest a call of `broadcast` held the loop."""

    listeners: int
    messages: int
    cpu_s: float
    wall_s: float
    call_s: float
    loop_gap_s: float
    join_cpu_s: float
    rss_bytes: int
    missing: int
    in_order: bool

    @property
    def us_for_each_delivery(self) -> float:
        return self.cpu_s / (self.listeners * self.messages) * 1e6


async def measure(listeners: int, messages: int) -> Figures:
    """Open the listeners, broadcast one message at a time, wait until all have all."""
    async with open_rig() as rig:
        rss_before = _rss_bytes()
        join_cpu_s = time.process_time()
        process = await trio.lowlevel.open_process(
            [sys.executable, str(LISTENERS_FILE)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        assert process.stdin is not None
        assert process.stdout is not None
        order = {
            "port": rig.port,
            "listeners": listeners,
            "messages": messages,
            "message_bytes": MESSAGE_BYTES,
            "hello": hello().hex(),
        }
        await process.stdin.send_all(json.dumps(order).encode() + b"\n")
        assert (await process.stdout.receive_some()).startswith(b"READY")
        join_cpu_s = time.process_time() - join_cpu_s
        rss_bytes = _rss_bytes() - rss_before
        cpu_s, wall_s = time.process_time(), time.perf_counter()
        call_s, loop_gap_s = await _broadcast(rig, messages)
        outcome = json.loads(await process.stdout.receive_some())
        cpu_s, wall_s = time.process_time() - cpu_s, time.perf_counter() - wall_s
        await process.wait()
    return Figures(
        listeners=listeners,
        messages=messages,
        cpu_s=cpu_s,
        wall_s=wall_s,
        call_s=call_s,
        loop_gap_s=loop_gap_s,
        join_cpu_s=join_cpu_s,
        rss_bytes=rss_bytes,
        **outcome,
    )


async def _broadcast(rig: Rig, messages: int) -> tuple[float, float]:
    """Post all messages, each when the one before is out; the longest call and loop gap."""
    everybody = tuple(request.connection_id for request in rig.classroom.joined)
    longest_call_s = longest_gap_s = 0.0
    for number in range(messages):
        payload = bytes(MESSAGE_BYTES - 8) + number.to_bytes(8, "big")
        start_s = time.perf_counter()
        rig.table.broadcast(everybody, payload)
        longest_call_s = max(longest_call_s, time.perf_counter() - start_s)
        while rig.table.statistics().queued_broadcasts:
            before_s = time.perf_counter()
            await trio.lowlevel.checkpoint()
            longest_gap_s = max(longest_gap_s, time.perf_counter() - before_s)
    return longest_call_s, longest_gap_s


def _rss_bytes() -> int:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize()


def run(listeners: int, messages: int) -> Figures:
    """Measure once."""

    async def bounded() -> Figures:
        with trio.fail_after(120):
            return await measure(listeners, messages)

    return trio.run(bounded)


def main() -> None:
    """Print the figures with what is needed to repeat them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--listeners", type=int, default=2000)
    parser.add_argument("--messages", type=int, default=50)
    options = parser.parse_args()
    figures = run(options.listeners, options.messages)
    print(f"command: {' '.join(sys.argv)}")
    print(f"python {platform.python_version()}, trio {trio.__version__}, {platform.platform()}")
    print(f"{figures.listeners} listeners, {figures.messages} messages of {MESSAGE_BYTES} bytes")
    print(f"CPU for each delivery     {figures.us_for_each_delivery:8.2f} us")
    print(f"wall for each broadcast   {figures.wall_s / figures.messages * 1e3:8.2f} ms")
    print(f"longest call              {figures.call_s * 1e3:8.2f} ms")
    print(f"longest gap of the loop   {figures.loop_gap_s * 1e3:8.2f} ms")
    print(f"CPU for each join         {figures.join_cpu_s / figures.listeners * 1e6:8.0f} us")
    print(f"memory for each listener  {figures.rss_bytes / figures.listeners / 1024:8.1f} KiB")
    print(f"missing {figures.missing}, in order: {figures.in_order}")


if __name__ == "__main__":
    main()
