"""Crashes actors of a running node on purpose."""

import msgspec
from e2e.running_node import RunningNode

from emporion.engine.runtime import ActorRef


class Poison(msgspec.Struct, frozen=True, tag_field="type", tag="poison"):
    """A message that no actor knows: whoever receives it crashes."""


def crash(node: RunningNode, path_end: str) -> ActorRef[Poison]:
    """Crash the one actor whose path ends so."""

    def tell() -> ActorRef[Poison]:
        (path,) = [path for path in node.node.supervisor.registry if path.endswith(path_end)]
        return poison(node, path)

    return node.call(tell)


def crash_first_group(node: RunningNode) -> None:
    """Crash the room of the group that was opened first."""

    def tell() -> None:
        paths = node.node.supervisor.registry
        rooms = [path for path in paths if path.count("/RM_") == 2 and path.endswith("/room")]
        poison(node, rooms[0])

    node.call(tell)


def poison(node: RunningNode, path: str) -> ActorRef[Poison]:
    """On the node's loop: crash one actor."""
    ref = node.node.supervisor.registry.get(path)
    assert ref is not None
    ref.tell(Poison())
    return ref
