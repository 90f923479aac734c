"""`emporion serve`: run a node, print its links, stop when told to."""

import signal
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import Final, Protocol

import trio

from ..engine.config import AuthConfig, Config
from ..engine.errors import ConfigError
from ..engine.log import configure_logging
from ..engine.runtime import (
    ConnectionCount,
    collect_old_garbage,
    settle_garbage_collection,
)
from .keys import signing_key
from .links import DEFAULT_TTL_S, LinkMaker, base_url, describe, links_of_all_templates

_SIGNALS: Final = (signal.SIGTERM, signal.SIGINT)


class RunningNode(Protocol):
    """What serving shows of `emporion.node.Node`, which stands above this package."""

    @property
    def config(self) -> Config: ...
    @property
    def auth(self) -> AuthConfig: ...
    @property
    def http_port(self) -> int: ...
    @property
    def media_port(self) -> int: ...

    def count_connections(self) -> ConnectionCount: ...


OpenNode = Callable[[Config], AbstractAsyncContextManager[RunningNode]]


async def rest(node: RunningNode) -> None:
    """Greet and do nothing more."""
    print(greeting(node), flush=True)
    await trio.sleep_forever()


async def serve(
    config: Config, open_node: OpenNode, *, body: Callable[[RunningNode], Awaitable[None]] = rest
) -> int:
    """Run until SIGTERM or SIGINT: then clients are told and waited for; a second one kills.

    `body` runs beside the node, once it serves, and is cancelled with it.

    Raises:
        ConfigError: The node cannot start as configured.
    """
    configure_logging(config.log.level, json=_is_json(config.log.format))
    stopping = trio.CancelScope()
    failure: ConfigError | None = None
    async with trio.open_nursery() as nursery:
        await nursery.start(_stop_on_signal, stopping)
        try:
            with stopping:
                async with open_node(config) as node:
                    settle_garbage_collection()
                    nursery.start_soon(collect_old_garbage, node.count_connections)
                    await body(node)
        except ConfigError as error:  # Raised again below, where no nursery wraps it.
            failure = error
        nursery.cancel_scope.cancel()
    if failure is not None:
        raise failure
    return 0


def greeting(node: RunningNode) -> str:
    """What a person wants to know of a node that has just started."""
    url = base_url(node.config.http, node.http_port)
    lines = [f"Emporion serves {url} (media: UDP {node.media_port})."]
    try:
        key_id, secret = signing_key(node.auth)
    except ConfigError:
        lines.append("It makes no links itself: it has public keys only.")
    else:
        maker = LinkMaker(key_id, secret, url, time.time() + DEFAULT_TTL_S)
        lines.append("Open these within 24 hours; `emporion links` makes new ones.")
        lines.append(describe(links_of_all_templates(maker, node.config)))
    return "\n".join(lines)


async def _stop_on_signal(
    stopping: trio.CancelScope, *, task_status: trio.TaskStatus[None]
) -> None:
    with trio.open_signal_receiver(*_SIGNALS) as signals:
        task_status.started()
        await anext(signals)
    for number in _SIGNALS:  # The next one ends the process, even if the loop stands still.
        signal.signal(number, signal.SIG_DFL)
    print("Stopping; once more to force it.", file=sys.stderr, flush=True)
    stopping.cancel()


def _is_json(form: str) -> bool | None:
    return None if form == "auto" else form == "json"
