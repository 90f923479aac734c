"""Snapshots: a fold's state at a seq, in a file of its own that is replaced whole."""

from pathlib import Path
from typing import Final

import msgspec

from .file import replace_file
from .framing import frame_head, read_frames

MAX_SNAPSHOT_BYTES: Final = 256 * 1024 * 1024  # A broken length must not ask for all the memory.


class Snapshot(msgspec.Struct, frozen=True, kw_only=True):
    """The state after the entry `seq`, as its owner encoded it."""

    seq: int
    state: bytes


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Snapshot)


def save_snapshot(path: Path, snapshot: Snapshot) -> None:
    """Replace the snapshot at `path`; a crash leaves the old one or the new one."""
    payload = _encoder.encode(snapshot)
    replace_file(path, frame_head(payload) + payload)


def load_snapshot(path: Path) -> Snapshot | None:
    """Read a snapshot; None if there is none or it is broken: the journal can always do without."""
    try:
        with path.open("rb") as file:
            return _decoder.decode(
                next(read_frames(file, max_payload_bytes=MAX_SNAPSHOT_BYTES), b"")
            )
    except (FileNotFoundError, msgspec.DecodeError):
        return None
