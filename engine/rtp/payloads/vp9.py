"""VP9 payload descriptor (RFC 9628 §4.2)."""

from typing import Final

from .descriptor import VideoDescriptor

_HAS_PICTURE_ID: Final = 0x80  # I.
_INTER_PREDICTED: Final = 0x40  # P.
_HAS_LAYERS: Final = 0x20  # L.
_FLEXIBLE: Final = 0x10  # F.
_STARTS_FRAME: Final = 0x08  # B.
_ENDS_FRAME: Final = 0x04  # E.
_HAS_STRUCTURE: Final = 0x02  # V.
_LONG_PICTURE_ID: Final = 0x80  # M.
_SWITCH: Final = 0x10  # U.
_MORE_REFERENCES: Final = 0x01  # N.
_MAX_REFERENCES: Final = 3  # RFC 9628 §4.2: "up to 3 times".


def parse(payload: bytes) -> VideoDescriptor | None:
    """Read the descriptor; None if it is cut off, breaks a limit, or nothing follows it."""
    try:
        return _parse(payload)
    except IndexError:
        return None


def _parse(payload: bytes) -> VideoDescriptor | None:
    first = payload[0]
    at = 1
    picture_id = tl0 = None
    picture_id_at = tl0_at = temporal = spatial = 0
    picture_id_bits = 15
    is_switch_point = False
    if first & _HAS_PICTURE_ID:
        picture_id_at = at
        picture_id = payload[at]
        if picture_id & _LONG_PICTURE_ID:
            picture_id = (picture_id & 0x7F) << 8 | payload[at + 1]
            at += 2
        else:
            picture_id_bits = 7
            at += 1
    if first & _HAS_LAYERS:
        layers = payload[at]
        temporal, spatial = layers >> 5, layers >> 1 & 7
        is_switch_point = layers & _SWITCH != 0
        at += 1
        if not first & _FLEXIBLE:
            tl0_at = at
            tl0 = payload[at]
            at += 1
    rest = _read_rest(payload, first, at)
    if rest is None:
        return None
    end, spatial_layers = rest
    starts_frame = first & _STARTS_FRAME != 0
    return VideoDescriptor(
        starts_frame=starts_frame,
        starts_keyframe=starts_frame and not first & _INTER_PREDICTED and spatial == 0,
        ends_frame=first & _ENDS_FRAME != 0,
        spatial=spatial,
        spatial_layers=spatial_layers,
        temporal=temporal,
        is_switch_point=is_switch_point,
        picture_id=picture_id,
        picture_id_at=picture_id_at,
        picture_id_bits=picture_id_bits,
        tl0=tl0,
        tl0_at=tl0_at,
        descriptor_bytes=end,
    )


def _read_rest(payload: bytes, first: int, at: int) -> tuple[int, int] | None:
    """Return where the descriptor ends, and how many layers the structure names, 0 without one.

    None: too many references, or nothing follows.
    """
    if first & _FLEXIBLE and first & _INTER_PREDICTED:
        for _ in range(_MAX_REFERENCES):
            at += 1
            if not payload[at - 1] & _MORE_REFERENCES:
                break
        else:
            return None
    spatial_layers = 0
    if first & _HAS_STRUCTURE:
        spatial_layers = (payload[at] >> 5) + 1
        at = _skip_structure(payload, at)
    return (at, spatial_layers) if at < len(payload) else None


def _skip_structure(payload: bytes, at: int) -> int:
    """RFC 9628 §4.2.1: sizes of the spatial layers, then the pictures of a group."""
    head = payload[at]
    at += 1
    if head & 0x10:  # Y: width and height of each of N_S + 1 layers.
        at += 4 * ((head >> 5) + 1)
    if head & 0x08:  # G: N_G pictures, each with up to 3 references.
        pictures = payload[at]
        at += 1
        for _ in range(pictures):
            at += 1 + (payload[at] >> 2 & 3)
    return at
