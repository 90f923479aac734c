"""Pages of older messages: of this room, and for hosts of the groups that it has or had."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from ..engine.errors import EmporionError, RequestDenied
from .api import Entry, RequestContext, only
from .chat_history import ChatState, GroupHistoryPage, HistoryPage
from .chat_messages import GetGroupHistory, GetHistory

AFTER_ALL: Final = 2**62  # No entry has such a seq.

Read = Callable[[Sequence[int]], Awaitable[Sequence[Entry]]]
Request = RequestContext[ChatState]


async def show_history(context: Request, request: GetHistory) -> None:
    """Show what is kept, and before it what only the journal has."""

    async def read(seqs: Sequence[int]) -> Sequence[Entry]:
        return context.entries_at(seqs)

    asker = context.participant
    page = await _page(context.state, asker.identity, request.before_seq, request.limit, read)
    context.signal("history", page, audience=only(asker.participant_id))


async def show_group_history(context: Request, request: GetGroupHistory) -> None:
    """Show what was said in a group to everybody there, or to the host who asks.

    Raises:
        RequestDenied: `chat.not_host`, `groups.nested`, `groups.unknown`.
        JournalError: The group's journal cannot be read.
    """
    asker, group_id = context.participant, request.group_id
    if not asker.is_host:
        raise RequestDenied("Only hosts read what groups have said.", code="chat.not_host")

    async def read(seqs: Sequence[int]) -> Sequence[Entry]:
        return await context.groups.entries_at(group_id, seqs)

    state: ChatState = await context.groups.state_of(group_id)
    before_seq = request.before_seq or AFTER_ALL
    page = await _page(state, asker.identity, before_seq, request.limit, read)
    await _bring_pictures(context, request, page)
    answer = GroupHistoryPage(
        group_id=group_id,
        before_seq=request.before_seq,
        messages=page.messages,
        has_more=page.has_more,
    )
    context.signal("group_history", answer, audience=only(asker.participant_id))


async def _page(
    state: ChatState, identity: str, before_seq: int, limit: int, read: Read
) -> HistoryPage:
    page = state.page(identity, before_seq, limit)
    if page.has_more:
        return page
    missing = limit - len(page.messages)
    seqs = state.past_seqs(identity, before_seq, missing + 1)
    wanted = seqs[-missing:] if missing else []
    older = [state.past_message(entry) for entry in await read(wanted)]
    return HistoryPage(
        before_seq=before_seq,
        messages=(*older, *page.messages),
        has_more=len(seqs) > missing,
    )


async def _bring_pictures(context: Request, request: GetGroupHistory, page: HistoryPage) -> None:
    """Make a page's pictures the main room's, so that they can be seen; texts need none."""
    images = [said.image.file_id for said in page.messages if said.image is not None]
    if not images:
        return
    try:
        await context.groups.bring_files(request.group_id, images)
    except EmporionError as error:
        context.log.warning("chat.pictures_not_brought", code=error.code)
