"""The legibility bench: its reading of a page, and a run of a few seconds."""

import pytest
from bench import bench_legibility
from bench.bench_legibility import PAGES, share_right

pytestmark = pytest.mark.bench


def test_what_is_read_is_compared_with_the_page_of_that_time() -> None:
    text = PAGES[1].replace("|", "\n")
    assert share_right(text, 15.0) == 1.0
    assert share_right(text, 20.5) == 1.0, "the picture is some moments old"
    assert share_right(text, 28.0) < 0.7
    assert share_right("", 15.0) == 0.0


@pytest.mark.browser
def test_a_shared_page_is_read_through_a_slow_link() -> None:
    (reading,) = bench_legibility.run(["teaching"], seconds=3, people=2)
    assert len(reading.right) == 3
    assert max(reading.right) > 0.8
