"""Text messages to everybody or to named people, with a history for those who come later."""

from typing import Annotated, Final

import msgspec

from ..engine.errors import RequestDenied
from ..engine.ids import ParticipantId, new_entry_id
from .api import ALL, ParticipantView, RequestContext, only
from .chat_history import KEPT_MESSAGES, ChatFold, ChatState, ChatView, MessageBody

# Far above any sensible limit: a text that is merely too long gets a code of its own.
_FRAME_TEXT: Final = 100_000

Recipient = Annotated[ParticipantId, msgspec.Meta(max_length=64)]
Recipients = Annotated[tuple[Recipient, ...], msgspec.Meta(min_length=1, max_length=20)]


class ChatOptions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Options of `[plugins.chat]`."""

    max_text_chars: Annotated[int, msgspec.Meta(ge=1, le=20_000)] = 2_000
    history_messages: Annotated[int, msgspec.Meta(ge=0, le=KEPT_MESSAGES)] = 200  # For a joiner.
    rate_messages: Annotated[int, msgspec.Meta(ge=1, le=100)] = 10  # From one participant …
    rate_window_s: Annotated[float, msgspec.Meta(gt=0, le=3600)] = 10.0  # … in this time.


class SendMessage(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="send_message"):
    """Send a text; `to` None: to everybody."""

    text: Annotated[str, msgspec.Meta(max_length=_FRAME_TEXT)]
    to: Recipients | None = None


class Chat:
    """Plugin `chat`: one request, one entry."""

    options_type = ChatOptions
    request_type = SendMessage

    def __init__(self, options: ChatOptions) -> None:
        self._options = options
        self.fold = ChatFold(options.rate_messages)

    def view(self, state: ChatState, viewer: ParticipantView) -> ChatView:
        return state.view(viewer.identity, self._options.history_messages)

    async def handle_request(
        self, context: RequestContext[ChatState], request: SendMessage
    ) -> None:
        """Append the message.

        Raises:
            RequestDenied: `chat.empty`, `chat.too_long`, `chat.unknown_recipient`,
                `chat.rate_limited` (retryable).
        """
        self._check_text(request.text)
        self._check_rate(context)
        _check_recipients(context, request.to)
        author = context.participant
        await context.append(
            "message",
            MessageBody(
                message_id=new_entry_id(),
                text=request.text,
                to=request.to,
                author_name=author.name,
            ),
            audience=ALL if request.to is None else only(author.participant_id, *request.to),
        )

    def _check_text(self, text: str) -> None:
        if not text.strip():
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


def _check_recipients(
    context: RequestContext[ChatState], recipients: tuple[ParticipantId, ...] | None
) -> None:
    for recipient in recipients or ():
        participant = context.room.participants.get(recipient)
        if participant is None or participant.hidden:
            raise RequestDenied(
                "Somebody you write to is not in the room.", code="chat.unknown_recipient"
            )
