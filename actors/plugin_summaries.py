"""The summaries of one plugin: made after changes, now and then, once for each class of viewers."""

from collections.abc import Callable
from typing import Any

import msgspec
import trio

from ..engine.protocol.codec import encode_server
from ..engine.protocol.server import PluginSummary
from ..plugins.host import LoadedPlugin
from .delivery import Delivery, Summary

_encoder = msgspec.msgpack.Encoder()


class PluginSummaries:
    """For one run of a plugin's actor; `read_state` returns its seq and state."""

    def __init__(
        self,
        plugin: LoadedPlugin,
        delivery: Delivery,
        read_state: Callable[[], tuple[int, Any]],  # Any: the plugin's own type.
    ) -> None:
        assert plugin.summary_interval_s is not None, "it has summaries"
        self._plugin = plugin
        self._interval_s = plugin.summary_interval_s
        self._delivery = delivery
        self._read_state = read_state
        self._changed = trio.Event()
        self._bodies: dict[bool, bytes] = {}  # The latest, by `is_host`.
        self._payloads: dict[bool, bytes] = {}

    def note_change(self) -> None:
        """The state is another."""
        self._changed.set()

    async def run(self) -> None:
        """Push the present one, and then what changes, for ever.

        Raises:
            Exception: The plugin's.
        """
        while True:
            self._changed = trio.Event()
            self._push()
            await trio.sleep(self._interval_s)
            await self._changed.wait()

    def _push(self) -> None:
        seq, state = self._read_state()
        for is_host in (False, True):
            body = _encoder.encode(self._plugin.instance.summary(state, is_host=is_host))
            if body != self._bodies.get(is_host):
                self._bodies[is_host] = body
                self._payloads[is_host] = encode_server(
                    PluginSummary(plugin=self._plugin.name, seq=seq, body=msgspec.Raw(body))
                )
        self._delivery.summarize(
            self._plugin.name,
            Summary(for_hosts=self._payloads[True], for_others=self._payloads[False]),
        )
