"""The courseware bench runs, and the node stays small and quick while pages are drawn."""

import pytest
from bench import bench_courseware

pytestmark = pytest.mark.bench


def test_a_large_document_leaves_the_node_small_and_quick() -> None:
    figures = bench_courseware.run(bench_courseware.noise_pdf(30_000_000, 15), 15)
    assert figures.node_growth_mb < 25, "it keeps the file in its memory"
    assert figures.first_page_s < figures.all_pages_s
    assert figures.renderer_mb < 400
    assert figures.chat_rendering_ms < 250
