"""Questions of many to a few: asked, voted for, answered; built for rooms of ten thousand."""

from typing import Annotated, Final

import msgspec

from ...engine.errors import RequestDenied
from ..api import HOSTS, ParticipantView, PluginContext, RequestContext, hookimpl, only
from .board import LIST_INTERVAL_US, count, next_board, next_desk, next_due_us, view
from .desk import closed, handle_desk, known
from .fold import REMEMBERED_QUESTIONS, VOTES_WINDOW_US, QuestionsFold
from .messages import (
    Ask,
    AskedBody,
    Counts,
    DeskRequest,
    NumberBody,
    QuestionsRequest,
    QuestionsView,
    Settings,
    TakeBackVote,
    Vote,
    VotedBody,
    Withdraw,
)
from .state import Question, QuestionsState

MAX_VOTES: Final = 300  # Of one identity: its list is sent to it at each join.
ACTS_IN_WINDOW: Final = 40  # Votes and what takes them back, of one identity.
LISTS: Final = "lists"  # The timer.

Context = RequestContext[QuestionsState]
TemplateNames = Annotated[
    tuple[Annotated[str, msgspec.Meta(max_length=64)], ...], msgspec.Meta(max_length=50)
]


class QuestionsOptions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Options of `[plugins.questions]`.

    `moderated`, `anonymous`: templates whose rooms begin so; a host may change it.
    """

    moderated: TemplateNames = ("briefing",)
    anonymous: TemplateNames = ("class", "briefing")
    max_text_chars: Annotated[int, msgspec.Meta(ge=1, le=2_000)] = 500
    max_questions: Annotated[int, msgspec.Meta(ge=1, le=20_000)] = 10_000  # Of a session.
    max_per_person: Annotated[int, msgspec.Meta(ge=1, le=1_000)] = 100
    rate_questions: Annotated[int, msgspec.Meta(ge=1, le=REMEMBERED_QUESTIONS)] = 5
    rate_window_s: Annotated[float, msgspec.Meta(gt=0, le=3600)] = 60.0


class Questions:
    """Plugin `questions`."""

    options_type = QuestionsOptions
    request_type = QuestionsRequest
    summary_interval_s = LIST_INTERVAL_US / 1e6
    observed = ("questions.", "room.opened")

    def __init__(self, options: QuestionsOptions) -> None:
        self._options = options
        self.fold = QuestionsFold()

    # -- what is shown ---------------------------------------------------------------------------

    def view(self, state: QuestionsState, viewer: ParticipantView) -> QuestionsView:
        return view(state, viewer, self._settings(state))

    def summary(self, state: QuestionsState, *, is_host: bool) -> Counts:
        return count(state, for_hosts=is_host)

    @hookimpl
    async def on_start(self, context: PluginContext[QuestionsState]) -> None:
        context.set_timer(LISTS, next_due_us(context.now_us()))

    @hookimpl
    async def on_timer(self, context: PluginContext[QuestionsState]) -> None:
        """Tell everybody and the hosts what is listed, where that has changed."""
        board, desk = next_board(context.state), next_desk(context.state)
        if board is not None:
            await context.append("board", board.body)
        if desk is not None:
            await context.append("desk", desk.body, audience=HOSTS)
        if not all(made is None or made.is_complete for made in (board, desk)):
            context.set_timer(LISTS, next_due_us(context.now_us()))

    # -- requests --------------------------------------------------------------------------------

    async def handle_request(self, context: Context, request: QuestionsRequest) -> None:
        """Do what a participant asks.

        Raises:
            RequestDenied: `questions.not_allowed`, and as the methods and `desk` say.
        """
        listed_us = context.state.changed_at_us
        await self._handle(context, request)
        changed_us = context.state.changed_at_us
        # One timer for all that happens in an interval: a thousand votes set it once.
        if next_due_us(changed_us) != next_due_us(listed_us):
            context.set_timer(LISTS, next_due_us(changed_us))

    async def _handle(self, context: Context, request: QuestionsRequest) -> None:
        if isinstance(request, DeskRequest):
            _check_allowed(context.participant.grants.can_answer)
            await handle_desk(context, request, self._settings(context.state))
            return
        _check_allowed(context.participant.grants.can_ask)
        match request:
            case Ask():
                await self._ask(context, request)
            case Vote(number=number):
                await _vote(context, number)
            case TakeBackVote(number=number):
                await _take_back_vote(context, number)
            case Withdraw(number=number):
                await _withdraw(context, number)

    async def _ask(self, context: Context, request: Ask) -> None:
        """Take a question.

        Raises:
            RequestDenied: `questions.empty`, `questions.too_long`,
                `questions.anonymous_not_allowed`, `questions.rate_limited` (retryable),
                `questions.too_many`, `questions.full`.
        """
        settings, participant = self._settings(context.state), context.participant
        text = self._checked_text(request.text)
        if request.anonymous and not settings.anonymous:
            raise RequestDenied(
                "Questions are asked by name here.", code="questions.anonymous_not_allowed"
            )
        self._check_rate(context)
        body = AskedBody(
            number=context.state.total + 1,
            identity=participant.identity,
            name="" if request.anonymous else participant.name,
            text=text,
            status="waiting" if settings.moderated and not participant.is_host else "open",
        )
        await context.append("asked", body, audience=only(participant.participant_id))

    def _checked_text(self, text: str) -> str:
        text = text.strip()
        if not text:
            raise RequestDenied("The question is empty.", code="questions.empty")
        if len(text) > self._options.max_text_chars:
            raise RequestDenied(
                f"The question has {len(text)} characters, "
                f"at most {self._options.max_text_chars} are allowed.",
                code="questions.too_long",
            )
        return text

    def _check_rate(self, context: Context) -> None:
        asker = context.state.asker(context.participant.identity)
        since_us = context.now_us() - round(self._options.rate_window_s * 1e6)
        recent = sum(asked > since_us for asked in asker.asked_at_us)
        if recent >= self._options.rate_questions:
            raise RequestDenied(
                "Too many questions; wait a little.", code="questions.rate_limited", retryable=True
            )
        if len(asker.asked) >= self._options.max_per_person:
            raise RequestDenied("You have asked very much.", code="questions.too_many")
        if context.state.total >= self._options.max_questions:
            raise RequestDenied("No more questions are taken.", code="questions.full")

    def _settings(self, state: QuestionsState) -> Settings:
        if state.settings is not None:
            return state.settings
        return Settings(
            moderated=state.template in self._options.moderated,
            anonymous=state.template in self._options.anonymous,
        )


def _check_allowed(is_allowed: bool) -> None:
    if not is_allowed:
        raise RequestDenied("You may not do this here.", code="questions.not_allowed")


def _votable(state: QuestionsState, number: int, identity: str) -> Question:
    """Return the question that is meant: that into which the named one went.

    Raises:
        RequestDenied: `questions.unknown`, `questions.closed`, `questions.own`.
    """
    question = state.resolve(known(state, number).number)
    # One that waits is unknown to all but its author, whose it would say that it is there.
    if question is None or (question.status == "waiting" and question.identity != identity):
        raise RequestDenied("There is no such question.", code="questions.unknown")
    if question.identity == identity:
        raise RequestDenied("It is your own question.", code="questions.own")
    if question.status not in ("open", "answering"):
        raise closed(question)
    return question


async def _vote(context: Context, number: int) -> None:
    """Vote; who has voted already has done so.

    Raises:
        RequestDenied: As `_votable`, `questions.too_many_votes`, `questions.rate_limited`.
    """
    state, identity = context.state, context.participant.identity
    question = _votable(state, number, identity)
    if state.has_voted(identity, question.number):
        return
    if len(state.asker(identity).votes) >= MAX_VOTES:
        raise RequestDenied(
            f"You have {MAX_VOTES} votes; take one back.", code="questions.too_many_votes"
        )
    await _append_vote(context, "voted", question.number)


async def _take_back_vote(context: Context, number: int) -> None:
    """Take a vote back, if there is one.

    Raises:
        RequestDenied: As `_votable`, `questions.rate_limited`.
    """
    identity = context.participant.identity
    question = _votable(context.state, number, identity)
    if context.state.has_voted(identity, question.number):
        await _append_vote(context, "vote_taken_back", question.number)


async def _append_vote(context: Context, event: str, number: int) -> None:
    participant = context.participant
    asker = context.state.asker(participant.identity)
    is_recent = context.now_us() - asker.window_at_us < VOTES_WINDOW_US
    if is_recent and asker.acts >= ACTS_IN_WINDOW:
        raise RequestDenied(
            "Too many votes; wait a little.", code="questions.rate_limited", retryable=True
        )
    body = VotedBody(number=number, identity=participant.identity)
    await context.append(event, body, audience=only(participant.participant_id))


async def _withdraw(context: Context, number: int) -> None:
    """Take one's own question back.

    Raises:
        RequestDenied: `questions.unknown`, `questions.not_yours`, `questions.closed`.
    """
    question = known(context.state, number)
    participant = context.participant
    if question.identity != participant.identity:
        raise RequestDenied("It is not your question.", code="questions.not_yours")
    if question.status == "withdrawn":
        return
    if question.status not in ("waiting", "open"):
        raise closed(question)
    await context.append(
        "withdrawn", NumberBody(number=number), audience=only(participant.participant_id)
    )
