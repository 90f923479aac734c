"""Calls the policies of a template's plugins: in order, guarded, timed; the first no wins.

And the question who has the floor, which is asked in the same way.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import structlog

from ..engine.ids import ParticipantId
from .api import Deny, JoinAttempt, PublishRequest, RoomView, TrackView, UploadRequest, Wait

SLOW_POLICY_S: Final = 0.001  # The contract of `Hooks`; all rooms of the node wait meanwhile.

# Finds the state of a plugin by its name. Any: each plugin's own type.
FindState = Callable[[str], Any]

_log = structlog.get_logger()


def no_state(plugin: str) -> None:
    """For plugins without a fold."""


@dataclass(slots=True)
class PolicyCounters:
    """Since the node's start."""

    calls: int = 0
    denials: int = 0
    failures: int = 0
    overruns: int = 0


@dataclass(frozen=True, slots=True)
class PolicyCall:
    """One plugin's implementation of one policy hook."""

    plugin: str
    hook: str
    function: Callable[..., Any]  # Any: what the hook's answer is.
    arguments: tuple[str, ...]  # pluggy: an implementation may take fewer than the spec has.


class Policies:
    """The policies of one template. Immutable but for its counters."""

    def __init__(
        self,
        *,
        before_join: Sequence[PolicyCall] = (),
        before_publish: Sequence[PolicyCall] = (),
        before_unmute: Sequence[PolicyCall] = (),
        before_upload: Sequence[PolicyCall] = (),
        floor: Sequence[PolicyCall] = (),
        counters: PolicyCounters | None = None,
    ) -> None:
        self._before_join = before_join
        self._before_publish = before_publish
        self._before_unmute = before_unmute
        self._before_upload = before_upload
        self._floor = floor
        self._counters = counters or PolicyCounters()

    def before_join(
        self, room: RoomView, attempt: JoinAttempt, find_state: FindState = no_state
    ) -> Deny | Wait | None:
        """Ask all who have a say; a `Deny` goes before a `Wait`, whose ever it is."""
        wait: Wait | None = None
        for call in self._before_join:
            answer = self._call(call, find_state, room=room, attempt=attempt)
            if isinstance(answer, Deny):
                self._counters.denials += 1
                return answer
            wait = wait or answer
        return wait

    def before_publish(
        self, room: RoomView, request: PublishRequest, find_state: FindState = no_state
    ) -> Deny | None:
        return self._first_denial(self._before_publish, find_state, room=room, request=request)

    def before_unmute(
        self, room: RoomView, track: TrackView, find_state: FindState = no_state
    ) -> Deny | None:
        return self._first_denial(self._before_unmute, find_state, room=room, track=track)

    def before_upload(
        self, room: RoomView, upload: UploadRequest, find_state: FindState = no_state
    ) -> Deny | None:
        return self._first_denial(self._before_upload, find_state, room=room, upload=upload)

    def has_say_in_floor(self, plugin: str) -> bool:
        """Whether this plugin may give the floor."""
        return any(call.plugin == plugin for call in self._floor)

    def floor(self, room: RoomView, find_state: FindState = no_state) -> tuple[ParticipantId, ...]:
        """Return who has the floor by any plugin, each once."""
        found: dict[ParticipantId, None] = {}
        for call in self._floor:
            answer = self._call(call, find_state, room=room)
            if isinstance(answer, tuple | list):
                named = [each for each in answer if isinstance(each, str)]
                found.update(dict.fromkeys(p for p in room.participants if p in named))
        return tuple(found)

    # Any: the arguments differ by hook; `Hooks` types them.
    def _first_denial(
        self, calls: Sequence[PolicyCall], find_state: FindState, **arguments: Any
    ) -> Deny | None:
        for call in calls:
            denial = self._call(call, find_state, **arguments)
            if isinstance(denial, Deny):
                self._counters.denials += 1
                return denial
        return None

    def _call(self, call: PolicyCall, find_state: FindState, **arguments: Any) -> Any:
        self._counters.calls += 1
        started_s = time.perf_counter()
        try:
            if "state" in call.arguments:
                arguments["state"] = find_state(call.plugin)
                started_s = time.perf_counter()  # Folding what is missing is not the policy's time.
            return call.function(*(arguments[name] for name in call.arguments))
        except Exception:  # The plugin caller (E3): a stranger's bug must not end the room.
            self._counters.failures += 1
            _log.exception("plugin.policy_failed", plugin=call.plugin, hook=call.hook)
            return Deny("plugin.failed", f"The plugin {call.plugin} failed.", True)
        finally:
            if time.perf_counter() - started_s > SLOW_POLICY_S:
                self._counters.overruns += 1
                _log.warning("plugin.policy_slow", plugin=call.plugin, hook=call.hook)
