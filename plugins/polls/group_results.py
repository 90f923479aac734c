"""What was asked and answered in a group of the room is told to the hosts of the main room."""

from typing import Final

import msgspec

from ...engine.errors import JournalError
from ...engine.ids import RoomId
from ..api import HOSTS, Entry, PluginContext
from .messages import GroupPoll, GroupResultsBody
from .results import results_of
from .state import PollsState

KEPT_POLLS: Final = 10  # Of one group: the latest.
KEPT_TEXTS: Final = 12  # Of one poll.


class _Summary(msgspec.Struct, frozen=True):
    """Of `breakouts.summary`, in the main room."""

    group_id: RoomId
    is_lost: bool = False
    is_readable: bool = True


_summary = msgspec.msgpack.Decoder(_Summary)


async def tell_main(context: PluginContext[PollsState]) -> None:
    """In a group that ends: tell the results as they are; drafts stay where they are."""
    group_id = context.groups.own_id
    body = _results_of(context.state, group_id) if group_id is not None else None
    if body is not None:
        await context.groups.append(None, "group_results", body, audience=HOSTS)


async def look_into_lost(context: PluginContext[PollsState], entry: Entry) -> None:
    """In the main room: a group that broke down tells nothing, but its journal does.

    Args:
        entry: `breakouts.summary`, which comes of each group.
    """
    group = _summary.decode(entry.body)
    if not (group.is_lost and group.is_readable):
        return
    try:
        body = _results_of(await context.groups.state_of(group.group_id), group.group_id)
    except JournalError as error:
        context.log.warning("polls.group_unreadable", group_id=group.group_id, code=error.code)
        return
    if body is not None:
        await context.append("group_results", body, audience=HOSTS)


def _results_of(state: PollsState, group_id: RoomId) -> GroupResultsBody | None:
    asked = [poll for poll in state.polls.values() if poll.status != "draft"]
    if not asked:
        return None
    polls = []
    for poll in asked[-KEPT_POLLS:]:
        results = results_of(poll, for_hosts=True)
        polls.append(
            GroupPoll(
                text=poll.info.text,
                choices=poll.info.choices,
                voters=results.voters,
                counts=results.counts,
                texts=tuple(answer.text for answer in results.texts[-KEPT_TEXTS:]),
                right=poll.right,
            )
        )
    return GroupResultsBody(group_id=group_id, polls=tuple(polls))
