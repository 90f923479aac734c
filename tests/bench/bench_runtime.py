"""What actors cost: messages, asks and idle actors. Run: python tests/bench/bench_runtime.py"""

import gc
import platform
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import structlog
import trio
import trio.testing

from emporion.engine.runtime import Actor, ActorRef, ChildSpec, open_supervisor


class Work(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="work"):
    number: int


class Counter(Actor[Work]):
    """Counts, so that the bench sees that every message came."""

    def __init__(self) -> None:
        self.count = 0

    async def receive(self, message: Work) -> int:
        self.count += 1
        return message.number


@dataclass(frozen=True, slots=True)
class Percentiles:
    """Microseconds."""

    p50_us: float
    p99_us: float
    cpu_us: float


async def measure_tells(messages: int, *, strict: bool) -> float:
    """Messages told and received per second of CPU time, in bursts of 64."""
    counter = Counter()
    message = Work(number=1)
    async with open_supervisor("bench", strict=strict) as supervisor:
        ref = await supervisor.start_child(ChildSpec("counter", lambda: counter))
        started_s = time.process_time()
        for _ in range(messages // 64):
            for _ in range(64):
                ref.tell(message)
            await trio.lowlevel.checkpoint()
        await ref.ask(message)
        spent_s = time.process_time() - started_s
    return counter.count / spent_s


async def measure_lone_tells(messages: int) -> float:
    """The dearest case: each message finds the actor parked. Messages per second of CPU time."""
    counter = Counter()
    async with open_supervisor("bench", strict=False) as supervisor:
        ref = await supervisor.start_child(ChildSpec("counter", lambda: counter))
        message = Work(number=1)
        started_s = time.process_time()
        for _ in range(messages):
            ref.tell(message)
            await trio.lowlevel.checkpoint()
        spent_s = time.process_time() - started_s
    return messages / spent_s


async def measure_asks(asks: int, *, strict: bool) -> Percentiles:
    """The round trip of one ask at a time, on the wall clock, and its CPU time."""
    async with open_supervisor("bench", strict=strict) as supervisor:
        ref: ActorRef[Work] = await supervisor.start_child(ChildSpec("counter", Counter))
        message = Work(number=1)
        trips_s = []
        started_s = time.process_time()
        for _ in range(asks):
            asked_s = time.perf_counter()
            await ref.ask(message)
            trips_s.append(time.perf_counter() - asked_s)
        spent_s = time.process_time() - started_s
    trips_s.sort()
    return Percentiles(
        p50_us=trips_s[asks // 2] * 1e6,
        p99_us=trips_s[asks * 99 // 100] * 1e6,
        cpu_us=spent_s / asks * 1e6,
    )


@dataclass(frozen=True, slots=True)
class IdleCost:
    """Of all actors together."""

    growth_bytes: int
    start_cpu_us: float
    stop_cpu_us: float


async def measure_idle(actors: int) -> IdleCost:
    """Growth of the resident memory, and CPU time to start and to end each actor."""
    async with open_supervisor("bench", strict=False) as supervisor:
        gc.collect()
        before_bytes = _resident_bytes()
        started_s = time.process_time()
        for number in range(actors):
            await supervisor.start_child(ChildSpec(f"idle-{number}", Counter))
        await trio.testing.wait_all_tasks_blocked()
        start_cpu_s = time.process_time() - started_s
        gc.collect()
        growth_bytes = _resident_bytes() - before_bytes
        started_s = time.process_time()
    stop_cpu_s = time.process_time() - started_s
    return IdleCost(growth_bytes, start_cpu_s / actors * 1e6, stop_cpu_s / actors * 1e6)


def _resident_bytes() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096


def silence_logs() -> None:
    """The canonical lines are not what is measured."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger("critical"))


def run(measure: Any, *args: Any, **kwargs: Any) -> Any:  # Any: each measures something else.
    async def main() -> Any:
        return await measure(*args, **kwargs)

    return trio.run(main)


def main() -> None:
    silence_logs()
    idle = run(measure_idle, 10_000)  # First, while the memory of others is not there to be reused.
    print("command:", "python tests/bench/bench_runtime.py")
    print("machine:", platform.platform(), platform.machine(), _processor())
    print("versions: python", sys.version.split()[0], "trio", trio.__version__, end=" ")
    print("msgspec", msgspec.__version__)
    print(f"10,000 idle actors: {idle.growth_bytes / 1e6:.1f} MB of resident memory")
    print(f"  start {idle.start_cpu_us:.1f} us, end {idle.stop_cpu_us:.1f} us of CPU for each")
    for strict in (False, True):
        label = "strict" if strict else "by reference"
        rate = max(run(measure_tells, 256_000 >> 2 * strict, strict=strict) for _ in range(3))
        print(f"tell + receive, {label}: {rate:,.0f} /s of CPU time ({1e6 / rate:.2f} us)")
    rate = max(run(measure_lone_tells, 50_000) for _ in range(3))
    print(f"tell to a parked actor + receive: {rate:,.0f} /s of CPU time ({1e6 / rate:.2f} us)")
    for strict in (False, True):
        label = "strict" if strict else "by reference"
        asks = run(measure_asks, 20_000, strict=strict)
        print(f"ask, {label}: p50 {asks.p50_us:.1f} us, p99 {asks.p99_us:.1f} us", end="")
        print(f", {asks.cpu_us:.1f} us of CPU")


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    return next((line.split(": ")[1] for line in lines if line.startswith("model name")), "")


if __name__ == "__main__":
    main()
