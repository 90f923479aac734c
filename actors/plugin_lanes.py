"""A participant's requests to plugins: answered in order, beside the participant's other work.

One lane for each plugin: a slow plugin keeps back only the requests to itself.
"""

from collections import deque
from dataclasses import dataclass, field
from typing import Final

from ..engine.errors import ActorGone, EmporionError, RequestDenied
from ..engine.protocol.client import PluginRequest
from ..engine.protocol.server import RequestSucceeded
from .messages import HandleRequest
from .participant_state import ParticipantState
from .publishing import acknowledge
from .refusals import to_refusal

MAX_WAITING: Final = 64  # Requests to one plugin: several seconds of drawing.
ASK_TIMEOUT_S: Final = 10.0  # Twice what a plugin has for a request, so that it answers first.


@dataclass(slots=True)
class PluginLanes:
    """The lanes of one participant."""

    state: ParticipantState
    _lanes: dict[str, deque[PluginRequest]] = field(default_factory=dict)

    def add(self, request: PluginRequest) -> None:
        """Queue a request; it is answered in its time.

        Raises:
            RequestDenied: `plugin.unknown`, `plugin.disabled`, `plugin.too_many_requests`.
        """
        plugin = self.state.site.template.plugins.get(request.plugin)
        if plugin is None or plugin.decode_request is None:
            raise RequestDenied(
                f"The room has no plugin {request.plugin!r} that takes requests.",
                code="plugin.unknown",
            )
        self._check_enabled(request.plugin)
        lane = self._lanes.get(request.plugin)
        if lane is None:
            lane = self._lanes[request.plugin] = deque()
            self.state.context.start_soon(self._run, request.plugin, lane)
        if len(lane) >= MAX_WAITING:
            raise RequestDenied(
                f"Too many requests wait for {request.plugin}.",
                code="plugin.too_many_requests",
                retryable=True,
            )
        lane.append(request)

    async def _run(self, name: str, lane: deque[PluginRequest]) -> None:
        while lane:
            request = lane[0]  # It counts until it is answered.
            try:
                await self._answer(request)
            except EmporionError as error:
                self.state.site.services.counters.requests_refused += 1
                self.state.send(to_refusal(error, request.ref))
            lane.popleft()
        del self._lanes[name]

    async def _answer(self, request: PluginRequest) -> None:
        self._check_enabled(request.plugin)
        ref = self.state.site.plugin(request.plugin)
        assert ref is not None, "it is enabled"
        message = HandleRequest(participant_id=self.state.participant_id, body=request.body)
        try:
            seq = await ref.ask(message, timeout_s=ASK_TIMEOUT_S)
        except ActorGone:
            self._check_enabled(request.plugin)
            raise RequestDenied(
                f"The plugin {request.plugin} crashed.", code="plugin.crashed", retryable=True
            ) from None
        answer = RequestSucceeded(ref=request.ref, seq=seq)
        if seq is None:
            self.state.send(answer)
        else:
            acknowledge(self.state, seq, answer)

    def _check_enabled(self, name: str) -> None:
        if self.state.site.plugin(name) is None:
            raise RequestDenied(
                f"The plugin {name} was switched off after crashes.", code="plugin.disabled"
            )
