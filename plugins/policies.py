"""Calls the policies of a template's plugins: in order, guarded, timed; the first no wins."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import structlog

from .api import Deny, JoinAttempt, PublishRequest, RoomView

SLOW_POLICY_S: Final = 0.001  # The contract of `Hooks`; all rooms of the node wait meanwhile.

_log = structlog.get_logger()


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
    function: Callable[..., Deny | None]
    arguments: tuple[str, ...]  # pluggy: an implementation may take fewer than the spec has.


class Policies:
    """The policies of one template. Immutable but for its counters."""

    def __init__(
        self,
        *,
        before_join: Sequence[PolicyCall] = (),
        before_publish: Sequence[PolicyCall] = (),
        counters: PolicyCounters | None = None,
    ) -> None:
        self._before_join = before_join
        self._before_publish = before_publish
        self._counters = counters or PolicyCounters()

    def before_join(self, room: RoomView, attempt: JoinAttempt) -> Deny | None:
        return self._first_denial(self._before_join, room=room, attempt=attempt)

    def before_publish(self, room: RoomView, request: PublishRequest) -> Deny | None:
        return self._first_denial(self._before_publish, room=room, request=request)

    # Any: the arguments differ by hook; `Hooks` types them.
    def _first_denial(self, calls: Sequence[PolicyCall], **arguments: Any) -> Deny | None:
        for call in calls:
            denial = self._call(call, arguments)
            if denial is not None:
                self._counters.denials += 1
                return denial
        return None

    def _call(self, call: PolicyCall, arguments: dict[str, Any]) -> Deny | None:
        self._counters.calls += 1
        started_s = time.perf_counter()
        try:
            return call.function(*(arguments[name] for name in call.arguments))
        except Exception:  # The plugin caller (E3): a stranger's bug must not end the room.
            self._counters.failures += 1
            _log.exception("plugin.policy_failed", plugin=call.plugin, hook=call.hook)
            return Deny("plugin.failed", f"The plugin {call.plugin} failed.", True)
        finally:
            if time.perf_counter() - started_s > SLOW_POLICY_S:
                self._counters.overruns += 1
                _log.warning("plugin.policy_slow", plugin=call.plugin, hook=call.hook)
