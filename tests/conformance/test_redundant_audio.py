"""Who loses packets gets voices with the two packets before in each, while it loses them."""

import struct

import pytest
from conformance.rig import OPUS, VIEWER_OPUS, Publisher, Received, Rig, Viewer
from msgspec.structs import replace

from emporion.engine.forward.api import CodecMap
from emporion.engine.media import Kind
from emporion.engine.rtp.payloads.red import MAX_BLOCK_BYTES

RED_PAYLOAD_TYPE = 63
REDUNDANT_OPUS = replace(VIEWER_OPUS, red_payload_type=RED_PAYLOAD_TYPE)


def read_red(payload: bytes) -> tuple[list[tuple[int, bytes]], bytes]:
    """Return (timestamp offset, payload) of the earlier packets, and the present one's payload."""
    lengths: list[tuple[int, int]] = []
    at = 0
    while payload[at] & 0x80:
        (word,) = struct.unpack_from(">I", payload, at)
        assert word >> 24 & 0x7F == VIEWER_OPUS.payload_type
        lengths.append((word >> 10 & 0x3FFF, word & 0x3FF))
        at += 4
    assert payload[at] == VIEWER_OPUS.payload_type
    at += 1
    blocks: list[tuple[int, bytes]] = []
    for offset, length in lengths:
        blocks.append((offset, payload[at : at + length]))
        at += length
    return blocks, payload[at:]


@pytest.fixture
def publisher(rig: Rig) -> Publisher:
    return rig.publisher(rids=())


def viewer_with(rig: Rig, publisher: Publisher, opus: CodecMap) -> Viewer:
    viewer = rig.viewer(numbered=True, opus=opus)
    viewer.listen(publisher)
    publisher.speak()
    rig.advance(0.02)
    viewer.take_packets()
    return viewer


def talk(
    rig: Rig, publisher: Publisher, viewer: Viewer, *, seconds: float, lose_every: int = 0
) -> list[Received]:
    """Speak, and report on what came; every so many packets are lost."""
    heard: list[Received] = []
    for _ in range(round(seconds * 50)):
        publisher.speak(size=40 + len(heard) % 7)
        heard += viewer.take_packets()
        rig.advance(0.02)
        number = heard[-1].wide_number
        is_lost = lose_every > 0 and number % lose_every == 0
        viewer.report_arrivals(number, [None if is_lost else 0.0], media_ssrc=viewer.audio.ssrc)
    return heard


def test_who_loses_packets_gets_the_two_before_in_each(rig: Rig, publisher: Publisher) -> None:
    viewer = viewer_with(rig, publisher, REDUNDANT_OPUS)
    plain = talk(rig, publisher, viewer, seconds=4.0, lose_every=20)
    assert plain[0].packet.payload_type == VIEWER_OPUS.payload_type
    redundant = talk(rig, publisher, viewer, seconds=1.0, lose_every=20)
    presents = [read_red(packet.payload)[1] for packet in redundant]
    for index, packet in enumerate(redundant):
        assert packet.packet.payload_type == RED_PAYLOAD_TYPE
        blocks, _ = read_red(packet.payload)
        assert [offset for offset, _ in blocks] == [1920, 960]
        if index >= 2:
            assert [payload for _, payload in blocks] == presents[index - 2 : index]
    numbers = [packet.sequence_number for packet in plain + redundant]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    assert rig.forwarder.statistics().packets_sent_redundant > 50


def test_the_present_packet_is_whole_in_it(rig: Rig, publisher: Publisher) -> None:
    lossy = viewer_with(rig, publisher, REDUNDANT_OPUS)
    other = viewer_with(rig, publisher, VIEWER_OPUS)
    talk(rig, publisher, lossy, seconds=4.0, lose_every=10)
    other.take_packets()
    redundant = talk(rig, publisher, lossy, seconds=0.2)
    expected = [packet.payload for packet in other.take_packets()]
    assert [read_red(packet.payload)[1] for packet in redundant] == expected


