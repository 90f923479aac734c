"""The line rule: a slot's timestamps follow the server's clock, whatever source it shows."""

import itertools

import pytest
from conformance.rig import Publisher, Rig, Viewer

CLOCK_HZ = 90_000
TOLERANCE_TICKS = CLOCK_HZ // 50  # 20 ms; reports are the thing to be exact, not frames.


def signed(difference: int) -> int:
    return ((difference + 2**31) & 0xFFFF_FFFF) - 2**31


def show(
    rig: Rig, viewer: Viewer, publisher: Publisher, *others: Publisher, frames: int = 10
) -> None:
    """Switch to a publisher while all of them send and report, as cameras do."""
    viewer.watch(publisher)
    for number in range(frames):
        for sender in (publisher, *others):
            sender.send_frame(keyframe=number == 0 and sender is publisher)
            if number == frames // 2:
                sender.report(sender.encodings[0])
        rig.advance(1 / 30)


def line_errors(viewer: Viewer) -> list[int]:
    """Return by how many ticks each packet is off the line through the first one."""
    first = viewer.received()[0]
    return [
        signed(r.rtp_timestamp - first.rtp_timestamp - round((r.at_s - first.at_s) * CLOCK_HZ))
        for r in viewer.received()
    ]


def test_sources_with_other_timestamps_stay_on_one_line(rig: Rig) -> None:
    publishers = [rig.publisher(rids=()) for _ in range(3)]
    viewer = rig.viewer()
    for turn in range(9):
        show(rig, viewer, *publishers[turn % 3 :], *publishers[: turn % 3])
    assert max(map(abs, line_errors(viewer))) < TOLERANCE_TICKS


def test_a_sender_whose_clock_is_wrong_stays_on_the_line(rig: Rig) -> None:
    """Its reports are 3 s ahead; passed on as they are they freeze the picture (slots.md §2)."""
    honest, ahead, viewer = rig.publisher(rids=()), rig.publisher(rids=()), rig.viewer()
    ahead.clock_ahead_s = 3.0
    for _ in range(3):
        show(rig, viewer, honest, ahead)
        show(rig, viewer, ahead, honest)
    # What is replayed first was captured a frame ago.
    assert max(map(abs, line_errors(viewer))) < CLOCK_HZ / 30 + TOLERANCE_TICKS


def test_a_capture_time_from_the_report_beats_the_arrival(rig: Rig) -> None:
    """A frame that was held up on the way belongs where it was captured."""
    first, second, viewer = rig.publisher(rids=()), rig.publisher(rids=()), rig.viewer()
    show(rig, viewer, first)
    second.send_frame(keyframe=True)  # So that its SSRC is known when the report comes.
    second.report(second.encodings[0])
    rig.advance(1 / 30)
    second.send_frames(5, interval_s=1 / 30)
    viewer.watch(second)
    rig.advance(0.2)
    packets = second.encodings[0].frame(keyframe=True)  # Captured 0.2 s ago, by its timestamp.
    second.send(packets)

    assert line_errors(viewer)[-1] == pytest.approx(-0.2 * CLOCK_HZ, abs=TOLERANCE_TICKS)


def test_an_absurd_report_is_not_believed(rig: Rig) -> None:
    honest, liar, viewer = rig.publisher(rids=()), rig.publisher(rids=()), rig.viewer()
    show(rig, viewer, honest)
    liar.send_frame()
    liar.report(liar.encodings[0])
    liar.encodings[0].rtp_timestamp += 60 * CLOCK_HZ
    show(rig, viewer, liar)
    assert max(map(abs, line_errors(viewer))) < TOLERANCE_TICKS


def test_time_never_stands_or_goes_back(rig: Rig) -> None:
    first, second, viewer = rig.publisher(rids=()), rig.publisher(rids=()), rig.viewer()
    for _ in range(5):
        for publisher in (first, second):
            viewer.watch(publisher)
            publisher.send_frame(keyframe=True)  # At the same moment as the one before.

    timestamps = list(dict.fromkeys(r.rtp_timestamp for r in viewer.received()))
    assert len(timestamps) >= 10
    assert all(signed(b - a) > 0 for a, b in itertools.pairwise(timestamps))


def test_the_line_goes_on_while_the_slot_is_empty(rig: Rig) -> None:
    first, second, viewer = rig.publisher(rids=()), rig.publisher(rids=()), rig.viewer()
    show(rig, viewer, first)
    rig.forwarder.clear_slot(viewer.video.slot_id)
    rig.advance(30.0)
    show(rig, viewer, second)
    assert max(map(abs, line_errors(viewer))) < TOLERANCE_TICKS


def test_steps_within_a_source_are_its_own(rig: Rig) -> None:
    publisher, viewer = rig.publisher(rids=()), rig.viewer()
    viewer.watch(publisher)
    publisher.send_frame(keyframe=True)
    publisher.encodings[0].ticks_per_frame = 4567
    publisher.send_frames(3, interval_s=0.01)
    timestamps = list(dict.fromkeys(r.rtp_timestamp for r in viewer.received()))
    assert [signed(b - a) for a, b in itertools.pairwise(timestamps)] == [4567] * 3
