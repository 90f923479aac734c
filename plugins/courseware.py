"""Slides and pictures that the presenter leafs through, and everybody follows or leafs alone.

Files come in by HTTP with the purpose `courseware`; the node draws their pages in a process of its
own. Until all pages of a document are there it is `preparing`, and those that are there may be
shown; one broken file makes it `failed`.
"""

from typing import Annotated, Final, assert_never

import msgspec

from ..engine.errors import RequestDenied
from ..engine.ids import new_entry_id
from .api import (
    Deny,
    ParticipantView,
    PluginContext,
    RenderedPages,
    RequestContext,
    RoomView,
    UploadRequest,
    UploadRules,
    hookimpl,
)
from .courseware_messages import (
    AddDocument,
    CoursewareRequest,
    DocumentAdded,
    DocumentFailed,
    DocumentRemoved,
    FileReady,
    PagesReady,
    Present,
    Presented,
    Progress,
    RemoveDocument,
    Stopped,
    StopPresenting,
)
from .courseware_state import (
    NOT_THERE,
    CoursewareFold,
    CoursewareState,
    Document,
    Part,
    runs_of,
)

MAX_BYTES: Final = 100_000_000


class CoursewareOptions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Options of `[plugins.courseware]`."""

    max_documents: Annotated[int, msgspec.Meta(ge=1, le=100)] = 20
    max_pages: Annotated[int, msgspec.Meta(ge=1, le=500)] = 500  # Of one document.


_Context = RequestContext[CoursewareState]


class Courseware:
    """Plugin `courseware`."""

    options_type = CoursewareOptions
    request_type = CoursewareRequest
    upload_rules = UploadRules(
        media_types=("application/pdf", "image/png", "image/jpeg", "image/webp", "image/gif"),
        max_bytes=MAX_BYTES,
    )

    def __init__(self, options: CoursewareOptions) -> None:
        self._options = options
        self.fold = CoursewareFold()

    def view(self, state: CoursewareState, viewer: ParticipantView) -> CoursewareState:
        return state

    @hookimpl
    def before_upload(self, room: RoomView, upload: UploadRequest) -> Deny | None:
        """Take courseware from those who run the room."""
        if upload.purpose != "courseware" or room.participants[upload.participant_id].is_host:
            return None
        return Deny("courseware.hosts_only", "Only hosts bring courseware.")

    @hookimpl
    async def on_start(self, context: PluginContext[CoursewareState]) -> None:
        """Go on with what was being prepared when the actor or the node ended."""
        for document in context.state.documents:
            if document.status == "preparing":
                self._prepare(context, document)

    @hookimpl
    async def on_pages(
        self, context: PluginContext[CoursewareState], rendered: RenderedPages
    ) -> None:
        """Tell how far a file is; journal that its pages are there, or why they are not."""
        document = context.state.document_of(rendered.file_id)
        if document is None:
            return  # It was removed meanwhile, or has failed for another of its files.
        name, file_id = document.document, rendered.file_id
        if not rendered.is_over:
            progress = Progress(
                document=name, file_id=file_id, done=rendered.done, pages=rendered.pages
            )
            context.signal("progress", progress)
            part = document.part_of(file_id)
            # One, two, four, eight …: of 500 pages nine entries, and the first is never waited for.
            is_much = rendered.sizes and rendered.done >= 2 * part.ready
            if is_much or _is_awaited(context.state, document, rendered):
                sizes = runs_of(_together(part, rendered.sizes))
                some = PagesReady(document=name, file_id=file_id, sizes=sizes, pages=rendered.pages)
                await context.append("pages_ready", some)
            return
        code = rendered.error
        if code is None:
            others = document.pages - document.part_of(file_id).pages
            if others + rendered.pages > self._options.max_pages:
                code = "pages.too_many"
        if code is not None:
            failed = DocumentFailed(document=name, file_id=file_id, code=code)
            await context.append("document_failed", failed)
            return
        ready = FileReady(document=name, file_id=file_id, sizes=runs_of(rendered.sizes))
        await context.append("file_ready", ready)

    async def handle_request(self, context: _Context, request: CoursewareRequest) -> None:
        """Add, show or remove a document; for those who run the room.

        Raises:
            RequestDenied: `courseware.hosts_only`, `.unknown_file`, `.too_many_documents`,
                `.unknown_document`, `.not_ready`, `.unknown_page`.
        """
        if not context.participant.is_host:
            raise _denied("hosts_only", "Only hosts lead through courseware.")
        match request:
            case AddDocument():
                await self._add(context, request)
            case RemoveDocument(document=document):
                known = _find(context, document)
                await context.append("document_removed", DocumentRemoved(document=document))
                for part in known.parts:
                    await context.remove_file(part.file_id)
            case Present(document=document, page=page):
                await _present(context, document, page)
                self._prepare(context, _find(context, document))
            case StopPresenting():
                if context.state.is_open:
                    await context.append("stopped", Stopped())
            case _:
                assert_never(request)

    async def _add(self, context: _Context, request: AddDocument) -> None:
        taken = {part.file_id for known in context.state.documents for part in known.parts}
        for file_id in request.files:
            file = context.room.files.get(file_id)
            if file is None or file.purpose != "courseware" or file_id in taken:
                raise _denied("unknown_file", "A file was not brought for this, or is used.")
            taken.add(file_id)
        if len(context.state.documents) >= self._options.max_documents:
            limit = self._options.max_documents
            raise _denied("too_many_documents", f"A room has at most {limit} documents.")
        document = new_entry_id()
        body = DocumentAdded(document=document, name=request.name, files=request.files)
        await context.append("document_added", body)
        self._prepare(context, _find(context, document))

    def _prepare(self, context: PluginContext[CoursewareState], document: Document) -> None:
        wished: tuple[Part | None, int] = (None, 1)
        if context.state.document == document.document and document.shown_pages:
            wished = document.place_of(min(context.state.page, document.shown_pages))
        for part in document.parts:
            if not part.is_whole:
                first_page = wished[1] if part is wished[0] else 1
                limit = self._options.max_pages
                context.render_pages(part.file_id, max_pages=limit, first_page=first_page)


async def _present(context: _Context, document: str, page: int) -> None:
    known = _find(context, document)
    are_counted = all(part.pages for part in known.parts)
    if known.status == "failed" or (page > known.shown_pages and not are_counted):
        raise _denied("not_ready", "The page is not prepared yet.", retryable=True)
    if page > known.pages:
        raise _denied("unknown_page", f"The document has {known.pages} pages.")
    # The same page again brings it to the front.
    await context.append("presented", Presented(document=document, page=page))


def _is_awaited(state: CoursewareState, document: Document, rendered: RenderedPages) -> bool:
    """Whether the page that is presented has just come."""
    if state.document != document.document or state.page > document.shown_pages:
        return False
    part, page = document.place_of(state.page)
    is_its = part.file_id == rendered.file_id and not part.has(page)
    return is_its and rendered.sizes[page - 1 : page] not in ((), (NOT_THERE,))


def _together(part: Part, sizes: tuple[tuple[int, int], ...]) -> tuple[tuple[int, int], ...]:
    """Add pages that a rendering before a restart has left to those of this one."""
    known = sum(size.count for size in part.sizes)
    both = range(1, max(known, len(sizes)) + 1)
    return tuple(
        part.size_of(page) if part.has(page) else (sizes[page - 1 : page] or (NOT_THERE,))[0]
        for page in both
    )


def _find(context: _Context, document: str) -> Document:
    known = context.state.find(document)
    if known is None:
        raise _denied("unknown_document", "The room has no such document.")
    return known


def _denied(why: str, message: str, *, retryable: bool = False) -> RequestDenied:
    return RequestDenied(message, code=f"courseware.{why}", retryable=retryable)
