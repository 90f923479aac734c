"""The gateway as an actor: if it crashes, it is started again on the port it had."""

from collections.abc import Callable
from typing import Never, assert_never

import msgspec

from ..engine.config import HttpConfig
from ..engine.runtime import Actor, Restart
from .connection import ConnectionContext
from .gateway import Gateway
from .listeners import open_listeners
from .routes import Site


class GatewayActor(Actor[Never], restart=Restart.PERMANENT):
    """Nobody tells it anything: its clients come by the network, its messages by the table."""

    def __init__(
        self,
        settings: HttpConfig,
        context: ConnectionContext,
        site: Site,
        *,
        grace_s: float,
        on_started: Callable[[Gateway], None],
    ) -> None:
        self._settings = settings
        self._connection_context = context
        self._site = site
        self._grace_s = grace_s
        self._on_started = on_started

    async def started(self) -> None:
        """Bind and listen.

        Raises:
            ConfigError: The address cannot be bound, or the certificate cannot be read.
        """
        listeners = await open_listeners(self._settings)
        gateway = Gateway(listeners, self._connection_context, self._site, grace_s=self._grace_s)
        self.context.start_soon(gateway.run)
        self._on_started(gateway)

    async def receive(self, message: Never) -> None:
        assert_never(message)


def at_port(settings: HttpConfig, port: int) -> HttpConfig:
    """The same settings with the port that was bound in place of 0."""
    return msgspec.structs.replace(settings, port=port)
