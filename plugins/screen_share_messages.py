"""What the plugin `screen_share` is asked, what it writes down, and its state."""

from typing import Annotated, Literal

import msgspec

from .api import Entry

Id = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
Cause = Literal["shared", "declined", "unsupported", "withdrawn", "expired"]


class AskToShare(msgspec.Struct, frozen=True, tag_field="type", tag="ask_to_share"):
    """A host asks a participant to share its screen: "show us your shop"."""

    participant_id: Id


class WithdrawAsk(msgspec.Struct, frozen=True, tag_field="type", tag="withdraw_ask"):
    """A host asks no more."""

    identity: Annotated[str, msgspec.Meta(min_length=1, max_length=256)]


class DeclineAsk(msgspec.Struct, frozen=True, tag_field="type", tag="decline_ask"):
    """Who was asked does not want to, or has a device that cannot. To accept is to share."""

    cause: Literal["declined", "unsupported"] = "declined"


class StopShare(msgspec.Struct, frozen=True, tag_field="type", tag="stop_share"):
    """A host ends somebody's share."""

    participant_id: Id


ScreenShareRequest = AskToShare | WithdrawAsk | DeclineAsk | StopShare


class Ask(msgspec.Struct, frozen=True, kw_only=True):
    """`identity`, whose name is `name`, was asked by a host named `by`. Body of `asked`."""

    identity: str
    name: str
    by: str
    expires_at_us: int


class AskEndedBody(msgspec.Struct, frozen=True, kw_only=True):
    """`identity` is not asked any more, for this reason."""

    identity: str
    name: str
    cause: Cause


class ScreenShareView(msgspec.Struct, frozen=True, kw_only=True):
    """For a host all that are asked; for others oneself at most."""

    asks: tuple[Ask, ...]


class ScreenShareState(msgspec.Struct, frozen=True):
    """Who is asked to share, in the order of asking. Few: the plugin bounds them."""

    asks: tuple[Ask, ...] = ()

    def find(self, identity: str) -> Ask | None:
        return next((ask for ask in self.asks if ask.identity == identity), None)

    def without(self, identity: str) -> "ScreenShareState":
        return ScreenShareState(tuple(ask for ask in self.asks if ask.identity != identity))


_ask = msgspec.msgpack.Decoder(Ask)
_ended = msgspec.msgpack.Decoder(AskEndedBody)


class ScreenShareFold:
    """Asks come and go by the plugin's own entries."""

    def initial(self) -> ScreenShareState:
        return ScreenShareState()

    def apply(self, state: ScreenShareState, entry: Entry) -> ScreenShareState:
        match entry.kind:
            case "screen_share.asked":
                ask = _ask.decode(entry.body)
                return ScreenShareState((*state.without(ask.identity).asks, ask))
            case "screen_share.ask_ended":
                return state.without(_ended.decode(entry.body).identity)
            case _:
                return state
