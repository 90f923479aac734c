"""Sealed packets open again at the receiver, as one train or one by one."""

import pytest

from emporion.engine.forward.api import ExtensionIds, SlotParameters
from emporion.engine.forward.header_extensions import (
    HEADER_BYTES,
    ExtensionBlocks,
    extension_key,
)
from emporion.engine.forward.outbound_slot import VideoSlot
from emporion.engine.forward.seal import seal_packet, seal_train
from emporion.engine.forward.train_plan import M_BIT, Train
from emporion.engine.forward.transport_state import TransportState
from emporion.engine.ids import SlotId, TransportId
from emporion.engine.media import Kind
from emporion.engine.rtp.extensions import read_transport_cc
from emporion.engine.rtp.packet import RtpPacket
from emporion.engine.rtp.srtp import TAG_BYTES, SrtpReceiver, SrtpSender

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


def numbers_of(packet: RtpPacket) -> int | None:
    return read_transport_cc(packet.extension(4))


@pytest.mark.parametrize(
    "ids",
    [
        ExtensionIds(),
        ExtensionIds(abs_send_time=3),
        ExtensionIds(transport_cc=4),
        ExtensionIds(abs_send_time=3, transport_cc=4),
    ],
)
@pytest.mark.parametrize("first", [5, 0xFFFE])
def test_a_train_opens(sealer: SrtpSender, ids: ExtensionIds, first: int) -> None:
    """Also over a wrap of the 16 bits, where the roll-over counter is part of the nonce."""
    payloads = [(bytes((i,)) * 100, i == 3) for i in range(4)]
    train = Train(0, payloads)
    block = ExtensionBlocks(3.0)[extension_key(ids, is_audio=False)]
    data = seal_train(
        train.packets,
        slot=video_slot(sealer),
        encrypt=sealer.encrypt,
        index=first,
        rtp_timestamp=77,
        block=block,
        number=first,
    )
    receiver = SrtpReceiver(KEY, SALT)
    size = block.overhead + 100
    assert len(data) == 4 * size
    for number in range(4):
        plain = receiver.open_rtp(data[number * size : (number + 1) * size])
        assert plain is not None
        packet = RtpPacket.parse(plain)
        assert packet is not None
        assert (packet.payload, packet.marker) == payloads[number]
        assert packet.sequence_number == (first + number) & 0xFFFF
        assert (packet.timestamp, packet.ssrc, packet.payload_type) == (77, SSRC, 96)
        wide = (first + number) & 0xFFFF if ids.transport_cc else None
        assert numbers_of(packet) == wide
        send_time = (3 << 18).to_bytes(3, "big") if ids.abs_send_time else None
        assert packet.extension(3) == send_time


def test_a_single_packet_opens(sealer: SrtpSender) -> None:
    ids = ExtensionIds(abs_send_time=2, audio_level=1, transport_cc=4)
    data = seal_packet(
        b"voice",
        word=M_BIT | 111,
        ssrc=SSRC,
        nonce_base=sealer.nonce_base(SSRC),
        encrypt=sealer.encrypt,
        index=9,
        rtp_timestamp=960,
        block=ExtensionBlocks(3.0, b"\x90")[extension_key(ids, is_audio=True)],
        number=0x1_0007,
    )
    plain = SrtpReceiver(KEY, SALT).open_rtp(data)
    assert plain is not None
    packet = RtpPacket.parse(plain)
    assert packet is not None
    assert packet.payload == b"voice"
    assert packet.marker
    assert packet.extension(1) == b"\x90"
    assert packet.extension(2) == (3 << 18).to_bytes(3, "big")
    assert numbers_of(packet) == 7


def test_blocks_are_shared_by_viewers_with_the_same_ids() -> None:
    blocks = ExtensionBlocks(1.0)
    send_time = extension_key(ExtensionIds(abs_send_time=3), is_audio=False)
    assert blocks[send_time] is blocks[send_time]
    assert blocks[0].overhead == HEADER_BYTES + TAG_BYTES
    level = extension_key(ExtensionIds(audio_level=4), is_audio=True)
    assert blocks[level].overhead == HEADER_BYTES + TAG_BYTES, (
        "a level that the sender lacks is not made up"
    )
    assert extension_key(ExtensionIds(audio_level=4), is_audio=False) == 0


def test_ids_above_14_need_the_two_byte_form() -> None:
    ids = ExtensionIds(abs_send_time=20, transport_cc=4)
    block = ExtensionBlocks(1.0)[extension_key(ids, is_audio=False)]
    header = block.pack(block.word | 96, 1, 2, 3, block.prefix, 0xABCD)
    packet = RtpPacket.parse(header + b"payload")
    assert packet is not None
    assert packet.extension(20) == (1 << 18).to_bytes(3, "big")
    assert numbers_of(packet) == 0xABCD
