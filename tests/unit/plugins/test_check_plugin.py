"""The kit finds what is wrong with a plugin, and nothing in those that are right."""

from typing import Annotated, Any

import msgspec
import pytest

from emporion.plugins.api import Entry, NoOptions, ParticipantView
from emporion.plugins.host import BUILT_INS
from emporion.plugins.testing import RehearsalRoom, check_plugin


@pytest.mark.parametrize("name", BUILT_INS)
def test_built_ins_keep_the_contract(name: str) -> None:
    check_plugin(BUILT_INS[name], name=name)


class LooseOptions(msgspec.Struct):
    x: int = 1


class Draw(msgspec.Struct, tag_field="kind", tag="draw"):
    points: list[int]
    colour: str


class CountingFold:
    def __init__(self) -> None:
        self.made = 0

    def initial(self) -> list[int]:
        self.made += 1
        return [self.made]

    def apply(self, state: list[int], entry: Entry) -> list[int]:
        state.append(entry.seq)
        return state


class Wrong:
    """Everything that the kit looks at is wrong here."""

    options_type = LooseOptions
    request_type = Draw

    def __init__(self, options: LooseOptions) -> None:
        self.fold = CountingFold()

    def view(self, state: list[int], viewer: ParticipantView) -> dict[str, Any]:
        return {"state": object()}

    async def handle_request(self, context: object, request: object) -> None: ...


def test_everything_wrong_is_listed() -> None:
    with pytest.raises(AssertionError) as found:
        check_plugin(Wrong)
    text = str(found.value)
    for complaint in (
        "options_type is not frozen",
        "accepts unknown keys",
        "tag_field 'kind'",
        "points has no max_length",
        "colour has no max_length",
        "another state each time",
        "the view cannot be encoded",
    ):
        assert complaint in text


def test_class_that_cannot_be_loaded_is_said_so() -> None:
    class Bare:
        def __init__(self, options: object) -> None: ...

    with pytest.raises(AssertionError, match="cannot be loaded"):
        check_plugin(Bare)


def test_limits_are_looked_for_at_any_depth() -> None:
    class Point(msgspec.Struct, frozen=True):
        label: str

    class Deep(msgspec.Struct, frozen=True, tag_field="type", tag="deep"):
        points: Annotated[tuple[Point, ...], msgspec.Meta(max_length=5)]
        names: Annotated[dict[str, int], msgspec.Meta(max_length=5)] | None = None

    class Plugin:
        options_type = NoOptions
        request_type = Deep

        def __init__(self, options: NoOptions) -> None: ...

        async def handle_request(self, context: object, request: object) -> None: ...

    with pytest.raises(AssertionError) as found:
        check_plugin(Plugin)
    assert r"points[].label has no max_length" in str(found.value)
    assert "names key has no max_length" in str(found.value)


def test_rehearsal_notices_a_fold_that_changes_its_argument() -> None:
    class InPlaceFold:
        def initial(self) -> list[int]:
            return []

        def apply(self, state: list[int], entry: Entry) -> list[int]:
            state.append(entry.seq)
            return state

    class InPlace:
        options_type = NoOptions
        fold = InPlaceFold()

        def __init__(self, options: NoOptions) -> None: ...

        def view(self, state: list[int], viewer: ParticipantView) -> dict[str, Any]:
            return {}

    with pytest.raises(AssertionError, match="in place"):
        RehearsalRoom(InPlace).join("ana")
