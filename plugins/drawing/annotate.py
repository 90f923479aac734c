"""Drawing over a shared screen or camera, or on a page of a document, in its coordinates."""

import re
from typing import Annotated, Final

import msgspec

from ...engine.ids import FileId, ParticipantId, TrackId
from ...engine.media import Kind
from ..api import (
    IMAGES,
    Deny,
    Entry,
    ParticipantView,
    PluginContext,
    RequestContext,
    RoomView,
    TrackView,
    UploadRequest,
    hookimpl,
)
from .desk import DeskOptions, DrawingDesk
from .overlay import (
    AnnotateFold,
    AnnotateState,
    AnnotateView,
    EverybodyBody,
    FileRemovedBody,
    FrozenBody,
    is_page_of,
)
from .requests import DrawingRequest, DrawingSignal, Edit, Fetch, SurfaceName
from .surface import Surface

PAGE: Final = re.compile(r"(FI_[0-9A-Za-z_-]{1,40})/([1-9]\d{0,3})")


class AnnotateOptions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Options of `[plugins.annotate]`."""

    max_items: Annotated[int, msgspec.Meta(ge=1, le=50_000)] = 5_000  # Over one picture.
    max_bytes: Annotated[int, msgspec.Meta(ge=100_000)] = 8 * 1024 * 1024
    max_surfaces: Annotated[int, msgspec.Meta(ge=10, le=2_000)] = 300  # Pages that bear anything.
    merchants_edit_all: bool = False  # Else a merchant changes only what he has drawn himself.
    live_participants: Annotated[int, msgspec.Meta(ge=0)] = 150  # Above: finished things only.


class Freeze(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="freeze"):
    """Let a picture stand still as an uploaded file has it; `file_id` None: let it move again."""

    surface: SurfaceName
    file_id: Annotated[str, msgspec.Meta(min_length=1, max_length=64)] | None = None


class AllowEverybody(
    msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="allow_everybody"
):
    """Let all merchants draw, or only those who are allowed one by one."""

    is_allowed: bool


_Context = RequestContext[AnnotateState]
_file_removed: Final = msgspec.msgpack.Decoder(FileRemovedBody)


class Annotate:
    """Plugin `annotate`. A surface is named by its track's id, or `<file id>/<page>`."""

    options_type = AnnotateOptions
    request_type = DrawingRequest | Freeze | AllowEverybody
    signal_type = DrawingSignal
    upload_rules = IMAGES
    observed = ("room.file_removed",)

    def __init__(self, options: AnnotateOptions) -> None:
        self._max_surfaces = options.max_surfaces
        self.fold = AnnotateFold("annotate")
        self._desk = DrawingDesk(
            "annotate",
            DeskOptions(
                max_items=options.max_items,
                max_bytes=options.max_bytes,
                merchants_edit_all=options.merchants_edit_all,
                live_participants=options.live_participants,
            ),
        )

    def view(self, state: AnnotateState, viewer: ParticipantView) -> AnnotateView:
        return state.view()

    async def handle_request(
        self, context: _Context, request: DrawingRequest | Freeze | AllowEverybody
    ) -> None:
        """Draw, or stop the picture.

        Raises:
            RequestDenied: `annotate.not_allowed`, `.unknown_track`, `.hosts_only`, and those of
                `DrawingDesk.handle`.
        """
        if isinstance(request, AllowEverybody):
            await self._allow_everybody(context, request)
            return
        if isinstance(request, Freeze):
            await self._freeze(context, self._track(context, request.surface), request)
            return
        owner = self._owner(context, request.surface)
        if not isinstance(request, Fetch):
            self._check_may_draw(context, owner)
        drawing = context.state.drawing
        is_new = isinstance(request, Edit) and request.surface not in drawing.surfaces
        if is_new and len(drawing.surfaces) >= self._max_surfaces:
            raise self._desk.denied("board_full", f"{self._max_surfaces} pages are drawn on.")
        surface = drawing.surfaces.get(request.surface, Surface())
        await self._desk.handle(context, drawing, surface, request)

    def handle_signal(self, context: _Context, signal: DrawingSignal) -> None:
        """Pass on what is being drawn or pointed at.

        Raises:
            RequestDenied: `annotate.not_allowed`, `.unknown_track`, and those of
                `DrawingDesk.pass_on`.
        """
        self._check_may_draw(context, self._owner(context, signal.surface))
        drawing = context.state.drawing
        surface = drawing.surfaces.get(signal.surface, Surface())
        self._desk.pass_on(context, drawing, surface, signal)

    @hookimpl
    async def on_entry(self, context: PluginContext[AnnotateState], entry: Entry) -> None:
        """A document is gone: what was drawn on its pages is, too, for everybody."""
        if entry.kind == "room.file_removed":
            file_id = _file_removed.decode(entry.body).file_id
            if any(is_page_of(file_id, name) for name in context.state.drawing.surfaces):
                await context.append("file_removed", FileRemovedBody(file_id=file_id))

    @hookimpl
    def before_upload(self, room: RoomView, upload: UploadRequest) -> Deny | None:
        """Take pictures from those who may stop one: who shares, or runs the room."""
        if upload.purpose != "annotate":
            return None
        person = room.participants[upload.participant_id]
        shares = any(
            track.participant_id == person.participant_id and track.kind is Kind.VIDEO
            for track in room.tracks.values()
        )
        if person.is_host or shares:
            return None
        return Deny("annotate.hosts_only", "Only who shares or runs the room may do that.")

    async def _allow_everybody(self, context: _Context, request: AllowEverybody) -> None:
        if not context.participant.is_host:
            raise self._desk.denied("hosts_only", "Only those who run the room may do that.")
        if request.is_allowed != context.state.everybody_draws:
            body = EverybodyBody(is_allowed=request.is_allowed)
            await context.append("everybody_draws", body)

    async def _freeze(self, context: _Context, track: TrackView, request: Freeze) -> None:
        asker = context.participant
        if not (asker.is_host or track.participant_id == asker.participant_id):
            raise self._desk.denied("hosts_only", "Only who shares or runs the room may do that.")
        if request.file_id is not None:
            self._desk.check_picture(context, request.file_id)
        if request.file_id != context.state.frozen.get(request.surface):
            await context.append(
                "frozen", FrozenBody(surface=request.surface, file_id=request.file_id)
            )

    def _owner(self, context: _Context, name: str) -> ParticipantId | None:
        """Return whose picture a surface lies over; None: a page is nobody's."""
        page = PAGE.fullmatch(name)
        if page is None:
            return self._track(context, name).participant_id
        file = context.room.files.get(FileId(page[1]))
        if file is None or file.purpose != "courseware":
            raise self._desk.denied("unknown_track", "This page is not there any more.")
        return None

    def _track(self, context: _Context, name: str) -> TrackView:
        track = context.room.tracks.get(TrackId(name))
        if track is None or track.kind is not Kind.VIDEO:
            raise self._desk.denied("unknown_track", f"No picture is shared as {name!r}.")
        return track

    def _check_may_draw(self, context: _Context, owner: ParticipantId | None) -> None:
        person = context.participant
        everybody = context.state.everybody_draws and person.role == "merchant"
        is_own = owner == person.participant_id
        if not (person.grants.can_draw or everybody or is_own):
            raise self._desk.denied("not_allowed", "You are not allowed to draw at the moment.")
