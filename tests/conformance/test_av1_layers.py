"""Temporal layers of AV1: only the first packet of a frame names its layer (§4.4)."""

from conformance.rig import AV1, Publisher, Rig, Viewer

from emporion.engine.media import Layer

PACKETS = 3


def frames_of(viewer: Viewer) -> list[tuple[int, int]]:
    """Return frame and place in it of each packet that came."""
    places = []
    for received in viewer.received():
        payload = received.payload
        at = 1 if payload[0] & 0x80 else 3
        places.append((int.from_bytes(payload[at : at + 2], "big"), payload[at + 2]))
    return places


def whole(*frames: int) -> list[tuple[int, int]]:
    return [(frame, index) for frame in frames for index in range(PACKETS)]


def watch(rig: Rig, publisher: Publisher, temporal: int) -> Viewer:
    viewer = rig.viewer()
    viewer.watch(publisher, Layer(spatial=0, temporal=temporal))
    publisher.send_frame(keyframe=True)
    return viewer


def test_frames_of_higher_layers_are_left_out_without_a_gap(rig: Rig) -> None:
    publisher = rig.publisher(rids=(), codec=AV1)
    viewer = watch(rig, publisher, temporal=0)
    for temporal in (1, 0, 1, 0):
        publisher.send_frame(temporal=temporal)
    assert frames_of(viewer) == whole(1, 3, 5)
    numbers = [received.sequence_number for received in viewer.received()]
    assert numbers == [numbers[0] + i & 0xFFFF for i in range(len(numbers))]


def test_the_rest_of_a_frame_goes_the_way_of_its_start(rig: Rig) -> None:
    publisher = rig.publisher(rids=(), codec=AV1)
    viewer = watch(rig, publisher, temporal=0)
    packets = publisher.encodings[0].frame(temporal=1)
    publisher.send(packets[:1])
    rig.advance(0.006)  # Longer than a frame waits for its rest.
    publisher.send(packets[1:])
    publisher.send_frame()
    assert frames_of(viewer) == whole(1, 3)


def test_who_may_have_them_gets_them_from_the_key_frame_on(rig: Rig) -> None:
    publisher = rig.publisher(rids=(), codec=AV1)
    viewer = watch(rig, publisher, temporal=1)
    for temporal in (1, 0):
        publisher.send_frame(temporal=temporal)
    assert frames_of(viewer) == whole(1, 2, 3)
