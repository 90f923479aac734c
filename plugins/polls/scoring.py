"""Points of quizzes: for whoever picked exactly what is right."""

import heapq
from typing import Final

from ..api import PersistentDict
from .messages import Leader
from .state import Poll, Score

SHOWN_LEADERS: Final = 10

Scores = PersistentDict[str, Score]


def with_points(scores: Scores, poll: Poll) -> Scores:
    """Give points to all who are right: once for each quiz, so a new mapping costs little."""
    if not poll.info.is_quiz:
        return scores
    points, is_named = poll.info.points, poll.info.named
    changed = scores.to_dict()
    for identity in poll.ballots:
        ballot = poll.ballots[identity]
        if ballot.choices != poll.right:
            continue
        score = changed.get(identity) or Score()
        changed[identity] = Score(
            points=score.points + points,
            named_points=score.named_points + (points if is_named else 0),
            name=ballot.name if is_named else score.name,
        )
    return PersistentDict(changed)


def leaders_after(scores: Scores, poll: Poll) -> tuple[Leader, ...]:
    """Return who leads in the quizzes by name, once this one counts; none if it is not by name."""
    if not (poll.info.is_quiz and poll.info.named):
        return ()
    if not poll.is_shared:
        scores = with_points(scores, poll)
    first = heapq.nlargest(SHOWN_LEADERS, scores.values(), key=lambda score: score.named_points)
    return tuple(
        Leader(name=score.name, points=score.named_points) for score in first if score.named_points
    )
