"""What a full mailbox does with one more message; each message class declares it."""

from enum import Enum


class Overflow(Enum):
    """Declared on a message class as `overflow: ClassVar[Overflow]`; the default is `REFUSE`.

    The policy is for `tell`. An `ask` is always refused when the mailbox is full.
    """

    REFUSE = "refuse"
    """The sender gets `MailboxFull`: for commands and events that must not be lost silently."""
    LATEST = "latest"
    """The message replaces an undelivered one of its type and `key()`, and takes that one's place
    in the queue: for statistics and targets, where only the newest counts. Without a `key` method
    there is at most one of the type in the queue, so it is never refused; with one, as many keys
    as the mailbox has places may wait."""
    DISCONNECT = "disconnect"
    """The receiver is stopped for good with `StopCause.OVERLOADED`, and the sender goes on: for
    pushes to one that must keep up or go."""
    ACCEPT = "accept"
    """Always queued: only for messages whose number is bounded by something else, such as the one
    that a `Down` becomes, of which there is one for each watched actor."""
