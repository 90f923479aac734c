"""The composition root: reads the configuration and builds the tree of one node (B3).

Started in this order and stopped in the reverse one: metrics port, media, classroom (directory and
rooms), gateway. Metrics and media are tasks of the node: without them it cannot go on, and it ends
with their error. The rest is supervised.
"""

import platform
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import trio
from prometheus_client import CollectorRegistry

from . import __version__
from .actors.classroom import Classroom, open_classroom
from .actors.file_service import FileService
from .actors.media_events import MediaEvents
from .actors.templates import Templates, resolve_templates
from .engine.clock import Clock, TrioClock
from .engine.config import AuthConfig, Config, MetricsConfig
from .engine.congestion.api import Estimator
from .engine.errors import ConfigError
from .engine.forward.api import Forwarder
from .engine.forward.reference import ReferenceForwarder
from .engine.journal import JournalMeter
from .engine.runtime import ChildSpec, ConnectionCount, Supervisor, open_supervisor, open_watchdog
from .engine.transport.estimate_dump import dumped
from .engine.transport.service import MediaService
from .engine.transport.settings import MediaSettings
from .metrics import BuildInfo, CongestionStatistics, NodeCollector, Sources, serve_metrics
from .plugins.host import PluginHost
from .web.connection import CLOSE_TIMEOUT_S, ConnectionContext
from .web.file_routes import FileRoutes
from .web.gateway import Gateway
from .web.gateway_actor import GatewayActor, at_port
from .web.keys import effective_auth
from .web.outlet_table import OutletTable
from .web.pages import Page, load_pages, panel_pages
from .web.room_routes import RoomRoutes
from .web.routes import Site
from .web.tokens import TokenVerifier

_FORWARDER: Final = "reference"


@dataclass(slots=True)
class Node:
    """A running node. Ports are those that were bound; `metrics_port` is None if it is off."""

    config: Config
    auth: AuthConfig
    supervisor: Supervisor
    classroom: Classroom
    media: MediaService
    forwarder: Forwarder
    outlets: OutletTable
    gateways: Sequence[Gateway]  # One for each run of the gateway's actor; the last one serves.
    metrics_port: int | None

    @property
    def gateway(self) -> Gateway:
        return self.gateways[-1]

    @property
    def http_port(self) -> int:
        return self.gateway.port

    @property
    def media_port(self) -> int:
        return self.media.port

    def count_connections(self) -> ConnectionCount:
        """TCP connections of pages and participants, over all runs of the gateway."""
        counts = [gateway.statistics() for gateway in self.gateways]
        are_open = sum(count.connections_open for count in counts)
        return ConnectionCount(
            are_open, sum(count.connections_total for count in counts) - are_open
        )


@asynccontextmanager
async def open_node(config: Config) -> AsyncIterator[Node]:
    """Run a node around a body.

    When the body ends, clients are told and waited for (`node.stop_grace_s`), then rooms are
    closed with their journals kept, then media and metrics stop.

    Raises:
        ConfigError: Keys, plugins, templates, ports or certificates are not as they must be.
    """
    failure: ConfigError | None = None
    async with trio.open_nursery() as nursery:
        try:
            async with open_watchdog(), _open_parts(config, nursery) as node:
                yield node
        except ConfigError as error:  # Raised again below, where no nursery wraps it.
            failure = error
        nursery.cancel_scope.cancel()
    if failure is not None:
        raise failure


@dataclass(frozen=True, slots=True)
class _Base:
    """What rooms and gateway stand on."""

    media: MediaService
    forwarder: Forwarder
    media_events: MediaEvents
    outlets: OutletTable
    journal_meter: JournalMeter


