"""A run: packets of one frame of one encoding, consecutive, taken in together and sent together.

Everything that all viewers share is computed here once: the payloads with their padding, how they
are cut into trains, what the payload descriptor says. Payloads of VP8 are rewritten in place just
before they are sealed for a viewer (`PictureFields`): viewers differ in three bytes, so nothing is
copied.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from ..media import Codec
from ..rtp.payloads.descriptor import VideoDescriptor
from ..rtp.payloads.vp8 import rewrite  # VP9 writes both fields alike (RFC 9628 §4.2).
from .train_plan import Train, plan_trains

if TYPE_CHECKING:
    from .encoding import InboundEncoding


@dataclass(slots=True)
class SourcePacket:
    """One packet as it came, decrypted; `sequence` is unwrapped, with padding-only gaps closed."""

    sequence: int
    rtp_timestamp: int
    marker: bool
    payload: bytes
    codec: Codec
    descriptor: VideoDescriptor


class PictureFields:
    """What differs from viewer to viewer in the packets of one run, rewritten in place.

    PictureID and TL0PICIDX (RFC 7741 §4.2, RFC 9628 §4.2), and the marker of its last packet: with
    SVC a picture ends with the highest spatial layer that the viewer gets.
    """

    __slots__ = ("_ends_picture", "_last_train", "_payloads", "picture_id", "tl0")

    def __init__(
        self, payloads: list[tuple[bytearray, VideoDescriptor]], last_train: Train
    ) -> None:
        self._payloads = payloads
        self._last_train = last_train
        self._ends_picture = last_train.ends_with_marker
        first = payloads[0][1]
        self.picture_id = first.picture_id
        self.tl0 = first.tl0

    def write(self, picture_id: int | None, tl0: int | None, ends_picture: bool) -> None:
        """Write all of them; None where the source has no such field."""
        if ends_picture is not self._ends_picture:
            self._ends_picture = self._last_train.ends_with_marker = ends_picture
        if picture_id == self.picture_id and tl0 == self.tl0:
            return
        self.picture_id, self.tl0 = picture_id, tl0
        for payload, descriptor in self._payloads:
            rewrite(payload, descriptor, picture_id, tl0)


class SourceRun:
    """See the module.

    Attributes:
        number: Of its encoding, consecutive: names the run in the cache.
        first_sequence: Unwrapped sequence number of the first packet; the others follow it.
        picture: None if the payloads are the same for all viewers.
        picture_id: Unwrapped, None if absent.
        spatial: The spatial layer that these packets belong to, 0 without SVC.
        spatial_layers: How many the stream has; 0: it does not say here.
        ends_frame: The last packet is the last one of its layer's frame; known with VP9 only.
        ends_picture: It has the marker.
    """

    __slots__ = (
        "arrival_s",
        "codec",
        "count",
        "encoding",
        "ends_frame",
        "ends_picture",
        "first_sequence",
        "is_switch_point",
        "number",
        "padding_bytes",
        "payload_bytes",
        "picture",
        "picture_id",
        "rtp_timestamp",
        "spatial",
        "spatial_layers",
        "starts_frame",
        "starts_keyframe",
        "temporal",
        "tl0",
        "trains",
    )

    def __init__(
        self,
        encoding: "InboundEncoding",
        packets: Sequence[SourcePacket],
        *,
        number: int,
        picture_id: int | None,
        arrival_s: float,
    ) -> None:
        first = packets[0]
        descriptor = first.descriptor
        self.encoding = encoding
        self.number = number
        self.first_sequence = first.sequence
        self.count = len(packets)
        self.rtp_timestamp = first.rtp_timestamp
        self.codec = first.codec
        self.starts_frame = descriptor.starts_frame
        # Not only the first packet's: H.264 may put a delimiter or SEI before the parameter sets.
        self.starts_keyframe = any([packet.descriptor.starts_keyframe for packet in packets])
        self.temporal = descriptor.temporal
        self.spatial = descriptor.spatial if first.codec is Codec.VP9 else 0
        self.spatial_layers = descriptor.spatial_layers
        self.ends_frame = packets[-1].descriptor.ends_frame
        self.ends_picture = packets[-1].marker
        self.is_switch_point = descriptor.is_switch_point
        self.picture_id = picture_id
        self.tl0 = descriptor.tl0
        self.arrival_s = arrival_s
        self.trains: list[Train] = plan_trains([(p.payload, p.marker) for p in packets])
        self.payload_bytes = sum(train.payload_bytes for train in self.trains)
        self.padding_bytes = sum(train.padding_bytes for train in self.trains)
        self.picture: PictureFields | None = None
        if descriptor.picture_id_at or descriptor.tl0_at or self.ends_frame:
            plains = [plain for train in self.trains for _, plain in train.packets]
            self.picture = PictureFields(
                [(plain, p.descriptor) for plain, p in zip(plains, packets, strict=True)],
                self.trains[-1],
            )

    @property
    def capture_s(self) -> float:
        """When the frame was captured, on the server's clock."""
        return self.encoding.clock.capture_s(self.rtp_timestamp, self.arrival_s)

    def packet(self, index: int) -> tuple[bool, bytes]:
        """Return marker and payload, without padding, as last rewritten; for a retransmission."""
        for train in self.trains:
            if index < len(train.packets):
                return train.packet(index)
            index -= len(train.packets)
        raise IndexError(index)


def split_runs(packets: list[SourcePacket]) -> Iterator[list[SourcePacket]]:
    """Put packets of a picture in order; cut them where one is missing or the frame changes."""
    packets.sort(key=lambda packet: packet.sequence)
    run = packets[:1]
    for before, packet in pairwise(packets):
        if (
            packet.sequence != before.sequence + 1
            or packet.rtp_timestamp != before.rtp_timestamp
            or packet.codec is not before.codec
            or before.descriptor.ends_frame  # The next spatial layer of the picture.
        ):
            yield run
            run = []
        run.append(packet)
    if run:
        yield run
