"""H.264 payloads (RFC 6184 §5): where frames and key frames begin.

A receiver that has nothing can start only where the sequence parameters stand, and browsers send
them with every IDR picture. An IDR slice without them is no place to start: after a switch from
another encoding the decoder would use that one's parameters.
"""

from typing import Final

from .descriptor import VideoDescriptor

_TYPE: Final = 0x1F
_SLICE: Final = 1
_IDR_SLICE: Final = 5
_SUPPLEMENT: Final = 6  # SEI.
_SEQUENCE_PARAMETERS: Final = 7
_DELIMITER: Final = 9
_AGGREGATE: Final = 24  # STAP-A.
_FRAGMENT: Final = 28  # FU-A.
_FRAGMENT_START: Final = 0x80
_FIRST_MACROBLOCK: Final = 0x80  # first_mb_in_slice is ue(v): a leading 1 bit is 0, the first.


def parse(payload: bytes) -> VideoDescriptor | None:
    """Read the first octets, of STAP-A all units; None for an empty or broken payload."""
    if not payload:
        return None
    unit = payload[0] & _TYPE
    if unit == _FRAGMENT:
        return _parse_fragment(payload)
    if unit == _AGGREGATE:
        return _parse_aggregate(payload)
    if len(payload) < 2:
        return None
    return VideoDescriptor(
        starts_frame=_starts_frame(unit, payload[1]),
        starts_keyframe=unit == _SEQUENCE_PARAMETERS,
        is_idr=unit == _IDR_SLICE,
    )


def _starts_frame(unit: int, first_octet: int) -> bool:
    if _SLICE <= unit <= _IDR_SLICE:
        return first_octet & _FIRST_MACROBLOCK != 0
    return _SUPPLEMENT <= unit <= _DELIMITER


def _parse_fragment(payload: bytes) -> VideoDescriptor | None:
    if len(payload) < 3:
        return None
    unit = payload[1] & _TYPE
    starts_unit = payload[1] & _FRAGMENT_START != 0
    return VideoDescriptor(
        starts_frame=starts_unit and _starts_frame(unit, payload[2]),
        starts_keyframe=starts_unit and unit == _SEQUENCE_PARAMETERS,
        is_idr=starts_unit and unit == _IDR_SLICE,
        descriptor_bytes=2,
    )


def _parse_aggregate(payload: bytes) -> VideoDescriptor | None:
    size = len(payload)
    at = 1
    units: list[int] = []
    starts_frame = False
    while at + 2 < size:
        length = payload[at] << 8 | payload[at + 1]
        at += 2
        if length == 0 or at + length > size:
            return None
        unit = payload[at] & _TYPE
        if not units and length > 1:
            starts_frame = _starts_frame(unit, payload[at + 1])
        units.append(unit)
        at += length
    if not units or at != size:
        return None
    return VideoDescriptor(
        starts_frame=starts_frame,
        starts_keyframe=_SEQUENCE_PARAMETERS in units,
        is_idr=_IDR_SLICE in units,
        descriptor_bytes=1,
    )
