"""Breakouts: groups of a room, who goes where, for how long, and what they bring back.

The plugin runs in the main room, where the plan is, and in each group, which it is one of. The two
write into each other's journals; each fold is pure over its own.
"""

from typing import Final, assert_never

from ..engine.errors import RequestDenied
from . import breakouts_group as group_side
from . import breakouts_lost as lost
from . import breakouts_main as main_side
from .api import Entry, NoOptions, ParticipantView, PluginContext, RequestContext, hookimpl
from .breakouts_fold import RECENT, BreakoutsFold, joined_id, left_id
from .breakouts_messages import (
    Announce,
    AskHelp,
    Assign,
    AwayPerson,
    BreakoutsRequest,
    Cancel,
    Choose,
    Close,
    EndHelp,
    Enter,
    GoBack,
    GroupView,
    MainView,
    Open,
    Plan,
    Rename,
    Reopen,
    SetTimer,
    Speak,
)
from .breakouts_state import BreakoutsState

RATE_WINDOW_US: Final = 10_000_000  # In this time the hosts may do `RECENT` things.
MAX_OF_ONE: Final = 60  # Requests of one merchant, from plan to plan.

Context = PluginContext[BreakoutsState]
Request = RequestContext[BreakoutsState]


class Breakouts:
    """Plugin `breakouts`."""

    options_type = NoOptions
    request_type = BreakoutsRequest
    needs_groups = True
    answers_observers = True  # They may visit groups; nobody is told.
    observed = ("breakouts.", "room.participant_", "room.group_")

    def __init__(self, options: NoOptions) -> None:
        self.fold = BreakoutsFold()

    # -- what people are shown -------------------------------------------------------------------

    def view(self, state: BreakoutsState, viewer: ParticipantView) -> MainView | GroupView:
        return _group_view(state) if state.own is not None else _main_view(state, viewer)

    # -- requests --------------------------------------------------------------------------------

    async def handle_request(self, context: Request, request: BreakoutsRequest) -> None:
        """Do what somebody asks, in the main room or in a group.

        Raises:
            RequestDenied: `breakouts.hosts_only`, `breakouts.in_group`, `breakouts.in_main_room`,
                `breakouts.only_visits`, `breakouts.rate_limited` (retryable), and as each function
                says.
        """
        _check_rate(context)
        if context.participant.hidden and not isinstance(request, Enter | GoBack):
            raise RequestDenied("Who is unseen only visits.", code="breakouts.only_visits")
        if context.groups.own_id is None:
            await _answer_in_main(context, request)
        else:
            await _answer_in_group(context, request)

    # -- observers -------------------------------------------------------------------------------

    @hookimpl
    async def on_start(self, context: Context) -> None:
        if context.groups.own_id is not None:
            return
        main_side.set_timers(context)
        main_side.restore_voice(context)
        await lost.bring_back(context)
        for participant_id in context.state.people:
            await main_side.place(context, participant_id)

    @hookimpl
    async def on_timer(self, context: Context, name: str) -> None:
        if name == main_side.END and context.state.phase == "open":
            await main_side.close_groups(context)
        elif name == main_side.SWEEP:
            await main_side.sweep(context)

    @hookimpl
    async def on_entry(self, context: Context, entry: Entry) -> None:
        if context.groups.own_id is not None:
            if entry.kind == "breakouts.ended":
                await group_side.bring_back(context)
        elif entry.kind == "room.participant_joined":
            await main_side.place(context, joined_id(entry))
        elif entry.kind == "room.participant_left":
            await main_side.drop_voice(context, left_id(entry))
        elif entry.kind == "room.group_closed":
            await lost.bring_back(context)


