"""Breakouts in the main room: what is left of groups that broke down for good.

Nobody in such a group could say anything any more, so the main room reads the group's journal.
"""

import msgspec

from ..engine.errors import EmporionError
from .api import ALL, HOSTS, PluginContext
from .breakouts_group import summary_of
from .breakouts_messages import GroupBody, GroupLostBody, SummaryBody
from .breakouts_state import BreakoutsState, OwnGroup

Context = PluginContext[BreakoutsState]


async def bring_back(context: Context) -> None:
    """Tell of each group that broke down, and what its journal says of it."""
    for group in context.state.unread:
        body = GroupLostBody(number=group.number, name=group.name)
        await context.append("group_lost", body, audience=ALL)
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
    # A group begins as the groups are opened, on a clock of its own that nobody can read now.
    lasted_us = max(0, context.now_us() - context.state.opened_us)
    summary = summary_of(own, group.group_id, own.begun_us + lasted_us)
    return msgspec.structs.replace(summary, is_lost=True, is_readable=is_readable)
