"""Who wants to be told when an actor has ended for good."""

from collections.abc import Callable

import structlog

from .counters import Counters
from .exits import Down

_log = structlog.get_logger()

DownCallback = Callable[[Down], None]


class Watchers:
    """The watchers of one actor, in the order they came; each is called exactly once."""

    __slots__ = ("_callbacks", "_counters", "_down")

    def __init__(self, counters: Counters) -> None:
        self._callbacks: dict[object, DownCallback] | None = None  # Most actors have none.
        self._counters = counters
        self._down: Down | None = None

    def add(self, by: DownCallback) -> Callable[[], None]:
        """Call `by` when the actor is down; at once if it is down already.

        Returns:
            A function that takes the watcher away again; it may be called any number of times.
        """
        if self._down is not None:
            self._call(by, self._down)
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
        self._down = down
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
