"""Identifiers: opaque, prefixed strings that are unique across nodes and are never parsed."""

import secrets
from typing import NewType

RoomId = NewType("RoomId", str)
ParticipantId = NewType("ParticipantId", str)
TrackId = NewType("TrackId", str)
SessionId = NewType("SessionId", str)
EntryId = NewType("EntryId", str)
TransportId = NewType("TransportId", str)
SlotId = NewType("SlotId", str)
ConnectionId = NewType("ConnectionId", str)
FileId = NewType("FileId", str)

_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_SIZE = len(_ALPHABET)
_LENGTH = 12  # 57**12 is 2**70: no collision among a billion ids of one kind.
_IDS = _SIZE**_LENGTH


def _new(prefix: str) -> str:
    # One draw for all characters: a join makes 18 ids, and `secrets.choice` takes 1 µs each time.
    number = secrets.randbelow(_IDS)
    text = prefix
    for _ in range(_LENGTH):
        number, index = divmod(number, _SIZE)
        text += _ALPHABET[index]
    return text


def new_room_id() -> RoomId:
    return RoomId(_new("RM_"))


def new_participant_id() -> ParticipantId:
    return ParticipantId(_new("PA_"))


def new_track_id() -> TrackId:
    return TrackId(_new("TR_"))


def new_session_id() -> SessionId:
    return SessionId(_new("SE_"))


def new_entry_id() -> EntryId:
    return EntryId(_new("EV_"))


def new_transport_id() -> TransportId:
    return TransportId(_new("TP_"))


def new_slot_id() -> SlotId:
    return SlotId(_new("SL_"))


def new_waiting_id() -> str:
    return _new("WA_")


def new_connection_id() -> ConnectionId:
    return ConnectionId(_new("CO_"))


def new_file_id() -> FileId:
    return FileId(_new("FI_"))
