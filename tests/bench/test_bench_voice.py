"""The voice bench: a viewer of a lossy link asks for lost packets of the voice, and gets them."""

import pytest
from bench import bench_voice

from emporion.engine.testing.network import PROFILES

pytestmark = pytest.mark.bench


@pytest.mark.browser
def test_less_of_a_voice_is_made_up_when_lost_packets_come_again() -> None:
    figures = bench_voice.run(
        PROFILES["lossy-5"], [1], seconds=6, cases=[(False, False), (False, True)], warm_up_s=2
    )
    without, repaired = figures
    assert without.nacks == 0
    assert repaired.nacks > 0
    assert repaired.concealed_ratio < without.concealed_ratio
