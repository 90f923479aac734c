"""A publisher sends each packet of its voice twice; a lost one is taken out of the next one."""

import struct

import pytest
from conformance.rig import OPUS, Publisher, Rig, Viewer
from msgspec.structs import replace

from emporion.engine.forward.api import TrackRates

RED_PAYLOAD_TYPE = 63
REDUNDANT_OPUS = replace(OPUS, red_payload_type=RED_PAYLOAD_TYPE)
TICKS = 960


def block(offset: int, payload: bytes, *, payload_type: int = OPUS.payload_type) -> bytes:
    """The header of an earlier packet (RFC 2198 section 3)."""
    return struct.pack(">I", 1 << 31 | payload_type << 24 | offset << 10 | len(payload))


def say(number: int) -> bytes:
    """The payload of a packet; in length and content unlike every other."""
    return bytes((0xF8,)) + number.to_bytes(2, "big") * (20 + number % 5)


def red(publisher: Publisher, content: bytes) -> bytes:
    """The publisher's next packet, with this in it."""
    microphone = publisher.microphone
    microphone.rtp_timestamp += TICKS
    microphone.payload_type = RED_PAYLOAD_TYPE
    packet: bytes = microphone.packet(content, marker=False)
    return packet


def redundant(publisher: Publisher, number: int, *, generations: int = 1) -> bytes:
    """The packet of a number, with those before."""
    backs = range(generations, 0, -1)
    headers = b"".join(block(back * TICKS, say(number - back)) for back in backs)
    earlier = b"".join(say(number - back) for back in backs)
    content = headers + bytes((OPUS.payload_type,)) + earlier + say(number)
    return red(publisher, content)


@pytest.fixture
def publisher(rig: Rig) -> Publisher:
    return rig.publisher(rids=(), opus=REDUNDANT_OPUS)


@pytest.fixture
def viewer(rig: Rig, publisher: Publisher) -> Viewer:
    viewer = rig.viewer()
    viewer.listen(publisher)
    return viewer


def talk(
    rig: Rig, publisher: Publisher, lost: set[int], *, packets: int = 12, generations: int = 1
) -> None:
    for number in range(10, 10 + packets):
        packet = redundant(publisher, number, generations=generations)
        if number not in lost:
            publisher.send([packet])
        rig.advance(0.02)


def check_whole(viewer: Viewer, numbers: list[int]) -> None:
    heard = viewer.received(viewer.audio)
    assert [packet.payload for packet in heard] == [say(n) for n in numbers]
    first = heard[0]
    for number, packet in zip(numbers, heard, strict=True):
        steps = number - numbers[0]
        assert packet.sequence_number == first.sequence_number + steps & 0xFFFF
        assert packet.rtp_timestamp == first.rtp_timestamp + steps * TICKS & 0xFFFF_FFFF


def test_what_arrives_is_passed_on_without_the_earlier_ones(
    rig: Rig, publisher: Publisher, viewer: Viewer
) -> None:
    talk(rig, publisher, set())
    check_whole(viewer, list(range(10, 22)))
    assert rig.forwarder.statistics().audio_restored == 0


def test_a_lost_packet_is_taken_out_of_the_next_one(
    rig: Rig, publisher: Publisher, viewer: Viewer
) -> None:
    talk(rig, publisher, {13, 17})
    check_whole(viewer, list(range(10, 22)))
    assert rig.forwarder.statistics().audio_restored == 2


def test_two_in_a_row_are_there_if_the_publisher_repeats_both(
    rig: Rig, publisher: Publisher, viewer: Viewer
) -> None:
    talk(rig, publisher, {13, 14}, generations=2)
    check_whole(viewer, list(range(10, 22)))


def test_what_no_packet_holds_is_missing(rig: Rig, publisher: Publisher, viewer: Viewer) -> None:
    talk(rig, publisher, {13, 14})
    check_whole(viewer, [*range(10, 13), *range(14, 22)])


def test_a_packet_that_comes_after_its_copy_is_not_heard_twice(
    rig: Rig, publisher: Publisher, viewer: Viewer
) -> None:
    packets = [redundant(publisher, number) for number in range(10, 16)]
    packets[2], packets[3] = packets[3], packets[2]
    publisher.send(packets)
    check_whole(viewer, list(range(10, 16)))
    assert rig.forwarder.statistics().dropped_duplicate == 1


def test_losses_are_reported_though_they_are_mended(
    rig: Rig, publisher: Publisher, viewer: Viewer
) -> None:
    """The publisher's estimate lives on what really came."""
    talk(rig, publisher, {13, 17}, packets=60)
    rig.advance(1.0)
    assert viewer.received(viewer.audio)
    assert rig.forwarder.statistics().packets_lost_inbound == 2


def test_a_small_packet_does_not_become_many(
    rig: Rig, publisher: Publisher, viewer: Viewer
) -> None:
    talk(rig, publisher, set(), packets=1)
    publisher.microphone.sequence_number += 7
    blocks = b"".join(block(back * TICKS, b"x") for back in range(7, 0, -1))
    publisher.send([red(publisher, blocks + bytes((OPUS.payload_type,)) + b"x" * 8)])
    assert len(viewer.received(viewer.audio)) <= 1 + 3


@pytest.mark.parametrize(
    "content",
    [
        block(TICKS, b"x" * 20),
        block(TICKS, b"x" * 20)[:3],
        block(TICKS, b"x" * 20) + bytes((OPUS.payload_type,)) + b"x" * 20,
        block(TICKS, b"x" * 900) + bytes((OPUS.payload_type,)) + b"x" * 20,
        block(TICKS, b"x", payload_type=12) + bytes((OPUS.payload_type,)) + b"xy",
        block(0, b"x") + bytes((OPUS.payload_type,)) + b"xy",
        block(TICKS, b"x") * 2 + bytes((OPUS.payload_type,)) + b"xyz",
        block(TICKS, b"") * 300,
        bytes((12,)) + b"x" * 20,
        bytes((OPUS.payload_type,)),
    ],
)
def test_rubbish_is_counted_and_nothing_else(
    rig: Rig, publisher: Publisher, viewer: Viewer, content: bytes
) -> None:
    talk(rig, publisher, set(), packets=2)
    publisher.send([red(publisher, content)])
    rig.advance(0.02)
    assert rig.forwarder.statistics().dropped_malformed == 1
    assert len(viewer.received(viewer.audio)) == 2
    talk(rig, publisher, set(), packets=2)
    numbers = [packet.sequence_number for packet in viewer.received(viewer.audio)]
    assert numbers == list(range(numbers[0], numbers[0] + 5)), "its place is filled by the next one"


def test_a_voice_costs_what_who_listens_is_sent(rig: Rig, publisher: Publisher) -> None:
    """Schedulers decide by it; what it takes on the publisher's link is no matter of theirs."""
    plain = rig.publisher(rids=())
    for number in range(10, 120):
        publisher.send([redundant(publisher, number, generations=2)])
        plain.speak(size=len(say(number)))
        rig.advance(0.02)
    rates = {e.track_id: e.encoding_bps[0] for e in rig.events_of(TrackRates)}
    assert rates[publisher.audio_track] == pytest.approx(rates[plain.audio_track], rel=0.1)
