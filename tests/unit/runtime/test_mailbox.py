"""Bounds, order and overflow."""

from itertools import pairwise

import pytest
import trio
from runtime_rig import (
    Block,
    Fact,
    Fail,
    KeepUp,
    Latest,
    LatestByName,
    Note,
    Probe,
    settle,
    start_probe,
)

from emporion.engine.errors import MailboxFull
from emporion.engine.runtime import (
    ChildSpec,
    Down,
    Restart,
    StopCause,
    Stopped,
    open_supervisor,
)


async def test_messages_come_in_order(autojump_clock: object) -> None:
    async with open_supervisor("node") as supervisor:
        history: list[str] = []
        ref = await start_probe(supervisor, history)
        for number in range(200):
            ref.tell(Note(text=str(number)))
        await settle()

        assert history[1:] == [str(number) for number in range(200)]


async def test_refuse_tells_the_sender_and_keeps_what_is_there(autojump_clock: object) -> None:
    async with open_supervisor("node") as supervisor:
        history: list[str] = []
        ref = await start_probe(supervisor, history, mailbox_size=2)
        ref.tell(Note(text="1"))
        ref.tell(Note(text="2"))

        with pytest.raises(MailboxFull, match="node/probe is full"):
            ref.tell(Note(text="3"))
        await settle()

        assert history == ["started", "1", "2"]
        assert supervisor.statistics().refused == 1


async def test_latest_takes_the_place_of_its_predecessor(autojump_clock: object) -> None:
    async with open_supervisor("node") as supervisor:
        history: list[str] = []
        ref = await start_probe(supervisor, history, mailbox_size=1)
        ref.tell(Latest(value=1))
        ref.tell(Note(text="between"))
        ref.tell(Latest(value=2))
        ref.tell(Latest(value=3))
        await settle()
        ref.tell(Latest(value=4))
        await settle()

        assert history[1:] == ["Latest(value=3)", "between", "Latest(value=4)"]
        assert supervisor.statistics().replaced == 2


async def test_latest_is_kept_for_each_key_within_the_bound(autojump_clock: object) -> None:
    async with open_supervisor("node") as supervisor:
        history: list[str] = []
        ref = await start_probe(supervisor, history, mailbox_size=2)
        ref.tell(LatestByName(name="a", value=1))
        ref.tell(LatestByName(name="b", value=1))
        ref.tell(LatestByName(name="a", value=2))

        with pytest.raises(MailboxFull):
            ref.tell(LatestByName(name="c", value=1))
        await settle()

        assert history[1:] == [
            "LatestByName(name='a', value=2)",
            "LatestByName(name='b', value=1)",
        ]


async def test_disconnect_ends_the_slow_receiver_and_not_the_sender(
    autojump_clock: object,
) -> None:
    async with open_supervisor("node") as supervisor:
        downs: list[Down] = []
        ref = await start_probe(supervisor, [], mailbox_size=1, restart=Restart.PERMANENT)
        supervisor.watch(ref, downs.append)
        ref.tell(Block())
        await settle()
        ref.tell(KeepUp())
        ref.tell(KeepUp())
        await settle()
        ref.tell(KeepUp())

        assert [down.reason for down in downs] == [Stopped(StopCause.OVERLOADED)]
        assert supervisor.statistics().overloaded == 1


async def test_accept_is_never_refused(autojump_clock: object) -> None:
    async with open_supervisor("node") as supervisor:
        history: list[str] = []
        ref = await start_probe(supervisor, history, mailbox_size=1)
        for number in range(5):
            ref.tell(Fact(number=number))
        await settle()

        assert history[1:] == [f"Fact(number={number})" for number in range(5)]


async def test_the_mailbox_survives_a_restart(autojump_clock: object) -> None:
    async with open_supervisor("node") as supervisor:
        history: list[str] = []
        ref = await start_probe(supervisor, history)
        ref.tell(Fail())
        ref.tell(Note(text="after"))
        await settle()

        assert history == [
            "started",
            "stopped (crash: ValueError('told to fail'))",
            "started",
            "after",
        ]


async def test_a_tell_to_an_ended_actor_is_counted(autojump_clock: object) -> None:
    async with open_supervisor("node") as supervisor:
        ref = await start_probe(supervisor, [])
        ref.tell(Block())
        await settle()
        ref.tell(Note(text="unread"))
        await supervisor.stop_child("probe")
        ref.tell(Note(text="late"))

        assert supervisor.statistics().dead_letters == 2


async def test_a_full_mailbox_does_not_starve_the_others(autojump_clock: object) -> None:
    """The loop gets its turn at least every 64 messages, even if `receive` never waits."""
    async with open_supervisor("node", strict=False) as supervisor:
        probe = Probe([])
        ref = await supervisor.start_child(ChildSpec("probe", lambda: probe, mailbox_size=1000))
        for number in range(1000):
            ref.tell(Fact(number=number))
        seen = [0]
        while seen[-1] < 1000:
            await trio.lowlevel.checkpoint()
            seen.append(len(probe.received))

        # trio shuffles who comes first, so two turns of the actor may lie between two of ours.
        assert max(after - before for before, after in pairwise(seen)) <= 2 * 64
