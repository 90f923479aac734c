"""Ends: killing an actor in every state, reverse order, grace, and what is left behind: nothing."""

from collections.abc import Awaitable, Callable

import pytest
import trio
from runtime_rig import AskPeer, Block, Fail, Note, Order, settle, start_probe

from emporion.engine.errors import ActorGone
from emporion.engine.runtime import (
    Actor,
    ActorRef,
    ChildSpec,
    ChildState,
    Down,
    Registry,
    Restart,
    StopCause,
    Stopped,
    Supervisor,
    open_supervisor,
)

Bring = Callable[[Supervisor, trio.Nursery], Awaitable[None]]


async def bring_starting(supervisor: Supervisor, nursery: trio.Nursery) -> None:
    async def start() -> None:
        with pytest.raises(ActorGone):
            await start_probe(supervisor, [], name="victim", start_s=1000)

    nursery.start_soon(start)


async def bring_idle(supervisor: Supervisor, nursery: trio.Nursery) -> None:
    await start_probe(supervisor, [], name="victim")


async def bring_receiving(supervisor: Supervisor, nursery: trio.Nursery) -> None:
    ref = await start_probe(supervisor, [], name="victim")
    ref.tell(Block())


async def bring_asking(supervisor: Supervisor, nursery: trio.Nursery) -> None:
    await start_probe(supervisor, [], name="peer")
    ref = await start_probe(supervisor, [], name="victim")
    ref.tell(AskPeer(path="node/peer"))


async def bring_being_asked(supervisor: Supervisor, nursery: trio.Nursery) -> None:
    ref = await start_probe(supervisor, [], name="victim")

    async def ask() -> None:
        with pytest.raises(ActorGone):
            await ref.ask(Block(), timeout_s=1000)

    nursery.start_soon(ask)


async def bring_stopping(supervisor: Supervisor, nursery: trio.Nursery) -> None:
    await start_probe(supervisor, [], name="victim", stop_s=2)
    nursery.start_soon(supervisor.stop_child, "victim", StopCause.REMOVED)


async def bring_crashing(supervisor: Supervisor, nursery: trio.Nursery) -> None:
    """It crashed, and is in `stopped()` before its restart."""
    ref = await start_probe(supervisor, [], name="victim", stop_s=2, restart=Restart.PERMANENT)
    ref.tell(Fail())


STATES: dict[str, Bring] = {
    "starting": bring_starting,
    "idle": bring_idle,
    "receiving": bring_receiving,
    "in ask": bring_asking,
    "being asked": bring_being_asked,
    "stopping": bring_stopping,
    "crashing": bring_crashing,
}


@pytest.mark.parametrize("state", STATES)
async def test_killed_in_any_state_it_leaves_nothing_and_harms_nobody(
    state: str, autojump_clock: object
) -> None:
    async with open_supervisor("node") as supervisor, trio.open_nursery() as nursery:
        sibling_history: list[str] = []
        sibling = await start_probe(supervisor, sibling_history, name="sibling")
        await STATES[state](supervisor, nursery)
        await settle()
        ref = supervisor.registry.get("node/victim")
        assert ref is not None
        downs: list[Down] = []
        supervisor.watch(ref, downs.append)

        with trio.fail_after(10):
            await supervisor.stop_child("victim", StopCause.REMOVED)

        assert len(downs) == 1
        assert not ref.is_alive
        assert supervisor.registry.get("node/victim") is None
        assert "victim" not in [child.name for child in supervisor.which_children()]
        assert await sibling.ask(Note(text="unharmed")) == "unharmed"
        assert sibling_history == ["started", "unharmed"]
        peer = supervisor.registry.get("node/peer")
        assert peer is None or peer.is_alive


@pytest.mark.parametrize("state", STATES)
async def test_a_supervisor_ends_whatever_its_children_do(
    state: str, autojump_clock: object
) -> None:
    tasks_before = trio.lowlevel.current_statistics().tasks_living
    with trio.fail_after(30):
        async with trio.open_nursery() as nursery, open_supervisor("node") as supervisor:
            await STATES[state](supervisor, nursery)
            await settle()

    assert len(supervisor.registry) == 0
    assert trio.lowlevel.current_statistics().tasks_living == tasks_before


async def test_children_are_stopped_in_reverse_order_one_after_the_other(
    autojump_clock: object,
) -> None:
    history: list[str] = []
    async with open_supervisor("node") as supervisor:
        nested = await supervisor.start_supervisor("room")
        for place, name in ((supervisor, "a"), (nested, "b"), (nested, "c"), (supervisor, "d")):
            await start_probe(place, history, name=name, label=name, stop_s=1)
        history.clear()

    lines = [line for line in history if "slowly" in line]
    # The nested supervisor was started first, so it is stopped last.
    assert lines == [f"{name}: stopped slowly" for name in "dacb"]
    assert f"c: stopped (stopped: {StopCause.SERVER_STOPPING})" in history


async def test_the_cause_reaches_everybody_below(autojump_clock: object) -> None:
    async with open_supervisor("node") as supervisor:
        nested = await supervisor.start_supervisor("room")
        downs: list[Down] = []
        nested.watch(await start_probe(nested, []), downs.append)
        await supervisor.stop_child("room", StopCause.ROOM_CLOSED)

        assert [down.reason for down in downs] == [Stopped(StopCause.ROOM_CLOSED)]


async def test_stopped_is_cut_off_after_its_grace(autojump_clock: object) -> None:
    async with open_supervisor("node") as supervisor:
        history: list[str] = []
        await start_probe(supervisor, history, stop_s=100, grace_s=2)
        began_s = trio.current_time()
        await supervisor.stop_child("probe")

        assert trio.current_time() - began_s == pytest.approx(2)
        assert "stopped slowly" not in history
        assert supervisor.statistics().grace_overruns == 1


