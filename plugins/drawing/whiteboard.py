"""A board with pages, on which those who may draw draw together."""

from typing import Annotated

import msgspec

from ...engine.ids import ParticipantId, RoomId
from ..api import (
    IMAGES,
    Deny,
    Entry,
    ParticipantView,
    PluginContext,
    RequestContext,
    RoomView,
    UploadRequest,
    hookimpl,
)
from . import group_boards
from .board import (
    BoardFold,
    BoardState,
    BoardView,
    EverybodyBody,
    OpenedBody,
    PageAddedBody,
    PageBody,
    PageMovedBody,
    Paper,
    PaperChangedBody,
)
from .desk import DeskOptions, DrawingDesk
from .requests import DrawingRequest, DrawingSignal, Fetch, SurfaceName

Position = Annotated[int, msgspec.Meta(ge=0, le=1_000)]


class WhiteboardOptions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Options of `[plugins.whiteboard]`."""

    max_pages: Annotated[int, msgspec.Meta(ge=1, le=1_000)] = 200
    max_items_per_page: Annotated[int, msgspec.Meta(ge=1, le=50_000)] = 20_000
    max_board_bytes: Annotated[int, msgspec.Meta(ge=100_000)] = 32 * 1024 * 1024
    merchants_edit_all: bool = False  # Else a merchant changes only what he has drawn himself.
    live_participants: Annotated[int, msgspec.Meta(ge=0)] = 150  # Above: finished things only.


class AddPage(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="add_page"):
    """Add a page behind another and present it; `after` None: at the end."""

    after: SurfaceName | None = None
    paper: Paper = "blank"


class RemovePage(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="remove_page"):
    """Remove a page with all that is on it."""

    page: SurfaceName


class MovePage(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="move_page"):
    """Let a page stand at another position among the others."""

    page: SurfaceName
    position: Position


class PresentPage(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="present_page"):
    """Turn to a page; whoever follows sees it."""

    page: SurfaceName


class SetPaper(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="set_paper"):
    """Give a page a grid, dots, lines, or nothing."""

    page: SurfaceName
    paper: Paper


class OpenBoard(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="open_board"):
    """Show the board to all, before whatever else is shown; or put it away."""

    is_open: bool


class AllowDrawing(
    msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="allow_drawing"
):
    """Let one participant draw, or no more."""

    participant_id: Annotated[ParticipantId, msgspec.Meta(max_length=64)]
    is_allowed: bool


class AllowEverybody(
    msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="allow_everybody"
):
    """Let all merchants draw, or only those who are allowed one by one."""

    is_allowed: bool


class ShowGroup(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="show_group"):
    """Show what a group has drawn that is over; its pages come to the end, unless they are here."""

    group_id: Annotated[RoomId, msgspec.Meta(max_length=64)]


PageRequest = AddPage | RemovePage | MovePage | PresentPage | SetPaper
LeaderRequest = PageRequest | OpenBoard  # In a group everybody there leads.
HostRequest = LeaderRequest | AllowDrawing | AllowEverybody | ShowGroup
_Context = RequestContext[BoardState]


class Whiteboard:
    """Plugin `whiteboard`."""

    options_type = WhiteboardOptions
    request_type = DrawingRequest | HostRequest
    signal_type = DrawingSignal
    upload_rules = IMAGES
    needs_groups = True
    observed = ("breakouts.ended", "breakouts.summary")

    def __init__(self, options: WhiteboardOptions) -> None:
        self._options = options
        self.fold = BoardFold("whiteboard")
        self._desk = DrawingDesk(
            "whiteboard",
            DeskOptions(
                max_items=options.max_items_per_page,
                max_bytes=options.max_board_bytes,
                merchants_edit_all=options.merchants_edit_all,
                live_participants=options.live_participants,
            ),
        )

    def view(self, state: BoardState, viewer: ParticipantView) -> BoardView:
        return state.view(is_host=viewer.is_host)

    async def handle_request(
        self, context: _Context, request: DrawingRequest | HostRequest
    ) -> None:
        """Change the board.

        Raises:
            RequestDenied: `whiteboard.hosts_only`, `.not_allowed`, `.unknown_page`, `.last_page`,
                `.too_many_pages`, `.unknown_participant`, and those of `DrawingDesk.handle`.
        """
        if isinstance(request, HostRequest):
            if not _may_lead(context.participant, context.state, request):
                raise self._desk.denied("hosts_only", "Only those who run the room may do that.")
            await self._handle_host(context, request)
            return
        if not isinstance(request, Fetch):
            self._check_may_draw(context)
        state = context.state
        self._check_page(state, request.surface)
        surface = state.drawing.surfaces[request.surface]
        await self._desk.handle(context, state.drawing, surface, request)

    def handle_signal(self, context: _Context, signal: DrawingSignal) -> None:
        """Pass on what is being drawn or pointed at.

        Raises:
            RequestDenied: `whiteboard.not_allowed`, `.unknown_page`, and those of
                `DrawingDesk.pass_on`.
        """
        self._check_may_draw(context)
        self._check_page(context.state, signal.surface)
        drawing = context.state.drawing
        self._desk.pass_on(context, drawing, drawing.surfaces[signal.surface], signal)

    @hookimpl
    def before_upload(
        self, room: RoomView, upload: UploadRequest, state: BoardState
    ) -> Deny | None:
        """Take pictures from those who may draw."""
        if upload.purpose != "whiteboard" or _may_draw(
            room.participants[upload.participant_id], state
        ):
            return None
        return Deny("whiteboard.not_allowed", "You are not allowed to draw at the moment.")

    @hookimpl
    async def on_entry(self, context: PluginContext[BoardState], entry: Entry) -> None:
        """A group of the room is over, or broke down."""
        if entry.kind == "breakouts.ended" and context.groups.own_id is not None:
            await group_boards.tell_main(context)
        elif entry.kind == "breakouts.summary":
            await group_boards.look_into_lost(context, entry)

    async def _handle_host(self, context: _Context, request: HostRequest) -> None:
        match request:
            case OpenBoard(is_open=is_open):
                # An open one that is opened comes before what has been shown since.
                if is_open or context.state.is_open:
                    await context.append("opened", OpenedBody(is_open=is_open))
            case AllowEverybody(is_allowed=is_allowed):
                if is_allowed != context.state.everybody_draws:
                    await context.append("everybody_draws", EverybodyBody(is_allowed=is_allowed))
            case AllowDrawing(participant_id=participant_id, is_allowed=is_allowed):
                if participant_id not in context.room.participants:
                    raise self._desk.denied("unknown_participant", "Nobody here has this id.")
                await context.change_grants(participant_id, can_draw=is_allowed)
            case AddPage():
                await self._add_page(context, request)
            case ShowGroup(group_id=group_id):
                await group_boards.show(
                    context,
                    group_id,
                    max_pages=self._options.max_pages,
                    max_bytes=self._options.max_board_bytes,
                )
            case _:
                await self._change_page(context, request)

    async def _add_page(self, context: _Context, request: AddPage) -> None:
        state = context.state
        if len(state.pages) >= self._options.max_pages:
            raise self._desk.denied(
                "too_many_pages", f"A board has at most {self._options.max_pages} pages."
            )
        position = len(state.pages)
        if request.after is not None:
            position = self._check_page(state, request.after) + 1
        body = PageAddedBody(page=f"page{state.next_page}", position=position, paper=request.paper)
        await context.append("page_added", body)

    async def _change_page(
        self, context: _Context, request: RemovePage | MovePage | PresentPage | SetPaper
    ) -> None:
        state = context.state
        self._check_page(state, request.page)
        match request:
            case RemovePage(page=page):
                if len(state.pages) == 1:
                    raise self._desk.denied("last_page", "A board has at least one page.")
                await context.append("page_removed", PageBody(page=page))
            case MovePage(page=page, position=position):
                last = len(state.pages) - 1
                moved = PageMovedBody(page=page, position=min(position, last))
                await context.append("page_moved", moved)
            case PresentPage(page=page):
                if page != state.presented:
                    await context.append("page_presented", PageBody(page=page))
            case SetPaper(page=page, paper=paper):
                await context.append("paper_changed", PaperChangedBody(page=page, paper=paper))

    def _check_page(self, state: BoardState, name: str) -> int:
        position = state.position(name)
        if position is None:
            raise self._desk.denied("unknown_page", f"The board has no page {name!r}.")
        return position

    def _check_may_draw(self, context: _Context) -> None:
        if not _may_draw(context.participant, context.state):
            raise self._desk.denied("not_allowed", "You are not allowed to draw at the moment.")


def _may_draw(person: ParticipantView, state: BoardState) -> bool:
    return person.grants.can_draw or (state.everybody_draws and person.role == "merchant")


def _may_lead(person: ParticipantView, state: BoardState, request: HostRequest) -> bool:
    if person.is_host:
        return True
    return (
        state.group is not None and person.role == "merchant" and isinstance(request, LeaderRequest)
    )
