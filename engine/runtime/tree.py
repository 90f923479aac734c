"""What all supervisors of one tree share."""

from dataclasses import dataclass

from ..clock import Clock
from .counters import Counters
from .registry import Registry


@dataclass(frozen=True, slots=True)
class Tree:
    """Made by `open_supervisor` and passed down."""

    registry: Registry
    clock: Clock
    counters: Counters
    is_strict: bool
