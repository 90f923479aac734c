"""What the floor is asked, what it journals, and what people are shown of it."""

from typing import Annotated, Final, Literal

import msgspec

from ..engine.ids import ParticipantId
from ..engine.media import Source

MAX_REASON_CHARS: Final = 200

# What a person may be allowed, one by one.
Right = Literal["voice", "camera", "screen", "drawing"]
SOURCES_OF: Final[dict[Right, tuple[Source, ...]]] = {
    "voice": (Source.MICROPHONE,),
    "camera": (Source.CAMERA,),
    "screen": (Source.SCREEN, Source.SCREEN_AUDIO),
    "drawing": (),
}
RIGHTS: Final[tuple[Right, ...]] = ("voice", "camera", "screen", "drawing")

# Why a hand went down, or the floor was given back.
Why = Literal["self", "host", "spoke", "away", "floor"]

Person = Annotated[ParticipantId, msgspec.Meta(min_length=1, max_length=64)]
Rights = Annotated[tuple[Right, ...], msgspec.Meta(min_length=1, max_length=len(RIGHTS))]
Reason = Annotated[str, msgspec.Meta(max_length=MAX_REASON_CHARS)]

# -- requests -----------------------------------------------------------------------------------


class RaiseHand(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="raise_hand"):
    """Ask for the floor, or say why once the hand is up; `reason` is shown to the hosts."""

    reason: Reason = ""


class LowerHand(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="lower_hand"):
    """Take a hand down: one's own (null), or as a host somebody else's."""

    participant_id: Person | None = None


class LowerAll(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="lower_all"):
    """Take all hands down."""


class GiveFloor(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="give_floor"):
    """Call somebody up to the stage, with these rights until the floor is taken back."""

    participant_id: Person
    rights: Rights = ("voice", "camera")


class TakeFloor(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="take_floor"):
    """Send somebody back from the stage, or step down oneself (null)."""

    participant_id: Person | None = None


class GrantRights(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="grant"):
    """Allow somebody these, with or without the floor."""

    participant_id: Person
    rights: Rights


class RevokeRights(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="revoke"):
    """Forbid somebody these; what is being sent of them ends."""

    participant_id: Person
    rights: Rights


class Mute(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="mute"):
    """Mute somebody's microphone, with or without the right to unmute it."""

    participant_id: Person
    may_unmute: bool = True


class MuteAll(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="mute_all"):
    """Mute everybody but the hosts, and but those who have the floor unless it says so."""

    may_unmute: bool = True
    spares_floor: bool = True


class AllowUnmute(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="allow_unmute"):
    """Give the right to unmute back: to one, or to everybody (null)."""

    participant_id: Person | None = None


HandsRequest = (
    RaiseHand
    | LowerHand
    | LowerAll
    | GiveFloor
    | TakeFloor
    | GrantRights
    | RevokeRights
    | Mute
    | MuteAll
    | AllowUnmute
)

# -- entries ------------------------------------------------------------------------------------


class RaisedBody(msgspec.Struct, frozen=True, kw_only=True):
    """`hands.raised`; the order of the queue is that of these entries."""

    participant_id: ParticipantId
    identity: str
    name: str
    reason: str


class ReasonedBody(msgspec.Struct, frozen=True, kw_only=True):
    """`hands.reasoned`: whose hand is up says why; the place in the queue stays."""

    participant_id: ParticipantId
    identity: str
    reason: str


class LoweredBody(msgspec.Struct, frozen=True, kw_only=True):
    """`hands.lowered`."""

    participant_id: ParticipantId
    identity: str
    why: Why


class AllLoweredBody(msgspec.Struct, frozen=True, kw_only=True):
    """`hands.all_lowered`."""


class SpeakingBody(msgspec.Struct, frozen=True, kw_only=True):
    """`hands.speaking`: who has a hand up, or the floor for a time, is heard, or not any more."""

    identity: str
    speaking: bool


class FloorGivenBody(msgspec.Struct, frozen=True, kw_only=True):
    """`hands.floor_given`. `added`: which of the rights the person did not have before."""

    participant_id: ParticipantId
    identity: str
    name: str
    rights: tuple[Right, ...]
    added: tuple[Right, ...]


class FloorTakenBody(msgspec.Struct, frozen=True, kw_only=True):
    """`hands.floor_taken`."""

    participant_id: ParticipantId
    identity: str
    why: Why


class SilencedBody(msgspec.Struct, frozen=True, kw_only=True):
    """`hands.silenced`: whether this person may unmute from now on."""

    participant_id: ParticipantId
    identity: str
    may_unmute: bool


class AllSilencedBody(msgspec.Struct, frozen=True, kw_only=True):
    """`hands.all_silenced`: whether people who are no hosts may unmute from now on."""

    may_unmute: bool


# -- what people are shown ----------------------------------------------------------------------


class HandInfo(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A hand in the queue. `reason` and `identity` are for hosts; `away`: lost, perhaps back;
    `in_group`: in a group of the room, and keeps its place.
    """

    participant_id: ParticipantId
    name: str
    seq: int
    at_us: int
    identity: str = ""
    reason: str = ""
    away: bool = False
    in_group: bool = False


class FloorInfo(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Somebody who has the floor."""

    participant_id: ParticipantId
    name: str
    rights: tuple[Right, ...]
    at_us: int
    away: bool = False
    in_group: bool = False


class QueueSummary(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The queue in short.

    `before` has the `seq` of the first hands, for one's own position. `silenced`: who may not
    unmute, one by one; for hosts.
    """

    total: int
    first: tuple[HandInfo, ...]
    before: tuple[int, ...]
    floors: tuple[FloorInfo, ...]
    all_silenced: bool
    silenced: tuple[ParticipantId, ...] = ()


class HandsView(msgspec.Struct, frozen=True, kw_only=True):
    """The queue, and what is one's own."""

    queue: QueueSummary
    hand: HandInfo | None
    floor: tuple[Right, ...] | None
    may_unmute: bool
