"""Answers the requests and signals that `whiteboard` and `annotate` have in common."""

from collections.abc import Iterable
from typing import Any, Final

import msgspec

from ...engine.errors import RequestDenied
from ...engine.ids import FileId
from ..api import RequestContext, only
from .entries import (
    ClearedBody,
    DrawingState,
    EditedBody,
    RestyledBody,
    RevertedBody,
    TransformedBody,
)
from .item import Frame, Item, Placed, check_frame, check_item, composed
from .points import MalformedPoints, decode_points
from .requests import (
    Clear,
    Cursor,
    Draft,
    DrawingRequest,
    DrawingSignal,
    Edit,
    Fetch,
    Redo,
    Restyle,
    Transform,
    Transforming,
    Undo,
)
from .surface import Step, Surface, chunk_of

CHUNK_BYTES: Final = 192 * 1024  # Several chunks fit into what a slow client may leave unread.

# Any: the state of the plugin that owns the desk; the desk is handed the part that it knows.
Context = RequestContext[Any]


class DeskOptions(msgspec.Struct, frozen=True, kw_only=True):
    """Limits; the plugins read them from their own options."""

    max_items: int
    max_bytes: int
    merchants_edit_all: bool
    live_participants: int


class ItemsBody(msgspec.Struct, frozen=True, kw_only=True):
    """The signal `items`: those above `after`, as of `seq`; on from `until` if not `is_last`."""

    surface: str
    seq: int
    after: int
    until: int
    is_last: bool
    items: tuple[Placed, ...]


