"""Who gets which answer."""

import pytest
import trio
from runtime_rig import (
    AnswerAndEnd,
    Block,
    Deny,
    End,
    Fail,
    Misuse,
    Note,
    Order,
    settle,
    start_probe,
)

from emporion.engine.errors import (
    ActorGone,
    AskTimeout,
    LocalProtocolError,
    MailboxFull,
    RequestDenied,
)
from emporion.engine.runtime import Actor, ChildSpec, StopCause, open_supervisor


async def test_the_return_value_of_receive_answers(autojump_clock: object) -> None:
    async with open_supervisor("node") as supervisor:
        ref = await start_probe(supervisor, [])

        assert await ref.ask(Note(text="hello")) == "hello"


async def test_an_error_of_ours_is_an_answer_and_no_crash(autojump_clock: object) -> None:
    async with open_supervisor("node") as supervisor:
        ref = await start_probe(supervisor, [])

        with pytest.raises(RequestDenied) as denied:
            await ref.ask(Deny())

        assert denied.value.code == "probe.denied"
        assert supervisor.which_children()[0].restarts == 0
        assert await ref.ask(Note(text="still here")) == "still here"


async def test_an_error_of_ours_without_an_asker_is_a_crash(autojump_clock: object) -> None:
    async with open_supervisor("node") as supervisor:
        ref = await start_probe(supervisor, [])
        ref.tell(Deny())
        await settle()

        assert supervisor.which_children()[0].restarts == 1


@pytest.mark.parametrize("message", [Fail(), Misuse()])
async def test_a_crash_costs_only_the_message_that_crashed(
    message: Order, autojump_clock: object
) -> None:
    """Those behind it stay in the mailbox, and the next run answers them."""
    async with open_supervisor("node") as supervisor:
        ref = await start_probe(supervisor, [])
        outcomes: list[object] = []

        async def ask(order: Order) -> None:
            try:
                outcomes.append(await ref.ask(order))
            except ActorGone:
                outcomes.append("gone")

        async with trio.open_nursery() as nursery:
            nursery.start_soon(ask, message)
            await settle_one()
            nursery.start_soon(ask, Note(text="after"))

        assert sorted(map(str, outcomes)) == ["after", "gone"]
        assert ref.is_alive


async def settle_one() -> None:
    await trio.lowlevel.checkpoint()


async def test_no_answer_in_time(autojump_clock: object) -> None:
    async with open_supervisor("node") as supervisor:
        ref = await start_probe(supervisor, [])
        began_s = trio.current_time()

        with pytest.raises(AskTimeout):
            await ref.ask(Block(), timeout_s=3)

        assert trio.current_time() - began_s == pytest.approx(3)


async def test_a_message_whose_asker_gave_up_is_still_handled(autojump_clock: object) -> None:
    async with open_supervisor("node") as supervisor:
        history: list[str] = []
        ref = await start_probe(supervisor, history)

        with trio.CancelScope() as scope:
            scope.cancel()
            await ref.ask(Note(text="unheard"))
        await settle()

        assert history == ["started", "unheard"]
        assert await ref.ask(Note(text="next")) == "next"


async def test_an_ended_actor_is_gone(autojump_clock: object) -> None:
    async with open_supervisor("node") as supervisor:
        ref = await start_probe(supervisor, [])
        with pytest.raises(ActorGone):
            await ref.ask(End())

        with pytest.raises(ActorGone):
            await ref.ask(Note(text="late"))
        assert not ref.is_alive


async def test_those_who_wait_in_the_mailbox_are_told_when_it_closes(
    autojump_clock: object,
) -> None:
    async with open_supervisor("node") as supervisor:
        ref = await start_probe(supervisor, [])
        ref.tell(Block())

        async def ask() -> None:
            with pytest.raises(ActorGone):
                await ref.ask(Note(text="never read"))

        async with trio.open_nursery() as nursery:
            nursery.start_soon(ask)
            await settle()
            await supervisor.stop_child("probe")


async def test_the_answer_comes_before_the_end_that_was_asked_for(autojump_clock: object) -> None:
    async with open_supervisor("node") as supervisor:
        history: list[str] = []
        ref = await start_probe(supervisor, history)

        assert await ref.ask(AnswerAndEnd()) == "goodbye"
        await settle()

        assert history[-1] == f"stopped (stopped: {StopCause.LEFT})"
        assert not ref.is_alive


async def test_a_full_mailbox_refuses_an_ask(autojump_clock: object) -> None:
    async with open_supervisor("node") as supervisor:
        ref = await start_probe(supervisor, [], mailbox_size=1)
        ref.tell(Block())
        await settle()
        ref.tell(Note(text="fills it"))

        with pytest.raises(MailboxFull):
            await ref.ask(Note(text="too much"))


class Narcissus(Actor[Note]):
    async def receive(self, message: Note) -> object:
        return await self.context.ref.ask(message)


async def test_an_actor_cannot_ask_itself(autojump_clock: object) -> None:
    async with open_supervisor("node") as supervisor:
        ref = await supervisor.start_child(ChildSpec("narcissus", Narcissus))

        with pytest.raises(LocalProtocolError, match="asks itself"):
            await ref.ask(Note(text="mirror"))
