"""A participant's requests to plugins: answered in order, beside the participant's other work.

One lane for each plugin: a slow plugin keeps back only the requests to itself.
"""

from collections import deque
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from ..engine.errors import ActorGone, EmporionError, RequestDenied
from ..engine.ids import RoomId
from ..engine.protocol.client import PluginRequest, PluginSignal
from ..engine.protocol.server import RequestSucceeded
from .messages import HandleRequest
from .participant_state import ParticipantState
from .plugin_signals import WaitingSignal
from .publishing import acknowledge
from .refusals import to_refusal
from .site import RoomSite

MAX_WAITING: Final = 64  # Requests to one plugin: several seconds of drawing.
REFUSED_EVERY_S: Final = 1.0
ASK_TIMEOUT_S: Final = 10.0  # Twice what a plugin has for a request, so that it answers first.


class _Waiting(NamedTuple):
    """A request, and the room that it is for: its sender may be moved before its turn comes."""

    site: RoomSite
    request: PluginRequest


@dataclass(slots=True)
class PluginLanes:
    """The lanes of one participant."""

    state: ParticipantState
    _lanes: dict[str, deque[_Waiting]] = field(default_factory=dict)
    _refused_s: float = -REFUSED_EVERY_S

    def add(self, request: PluginRequest) -> None:
        """Queue a request; it is answered in its time.

        Raises:
            RequestDenied: `room.moved`, `plugin.unknown`, `plugin.disabled`,
                `plugin.too_many_requests`.
        """
        self._check_room(request.room_id)
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
        lane.append(_Waiting(self.state.site, request))

    def signal(self, request: PluginSignal) -> None:
        """Hand a signal to its plugin; what it cannot take now is lost.

        Raises:
            RequestDenied: `room.moved`, `plugin.unknown` or `plugin.disabled`, at most once a
                second: for the others the client gets no answer.
        """
        site = self.state.site
        site.services.counters.signals += 1
        try:
            self._check_room(request.room_id)
            self._check_signalling(request.plugin)
        except RequestDenied:
            now_s = self.state.context.clock.now_s()
            if now_s - self._refused_s >= REFUSED_EVERY_S:
                self._refused_s = now_s
                raise
            site.services.counters.signals_refused += 1
            return
        waiting = WaitingSignal(self.state.participant_id, request.ref, request.body)
        if not site.signals_of(request.plugin).put(waiting):
            site.services.counters.signals_dropped += 1

    def _check_signalling(self, name: str) -> None:
        plugin = self.state.site.template.plugins.get(name)
        if plugin is None or plugin.decode_signal is None:
            raise RequestDenied(
                f"The room has no plugin {name!r} that takes signals.", code="plugin.unknown"
            )
        self._check_enabled(name)

    def _check_room(self, room_id: RoomId | None) -> None:
        if room_id is not None and room_id != self.state.site.room_id:
            raise RequestDenied("You are in another room now.", code="room.moved")

    async def _run(self, name: str, lane: deque[_Waiting]) -> None:
        while lane:
            site, request = lane[0]  # It counts until it is answered.
            try:
                self._check_room(site.room_id)
                await self._answer(site, request)
            except EmporionError as error:
                self.state.site.services.counters.requests_refused += 1
                self.state.send(to_refusal(error, request.ref))
            lane.popleft()
        del self._lanes[name]

    async def _answer(self, site: RoomSite, request: PluginRequest) -> None:
        self._check_enabled(request.plugin)
        ref = site.plugin(request.plugin)
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
            acknowledge(self.state, seq, answer, site=site)

    def _check_enabled(self, name: str) -> None:
        if self.state.site.plugin(name) is None:
            raise RequestDenied(
                f"The plugin {name} was switched off after crashes.", code="plugin.disabled"
            )
