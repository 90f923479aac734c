"""AV1 payloads (RTP Payload Format For AV1 v1.0, §4.4): aggregation header, first OBU header."""

from typing import Final

from .descriptor import VideoDescriptor

_CONTINUES: Final = 0x80  # Z: the first element goes on from the packet before.
_NEW_SEQUENCE: Final = 0x08  # N: first packet of a coded video sequence, that is a key frame.
_MAX_LENGTH_BYTES: Final = 8  # Of leb128, AV1 specification §4.10.5.
_HAS_EXTENSION: Final = 0x04


def parse(payload: bytes) -> VideoDescriptor | None:
    """Read the headers; None if they are cut off or contradict each other.

    Layers come from the first OBU's extension header; a packet that continues one has none, nor
    has the sequence header in front of a key frame, whose layers are 0 anyway.
    """
    if len(payload) < 2:
        return None
    head = payload[0]
    starts_frame = not head & _CONTINUES
    starts_keyframe = head & _NEW_SEQUENCE != 0
    if starts_keyframe and not starts_frame:
        return None  # §4.4: "If N is set to 1, Z MUST be set to 0".
    layers = 0
    if starts_frame:
        read = _read_layers(payload, counted=head >> 4 & 3)
        if read is None:
            return None
        layers = read
    return VideoDescriptor(
        starts_frame=starts_frame,
        starts_keyframe=starts_keyframe,
        spatial=layers >> 3 & 3,
        temporal=layers >> 5,
        descriptor_bytes=1,
    )


def _read_layers(payload: bytes, counted: int) -> int | None:
    """Return the octet with temporal_id and spatial_id, 0 if there is none; None: cut off.

    Args:
        payload: With its aggregation header.
        counted: W; only a single element (1) stands there without its length.
    """
    at = 1
    if counted != 1:
        longest = min(len(payload), at + _MAX_LENGTH_BYTES)
        while at < longest and payload[at] & 0x80:
            at += 1
        at += 1
    if at >= len(payload):
        return None
    if not payload[at] & _HAS_EXTENSION:
        return 0
    return payload[at + 1] if at + 1 < len(payload) else None
