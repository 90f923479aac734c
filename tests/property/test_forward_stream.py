"""Whatever happens on the way in, what a viewer gets is one stream that it can decode.

Its SRTP receiver keeps a replay window: were an index ever sealed twice, it would refuse the packet
and the test would fail; AES-GCM breaks when a nonce returns.
"""

import itertools
import random

from conformance.rig import Publisher, Rig, Viewer
from hypothesis import example, given, settings
from hypothesis import strategies as st

from emporion.engine.forward.reference import ReferenceForwarder
from emporion.engine.forward.timestamp_line import signed_difference
from emporion.engine.media import Layer

STEPS = st.lists(
    st.sampled_from(
        ["frame", "frame", "frame", "lossy", "shuffled", "repeated", "probe", "key",
         "other", "layer", "pause", "clear", "wait", "nack"]
    ),
    min_size=5,
    max_size=60,
)  # fmt: skip


class Story:
    """Two publishers, one viewer, and steps that happen to them."""

    def __init__(self, seed: int) -> None:
        self.rig = Rig(ReferenceForwarder())
        self.random = random.Random(seed)
        self.publishers = [self.rig.publisher(), self.rig.publisher()]
        self.viewer: Viewer = self.rig.viewer()
        self.shown: Publisher = self.publishers[0]
        self.viewer.watch(self.shown)

    def step(self, name: str) -> None:
        for publisher in self.publishers:
            for index in range(3):
                self._send(publisher, index, name)
        if name in ("other", "layer", "clear"):
            self._turn(name)
        elif name == "pause":
            self.rig.forwarder.pause_track(self.shown.video_track, True)
            self.rig.forwarder.pause_track(self.shown.video_track, False)
        elif name == "nack" and self.viewer.received():
            lost = self.random.choice(self.viewer.received())
            self.viewer.nack(self.viewer.video, [lost.sequence_number])
        self.rig.advance(0.3 if name == "wait" else 0.033)

    def _turn(self, name: str) -> None:
        if name == "clear":
            self.rig.forwarder.clear_slot(self.viewer.video.slot_id)
        elif name == "other":
            self.shown = self.publishers[1 - self.publishers.index(self.shown)]
        temporal, spatial = self.random.randint(0, 2), self.random.randint(0, 2)
        self.viewer.watch(self.shown, Layer(spatial=spatial, temporal=temporal))

    def _send(self, publisher: Publisher, index: int, name: str) -> None:
        stream = publisher.encodings[index]
        if name == "probe":
            publisher.send([stream.padding_only()])
        keyframe = name == "key"
        temporal = 0 if keyframe else self.random.randint(0, 2)
        packets = stream.frame(
            keyframe=keyframe, temporal=temporal, layer_sync=True, sizes=(300, 300, 301, 301)
        )
        if name == "lossy":
            lost = packets.pop(self.random.randrange(4))
            publisher.send(packets)
            if self.random.random() < 0.5:
                publisher.send_frame(index)
                publisher.send_rtx(index, [lost])
            return
        if name == "shuffled":
            self.random.shuffle(packets)
        publisher.send(packets)
        if name == "repeated":
            publisher.send_rtx(index, packets)


@settings(max_examples=60, deadline=None)
@given(steps=STEPS, seed=st.integers(0, 2**16))
@example(  # A late packet of a frame that the viewer's temporal layer leaves out, before a switch.
    steps=["frame"] * 2
    + ["lossy", "frame", "shuffled", "lossy"]
    + ["frame"] * 2
    + ["layer", "shuffled"],
    seed=222,
)
def test_a_viewer_gets_one_decodable_stream(steps: list[str], seed: int) -> None:
    story = Story(seed)
    for name in ["key", *steps, "key"]:
        story.step(name)

    received = sorted(story.viewer.received(), key=lambda r: r.sequence_number)
    assert received, "two key frames of everything were sent"
    numbers = [r.sequence_number for r in received]
    assert len(set(numbers)) == len(numbers)
    frames: dict[int, set[bytes]] = {}
    for before, after in itertools.pairwise(received):
        assert signed_difference(after.rtp_timestamp, before.rtp_timestamp) >= 0
        assert picture_id(after.payload) - picture_id(before.payload) in (0, 1, 2)
    for one in received:
        frames.setdefault(one.rtp_timestamp, set()).add(one.payload[2:5])
    assert all(len(fields) == 1 for fields in frames.values()), "a frame has one PictureID"
    first = story.viewer.received()[0].payload
    assert first[0] & 0x10, "starts at the start of a frame"
    assert not first[6] & 1, "which is a key frame"


def picture_id(payload: bytes) -> int:
    """Return the PictureID; these streams are too short to wrap."""
    return int.from_bytes(payload[2:4], "big") & 0x7FFF
