"""ONE_FOR_ALL and REST_FOR_ONE: who is stopped and started again, and in which order."""

import pytest
import trio
from runtime_rig import Fail, KeepUp, Note, Order, settle, start_probe

from emporion.engine.errors import RestartIntensityExceeded
from emporion.engine.runtime import (
    ActorRef,
    ChildState,
    Down,
    Restart,
    StopCause,
    Stopped,
    Strategy,
    Supervisor,
    open_supervisor,
)


async def start_three(
    supervisor: Supervisor, history: list[str], **last: object
) -> list[ActorRef[Order]]:
    refs = [await start_probe(supervisor, history, name=name, label=name) for name in "ab"]
    refs.append(await start_probe(supervisor, history, name="c", label="c", **last))  # type: ignore[arg-type]  # Keywords of start_probe.
    history.clear()
    return refs


STOPPED = f"stopped (stopped: {StopCause.SIBLING_CRASHED})"
CRASHED = "stopped (crash: ValueError('told to fail'))"


async def test_one_for_all(autojump_clock: object) -> None:
    async with open_supervisor("node", strategy=Strategy.ONE_FOR_ALL) as supervisor:
        history: list[str] = []
        refs = await start_three(supervisor, history)
        refs[1].tell(Fail())
        await settle()

        assert history == [
            f"b: {CRASHED}",
            f"c: {STOPPED}",
            f"a: {STOPPED}",
            "a: started",
            "b: started",
            "c: started",
        ]
        assert all(ref.is_alive for ref in refs)


async def test_rest_for_one(autojump_clock: object) -> None:
    async with open_supervisor("node", strategy=Strategy.REST_FOR_ONE) as supervisor:
        history: list[str] = []
        refs = await start_three(supervisor, history)
        refs[1].tell(Fail())
        await settle()

        assert history == [f"b: {CRASHED}", f"c: {STOPPED}", "b: started", "c: started"]


async def test_messages_told_while_the_group_restarts_are_kept(autojump_clock: object) -> None:
    async with open_supervisor("node", strategy=Strategy.ONE_FOR_ALL) as supervisor:
        history: list[str] = []
        refs = await start_three(supervisor, history, stop_s=1.0)
        refs[0].tell(Fail())
        await trio.sleep(0.5)
        assert supervisor.which_children()[0].state is ChildState.WAITING
        assert supervisor.registry.get("node/a") is refs[0]
        refs[0].tell(Note(text="in between"))
        await trio.sleep(1)

        assert history.index("a: in between") > history.index("a: started")


async def test_a_temporary_sibling_is_stopped_for_good(autojump_clock: object) -> None:
    async with open_supervisor("node", strategy=Strategy.ONE_FOR_ALL) as supervisor:
        history: list[str] = []
        downs: list[Down] = []
        refs = await start_three(supervisor, history, restart=Restart.TEMPORARY)
        supervisor.watch(refs[2], downs.append)
        refs[0].tell(Fail())
        await settle()

        assert downs == [Down(refs[2], Stopped(StopCause.SIBLING_CRASHED))]
        assert [child.name for child in supervisor.which_children()] == ["a", "b"]


async def test_two_crashes_at_once_restart_the_group_once(autojump_clock: object) -> None:
    async with open_supervisor("node", strategy=Strategy.ONE_FOR_ALL) as supervisor:
        history: list[str] = []
        refs = await start_three(supervisor, history)
        refs[0].tell(Fail())
        refs[2].tell(Fail())
        await settle()

        assert sorted(line for line in history if "started" in line) == [
            "a: started",
            "b: started",
            "c: started",
        ]


async def test_a_failed_start_within_the_group_tries_again(autojump_clock: object) -> None:
    async with open_supervisor("node", strategy=Strategy.REST_FOR_ONE) as supervisor:
        history: list[str] = []
        start_errors: list[Exception] = []
        refs = await start_three(supervisor, history, start_errors=start_errors)
        start_errors.append(OSError("disk"))
        refs[0].tell(Fail())
        await settle()

        assert history[-1] == "c: started"
        assert await refs[2].ask(Note(text="up")) == "up"


