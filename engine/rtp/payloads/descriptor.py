"""What a forwarder must know of a video packet, whatever its codec."""

from typing import Final

import msgspec


# Not a dataclass: made for every packet of video, and a frozen dataclass takes four times as long.
class VideoDescriptor(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What the start of a payload says; what a codec does not say has its default.

    Attributes:
        starts_frame: The first packet of a frame, with VP9 of the frame of its spatial layer. With
            H.264, where several packets in front of the slices say so, any of them.
        starts_keyframe: A receiver that has nothing can start to decode with this packet.
        ends_frame: VP9 only; with the other codecs the marker bit tells.
        is_idr: H.264 only: holds the start of an IDR slice.
        spatial: Spatial layer inside the stream (SVC), 0 is lowest.
        spatial_layers: How many the stream has; 0: the packet does not say.
        temporal: Temporal layer, 0 is lowest.
        is_switch_point: A receiver of a lower temporal layer can go up to this one here.
        picture_id: As on the wire, of `picture_id_bits`; None: absent.
        picture_id_at: Where it stands in the payload, 0: absent.
        picture_id_bits: 7 or 15.
        tl0: TL0PICIDX, 8 bits; None: absent.
        tl0_at: Where it stands in the payload, 0: absent.
        descriptor_bytes: Where the codec's own bits begin.
    """

    starts_frame: bool
    starts_keyframe: bool
    ends_frame: bool = False
    is_idr: bool = False
    spatial: int = 0
    spatial_layers: int = 0
    temporal: int = 0
    is_switch_point: bool = False
    picture_id: int | None = None
    picture_id_at: int = 0
    picture_id_bits: int = 15
    tl0: int | None = None
    tl0_at: int = 0
    descriptor_bytes: int = 0


OPAQUE: Final = VideoDescriptor(starts_frame=True, starts_keyframe=False)
