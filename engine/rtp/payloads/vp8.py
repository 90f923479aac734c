"""VP8 payload descriptor (RFC 7741 §4.2, §4.3): read it, and renumber its pictures in place."""

from typing import Final

from .descriptor import VideoDescriptor

PICTURE_ID_MASK: Final = 0x7FFF
TL0_MASK: Final = 0xFF
_EXTENDED: Final = 0x80
_START: Final = 0x10  # S: start of a VP8 partition.
_PARTITION: Final = 0x07
_HAS_PICTURE_ID: Final = 0x80
_HAS_TL0: Final = 0x40
_HAS_TEMPORAL: Final = 0x20
_HAS_KEY_INDEX: Final = 0x10
_LONG_PICTURE_ID: Final = 0x80  # M.
_SWITCH: Final = 0x20  # Y.
_INTER_FRAME: Final = 0x01  # P of the payload header, an inverse key frame flag.


def parse(payload: bytes) -> VideoDescriptor | None:
    """Read the descriptor; None if it is cut off or nothing follows it."""
    try:
        return _parse(payload)
    except IndexError:  # Costs nothing while it does not happen; a check of each field would.
        return None


def _parse(payload: bytes) -> VideoDescriptor:
    first = payload[0]
    at = 1
    picture_id = tl0 = None
    picture_id_at = tl0_at = temporal = 0
    picture_id_bits = 15
    is_switch_point = False
    if first & _EXTENDED:
        fields = payload[1]
        at = 2
        if fields & _HAS_PICTURE_ID:
            picture_id_at = at
            picture_id = payload[at]
            if picture_id & _LONG_PICTURE_ID:
                picture_id = (picture_id & 0x7F) << 8 | payload[at + 1]
                at += 2
            else:
                picture_id_bits = 7
                at += 1
        if fields & _HAS_TL0:
            tl0_at = at
            tl0 = payload[at]
            at += 1
        if fields & (_HAS_TEMPORAL | _HAS_KEY_INDEX):
            if fields & _HAS_TEMPORAL:
                temporal = payload[at] >> 6
                is_switch_point = payload[at] & _SWITCH != 0
            at += 1
    starts_frame = first & (_START | _PARTITION) == _START
    header = payload[at]
    return VideoDescriptor(
        starts_frame=starts_frame,
        starts_keyframe=starts_frame and not header & _INTER_FRAME,
        temporal=temporal,
        is_switch_point=is_switch_point,
        picture_id=picture_id,
        picture_id_at=picture_id_at,
        picture_id_bits=picture_id_bits,
        tl0=tl0,
        tl0_at=tl0_at,
        descriptor_bytes=at,
    )


def rewrite(
    payload: bytearray, descriptor: VideoDescriptor, picture_id: int | None, tl0: int | None
) -> None:
    """Write PictureID and TL0PICIDX in place; the descriptor keeps its size and all other bits.

    Args:
        payload: Whose `parse` gave the descriptor.
        descriptor: Says where the fields stand; absent ones stay absent.
        picture_id: Cut to 15 bits, or to 7 where the sender uses 7; None leaves it.
        tl0: Cut to 8 bits; None leaves it.
    """
    at = descriptor.picture_id_at
    if at and picture_id is not None:
        if descriptor.picture_id_bits == 7:
            payload[at] = picture_id & 0x7F
        else:
            payload[at] = _LONG_PICTURE_ID | picture_id >> 8 & 0x7F
            payload[at + 1] = picture_id & 0xFF
    if descriptor.tl0_at and tl0 is not None:
        payload[descriptor.tl0_at] = tl0 & TL0_MASK
