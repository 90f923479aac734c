"""What the lobby is asked, what it journals, and what hosts are shown of it."""

from typing import Annotated, Final

import msgspec

from ..engine.ids import ParticipantId

MAX_CAPACITY: Final = 20_000  # As `max_participants` of a template.
MAX_MESSAGE_CHARS: Final = 300

WaitingId = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
Identity = Annotated[str, msgspec.Meta(min_length=1, max_length=128)]
Text = Annotated[str, msgspec.Meta(max_length=MAX_MESSAGE_CHARS)]
Places = Annotated[int, msgspec.Meta(ge=1, le=MAX_CAPACITY)]
Switch = bool | msgspec.UnsetType

# -- requests -----------------------------------------------------------------------------------


class Admit(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="admit"):
    """Let these come in."""

    waiting_ids: Annotated[tuple[WaitingId, ...], msgspec.Meta(min_length=1, max_length=100)]


class AdmitAll(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="admit_all"):
    """Let everybody come in who waits, but for those who were removed before."""


class Refuse(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="refuse"):
    """Send somebody away who waits; `message` is shown to them."""

    waiting_id: WaitingId
    message: Text = ""


class RemovePerson(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="remove"):
    """Put somebody out; to come back, they must be admitted."""

    participant_id: Annotated[ParticipantId, msgspec.Meta(min_length=1, max_length=64)]


class Ban(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="ban"):
    """Keep an identity out of this session, whether it is in, waits or has gone."""

    identity: Identity


class Unban(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="unban"):
    """Take a ban back."""

    identity: Identity


class ChangeSettings(
    msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="change_settings"
):
    """Change what is named. `capacity` null: as many as the template has places for."""

    waiting_room: Switch = msgspec.UNSET
    hosts_first: Switch = msgspec.UNSET
    locked: Switch = msgspec.UNSET
    shows_patrol: Switch = msgspec.UNSET
    capacity: Places | msgspec.UnsetType | None = msgspec.UNSET


LobbyRequest = Admit | AdmitAll | Refuse | RemovePerson | Ban | Unban | ChangeSettings

# -- entries ------------------------------------------------------------------------------------


class AdmittedBody(msgspec.Struct, frozen=True, kw_only=True):
    """`lobby.admitted`: these identities may come in."""

    identities: tuple[str, ...]


class RefusedBody(msgspec.Struct, frozen=True, kw_only=True):
    """`lobby.refused`: this one is sent away."""

    waiting_id: str
    identity: str
    message: str


class BannedBody(msgspec.Struct, frozen=True, kw_only=True):
    """`lobby.banned`."""

    identity: str
    name: str


class UnbannedBody(msgspec.Struct, frozen=True, kw_only=True):
    """`lobby.unbanned`."""

    identity: str


class SettingsBody(msgspec.Struct, frozen=True, kw_only=True):
    """`lobby.settings_changed`: all settings, as they are from now on."""

    waiting_room: bool
    hosts_first: bool
    locked: bool
    shows_patrol: bool
    capacity: int | None


# -- what hosts are shown -----------------------------------------------------------------------


class Knock(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who waits. `was_removed`: was put out before, so `admit_all` leaves it.

    `is_admitted`: was let in, and comes as soon as the room has a place.
    """

    waiting_id: str
    identity: str
    name: str
    role: str
    since_us: int
    was_removed: bool = False
    is_admitted: bool = False


class BannedPerson(msgspec.Struct, frozen=True, kw_only=True):
    """An identity that is kept out, and the name it had."""

    identity: str
    name: str


class LobbyView(msgspec.Struct, frozen=True, kw_only=True):
    """The first of those who wait, in the order of their coming, and how many there are."""

    settings: SettingsBody
    waiting: tuple[Knock, ...]
    waiting_total: int
    banned: tuple[BannedPerson, ...]
    banned_total: int
    patrols: tuple[str, ...]  # Their names; empty unless the settings show them.
