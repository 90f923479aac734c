"""What the plugin `questions` is asked, what it journals, and what viewers are shown."""

from typing import Annotated, Final, Literal

import msgspec

from ...engine.ids import ParticipantId

# Far above any sensible limit: a text that is merely too long gets a code of its own.
_FRAME_TEXT: Final = 20_000
MAX_SEARCH_CHARS: Final = 100

# A running number, not a long id: it is said aloud ("question 12"), and takes three bytes in what
# ten thousand viewers are sent twice a second.
Number = Annotated[int, msgspec.Meta(ge=1, le=1_000_000)]
Text = Annotated[str, msgspec.Meta(max_length=_FRAME_TEXT)]
Person = Annotated[ParticipantId, msgspec.Meta(min_length=1, max_length=64)]
Switch = bool | msgspec.UnsetType

Status = Literal["waiting", "open", "answering", "answered", "dismissed", "withdrawn", "merged"]
Shown = Literal["open", "waiting", "assigned", "answered", "dismissed"]
Order = Literal["votes", "time"]

# -- requests -----------------------------------------------------------------------------------


class Ask(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="ask"):
    """Ask a question; `anonymous`: nobody is shown who asks, hosts neither."""

    text: Text
    anonymous: bool = False


class Vote(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="vote"):
    """Say that one wants this answered, too."""

    number: Number


class TakeBackVote(
    msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="take_back_vote"
):
    """Take one's vote back."""

    number: Number


class Withdraw(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="withdraw"):
    """Take one's own question back."""

    number: Number


class Publish(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="publish"):
    """Let everybody see a question that waits."""

    number: Number


class Merge(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="merge"):
    """Let a question go into another, with its votes; each person has one vote in the end."""

    number: Number
    into: Number


class Answer(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="answer"):
    """Answer by a text, or write another one in its place."""

    number: Number
    text: Text


class AnswerNow(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="answer_now"):
    """Begin to answer aloud; the question that was being answered is done."""

    number: Number


class Done(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="done"):
    """The question has been answered aloud."""

    number: Number


class Reopen(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="reopen"):
    """Put a question back that is being answered, is answered, or was dismissed."""

    number: Number


class Dismiss(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="dismiss"):
    """Put a question away without an answer."""

    number: Number


class Assign(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="assign"):
    """Leave a question to a colleague; null: to nobody."""

    number: Number
    participant_id: Person | None


class ChangeSettings(
    msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="change_settings"
):
    """Change what is named."""

    moderated: Switch = msgspec.UNSET
    anonymous: Switch = msgspec.UNSET


class Find(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="find"):
    """Look through all questions; a signal `found` with the same `query` brings one page."""

    query: Annotated[int, msgspec.Meta(ge=0, le=2**53)]
    text: Annotated[str, msgspec.Meta(max_length=MAX_SEARCH_CHARS)] = ""
    shown: Shown = "open"
    order: Order = "votes"
    offset: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)] = 0


DeskRequest = (
    Publish | Merge | Answer | AnswerNow | Done | Reopen | Dismiss | Assign | ChangeSettings | Find
)
QuestionsRequest = Ask | Vote | TakeBackVote | Withdraw | DeskRequest

# -- what viewers are shown ---------------------------------------------------------------------


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """`moderated`: a question waits until a host publishes it. `anonymous`: names may be hidden."""

    moderated: bool
    anonymous: bool


class QuestionInfo(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One question. `name` is empty where its author wants it so; `assignee` is for hosts.

    Times are of the session clock: a replay can jump to `answering_at_us`.
    """

    number: int
    text: str
    at_us: int
    votes: int
    status: Status = "open"
    name: str = ""
    answer: str = ""
    answering_at_us: int = 0
    answered_at_us: int = 0
    assignee: str = ""
    assignee_identity: str = ""


class Counts(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The summary: `votes` has pairs of number and votes of what is on the board (or desk).

    `waiting` is counted for hosts only.
    """

    votes: tuple[tuple[int, int], ...]
    open: int
    answered: int
    waiting: int = 0


class QuestionsView(msgspec.Struct, frozen=True, kw_only=True):
    """What a joiner is sent: each question once, and lists of numbers that name them.

    `mine`: asked by this identity, newest last; `votes`: voted for by it; `desk` is for hosts.
    """

    settings: Settings
    counts: Counts
    questions: tuple[QuestionInfo, ...]
    board: tuple[int, ...]
    desk: tuple[int, ...]
    answered: tuple[int, ...]
    mine: tuple[int, ...]
    votes: tuple[int, ...]
    answering: int


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """The signal `found`: one page of what was looked for."""

    query: int
    offset: int
    total: int
    questions: tuple[QuestionInfo, ...]


# -- entries ------------------------------------------------------------------------------------


class AskedBody(msgspec.Struct, frozen=True, kw_only=True):
    """`questions.asked`, for its author; `name` is empty if it is not to be shown."""

    number: int
    identity: str
    name: str
    text: str
    status: Status


class VotedBody(msgspec.Struct, frozen=True, kw_only=True):
    """`questions.voted` and `questions.vote_taken_back`, for who votes."""

    number: int
    identity: str


class NumberBody(msgspec.Struct, frozen=True, kw_only=True):
    """`questions.withdrawn`, `questions.published`, `questions.dismissed`."""

    number: int


class ReopenedBody(msgspec.Struct, frozen=True, kw_only=True):
    """`questions.reopened`; `status`: "open", or "waiting" if it was never published."""

    number: int
    status: Status


class MergedBody(msgspec.Struct, frozen=True, kw_only=True):
    """`questions.merged`."""

    number: int
    into: int


class AnsweringBody(msgspec.Struct, frozen=True, kw_only=True):
    """`questions.answering` and `questions.answered`: whole, for it may be on nobody's board."""

    question: QuestionInfo


class AssignedBody(msgspec.Struct, frozen=True, kw_only=True):
    """`questions.assigned`, for hosts; empty: to nobody."""

    number: int
    identity: str
    name: str


class BoardBody(msgspec.Struct, frozen=True, kw_only=True):
    """`questions.board` for all and `questions.desk` for hosts: what is listed from now on.

    `entered`: those of them that were not listed before, whole.
    """

    shown: tuple[int, ...]
    entered: tuple[QuestionInfo, ...]
