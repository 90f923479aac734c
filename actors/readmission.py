"""Whom hosts have put out, and who may come in again. Functions over a room's book."""

from typing import Final

from ..engine.errors import RequestDenied
from ..engine.journal import HOSTS
from ..engine.protocol.things import RemovedPerson
from . import entries
from .book import RoomBook
from .room_messages import Readmit
from .room_state import RoomState

SHOWN_REMOVED: Final = 100  # The latest ones.


def removed_people(state: RoomState) -> tuple[RemovedPerson, ...]:
    """Return who was put out and did not come in since, the latest last."""
    shown = list(state.removed.items())[-SHOWN_REMOVED:]
    return tuple(RemovedPerson(identity=identity, name=name) for identity, name in shown)


def readmit(book: RoomBook, message: Readmit) -> int:
    """Let somebody come in again; return the seq of the entry that says so.

    Raises:
        RequestDenied: `participant.not_removed`: another host was quicker, perhaps.
    """
    name = book.state.removed.get(message.identity)
    if name is None:
        raise RequestDenied("They were not removed.", code="participant.not_removed")
    return book.append(
        entries.PARTICIPANT_READMITTED,
        entries.ReadmittedBody(identity=message.identity, name=name),
        author=message.by,
        audience=HOSTS,
    ).seq
