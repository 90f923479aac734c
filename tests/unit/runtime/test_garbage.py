"""When all containers are looked at: seldom, and not while many are here."""

import gc

import pytest
import trio
from trio.testing import MockClock

from emporion.engine.runtime import ConnectionCount, collect_old_garbage
from emporion.engine.runtime.garbage import is_worth_a_pause


@pytest.mark.parametrize(
    ("open_connections", "gone_since", "expected"),
    [
        (0, 0, False),
        (0, 1, True),
        (20, 999, False),
        (20, 1000, True),
        (10_000, 49_999, False),
        (10_000, 50_000, True),
    ],
)
def test_a_pause_is_worth_it_when_few_are_here_or_many_have_gone(
    open_connections: int, gone_since: int, expected: bool
) -> None:
    assert is_worth_a_pause(open_connections, gone_since) is expected


async def test_who_has_gone_is_counted_once(autojump_clock: MockClock) -> None:
    count = ConnectionCount(open=2, gone=0)
    collections: list[int] = []

    def note(phase: str, info: dict[str, int]) -> None:
        if phase == "stop" and info["generation"] == 2:
            collections.append(round(trio.current_time()))

    gc.callbacks.append(note)
    try:
        async with trio.open_nursery() as nursery:
            started_s = trio.current_time()
            nursery.start_soon(collect_old_garbage, lambda: count)
            await trio.sleep(61)
            count = ConnectionCount(open=0, gone=2)
            await trio.sleep(300)
            nursery.cancel_scope.cancel()
    finally:
        gc.callbacks.remove(note)
    assert collections == [round(started_s) + 120]
