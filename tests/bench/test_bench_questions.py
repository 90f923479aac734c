"""The bench of votes runs, and their fold keeps its goal even on a shared machine."""

import pytest
from bench import bench_questions

pytestmark = pytest.mark.bench


def test_a_thousand_votes_a_second_fold_on_a_fifth_of_a_core() -> None:
    figures = bench_questions.run(votes=5_000, people=1_000, questions=500)
    assert figures.fold_ratio <= 0.2
    assert figures.summary_bytes < 512
    assert figures.host_summary_bytes < 1024
    assert figures.room_us > 0
