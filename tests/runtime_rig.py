"""An actor that does what its messages say and keeps a history, for the tests of the runtime."""

from typing import ClassVar

import msgspec
import trio
import trio.testing

from emporion.engine.errors import CoreMisuse, RequestDenied
from emporion.engine.runtime import (
    Actor,
    ActorRef,
    ChildSpec,
    ExitReason,
    Overflow,
    Restart,
    Shutdown,
    StopCause,
    Supervisor,
)


class Order(msgspec.Struct, frozen=True, kw_only=True, tag_field="type"):
    """Base of the messages."""


class Note(Order, frozen=True, kw_only=True, tag="note"):
    """Goes into the history and comes back as the answer."""

    text: str


class Fail(Order, frozen=True, kw_only=True, tag="fail"):
    """Crash."""


class Deny(Order, frozen=True, kw_only=True, tag="deny"):
    """Answer with an error of ours."""


class Misuse(Order, frozen=True, kw_only=True, tag="misuse"):
    """Crash with an error of ours that is a bug."""


class End(Order, frozen=True, kw_only=True, tag="end"):
    """End expectedly."""

    cause: StopCause | None = None


class AnswerAndEnd(Order, frozen=True, kw_only=True, tag="answer_and_end"):
    """End once the asker has the answer."""


class EndInNursery(Order, frozen=True, kw_only=True, tag="end_in_nursery"):
    """End expectedly, out of a nursery inside a nursery in `receive`."""


class Block(Order, frozen=True, kw_only=True, tag="block"):
    """Wait for ever in `receive`; shielded: nothing but a deadline of its own ends it."""

    shielded_s: float = 0.0


class AskPeer(Order, frozen=True, kw_only=True, tag="ask_peer"):
    """Ask the actor at a path to block, so that this one is `in ask`."""

    path: str


class Spawn(Order, frozen=True, kw_only=True, tag="spawn"):
    """Start a task beside the actor: "wait", "crash" or "shutdown"."""

    what: str


class Latest(Order, frozen=True, kw_only=True, tag="latest"):
    overflow: ClassVar[Overflow] = Overflow.LATEST

    value: int


class LatestByName(Order, frozen=True, kw_only=True, tag="latest_by_name"):
    overflow: ClassVar[Overflow] = Overflow.LATEST

    name: str
    value: int

    def key(self) -> str:
        return self.name


class KeepUp(Order, frozen=True, kw_only=True, tag="keep_up"):
    overflow: ClassVar[Overflow] = Overflow.DISCONNECT


class Fact(Order, frozen=True, kw_only=True, tag="fact"):
    overflow: ClassVar[Overflow] = Overflow.ACCEPT

    number: int


class Probe(Actor[Order], restart=Restart.TRANSIENT):
    """Attributes say what `started` and `stopped` do; `history` is shared by all runs."""

    def __init__(
        self,
        history: list[str],
        *,
        label: str = "",
        start_errors: list[Exception] | None = None,
        start_s: float = 0.0,
        stop_s: float = 0.0,
        stop_error: Exception | None = None,
    ) -> None:
        self.history = history
        self.label = label
        self.received: list[Order] = []
        self._start_errors = start_errors if start_errors is not None else []
        self._start_s = start_s
        self._stop_s = stop_s
        self._stop_error = stop_error

    async def started(self) -> None:
        if self._start_s:
            self._write("starting")
            await trio.sleep(self._start_s)
        if self._start_errors:
            raise self._start_errors.pop(0)
        self._write("started")

    async def receive(self, message: Order) -> object:
        self.received.append(message)
        match message:
            case Note(text=text):
                self._write(text)
                return text
            case Fail():
                raise ValueError("told to fail")
            case Deny():
                raise RequestDenied("not today", code="probe.denied")
            case Misuse():
                raise CoreMisuse("told to misuse")
            case End(cause=cause):
                raise Shutdown(cause)
            case AnswerAndEnd():
                self.context.stop(StopCause.LEFT)
                await trio.lowlevel.checkpoint()  # The end waits for what comes now.
                return "goodbye"
            case _:
                return await self._do(message)

    async def _do(self, message: Order) -> object:
        match message:
            case Block(shielded_s=shielded_s):
                if shielded_s:
                    with trio.CancelScope(shield=True):
                        await trio.sleep(shielded_s)
                await trio.sleep_forever()
            case EndInNursery():
                async with trio.open_nursery(), trio.open_nursery():
                    raise Shutdown(StopCause.LEFT)
            case AskPeer(path=path):
                peer = self.context.supervisor.registry.get(path)
                assert peer is not None
                await peer.ask(Block(), timeout_s=1000)
            case Spawn(what=what):
                self.context.start_soon(self._task, what)
            case _:
                self._write(repr(message))
        return None

    async def stopped(self, reason: ExitReason) -> None:
        self._write(f"stopped ({reason})")
        if self._stop_s:
            await trio.sleep(self._stop_s)
            self._write("stopped slowly")
        if self._stop_error is not None:
            raise self._stop_error

    async def _task(self, what: str) -> None:
        match what:
            case "crash":
                raise ValueError("task crashed")
            case "shutdown":
                raise Shutdown(StopCause.ROOM_EMPTY)
            case _:
                try:
                    await trio.sleep_forever()
                finally:
                    self._write("task cancelled")

    def _write(self, text: str) -> None:
        self.history.append(f"{self.label}: {text}" if self.label else text)


async def start_probe(
    supervisor: Supervisor,
    history: list[str],
    *,
    name: str = "probe",
    restart: Restart | None = None,
    mailbox_size: int = 256,
    grace_s: float = 5.0,
    label: str = "",
    start_errors: list[Exception] | None = None,
    start_s: float = 0.0,
    stop_s: float = 0.0,
    stop_error: Exception | None = None,
) -> ActorRef[Order]:
    """Start a probe; the arguments are those of `ChildSpec` and `Probe`."""
    return await supervisor.start_child(
        ChildSpec(
            name,
            lambda: Probe(
                history,
                label=label,
                start_errors=start_errors,
                start_s=start_s,
                stop_s=stop_s,
                stop_error=stop_error,
            ),
            restart=restart,
            mailbox_size=mailbox_size,
            grace_s=grace_s,
        )
    )


async def settle() -> None:
    """Until nothing more happens without time passing."""
    await trio.testing.wait_all_tasks_blocked()