@asynccontextmanager
async def _open_parts(config: Config, nursery: trio.Nursery) -> AsyncIterator[Node]:
    auth = effective_auth(config)
    clock = TrioClock()
    verifier = TokenVerifier(auth, clock)
    host = PluginHost.load(config.plugins)
    templates = resolve_templates(config.rooms, host)
    registry, metrics_port = await _start_metrics(config.metrics, nursery)
    pages = {**load_pages(), **panel_pages(host.panels)}
    estimator = host.make_estimator(config.media.estimator)
    with dumped(estimator, config.media.estimate_dump) as told_estimator:
        base = await _start_base(config, nursery, clock, told_estimator)
        async with (
            open_supervisor("node", clock=clock) as supervisor,
            _open_classroom(config, supervisor, base, templates) as classroom,
        ):
            context = ConnectionContext(
                classroom, base.outlets, verifier, config.http, clock, classroom.counters
            )
            async with _open_gateway(config, supervisor, context, classroom, pages) as gateways:
                nursery.start_soon(classroom.retention.run)
                registry.register(_collector(base, supervisor, classroom, estimator))
                yield Node(
                    config=config,
                    auth=auth,
                    supervisor=supervisor,
                    classroom=classroom,
                    media=base.media,
                    forwarder=base.forwarder,
                    outlets=base.outlets,
                    gateways=gateways,
                    metrics_port=metrics_port,
                )


async def _start_base(
    config: Config, nursery: trio.Nursery, clock: Clock, estimator: Estimator
) -> _Base:
    forwarder = ReferenceForwarder()
    media_events = MediaEvents()
    settings = MediaSettings(
        host=config.media.host,
        port=config.media.port,
        advertised_addresses=config.media.advertised_addresses,
        advertised_port=config.media.advertised_port,
    )
    media = MediaService(
        settings,
        forwarder,
        clock=clock,
        estimator=estimator,
        on_event=media_events.handle,
    )
    await nursery.start(media.run)
    return _Base(media, forwarder, media_events, OutletTable(), JournalMeter())


def _open_classroom(
    config: Config, supervisor: Supervisor, base: _Base, templates: Templates
) -> AbstractAsyncContextManager[Classroom]:
    return open_classroom(
        supervisor,
        templates=templates,
        outlets=base.outlets,
        media=base.media,
        table=base.forwarder,
        media_events=base.media_events,
        data_dir=Path(config.node.data_dir),
        server_version=__version__,
        journal_meter=base.journal_meter,
        files=FileService.at(Path(config.node.data_dir) / "files", config.files),
    )


def _collector(
    base: _Base, supervisor: Supervisor, classroom: Classroom, estimator: Estimator
) -> NodeCollector:
    sources = Sources(
        classroom=classroom.statistics,
        gateway=base.outlets.statistics,
        runtime=supervisor.statistics,
        journal=base.journal_meter.statistics,
        media=base.media.statistics,
        forwarder=base.forwarder.statistics,
        congestion=lambda: CongestionStatistics.of(estimator),
    )
    return NodeCollector(sources, BuildInfo(__version__, platform.python_version(), _FORWARDER))


@asynccontextmanager
async def _open_gateway(
    config: Config,
    supervisor: Supervisor,
    context: ConnectionContext,
    classroom: Classroom,
    pages: Mapping[str, Page],
) -> AsyncIterator[Sequence[Gateway]]:
    """Start the gateway as a child; on the way out it says goodbye before anything else stops."""
    is_ready = True
    files = FileRoutes(classroom.files, context.clock)
    rooms = RoomRoutes(classroom, context.verifier)
    site = Site(pages, lambda: is_ready, files.fetch, (files, rooms))
    started: list[Gateway] = []

    def make() -> GatewayActor:
        # After a crash the port is the one that clients know, whatever was asked for at first.
        settings = at_port(config.http, started[0].port) if started else config.http
        return GatewayActor(
            settings,
            context,
            site,
            grace_s=config.node.stop_grace_s,
            on_started=started.append,
        )

    grace_s = config.node.stop_grace_s + 2 * CLOSE_TIMEOUT_S
    await supervisor.start_child(ChildSpec(name="gateway", factory=make, grace_s=grace_s))
    try:
        yield started
    finally:
        is_ready = False
        with trio.CancelScope(shield=True):
            await supervisor.stop_child("gateway")


async def _start_metrics(
    config: MetricsConfig, nursery: trio.Nursery
) -> tuple[CollectorRegistry, int | None]:
    """Open the metrics port, still empty, so that what hinders the rest can be seen on it."""
    registry = CollectorRegistry()
    if not config.enabled:
        return registry, None

    async def serve(*, task_status: trio.TaskStatus[int]) -> None:
        await serve_metrics(registry, host=config.host, port=config.port, task_status=task_status)

    try:
        port: int = await nursery.start(serve)
    except OSError as error:
        raise ConfigError(
            f"metrics.port: cannot listen on TCP {config.host}:{config.port}: {error}"
        ) from error
    return registry, port
