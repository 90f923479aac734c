"""A network emulator: links by a profile and a seed, in virtual time or around real sockets."""

from .delays import DelayHistogram
from .link import Link, LinkCounters
from .loss import BurstLoss, RandomLoss
from .profile import LinkProfile, NetworkProfile, Outage
from .profiles import PROFILES, find_profile
from .rates import ConstantRate, StepRate, WalkRate
from .trace import TraceError, format_trace, parse_trace, read_trace

__all__ = [
    "PROFILES",
    "BurstLoss",
    "ConstantRate",
    "DelayHistogram",
    "Link",
    "LinkCounters",
    "LinkProfile",
    "NetworkProfile",
    "Outage",
    "RandomLoss",
    "StepRate",
    "TraceError",
    "WalkRate",
    "find_profile",
    "format_trace",
    "parse_trace",
    "read_trace",
]
