"""The life of a poll, step by step: opened, closed, its results told, put away."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

import msgspec

from ...engine.errors import RequestDenied
from ..api import ALL, HOSTS, PluginContext, RequestContext
from .messages import (
    Close,
    Delete,
    NumberBody,
    Open,
    OpenedBody,
    PollInfo,
    ResultsBody,
    Share,
    TextHiddenBody,
)
from .results import results_of
from .scoring import leaders_after
from .state import Poll, PollsState

Context = RequestContext[PollsState]


def known(state: PollsState, number: int) -> Poll:
    """Return a poll.

    Raises:
        RequestDenied: `polls.unknown`.
    """
    poll = state.polls.get(number)
    if poll is None:
        raise RequestDenied("There is no such poll.", code="polls.unknown")
    return poll


def closed(state: PollsState, number: int) -> Poll:
    """Return a poll that was closed.

    Raises:
        RequestDenied: `polls.unknown`, `polls.not_closed`.
    """
    poll = known(state, number)
    if poll.status != "closed":
        raise RequestDenied("The poll is not closed.", code="polls.not_closed")
    return poll


def check_none_open(state: PollsState) -> None:
    """Check that a poll may be opened.

    Raises:
        RequestDenied: `polls.another_open`.
    """
    if state.open:
        raise RequestDenied("Another poll is open.", code="polls.another_open")


async def open_draft(context: Context, number: int) -> None:
    """Open a poll; who finds it open already has what was asked for.

    Raises:
        RequestDenied: `polls.closed`, `polls.another_open`.
    """
    poll = known(context.state, number)
    if poll.status == "open":
        return
    if poll.status == "closed":
        raise RequestDenied("The poll is closed; repeat it.", code="polls.closed")
    check_none_open(context.state)
    await open_poll(context, poll.info)


async def open_poll(context: Context, info: PollInfo) -> None:
    """Open a poll and set its clock."""
    now_us = context.now_us()
    closes_at_us = now_us + info.seconds * 1_000_000 if info.seconds is not None else 0
    info = msgspec.structs.replace(info, opened_at_us=now_us, closes_at_us=closes_at_us)
    await context.append("opened", OpenedBody(poll=info))
    if closes_at_us:
        context.set_timer(str(info.number), closes_at_us)


async def close_by_host(context: Context, number: int) -> None:
    """Close a poll; who finds it closed already has what was asked for.

    Raises:
        RequestDenied: `polls.not_open`.
    """
    poll = known(context.state, number)
    if poll.status == "draft":
        raise RequestDenied("The poll is not open.", code="polls.not_open")
    if poll.status == "open":
        await close_poll(context, number)


async def close_poll(context: PluginContext[PollsState], number: int) -> None:
    """Close a poll and tell its results to those who may see them."""
    context.cancel_timer(str(number))
    await context.append("closed", NumberBody(number=number))
    await tell_results(context, number)


async def tell_results(context: PluginContext[PollsState], number: int) -> None:
    """Tell the results to all, or to hosts where they are not for all."""
    poll = context.state.polls[number]
    await _append_results(context, poll, is_shared=poll.is_public())


async def _append_results(
    context: PluginContext[PollsState], poll: Poll, *, is_shared: bool
) -> None:
    results = msgspec.structs.replace(
        results_of(poll, for_hosts=True), leaders=leaders_after(context.state.scores, poll)
    )
    body = ResultsBody(results=results, is_shared=is_shared)
    await context.append("results", body, audience=ALL if is_shared else HOSTS)


async def share(context: Context, number: int) -> None:
    """Show the results to all, if they do not see them already.

    Raises:
        RequestDenied: `polls.not_closed`.
    """
    poll = closed(context.state, number)
    if not poll.is_public():
        await _append_results(context, poll, is_shared=True)


async def delete(context: Context, number: int) -> None:
    """Put a poll away.

    Raises:
        RequestDenied: `polls.is_open`.
    """
    poll = known(context.state, number)
    if poll.status == "open":
        raise RequestDenied("The poll is open; close it first.", code="polls.is_open")
    audience = HOSTS if poll.status == "draft" else ALL
    await context.append("deleted", NumberBody(number=number), audience=audience)


async def hide_text(context: Context, number: int, ballot: int) -> None:
    """Hide a free text, unless it is hidden already.

    Raises:
        RequestDenied: `polls.no_such_answer`.
    """
    poll = known(context.state, number)
    if poll.info.kind != "text" or ballot > len(poll.ballots):
        raise RequestDenied("There is no such answer.", code="polls.no_such_answer")
    if ballot not in poll.hidden:
        body = TextHiddenBody(number=number, ballot=ballot)
        await context.append("text_hidden", body, audience=HOSTS)
        if poll.has_told:
            await tell_results(context, number)  # Without it.


STEPS: Final[Mapping[type, Callable[[Context, int], Awaitable[None]]]] = {
    Open: open_draft,
    Close: close_by_host,
    Share: share,
    Delete: delete,
}