async def test_a_group_that_cannot_start_gives_up(autojump_clock: object) -> None:
    refs: list[ActorRef[Order]] = []
    with pytest.raises(RestartIntensityExceeded):  # noqa: PT012
        async with open_supervisor("node", strategy=Strategy.ONE_FOR_ALL) as supervisor:
            start_errors: list[Exception] = []
            refs += await start_three(supervisor, [], start_errors=start_errors)
            start_errors += [OSError("disk")] * 10
            refs[0].tell(Fail())
            await trio.sleep_forever()
    assert not any(ref.is_alive for ref in refs)


async def test_a_child_stopped_while_it_waits_for_its_group(autojump_clock: object) -> None:
    async with open_supervisor("node", strategy=Strategy.ONE_FOR_ALL) as supervisor:
        history: list[str] = []
        downs: list[Down] = []
        refs = await start_three(supervisor, history, stop_s=1.0)
        supervisor.watch(refs[0], downs.append)
        refs[0].tell(Fail())
        await trio.sleep(0.5)
        await supervisor.stop_child("a", StopCause.REMOVED)
        assert [down.reason for down in downs] == [Stopped(StopCause.REMOVED)]
        await trio.sleep(1)

        assert [child.name for child in supervisor.which_children()] == ["b", "c"]
        assert history[-2:] == ["b: started", "c: started"]


async def test_a_supervisor_that_ends_while_its_group_restarts(autojump_clock: object) -> None:
    history: list[str] = []
    async with open_supervisor("node", strategy=Strategy.ONE_FOR_ALL) as supervisor:
        refs = await start_three(supervisor, history, stop_s=1.0)
        refs[0].tell(Fail())
        await trio.sleep(0.5)

    assert not any(ref.is_alive for ref in refs)
    assert not any("started" in line for line in history)


async def test_a_sibling_that_crashes_while_the_group_stops_is_started_once(
    autojump_clock: object,
) -> None:
    async with open_supervisor("node", strategy=Strategy.ONE_FOR_ALL) as supervisor:
        history: list[str] = []
        refs = await start_three(supervisor, history, stop_s=1.0)
        refs[0].tell(Fail())
        await trio.sleep(0.5)
        refs[1].tell(Fail())
        await trio.sleep(3)

        assert [line for line in history if "started" in line] == [
            "a: started",
            "b: started",
            "c: started",
        ]


@pytest.mark.parametrize("attempt", range(20))
async def test_those_who_wait_when_their_supervisor_gives_up_are_not_started(
    attempt: int, autojump_clock: object
) -> None:
    """trio shuffles who comes first, so this tries often."""
    history: list[str] = []
    downs: list[Down] = []
    with pytest.raises(RestartIntensityExceeded):  # noqa: PT012
        async with open_supervisor("node", strategy=Strategy.ONE_FOR_ALL) as supervisor:
            start_errors: list[Exception] = []
            first = await start_probe(supervisor, [], name="first", start_errors=start_errors)
            for ref in (first, *await start_three(supervisor, history)):
                supervisor.watch(ref, downs.append)
            start_errors += [OSError("disk")] * 10
            first.tell(Fail())
            await trio.sleep_forever()

    assert not any("started" in line for line in history)
    assert len(downs) == 4


async def test_a_slow_receiver_that_waits_for_its_group_is_not_started_again(
    autojump_clock: object,
) -> None:
    async with open_supervisor("node", strategy=Strategy.ONE_FOR_ALL) as supervisor:
        downs: list[Down] = []
        slow = await start_probe(supervisor, [], name="slow", mailbox_size=1)
        supervisor.watch(slow, downs.append)
        await start_three(supervisor, [], stop_s=1.0)
        slow.tell(Fail())
        await trio.sleep(0.5)
        slow.tell(KeepUp())
        slow.tell(KeepUp())
        await trio.sleep(2)

        assert [down.reason for down in downs] == [Stopped(StopCause.OVERLOADED)]


async def test_a_group_restarts_even_while_a_cancelled_body_tidies_up(
    autojump_clock: object,
) -> None:
    history: list[str] = []
    refs: list[ActorRef[Order]] = []
    with trio.move_on_after(0.5):
        async with open_supervisor("node", strategy=Strategy.ONE_FOR_ALL) as supervisor:
            refs += await start_three(supervisor, history, stop_s=1.0)
            refs[0].tell(Fail())
            with trio.CancelScope(shield=True):
                await trio.sleep(3)
                refs[0].tell(Note(text="restarted"))
                await settle()

    assert "a: restarted" in history
    assert not any(ref.is_alive for ref in refs)
