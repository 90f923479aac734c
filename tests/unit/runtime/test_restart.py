"""Which end is followed by a restart, and how many restarts a supervisor bears."""

import pytest
import trio
from runtime_rig import End, EndInNursery, Fail, Note, Order, settle, start_probe

from emporion.engine.errors import (
    ActorGone,
    LocalProtocolError,
    RequestDenied,
    RestartIntensityExceeded,
)
from emporion.engine.runtime import (
    Crash,
    Down,
    Restart,
    Shutdown,
    StopCause,
    Stopped,
    Supervisor,
    open_supervisor,
)

STARTS_AGAIN = {
    (Restart.PERMANENT, "crash"): True,
    (Restart.PERMANENT, "shutdown"): True,
    (Restart.PERMANENT, "normal"): True,
    (Restart.TRANSIENT, "crash"): True,
    (Restart.TRANSIENT, "shutdown"): False,
    (Restart.TRANSIENT, "normal"): False,
    (Restart.TRANSIENT, "shutdown in a nursery"): False,
    (Restart.TEMPORARY, "crash"): False,
    (Restart.TEMPORARY, "shutdown"): False,
    (Restart.TEMPORARY, "normal"): False,
}
ENDS: dict[str, Order] = {
    "crash": Fail(),
    "shutdown": End(cause=StopCause.LEFT),
    "normal": End(),
    "shutdown in a nursery": EndInNursery(),
}


@pytest.mark.parametrize(("restart", "end"), STARTS_AGAIN)
async def test_otp_restart_values(restart: Restart, end: str, autojump_clock: object) -> None:
    async with open_supervisor("node") as supervisor:
        history: list[str] = []
        ref = await start_probe(supervisor, history, restart=restart)
        ref.tell(ENDS[end])
        await settle()

        assert ref.is_alive is STARTS_AGAIN[restart, end]
        assert history.count("started") == (2 if ref.is_alive else 1)
        assert supervisor.registry.get("node/probe") is (ref if ref.is_alive else None)


@pytest.mark.parametrize("restart", Restart)
async def test_a_child_stopped_by_its_supervisor_stays_stopped(
    restart: Restart, autojump_clock: object
) -> None:
    async with open_supervisor("node") as supervisor:
        ref = await start_probe(supervisor, [], restart=restart)
        await supervisor.stop_child("probe", StopCause.REMOVED)

        assert not ref.is_alive
        assert supervisor.which_children() == ()


async def test_the_fourth_crash_within_the_period_is_too_much(autojump_clock: object) -> None:
    downs: list[Down] = []
    with pytest.raises(RestartIntensityExceeded, match="3 restarts in 5"):  # noqa: PT012
        async with open_supervisor("node") as supervisor:
            ref = await start_probe(supervisor, [])
            supervisor.watch(ref, downs.append)
            for _ in range(3):
                ref.tell(Fail())
            await trio.sleep(4.9)
            assert ref.is_alive
            ref.tell(Fail())
            await trio.sleep_forever()

    assert [type(down.reason) for down in downs] == [Crash]


async def test_crashes_further_apart_than_the_period_are_borne(autojump_clock: object) -> None:
    async with open_supervisor("node", intensity=1, period_s=5.0) as supervisor:
        ref = await start_probe(supervisor, [])
        for _ in range(10):
            ref.tell(Fail())
            await trio.sleep(5.1)

        assert ref.is_alive
        assert supervisor.which_children()[0].restarts == 10


async def test_a_nested_supervisor_that_gives_up_costs_its_siblings_nothing(
    autojump_clock: object,
) -> None:
    async with open_supervisor("node") as supervisor:
        history: list[str] = []
        sibling = await start_probe(supervisor, history, name="sibling")
        nested = await supervisor.start_supervisor("plugin", intensity=0)
        cousin_downs: list[Down] = []
        failing = await start_probe(nested, [], name="failing")
        cousin = await start_probe(nested, [], name="cousin")
        nested.watch(cousin, cousin_downs.append)
        failing.tell(Fail())
        await settle()

        assert not failing.is_alive
        assert [down.reason for down in cousin_downs] == [Stopped(StopCause.SUPERVISOR)]
        assert sibling.is_alive
        assert history == ["started"]
        assert [child.name for child in supervisor.which_children()] == ["sibling"]
        with pytest.raises(ActorGone):
            await start_probe(nested, [], name="too late")


