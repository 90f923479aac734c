"""Who goes where: pure functions over the people and the plan of breakouts."""

import random
from collections.abc import Sequence

from .breakouts_messages import By, GroupBody
from .breakouts_state import BreakoutsState, Person


def first_assignment(
    by: By, groups: Sequence[GroupBody], people: Sequence[Person], before: dict[str, int]
) -> dict[str, int]:
    """Assign people as a plan begins.

    Args:
        before: By hand, what was assigned so far stays, as far as there are such groups.
    """
    numbers = [group.number for group in groups]
    if by == "hand":
        return {identity: number for identity, number in before.items() if number in numbers}
    if by == "choice":
        return {}
    identities = list(dict.fromkeys(p.identity for p in people if p.is_assignable))
    if by == "random":
        random.SystemRandom().shuffle(identities)
    return {identity: numbers[index % len(numbers)] for index, identity in enumerate(identities)}


def place_of(state: BreakoutsState, person: Person) -> GroupBody | None:
    """Return the open group where somebody belongs who is in the main room; None: stays there."""
    if state.phase != "open" or not person.is_assignable:
        return None
    if person.identity in state.away_by_choice:
        return None
    group = state.group(state.assignment.get(person.identity))
    return group if group is not None and group.group_id is not None else None


def group_for_late(state: BreakoutsState, person: Person) -> GroupBody | None:
    """Return the smallest open group for somebody who is assigned to none; None: the main room."""
    is_known = person.identity in state.assignment or person.identity in state.away_by_choice
    is_new = person.is_assignable and not is_known
    if state.phase != "open" or state.late != "fewest" or state.by == "choice" or not is_new:
        return None
    sizes = state.sizes()
    there = [group for group in state.groups if group.group_id is not None]
    return min(there, key=lambda group: (sizes[group.number], group.number), default=None)
