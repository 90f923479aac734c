"""Who wants to be told when an actor has ended for good."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import structlog

from .counters import Counters
from .exits import Down, ExitReason

if TYPE_CHECKING:
    from .ref import ActorRef

_log = structlog.get_logger()

DownCallback = Callable[[Down], None]


class Watchers:
    """The watchers of one actor, in the order they came; each is called exactly once."""

    __slots__ = ("_callbacks", "_counters", "_reason")

    def __init__(self, counters: Counters) -> None:
        self._callbacks: dict[object, DownCallback] | None = None  # Most actors have none.
        self._counters = counters
        self._reason: ExitReason | None = None  # Why it is down; its `Down` would hold its ref.

    def add(self, by: DownCallback, ref: "ActorRef[Any]") -> Callable[[], None]:
        """Call `by` when the actor, whose ref is `ref`, is down; at once if it is down already.

        Returns:
            A function that takes the watcher away again; it may be called any number of times.
        """
        if self._reason is not None:
            self._call(by, Down(ref, self._reason))
            return _do_nothing
        if self._callbacks is None:
            self._callbacks = {}
        callbacks, token = self._callbacks, object()
        callbacks[token] = by

        def unwatch() -> None:
            callbacks.pop(token, None)

        return unwatch

    def tell(self, down: Down) -> None:
        """Call everybody; the error of one is logged, and the others are told all the same."""
        self._reason = down.reason
        callbacks, self._callbacks = self._callbacks, None
        while callbacks:
            # One by one, because a callback may take other watchers away.
            self._call(callbacks.pop(next(iter(callbacks))), down)

    def _call(self, by: DownCallback, down: Down) -> None:
        try:
            by(down)
        except Exception:  # E3: one watcher must not cost the others their Down.
            self._counters.watcher_failures += 1
            _log.exception("watcher.failed", watched=down.ref.path)


def _do_nothing() -> None:
    pass
