"""Any interleaving of crash, stop, start and tell leaves no task, ref or registry entry behind."""

from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import groupby

import msgspec
import pytest
import structlog
import trio
import trio.testing
from hypothesis import given, settings
from hypothesis import strategies as st
from runtime_rig import AnswerAndEnd, Block, End, Fail, Note, Order, Probe, Spawn

from emporion.engine.errors import (
    ActorError,
    LocalProtocolError,
    MailboxFull,
    RestartIntensityExceeded,
)
from emporion.engine.runtime import (
    ActorRef,
    ChildSpec,
    Down,
    Restart,
    StopCause,
    Strategy,
    Supervisor,
    open_supervisor,
)

NAMES = ("a", "b", "c")
SECONDS = st.sampled_from([0.0, 0.0, 1.0, 3.0])


@dataclass(frozen=True)
class Start:
    name: str
    restart: Restart
    start_s: float
    stop_s: float
    fails: int
    nested: bool


@dataclass(frozen=True)
class Stop:
    name: str


@dataclass(frozen=True)
class Send:
    name: str
    order: Order
    asks: bool


@dataclass(frozen=True)
class Pass:
    """Time passes."""

    seconds: float


STEPS = st.one_of(
    st.builds(
        Start,
        name=st.sampled_from(NAMES),
        restart=st.sampled_from(Restart),
        start_s=SECONDS,
        stop_s=SECONDS,
        fails=st.integers(0, 1),
        nested=st.booleans(),
    ),
    st.builds(Stop, name=st.sampled_from((*NAMES, "nest"))),
    st.builds(
        Send,
        name=st.sampled_from(NAMES),
        order=st.sampled_from(
            [
                Fail(),
                Fail(),
                Note(text="note"),
                End(cause=StopCause.LEFT),
                AnswerAndEnd(),
                Block(),
                Block(shielded_s=2.0),
                Spawn(what="crash"),
                Spawn(what="wait"),
            ]
        ),
        asks=st.booleans(),
    ),
    st.builds(Pass, seconds=st.sampled_from([0.0, 0.5, 2.0])),
)
Step = Start | Stop | Send | Pass


@dataclass
class Scene:
    """One example: carries out steps without waiting for them, and writes down what happens."""

    supervisor: Supervisor
    nested: Supervisor
    nursery: trio.Nursery
    history: list[str] = field(default_factory=list)
    runs: Counter[str] = field(default_factory=Counter)
    refs: list[ActorRef[Order]] = field(default_factory=list)
    downs: list[Down] = field(default_factory=list)
    asked: int = 0
    answered: int = 0

    async def perform(self, step: Step) -> None:
        match step:
            case Start():
                self.nursery.start_soon(self._start, step)
            case Stop(name=name):
                self.nursery.start_soon(self.supervisor.stop_child, name, StopCause.REMOVED)
                self.nursery.start_soon(self.nested.stop_child, name, StopCause.REMOVED)
            case Send():
                self._send(step)
            case Pass(seconds=seconds):
                await trio.sleep(seconds)
        await trio.lowlevel.checkpoint()

    async def _start(self, step: Start) -> None:
        supervisor = self.nested if step.nested else self.supervisor
        start_errors: list[Exception] = [OSError("disk")] * step.fails

        def make() -> Probe:
            self.runs[step.name] += 1
            label = f"{supervisor.path}/{step.name}#{self.runs[step.name]}"
            return Probe(
                self.history,
                label=label,
                start_errors=start_errors,
                start_s=step.start_s,
                stop_s=step.stop_s,
            )

        spec = ChildSpec(step.name, make, restart=step.restart, mailbox_size=4)
        with suppress(ActorError, LocalProtocolError, OSError):
            self.keep(await supervisor.start_child(spec))

    def keep(self, ref: ActorRef[Order]) -> None:
        self.refs.append(ref)
        self.supervisor.watch(ref, self.downs.append)

    def _send(self, step: Send) -> None:
        for supervisor in (self.supervisor, self.nested):
            ref = supervisor.registry.get(f"{supervisor.path}/{step.name}")
            if ref is not None and step.asks:
                self.asked += 1
                self.nursery.start_soon(self._ask, ref, step.order)
            elif ref is not None:
                with suppress(MailboxFull):
                    ref.tell(step.order)

    async def _ask(self, ref: ActorRef[Order], order: Order) -> None:
        with suppress(ActorError):
            await ref.ask(order, timeout_s=20)
        self.answered += 1


