"""Mahimahi's traces: what they carry, and what is no trace."""

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emporion.engine.testing.network import TraceError, format_trace, parse_trace, read_trace
from emporion.engine.testing.network import trace as trace_module
from emporion.engine.testing.network.trace import CHANCE_BYTES


def test_each_line_lets_1500_bytes_through() -> None:
    """12 Mbit/s, as in mm-link(1): one chance each millisecond."""
    rate = parse_trace(format_trace(range(1, 101)))
    assert rate.period_s == pytest.approx(0.1)
    assert rate.mean_bps == pytest.approx(12e6)
    assert rate.end_s(0.0, CHANCE_BYTES * 8) == pytest.approx(0.001)


def test_a_trace_begins_anew_at_its_last_time() -> None:
    rate = parse_trace(b"1000\n")
    assert rate.end_s(0.0, CHANCE_BYTES * 8) == pytest.approx(1.0)
    assert rate.end_s(1.0, 2 * CHANCE_BYTES * 8) == pytest.approx(3.0)


def test_a_gap_carries_nothing() -> None:
    rate = parse_trace(b"10\n5000\n")
    assert rate.bits_between(0.010, 4.990) == pytest.approx(0, abs=1e-6)
    assert rate.end_s(0.010, 8) > 4.990


@given(times_ms=st.lists(st.integers(0, 5000), min_size=1, max_size=300).map(sorted))
def test_nothing_of_a_trace_is_lost_and_none_is_early(times_ms: list[int]) -> None:
    if times_ms[-1] == 0:
        times_ms.append(1)
    rate = parse_trace(format_trace(times_ms))
    whole = len(times_ms) * CHANCE_BYTES * 8
    assert rate.bits_between(0, rate.period_s) == pytest.approx(whole)
    for count, time_ms in enumerate(times_ms, start=1):
        at_s = rate.end_s(0.0, count * CHANCE_BYTES * 8)
        assert at_s == pytest.approx(time_ms / 1000, abs=0.0101)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n\n",
        b"0\n0\n",
        b"5\n4\n",
        b"-1\n",
        b"1.5\n",
        b"ten\n",
        b"99999999999999999999\n",
        b"7200001\n",
        b"\x00\xff",
        "٣\n".encode(),
    ],
)
def test_what_is_no_trace_is_refused_with_its_line(data: bytes) -> None:
    with pytest.raises(TraceError):
        parse_trace(data)


@given(data=st.binary(max_size=200))
def test_any_bytes_give_a_trace_or_an_error(data: bytes) -> None:
    with suppress(TraceError):
        assert parse_trace(data).mean_bps > 0


def test_a_file_that_is_too_long_is_not_read_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trace_module, "MAX_TRACE_BYTES", 10)
    file = tmp_path / "long.trace"
    file.write_bytes(b"1\n" * 6)
    with pytest.raises(TraceError, match="longer"):
        read_trace(file)
