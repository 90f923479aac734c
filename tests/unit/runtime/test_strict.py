"""Strict mode lets nothing pass that could not travel as bytes."""

from typing import Any, NamedTuple

import msgspec
import pytest
from runtime_rig import Note, settle, start_probe

from emporion.engine.media import Layer, Source
from emporion.engine.runtime import Actor, ChildSpec, Restart, open_supervisor
from emporion.engine.runtime.strict import round_trip


class Pair(NamedTuple):
    left: int
    right: str


class Holder(msgspec.Struct, frozen=True):
    held: Any  # Any: that is what the test puts into it.


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        1.5,
        "text",
        b"bytes",
        Source.CAMERA,
        Note(text="hello"),
        Layer(spatial=1, temporal=2),
        Pair(1, "b"),
        (Note(text="1"), [Layer(spatial=0, temporal=0)], {"key": Note(text="2")}),
        frozenset({"a", "b"}),
    ],
)
def test_small_values_come_back_as_they_were(value: object) -> None:
    again = round_trip(value)

    assert again == value
    assert type(again) is type(value)


@pytest.mark.parametrize("value", [object(), Holder(held=object()), lambda: None, 1 << 70])
def test_live_objects_do_not_pass(value: object) -> None:
    with pytest.raises(TypeError, match="does not survive msgpack"):
        round_trip(value)


class Keeper(Actor[Any], restart=Restart.TEMPORARY):  # Any: that is what the test sends.
    def __init__(self) -> None:
        self.kept: list[object] = []

    async def receive(self, message: object) -> object:
        self.kept.append(message)
        return Holder(held=self.kept) if message == "whole" else object()


async def test_the_sender_of_a_bad_message_is_told_and_the_actor_never_sees_it(
    autojump_clock: object,
) -> None:
    keeper = Keeper()
    async with open_supervisor("node", strict=True) as supervisor:
        ref = await supervisor.start_child(ChildSpec("keeper", lambda: keeper))
        with pytest.raises(TypeError):
            ref.tell(Holder(held=object()))
        with pytest.raises(TypeError):
            await ref.ask(Holder(held=object()))
        await settle()

        assert keeper.kept == []
        assert ref.is_alive


async def test_an_answer_that_cannot_travel_is_a_crash(autojump_clock: object) -> None:
    async with open_supervisor("node", strict=True) as supervisor:
        ref = await supervisor.start_child(ChildSpec("keeper", Keeper))
        ref.tell("not asked, so nothing travels back")
        await settle()
        assert ref.is_alive
        with pytest.raises(Exception, match="ended while it handled"):
            await ref.ask("asked")

        assert not ref.is_alive


@pytest.mark.parametrize("strict", [True, False])
async def test_messages_are_copies_in_strict_mode_only(
    strict: bool, autojump_clock: object
) -> None:
    keeper = Keeper()
    message = Note(text="hello")
    async with open_supervisor("node", strict=strict) as supervisor:
        ref = await supervisor.start_child(ChildSpec("keeper", lambda: keeper))
        ref.tell(message)
        await settle()

    assert keeper.kept == [message]
    assert (keeper.kept[0] is message) is not strict


async def test_the_environment_says_whether_trees_are_strict(
    monkeypatch: pytest.MonkeyPatch, autojump_clock: object
) -> None:
    for value, refused in (("1", True), ("0", False)):
        monkeypatch.setenv("EMPORION_STRICT", value)
        async with open_supervisor("node") as supervisor:
            ref = await start_probe(supervisor, [])
            try:
                ref.tell(object())  # type: ignore[arg-type]  # That is the point.
            except TypeError:
                assert refused
            else:
                assert not refused
