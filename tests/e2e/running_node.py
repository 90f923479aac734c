"""A whole node in a thread of the test process, so that a test can look into it and break it."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import msgspec
import trio
from e2e.slow_tcp import SlowTcp

from emporion.engine.config import Config
from emporion.engine.testing.network import NetworkProfile
from emporion.engine.testing.network.relay import Relay
from emporion.node import Node, open_node

T = TypeVar("T")


class RunningNode:
    """Runs trio in a thread; `call` runs a function on its loop.

    A context manager: on exit the node is stopped and what it raised is raised here.
    """

    def __init__(
        self,
        config: Config,
        data_dir: Path,
        *,
        network: NetworkProfile | None = None,
        slow_tcp: SlowTcp | None = None,
    ) -> None:
        """Let all media pass an emulated network, and offer a slow way to the pages."""
        self._config = config
        self._network = network
        self._slow_tcp = slow_tcp
        self._ready = threading.Event()
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="node", daemon=True)
        self.data_dir = data_dir
        self.node: Node

    def __enter__(self) -> "RunningNode":
        self._thread.start()
        if not self._ready.wait(30):
            raise TimeoutError("the node was not up after 30 s")
        if self._error is not None:
            raise self._error
        return self

    def __exit__(self, *_: object) -> None:
        trio.from_thread.run_sync(self._stop.set, trio_token=self._token)
        self._thread.join(30)
        assert not self._thread.is_alive(), "the node did not stop within 30 s"
        if self._error is not None:
            raise self._error

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.node.http_port}"

    def call(self, function: Callable[[], T]) -> T:
        """Run a function on the node's loop and return what it returns."""
        return trio.from_thread.run_sync(function, trio_token=self._token)

    def _run(self) -> None:
        try:
            trio.run(self._main)
        except BaseException as error:
            self._error = error
        finally:
            self._ready.set()

    async def _main(self) -> None:
        self._token = trio.lowlevel.current_trio_token()
        self._stop = trio.Event()
        if self._network is None:
            return await self._serve(self._config, None)
        media = self._config.media
        relay = Relay((media.host,), 0, self._network, seed=1)
        behind = msgspec.structs.replace(media, advertised_port=relay.port)
        await self._serve(msgspec.structs.replace(self._config, media=behind), relay)

    async def _serve(self, config: Config, relay: Relay | None) -> None:
        async with open_node(config) as node, trio.open_nursery() as nursery:
            if relay is not None:
                await nursery.start(relay.run, node.media_port)
            if self._slow_tcp is not None:
                await nursery.start(self._slow_tcp.run, node.http_port)
            self.node = node
            self._ready.set()
            await self._stop.wait()
            nursery.cancel_scope.cancel()
