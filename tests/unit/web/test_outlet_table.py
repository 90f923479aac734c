"""The table of connections: order over broadcasts of all sizes, breath, back-pressure, pings."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

import pytest
import trio
import trio.testing

from emporion.engine.ids import ConnectionId
from emporion.web import outlet_table
from emporion.web.close_code import CloseCode
from emporion.web.outlet import PING_FRAME, Outlet, frame
from emporion.web.outlet_table import OutletTable


class KeptWriter:
    """Takes everything at once and keeps it."""

    def __init__(self) -> None:
        self.frames: list[bytes] = []

    def write_nowait(self, data: memoryview) -> int:
        self.frames.append(bytes(data))
        return len(data)

    async def write(self, data: memoryview) -> int:
        await trio.lowlevel.checkpoint()
        return self.write_nowait(data)


class Listeners:
    """So many connections in one table."""

    def __init__(self, count: int) -> None:
        self.table = OutletTable()
        self.ids = tuple(ConnectionId(f"CO_{number}") for number in range(count))
        self.writers: dict[ConnectionId, KeptWriter] = {}
        self.outlets: dict[ConnectionId, Outlet] = {}
        self.closed: dict[ConnectionId, CloseCode] = {}
        for key in self.ids:
            self.add(key)

    def add(self, key: ConnectionId) -> None:
        ours, _ = trio.testing.memory_stream_pair()
        self.writers[key] = KeptWriter()
        self.outlets[key] = Outlet(ours, self.writers[key], limit_bytes=1 << 20)
        self.table.add(key, self.outlets[key], partial(self._close, key))

    def _close(self, key: ConnectionId, code: CloseCode) -> None:
        self.closed.setdefault(key, code)

    def frames(self, number: int) -> list[bytes]:
        return self.writers[self.ids[number]].frames


@asynccontextmanager
async def open_listeners(count: int) -> AsyncIterator[Listeners]:
    listeners = Listeners(count)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(listeners.table.run)
        yield listeners
        nursery.cancel_scope.cancel()


async def test_a_small_broadcast_is_out_when_the_call_returns() -> None:
    async with open_listeners(256) as listeners:
        listeners.table.broadcast(listeners.ids, b"x")
        assert all(listeners.frames(number) == [frame(b"x")] for number in range(256))


async def test_several_messages_go_out_in_one_write_and_are_counted_each() -> None:
    async with open_listeners(3) as listeners:
        listeners.table.broadcast(listeners.ids, b"x", b"y")
        assert all(listeners.frames(number) == [frame(b"x") + frame(b"y")] for number in range(3))
        assert listeners.table.statistics().messages_sent == 6


class StepMeter(trio.abc.Instrument):
    """The most messages that one step of a task sends."""

    def __init__(self, table: OutletTable) -> None:
        self._table = table
        self._before = 0
        self.most = 0

    def before_task_step(self, task: trio.lowlevel.Task) -> None:
        self._before = self._table.statistics().messages_sent

    def after_task_step(self, task: trio.lowlevel.Task) -> None:
        self.most = max(self.most, self._table.statistics().messages_sent - self._before)


async def test_a_large_broadcast_reaches_all_and_never_holds_the_loop() -> None:
    async with open_listeners(1000) as listeners:
        meter = StepMeter(listeners.table)
        trio.lowlevel.add_instrument(meter)
        listeners.table.broadcast(listeners.ids, b"x")
        await trio.testing.wait_all_tasks_blocked()
        trio.lowlevel.remove_instrument(meter)
        assert meter.most == outlet_table.DIRECT_RECEIVERS
        assert all(listeners.frames(number) == [frame(b"x")] for number in range(1000))


async def test_each_connection_gets_everything_in_the_order_of_the_calls() -> None:
    async with open_listeners(700) as listeners:
        expected: dict[int, list[bytes]] = {number: [] for number in range(700)}

        def broadcast(numbers: range, payload: bytes) -> None:
            listeners.table.broadcast([listeners.ids[n] for n in numbers], payload)
            for number in numbers:
                expected[number].append(frame(payload))

        for turn in range(20):
            broadcast(range(700), b"all %d" % turn)
            broadcast(range(600, 640), b"some %d" % turn)
            for number in (0, 300, 699):
                listeners.table.send(listeners.ids[number], b"one %d" % turn)
                expected[number].append(frame(b"one %d" % turn))
            if turn % 3 == 0:
                await trio.lowlevel.checkpoint()
        await trio.testing.wait_all_tasks_blocked()
        assert {number: listeners.frames(number) for number in range(700)} == expected


async def test_who_waits_for_nothing_is_not_held_up_by_a_large_broadcast() -> None:
    async with open_listeners(601) as listeners:
        listeners.table.broadcast(listeners.ids[:600], b"x")
        listeners.table.send(listeners.ids[600], b"y")
        assert listeners.frames(600) == [frame(b"y")]


async def test_too_many_large_broadcasts_push_back_on_the_caller(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(outlet_table, "MAX_QUEUED_BROADCASTS", 3)
    async with open_listeners(300) as listeners:
        for _ in range(10):
            listeners.table.broadcast(listeners.ids, b"x")
            assert listeners.table.statistics().queued_broadcasts <= 3
        await trio.testing.wait_all_tasks_blocked()
        assert len(listeners.frames(299)) == 10


async def test_closing_comes_after_what_was_sent_before() -> None:
    async with open_listeners(600) as listeners:
        last = listeners.ids[599]
        listeners.table.broadcast(listeners.ids, b"x")
        listeners.table.close(last, b"goodbye")
        listeners.table.send(last, b"too late")
        assert last not in listeners.closed
        await trio.testing.wait_all_tasks_blocked()
        assert listeners.frames(599) == [frame(b"x"), frame(b"goodbye")]
        assert listeners.closed == {last: CloseCode.NORMAL}
        assert listeners.table.statistics().messages_refused == 1


async def test_unknown_connections_are_counted() -> None:
    async with open_listeners(1) as listeners:
        nobody = ConnectionId("CO_nobody")
        listeners.table.send(nobody, b"x")
        listeners.table.close(nobody)
        listeners.table.broadcast([nobody, listeners.ids[0]], b"x")
        assert listeners.table.statistics().messages_unknown == 3
        assert listeners.frames(0) == [frame(b"x")]


async def test_a_removed_connection_gets_no_more() -> None:
    async with open_listeners(300) as listeners:
        listeners.table.remove(listeners.ids[0])
        listeners.table.broadcast(listeners.ids, b"x")
        assert listeners.frames(0) == []
        assert listeners.table.statistics().connections == 299


async def test_the_silent_are_pinged_and_then_ended(autojump_clock: trio.testing.MockClock) -> None:
    async with open_listeners(2) as listeners:
        silent, alive = listeners.ids
        for _ in range(25):
            await trio.sleep(1)
            if PING_FRAME in listeners.writers[alive].frames:
                listeners.outlets[alive].heard_at_s = trio.current_time()
        assert listeners.writers[silent].frames == [PING_FRAME]
        assert listeners.closed == {silent: CloseCode.SILENT}
        assert listeners.table.statistics().connections_silent == 1


async def test_who_talks_is_not_pinged(autojump_clock: trio.testing.MockClock) -> None:
    async with open_listeners(1) as listeners:
        for _ in range(60):
            await trio.sleep(1)
            listeners.outlets[listeners.ids[0]].heard_at_s = trio.current_time()
        assert listeners.frames(0) == []


async def test_what_may_be_lost_is_not_kept_for_who_is_behind() -> None:
    async with open_listeners(2) as listeners:
        slow = listeners.writers[listeners.ids[0]]
        slow.write_nowait = lambda data: 0  # type: ignore[method-assign]  # The kernel is full.
        listeners.table.send(listeners.ids[0], b"x" * outlet_table.DROP_ABOVE_BYTES)
        listeners.table.broadcast(listeners.ids, b"cursor", may_drop=True)
        listeners.table.broadcast(listeners.ids, b"entry")
        assert listeners.frames(1) == [frame(b"cursor"), frame(b"entry")]
        assert listeners.table.statistics().messages_dropped == 1
        waiting = listeners.outlets[listeners.ids[0]].backlog_bytes
        entry_bytes = len(frame(b"entry"))
        assert waiting == len(frame(b"x" * outlet_table.DROP_ABOVE_BYTES)) + entry_bytes
