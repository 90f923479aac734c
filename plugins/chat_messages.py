"""What clients may ask of the chat, and the bodies of its entries."""

from typing import Annotated, Final

import msgspec

from ..engine.ids import FileId, ParticipantId, RoomId

# Far above any sensible limit: a text that is merely too long gets a code of its own.
_FRAME_TEXT: Final = 100_000
MAX_SLOW_S: Final = 600
MAX_PAGE: Final = 50

Recipient = Annotated[ParticipantId, msgspec.Meta(max_length=64)]
Recipients = Annotated[tuple[Recipient, ...], msgspec.Meta(min_length=1, max_length=20)]
MessageId = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
# Where a message is in the journal: so one is found that the state does not hold any more.
Seq = Annotated[int, msgspec.Meta(ge=1)]
SlowSeconds = Annotated[int, msgspec.Meta(ge=0, le=MAX_SLOW_S)]


class SendMessage(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="send_message"):
    """Send a text, a picture, or both; `to` None: to everybody.

    `nonce` is the client's own name for the message: the same one again is the same message.
    """

    text: Annotated[str, msgspec.Meta(max_length=_FRAME_TEXT)]
    to: Recipients | None = None
    reply_to: MessageId | None = None
    mentions: Annotated[tuple[Recipient, ...], msgspec.Meta(max_length=20)] = ()
    image: Annotated[FileId, msgspec.Meta(max_length=64)] | None = None
    alt: Annotated[str, msgspec.Meta(max_length=300)] = ""
    nonce: Annotated[str, msgspec.Meta(max_length=32)] = ""
    reply_to_seq: Seq | None = None


class DeleteMessage(
    msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="delete_message"
):
    """Take a message back: one's own, or as a host any that one sees."""

    message_id: MessageId
    seq: Seq | None = None


class SetMode(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="set_mode"):
    """Say who may write, and how often; for hosts. What is not named stays as it is."""

    slow_s: SlowSeconds | None = None
    hosts_only: bool | None = None


class GetHistory(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="get_history"):
    """Ask for the messages before a seq; they come as the signal `chat.history`."""

    before_seq: Seq
    limit: Annotated[int, msgspec.Meta(ge=1, le=MAX_PAGE)] = MAX_PAGE


class GetGroupHistory(
    msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="get_group_history"
):
    """In the main room, for hosts: ask for what was said in a group, from the end backwards.

    It comes as the signal `chat.group_history`. `before_seq` null: the newest.
    """

    group_id: Annotated[RoomId, msgspec.Meta(max_length=64)]
    before_seq: Seq | None = None
    limit: Annotated[int, msgspec.Meta(ge=1, le=MAX_PAGE)] = MAX_PAGE


ChatRequest = SendMessage | DeleteMessage | SetMode | GetHistory | GetGroupHistory


class Image(msgspec.Struct, frozen=True, kw_only=True):
    """A picture in a message; `alt` says what it shows."""

    file_id: FileId
    name: str
    width_px: int
    height_px: int
    alt: str = ""


class Quote(msgspec.Struct, frozen=True, kw_only=True):
    """What a message answers, as it began."""

    message_id: str
    author_name: str
    text: str


class MessageBody(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The body of the entry `chat.message`. `mentions` are identities."""

    message_id: str
    text: str
    to: tuple[ParticipantId, ...] | None
    author_name: str
    reply_to: Quote | None = None
    mentions: tuple[str, ...] = ()
    image: Image | None = None
    nonce: str = ""


class DeletedBody(msgspec.Struct, frozen=True, kw_only=True):
    """The body of `chat.message_deleted`."""

    message_id: str


class ModeBody(msgspec.Struct, frozen=True, kw_only=True):
    """The body of `chat.mode_changed`: all of the mode."""

    slow_s: int = 0
    hosts_only: bool = False
