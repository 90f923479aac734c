"""An actor over all its runs: its ref, mailbox and watchers, and how to make it again."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from .actor import Actor, ActorContext, Restart
from .actor_run import ActorRun
from .child import ChildSpec
from .counters import Counters
from .exits import Down, ExitReason
from .mailbox import Mailbox
from .ref import ActorRef
from .watchers import Watchers

if TYPE_CHECKING:
    from .supervisor import Supervisor


class ActorWork:
    """The `Work` of a child that is an actor. The ref is registered as long as this is open."""

    __slots__ = ("_restart", "_run", "_spec", "_supervisor", "mailbox", "ref")

    kind = "actor"

    def __init__(
        self,
        spec: ChildSpec[Any],  # Any: a supervisor has children of every message type.
        supervisor: "Supervisor",
    ) -> None:
        counters = supervisor.tree.counters
        path = f"{supervisor.path}/{spec.name}"
        self.mailbox = Mailbox(path, spec.mailbox_size, counters)
        self.ref: ActorRef[Any] = ActorRef(
            self.mailbox, Watchers(counters), is_strict=supervisor.tree.is_strict
        )
        self._spec = spec
        self._supervisor = supervisor
        self._restart = spec.restart
        self._run: ActorRun | None = None
        supervisor.registry.add(self.ref)

    @property
    def restart(self) -> Restart:
        return self._restart or Restart.PERMANENT

    @property
    def mailbox_depth(self) -> int:
        return self.mailbox.depth

    @property
    def stop_limit_s(self) -> float:
        return 2 * self._spec.grace_s

    @property
    def grace_s(self) -> float:
        return self._spec.grace_s

    @property
    def is_strict(self) -> bool:
        return self._supervisor.tree.is_strict

    @property
    def counters(self) -> Counters:
        return self._supervisor.tree.counters

    def new_run(self, on_started: Callable[[], None]) -> ActorRun:
        self._run = ActorRun(self, on_started)
        return self._run

    def make_actor(self, run: ActorRun) -> Actor[Any]:
        """A new actor for a run, with its context."""
        actor = self._spec.factory()
        actor.context = ActorContext(
            ref=self.ref,
            clock=self._supervisor.tree.clock,
            supervisor=self._supervisor,
            run=run,
        )
        if self._spec.restart is None:
            self._restart = type(actor).restart
        return actor

    def close(self, reason: ExitReason) -> None:
        self.mailbox.close()
        self._supervisor.registry.remove(self.ref)

    def tell_watchers(self, reason: ExitReason) -> None:
        self.ref.watchers.tell(Down(self.ref, reason))

    def log_fields(self) -> dict[str, object]:
        """For the canonical line and for a crash: of the last run."""
        fields: dict[str, object] = {"messages": self.mailbox.received}
        if self._run is not None:
            fields["during"] = self._run.during
            fields.update(self._run.log or {})
        return fields