async def _answer_in_main(context: Request, request: BreakoutsRequest) -> None:  # noqa: C901 - one flat match.
    match request:
        case Choose(number=number):
            await main_side.choose(context, number)
        case Enter(number=number):
            await _enter(context, number)
        case GoBack() | AskHelp():
            raise RequestDenied("You are in no group.", code="breakouts.in_main_room")
        case _:
            _check_host(context)
            match request:
                case Plan():
                    await main_side.plan(context, request)
                case Cancel():
                    await main_side.cancel(context)
                case Assign():
                    await main_side.assign(context, request)
                case Rename(number=number, name=name):
                    await main_side.rename(context, number, name)
                case Open():
                    await main_side.open_groups(context, request)
                case Reopen(number=number):
                    await lost.reopen(context, number)
                case SetTimer(duration_s=duration_s):
                    await main_side.set_end(context, duration_s, is_closing=False)
                case Close(countdown_s=countdown_s):
                    await main_side.set_end(context, countdown_s, is_closing=True)
                case Announce(text=text):
                    await main_side.announce(context, text)
                case Speak(is_on=is_on):
                    await main_side.speak(context, is_on=is_on)
                case EndHelp(number=number):
                    await main_side.end_help(context, number or 0)
                case _:
                    assert_never(request)


async def _answer_in_group(context: Request, request: BreakoutsRequest) -> None:
    match request:
        case AskHelp():
            await group_side.ask_help(context)
        case EndHelp():
            await group_side.end_help(context)
        case Enter(number=number):
            await group_side.enter(context, number)
        case GoBack():
            await group_side.go_back(context)
        case _:
            raise RequestDenied("That is for the main room.", code="breakouts.in_group")


async def _enter(context: Request, number: int) -> None:
    """Go to an open group.

    Raises:
        RequestDenied: `breakouts.not_open`, `breakouts.unknown_group`, `breakouts.not_yours`.
    """
    state, person = context.state, context.participant
    main_side.check_open(state)
    group = main_side.find_group(state, number)
    if group.group_id is None:
        raise RequestDenied("This group has ended.", code="breakouts.unknown_group")
    if person.is_host or person.hidden:
        context.groups.move(person.participant_id, group.group_id)
        if number in state.help and not person.hidden:
            await main_side.end_help(context, number)
    elif state.by == "choice":
        await main_side.choose(context, number)
    elif state.assignment.get(person.identity) != number:
        raise RequestDenied("This is not your group.", code="breakouts.not_yours")
    else:
        context.groups.move(person.participant_id, group.group_id)


def _check_host(context: Request) -> None:
    person = context.participant
    if not (person.is_host and person.grants.can_move_participants):
        raise RequestDenied("Only hosts may do this.", code="breakouts.hosts_only")


def _check_rate(context: Request) -> None:
    state, person = context.state, context.participant
    is_flood = state.count_changes_since(context.now_us() - RATE_WINDOW_US) >= RECENT
    is_greedy = state.asked.get(person.participant_id, 0) >= MAX_OF_ONE
    if is_flood if person.is_host else is_greedy:
        raise RequestDenied(
            "Too many requests; wait a little.", code="breakouts.rate_limited", retryable=True
        )


def _main_view(state: BreakoutsState, viewer: ParticipantView) -> MainView:
    is_host = viewer.is_host
    shows_plan = is_host or state.by == "choice" or state.phase == "open"
    shows_all = is_host or state.by == "choice"
    own = {
        identity: number
        for identity, number in state.assignment.items()
        if shows_all or identity == viewer.identity
    }
    return MainView(
        phase=state.phase if shows_plan else "none",  # type: ignore[arg-type]  # One of the three.
        groups=state.groups if shows_plan else (),
        by=state.by,
        may_return=state.may_return,
        late=state.late,
        assignment=own if shows_plan else {},
        ends_at_us=state.ends_at_us,
        is_closing=state.is_closing,
        voice=state.voice,
        away=tuple(
            AwayPerson(
                participant_id=person.participant_id,
                identity=person.identity,
                name=person.name,
                role=person.role,
                group_id=person.group_id,
            )
            for person in state.away.values()
            if person.group_id is not None and not person.hidden
        ),
        help=tuple(state.help.values()) if is_host else (),
        summaries=state.summaries if is_host else (),
        lost=state.lost,
    )


def _group_view(state: BreakoutsState) -> GroupView:
    own = state.own
    assert own is not None, "the caller looked"
    return GroupView(
        number=own.number,
        name=own.name,
        groups=state.groups,
        may_return=state.may_return,
        ends_at_us=state.ends_at_us,
        is_closing=state.is_closing,
        has_ended=own.has_ended,
        help_asked_by=own.help_asked_by,
        announcement=own.announcement,
        voice=state.voice,
    )