@pytest.mark.parametrize("lose_every", [0, 200])
def test_who_loses_next_to_nothing_gets_none(
    rig: Rig, publisher: Publisher, lose_every: int
) -> None:
    viewer = viewer_with(rig, publisher, REDUNDANT_OPUS)
    heard = talk(rig, publisher, viewer, seconds=5.0, lose_every=lose_every)
    assert {packet.packet.payload_type for packet in heard} == {VIEWER_OPUS.payload_type}


def test_who_saves_data_gets_none(rig: Rig, publisher: Publisher) -> None:
    viewer = viewer_with(rig, publisher, REDUNDANT_OPUS)
    talk(rig, publisher, viewer, seconds=4.0, lose_every=10)
    rig.forwarder.save_data(viewer.transport_id, True)
    plain = talk(rig, publisher, viewer, seconds=4.0, lose_every=10)
    assert {packet.packet.payload_type for packet in plain} == {VIEWER_OPUS.payload_type}
    rig.forwarder.save_data(viewer.transport_id, False)
    talk(rig, publisher, viewer, seconds=4.0, lose_every=10)
    (last,) = talk(rig, publisher, viewer, seconds=0.02)
    assert last.packet.payload_type == RED_PAYLOAD_TYPE


def test_it_ends_some_time_after_the_last_loss(rig: Rig, publisher: Publisher) -> None:
    viewer = viewer_with(rig, publisher, REDUNDANT_OPUS)
    talk(rig, publisher, viewer, seconds=4.0, lose_every=10)
    still = talk(rig, publisher, viewer, seconds=10.0)
    assert still[-1].packet.payload_type == RED_PAYLOAD_TYPE
    after = talk(rig, publisher, viewer, seconds=12.0)
    assert after[-1].packet.payload_type == VIEWER_OPUS.payload_type


def test_who_did_not_negotiate_it_gets_none(rig: Rig, publisher: Publisher) -> None:
    viewer = viewer_with(rig, publisher, VIEWER_OPUS)
    heard = talk(rig, publisher, viewer, seconds=4.0, lose_every=5)
    assert {packet.packet.payload_type for packet in heard} == {VIEWER_OPUS.payload_type}


def test_receiver_reports_tell_of_losses_as_well(rig: Rig, publisher: Publisher) -> None:
    """A viewer without transport-wide feedback."""
    viewer = rig.viewer(opus=REDUNDANT_OPUS)
    viewer.listen(publisher)
    publisher.speak()
    viewer.report(viewer.audio, fraction_lost=20)
    rig.advance(1.1)
    viewer.take_packets()
    publisher.speak()
    (packet,) = viewer.received(viewer.audio)
    assert packet.packet.payload_type == RED_PAYLOAD_TYPE


def test_a_slot_that_was_not_used_before_is_redundant_as_well(
    rig: Rig, publisher: Publisher
) -> None:
    viewer = rig.viewer(audio=2, opus=REDUNDANT_OPUS)
    viewer.listen(publisher)
    publisher.speak()
    viewer.report(viewer.audio, fraction_lost=20)
    rig.advance(1.1)
    other, slot = rig.publisher(rids=()), viewer.slot(Kind.AUDIO, 1)
    viewer.listen(other, slot=slot.slot_id)
    other.speak()
    assert viewer.received(slot)[-1].packet.payload_type == RED_PAYLOAD_TYPE


def test_what_does_not_fit_the_format_is_left_out(rig: Rig, publisher: Publisher) -> None:
    """Too long a packet, and one from before a pause of 400 ms."""
    assert OPUS.red_payload_type is None, "what publishers send is not redundant"
    viewer = viewer_with(rig, publisher, REDUNDANT_OPUS)
    talk(rig, publisher, viewer, seconds=4.0, lose_every=10)
    publisher.speak(size=MAX_BLOCK_BYTES + 1)
    publisher.speak()
    blocks, _ = read_red(viewer.take_packets()[-1].payload)
    assert [offset for offset, _ in blocks] == [1920]
    publisher.microphone.rtp_timestamp += 48_000 * 4 // 10
    publisher.speak()
    blocks, _ = read_red(viewer.take_packets()[-1].payload)
    assert blocks == []
