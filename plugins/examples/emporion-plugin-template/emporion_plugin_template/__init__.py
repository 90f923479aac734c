"""What this plugin is for, in one sentence."""

import msgspec

# from collections.abc import Sequence
# from typing import Annotated, Any
#
# from emporion.engine.errors import RequestDenied
# from emporion.engine.ids import ParticipantId
# from emporion.plugins.api import (
#     Deny,
#     Entry,
#     Estimators,
#     JoinAttempt,
#     ParticipantView,
#     PluginContext,
#     PublishRequest,
#     RenderedPages,
#     RequestContext,
#     RoomView,
#     Scheduler,
#     TrackView,
#     UploadRequest,
#     UploadRules,
#     Wait,
#     hookimpl,
# )


class Options(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Options of `[plugins.template]`; each has a default."""


# -- what clients may ask; bound every field: a client sends whatever it likes
#
# class Say(msgspec.Struct, frozen=True, tag_field="type", tag="say"):
#     text: Annotated[str, msgspec.Meta(max_length=200)]
#
#
# -- state is made from the journal and nothing else, also after a restart and in every replay
# -- no clock, no chance, no disk; states are values: return a new one, leave the old as it was
#
# class SaidFold:
#     def initial(self) -> int:
#         return 0
#
#     def apply(self, state: int, entry: Entry) -> int:
#         return state + 1 if entry.kind == "template.said" else state


class Template:
    """Plugin `template`. One instance serves every room, so it keeps no state of its own."""

    options_type = Options

    def __init__(self, options: Options) -> None:
        self._options = options

    # -- state: a fold, and what a joiner is sent of it -------------------------------------------
    #
    # fold = SaidFold()
    #
    # def view(self, state: int, viewer: ParticipantView) -> dict[str, Any]:
    #     return {"said": state}
    #
    # -- a summary instead of entries, where thousands look on ------------------------------------
    #
    # summary_interval_s = 0.5
    #
    # def summary(self, state: int, *, is_host: bool) -> dict[str, Any]:
    #     return {"said": state}
    #
    # -- requests: journaled, answered once they are on disk --------------------------------------
    #
    # request_type = Say
    #
    # async def handle_request(self, context: RequestContext[int], request: Say) -> None:
    #     if not context.participant.is_host:
    #         raise RequestDenied("Only hosts say something.", code="template.not_host")
    #     await context.append("said", {"text": request.text})
    #
    # -- signals: passed on and forgotten ---------------------------------------------------------
    #
    # signal_type = Say
    #
    # def handle_signal(self, context: RequestContext[int], signal: Say) -> None:
    #     context.signal("said", {"text": signal.text})
    #
    # -- a panel of its own, and files that may be brought for it ---------------------------------
    #
    # panel = ("emporion_plugin_template", "panel.js")
    # upload_rules = UploadRules(media_types=("image/png",), max_bytes=1_000_000)
    #
    # -- policies: quick, may deny ----------------------------------------------------------------
    #
    # @hookimpl
    # def before_join(self, room: RoomView, attempt: JoinAttempt, state: int) -> Deny | Wait | None:
    #     return None
    #
    # @hookimpl
    # def before_publish(self, room: RoomView, request: PublishRequest, state: int) -> Deny | None:
    #     return None
    #
    # @hookimpl
    # def before_unmute(self, room: RoomView, track: TrackView, state: int) -> Deny | None:
    #     return None
    #
    # @hookimpl
    # def before_upload(self, room: RoomView, upload: UploadRequest, state: int) -> Deny | None:
    #     return None
    #
    # @hookimpl
    # def floor(self, room: RoomView, state: int) -> Sequence[ParticipantId]:
    #     return ()
    #
    # -- observers: told after the fact, in the plugin's own actor --------------------------------
    #
    # @hookimpl
    # async def on_start(self, context: PluginContext[int]) -> None:
    #     context.set_timer("tick", context.now_us() + 1_000_000)
    #
    # @hookimpl
    # async def on_timer(self, context: PluginContext[int], name: str) -> None:
    #     context.log.info("template.timer", name=name)
    #
    # @hookimpl
    # async def on_pages(self, context: PluginContext[int], rendered: RenderedPages) -> None:
    #     pass
    #
    # @hookimpl
    # async def on_speakers(
    #     self, context: PluginContext[int], participant_ids: tuple[ParticipantId, ...]
    # ) -> None:
    #     pass
    #
    # @hookimpl
    # async def on_entry(self, context: PluginContext[int], entry: Entry) -> None:
    #     pass
    #
    # -- schedulers, by the name that a template of rooms gives -----------------------------------
    #
    # @hookimpl
    # def schedulers(self) -> dict[str, Scheduler]:
    #     return {}
    #
    # -- estimators, one of which `[media] estimator` names ---------------------------------------
    #
    # @hookimpl
    # def estimators(self) -> Estimators:
    #     return {}
