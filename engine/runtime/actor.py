"""The actor: private state, one message at a time, and an end that somebody is told of."""

from collections.abc import Awaitable, Callable
from enum import Enum
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar, TypeVarTuple

from ..clock import Clock
from .exits import ExitReason, StopCause
from .ref import ActorRef

if TYPE_CHECKING:
    from .actor_run import ActorRun
    from .supervisor import Supervisor

M = TypeVar("M")
Ts = TypeVarTuple("Ts")


class Restart(Enum):
    """When the supervisor starts an ended child again; names and meaning are OTP's."""

    PERMANENT = "permanent"
    """After every end but one that was asked of the supervisor."""
    TRANSIENT = "transient"
    """Only after a `Crash`."""
    TEMPORARY = "temporary"
    """Never."""


class ActorContext:
    """What the runtime gives an actor for one run."""

    __slots__ = ("_run", "clock", "ref", "supervisor")

    def __init__(
        self,
        *,
        ref: ActorRef[Any],
        clock: Clock,
        supervisor: "Supervisor",
        run: "ActorRun",  # The run whose tasks and end these are.
    ) -> None:
        self.ref = ref
        self.clock = clock
        self.supervisor = supervisor
        self._run = run

    @property
    def path(self) -> str:
        return self.ref.path

    def start_soon(
        self, function: Callable[[*Ts], Awaitable[object]], *args: *Ts, name: str | None = None
    ) -> None:
        """Run a task beside the actor and tied to its life.

        It is cancelled before `stopped()` is called. Its crash is the actor's crash, and a
        `Shutdown` that it raises ends the actor. It may return at any time. While the actor ends,
        this does nothing.
        """
        self._run.start_soon(function, args, name)

    def stop(self, cause: StopCause | None = None) -> None:
        """End this actor once the present message is handled and its asker has the answer.

        From a task of `start_soon` it takes effect at the actor's next checkpoint. `raise
        Shutdown(cause)` is the shorter way where nobody waits for an answer.
        """
        self._run.stop_after_answer(cause)

    def add_to_log(self, **fields: object) -> None:
        """Add fields (packets, bytes) to the `actor.ended` line; later values replace earlier."""
        self._run.add_to_log(fields)


class Actor(Generic[M]):
    """Base of all actors: `class TrackActor(Actor[TrackMessage], restart=Restart.TRANSIENT)`.

    The supervisor calls `started`, then `receive` for each message, one at a time and in order, and
    in the end `stopped`. A new run after a crash is a new object made by the child's factory.

    Attributes:
        context: Set before `started()`; not yet there in `__init__`.
        restart: The class's default; a `ChildSpec` may say otherwise.
    """

    context: ActorContext
    restart: ClassVar[Restart] = Restart.PERMANENT

    def __init_subclass__(cls, *, restart: Restart | None = None) -> None:
        super().__init_subclass__()
        if restart is not None:
            cls.restart = restart

    async def started(self) -> None:
        """OTP's `init`: return quickly. An error here is a failed start.

        In the first run it goes to the caller of `start_child`; later it counts as a crash.
        """

    async def receive(self, message: M) -> object:
        """Handle one message; what it returns answers an ask.

        An `EmporionError` raised while an asked message is handled is an answer and goes to the
        asker; the actor goes on. `CoreMisuse` (a bug of ours), every other error, and every error
        while a told message is handled is a crash: an asker gets `ActorGone`.

        Raises:
            Shutdown: To end expectedly.
        """
        raise NotImplementedError(f"{type(self).__qualname__} does not say how it receives")

    async def stopped(self, reason: ExitReason) -> None:
        """Give back what is held. Called once for each run whose `started` was called.

        That includes a failed start and a crash, so state may be half built. It is shielded from
        cancellation for the child's `grace_s`, and then cancelled.
        """
