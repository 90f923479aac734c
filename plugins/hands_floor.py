"""Gives and takes rights with the floor, so that the room's grants come to agree with the state.

The entry of the floor is the decision and comes first; the change of the grants follows. What a
crash or a person's absence came between is done at the next start, or when the person is back.
"""

from typing import Any

from ..engine.errors import RequestDenied
from ..engine.media import Source
from .api import Entry, ParticipantView, PluginContext
from .hands_fold import joined_id
from .hands_messages import RIGHTS, SOURCES_OF, Right
from .hands_state import HandsState

Context = PluginContext[HandsState]


def rights_of(person: ParticipantView) -> frozenset[Right]:
    """Return what somebody may do now."""
    sources = person.grants.can_publish_sources
    held: set[Right] = {right for right in RIGHTS if _sends(right, sources)}
    if person.grants.can_draw:
        held.add("drawing")
    return frozenset(held)


def _sends(right: Right, sources: tuple[Source, ...]) -> bool:
    """Whether somebody who may publish these has the right; drawing is no source."""
    return any(source in sources for source in SOURCES_OF[right][:1])


async def change_rights(
    context: Context,
    person: ParticipantView,
    *,
    add: tuple[Right, ...] = (),
    remove: tuple[Right, ...] = (),
) -> None:
    """Change what somebody may do.

    Raises:
        RequestDenied: `participant.unknown`.
    """
    changes: dict[str, Any] = {}  # Any: the grants differ in type.
    if any(SOURCES_OF[right] for right in (*add, *remove)):
        sources = set(person.grants.can_publish_sources)
        sources.update(source for right in add for source in SOURCES_OF[right])
        sources.difference_update(source for right in remove for source in SOURCES_OF[right])
        changes["can_publish_sources"] = tuple(s for s in Source if s in sources)
    if "drawing" in (*add, *remove):
        changes["can_draw"] = "drawing" in add
    if changes:
        await context.change_grants(person.participant_id, **changes)


async def settle(context: Context, person: ParticipantView) -> None:
    """Do to somebody's grants what the floor has left undone."""
    try:
        undo = context.state.undoing.get(person.identity)
        if undo is not None:
            await change_rights(context, person, remove=undo)
        floor = context.state.floors.get(person.identity)
        if floor is not None and not floor.is_settled:
            current = context.room.participants.get(person.participant_id, person)
            await change_rights(context, current, add=floor.added)
    except RequestDenied as denied:
        # It has just left; this is done when it is back.
        context.log.info("hands.unsettled", code=denied.code)


async def settle_joined(context: Context, entry: Entry) -> None:
    """Settle who has just come, or come back."""
    if context.state.undoing or context.state.floors:
        person = context.room.participants.get(joined_id(entry))
        if person is not None:
            await settle(context, person)


async def settle_all(context: Context) -> None:
    """Settle whoever is in the room."""
    waiting = {*context.state.undoing} | {
        floor.identity for floor in context.state.floors.values() if not floor.is_settled
    }
    if waiting:
        for person in tuple(context.room.participants.values()):
            if person.identity in waiting:
                await settle(context, person)
