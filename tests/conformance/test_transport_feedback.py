"""A publisher is told every 50 ms when its packets came (transport-wide congestion control)."""

import itertools
import struct
from typing import Any

import pytest
from conformance.rig import Publisher, Rig

TRANSPORT_CC_ID = 4


def number(publisher: Publisher, packets: list[bytes], first: int) -> list[bytes]:
    """Give packets their transport-wide numbers."""
    mark = bytes((TRANSPORT_CC_ID << 4 | 1, 0, 0))
    return [
        packet.replace(mark, mark[:1] + struct.pack(">H", first + i & 0xFFFF), 1)
        for i, packet in enumerate(packets)
    ]


def frame(publisher: Publisher, first: int, **options: Any) -> list[bytes]:
    publisher.encodings[0].extensions[TRANSPORT_CC_ID] = b"\0\0"
    return number(publisher, publisher.encodings[0].frame(**options), first)


def told(publisher: Publisher) -> dict[int, bool]:
    """Return for each number that was told of whether it came."""
    return {
        number: arrival_s is not None
        for feedback in publisher.feedback
        for number, arrival_s in feedback.arrivals_s.items()
    }


def test_it_comes_every_50_ms_while_media_flows(rig: Rig) -> None:
    publisher = rig.publisher(rids=())
    for index in range(100):
        publisher.send(frame(publisher, 3 * index))
        rig.advance(0.01)
    assert 17 <= len(publisher.feedback) <= 23


def test_it_stops_with_the_media(rig: Rig) -> None:
    publisher = rig.publisher(rids=())
    publisher.send(frame(publisher, 0))
    rig.advance(0.2)
    before = len(publisher.feedback)
    rig.advance(5.0)
    assert len(publisher.feedback) == before == 1


def test_losses_are_told(rig: Rig) -> None:
    publisher = rig.publisher(rids=())
    packets = frame(publisher, 65_533, sizes=(300,) * 6)
    publisher.send(packets[:2] + packets[4:])
    rig.advance(0.1)
    assert told(publisher) == {
        65_533: True, 65_534: True, 65_535: False, 0: False, 1: True, 2: True
    }  # fmt: skip


def test_retransmissions_probes_and_audio_count_as_well(rig: Rig) -> None:
    publisher = rig.publisher(rids=())
    media = frame(publisher, 0, sizes=(300,))
    publisher.rtx[0].extensions[TRANSPORT_CC_ID] = b"\0\0"
    probe = number(publisher, [publisher.rtx[0].padding_only()], 1)
    publisher.microphone.extensions[TRANSPORT_CC_ID] = b"\0\0"
    voice = number(publisher, [publisher.microphone.next_packet()], 2)
    publisher.send(media + probe + voice)
    rig.advance(0.1)
    assert told(publisher) == {0: True, 1: True, 2: True}


def test_a_paused_track_is_acknowledged_too(rig: Rig) -> None:
    publisher = rig.publisher(rids=())
    rig.forwarder.pause_track(publisher.video_track, True)
    publisher.send(frame(publisher, 0, sizes=(300,)))
    rig.advance(0.1)
    assert told(publisher) == {0: True}


def test_the_times_between_arrivals_are_true(rig: Rig) -> None:
    publisher = rig.publisher(rids=())
    for index in range(4):
        publisher.send(frame(publisher, index, sizes=(300,)))
        rig.advance(0.007)
    rig.advance(0.1)
    arrivals_s = [
        arrival_s
        for feedback in publisher.feedback
        for arrival_s in feedback.arrivals_s.values()
        if arrival_s is not None
    ]
    steps_s = [b - a for a, b in itertools.pairwise(arrivals_s)]
    assert steps_s == pytest.approx([0.007] * 3, abs=0.0003)


def test_feedback_is_counted(rig: Rig) -> None:
    publisher = rig.publisher(rids=())
    for index in range(10):
        publisher.send(frame(publisher, index, sizes=(300,)))
        rig.advance(0.06)
    counts = [feedback.count for feedback in publisher.feedback]
    assert counts == list(range(counts[0], counts[0] + len(counts)))