async def test_a_permanent_nested_supervisor_starts_its_first_children_again(
    autojump_clock: object,
) -> None:
    async with open_supervisor("node") as supervisor:
        history: list[str] = []

        async def start(nested: Supervisor) -> None:
            await start_probe(nested, history, name="static")

        nested = await supervisor.start_supervisor(
            "room", intensity=0, restart=Restart.PERMANENT, start=start
        )
        dynamic = await start_probe(nested, [], name="dynamic")
        static = supervisor.registry.get("node/room/static")
        assert static is not None
        static.tell(Fail())
        await settle()

        again = supervisor.registry.get("node/room/static")
        assert again is not None
        assert again is not static
        assert await again.ask(Note(text="back")) == "back"
        assert not dynamic.is_alive
        assert history.count("started") == 2


async def test_a_nested_supervisor_that_keeps_failing_takes_its_parent_along(
    autojump_clock: object,
) -> None:
    async def start(nested: Supervisor) -> None:
        ref = await start_probe(nested, [], name="doomed")
        ref.tell(Fail())

    with pytest.raises(RestartIntensityExceeded, match="node gives up"):  # noqa: PT012
        async with open_supervisor("node", intensity=1) as supervisor:
            await supervisor.start_supervisor(
                "room", intensity=0, restart=Restart.PERMANENT, start=start
            )
            await trio.sleep_forever()


async def test_a_failed_start_goes_to_the_starter_and_leaves_nothing(
    autojump_clock: object,
) -> None:
    async with open_supervisor("node") as supervisor:
        history: list[str] = []
        with pytest.raises(RequestDenied, match="room is full"):
            await start_probe(supervisor, history, start_errors=[RequestDenied("room is full")])

        assert history == ["stopped (crash: RequestDenied('room is full'))"]
        assert supervisor.which_children() == ()
        assert len(supervisor.registry) == 0
        await start_probe(supervisor, history)  # The name is free again.


async def test_a_shutdown_while_starting_does_not_shut_the_starter_down(
    autojump_clock: object,
) -> None:
    async with open_supervisor("node") as supervisor:
        with pytest.raises(ActorGone, match="room_empty"):
            await start_probe(supervisor, [], start_errors=[Shutdown(StopCause.ROOM_EMPTY)])


async def test_a_failed_restart_counts_as_a_crash(autojump_clock: object) -> None:
    async with open_supervisor("node") as supervisor:
        history: list[str] = []
        start_errors: list[Exception] = []
        ref = await start_probe(supervisor, history, start_errors=start_errors)
        start_errors += [OSError("disk"), OSError("disk")]
        ref.tell(Fail())
        await settle()

        assert supervisor.which_children()[0].restarts == 3
        assert await ref.ask(Note(text="third time lucky")) == "third time lucky"


async def test_a_name_is_taken_until_its_actor_has_ended(autojump_clock: object) -> None:
    async with open_supervisor("node") as supervisor:
        await start_probe(supervisor, [])
        with pytest.raises(LocalProtocolError, match="probe already"):
            await start_probe(supervisor, [])


async def test_whoever_stops_waiting_for_a_start_leaves_no_child(autojump_clock: object) -> None:
    async with open_supervisor("node") as supervisor:
        with trio.move_on_after(1):
            await start_probe(supervisor, [], start_s=10)
        await settle()

        assert supervisor.which_children() == ()


async def test_a_restarted_supervisor_begins_anew(autojump_clock: object) -> None:
    """It bears as many restarts as at first, and ends as it is told."""
    async with open_supervisor("node") as supervisor:
        nested = await supervisor.start_supervisor("room", intensity=1, restart=Restart.PERMANENT)
        for _ in range(2):
            ref = await start_probe(nested, [])
            ref.tell(Fail())
            ref.tell(Fail())
            await settle()
            assert not ref.is_alive
        ref = await start_probe(nested, [])
        ref.tell(Fail())
        await settle()
        assert ref.is_alive
        downs: list[Down] = []
        nested.watch(ref, downs.append)
        await supervisor.stop_child("room", StopCause.ROOM_CLOSED)

        assert [down.reason for down in downs] == [Stopped(StopCause.ROOM_CLOSED)]


async def test_a_start_that_is_given_up_before_its_first_step(autojump_clock: object) -> None:
    """trio shuffles who comes first, so this tries often."""
    with trio.fail_after(1):
        async with open_supervisor("node") as supervisor:
            for number in range(30):
                with trio.CancelScope() as scope:
                    scope.cancel()
                    if number % 2:
                        await supervisor.start_supervisor(f"nested-{number}")
                    else:
                        await start_probe(supervisor, [], name=f"probe-{number}")
            await settle()

            assert supervisor.which_children() == ()
            assert len(supervisor.registry) == 0
