"""The registry: from the path of an actor to its ref."""

from collections.abc import Iterator
from typing import Any

from .ref import ActorRef


class Registry:
    """Paths of the actors of one node; supervisors add to it and take away.

    A ref stands here from before `started()` runs until the actor has ended for good, so `get` may
    return one whose actor ends in the next moment: `tell` to it is a counted no-op then, and `ask`
    raises `ActorGone`.
    """

    def __init__(self) -> None:
        self._refs: dict[str, ActorRef[Any]] = {}  # Any: actors of every message type.

    def get(self, path: str) -> ActorRef[Any] | None:
        """The actor at a path such as `node/rooms/RM_x/room`, or None."""
        return self._refs.get(path)

    def add(self, ref: ActorRef[Any]) -> None:
        """For supervisors. The path is free, because names are unique below a supervisor.

        Raises:
            ValueError: Two trees with one root name share this registry.
        """
        if ref.path in self._refs:
            raise ValueError(f"path {ref.path} is registered already: name the roots differently")
        self._refs[ref.path] = ref

    def remove(self, ref: ActorRef[Any]) -> None:
        """For supervisors."""
        if self._refs.get(ref.path) is ref:
            del self._refs[ref.path]

    def __len__(self) -> int:
        return len(self._refs)

    def __iter__(self) -> Iterator[str]:
        return iter(tuple(self._refs))
