"""The saver bench: its arithmetic, and a run of a few seconds."""

import msgspec
import pytest
from bench import bench_saver
from bench.bench_saver import Count, spell_of

pytestmark = pytest.mark.bench


def test_rates_are_of_the_time_between_the_counts() -> None:
    first = Count(
        at_s=10, received=500, packets=9, audio=100, video=50, repeated=5, voices=1, frames=7
    )
    later = msgspec.structs.replace(first, at_s=11, received=1500, packets=19, audio=600)
    last = msgspec.structs.replace(later, at_s=14, received=4500, video=450, frames=27)
    spell = spell_of([first, later, last])
    assert spell.seconds == (8000, 8000)
    assert spell.with_datagrams_bps == 8 * (4000 + 28 * 10) / 4
    assert (spell.audio_bps, spell.video_bps, spell.repeated_bps) == (1000, 800, 0)
    assert spell.frames_per_s == 5


@pytest.mark.browser
def test_who_saves_data_receives_less_than_it_says() -> None:
    (saving,) = bench_saver.run([2], seconds=4, settled_s=(3.0, 6.0))
    assert saving.before.received_bps > 1.5 * bench_saver.LIMIT_BPS
    assert saving.after.received_bps <= bench_saver.LIMIT_BPS
    assert saving.after.audio_bps > 15_000, "the teacher is still heard"
