"""What breakouts are asked, what they journal in the main room and in groups, and their views."""

from typing import Annotated, Final, Literal

import msgspec

from ..engine.ids import ParticipantId, RoomId

MAX_GROUPS: Final = 50
MAX_DURATION_S: Final = 6 * 3600
MAX_COUNTDOWN_S: Final = 600
MAX_TEXT_CHARS: Final = 1_000
MAX_ASSIGNED: Final = 500

Number = Annotated[int, msgspec.Meta(ge=1, le=MAX_GROUPS)]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
Names = Annotated[tuple[Name, ...], msgspec.Meta(min_length=2, max_length=MAX_GROUPS)]
Identity = Annotated[str, msgspec.Meta(min_length=1, max_length=128)]
Identities = Annotated[tuple[Identity, ...], msgspec.Meta(min_length=1, max_length=MAX_ASSIGNED)]
Duration = Annotated[int, msgspec.Meta(ge=30, le=MAX_DURATION_S)]
Countdown = Annotated[int, msgspec.Meta(ge=0, le=MAX_COUNTDOWN_S)]
Text = Annotated[str, msgspec.Meta(max_length=MAX_TEXT_CHARS)]

By = Literal["hand", "even", "random", "choice"]
Late = Literal["fewest", "main"]  # Where one goes who comes late and is assigned to no group.

# -- requests -----------------------------------------------------------------------------------


class Plan(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="plan"):
    """Make a plan, or another one. `by`: who goes where; by hand and by choice begin empty."""

    names: Names
    by: By = "even"
    may_return: bool = True
    late: Late = "fewest"


class Assign(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="assign"):
    """Put people into a group, or (null) into none; while groups are open, they go there."""

    identities: Identities
    number: Number | None


class Rename(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="rename"):
    """Give a group another name, also while it is open."""

    number: Number
    name: Name


class Choose(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="choose"):
    """Choose one's own group, where the plan leaves it to everybody; null: none."""

    number: Number | None


class Open(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="open"):
    """Open all groups and send everybody there. `duration_s` null: until they are closed."""

    duration_s: Duration | None = None


class Reopen(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="reopen"):
    """Open a group again that broke down, with nothing in it, and send its people there."""

    number: Number


class SetTimer(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="set_timer"):
    """Close the groups so long from now; null: not by themselves. Takes a countdown back."""

    duration_s: Duration | None


class Close(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="close"):
    """Close all groups after a countdown that everybody sees; 0: at once."""

    countdown_s: Countdown = 30


class Cancel(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="cancel"):
    """Drop a plan whose groups are not open."""


class Announce(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="announce"):
    """Show a text in all groups."""

    text: Text


class Speak(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="speak"):
    """Be heard in all groups, or not any more; one host at a time."""

    is_on: bool


class Enter(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="enter"):
    """Go to a group: hosts and observers to any, others to their own, or to one they may choose."""

    number: Number


class GoBack(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="go_back"):
    """In a group: go back to the main room."""


class AskHelp(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="ask_help"):
    """In a group: ask the hosts to come."""


class EndHelp(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="end_help"):
    """Help is not needed any more: said in the group, or by a host in the main room.

    `number`: of the group, for a host in the main room.
    """

    number: Number | None = None


BreakoutsRequest = (
    Plan
    | Assign
    | Rename
    | Choose
    | Open
    | Reopen
    | SetTimer
    | Close
    | Cancel
    | Announce
    | Speak
    | Enter
    | GoBack
    | AskHelp
    | EndHelp
)

# -- entries ------------------------------------------------------------------------------------


class GroupBody(msgspec.Struct, frozen=True, kw_only=True):
    """One group; `group_id` null: not open."""

    number: int
    name: str
    group_id: RoomId | None = None


class PlannedBody(msgspec.Struct, frozen=True, kw_only=True):
    """`breakouts.planned`: a plan, with its first assignment by identity."""

    groups: tuple[GroupBody, ...]
    by: By
    may_return: bool
    late: Late
    assignment: dict[str, int]


class CancelledBody(msgspec.Struct, frozen=True, kw_only=True):
    """`breakouts.cancelled`: there is no plan any more."""


class AssignedBody(msgspec.Struct, frozen=True, kw_only=True):
    """`breakouts.assigned`: these belong to this group; null: to none."""

    identities: tuple[str, ...]
    number: int | None


class RenamedBody(msgspec.Struct, frozen=True, kw_only=True):
    """`breakouts.renamed`: in the main room, and in each open group."""

    number: int
    name: str


class OpenedBody(msgspec.Struct, frozen=True, kw_only=True):
    """`breakouts.opened`: the groups are open."""

    groups: tuple[GroupBody, ...]
    by: By
    may_return: bool
    left_us: int | None  # From this entry on, until they close.


