"""Whatever happens in a room: in the end all clients and a fresh fold of the journal agree.

Anybody sends any plugin any request; connections are lost, pages reload, people leave, wait at the
door, go to groups and come back, actors are killed at any moment, a group for good. Each built-in
plugin gives its requests as `STRATEGY` of its module in `scenarios`.
"""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import msgspec
import structlog.testing
import trio
import trio.testing
from classroom_rig import ClassroomRig, Client, one_template, open_rig
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from scenarios import MODULES, OPTIONS

from emporion.actors.site import RoomSite
from emporion.engine.errors import RequestDenied
from emporion.engine.media import Source
from emporion.engine.protocol.client import MuteTrack, PublishTrack, UnpublishTrack
from emporion.plugins.host import BUILT_INS
from emporion.plugins.testing import CAST, Request
from emporion.testing.consistency import check_clients, check_views
from emporion.testing.stage import CastOnStage

PLUGINS: Final = tuple(sorted(set(MODULES) & set(BUILT_INS)))
STRATEGIES: Final = {name: MODULES[name].STRATEGY for name in PLUGINS}
MOST_CRASHES: Final = 3  # That a supervisor bears.
AFTER_CRASH_S: Final = 2.5  # Slower than the intensity at which a supervisor gives up.

PEOPLE = st.sampled_from(tuple(CAST))


@dataclass
class World:
    """The room, and the pages of the people in it."""

    rig: ClassroomRig
    clients: dict[str, Client] = field(default_factory=dict)
    away: set[str] = field(default_factory=set)
    stages: dict[str, CastOnStage] = field(default_factory=dict)

    async def enter(self, who: str) -> None:
        """Join anew, as a reloaded page does; who is not let in has no client."""
        client = self.rig.client(who, CAST[who])
        self.away.discard(who)
        try:
            is_in = await client.come()
        except RequestDenied:
            is_in = False
        if is_in:
            self.clients[who] = client
            return
        client.lose_connection()  # Nobody stays at the door for long.
        self.clients.pop(who, None)

    def is_gone(self, who: str) -> bool:
        client = self.clients.get(who)
        return client is None or client.connection_id in self.rig.outlets.closed

    async def come_back(self, who: str) -> None:
        """Resume; who has been away for too long, or was put out, joins again."""
        if self.is_gone(who):
            await self.enter(who)
        elif who in self.away:
            try:
                await self.clients[who].come_back()
                self.away.discard(who)
            except RequestDenied:  # It was away for longer than the resume window.
                await self.enter(who)

    def main(self) -> RoomSite:
        return self.rig.site()


@dataclass
class StageIn(CastOnStage):
    """The stage in one certain room of the house."""

    place: RoomSite = field(kw_only=True)

    @property
    def site(self) -> RoomSite:
        return self.place


Step = Callable[[World], Any]


def request(plugin: str, who: str, make: Request) -> Step:
    def run(world: World) -> None:
        if world.is_gone(who) or who in world.away:
            return
        try:
            body = make(world.stages[plugin])
        except LookupError:
            return  # What it would name does not exist yet.
        raw = msgspec.Raw(msgspec.msgpack.encode(dict(body)))
        world.clients[who].send_plugin(plugin, raw)  # Nobody waits: many are under way at once.

    return run


def send(who: str, kind: Any, **fields: Any) -> Step:
    def run(world: World) -> None:
        if not world.is_gone(who) and who not in world.away:
            world.clients[who].send(kind, **fields)

    return run


def touch_track(who: str, index: int, kind: Any, **fields: Any) -> Step:
    def run(world: World) -> None:
        tracks = sorted(world.rig.media.tracks)
        if tracks and not world.is_gone(who) and who not in world.away:
            world.clients[who].send(kind, track_id=tracks[index % len(tracks)], **fields)

    return run


def lose(who: str) -> Step:
    def run(world: World) -> None:
        if not world.is_gone(who) and who not in world.away:
            world.clients[who].lose_connection()
            world.away.add(who)

    return run


def come_back(who: str) -> Step:
    return lambda world: world.come_back(who)


def reload(who: str) -> Step:
    return lambda world: world.enter(who)


def leave(who: str) -> Step:
    def run(world: World) -> None:
        if not world.is_gone(who) and who not in world.away:
            world.clients[who].leave()

    return run


