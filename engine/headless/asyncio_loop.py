"""aiortc in trio: an asyncio loop of its own for each participant, and what it takes to be sound.

trio-asyncio turns an unhandled exception of any asyncio task into the end of its loop, so no two
participants share one. The ways round the libraries' faults are from facts measured on
trio-asyncio 0.16 and aioice 0.13; the tests of this package say whether they are still needed.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from typing import Any

import trio_asyncio  # First: it replaces functions that others import by name.
from aioice import ice

# trio-asyncio makes every asyncio loop of this thread one of its own, also outside of trio, where
# others (Playwright) then fail to nest theirs. This gives them back what they would have had; it
# is refused, and of no use, where this module is first imported inside of trio.
with suppress(RuntimeError):
    asyncio.set_event_loop_policy(asyncio.DefaultEventLoopPolicy())

_ENCODERS = ThreadPoolExecutor(max_workers=4, thread_name_prefix="headless")
_addresses_of_aioice = ice.get_host_addresses


@asynccontextmanager
async def open_asyncio_loop() -> AsyncIterator[asyncio.AbstractEventLoop]:
    """Run an asyncio loop beside the caller; `trio_asyncio.aio_as_trio` calls into it."""
    ice.get_host_addresses = _addresses_with_loopback
    async with trio_asyncio.open_loop() as loop:
        # Cancelling a task that awaits trio-asyncio's own executor may never end it, and a
        # publisher encodes there: its close hung in half of all trials.
        loop.run_in_executor = _make_run_in_executor(loop)  # pyright: ignore[reportAttributeAccessIssue]  # Typed as one that never returns.
        yield loop


def _make_run_in_executor(
    loop: asyncio.AbstractEventLoop,
) -> Callable[..., asyncio.Future[Any]]:  # Any: what the function returns.
    def run_in_executor(
        _executor: object, function: Callable[..., Any], *arguments: object
    ) -> asyncio.Future[Any]:
        return asyncio.wrap_future(_ENCODERS.submit(function, *arguments), loop=loop)

    return run_in_executor


def _addresses_with_loopback(use_ipv4: bool, use_ipv6: bool) -> list[str]:
    """Offer 127.0.0.1 too, which aioice leaves out, so that a machine without a network will do."""
    addresses: list[str] = _addresses_of_aioice(use_ipv4, use_ipv6)
    return [*addresses, "127.0.0.1"] if use_ipv4 else addresses