@pytest.fixture(autouse=True, scope="module")
def _quiet_logs() -> Iterator[None]:
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory(), processors=[])
    yield
    structlog.reset_defaults()


async def play(steps: list[Step], strategy: Strategy, intensity: int) -> None:
    tasks_before = trio.lowlevel.current_statistics().tasks_living
    sibling = Probe([])
    scene: Scene | None = None
    try:
        async with (
            trio.open_nursery() as nursery,
            open_supervisor("node", strategy=strategy, intensity=intensity) as root,
        ):
            nested = await root.start_supervisor("nest", intensity=intensity)
            scene = Scene(root, nested, nursery)
            scene.keep(await root.start_child(ChildSpec("sibling", lambda: sibling)))
            for step in steps:
                await scene.perform(step)
            if strategy is Strategy.ONE_FOR_ONE:
                assert await scene.refs[0].ask(Note(text="unharmed")) == "unharmed"
    except* RestartIntensityExceeded:
        assert intensity < 1000
    assert scene is not None
    check_nothing_is_left(scene, tasks_before)
    if strategy is Strategy.ONE_FOR_ONE:
        assert sum("started" in line for line in sibling.history) == 1


def check_nothing_is_left(scene: Scene, tasks_before: int) -> None:
    assert trio.lowlevel.current_statistics().tasks_living == tasks_before
    assert len(scene.supervisor.registry) == 0
    assert scene.supervisor.which_children() == () == scene.nested.which_children()
    assert not any(ref.is_alive for ref in scene.refs)
    assert Counter(id(down.ref) for down in scene.downs) == Counter(id(ref) for ref in scene.refs)
    assert scene.answered == scene.asked
    check_runs(scene.history)


def check_runs(history: list[str]) -> None:
    """Each run is stopped exactly once, and before the next run of its name begins."""
    by_path: dict[str, list[str]] = {}
    for line in history:
        by_path.setdefault(line.split("#")[0], []).append(line)
    for lines in by_path.values():
        labels = [label for label, _ in groupby(line.split(":")[0] for line in lines)]
        assert len(labels) == len(set(labels)), f"two runs at a time: {lines}"
        for label in labels:
            assert sum(line.startswith(f"{label}: stopped (") for line in lines) == 1


@settings(max_examples=150, deadline=None)
@given(
    steps=st.lists(STEPS, max_size=25),
    strategy=st.sampled_from(Strategy),
    intensity=st.sampled_from([1, 3, 1000]),
    scheduling=st.random_module(),  # It seeds trio's order of tasks, too.
)
def test_any_interleaving_leaves_nothing_behind(
    steps: list[Step], strategy: Strategy, intensity: int, scheduling: object
) -> None:
    """`receive` or a start that would wait for ever is among the states in which it is killed."""
    clock = trio.testing.MockClock(autojump_threshold=0)
    trio.run(play, steps, strategy, intensity, clock=clock)


@settings(max_examples=50, deadline=None)
@given(
    messages=st.lists(st.sampled_from([Fail(), Note(text="n")]), max_size=40),
    restart=st.sampled_from(Restart),
)
def test_every_message_is_received_once_in_order_or_counted(
    messages: list[Order], restart: Restart
) -> None:
    """Over any number of restarts; what an ended actor did not read is a dead letter."""
    received: list[Order] = []

    class Reader(Probe):
        async def receive(self, message: Order) -> object:
            received.append(msgspec.structs.replace(message))
            return await super().receive(message)

    async def main() -> None:
        async with open_supervisor("node", intensity=1000) as supervisor:
            ref = await supervisor.start_child(
                ChildSpec("reader", lambda: Reader([]), restart=restart)
            )
            for message in messages:
                ref.tell(message)
            await trio.testing.wait_all_tasks_blocked()
            lost = supervisor.statistics().dead_letters
            assert received == messages[: len(messages) - lost]
            assert lost == 0 or restart is Restart.TEMPORARY

    trio.run(main)
