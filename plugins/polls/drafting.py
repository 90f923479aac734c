"""Checks what a new poll, or an answer to one, may be."""

from ...engine.errors import RequestDenied
from .messages import MAX_CHOICE_CHARS, MAX_QUESTION_CHARS, Create, PollInfo, Vote


def draft(request: Create, number: int) -> tuple[PollInfo, tuple[int, ...]]:
    """Return a poll and the choices that are right.

    Raises:
        RequestDenied: `polls.empty`, `polls.too_long`, `polls.wrong_choices`,
            `polls.wrong_answers`.
    """
    text = _checked(request.text, MAX_QUESTION_CHARS)
    choices = tuple(_checked(choice, MAX_CHOICE_CHARS) for choice in request.choices)
    if request.kind == "text":
        if choices:
            raise RequestDenied("Free text has no choices.", code="polls.wrong_choices")
    elif len(choices) < 2 or len(set(choices)) < len(choices):
        raise RequestDenied(
            "A poll has at least two choices, and no two alike.", code="polls.wrong_choices"
        )
    right = tuple(sorted(set(request.right)))
    is_known = all(choice < len(choices) for choice in right)
    if not is_known or (request.kind == "single" and len(right) > 1):
        raise RequestDenied("What is right is none of the choices.", code="polls.wrong_answers")
    info = PollInfo(
        number=number,
        text=text,
        kind=request.kind,
        choices=choices,
        is_quiz=bool(right),
        points=request.points,
        shows=request.shows,
        named=request.named,
        may_change=request.may_change,
        seconds=request.seconds,
    )
    return info, right


def check_vote(info: PollInfo, request: Vote, max_text_chars: int) -> tuple[tuple[int, ...], str]:
    """Return the choices in their order, and the text.

    Raises:
        RequestDenied: `polls.empty`, `polls.too_long`, `polls.wrong_vote`.
    """
    if info.kind == "text":
        if request.choices:
            raise RequestDenied("This poll has no choices.", code="polls.wrong_vote")
        return (), _checked(request.text, max_text_chars)
    choices = tuple(sorted(set(request.choices)))
    if request.text or any(choice >= len(info.choices) for choice in choices):
        raise RequestDenied("There is no such choice.", code="polls.wrong_vote")
    if not choices:
        raise RequestDenied("Nothing is chosen.", code="polls.empty")
    if info.kind == "single" and len(choices) > 1:
        raise RequestDenied("Only one can be chosen.", code="polls.wrong_vote")
    return choices, ""


def _checked(text: str, max_chars: int) -> str:
    text = text.strip()
    if not text:
        raise RequestDenied("A text is empty.", code="polls.empty")
    if len(text) > max_chars:
        raise RequestDenied(
            f"A text has {len(text)} characters, at most {max_chars} are allowed.",
            code="polls.too_long",
        )
    return text