def crash(what: str, index: int) -> Step:
    """Kill the actor of a room, or of a plugin, in the main room or in a group."""

    async def run(world: World) -> None:
        ending = {"room": "/room"}.get(what, f"/plugin-{what}/{what}")
        paths = sorted(path for path in world.rig.paths() if path.endswith(ending))
        if paths:
            await world.rig.crash(paths[index % len(paths)])
            await trio.sleep(AFTER_CRASH_S)

    return run


def open_groups(by: str) -> Step:
    """By chance a host would hardly ever plan groups and open them."""
    plan = {"type": "plan", "names": ["Tea", "Silk"], "by": by}
    steps = [
        request("breakouts", "ana", lambda _: plan),
        request("breakouts", "ana", lambda _: {"type": "open", "duration_s": None}),
    ]

    async def run(world: World) -> None:
        for step in steps:
            step(world)
        await world.rig.settle()

    return run


def break_group() -> Step:
    """Kill a group so often that it is given up."""

    async def run(world: World) -> None:
        for group_id in sorted(world.main().groups)[:1]:
            for _ in range(MOST_CRASHES + 1):
                await world.rig.crash(f"{group_id}/room")
            await trio.sleep(AFTER_CRASH_S)

    return run


def crash_person(who: str) -> Step:
    async def run(world: World) -> None:
        if not world.is_gone(who):
            path = f"/{world.clients[who].participant_id}"
            if world.rig.paths(path):
                await world.rig.crash(path)

    return run


def wait(seconds: float) -> Step:
    async def run(world: World) -> None:
        await trio.sleep(seconds)

    return run


STEPS: Final = st.one_of(
    *(
        st.builds(request, st.just(plugin), PEOPLE, strategy)
        for plugin, strategy in STRATEGIES.items()
        for _ in range(3)  # Most of what happens.
    ),
    st.builds(
        lambda who, source: send(who, PublishTrack, source=source),
        PEOPLE,
        st.sampled_from(tuple(Source)),
    ),
    st.builds(
        lambda who, index: touch_track(who, index, UnpublishTrack), PEOPLE, st.integers(0, 5)
    ),
    st.builds(
        lambda who, index, muted: touch_track(who, index, MuteTrack, muted=muted),
        PEOPLE,
        st.integers(0, 5),
        st.booleans(),
    ),
    st.builds(lose, PEOPLE),
    st.builds(come_back, PEOPLE),
    st.builds(reload, PEOPLE),
    st.builds(leave, PEOPLE),
    st.builds(crash, st.sampled_from(("room", *PLUGINS)), st.integers(0, 3)),
    *(st.builds(open_groups, st.sampled_from(("even", "even", "choice"))) for _ in range(3)),
    st.builds(break_group),
    st.builds(crash_person, PEOPLE),
    st.builds(wait, st.sampled_from((0.0, 0.05, 1.0, 20.0, 31.0))),
)


@given(st.lists(STEPS, max_size=25))
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_all_end_in_the_same_state(steps: list[Step]) -> None:
    with tempfile.TemporaryDirectory() as folder, structlog.testing.capture_logs():
        clock = trio.testing.MockClock(autojump_threshold=0)
        trio.run(play, Path(folder), steps, clock=clock)


async def play(folder: Path, steps: list[Step]) -> None:
    rooms = one_template(plugins=PLUGINS)
    async with open_rig(folder, rooms=rooms, options=OPTIONS) as rig:
        world = World(rig)
        world.stages = {name: CastOnStage(rig, rig.plugin(name), world.clients) for name in PLUGINS}
        for who in CAST:
            await world.enter(who)
        for step in steps:
            if world.main().whereabouts:
                event("somebody is in a group")
            outcome = step(world)
            if outcome is not None:
                await outcome
        await rig.settle()
        for who in CAST:
            await world.come_back(who)
        if len(world.clients) < len(CAST):
            event("somebody is not let in")
        await trio.sleep(1)
        wrong = [line for site in world.main().rooms for line in await check(world, site)]
        assert not wrong, "\n".join(wrong)


async def check(world: World, site: RoomSite) -> list[str]:
    """Compare all that is shown and was sent in a room of the house with its journal."""
    wrong = []
    people = {
        who: client
        for who, client in world.clients.items()
        if client.arrival().room.room_id == site.room_id
    }
    for plugin in site.template.plugins.plugins:
        stage = StageIn(world.rig, plugin, people, place=site)
        told = [*await check_views(stage), *await check_clients(stage, people)]
        wrong += [f"{site.name}, {plugin.name}: {line}" for line in told]
    return wrong
