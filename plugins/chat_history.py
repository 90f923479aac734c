"""The fold of the chat: the latest messages, who may see each, and who wrote how much lately."""

from dataclasses import dataclass, field, replace
from typing import Final

import msgspec

from ..engine.ids import ParticipantId
from .api import Entry

KEPT_MESSAGES: Final = 1_000  # That the state holds; a view shows fewer.


class MessageBody(msgspec.Struct, frozen=True, kw_only=True):
    """The body of the entry `chat.message`."""

    message_id: str
    text: str
    to: tuple[ParticipantId, ...] | None
    author_name: str


class ChatMessage(msgspec.Struct, frozen=True, kw_only=True):
    """One message in the history."""

    seq: int
    at_us: int
    author: ParticipantId | None
    author_name: str
    text: str
    to: tuple[ParticipantId, ...] | None
    message_id: str


class ChatView(msgspec.Struct, frozen=True, kw_only=True):
    """The latest messages that a participant may see, and how many there were in all."""

    messages: tuple[ChatMessage, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Kept:
    """A message and the identities that may see it (None: all); a reload changes only the id."""

    message: ChatMessage
    seen_by: frozenset[str] | None

    def is_seen_by(self, identity: str) -> bool:
        return self.seen_by is None or identity in self.seen_by


@dataclass(frozen=True, slots=True)
class ChatState:
    """What the fold knows; `sent_at_us` holds the latest times of each identity."""

    kept: tuple[Kept, ...] = ()
    public_total: int = 0
    private_totals: dict[str, int] = field(default_factory=dict)
    identities: dict[ParticipantId, str] = field(default_factory=dict)
    sent_at_us: dict[str, tuple[int, ...]] = field(default_factory=dict)

    def count_since(self, identity: str, at_us: int) -> int:
        """Count the messages of an identity that are younger than `at_us`."""
        return sum(sent > at_us for sent in self.sent_at_us.get(identity, ()))

    def view(self, identity: str, limit: int) -> ChatView:
        """Return the newest `limit` messages that this identity may see."""
        seen = [kept.message for kept in self.kept if kept.is_seen_by(identity)]
        return ChatView(
            messages=tuple(seen[-limit:] if limit else ()),
            total=self.public_total + self.private_totals.get(identity, 0),
        )


class _Identity(msgspec.Struct):
    participant_id: ParticipantId
    identity: str


class _JoinedBody(msgspec.Struct):
    participant: _Identity


_joined = msgspec.msgpack.Decoder(_JoinedBody)
_message = msgspec.msgpack.Decoder(MessageBody)


class ChatFold:
    """Pure; see `Fold`. `rate_messages` is how many times of each author are kept."""

    def __init__(self, rate_messages: int) -> None:
        self._rate_messages = rate_messages

    def initial(self) -> ChatState:
        return ChatState()

    def apply(self, state: ChatState, entry: Entry) -> ChatState:
        match entry.kind:
            case "room.participant_joined":
                joined = _joined.decode(entry.body).participant
                names = state.identities | {joined.participant_id: joined.identity}
                return replace(state, identities=names)
            case "chat.message":
                return self._add(state, entry, _message.decode(entry.body))
            case _:
                return state

    def _add(self, state: ChatState, entry: Entry, body: MessageBody) -> ChatState:
        author = _identity(state, entry.author)
        message = ChatMessage(
            seq=entry.seq,
            at_us=entry.at_us,
            author=entry.author,
            author_name=body.author_name,
            text=body.text,
            to=body.to,
            message_id=body.message_id,
        )
        seen_by = (
            None
            if body.to is None
            else frozenset({author, *(_identity(state, person) for person in body.to)})
        )
        private = state.private_totals | {
            identity: state.private_totals.get(identity, 0) + 1 for identity in seen_by or ()
        }
        times = (*state.sent_at_us.get(author, ()), entry.at_us)[-self._rate_messages :]
        return replace(
            state,
            kept=(*state.kept, Kept(message, seen_by))[-KEPT_MESSAGES:],
            public_total=state.public_total + (seen_by is None),
            private_totals=private,
            sent_at_us=state.sent_at_us | {author: times},
        )


def _identity(state: ChatState, participant_id: ParticipantId | None) -> str:
    return state.identities.get(participant_id or ParticipantId(""), participant_id or "")
