"""What clients may ask of the courseware, and the bodies of its entries."""

from typing import Annotated, Final

import msgspec

from ..engine.ids import FileId

MAX_PAGES: Final = 500
MAX_FILES: Final = 100  # Pictures that make one document.

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
DocumentId = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
OneFile = Annotated[FileId, msgspec.Meta(min_length=1, max_length=64)]


class AddDocument(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="add_document"):
    """Make a document of files that were brought for the courseware, in this order."""

    name: Name
    files: Annotated[tuple[OneFile, ...], msgspec.Meta(min_length=1, max_length=MAX_FILES)]


class RemoveDocument(
    msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="remove_document"
):
    """Take a document out of the room."""

    document: DocumentId


class Present(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="present"):
    """Show a page, counted from 1, to all who follow."""

    document: DocumentId
    page: Annotated[int, msgspec.Meta(ge=1, le=MAX_PAGES)] = 1


class StopPresenting(
    msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="stop_presenting"
):
    """Put the courseware away; the page is remembered."""


CoursewareRequest = AddDocument | RemoveDocument | Present | StopPresenting


class PageSize(msgspec.Struct, frozen=True, array_like=True):
    """So many pages in a row are this large, in pixels."""

    count: int
    width_px: int
    height_px: int


class DocumentAdded(msgspec.Struct, frozen=True, kw_only=True):
    """`courseware.document_added`: its pages are being prepared."""

    document: str
    name: str
    files: tuple[FileId, ...]


class PagesReady(msgspec.Struct, frozen=True, kw_only=True):
    """`courseware.pages_ready`: the first pages of one of its files can be fetched, of so many."""

    document: str
    file_id: FileId
    sizes: tuple[PageSize, ...]
    pages: int


class FileReady(msgspec.Struct, frozen=True, kw_only=True):
    """`courseware.file_ready`: the pages of one of its files can be fetched."""

    document: str
    file_id: FileId
    sizes: tuple[PageSize, ...]


class DocumentFailed(msgspec.Struct, frozen=True, kw_only=True):
    """`courseware.document_failed`: it cannot be shown; `code` says why."""

    document: str
    file_id: FileId
    code: str


class DocumentRemoved(msgspec.Struct, frozen=True, kw_only=True):
    """`courseware.document_removed`."""

    document: str


class Presented(msgspec.Struct, frozen=True, kw_only=True):
    """`courseware.presented`: this page is shown to all who follow."""

    document: str
    page: int


class Stopped(msgspec.Struct, frozen=True, kw_only=True):
    """`courseware.stopped`: nothing is shown."""


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """The signal `progress`: so many pages of a file are prepared; `pages` 0: not yet known."""

    document: str
    file_id: FileId
    done: int
    pages: int