class DrawingDesk:
    """Knows what may be done on a surface; who may draw at all is for the plugin to say."""

    def __init__(self, plugin: str, options: DeskOptions) -> None:
        self._plugin = plugin
        self._options = options

    async def handle(
        self, context: Context, drawing: DrawingState, surface: Surface, request: DrawingRequest
    ) -> None:
        """Answer one request.

        Raises:
            RequestDenied: `.malformed_item`, `.page_full`, `.board_full`, `.unknown_item`,
                `.not_yours`, `.hosts_only`, `.nothing_to_undo`, `.nothing_to_redo`, `.no_file`.
        """
        match request:
            case Edit():
                await self._edit(context, drawing, surface, request)
            case Transform():
                await self._transform(context, drawing, surface, request)
            case Restyle():
                await self._restyle(context, drawing, surface, request)
            case Clear():
                await self._clear(context, surface, request)
            case Undo() | Redo():
                await self._revert(context, surface, request)
            case Fetch():
                _send_items(context, drawing, surface, request)

    def pass_on(
        self, context: Context, drawing: DrawingState, surface: Surface, signal: DrawingSignal
    ) -> None:
        """Pass a signal on to everybody; in a large room only finished things are shown.

        Raises:
            RequestDenied: `.malformed_item`, `.unknown_item`, `.not_yours`.
        """
        if len(context.room.participants) > self._options.live_participants:
            return
        match signal:
            case Draft(item=item):
                try:
                    decode_points(item.points)
                except MalformedPoints as error:
                    raise self.denied("malformed_item", str(error)) from None
                context.signal("draft", signal)
            case Transforming(numbers=numbers, frame=frame):
                self._check_frames(self._owned(context, drawing, surface, numbers), frame)
                context.signal("transforming", signal)
            case Cursor():
                context.signal("cursor", signal)
            case _:
                context.signal("drop_draft", signal)

    def denied(self, why: str, message: str) -> RequestDenied:
        """Make a refusal with the plugin's own code."""
        return RequestDenied(message, code=f"{self._plugin}.{why}")

    def check_picture(self, context: Context, file_id: str) -> None:
        """Check that a picture was brought into the room.

        Raises:
            RequestDenied: `.no_file`.
        """
        file = context.room.files.get(FileId(file_id))
        if file is None or not file.media_type.startswith("image/"):
            raise self.denied("no_file", "The picture is not in the room.")

    async def _edit(
        self, context: Context, drawing: DrawingState, surface: Surface, request: Edit
    ) -> None:
        if not request.added and not request.removed:
            raise self.denied("malformed_item", "Nothing is added and nothing removed.")
        for item in request.added:
            self._check_item(context, item)
        self._owned(context, drawing, surface, request.removed)
        room_left = self._options.max_items - surface.table.live_items
        if len(request.added) > room_left + len(request.removed):
            raise self.denied("page_full", f"A page holds {self._options.max_items} things.")
        added_bytes = sum(item.size_bytes for item in request.added)
        if request.added and drawing.size_bytes + added_bytes > self._options.max_bytes:
            raise self.denied("board_full", "The board is full; remove a page or clear one.")
        body = EditedBody(
            surface=request.surface,
            author=context.participant.identity,
            first_number=surface.table.numbers_used,
            added=request.added,
            removed=request.removed,
            draft=request.draft,
        )
        await context.append("edited", body)

    async def _transform(
        self, context: Context, drawing: DrawingState, surface: Surface, request: Transform
    ) -> None:
        owned = self._owned(context, drawing, surface, request.numbers)
        self._check_frames(owned, request.frame)
        body = TransformedBody(
            surface=request.surface,
            author=context.participant.identity,
            numbers=request.numbers,
            frame=request.frame,
        )
        await context.append("transformed", body)

    async def _restyle(
        self, context: Context, drawing: DrawingState, surface: Surface, request: Restyle
    ) -> None:
        self._owned(context, drawing, surface, request.numbers)
        if request.style.text is not None and not request.style.text.strip():
            raise self.denied("malformed_item", "There are no words left; remove it instead.")
        body = RestyledBody(
            surface=request.surface,
            author=context.participant.identity,
            numbers=request.numbers,
            style=request.style,
        )
        await context.append("restyled", body)

    async def _clear(self, context: Context, surface: Surface, request: Clear) -> None:
        if not request.only_own and not self._edits_all(context):
            raise self.denied("hosts_only", "Only those who run the room may clear everything.")
        if surface.table.live_items == 0:
            return
        author = context.participant.identity
        owner = author if request.only_own else None
        body = ClearedBody(surface=request.surface, author=author, only_author=owner)
        await context.append("cleared", body)

    async def _revert(self, context: Context, surface: Surface, request: Undo | Redo) -> None:
        author = context.participant.identity
        is_redo = isinstance(request, Redo)
        _, step = surface.reverted(author, redo=is_redo)
        if not step:
            what = "redo" if is_redo else "undo"
            raise self.denied(f"nothing_to_{what}", f"There is nothing to {what}.")
        await context.append("reverted", reverted_body(request.surface, author, step, is_redo))

    def _owned(
        self,
        context: Context,
        drawing: DrawingState,
        surface: Surface,
        numbers: Iterable[int],
    ) -> list[Placed]:
        """Return items that the asker may change, without those that are gone.

        Two people may remove the same thing at once: the second finds nothing wrong with that, as
        long as the number was ever given.
        """
        own = drawing.author_index(context.participant.identity)
        edits_all = self._edits_all(context)
        found = []
        for number in numbers:
            if number >= surface.table.numbers_used:
                raise self.denied("unknown_item", f"There is no item {number}.")
            placed = surface.table.get(number)
            if placed is None:
                continue
            if placed.by != own and not edits_all:
                raise self.denied("not_yours", "You may only change what you have drawn.")
            found.append(placed)
        return found

    def _check_frames(self, items: Iterable[Placed], frame: Frame) -> None:
        try:
            for placed in items:
                check_frame(composed(frame, placed.item.frame))
        except MalformedPoints as error:
            raise self.denied("malformed_item", str(error)) from None

    def _edits_all(self, context: Context) -> bool:
        return context.participant.is_host or self._options.merchants_edit_all

    def _check_item(self, context: Context, item: Item) -> None:
        try:
            check_item(item)
        except MalformedPoints as error:
            raise self.denied("malformed_item", str(error)) from None
        if item.file_id:
            self.check_picture(context, item.file_id)


def reverted_body(surface: str, author: str, step: Step, is_redo: bool) -> RevertedBody:
    """Say for pages what an undo or a redo did."""
    return RevertedBody(
        surface=surface,
        author=author,
        is_redo=is_redo,
        removed=tuple(change.number for change in step if change.after is None),
        restored=tuple(change.number for change in step if change.before is None),
        changed=tuple(
            (change.number, change.after.item)
            for change in step
            if change.before is not None and change.after is not None
        ),
    )


def _send_items(context: Context, drawing: DrawingState, surface: Surface, request: Fetch) -> None:
    items, is_last = chunk_of(surface.table, request.after, CHUNK_BYTES)
    body = ItemsBody(
        surface=request.surface,
        seq=drawing.seq,
        after=request.after,
        until=items[-1].number if items else request.after,
        is_last=is_last,
        items=items,
    )
    context.signal("items", body, audience=only(context.participant.participant_id))
