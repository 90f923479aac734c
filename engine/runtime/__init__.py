"""Supervised actors on trio: how they start, receive, crash, are started again, and end."""

from .actor import Actor, ActorContext, Restart
from .child import ChildInfo, ChildSpec, ChildState
from .counters import SupervisorStatistics
from .exits import Crash, Down, ExitReason, Normal, Shutdown, StopCause, Stopped
from .garbage import ConnectionCount, collect_old_garbage, settle_garbage_collection
from .group_restart import Strategy
from .overflow import Overflow
from .ref import ActorRef
from .registry import Registry
from .root import open_supervisor
from .supervisor import Supervisor
from .watchdog import Stall, Watchdog, open_watchdog

__all__ = [
    "Actor",
    "ActorContext",
    "ActorRef",
    "ChildInfo",
    "ChildSpec",
    "ChildState",
    "ConnectionCount",
    "Crash",
    "Down",
    "ExitReason",
    "Normal",
    "Overflow",
    "Registry",
    "Restart",
    "Shutdown",
    "Stall",
    "StopCause",
    "Stopped",
    "Strategy",
    "Supervisor",
    "SupervisorStatistics",
    "Watchdog",
    "collect_old_garbage",
    "open_supervisor",
    "open_watchdog",
    "settle_garbage_collection",
]
