"""What a participant may do: the grants of its token, with the defaults of its role.

Names follow LiveKit's grants where those exist (`canPublish` → `can_publish_sources`), and add
those of teaching. `web/tokens.py` reads them from claims; actors and plugins only ask.
"""

from typing import Any, Final, Literal, get_args

import msgspec

from .media import Source

RoleName = Literal["host", "assistant", "merchant", "observer"]
ALL_SOURCES: Final = tuple(Source)
ROLES: Final[tuple[RoleName, ...]] = get_args(RoleName)


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
    needs_no_floor: bool = False  # The token itself says that it publishes, in any template.


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


class GrantChanges(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What was changed in a session: these grants, None: as the token says.

    Encoded, it has the changed names only. `role` and `hidden` cannot be changed: who is told of
    whom would have to be said anew.
    """

    can_publish_sources: tuple[Source, ...] | msgspec.UnsetType | None = msgspec.UNSET
    room_admin: bool | msgspec.UnsetType | None = msgspec.UNSET
    can_draw: bool | msgspec.UnsetType | None = msgspec.UNSET
    can_ask: bool | msgspec.UnsetType | None = msgspec.UNSET
    can_answer: bool | msgspec.UnsetType | None = msgspec.UNSET
    can_poll: bool | msgspec.UnsetType | None = msgspec.UNSET
    can_grant_floor: bool | msgspec.UnsetType | None = msgspec.UNSET
    can_move_participants: bool | msgspec.UnsetType | None = msgspec.UNSET

    def named(self) -> dict[str, Any]:  # Any: the grants differ in type.
        """Return what is said, by name, None included."""
        pairs = ((name, getattr(self, name)) for name in self.__struct_fields__)
        return {name: value for name, value in pairs if value is not msgspec.UNSET}

    def then(self, later: "GrantChanges") -> "GrantChanges":
        """Return both in one; what `later` takes back is not said any more."""
        named = self.named() | later.named()
        return GrantChanges(**{name: value for name, value in named.items() if value is not None})

    def apply(self, grants: Grants) -> Grants:
        """Return grants with these changes."""
        if self == NO_CHANGES:
            return grants  # So it is for nearly everybody who joins.
        kept = {name: value for name, value in self.named().items() if value is not None}
        return msgspec.structs.replace(grants, **kept) if kept else grants


NO_CHANGES: Final = GrantChanges()
