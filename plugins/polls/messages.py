"""What the plugin `polls` is asked, what it journals, and what viewers are shown."""

from typing import Annotated, Final, Literal

import msgspec

from ...engine.ids import RoomId

MAX_CHOICES: Final = 12
MAX_QUESTION_CHARS: Final = 300
MAX_CHOICE_CHARS: Final = 120
MAX_SECONDS: Final = 24 * 3600

# Far above any sensible limit: a text that is merely too long gets a code of its own.
_FRAME_TEXT: Final = 20_000

Kind = Literal["single", "multiple", "text"]
Shows = Literal["live", "closed", "hosts"]
Status = Literal["draft", "open", "closed"]
Number = Annotated[int, msgspec.Meta(ge=1, le=1_000_000)]
Choice = Annotated[int, msgspec.Meta(ge=0, lt=MAX_CHOICES)]
Choices = Annotated[tuple[Choice, ...], msgspec.Meta(max_length=MAX_CHOICES)]
Seconds = Annotated[int, msgspec.Meta(ge=5, le=MAX_SECONDS)]
Text = Annotated[str, msgspec.Meta(max_length=_FRAME_TEXT)]

# -- requests -----------------------------------------------------------------------------------


class Create(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="create"):
    """Prepare a poll, and open it at once if `opens`.

    `right`: the choices that are right, which makes it a quiz; who picks exactly these gets
    `points`. `shows`: who sees the results, and when. `named`: hosts see who answered what.
    """

    text: Text
    kind: Kind
    choices: Annotated[tuple[Text, ...], msgspec.Meta(max_length=MAX_CHOICES)] = ()
    right: Choices = ()
    points: Annotated[int, msgspec.Meta(ge=1, le=100)] = 1
    shows: Shows = "live"
    named: bool = False
    may_change: bool = True
    seconds: Seconds | None = None
    opens: bool = False


class Open(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="open"):
    """Open a poll that is prepared."""

    number: Number


class Close(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="close"):
    """Take no more answers."""

    number: Number


class Share(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="share"):
    """Show the results of a closed poll to everybody."""

    number: Number


class Repeat(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="repeat"):
    """Open a new round of a closed poll."""

    number: Number


class Delete(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="delete"):
    """Put a poll away that is not open."""

    number: Number


class Vote(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="vote"):
    """Answer the open poll, or change one's answer."""

    number: Number
    choices: Choices = ()
    text: Text = ""


class HideText(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="hide_text"):
    """Show a free text to nobody any more; it stays in the export."""

    number: Number
    ballot: Number


class GetBallots(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="get_ballots"):
    """Ask for single answers; a signal `ballots` with the same `query` brings one page."""

    query: Annotated[int, msgspec.Meta(ge=0, le=2**53)]
    number: Number
    offset: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)] = 0


PollsRequest = Create | Open | Close | Share | Repeat | Delete | Vote | HideText | GetBallots

# -- what viewers are shown ---------------------------------------------------------------------


class PollInfo(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A poll without its answers. `repeats`: the first poll of which this is another round."""

    number: int
    text: str
    kind: Kind
    choices: tuple[str, ...] = ()
    is_quiz: bool = False
    points: int = 1
    shows: Shows = "live"
    named: bool = False
    may_change: bool = True
    seconds: int | None = None
    round: int = 1
    repeats: int = 0
    opened_at_us: int = 0
    closes_at_us: int = 0  # 0: when a host closes it.


class TextAnswer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A free text; `ballot` numbers the answers of a poll."""

    ballot: int
    text: str
    name: str = ""


class Leader(msgspec.Struct, frozen=True, kw_only=True):
    """One of those with the most points in the quizzes by name."""

    name: str
    points: int


class Results(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What was answered. `counts`: by choice; `texts`: the latest, newest last."""

    number: int
    voters: int
    counts: tuple[int, ...] = ()
    texts: tuple[TextAnswer, ...] = ()
    right: tuple[int, ...] = ()
    leaders: tuple[Leader, ...] = ()


class Turnout(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The summary: the open poll, with its results for those who may see them."""

    number: int = 0
    voters: int = 0
    results: Results | None = None


class PollView(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A poll for one viewer; `choices` and `answer` are its own, `right` is for hosts."""

    info: PollInfo
    status: Status
    voters: int = 0
    results: Results | None = None
    is_shared: bool = False
    right: tuple[int, ...] = ()
    has_voted: bool = False
    choices: tuple[int, ...] = ()
    answer: str = ""


class GroupPoll(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A poll of a group that is over; `texts`: the latest answers, newest last."""

    text: str
    choices: tuple[str, ...] = ()
    voters: int = 0
    counts: tuple[int, ...] = ()
    texts: tuple[str, ...] = ()
    right: tuple[int, ...] = ()


class GroupResultsBody(msgspec.Struct, frozen=True, kw_only=True):
    """`polls.group_results`, for hosts of the main room."""

    group_id: RoomId
    polls: tuple[GroupPoll, ...]


class PollsView(msgspec.Struct, frozen=True, kw_only=True):
    """What a joiner is sent: the latest polls, oldest first, and its points of all quizzes."""

    polls: tuple[PollView, ...]
    score: int
    groups: tuple[GroupResultsBody, ...] = ()  # For hosts.


class BallotInfo(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One answer; without name and time where the poll is anonymous."""

    choices: tuple[int, ...] = ()
    text: str = ""
    name: str = ""
    identity: str = ""
    at_us: int = 0


class BallotsPage(msgspec.Struct, frozen=True, kw_only=True):
    """The signal `ballots`."""

    query: int
    number: int
    offset: int
    total: int
    ballots: tuple[BallotInfo, ...]


# -- entries ------------------------------------------------------------------------------------


class DraftedBody(msgspec.Struct, frozen=True, kw_only=True):
    """`polls.drafted`, for hosts: nobody else is told what is right."""

    poll: PollInfo
    right: tuple[int, ...]


class OpenedBody(msgspec.Struct, frozen=True, kw_only=True):
    """`polls.opened`."""

    poll: PollInfo


class VotedBody(msgspec.Struct, frozen=True, kw_only=True):
    """`polls.voted`, for who votes; `name` is empty where the poll is anonymous."""

    number: int
    identity: str
    name: str
    choices: tuple[int, ...]
    text: str


class NumberBody(msgspec.Struct, frozen=True, kw_only=True):
    """`polls.closed`, `polls.deleted`."""

    number: int


class ResultsBody(msgspec.Struct, frozen=True, kw_only=True):
    """`polls.results`, for hosts, or for all if `is_shared`."""

    results: Results
    is_shared: bool


class TextHiddenBody(msgspec.Struct, frozen=True, kw_only=True):
    """`polls.text_hidden`, for hosts."""

    number: int
    ballot: int
