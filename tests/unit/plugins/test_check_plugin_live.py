"""Played on a classroom, the kit finds what no look at the class could."""

from dataclasses import replace
from typing import Annotated, Any

import msgspec
import pytest
from probe_plugin import Probe, ProbeFold, ProbeState

from emporion.engine.errors import RequestDenied
from emporion.plugins.api import Entry, NoOptions, ParticipantView, RequestContext
from emporion.plugins.testing import Forbidden, Scenario, check_plugin

SCENARIO = Scenario(
    play=(
        ("ana", {"type": "add", "amount": 3}),
        ("li", {"type": "add", "amount": 40}),
        ("ben", {"type": "act", "what": "timer", "text": "x", "number": 1_000_000}),
    ),
    forbidden=(
        Forbidden("li", {"type": "act", "what": "dance"}, "probe.unknown_act"),
        Forbidden("li", lambda stage: {"type": "act", "what": "mute"}, "plugin.crashed"),
    ),
)


class Add(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="add"):
    amount: Annotated[int, msgspec.Meta(ge=0, le=100)]


class Adding:
    """Right as it is; the others are wrong in one thing each."""

    options_type: Any = NoOptions
    request_type = Add

    def __init__(self, options: NoOptions) -> None:
        self.fold: Any = ProbeFold()

    def view(self, state: ProbeState, viewer: ParticipantView) -> dict[str, Any]:
        return {"total": state.total}

    async def handle_request(self, context: RequestContext[ProbeState], request: Add) -> None:
        if not context.participant.is_host:
            raise RequestDenied("Hosts only.", code="probe.hosts_only")
        await context.append("added", {"amount": request.amount})


ADD = {"type": "add", "amount": 2}
ADDING = Scenario(play=(("ana", ADD),), forbidden=(Forbidden("li", ADD, "probe.hosts_only"),))


def complaints(plugin_class: type, scenario: Scenario = ADDING) -> str:
    with pytest.raises(AssertionError) as found:
        check_plugin(plugin_class, name="probe", scenario=scenario)
    return str(found.value)


def test_nothing_is_found_where_nothing_is_wrong() -> None:
    check_plugin(Adding, name="probe", scenario=ADDING)


def test_state_beside_the_fold_is_found() -> None:
    class Remembering(Adding):
        def __init__(self, options: NoOptions) -> None:
            super().__init__(options)
            self._asked = 0

        def view(self, state: ProbeState, viewer: ParticipantView) -> dict[str, Any]:
            self._asked += 1
            return {"total": state.total, "asked": self._asked}

    assert "the journal has" in complaints(Remembering)


def test_a_fold_that_changes_its_states_is_found() -> None:
    class InPlaceFold:
        def initial(self) -> list[int]:
            return []

        def apply(self, state: list[int], entry: Entry) -> list[int]:
            if entry.kind == "probe.added":
                state.append(entry.seq)
            return state

    class InPlace(Adding):
        def __init__(self, options: NoOptions) -> None:
            self.fold = InPlaceFold()

        def view(self, state: Any, viewer: ParticipantView) -> dict[str, Any]:
            return {"seqs": list(state)}

    assert "in place" in complaints(InPlace)


def test_a_permission_that_is_not_enforced_is_found() -> None:
    class Lax(Adding):
        async def handle_request(self, context: RequestContext[ProbeState], request: Add) -> None:
            await context.append("added", {"amount": request.amount})

    assert "li may send" in complaints(Lax)


def test_a_refusal_that_changes_something_is_found() -> None:
    class Hasty(Adding):
        async def handle_request(self, context: RequestContext[ProbeState], request: Add) -> None:
            await context.append("added", {"amount": request.amount})
            if not context.participant.is_host:
                raise RequestDenied("Hosts only.", code="probe.hosts_only")

    assert "but appended {'probe.added'}" in complaints(Hasty)


def test_what_is_too_frequent_and_changes_something_is_found() -> None:
    class Counting(Adding):
        async def handle_request(self, context: RequestContext[ProbeState], request: Add) -> None:
            if not context.participant.is_host:
                raise RequestDenied("Hosts only.", code="probe.hosts_only")
            await context.append("added", {"amount": request.amount})
            if context.state.total > 10:
                raise RequestDenied("Too often.", code="probe.rate_limited", retryable=True)

    assert "(probe.rate_limited), but appended {'probe.added'}" in complaints(Counting)


def test_a_crash_is_found_and_told() -> None:
    text = complaints(Probe, SCENARIO)
    assert "actors crashed" in text
    assert "AssertionError" in text, "the probe asserts that there is a track"


def test_a_play_that_fails_is_told() -> None:
    assert "was answered by" in complaints(Adding, Scenario(play=(("li", ADD),)))


def test_what_fails_in_a_group_only_is_found() -> None:
    class MainOnly(Adding):
        needs_groups = True

        async def handle_request(self, context: RequestContext[ProbeState], request: Add) -> None:
            if context.groups.own_id is not None:
                raise RequestDenied("Not here.", code="probe.in_group")
            await super().handle_request(context, request)

    assert "in a group: late and away" in complaints(MainOnly)
    check_plugin(MainOnly, name="probe", scenario=replace(ADDING, in_groups=False))
