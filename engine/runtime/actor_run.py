"""One run of an actor: from its factory to `stopped`, in one task."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, Final

import structlog
import trio

from ..errors import ActorGone, CoreMisuse, EmporionError
from .actor import Actor
from .exits import Crash, ExitReason, Normal, Shutdown, StopCause
from .mailbox import Letter, Reply
from .strict import round_trip

if TYPE_CHECKING:
    from .actor_work import ActorWork

_log = structlog.get_logger()

MESSAGES_PER_CHECKPOINT: Final = 64  # About 0.1 ms of quick messages, for 1 % of checkpoint cost.


class ActorRun:
    """The nursery of this run is its only cancel scope, and shielded: only `end` ends it.

    The first reason given to `end` stands, but a crash on the way out replaces an expected end.
    """

    __slots__ = (
        "_actor",
        "_asker",
        "_during",
        "_is_receiving",
        "_nursery",
        "_on_started",
        "_work",
        "log",
        "reason",
    )

    def __init__(self, work: "ActorWork", on_started: Callable[[], None]) -> None:
        self._work = work
        self._on_started = on_started
        self._actor: Actor[Any] | None = None  # Any: actors of every message type.
        self._asker: Reply | None = None
        self._nursery: trio.Nursery | None = None
        self._during: object = "factory"
        self._is_receiving = False
        self.reason: ExitReason | None = None
        self.log: dict[str, object] | None = None

    async def live(self) -> ExitReason:
        """Run to the end. What is no `Exception` (KeyboardInterrupt) comes out, after `stopped`."""
        fatal: BaseException | None = None
        try:
            await self._run()
        except Exception as error:  # A nursery's group, with a Cancelled taken out of it.
            self.end(_reason_of(error))
        except BaseException as error:
            self.end(Crash(error))
            fatal = error
        reason = self.reason or Normal()
        self._disappoint_asker()
        if self._actor is not None:
            await self._conclude(self._actor, reason)
        self._let_go()
        if fatal is not None:
            raise fatal
        return reason

    def end(self, reason: ExitReason) -> None:
        """Cancel the run, at its next checkpoint."""
        if self.reason is None or (
            isinstance(reason, Crash) and not isinstance(self.reason, Crash)
        ):
            self.reason = reason
        if self._nursery is not None:
            self._nursery.cancel_scope.cancel()

    def stop_after_answer(self, cause: StopCause | None) -> None:
        """As `end`, but what `receive` is doing may be finished first."""
        if self.reason is None:
            self.reason = Shutdown(cause).reason
        if self._nursery is not None and not self._is_receiving:
            self._nursery.cancel_scope.cancel()

    def start_soon(
        self,
        function: Callable[..., Awaitable[object]],
        args: tuple[Any, ...],
        name: str | None,
    ) -> None:
        if self._nursery is not None and self.reason is None:
            label: str = name if name is not None else getattr(function, "__qualname__", "task")
            self._nursery.start_soon(
                self._tend, function, args, label, name=f"{self._work.ref.path}:{label}"
            )

    def add_to_log(self, fields: dict[str, object]) -> None:
        self.log = {**(self.log or {}), **fields}

    @property
    def during(self) -> str:
        """What the actor was doing when it crashed, for the log."""
        return self._during if isinstance(self._during, str) else type(self._during).__qualname__

    async def _run(self) -> None:
        async with trio.open_nursery() as nursery:
            nursery.cancel_scope.shield = True
            self._nursery = nursery
            if self.reason is None:  # Else it was stopped before its first step.
                try:
                    await self._serve()
                except Exception as error:
                    self.end(_reason_of(error))
            nursery.cancel_scope.cancel()

    async def _serve(self) -> None:
        work = self._work
        mailbox = work.mailbox
        self._actor = actor = work.make_actor(self)
        self._during = "started"
        mailbox.reader = trio.lowlevel.current_task()
        await actor.started()
        self._on_started()
        while self.reason is None:
            await mailbox.wait()
            self._is_receiving = True
            for _ in range(MESSAGES_PER_CHECKPOINT):
                if self.reason is not None or not mailbox.depth:
                    break
                self._during = letter = mailbox.take()
                if type(letter) is Letter:
                    await self._answer(actor, letter)
                else:
                    await actor.receive(letter)
            self._is_receiving = False

    async def _answer(self, actor: Actor[Any], letter: Letter) -> None:
        self._during = letter.message
        self._asker = reply = letter.reply
        assert reply is not None, "Mailbox.take unwraps letters without an asker"
        try:
            answer = await actor.receive(letter.message)
        except CoreMisuse:
            raise
        except EmporionError as error:
            reply.fail(error)
        else:
            reply.succeed(round_trip(answer) if self._work.is_strict else answer)
        self._asker = None

    async def _tend(
        self, function: Callable[..., Awaitable[object]], args: tuple[Any, ...], label: str
    ) -> None:
        try:
            await function(*args)
        except Exception as error:
            if self.reason is None:
                self._during = f"task {label}"
            self.end(_reason_of(error))

    def _let_go(self) -> None:
        """Break the circles of references, so that the actor dies now; the log is still read."""
        self._actor = self._nursery = None
        del self._work, self._on_started

    def _disappoint_asker(self) -> None:
        if self._asker is not None:
            path = self._work.ref.path
            self._asker.fail(ActorGone(f"actor {path} ended while it handled {self.during}"))
            self._asker = None

    async def _conclude(self, actor: Actor[Any], reason: ExitReason) -> None:
        deadline_s = trio.current_time() + self._work.grace_s
        scope = trio.CancelScope(shield=True, deadline=deadline_s)
        try:
            with scope:
                await actor.stopped(reason)
        except Exception:  # E3: a failed clean-up is a bug to hear of, the end itself stands.
            self._work.counters.stop_failures += 1
            _log.exception("actor.stop_failed", actor=self._work.ref.path, reason=str(reason))
        if scope.cancelled_caught:
            self._work.counters.grace_overruns += 1
            _log.warning(
                "actor.grace_exceeded", actor=self._work.ref.path, grace_s=self._work.grace_s
            )


def _reason_of(error: Exception) -> ExitReason:
    """A `Shutdown` counts also when a nursery of the actor's own has wrapped it."""
    if isinstance(error, Shutdown):
        return error.reason
    if isinstance(error, ExceptionGroup):
        shutdowns, others = error.split(Shutdown)
        if shutdowns is not None and others is None:
            return _first(shutdowns).reason
    return Crash(error)


def _first(group: ExceptionGroup[Shutdown]) -> Shutdown:
    error = group.exceptions[0]
    return _first(error) if isinstance(error, ExceptionGroup) else error
