"""Plays a `Scenario` with a plugin on a whole classroom, and finds what the contract forbids.

Connections are lost, actors killed, requests malformed; time is simulated. What is compared: what
the live plugin shows each viewer with what a fresh fold of the journal on disk shows it; what each
client was sent with what the journal holds for it.
"""

import tempfile
import traceback
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import msgspec
import structlog.testing
import trio
import trio.testing

from ..engine.config import RoomsConfig, RoomTemplate
from ..engine.errors import EmporionError
from ..plugins.scenario import Scenario
from .classroom import open_rig
from .consistency import check_clients, check_views
from .hostile_requests import check_flood, check_forbidden, check_malformed
from .stage import CastOnStage, PlayFailed

AWAY_S: Final = 20.0
_KILLED: Final = "Expected code to be unreachable"  # How `ClassroomRig.crash` kills.


def check_live(
    plugin_class: type,
    options: Mapping[str, Any] | None,  # Any: what TOML holds.
    *,
    name: str,
    scenario: Scenario,
) -> list[str]:
    """Return what is wrong, a line each. Must not be called on a loop."""
    wrong: list[str] = []
    in_groups = (False, True) if getattr(plugin_class, "is_in_groups", True) else (False,)
    with structlog.testing.capture_logs() as logs:  # Ends and kills by the hundred.
        for in_group in in_groups[: 1 + scenario.in_groups]:
            checks = _Checks(plugin_class, dict(options or {}), name, scenario, in_group=in_group)
            clock = trio.testing.MockClock(autojump_threshold=0)
            found: list[str] = trio.run(checks.run, clock=clock)
            wrong += [f"in a group: {line}" for line in found] if in_group else found
    return [*wrong, *_told_crashes(logs)] if wrong else []


class _Checks:
    def __init__(
        self,
        plugin_class: type,
        options: Mapping[str, Any],
        name: str,
        scenario: Scenario,
        *,
        in_group: bool,
    ) -> None:
        self._in_group = in_group
        self._class = plugin_class
        self._options = options
        self._name = name
        self._scenario = scenario

    async def run(self) -> list[str]:
        wrong: list[str] = []
        for check in (self._late_and_away, self._kills, self._hostile, self._at_once):
            title = check.__name__.strip("_").replace("_", " ")
            with tempfile.TemporaryDirectory() as folder:
                try:
                    wrong += [f"{title}: {line}" for line in await check(Path(folder))]
                except* (PlayFailed, EmporionError, trio.TooSlowError) as group:
                    wrong += [f"{title}: {error!r}" for error in _leaves(group)]
        return wrong

    async def _late_and_away(self, folder: Path) -> list[str]:
        """Who comes late, who was away, and who was there all along are told the same."""
        async with self._on_stage(folder) as stage:
            spectators = {
                "early": stage.rig.client("early"),
                "away": stage.rig.client("away"),
                "away host": stage.rig.client("away-host", "host"),
            }
            for client in spectators.values():
                await stage.bring_in(client)
            away = [spectators["away"], spectators["away host"]]
            for client in away:
                client.lose_connection()
            await self._scenario.run(stage)
            await trio.sleep(AWAY_S)
            for client in away:
                await client.come_back()
            spectators["late"] = stage.rig.client("late")
            spectators["late host"] = stage.rig.client("late-host", "host")
            await stage.bring_in(spectators["late"])
            await stage.bring_in(spectators["late host"])
            everybody = {**stage.clients, **spectators}
            return [
                *await check_views(stage),
                *await check_clients(stage, everybody),
                *_crashes(stage, expected=0),
            ]

    async def _kills(self, folder: Path) -> list[str]:
        """Killed actors, and a killed node, come back with the same state."""
        wrong: list[str] = []
        async with self._on_stage(folder) as stage:
            await self._scenario.run(stage)
            has_actor = stage.plugin.has_actor
            if has_actor:
                await stage.rig.crash(f"{stage.site.room_id}/plugin-{self._name}/{self._name}")
                wrong += [f"plugin killed: {w}" for w in await check_views(stage)]
            await stage.rig.crash(f"{stage.site.room_id}/room")
            wrong += [f"room killed: {w}" for w in await check_views(stage)]
            wrong += [f"killed: {w}" for w in await check_clients(stage, stage.clients)]
            wrong += _crashes(stage, expected=1 + has_actor)
        async with self._on_stage(folder) as stage:
            wrong += [f"node restarted: {w}" for w in await check_views(stage)]
        return wrong

    async def _hostile(self, folder: Path) -> list[str]:
        """What is refused has a stable code and changes nothing."""
        async with self._on_stage(folder) as stage:
            await self._scenario.run(stage)
            return [
                *await check_forbidden(stage, self._scenario.forbidden),
                *await check_malformed(stage),
                *await check_flood(stage),
                *await check_views(stage),
                *_crashes(stage, expected=0),
            ]

    async def _at_once(self, folder: Path) -> list[str]:
        """Two hosts who act at the same moment end in one order for all."""
        async with self._on_stage(folder) as stage:
            await self._scenario.run(stage)
            at_once = self._scenario.at_once
            if at_once is None:
                at_once = [(who, body) for _, body in stage.requests for who in ("ana", "ben")]
            elif callable(at_once):
                at_once = at_once(stage)
            clients, answers = stage.clients, []
            for who, body in at_once:
                raw = msgspec.Raw(msgspec.msgpack.encode(dict(body)))
                answers.append((clients[who], clients[who].send_plugin(self._name, raw)))
            for client, ref in answers:
                await client.answer(ref)
            return [
                *await check_views(stage),
                *await check_clients(stage, clients),
                *_crashes(stage, expected=0),
            ]

    @asynccontextmanager
    async def _on_stage(self, folder: Path) -> AsyncIterator[CastOnStage]:
        template = RoomTemplate(plugins=(self._name,))
        async with open_rig(
            folder,
            rooms=RoomsConfig(templates={"class": template}),
            plugins={self._name: self._class},
            options={self._name: self._options},
        ) as rig:
            stage = CastOnStage(rig, rig.plugin(self._name), in_group=self._in_group)
            await stage.enter(self._scenario.grants)
            yield stage


def _crashes(stage: CastOnStage, *, expected: int) -> list[str]:
    counters, policies = stage.rig.supervisor.tree.counters, stage.rig.host.counters
    wrong = []
    if counters.crashes != expected:
        wrong.append(f"{counters.crashes - expected} actors crashed; the log says why")
    if policies.failures:
        wrong.append(f"a policy raised {policies.failures} times; the log says why")
    if stage.rig.classroom.counters.hook_timeouts:
        wrong.append("a hook took too long")
    return wrong


def _told_crashes(logs: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return what crashed by itself, by the lines of the log."""
    told = {}
    for line in logs:
        error = line.get("exc_info")
        if isinstance(error, BaseException) and _KILLED not in str(error):
            told[repr(error)] = "".join(traceback.format_exception(error)[-3:])
    return [f"crashed: {text}" for text in told.values()]


def _leaves(group: BaseExceptionGroup[Any]) -> list[BaseException]:
    found: list[BaseException] = []
    for error in group.exceptions:
        found += _leaves(error) if isinstance(error, BaseExceptionGroup) else [error]
    return found
