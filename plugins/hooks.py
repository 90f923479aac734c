"""The hooks of a plugin: policies that may deny, observers that are told."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import pluggy

from ..engine.congestion.api import Estimators
from ..engine.ids import ParticipantId
from ..engine.journal import Entry
from .context import PluginContext
from .decisions import Deny, JoinAttempt, PublishRequest, RenderedPages, UploadRequest, Wait
from .scheduling import Scheduler
from .views import RoomView, TrackView

PROJECT: Final = "emporion"
hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


class Hooks:
    """The hooks. A plugin implements some of them as methods marked with `hookimpl`.

    An implementation may take fewer arguments than are named here.

    Policies (`before_*`) run on the room's actor, in the template's order of plugins; the first
    `Deny` wins. They are synchronous, get small frozen arguments and must return within a
    millisecond (slower ones are logged and counted). Raising means: denied with `plugin.failed`,
    and the room goes on. `state` is the plugin's own, after the room's newest entry; None without a
    fold. Hook wrappers are refused.

    Observers (`on_*`) run in the plugin's actor, one at a time, and its requests wait meanwhile.
    Raising crashes the actor, as in `handle_request`.
    """

    @hookspec(firstresult=True)
    def before_join(self, room: RoomView, attempt: JoinAttempt, state: Any) -> Deny | Wait | None:
        """Somebody wants to join. Grants and the room's capacity are checked already.

        A `Deny` of any plugin goes before the `Wait` of another. Whom a host has removed the room
        itself refuses (`room.removed`), unless a plugin whose class has `readmits = True` lets
        them in here.
        """

    @hookspec(firstresult=True)
    def before_publish(self, room: RoomView, request: PublishRequest, state: Any) -> Deny | None:
        """A participant wants to publish. Its grants are checked already."""

    @hookspec(firstresult=True)
    def before_unmute(self, room: RoomView, track: TrackView, state: Any) -> Deny | None:
        """A participant wants to unmute its own track."""

    @hookspec(firstresult=True)
    def before_upload(self, room: RoomView, upload: UploadRequest, state: Any) -> Deny | None:
        """A participant wants to bring a file; asked before the first byte is taken.

        Its plugin's `upload_rules` and the room's quotas are checked already.
        """

    @hookspec
    def floor(self, room: RoomView, state: Any) -> Sequence[ParticipantId]:  # type: ignore[empty-body]  # A spec.
        """Name who has the floor: schedulers put them before who spoke (`Situation.floor`).

        Asked after each entry of the plugin, and run like a policy. Raising means: nobody.
        """

    @hookspec
    async def on_start(self, context: PluginContext[Any]) -> None:
        """The actor has folded the journal: at the room's start and after every restart.

        Set timers here: those of the run before are gone. After 5 s it is cancelled.
        """

    @hookspec
    async def on_timer(self, context: PluginContext[Any], name: str) -> None:
        """A timer set by `context.set_timer` is due. After 5 s it is cancelled."""

    @hookspec
    async def on_pages(self, context: PluginContext[Any], rendered: RenderedPages) -> None:
        """A file that `context.render_pages` was asked for is further, or done.

        At most twice a second for each file, the latest counts; the end is always told. After 5 s
        it is cancelled.
        """

    @hookspec
    async def on_speakers(
        self, context: PluginContext[Any], participant_ids: tuple[ParticipantId, ...]
    ) -> None:
        """Who is heard has changed; loudest first, at most five times a second, the latest counts.

        After 5 s it is cancelled.
        """

    @hookspec
    async def on_entry(self, context: PluginContext[Any], entry: Entry) -> None:
        """Observe an entry after it is folded.

        Called for each entry in order, also for those appended while the actor was busy: a slow
        observer falls behind, but stalls nobody; `context.state` may be newer than the entry. It is
        not called again for entries from before the actor's (re)start. A plugin that has
        `observed = ("room.track_", "chat.posted")`, beginnings of kinds, is called for those only,
        and the room wakes it no more than it must; its summary must not change after others.
        """

    @hookspec
    def schedulers(self) -> Mapping[str, Scheduler]:  # type: ignore[empty-body]  # A spec.
        """Name the schedulers that this plugin gives. Called once, at the node's start."""

    @hookspec
    def estimators(self) -> Estimators:  # type: ignore[empty-body]  # A spec.
        """Name the makers of estimators that this plugin gives. Called once, at the node's start.

        The one that `[media] estimator` names is made once and serves all viewers of the node.
        """
