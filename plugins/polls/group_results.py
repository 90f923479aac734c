"""What was asked and answered in a group of the room is told to the hosts of the main room."""

from typing import Final

from ..api import HOSTS, PluginContext
from .messages import GroupPoll, GroupResultsBody
from .results import results_of
from .state import PollsState

KEPT_POLLS: Final = 10  # Of one group: the latest.
KEPT_TEXTS: Final = 12  # Of one poll.


async def tell_main(context: PluginContext[PollsState]) -> None:
    """In a group that ends: tell the results as they are; drafts stay where they are."""
    group_id = context.groups.own_id
    asked = [poll for poll in context.state.polls.values() if poll.status != "draft"]
    if not asked or group_id is None:
        return
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
    body = GroupResultsBody(group_id=group_id, polls=tuple(polls))
    await context.groups.append(None, "group_results", body, audience=HOSTS)
