"""A viewer that asks on and on, or lies about its losses, costs others little and no picture."""

from collections.abc import Callable

import pytest
from conformance.rig import Publisher, Rig, Viewer

KEYFRAME, DELTA = 40, 1  # Packets of 1 kB: a shared screen on which little moves.
FRAMES_PER_S = 5


class Screen:
    """Sends a key frame whenever it is asked for one; counts what they cost."""

    def __init__(self, publisher: Publisher) -> None:
        self._publisher = publisher
        self._answered = -1
        self.keyframes = 0

    def send_frame(self) -> None:
        asked = len(self._publisher.plis)
        keyframe, self._answered = asked > self._answered, asked
        self.keyframes += keyframe
        packets = KEYFRAME if keyframe else DELTA
        self._publisher.send_frame(keyframe=keyframe, sizes=(1000,) * packets)
        self._publisher.rig.advance(1 / FRAMES_PER_S)


def ask_for_pictures(viewer: Viewer) -> None:
    viewer.pli(viewer.video)


def claim_to_have_got_nothing(viewer: Viewer) -> None:
    numbers = [each.sequence_number for each in viewer.received()]
    if numbers:
        viewer.nack(viewer.video, numbers[-60:-30])


def do_both(viewer: Viewer) -> None:
    ask_for_pictures(viewer)
    claim_to_have_got_nothing(viewer)


@pytest.mark.parametrize("insist", [ask_for_pictures, claim_to_have_got_nothing, do_both])
def test_who_asks_on_and_on_has_ever_fewer_key_frames_made(
    rig: Rig, insist: Callable[[Viewer], None]
) -> None:
    publisher, honest, liar = rig.publisher(rids=()), rig.viewer(), rig.viewer()
    screen = Screen(publisher)
    honest.watch(publisher)
    liar.watch(publisher)
    for _ in range(60 * FRAMES_PER_S):
        screen.send_frame()
        insist(liar)
        del liar.packets[:-200]
    assert screen.keyframes <= 12
    deltas = 60 * FRAMES_PER_S - screen.keyframes
    assert len(honest.received()) == KEYFRAME * screen.keyframes + DELTA * deltas

    late = rig.viewer()
    late.watch(publisher)
    for _ in range(FRAMES_PER_S + 2):
        screen.send_frame()
    assert late.received(), "who comes meanwhile sees a picture within a second, as ever"


def test_who_needs_a_key_frame_once_gets_it_though_the_budget_is_spent(rig: Rig) -> None:
    publisher, liar, unlucky = rig.publisher(rids=()), rig.viewer(), rig.viewer()
    screen = Screen(publisher)
    for viewer in (liar, unlucky):
        viewer.watch(publisher)
    for _ in range(60 * FRAMES_PER_S):
        screen.send_frame()
        ask_for_pictures(liar)
    before = screen.keyframes
    unlucky.pli(unlucky.video)
    for _ in range(FRAMES_PER_S + 2):
        screen.send_frame()
    assert screen.keyframes == before + 1


def test_who_was_patient_for_a_minute_is_forgiven(rig: Rig) -> None:
    publisher, viewer = rig.publisher(rids=()), rig.viewer()
    screen = Screen(publisher)
    viewer.watch(publisher)
    for _ in range(40 * FRAMES_PER_S):
        screen.send_frame()
        ask_for_pictures(viewer)
    for _ in range(100 * FRAMES_PER_S):
        screen.send_frame()
    before = screen.keyframes
    for _ in range(4 * FRAMES_PER_S):
        screen.send_frame()
        ask_for_pictures(viewer)
    assert screen.keyframes >= before + 2


def test_lies_about_losses_treble_no_voice_but_the_liars(rig: Rig) -> None:
    publisher = rig.publisher()
    honest, liar = rig.viewer(), rig.viewer()
    for viewer in (honest, liar):
        viewer.listen(publisher)
    for _ in range(300):
        publisher.speak()
        liar.report(liar.audio, fraction_lost=255)
        rig.advance(0.02)
    assert len(honest.received(honest.audio)) == 300
    sizes = {len(each.payload) for each in honest.received(honest.audio)}
    assert sizes == {100}
