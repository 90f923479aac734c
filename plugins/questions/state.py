"""What the fold of the questions knows. All of it is kept by identity: a reload changes nothing."""

from dataclasses import dataclass, field

from ..api import PersistentDict
from .messages import QuestionInfo, Settings, Status

LIVE: frozenset[Status] = frozenset({"waiting", "open", "answering"})

# Who votes for a question; the values say nothing.
Voters = PersistentDict[str, None]


@dataclass(frozen=True, slots=True)
class Question:
    """One question without its votes, which change far more often; `into`: what it went into."""

    number: int
    identity: str
    name: str
    text: str
    at_us: int
    status: Status
    is_public: bool  # Everybody may have seen it.
    answer: str = ""
    answering_at_us: int = 0
    answered_at_us: int = 0
    assignee: str = ""
    assignee_identity: str = ""
    into: int = 0


@dataclass(frozen=True, slots=True)
class Asker:
    """What one identity has asked and voted for, and how much of it lately.

    `votes` are for questions of others. `acts` counts votes and what takes them back since
    `window_at_us`.
    """

    asked: tuple[int, ...] = ()
    votes: tuple[int, ...] = ()
    asked_at_us: tuple[int, ...] = ()
    window_at_us: int = 0
    acts: int = 0


@dataclass(frozen=True, slots=True)
class QuestionsState:
    """See the module. `board` and `desk` are what viewers and hosts were last told is listed."""

    template: str = ""
    settings: Settings | None = None
    live: PersistentDict[int, Question] = field(default_factory=PersistentDict)
    closed: PersistentDict[int, Question] = field(default_factory=PersistentDict)
    voters: PersistentDict[int, Voters] = field(default_factory=PersistentDict)
    askers: PersistentDict[str, Asker] = field(default_factory=PersistentDict)
    board: tuple[int, ...] = ()
    desk: tuple[int, ...] = ()
    answering: int = 0
    answered: tuple[int, ...] = ()  # The latest, newest last.
    answered_total: int = 0
    changed_at_us: int = -1  # When what is listed may have changed last.

    @property
    def total(self) -> int:
        """How many were asked; the next one has the number after this."""
        return len(self.live) + len(self.closed)

    def find(self, number: int) -> Question | None:
        question = self.live.get(number)
        return self.closed.get(number) if question is None else question

    def resolve(self, number: int) -> Question | None:
        """Return the question that this one went into, or itself."""
        question = self.find(number)
        while question is not None and question.into:
            question = self.find(question.into)
        return question

    def votes_of(self, number: int) -> int:
        """Count a question's votes; who asks it has the first."""
        return len(self.voters.get(number, ()))

    def asker(self, identity: str) -> Asker:
        return self.askers.get(identity) or _NOBODY

    def has_voted(self, identity: str, number: int) -> bool:
        return identity in self.voters.get(number, ())

    def info(self, question: Question, *, for_hosts: bool) -> QuestionInfo:
        """Return a question as viewers see it."""
        return QuestionInfo(
            number=question.number,
            text=question.text,
            at_us=question.at_us,
            votes=self.votes_of(question.number),
            status=question.status,
            name=question.name,
            answer=question.answer,
            answering_at_us=question.answering_at_us,
            answered_at_us=question.answered_at_us,
            assignee=question.assignee if for_hosts else "",
            assignee_identity=question.assignee_identity if for_hosts else "",
        )


_NOBODY = Asker()