async def test_stopped_has_its_grace_though_everything_around_is_cancelled(
    autojump_clock: object,
) -> None:
    history: list[str] = []
    with trio.move_on_after(1):
        async with open_supervisor("node") as supervisor:
            nested = await supervisor.start_supervisor("room")
            for place, name in ((nested, "a"), (nested, "b"), (supervisor, "c")):
                await start_probe(place, history, name=name, label=name, stop_s=3)
            history.clear()
            await trio.sleep_forever()

    assert history == [
        line
        for name in "cba"
        for line in (
            f"{name}: stopped (stopped: {StopCause.SERVER_STOPPING})",
            f"{name}: stopped slowly",
        )
    ]


async def test_a_tell_does_not_disturb_an_actor_that_is_stopping(autojump_clock: object) -> None:
    async with open_supervisor("node") as supervisor, trio.open_nursery() as nursery:
        history: list[str] = []
        ref = await start_probe(supervisor, history, stop_s=2)
        await settle()
        nursery.start_soon(supervisor.stop_child, "probe")
        await trio.sleep(1)
        ref.tell(Note(text="too late"))
        await settle()
        assert "stopped slowly" not in history
        await trio.sleep(1)
        await settle()

        assert history[-1] == "stopped slowly"


async def test_an_actor_that_shields_itself_is_counted_and_waited_for(
    autojump_clock: object,
) -> None:
    """There is no kill: the next child's turn comes after the grace, the end when it lets go."""
    history: list[str] = []
    async with open_supervisor("node") as supervisor:
        await start_probe(supervisor, history, name="a", label="a")
        ref = await start_probe(supervisor, history, name="b", label="b", grace_s=1)
        ref.tell(Block(shielded_s=60))
        await settle()

    assert [line[0] for line in history if "stopped" in line] == ["a", "b"]
    assert supervisor.statistics().grace_overruns == 1
    assert not ref.is_alive


async def test_an_error_while_stopping_is_counted_and_changes_no_reason(
    autojump_clock: object,
) -> None:
    async with open_supervisor("node") as supervisor:
        downs: list[Down] = []
        ref = await start_probe(supervisor, [], stop_error=OSError("disk"))
        supervisor.watch(ref, downs.append)
        await supervisor.stop_child("probe", StopCause.LEFT)

        assert [down.reason for down in downs] == [Stopped(StopCause.LEFT)]
        assert supervisor.statistics().stop_failures == 1


async def test_a_message_after_the_stop_is_never_received(autojump_clock: object) -> None:
    async with open_supervisor("node") as supervisor:
        history: list[str] = []
        ref: ActorRef[Order] = await start_probe(supervisor, history)
        await settle()
        for _ in range(10):
            ref.tell(Note(text="too late"))
        await supervisor.stop_child("probe")

        assert "too late" not in history


async def test_stopping_nobody_and_twice(autojump_clock: object) -> None:
    async with open_supervisor("node") as supervisor:
        await supervisor.stop_child("nobody")
        await start_probe(supervisor, [], stop_s=1)
        async with trio.open_nursery() as nursery:
            nursery.start_soon(supervisor.stop_child, "probe")
            nursery.start_soon(supervisor.stop_child, "probe")

        assert supervisor.which_children() == ()


async def test_states_as_which_children_tells_them(autojump_clock: object) -> None:
    async with open_supervisor("node") as supervisor, trio.open_nursery() as nursery:
        await bring_starting(supervisor, nursery)
        await start_probe(supervisor, [], name="running")
        children = {child.name: child.state for child in supervisor.which_children()}
        assert children == {"victim": ChildState.STARTING, "running": ChildState.RUNNING}
        await supervisor.stop_child("victim")


async def test_an_error_of_the_body_comes_out_as_it_is(autojump_clock: object) -> None:
    history: list[str] = []
    with pytest.raises(ZeroDivisionError):  # noqa: PT012
        async with open_supervisor("node") as supervisor:
            await start_probe(supervisor, history)
            raise ZeroDivisionError

    assert history[-1] == f"stopped (stopped: {StopCause.SERVER_STOPPING})"


async def test_an_error_of_the_body_comes_out_of_a_cancelled_scope_too(
    autojump_clock: object,
) -> None:
    with pytest.raises(ZeroDivisionError):  # noqa: PT012
        with trio.move_on_after(1):
            async with open_supervisor("node") as supervisor:
                ref = await start_probe(supervisor, [], grace_s=1)
                ref.tell(Block(shielded_s=60))  # So that there is somebody to wait for at the end.
                await settle()
                try:
                    await trio.sleep_forever()
                finally:
                    raise ZeroDivisionError


class Interrupt(BaseException):
    """As KeyboardInterrupt, which pytest would take for its own."""


class Interrupted(Actor[Note]):
    async def receive(self, message: Note) -> None:
        raise Interrupt


async def test_what_is_no_exception_ends_the_tree_in_order(autojump_clock: object) -> None:
    history: list[str] = []
    downs: list[Down] = []
    registry = Registry()
    with pytest.raises(BaseExceptionGroup) as interrupted:  # noqa: PT012
        async with open_supervisor("node", registry=registry) as supervisor:
            await start_probe(supervisor, history, stop_s=1)
            nested = await supervisor.start_supervisor("room")
            ref = await nested.start_child(ChildSpec("interrupted", Interrupted))
            supervisor.watch(ref, downs.append)
            ref.tell(Note(text="ctrl-c"))
            await trio.sleep_forever()

    assert interrupted.group_contains(Interrupt)
    assert history[-1] == "stopped slowly"
    assert len(downs) == 1
    assert len(registry) == 0
