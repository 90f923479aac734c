"""Timers of the session clock: in order, once, and never a busy loop."""

import pytest
import trio
from trio.testing import MockClock

from emporion.actors.plugin_timers import MAX_TIMERS, PluginTimers


def now_us() -> int:
    return round(trio.current_time() * 1e6)


async def test_due_ones_come_in_order_and_once(autojump_clock: MockClock) -> None:
    timers = PluginTimers(now_us, lambda: None)
    start_us = now_us()
    for name, after_us in (("b", 2), ("a", 1), ("later", 10_000_000), ("c", 2)):
        timers.set(name, start_us + after_us)
    timers.set("c", start_us + 3)
    timers.cancel("unknown")
    await trio.sleep(1)
    due = timers.take_due()
    assert next(due) == "a"
    timers.cancel("b")  # By the hook that was just called.
    timers.set("d", 0)
    assert list(due) == ["c"]
    assert list(timers.take_due()) == ["d"]
    assert list(timers.take_due()) == []


async def test_it_is_told_when_one_is_due(autojump_clock: MockClock) -> None:
    told: list[float] = []
    timers = PluginTimers(now_us, lambda: told.append(trio.current_time()))
    start_s = trio.current_time()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(timers.run)
        await trio.sleep(5)
        assert not told
        timers.set("x", now_us() + 1_000_000)
        timers.set("far", now_us() + 10**15)
        await trio.sleep(1.5)
        assert told[0] - start_s == pytest.approx(6)
        assert len(told) < 60, "told again until it is taken, but not without a pause"
        assert list(timers.take_due()) == ["x"]
        told.clear()
        await trio.sleep(100)
        assert not told
        nursery.cancel_scope.cancel()


def test_there_is_a_limit() -> None:
    timers = PluginTimers(lambda: 0, lambda: None)
    for number in range(MAX_TIMERS):
        timers.set(str(number), 1)
    timers.set("0", 2)
    with pytest.raises(ValueError, match="at most"):
        timers.set("one more", 1)
