"""Which files may be brought into a room, and that they were. Functions over the room's book."""

from collections.abc import Iterable
from typing import Final

from ..engine.errors import RequestDenied
from ..engine.ids import FileId, new_file_id
from ..engine.journal import RECORD_ONLY
from ..plugins.api import UploadRequest, UploadRules
from ..plugins.views import FileView, ParticipantView
from . import entries
from .book import RoomBook
from .room_messages import AddFile, DropUpload, OpenUpload, RemoveFile, UploadPermit

QUOTA_EXCEEDED: Final = "files.quota_exceeded"
MAX_UPLOADS_AT_ONCE: Final = 4  # Of one participant.


class PendingUploads:
    """The uploads under way in one room: what they may still add to its files."""

    def __init__(self) -> None:
        self._pending: dict[FileId, tuple[str, int]] = {}

    def add(self, file_id: FileId, owner: str, size_bytes: int) -> None:
        self._pending[file_id] = (owner, size_bytes)

    def drop(self, file_id: FileId) -> None:
        self._pending.pop(file_id, None)

    def sizes(self, owner: str | None = None) -> Iterable[int]:
        """What each upload may come to; of one owner, or of all."""
        return [size for whose, size in self._pending.values() if owner in (None, whose)]


def handle(
    book: RoomBook, pending: PendingUploads, message: OpenUpload | AddFile | DropUpload | RemoveFile
) -> UploadPermit | int | None:
    """Do what is asked.

    Raises:
        RequestDenied: As the function for the message says.
    """
    match message:
        case OpenUpload():
            return open_upload(book, pending, message)
        case AddFile():
            return add_file(book, pending, message)
        case DropUpload(file_id=file_id):
            pending.drop(file_id)
            return None
        case RemoveFile():
            return remove_file(book, message)


def open_upload(book: RoomBook, pending: PendingUploads, message: OpenUpload) -> UploadPermit:
    """Let an upload begin, its place in the quotas held for it.

    Raises:
        RequestDenied: `participant.unknown`, `grant.missing`, `files.purpose_unknown`,
            `files.too_large`, `files.too_many`, `files.quota_exceeded`, or what a plugin says.
    """
    participant = book.state.participants.get(message.participant_id)
    if participant is None:
        raise RequestDenied("You are not in the room any more.", code="participant.unknown")
    if participant.hidden:
        raise RequestDenied("Observers bring no files.", code="grant.missing")
    rules = _rules(book, message.purpose)
    if message.size_bytes > rules.max_bytes:
        raise RequestDenied(
            f"The file is too large: at most {rules.max_bytes} bytes are taken.",
            code="files.too_large",
        )
    size_bytes = message.size_bytes or rules.max_bytes
    _check_quotas(book, pending, participant, size_bytes)
    denial = book.site.template.plugins.policies.before_upload(
        book.state.view(),
        UploadRequest(
            participant_id=participant.participant_id,
            purpose=message.purpose,
            name=message.name,
            size_bytes=message.size_bytes,
        ),
        book.find_state,
    )
    if denial is not None:
        raise RequestDenied(denial.message, code=denial.code, retryable=denial.retryable)
    file_id = new_file_id()
    pending.add(file_id, participant.identity, size_bytes)
    return UploadPermit(file_id=file_id, max_bytes=size_bytes, media_types=rules.media_types)


def add_file(book: RoomBook, pending: PendingUploads, message: AddFile) -> int:
    """Journal a file that is on disk; return the entry's seq.

    Raises:
        RequestDenied: `participant.unknown`: its owner has left meanwhile.
    """
    pending.drop(message.file.file_id)
    if message.participant_id not in book.state.participants:
        raise RequestDenied("You are not in the room any more.", code="participant.unknown")
    return book.append(
        entries.FILE_ADDED,
        entries.FileAddedBody(file=message.file),
        author=message.participant_id,
        audience=RECORD_ONLY,
    ).seq


def remove_file(book: RoomBook, message: RemoveFile) -> int | None:
    """Journal that a file is not of this room any more; return the entry's seq, None: it was not.

    Raises:
        RequestDenied: `files.not_yours`: it was brought for another plugin.
    """
    file = book.state.files.get(message.file_id)
    if file is None:
        return None
    if file.purpose != message.purpose:
        raise RequestDenied("The file was brought for something else.", code="files.not_yours")
    return book.append(
        entries.FILE_REMOVED,
        entries.FileRemovedBody(file_id=message.file_id),
        author=message.by,
        audience=RECORD_ONLY,
    ).seq


def find_file(book: RoomBook, file_id: FileId) -> FileView | None:
    return book.state.files.get(file_id)


def _rules(book: RoomBook, purpose: str) -> UploadRules:
    plugin = book.site.template.plugins.get(purpose)
    rules = getattr(plugin.instance, "upload_rules", None) if plugin is not None else None
    if not isinstance(rules, UploadRules):
        raise RequestDenied("Nothing in this room takes such files.", code="files.purpose_unknown")
    return rules


def _check_quotas(
    book: RoomBook, pending: PendingUploads, owner: ParticipantView, size_bytes: int
) -> None:
    limits = book.site.services.files.limits
    own = list(pending.sizes(owner.identity))
    if len(own) >= MAX_UPLOADS_AT_ONCE:
        raise RequestDenied(
            "Too many uploads at once; wait for one to end.",
            code="files.too_many",
            retryable=True,
        )
    files = book.state.files.values()
    of_owner = sum(file.size_bytes for file in files if file.owner == owner.identity)
    usage = book.site.services.files.store.usage
    in_room = sum(file.size_bytes for file in files) + usage.page_bytes_of(book.site.session_id)
    everybody = list(pending.sizes())
    if (
        len(files) + len(everybody) >= limits.session_files
        or in_room + sum(everybody) + size_bytes > limits.session_bytes
        or of_owner + sum(own) + size_bytes > limits.participant_bytes
    ):
        raise RequestDenied(
            "There is no place left for more files in this session.", code=QUOTA_EXCEEDED
        )
    if usage.total_bytes + sum(everybody) + size_bytes > limits.node_bytes:
        raise RequestDenied("The server has no place left for files.", code=QUOTA_EXCEEDED)
