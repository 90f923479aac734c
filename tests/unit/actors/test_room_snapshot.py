"""What a room's snapshot keeps of whom hosts have put out, also one of an earlier version."""

import msgspec

from emporion.actors.room_snapshot import decode_snapshot, encode_snapshot
from emporion.actors.room_state import RoomState


def test_the_removed_are_kept_with_their_names() -> None:
    state = RoomState(removed={"li": "Li"})
    assert decode_snapshot(encode_snapshot(state)) == state


def test_a_snapshot_without_names_is_read() -> None:
    kept = msgspec.msgpack.decode(encode_snapshot(RoomState()))
    kept["removed"] = ["li"]
    assert decode_snapshot(msgspec.msgpack.encode(kept)).removed == {"li": "li"}
