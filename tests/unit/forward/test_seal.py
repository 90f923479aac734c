"""Sealed packets open again at the receiver, as one train or one by one."""

import pytest

from emporion.engine.forward.api import ExtensionIds, SlotParameters
from emporion.engine.forward.header_extensions import ExtensionBlocks
from emporion.engine.forward.outbound_slot import VideoSlot
from emporion.engine.forward.seal import HEADER_BYTES, TAG_BYTES, seal_packet, seal_train
from emporion.engine.forward.train_plan import M_BIT, Train
from emporion.engine.forward.transport_state import TransportState
from emporion.engine.ids import SlotId, TransportId
from emporion.engine.media import Kind
from emporion.engine.rtp.packet import RtpPacket
from emporion.engine.rtp.srtp import SrtpReceiver, SrtpSender

KEY, SALT = b"k" * 16, b"s" * 12
SSRC = 0x8000_0001


@pytest.fixture
def sealer() -> SrtpSender:
    return SrtpSender(KEY, SALT)


def video_slot(sealer: SrtpSender) -> VideoSlot:
    parameters = SlotParameters(
        SlotId("SL"), 0, "0", Kind.VIDEO, SSRC, SSRC + 1, (), ExtensionIds()
    )
    slot = VideoSlot(parameters, TransportState(TransportId("TP"), (), ()))
    slot.payload_type = 96
    slot.nonce_base = sealer.nonce_base(SSRC)
    return slot


@pytest.mark.parametrize("extension", [b"", b"\xbe\xde\0\x01\x32abc"])
@pytest.mark.parametrize("first", [5, 0xFFFE])
def test_a_train_opens(sealer: SrtpSender, extension: bytes, first: int) -> None:
    """Also over a wrap of the 16 bits, where the roll-over counter is part of the nonce."""
    payloads = [(bytes((i,)) * 100, i == 3) for i in range(4)]
    train = Train(0, payloads)
    data = seal_train(
        train.packets,
        slot=video_slot(sealer),
        encrypt=sealer.encrypt,
        index=first,
        rtp_timestamp=77,
        extension=extension,
    )
    receiver = SrtpReceiver(KEY, SALT)
    size = HEADER_BYTES + len(extension) + 100 + TAG_BYTES
    assert len(data) == 4 * size
    for number in range(4):
        plain = receiver.open_rtp(data[number * size : (number + 1) * size])
        assert plain is not None
        packet = RtpPacket.parse(plain)
        assert packet is not None
        assert (packet.payload, packet.marker) == payloads[number]
        assert packet.sequence_number == (first + number) & 0xFFFF
        assert (packet.timestamp, packet.ssrc, packet.payload_type) == (77, SSRC, 96)


def test_a_single_packet_opens(sealer: SrtpSender) -> None:
    data = seal_packet(
        b"voice",
        word=M_BIT | 111,
        ssrc=SSRC,
        nonce_base=sealer.nonce_base(SSRC),
        encrypt=sealer.encrypt,
        index=9,
        rtp_timestamp=960,
        extension=ExtensionBlocks(3.0, b"\x90")[2, 1],
    )
    plain = SrtpReceiver(KEY, SALT).open_rtp(data)
    assert plain is not None
    packet = RtpPacket.parse(plain)
    assert packet is not None
    assert packet.payload == b"voice"
    assert packet.marker
    assert packet.extension(1) == b"\x90"
    assert packet.extension(2) == (3 << 18).to_bytes(3, "big")


def test_blocks_are_shared_by_viewers_with_the_same_ids() -> None:
    blocks = ExtensionBlocks(1.0)
    assert blocks[3, None] is blocks[3, None]
    assert blocks[None, None] == b""
    assert blocks[None, 4] == b"", "a level that the sender does not give is not made up"
    assert blocks[20, None][:2] == b"\x10\x00", "ids above 14 need the two-byte form"