class TimerBody(msgspec.Struct, frozen=True, kw_only=True):
    """`breakouts.timer_set`: when the groups close; `is_closing`: a host has asked for it."""

    left_us: int | None
    is_closing: bool = False


class AnnouncedBody(msgspec.Struct, frozen=True, kw_only=True):
    """`breakouts.announced`: a text for all groups; in the main room for the hosts' record."""

    text: str
    author_name: str


class VoiceBody(msgspec.Struct, frozen=True, kw_only=True):
    """`breakouts.voice`: who is heard in all groups; null: nobody any more."""

    participant_id: ParticipantId | None
    name: str = ""


class HelpBody(msgspec.Struct, frozen=True, kw_only=True):
    """`breakouts.help_asked`: a group asks the hosts to come."""

    number: int
    name: str  # Of who asked.


class HelpEndedBody(msgspec.Struct, frozen=True, kw_only=True):
    """`breakouts.help_ended`."""

    number: int


class ReturnedBody(msgspec.Struct, frozen=True, kw_only=True):
    """`breakouts.returned`: somebody went back, and is not sent to its group again."""

    identity: str


class ClosedBody(msgspec.Struct, frozen=True, kw_only=True):
    """`breakouts.closed`: everybody is called back; the groups' journals are named here."""

    groups: tuple[GroupBody, ...]


class BegunBody(msgspec.Struct, frozen=True, kw_only=True):
    """`breakouts.begun`, in a group: which one it is, and its sisters."""

    number: int
    name: str
    groups: tuple[GroupBody, ...]
    may_return: bool
    left_us: int | None
    is_closing: bool = False


class EndedBody(msgspec.Struct, frozen=True, kw_only=True):
    """`breakouts.ended`, in a group: everybody is called back."""


class GroupLostBody(msgspec.Struct, frozen=True, kw_only=True):
    """`breakouts.group_lost`: a group broke down; its people are in the main room.

    In the main room, and in the other groups.
    """

    number: int  # 0: it is not of the plan any more.
    name: str


class ReopenedBody(msgspec.Struct, frozen=True, kw_only=True):
    """`breakouts.reopened`: a group that broke down is open again, as another room."""

    number: int
    name: str
    group_id: RoomId


class Stay(msgspec.Struct, frozen=True, kw_only=True):
    """How long somebody was in a group, in all; `is_host`: visited it."""

    name: str
    stayed_us: int
    is_host: bool = False


class SummaryBody(msgspec.Struct, frozen=True, kw_only=True):
    """`breakouts.summary`: what a group brings back, or what is found of one that broke down.

    `stays`: who was there, in the order of coming; `messages_total`: to everybody. What was said,
    drawn and voted is for the plugins of that to show; after a breakdown (`is_lost`) they look for
    it themselves. `is_readable` false: the group's journal cannot be read.
    """

    number: int
    name: str
    group_id: RoomId
    people: tuple[str, ...]
    messages_total: int
    stays: tuple[Stay, ...] = ()
    lasted_us: int = 0
    is_lost: bool = False
    is_readable: bool = True


# -- views --------------------------------------------------------------------------------------


class AwayPerson(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who is in a group."""

    participant_id: ParticipantId
    identity: str
    name: str
    role: str
    group_id: RoomId


class HelpCall(msgspec.Struct, frozen=True, kw_only=True):
    """A group that waits for a host."""

    number: int
    name: str
    since_us: int


class LostGroup(msgspec.Struct, frozen=True, kw_only=True):
    """A group of this plan that broke down, and is not open again."""

    number: int
    name: str
    at_us: int


class Announcement(msgspec.Struct, frozen=True, kw_only=True):
    """The newest text for all groups."""

    text: str
    author_name: str
    at_us: int


class MainView(msgspec.Struct, frozen=True, kw_only=True, tag_field="place", tag="main"):
    """The plan as its viewer may see it; hosts see all of it."""

    phase: Literal["none", "planned", "open"]
    groups: tuple[GroupBody, ...]
    by: By
    may_return: bool
    late: Late
    assignment: dict[str, int]
    ends_at_us: int | None
    is_closing: bool
    voice: VoiceBody | None
    away: tuple[AwayPerson, ...]
    help: tuple[HelpCall, ...]
    summaries: tuple[SummaryBody, ...]
    lost: tuple[LostGroup, ...] = ()


class GroupView(msgspec.Struct, frozen=True, kw_only=True, tag_field="place", tag="group"):
    """A group from inside; `number` 0: it has not begun yet."""

    number: int
    name: str
    groups: tuple[GroupBody, ...]
    may_return: bool
    ends_at_us: int | None
    is_closing: bool
    has_ended: bool
    help_asked_by: str | None
    announcement: Announcement | None
    voice: VoiceBody | None
