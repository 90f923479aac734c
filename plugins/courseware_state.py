"""The fold of the courseware: which documents the room has, and which page is shown."""

from itertools import groupby
from typing import Final, Literal

import msgspec

from ..engine.ids import FileId
from .api import Entry
from .courseware_messages import (
    DocumentAdded,
    DocumentFailed,
    DocumentRemoved,
    FileReady,
    PageSize,
    PagesReady,
    Presented,
)

Status = Literal["preparing", "ready", "failed"]
NOT_THERE: Final = (0, 0)  # The size of a page that cannot be fetched yet.


class Part(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One file of a document. Until it is whole it has `expected` pages, which come in any order:
    of those that are not there yet the size is 0.
    """

    file_id: FileId
    sizes: tuple[PageSize, ...] = ()
    expected: int = 0

    @property
    def pages(self) -> int:
        """How many it has; 0: nobody knows yet."""
        return self.expected or sum(size.count for size in self.sizes)

    @property
    def ready(self) -> int:
        """How many of them can be fetched."""
        return sum(size.count for size in self.sizes if size.width_px)

    def has(self, page: int) -> bool:
        """Whether a page can be fetched."""
        return self.size_of(page) != NOT_THERE

    def size_of(self, page: int) -> tuple[int, int]:
        """Return a page's size; `NOT_THERE`: it cannot be fetched yet."""
        for size in self.sizes:
            if page <= size.count:
                return size.width_px, size.height_px
            page -= size.count
        return NOT_THERE

    @property
    def is_whole(self) -> bool:
        return bool(self.sizes) and not self.expected


class Document(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Some files that are leafed through as one; its pages are those of its parts in order."""

    document: str
    name: str
    parts: tuple[Part, ...]
    status: Status = "preparing"
    error: str | None = None

    @property
    def pages(self) -> int:
        return sum(part.pages for part in self.parts)

    @property
    def shown_pages(self) -> int:
        """How many have a number: it does not change when a page before them is there."""
        pages = 0
        for part in self.parts:
            if not part.pages:
                break
            pages += part.pages
        return pages

    def place_of(self, page: int) -> tuple[Part, int]:
        """Return the file of a page that has a number, and its number in there."""
        for part in self.parts:
            if page <= part.pages:
                return part, page
            page -= part.pages
        raise IndexError(f"the document has no page {page} more")

    def part_of(self, file_id: FileId) -> Part:
        return next(part for part in self.parts if part.file_id == file_id)


class CoursewareState(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the fold knows, which is what everybody is shown.

    `document` and `page` are what was shown last, also while it is put away; `presented_seq` is
    the entry that showed it: of all things on a stage the one shown last stands in front.
    """

    documents: tuple[Document, ...] = ()
    document: str | None = None
    page: int = 1
    is_open: bool = False
    presented_seq: int = 0

    def find(self, document: str) -> Document | None:
        return next((known for known in self.documents if known.document == document), None)

    def document_of(self, file_id: FileId) -> Document | None:
        """Find the document that waits for a file's pages."""
        for known in self.documents:
            if known.status == "preparing" and any(p.file_id == file_id for p in known.parts):
                return known
        return None

    def with_document(self, changed: Document) -> "CoursewareState":
        return msgspec.structs.replace(
            self,
            documents=tuple(
                changed if known.document == changed.document else known for known in self.documents
            ),
        )


_added = msgspec.msgpack.Decoder(DocumentAdded)
_some_ready = msgspec.msgpack.Decoder(PagesReady)
_ready = msgspec.msgpack.Decoder(FileReady)
_failed = msgspec.msgpack.Decoder(DocumentFailed)
_removed = msgspec.msgpack.Decoder(DocumentRemoved)
_presented = msgspec.msgpack.Decoder(Presented)


class CoursewareFold:
    """Pure; see `Fold`."""

    def initial(self) -> CoursewareState:
        return CoursewareState()

    def apply(self, state: CoursewareState, entry: Entry) -> CoursewareState:
        match entry.kind:
            case "courseware.document_added":
                return _add(state, _added.decode(entry.body))
            case "courseware.pages_ready":
                some = _some_ready.decode(entry.body)
                return _note_ready(state, some, expected=some.pages)
            case "courseware.file_ready":
                return _note_ready(state, _ready.decode(entry.body))
            case "courseware.document_failed":
                return _note_failed(state, _failed.decode(entry.body))
            case "courseware.document_removed":
                return _remove(state, _removed.decode(entry.body).document)
            case "courseware.presented":
                shown = _presented.decode(entry.body)
                return msgspec.structs.replace(
                    state,
                    document=shown.document,
                    page=shown.page,
                    is_open=True,
                    presented_seq=entry.seq,
                )
            case "courseware.stopped":
                return msgspec.structs.replace(state, is_open=False)
            case _:
                return state


def runs_of(sizes: tuple[tuple[int, int], ...]) -> tuple[PageSize, ...]:
    """Say the sizes of pages in short: those of a document are mostly alike."""
    return tuple(PageSize(len(list(run)), *size) for size, run in groupby(sizes))


def _add(state: CoursewareState, body: DocumentAdded) -> CoursewareState:
    parts = tuple(Part(file_id=file_id) for file_id in body.files)
    document = Document(document=body.document, name=body.name, parts=parts)
    return msgspec.structs.replace(state, documents=(*state.documents, document))


def _note_ready(
    state: CoursewareState, body: FileReady | PagesReady, *, expected: int = 0
) -> CoursewareState:
    document = state.find(body.document)
    if document is None or document.status == "failed":
        return state
    prepared = Part(file_id=body.file_id, sizes=body.sizes, expected=expected)
    parts = tuple(prepared if part.file_id == body.file_id else part for part in document.parts)
    status: Status = "ready" if all(part.is_whole for part in parts) else "preparing"
    return state.with_document(msgspec.structs.replace(document, parts=parts, status=status))


def _note_failed(state: CoursewareState, body: DocumentFailed) -> CoursewareState:
    document = state.find(body.document)
    if document is None:
        return state
    if state.document == document.document:
        state = msgspec.structs.replace(state, is_open=False)  # Its first pages were shown.
    return state.with_document(msgspec.structs.replace(document, status="failed", error=body.code))


def _remove(state: CoursewareState, document: str) -> CoursewareState:
    rest = tuple(known for known in state.documents if known.document != document)
    state = msgspec.structs.replace(state, documents=rest)
    if state.document == document:
        state = msgspec.structs.replace(state, document=None, page=1, is_open=False)
    return state
