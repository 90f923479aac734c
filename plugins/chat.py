"""Messages to everybody or to named people, with a history for those who come later."""

from typing import Annotated, Final, assert_never

import msgspec

from ..engine.errors import RequestDenied
from ..engine.ids import FileId, ParticipantId, new_entry_id
from .api import ALL, IMAGES, Audience, FileView, ParticipantView, RequestContext, only
from .chat_history import KEPT_MESSAGES, ChatFold, ChatState, ChatView, Kept
from .chat_messages import (
    ChatRequest,
    DeletedBody,
    DeleteMessage,
    GetGroupHistory,
    GetHistory,
    Image,
    MessageBody,
    ModeBody,
    Quote,
    SendMessage,
    SetMode,
)
from .chat_older import show_group_history, show_history
from .chat_pace import HistoryPace

QUOTED_CHARS: Final = 120


class ChatOptions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Options of `[plugins.chat]`."""

    max_text_chars: Annotated[int, msgspec.Meta(ge=1, le=20_000)] = 2_000
    history_messages: Annotated[int, msgspec.Meta(ge=0, le=KEPT_MESSAGES)] = 100  # For a joiner.
    rate_messages: Annotated[int, msgspec.Meta(ge=1, le=100)] = 10  # From one participant …
    rate_window_s: Annotated[float, msgspec.Meta(gt=0, le=3600)] = 10.0  # … in this time.
    rate_pages: Annotated[int, msgspec.Meta(ge=1, le=1_000)] = 20  # Of older messages, as well.


class Chat:
    """Plugin `chat`: messages, their deletion, and who may write."""

    options_type = ChatOptions
    request_type = ChatRequest
    upload_rules = IMAGES
    needs_groups = True

    def __init__(self, options: ChatOptions) -> None:
        self._options = options
        self.fold = ChatFold(options.rate_messages)
        self._pace = HistoryPace(options.rate_pages, options.rate_window_s)

    def view(self, state: ChatState, viewer: ParticipantView) -> ChatView:
        return state.view(viewer.identity, self._options.history_messages)

    async def handle_request(
        self, context: RequestContext[ChatState], request: ChatRequest
    ) -> None:
        """Send, delete, change the mode, or show older messages.

        Raises:
            RequestDenied: `chat.empty`, `chat.too_long`, `chat.hosts_only`, `chat.slow_mode` and
                `chat.rate_limited`, `chat.history_rate_limited` (all three retryable),
                `chat.unknown_recipient`,
                `chat.unknown_message`, `chat.reply_elsewhere`, `chat.unknown_image`,
                `chat.not_yours`, `chat.not_host`, and as `show_group_history`.
        """
        match request:
            case SendMessage():
                await self._send(context, request)
            case DeleteMessage():
                await _delete(context, request)
            case SetMode():
                await _set_mode(context, request)
            case GetHistory():
                person = context.participant
                self._pace.take(context.room.room_id, person.identity, context.now_us())
                await show_history(context, request)
            case GetGroupHistory():
                person = context.participant
                self._pace.take(context.room.room_id, person.identity, context.now_us())
                await show_group_history(context, request)
            case _:
                assert_never(request)

    async def _send(self, context: RequestContext[ChatState], request: SendMessage) -> None:
        author = context.participant
        if context.state.has_nonce(author.identity, request.nonce):
            return  # Its answer was lost; it is here.
        self._check_text(request)
        _check_mode(context, request)
        self._check_rate(context)
        _check_recipients(context, request.to)
        body = MessageBody(
            message_id=new_entry_id(),
            text=request.text,
            to=request.to,
            author_name=author.name,
            reply_to=_quote(context, request),
            mentions=_mentioned(context, request),
            image=_image(context, request),
            nonce=request.nonce,
        )
        await context.append("message", body, audience=_audience(author.participant_id, request.to))

    def _check_text(self, request: SendMessage) -> None:
        text = request.text
        if not text.strip() and request.image is None:
            raise RequestDenied("The message is empty.", code="chat.empty")
        if len(text) > self._options.max_text_chars:
            raise RequestDenied(
                f"The message has {len(text)} characters, "
                f"at most {self._options.max_text_chars} are allowed.",
                code="chat.too_long",
            )

    def _check_rate(self, context: RequestContext[ChatState]) -> None:
        window_us = round(self._options.rate_window_s * 1e6)
        recent = context.state.count_since(
            context.participant.identity, context.now_us() - window_us
        )
        if recent >= self._options.rate_messages:
            raise RequestDenied(
                "Too many messages; wait a little.", code="chat.rate_limited", retryable=True
            )


async def _delete(context: RequestContext[ChatState], request: DeleteMessage) -> None:
    asker, message_id = context.participant, request.message_id
    kept = _find(context, message_id, request.seq)
    message = kept.message
    if message.author_identity != asker.identity and not asker.is_host:
        raise RequestDenied("Only hosts delete what others wrote.", code="chat.not_yours")
    audience = ALL
    if kept.seen_by is not None:  # Some may have come back under another id since.
        people = context.room.participants.values()
        audience = only(*(p.participant_id for p in people if p.identity in kept.seen_by))
    await context.append("message_deleted", DeletedBody(message_id=message_id), audience=audience)
    image = message.image
    if image is not None and not context.state.has_image(image.file_id):
        await context.remove_file(image.file_id)


async def _set_mode(context: RequestContext[ChatState], request: SetMode) -> None:
    if not context.participant.is_host:
        raise RequestDenied("Only hosts say who may write.", code="chat.not_host")
    now = context.state.mode
    mode = ModeBody(
        slow_s=now.slow_s if request.slow_s is None else request.slow_s,
        hosts_only=now.hosts_only if request.hosts_only is None else request.hosts_only,
    )
    if mode != now:
        await context.append("mode_changed", mode)


def _check_mode(context: RequestContext[ChatState], request: SendMessage) -> None:
    """Hosts are free. In `hosts_only` everybody else may still write to hosts."""
    author, mode = context.participant, context.state.mode
    if author.is_host:
        return
    if mode.hosts_only and not _goes_to_hosts(context, request.to):
        raise RequestDenied("Only hosts write to everybody now.", code="chat.hosts_only")
    last_us = context.state.last_sent_us(author.identity)
    if mode.slow_s and last_us is not None and context.now_us() - last_us < mode.slow_s * 1_000_000:
        raise RequestDenied(
            f"One message every {mode.slow_s} s; wait a little.",
            code="chat.slow_mode",
            retryable=True,
        )


def _goes_to_hosts(
    context: RequestContext[ChatState], recipients: tuple[ParticipantId, ...] | None
) -> bool:
    people = [context.room.participants.get(recipient) for recipient in recipients or ()]
    return bool(people) and all(person is not None and person.is_host for person in people)


def _check_recipients(
    context: RequestContext[ChatState], recipients: tuple[ParticipantId, ...] | None
) -> None:
    for recipient in recipients or ():
        participant = context.room.participants.get(recipient)
        if participant is None or participant.hidden:
            raise RequestDenied(
                "Somebody you write to is not in the room.", code="chat.unknown_recipient"
            )


def _quote(context: RequestContext[ChatState], request: SendMessage) -> Quote | None:
    """Quote what is answered. A private message may be quoted to those only who have seen it."""
    if request.reply_to is None:
        return None
    kept = _find(context, request.reply_to, request.reply_to_seq)
    if kept.seen_by is not None:
        readers = {context.room.participants[person].identity for person in request.to or ()}
        if request.to is None or not readers <= kept.seen_by:
            raise RequestDenied(
                "A private message is answered to its people only.", code="chat.reply_elsewhere"
            )
    message = kept.message
    text = message.text if len(message.text) <= QUOTED_CHARS else message.text[:QUOTED_CHARS] + "…"
    return Quote(message_id=message.message_id, author_name=message.author_name, text=text)


def _mentioned(context: RequestContext[ChatState], request: SendMessage) -> tuple[str, ...]:
    """Name by identity who is mentioned; who is not there or will not see it is left out."""
    readers = request.mentions if request.to is None else request.to
    people = (
        context.room.participants.get(person) for person in request.mentions if person in readers
    )
    names = (person.identity for person in people if person is not None and not person.hidden)
    return tuple(dict.fromkeys(names))


def _image(context: RequestContext[ChatState], request: SendMessage) -> Image | None:
    if request.image is None:
        return None
    file: FileView | None = context.room.files.get(FileId(request.image))
    if file is None or file.owner != context.participant.identity or file.purpose != "chat":
        raise RequestDenied("You have brought no such picture.", code="chat.unknown_image")
    return Image(
        file_id=file.file_id,
        name=file.name,
        width_px=file.width_px,
        height_px=file.height_px,
        alt=request.alt.strip(),
    )


def _find(context: RequestContext[ChatState], message_id: str, seq: int | None) -> Kept:
    """Find a message in the state, or, by its seq, in the journal."""
    state, identity = context.state, context.participant.identity
    kept = state.find(message_id, identity)
    if kept is None and seq is not None and state.is_past(identity, seq):
        (entry,) = context.entries_at((seq,))
        kept = state.find_past(message_id, identity, entry)
    if kept is None:
        raise RequestDenied("There is no such message.", code="chat.unknown_message")
    return kept


def _audience(author: ParticipantId, recipients: tuple[ParticipantId, ...] | None) -> Audience:
    return ALL if recipients is None else only(author, *recipients)
