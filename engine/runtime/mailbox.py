"""The mailbox of one actor: a bounded queue with one reader, the policies of overflow and asks.

Theory of operation: letters wait in a deque, which an idle mailbox does not have, because an empty
one takes 0.6 KB. A plain message stands in it as it is, because most are plain; an ask and a
`LATEST` message stand in it as a `Letter`. The reader parks its task when there is no letter, and
the next one wakes it; it takes as many as there are before it parks again. The mailbox belongs to
the ref and not to a run of the actor, so it survives a restart. All of it is for the thread of the
trio loop only.
"""

from collections import deque
from collections.abc import Callable
from typing import Any, Final

import outcome
import trio

from ..errors import ActorGone, MailboxFull
from .counters import Counters
from .overflow import Overflow

_NO_KEY: Final = object()
_LATEST: Final = Overflow.LATEST
_DISCONNECT: Final = Overflow.DISCONNECT
_ACCEPT: Final = Overflow.ACCEPT


class Reply:
    """Where an asker waits. Answered at most once; an asker that gave up is not disturbed."""

    __slots__ = ("_task",)

    def __init__(self) -> None:
        self._task: trio.lowlevel.Task | None = None

    async def wait(self) -> Any:  # Any: an actor may answer with anything.
        """Park until the answer comes; if cancelled, a later answer goes nowhere."""
        self._task = trio.lowlevel.current_task()
        return await trio.lowlevel.wait_task_rescheduled(self._give_up)

    def succeed(self, answer: object) -> None:
        if self._task is not None:
            trio.lowlevel.reschedule(self._task, outcome.Value(answer))
            self._task = None

    def fail(self, error: BaseException) -> None:
        if self._task is not None:
            trio.lowlevel.reschedule(self._task, outcome.Error(error))
            self._task = None

    def _give_up(self, _raise_cancel: Callable[[], None]) -> trio.lowlevel.Abort:
        self._task = None
        return trio.lowlevel.Abort.SUCCEEDED


class Letter:
    """A message that needs more than its place: an asker (`reply`) or a successor (`key`)."""

    __slots__ = ("key", "message", "reply")

    def __init__(self, message: Any, *, reply: Reply | None, key: object) -> None:
        self.message = message
        self.reply = reply
        self.key = key


class Mailbox:
    """Bounded, in order, one reader. It never holds more than twice `size` letters, plus one for
    each unkeyed `LATEST` type, plus what is declared `ACCEPT`."""

    __slots__ = (
        "_counters",
        "_latest",
        "_letters",
        "_parked",
        "is_closed",
        "on_overload",
        "path",
        "reader",
        "received",
        "size",
    )

    def __init__(self, path: str, size: int, counters: Counters) -> None:
        self.path = path
        self.size = size
        self.on_overload: Callable[[], None] | None = None  # What `DISCONNECT` does.
        self.is_closed = False
        self.received = 0
        self.reader: trio.lowlevel.Task | None = None  # The actor's task; it must not ask itself.
        self._letters: deque[Any] | None = None  # Any: messages as they are, or `Letter`.
        self._latest: dict[object, Letter] | None = None  # Most actors never get any.
        self._parked: trio.lowlevel.Task | None = None
        self._counters = counters

    @property
    def depth(self) -> int:
        """Letters that wait."""
        return len(self._letters) if self._letters else 0

    def put(self, message: Any) -> None:
        """Queue a told message, as its class declares.

        Raises:
            MailboxFull: The message was refused; nothing was queued.
        """
        if self.is_closed:
            self._counters.dead_letters += 1
            return
        policy = getattr(message, "overflow", None)
        if policy is _LATEST:
            self._put_latest(message)
        elif self._is_full() and policy is not _ACCEPT:
            if policy is not _DISCONNECT:
                raise self._refusal(message)
            self._counters.overloaded += 1
            if self.on_overload is not None:
                self.on_overload()
        else:
            self._append(message)

    def put_ask(self, message: Any, reply: Reply) -> None:
        """Queue an asked message.

        Raises:
            ActorGone: The actor has ended for good.
            MailboxFull: There is no place.
        """
        if self.is_closed:
            raise ActorGone(f"actor {self.path} has ended; {_name(message)} was not delivered")
        if self._is_full():
            raise self._refusal(message)
        self._append(Letter(message, reply=reply, key=_NO_KEY))

    def take(self) -> Any:
        """The next message, or a `Letter` that wants an answer. There must be one."""
        self.received += 1
        self._counters.received += 1
        assert self._letters is not None, "whoever takes has looked at depth"
        letter = self._letters.popleft()
        if type(letter) is Letter and letter.reply is None:
            assert self._latest is not None, "a letter with a key was queued by _replace"
            del self._latest[letter.key]
            return letter.message
        return letter

    async def wait(self) -> None:
        """Park until there is a letter. Always a checkpoint; cancel-safe."""
        if self._letters:
            await trio.lowlevel.checkpoint()
            return
        self._letters = None
        self._parked = trio.lowlevel.current_task()
        await trio.lowlevel.wait_task_rescheduled(self._unpark)

    def close(self) -> None:
        """Take no more letters. Waiting messages are lost; their askers get `ActorGone`."""
        self.is_closed = True
        self.reader = self.on_overload = None
        letters, self._letters, self._latest = self._letters, None, None
        for letter in letters or ():
            if type(letter) is Letter and letter.reply is not None:
                letter.reply.fail(ActorGone(f"actor {self.path} ended before it read the message"))
            else:
                self._counters.dead_letters += 1

    def _is_full(self) -> bool:
        if not self._letters:
            return self.size <= 0
        latest = self._latest
        return len(self._letters) - (len(latest) if latest else 0) >= self.size

    def _append(self, letter: Any) -> None:
        if self._letters:
            self._letters.append(letter)
        else:
            self._letters = deque((letter,))
        if self._parked is not None:
            trio.lowlevel.reschedule(self._parked)
            self._parked = None

    def _put_latest(self, message: Any) -> None:
        """Put the message in the place of its predecessor, or at the end."""
        find_key = getattr(message, "key", None)
        key = (type(message), find_key() if find_key is not None else _NO_KEY)
        if self._latest is None:
            self._latest = {}
        waiting = self._latest.get(key)
        if waiting is not None:
            waiting.message = message
            self._counters.replaced += 1
            return
        if find_key is not None and len(self._latest) >= self.size:
            raise self._refusal(message)
        self._latest[key] = letter = Letter(message, reply=None, key=key)
        self._append(letter)

    def _refusal(self, message: Any) -> MailboxFull:
        self._counters.refused += 1
        return MailboxFull(
            f"mailbox of {self.path} is full ({self.size}); {_name(message)} was not delivered"
        )

    def _unpark(self, _raise_cancel: Callable[[], None]) -> trio.lowlevel.Abort:
        self._parked = None
        return trio.lowlevel.Abort.SUCCEEDED


def _name(message: object) -> str:
    return type(message).__qualname__
