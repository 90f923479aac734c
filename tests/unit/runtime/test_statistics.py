"""What the metrics and the logs are told."""

import io
import json

import pytest
import structlog
from runtime_rig import Block, End, Fail, Note, settle, start_probe

from emporion.engine.log import configure_logging
from emporion.engine.runtime import (
    Actor,
    ChildSpec,
    Registry,
    StopCause,
    Supervisor,
    open_supervisor,
)


async def test_gauges_are_of_what_lives_below_and_counts_of_the_tree(
    autojump_clock: object,
) -> None:
    async with open_supervisor("node") as supervisor:
        nested = await supervisor.start_supervisor("room")
        busy = await start_probe(nested, [], name="busy")
        crashing = await start_probe(supervisor, [], name="crashing")
        busy.tell(Block())
        crashing.tell(Fail())
        await settle()
        for _ in range(3):
            busy.tell(Note(text="waits"))

        whole, part = supervisor.statistics(), nested.statistics()
        assert (whole.actors, whole.supervisors) == (2, 2)
        assert (part.actors, part.supervisors) == (1, 1)
        assert (whole.mailbox_depth, whole.mailbox_depth_max) == (3, 3)
        assert (whole.crashes, whole.restarts, whole.started) == (1, 1, 4)
        assert whole.received == 2


async def test_the_canonical_line_of_an_actor(autojump_clock: object) -> None:
    class Track(Actor[Note]):
        async def started(self) -> None:
            structlog.contextvars.bind_contextvars(track_id="TR_x")
            self.context.add_to_log(packets=1)
            self.context.add_to_log(packets=7, bytes=1200)

        async def receive(self, message: Note) -> None:
            structlog.get_logger().info("track.noted")

    out = io.StringIO()
    configure_logging(stream=out)
    async with open_supervisor("node") as supervisor:
        ref = await supervisor.start_child(ChildSpec("track", Track))
        ref.tell(Note(text="hello"))
        await settle()
        await supervisor.stop_child("track", StopCause.UNPUBLISHED)
    lines = [json.loads(line) for line in out.getvalue().splitlines()]

    assert [line["event"] for line in lines] == ["track.noted", "actor.ended"]
    assert all(line["actor"] == "node/track" and line["track_id"] == "TR_x" for line in lines)
    ended = lines[1]
    assert ended["level"] == "info"
    assert (ended["reason"], ended["cause"]) == ("stopped", "unpublished")
    assert (ended["messages"], ended["restarts"]) == (1, 0)
    assert (ended["packets"], ended["bytes"]) == (7, 1200)
    assert ended["duration_s"] >= 0


async def test_a_crash_is_an_error_with_its_place(autojump_clock: object) -> None:
    out = io.StringIO()
    configure_logging(stream=out)
    async with open_supervisor("node") as supervisor:
        ref = await start_probe(supervisor, [])
        ref.tell(Fail())
        ref.tell(End(cause=StopCause.LEFT))
        await settle()
    crashed, ended = (json.loads(line) for line in out.getvalue().splitlines())

    assert (crashed["event"], crashed["level"]) == ("actor.crashed", "error")
    assert crashed["during"] == "Fail"
    assert crashed["error"] == "ValueError('told to fail')"
    assert "locals" not in json.dumps(crashed["exception"])
    assert (ended["event"], ended["restarts"]) == ("actor.ended", 1)


def test_a_terminal_gets_text_and_levels_are_checked() -> None:
    out = io.StringIO()
    configure_logging("warning", json=False, stream=out)
    structlog.get_logger().info("unseen")
    structlog.get_logger().warning("seen", field=1)

    assert "unseen" not in out.getvalue()
    assert "seen" in out.getvalue()
    with pytest.raises(ValueError, match="loud"):
        configure_logging("loud")


async def test_a_registry_serves_trees_with_different_names_only(autojump_clock: object) -> None:
    registry = Registry()

    async def start(supervisor: Supervisor) -> None:
        await start_probe(supervisor, [])

    async with (
        open_supervisor("one", registry=registry) as one,
        open_supervisor("two", registry=registry) as two,
        open_supervisor("one", registry=registry) as namesake,
    ):
        await start(one)
        await start(two)
        assert sorted(registry) == ["one/probe", "two/probe"]
        with pytest.raises(ValueError, match="registered already"):
            await start(namesake)
