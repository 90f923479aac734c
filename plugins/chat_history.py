"""The fold of the chat: the latest messages, who may see each, and who wrote how much lately."""

from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Final

import msgspec

from ..engine.ids import FileId, ParticipantId, RoomId
from .api import Entry, PersistentDict
from .chat_messages import DeletedBody, Image, MessageBody, ModeBody, Quote
from .chat_past import NOTHING, SeqIndex

EVERYBODY: Final = ModeBody()
KEPT_MESSAGES: Final = 5_000  # That the state holds; a view shows fewer. Some 3 MB at most.


class ChatMessage(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One message in the history; of a deleted one nothing is left but its place."""

    seq: int
    at_us: int
    author: ParticipantId | None
    author_name: str
    text: str
    to: tuple[ParticipantId, ...] | None
    message_id: str
    author_identity: str = ""
    reply_to: Quote | None = None
    mentions: tuple[str, ...] = ()
    image: Image | None = None
    nonce: str = ""
    deleted: bool = False


class ChatView(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The latest messages that a participant may see, and how many there were in all."""

    messages: tuple[ChatMessage, ...]
    total: int
    slow_s: int = 0
    hosts_only: bool = False


class HistoryPage(msgspec.Struct, frozen=True, kw_only=True):
    """Older messages, oldest first; `has_more`: there are some before these."""

    before_seq: int
    messages: tuple[ChatMessage, ...]
    has_more: bool


class GroupHistoryPage(msgspec.Struct, frozen=True, kw_only=True):
    """As `HistoryPage`, of a group of the room; `before_seq` null: its newest messages."""

    group_id: RoomId
    before_seq: int | None
    messages: tuple[ChatMessage, ...]
    has_more: bool


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
    mode: ModeBody = EVERYBODY
    private_totals: PersistentDict[str, int] = field(default_factory=PersistentDict)
    identities: PersistentDict[ParticipantId, str] = field(default_factory=PersistentDict)
    sent_at_us: PersistentDict[str, tuple[int, ...]] = field(default_factory=PersistentDict)
    # Of what is not kept any more: where it is in the journal, and what was deleted before.
    past: SeqIndex = NOTHING
    private_past: PersistentDict[str, SeqIndex] = field(default_factory=PersistentDict)
    deleted: PersistentDict[str, bool] = field(default_factory=PersistentDict)

    def count_since(self, identity: str, at_us: int) -> int:
        """Count the messages of an identity that are younger than `at_us`."""
        return sum(sent > at_us for sent in self.sent_at_us.get(identity, ()))

    def last_sent_us(self, identity: str) -> int | None:
        """When an identity wrote last."""
        times = self.sent_at_us.get(identity, ())
        return times[-1] if times else None

    def find(self, message_id: str, identity: str) -> Kept | None:
        """Find a message that this identity may see and that was not deleted."""
        for kept in reversed(self.kept):
            if kept.message.message_id == message_id:
                is_there = kept.is_seen_by(identity) and not kept.message.deleted
                return kept if is_there else None
        return None

    def has_nonce(self, identity: str, nonce: str) -> bool:
        """Whether an identity wrote a message of this name, not long ago."""
        return nonce != "" and any(
            kept.message.nonce == nonce and kept.message.author_identity == identity
            for kept in self.kept[-200:]
        )

    def has_image(self, file_id: FileId) -> bool:
        """Whether a message shows this picture."""
        images = (kept.message.image for kept in self.kept)
        return any(image is not None and image.file_id == file_id for image in images)

    def page(self, identity: str, before_seq: int, limit: int) -> HistoryPage:
        """Return the newest `limit` messages kept before a seq that this identity may see."""
        seen = (
            kept.message
            for kept in reversed(self.kept)
            if kept.message.seq < before_seq and kept.is_seen_by(identity)
        )
        newest = list(islice(seen, limit + 1))
        return HistoryPage(
            before_seq=before_seq,
            messages=tuple(reversed(newest[:limit])),
            has_more=len(newest) > limit,
        )

    def past_seqs(self, identity: str, before_seq: int, limit: int) -> list[int]:
        """Return where the newest `limit` messages before a seq are that are not kept any more."""
        own = self.private_past.get(identity, NOTHING).before(before_seq, limit)
        return sorted((*self.past.before(before_seq, limit), *own))[-limit:]

    def past_message(self, entry: Entry) -> ChatMessage:
        """Make of a journal's entry what was kept of it once."""
        return self._past(entry).message

    def find_past(self, message_id: str, identity: str, entry: Entry) -> Kept | None:
        """Find what `find` would have found once, in the journal's entry that it should be in."""
        kept = self._past(entry)
        is_it = kept.message.message_id == message_id and not kept.message.deleted
        return kept if is_it and kept.is_seen_by(identity) else None

    def is_past(self, identity: str, seq: int) -> bool:
        """Whether a message that this identity may see was at this seq and is not kept any more."""
        return self.past.has(seq) or self.private_past.get(identity, NOTHING).has(seq)

    def _past(self, entry: Entry) -> Kept:
        kept = self.make(entry, _message.decode(entry.body))
        for message_id in (kept.message.message_id, *_quoted(kept.message)):
            if message_id in self.deleted:
                kept = _without(kept, message_id)
        return kept

    def make(self, entry: Entry, body: MessageBody) -> Kept:
        """Make a message of its entry."""
        author = _identity(self, entry.author)
        message = ChatMessage(
            seq=entry.seq,
            at_us=entry.at_us,
            author=entry.author,
            author_name=body.author_name,
            author_identity=author,
            text=body.text,
            to=body.to,
            message_id=body.message_id,
            reply_to=body.reply_to,
            mentions=body.mentions,
            image=body.image,
            nonce=body.nonce,
        )
        if body.to is None:
            return Kept(message, None)
        return Kept(message, frozenset({author, *(_identity(self, one) for one in body.to)}))

    def without_oldest(self) -> "ChatState":
        """Keep no more than may be kept."""
        if len(self.kept) <= KEPT_MESSAGES:
            return self
        oldest = self.kept[0]
        seq, past, private = oldest.message.seq, self.past, self.private_past
        if oldest.seen_by is None:
            past = past.with_seq(seq)
        for identity in oldest.seen_by or ():
            known = private.get(identity, NOTHING)
            private = private.with_item(identity, known.with_seq(seq))
        return replace(self, kept=self.kept[1:], past=past, private_past=private)

    def view(self, identity: str, limit: int) -> ChatView:
        """Return the newest `limit` messages that this identity may see."""
        seen = (kept.message for kept in reversed(self.kept) if kept.is_seen_by(identity))
        return ChatView(
            messages=tuple(reversed(list(islice(seen, limit)))),
            total=self.public_total + self.private_totals.get(identity, 0),
            slow_s=self.mode.slow_s,
            hosts_only=self.mode.hosts_only,
        )


class _Identity(msgspec.Struct):
    participant_id: ParticipantId
    identity: str


class _JoinedBody(msgspec.Struct):
    participant: _Identity


_joined = msgspec.msgpack.Decoder(_JoinedBody)
_message = msgspec.msgpack.Decoder(MessageBody)
_deleted = msgspec.msgpack.Decoder(DeletedBody)
_mode = msgspec.msgpack.Decoder(ModeBody)


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
                identities = state.identities.with_item(joined.participant_id, joined.identity)
                return replace(state, identities=identities)
            case "chat.message":
                return self._add(state, entry, _message.decode(entry.body))
            case "chat.message_deleted":
                return _delete(state, _deleted.decode(entry.body).message_id)
            case "chat.mode_changed":
                return replace(state, mode=_mode.decode(entry.body))
            case _:
                return state

    def _add(self, state: ChatState, entry: Entry, body: MessageBody) -> ChatState:
        kept = state.make(entry, body)
        author, seen_by = kept.message.author_identity, kept.seen_by
        private = state.private_totals
        for identity in seen_by or ():
            private = private.with_item(identity, private.get(identity, 0) + 1)
        times = (*state.sent_at_us.get(author, ()), entry.at_us)[-self._rate_messages :]
        added = replace(
            state,
            kept=(*state.kept, kept),
            public_total=state.public_total + (seen_by is None),
            private_totals=private,
            sent_at_us=state.sent_at_us.with_item(author, times),
        )
        return added.without_oldest()


def _delete(state: ChatState, message_id: str) -> ChatState:
    """Leave nothing of a message, not even where it was quoted."""
    kept = tuple(_without(kept, message_id) for kept in state.kept)
    return replace(state, kept=kept, deleted=state.deleted.with_item(message_id, True))


def _quoted(message: ChatMessage) -> tuple[str, ...]:
    return () if message.reply_to is None else (message.reply_to.message_id,)


def _without(kept: Kept, message_id: str) -> Kept:
    message = kept.message
    if message.message_id == message_id:
        bare = msgspec.structs.replace(
            message, text="", reply_to=None, mentions=(), image=None, deleted=True
        )
        return replace(kept, message=bare)
    quote = message.reply_to
    if quote is not None and quote.message_id == message_id and quote.text:
        unquoted = msgspec.structs.replace(quote, text="")
        return replace(kept, message=msgspec.structs.replace(message, reply_to=unquoted))
    return kept


def _identity(state: ChatState, participant_id: ParticipantId | None) -> str:
    return state.identities.get(participant_id or ParticipantId(""), participant_id or "")
