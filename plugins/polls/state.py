"""What the fold of the polls knows: each poll, its ballots by identity, and the points of all."""

from dataclasses import dataclass, field

from ..api import PersistentDict
from .messages import GroupResultsBody, Leader, PollInfo, Status, TextAnswer


@dataclass(frozen=True, slots=True)
class Ballot:
    """What one identity has answered; `changes`: how often it was changed."""

    number: int
    choices: tuple[int, ...]
    text: str
    name: str
    at_us: int
    changes: int = 0


@dataclass(frozen=True, slots=True)
class Poll:
    """One poll. `texts` are the latest, newest last.

    `has_told`: its final results were told; `is_shared`: to everybody. `leaders`: as told then.
    """

    info: PollInfo
    right: tuple[int, ...]
    status: Status
    counts: tuple[int, ...]
    ballots: PersistentDict[str, Ballot] = field(default_factory=PersistentDict)
    texts: tuple[TextAnswer, ...] = ()
    hidden: frozenset[int] = frozenset()  # Ballots whose text a host has hidden.
    is_shared: bool = False
    has_told: bool = False
    leaders: tuple[Leader, ...] = ()

    @property
    def number(self) -> int:
        return self.info.number

    def is_public(self) -> bool:
        """Tell whether everybody may see the results as they are now."""
        shows = self.info.shows
        if self.is_shared or shows == "live":
            return self.status != "draft"
        return self.status == "closed" and shows == "closed"


@dataclass(frozen=True, slots=True)
class Score:
    """The points of one identity; `name` is empty if it never answered a quiz by name.

    `named_points` are those of quizzes by name: only these are shown to others.
    """

    points: int = 0
    named_points: int = 0
    name: str = ""


@dataclass(frozen=True, slots=True)
class PollsState:
    """See the module. `open`: the number of the open poll, or 0."""

    polls: PersistentDict[int, Poll] = field(default_factory=PersistentDict)
    scores: PersistentDict[str, Score] = field(default_factory=PersistentDict)
    total: int = 0  # Deleted ones included: the next has the number after this.
    open: int = 0
    rounds: PersistentDict[int, int] = field(default_factory=PersistentDict)  # By first poll.
    groups: tuple[GroupResultsBody, ...] = ()  # What groups of the room have brought back.

    def score_of(self, identity: str) -> Score:
        return self.scores.get(identity) or Score()
