"""Tasks beside an actor live and die with it."""

from runtime_rig import Fail, Spawn, settle, start_probe

from emporion.engine.runtime import Crash, Down, Restart, StopCause, Stopped, open_supervisor


async def test_a_task_is_cancelled_before_stopped_is_called(autojump_clock: object) -> None:
    async with open_supervisor("node") as supervisor:
        history: list[str] = []
        ref = await start_probe(supervisor, history)
        ref.tell(Spawn(what="wait"))
        await settle()
        ref.tell(Fail())
        await settle()

        assert history == [
            "started",
            "task cancelled",
            "stopped (crash: ValueError('told to fail'))",
            "started",
        ]


async def test_the_crash_of_a_task_is_the_actors_crash(autojump_clock: object) -> None:
    async with open_supervisor("node") as supervisor:
        downs: list[Down] = []
        ref = await start_probe(supervisor, [], restart=Restart.TEMPORARY)
        supervisor.watch(ref, downs.append)
        ref.tell(Spawn(what="crash"))
        await settle()

        assert isinstance(downs[0].reason, Crash)
        assert str(downs[0].reason.error) == "task crashed"


async def test_a_task_may_shut_its_actor_down(autojump_clock: object) -> None:
    async with open_supervisor("node") as supervisor:
        downs: list[Down] = []
        ref = await start_probe(supervisor, [])
        supervisor.watch(ref, downs.append)
        ref.tell(Spawn(what="shutdown"))
        await settle()

        assert [down.reason for down in downs] == [Stopped(StopCause.ROOM_EMPTY)]
