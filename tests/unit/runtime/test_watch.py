"""Watchers get `Down` exactly once."""

import trio
from runtime_rig import End, Fail, settle, start_probe

from emporion.engine.runtime import Crash, Down, Normal, Restart, open_supervisor


async def test_down_comes_once_and_after_the_ref_is_dead(autojump_clock: object) -> None:
    async with open_supervisor("node") as supervisor:
        ref = await start_probe(supervisor, [])
        seen: list[tuple[Down, bool, object]] = []
        supervisor.watch(
            ref,
            lambda down: seen.append(
                (down, down.ref.is_alive, supervisor.registry.get("node/probe"))
            ),
        )
        ref.tell(End())
        await settle()
        await supervisor.stop_child("probe")

        assert seen == [(Down(ref, Normal()), False, None)]


async def test_a_restart_is_no_down(autojump_clock: object) -> None:
    async with open_supervisor("node") as supervisor:
        ref = await start_probe(supervisor, [])
        downs: list[Down] = []
        supervisor.watch(ref, downs.append)
        ref.tell(Fail())
        await settle()

        assert downs == []


async def test_who_watches_a_dead_actor_hears_at_once(autojump_clock: object) -> None:
    async with open_supervisor("node") as supervisor:
        ref = await start_probe(supervisor, [], restart=Restart.TEMPORARY)
        ref.tell(Fail())
        await settle()
        downs: list[Down] = []
        supervisor.watch(ref, downs.append)

        assert [type(down.reason) for down in downs] == [Crash]


async def test_who_stopped_watching_hears_nothing(autojump_clock: object) -> None:
    async with open_supervisor("node") as supervisor:
        ref = await start_probe(supervisor, [])
        downs: list[Down] = []
        unwatch = supervisor.watch(ref, downs.append)
        supervisor.watch(ref, downs.append)
        unwatch()
        unwatch()
        await supervisor.stop_child("probe")
        unwatch()

        assert len(downs) == 1


async def test_a_failing_watcher_costs_the_others_nothing(autojump_clock: object) -> None:
    def fail(down: Down) -> None:
        raise ValueError("cannot hear")

    async with open_supervisor("node") as supervisor:
        ref = await start_probe(supervisor, [])
        downs: list[Down] = []
        supervisor.watch(ref, fail)
        supervisor.watch(ref, downs.append)
        await supervisor.stop_child("probe")

        assert len(downs) == 1
        assert supervisor.statistics().watcher_failures == 1


async def test_down_has_come_when_stop_child_returns(autojump_clock: object) -> None:
    async with open_supervisor("node") as supervisor:
        ref = await start_probe(supervisor, [], stop_s=1)
        downs: list[float] = []
        supervisor.watch(ref, lambda _down: downs.append(trio.current_time()))
        await supervisor.stop_child("probe")

        assert downs == [trio.current_time()]
