"""Handles to actors: all that anybody else ever holds of one."""

from typing import Any, Generic, TypeVar

import trio

from ..errors import AskTimeout, LocalProtocolError
from .mailbox import Mailbox, Reply
from .strict import round_trip
from .watchers import Watchers

M = TypeVar("M")


class ActorRef(Generic[M]):
    """The handle of one actor. It stays valid over restarts: the mailbox survives a restart, and
    only the message whose handling crashed is lost.

    Attributes:
        path: Unique in the node, such as `node/rooms/RM_x/room`.
    """

    __slots__ = ("__weakref__", "_is_strict", "_mailbox", "path", "watchers")

    def __init__(self, mailbox: Mailbox, watchers: Watchers, *, is_strict: bool) -> None:
        self.path = mailbox.path
        self.watchers = watchers  # For supervisors; others call `Supervisor.watch`.
        self._mailbox = mailbox
        self._is_strict = is_strict

    @property
    def is_alive(self) -> bool:
        """False once the actor has ended for good; while it is restarted, it is alive."""
        return not self._mailbox.is_closed

    def tell(self, message: M) -> None:
        """Queue a message and go on.

        Messages of one sender arrive in order. To an actor that has ended this is a counted no-op.

        Raises:
            MailboxFull: The mailbox is full and the message's class says `Overflow.REFUSE`.
            TypeError: Strict mode found a message that cannot be encoded.
        """
        if self._is_strict:
            message = round_trip(message)
        self._mailbox.put(message)

    async def ask(self, message: M, timeout_s: float = 5.0) -> Any:  # Any: the answer's own type.
        """Queue a message and wait for what `receive` returns for it.

        Cancel-safe: whoever stops waiting leaves the message where it is, and it may still be
        handled.

        Args:
            message: As for `tell`; its overflow policy does not matter, a full mailbox refuses.
            timeout_s: Seconds to wait in the mailbox and for the answer together, > 0.

        Returns:
            What `receive` returned.

        Raises:
            ActorGone: The actor has ended, ended before it read the message, or crashed or ended
                while it handled it.
            AskTimeout: No answer came in time.
            MailboxFull: Nothing was delivered.
            LocalProtocolError: An actor's own task asks itself, which would never be answered.
            EmporionError: Any other that `receive` raised as its answer.
        """
        if self._is_strict:
            message = round_trip(message)
        mailbox = self._mailbox
        if mailbox.reader is trio.lowlevel.current_task():
            raise LocalProtocolError(f"{self.path} asks itself; call the method instead")
        reply = Reply()
        mailbox.put_ask(message, reply)
        with trio.move_on_after(timeout_s):
            return await reply.wait()
        raise AskTimeout(
            f"{self.path} did not answer {type(message).__qualname__} within {timeout_s} s"
        )

    def __repr__(self) -> str:
        return f"<ActorRef {self.path}>"
