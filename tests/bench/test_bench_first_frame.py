"""The first frame's bench runs; a ceiling that only a lost key frame or handshake would break."""

import pytest
from bench import bench_first_frame

pytestmark = pytest.mark.bench


def test_a_picture_comes_soon_after_the_click() -> None:
    (join,) = bench_first_frame.run(1, warm_ups=0)
    assert join.frame_ms < 4000
