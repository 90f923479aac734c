"""What a participant may do: the grants of its token, with the defaults of its role.

Names follow LiveKit's grants where those exist (`canPublish` → `can_publish_sources`), and add
those of teaching. `web/tokens.py` reads them from claims; actors and plugins only ask.
"""

from typing import Final, Literal

import msgspec

from .media import Source

RoleName = Literal["host", "assistant", "merchant", "observer"]
ALL_SOURCES: Final = tuple(Source)


class Grants(msgspec.Struct, frozen=True, kw_only=True):
    """The defaults are those of a merchant."""

    role: RoleName = "merchant"
    can_publish_sources: tuple[Source, ...] = ALL_SOURCES
    can_subscribe: bool = True
    room_admin: bool = False  # May mute, unpublish and remove others.
    room_record: bool = False
    hidden: bool = False  # Is not listed among the participants.
    can_draw: bool = False
    can_ask: bool = True
    can_answer: bool = False
    can_poll: bool = False
    can_grant_floor: bool = False
    can_move_participants: bool = False


_OF_ROLE: Final[dict[RoleName, Grants]] = {
    "host": Grants(
        role="host",
        room_admin=True,
        room_record=True,
        can_draw=True,
        can_answer=True,
        can_poll=True,
        can_grant_floor=True,
        can_move_participants=True,
    ),
    "assistant": Grants(
        role="assistant",
        can_draw=True,
        can_answer=True,
        can_poll=True,
        can_grant_floor=True,
        can_move_participants=True,
    ),
    "merchant": Grants(role="merchant"),
    "observer": Grants(role="observer", can_publish_sources=(), can_ask=False),
}


def grants_of_role(role: RoleName) -> Grants:
    """What a role may do when its token says nothing else."""
    return _OF_ROLE[role]
