"""The model of an encoder spends what a browser's would."""

import random

import pytest

from emporion.engine.ids import TrackId
from emporion.engine.testing.video_packets import FakeStream
from emporion.plugins.simulation.encoder import (
    CAMERA,
    PACKET_BYTES,
    SCREEN,
    Encoder,
    Encoding,
    Frame,
    read_packet,
)


def encoder(encoding: Encoding, *, has_temporal: bool = True) -> tuple[Encoder, list[Frame]]:
    frames: list[Frame] = []
    made = Encoder(
        track_id=TrackId("TR_1"),
        encoding=encoding,
        index=0,
        stream=FakeStream(ssrc=1, payload_type=96),
        has_temporal=has_temporal,
        chance=random.Random(7),
        frames=frames,
    )
    return made, frames


@pytest.mark.parametrize("encoding", CAMERA, ids=lambda each: each.rid)
def test_a_camera_spends_its_rate(encoding: Encoding) -> None:
    made, _ = encoder(encoding)
    made.encode(0.0, 0)  # The key frame.
    seconds = 20
    bits = sum(
        8 * len(packet)
        for number in range(seconds * encoding.frames_per_s)
        for packet in made.encode(number / encoding.frames_per_s, 0)
    )
    assert bits / seconds == pytest.approx(encoding.rate_bps, rel=0.12)


def test_a_screen_costs_most_when_its_page_changes() -> None:
    made, frames = encoder(SCREEN[1], has_temporal=False)
    sizes = [sum(map(len, made.encode(0.1 * number, number // 10))) for number in range(40)]
    changes = [number for number in range(40) if sizes[number] > 20_000]
    assert changes == [0, 10, 20, 30]
    assert [frames[number].content for number in (9, 10, 39)] == [0, 1, 3]


def test_packets_say_of_which_frame_they_are_a_piece() -> None:
    made, frames = encoder(CAMERA[2])
    packets = made.encode(1.5, 0)
    pieces = [read_packet(packet[12:]) for packet in packets]
    assert len(packets) > 10
    assert all(len(packet) <= 12 + PACKET_BYTES + 40 for packet in packets)
    assert [(piece.serial, piece.number, piece.is_key) for piece in pieces if piece] == [
        (0, number, True) for number in range(len(packets))
    ]
    assert frames[0].captured_s == 1.5
    inter = read_packet(made.encode(1.6, 0)[0][12:])
    assert inter is not None
    assert not inter.is_key
