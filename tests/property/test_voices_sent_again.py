"""Whatever is asked for again of a voice: no SRTP index is ever sealed for two messages.

The listener's SRTP receiver keeps a replay window, so another message with an index that it knows
would be refused and the test would fail; only the very same octets may come again.
"""

import random
from collections import Counter

from conformance.rig import VIEWER_OPUS, Publisher, Rig
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from emporion.engine.forward.reference import ReferenceForwarder

STEPS = st.lists(
    st.sampled_from(
        ["speak", "speak", "speak", "nack", "nack", "all", "keep", "late", "padding", "other",
         "losses", "none", "mute", "clear", "wait", "second"]
    ),
    min_size=10,
    max_size=120,
)  # fmt: skip


class Story:
    """Two publishers, a listener, and steps that happen to them."""

    def __init__(self, seed: int) -> None:
        self.rig = Rig(ReferenceForwarder())
        self.random = random.Random(seed)
        self.publishers = [self.rig.publisher(rids=()), self.rig.publisher(rids=())]
        self.heard: Publisher = self.publishers[0]
        opus = replace(VIEWER_OPUS, red_payload_type=63)
        self.viewer = self.rig.viewer(numbered=True, audio_nack=True, opus=opus)
        self.viewer.listen(self.heard)
        self.kept: list[tuple[Publisher, bytes]] = []

    def step(self, name: str) -> None:
        numbers = [packet.sequence_number for packet in self.viewer.packets[-40:]]
        match name:
            case "keep":
                self.kept.append((self.heard, self.heard.microphone.next_packet()))
            case "late" if self.kept:
                publisher, packet = self.kept.pop(self.random.randrange(len(self.kept)))
                publisher.send([packet])
            case "padding":
                self.heard.send([self.heard.microphone.padding_only()])
            case "nack" if numbers:
                lost = {self.random.choice(numbers) + self.random.choice((0, 0, 0, 1, 32))}
                self.viewer.nack(self.viewer.audio, [number & 0xFFFF for number in lost])
            case "all" if numbers:
                self.viewer.nack(self.viewer.audio, numbers)
            case "losses" | "none":
                self.viewer.report(self.viewer.audio, fraction_lost=25 if name == "losses" else 0)
            case _:
                self._turn(name)
        for publisher in self.publishers:
            publisher.speak(size=self.random.randint(20, 60))
        self.rig.advance({"wait": 0.7, "second": 1.0}.get(name, 0.02))

    def _turn(self, name: str) -> None:
        if name == "other":
            self.heard = self.publishers[1 - self.publishers.index(self.heard)]
            self.viewer.listen(self.heard)
        elif name == "mute":
            self.rig.forwarder.pause_track(self.heard.audio_track, True)
            self.rig.forwarder.pause_track(self.heard.audio_track, False)
        elif name == "clear":
            self.rig.forwarder.clear_slot(self.viewer.audio.slot_id)
            self.viewer.listen(self.heard)


@settings(max_examples=100, deadline=None)
@given(steps=STEPS, seed=st.integers(0, 2**16))
def test_what_comes_again_is_what_came_before(steps: list[str], seed: int) -> None:
    story = Story(seed)
    for name in [*steps, *["speak"] * 8, "all"]:
        story.step(name)

    repeats = Counter(story.viewer.repeats)
    assert repeats, "all that could be played was asked for in the end"
    assert max(repeats.values()) <= 2
    statistics = story.rig.forwarder.statistics()
    assert statistics.audio_retransmissions_sent == repeats.total()
    asked = statistics.audio_retransmissions_sent + statistics.audio_retransmissions_refused
    assert asked == statistics.nacks_received
