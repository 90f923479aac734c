"""The whole contract between Emporion and its plugins. Additive only.

A plugin is a class, named by its entry point in the group `emporion.plugins`. Its constructor takes
one argument, an instance of its `options_type`, which the host has read from `[plugins.<name>]`.
One instance serves every room of a node, so a plugin holds no state of its own. It may have these
things, never mixed:

- a *fold* (`Folding`): a pure function from entries to state. It runs live, after a restart and in
  every replay. `view` shows the state to one participant; a *summary* (`Summarizing`) shows it to
  very many.
- *requests* (`Answering`): messages of clients, answered by appending entries. They run in the
  plugin's own supervised actor, one for each room, one request at a time.
- *signals* (`Signalling`): messages of clients that are passed on and forgotten.
- *policies*: hooks `before_<verb>`, which may deny.
- *observers*: hooks `on_<event>`, told after the fact.

Its panel (`WithPanel`) is a module for the pages. A scheduler is given by the hook
`schedulers`, an estimator of viewers' links by `estimators`. What is not in this module may change
any day.
"""

from typing import Final

from ..engine.congestion.api import ArrivalRow, Estimator, Estimators, Probe, RateTarget
from ..engine.grants import Grants
from ..engine.journal import ALL, HOSTS, RECORD_ONLY, Audience, Entry, Fold, only
from ..engine.persistent import PersistentDict
from .capabilities import (
    Answering,
    Folding,
    NoOptions,
    Plugin,
    Signalling,
    Summarizing,
    WithPanel,
)
from .context import PluginContext, PluginLog, RequestContext
from .decisions import (
    IMAGES,
    Deny,
    JoinAttempt,
    PublishRequest,
    RenderedPages,
    UploadRequest,
    UploadRules,
    Wait,
)
from .grouping import Groups
from .hooks import PROJECT, Hooks, hookimpl, hookspec
from .scheduling import (
    OfferedTrack,
    Scheduler,
    Schedulers,
    Situation,
    Slot,
    SlotDecision,
    WantedTile,
)
from .views import FileView, ParticipantView, RoomView, TrackView

__all__ = [
    "ALL",
    "API_VERSION",
    "HOSTS",
    "IMAGES",
    "PROJECT",
    "RECORD_ONLY",
    "Answering",
    "ArrivalRow",
    "Audience",
    "Deny",
    "Entry",
    "Estimator",
    "Estimators",
    "FileView",
    "Fold",
    "Folding",
    "Grants",
    "Groups",
    "Hooks",
    "JoinAttempt",
    "NoOptions",
    "OfferedTrack",
    "ParticipantView",
    "PersistentDict",
    "Plugin",
    "PluginContext",
    "PluginLog",
    "Probe",
    "PublishRequest",
    "RateTarget",
    "RenderedPages",
    "RequestContext",
    "RoomView",
    "Scheduler",
    "Schedulers",
    "Signalling",
    "Situation",
    "Slot",
    "SlotDecision",
    "Summarizing",
    "TrackView",
    "UploadRequest",
    "UploadRules",
    "Wait",
    "WantedTile",
    "WithPanel",
    "hookimpl",
    "hookspec",
    "only",
]

API_VERSION: Final = 1
