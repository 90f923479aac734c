"""Breakouts in the main room: groups that broke down, what is left of them, and opening them again.

Nobody in such a group could say anything any more, so the main room reads the group's journal.
"""

import msgspec

from ..engine.errors import EmporionError, RequestDenied
from . import breakouts_main as main_side
from .api import ALL, HOSTS, PluginContext, RequestContext
from .breakouts_group import summary_of
from .breakouts_messages import BegunBody, GroupBody, GroupLostBody, ReopenedBody, SummaryBody
from .breakouts_state import BreakoutsState, OwnGroup

Context = PluginContext[BreakoutsState]
Request = RequestContext[BreakoutsState]


async def bring_back(context: Context) -> None:
    """Tell of each group that broke down, and what its journal says of it."""
    for group in context.state.unread:
        body = GroupLostBody(number=group.number, name=group.name)
        await context.append("group_lost", body, audience=ALL)
        await main_side.tell_groups(context, "group_lost", body)
        await context.append("summary", await _read(context, group), audience=HOSTS)


async def _read(context: Context, group: GroupBody) -> SummaryBody:
    assert group.group_id is not None, "it was open"
    own: OwnGroup | None = None
    is_readable = True
    try:
        left: BreakoutsState = await context.groups.state_of(group.group_id)
        own = left.own
    except EmporionError as error:
        is_readable = False
        context.log.warning("breakouts.group_unreadable", code=error.code)
    if own is None:
        own = OwnGroup(group.number, group.name)
    # A group begins as it is opened, on a clock of its own that nobody can read now.
    state = context.state
    opened_us = state.reopened_us.get(group.number, state.opened_us)
    lasted_us = max(0, context.now_us() - opened_us)
    summary = summary_of(own, group.group_id, own.begun_us + lasted_us)
    return msgspec.structs.replace(summary, is_lost=True, is_readable=is_readable)


async def reopen(context: Request, number: int) -> None:
    """Open a group again, with a board and a journal of its own, and send its people there.

    Raises:
        RequestDenied: `breakouts.not_open`, `breakouts.unknown_group`, `breakouts.not_lost`.
    """
    main_side.check_open(context.state)
    group = main_side.find_group(context.state, number)
    if group.group_id is not None:
        raise RequestDenied("This group is open.", code="breakouts.not_lost")
    await bring_back(context)  # First all are told that it was lost.
    main_side.sweep_if_this_fails(context)
    group_id = await context.groups.open(group.name)
    body = ReopenedBody(number=number, name=group.name, group_id=group_id)
    await _begin(context, body)
    await context.append("reopened", body, audience=ALL)
    await main_side.tell_groups(context, "reopened", body)
    main_side.set_timers(context)
    main_side.restore_voice(context)
    for person in context.state.people.values():
        if context.state.assignment.get(person.identity) == number:
            main_side.send_to_place(context, person)


async def _begin(context: Request, reopened: ReopenedBody) -> None:
    """Tell the new room which group it is, and what the others were told while it was gone."""
    state = context.state
    groups = tuple(
        msgspec.structs.replace(group, group_id=reopened.group_id)
        if group.number == reopened.number
        else group
        for group in state.groups
    )
    ends_at_us = state.ends_at_us
    body = BegunBody(
        number=reopened.number,
        name=reopened.name,
        groups=groups,
        may_return=state.may_return,
        left_us=None if ends_at_us is None else max(0, ends_at_us - context.now_us()),
        is_closing=state.is_closing,
    )
    await context.groups.append(reopened.group_id, "begun", body)
    if state.voice is not None:
        await context.groups.append(reopened.group_id, "voice", state.voice)
