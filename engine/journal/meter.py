"""Counts of all journals of a node: the meter is shared, so that no count falls with a room."""

from bisect import bisect_left
from dataclasses import dataclass
from typing import Final

COMMIT_BUCKETS_S: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0)


@dataclass(frozen=True, slots=True)
class JournalStatistics:
    """Counters since the start of the node, read at scrape time."""

    open_journals: int
    entries_appended: int
    entries_pending: int
    commits: int
    bytes_written: int
    write_failures: int
    torn_recoveries: int
    commit_delay_s_sum: float  # From the append of a batch's oldest entry until it was durable.
    commit_delay_buckets: tuple[tuple[float, int], ...]  # (upper bound in s, cumulative)


class JournalMeter:
    """Plain numbers that journals write and the metrics collector reads."""

    def __init__(self) -> None:
        self.open_journals = 0
        self.entries_appended = 0
        self.entries_pending = 0
        self.bytes_written = 0
        self.write_failures = 0
        self.torn_recoveries = 0
        self._commits = 0
        self._delay_s_sum = 0.0
        self._delays = [0] * (len(COMMIT_BUCKETS_S) + 1)

    def count_commit(self, *, entries: int, size_bytes: int, delay_s: float) -> None:
        """Take in one batch that is now durable."""
        self.entries_pending -= entries
        self.bytes_written += size_bytes
        self._commits += 1
        self._delay_s_sum += delay_s
        self._delays[bisect_left(COMMIT_BUCKETS_S, delay_s)] += 1

    def statistics(self) -> JournalStatistics:
        cumulative, buckets = 0, []
        for bound_s, count in zip(COMMIT_BUCKETS_S, self._delays, strict=False):
            cumulative += count
            buckets.append((bound_s, cumulative))
        return JournalStatistics(
            open_journals=self.open_journals,
            entries_appended=self.entries_appended,
            entries_pending=self.entries_pending,
            commits=self._commits,
            bytes_written=self.bytes_written,
            write_failures=self.write_failures,
            torn_recoveries=self.torn_recoveries,
            commit_delay_s_sum=self._delay_s_sum,
            commit_delay_buckets=tuple(buckets),
        )
