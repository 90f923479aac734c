"""The line and the snap rule: time never stands still or runs back, and errors do not add up."""

from hypothesis import given
from hypothesis import strategies as st

from emporion.engine.forward.audio_snap import MAX_SKIPPED, snap
from emporion.engine.forward.timestamp_line import (
    CAPTURE_SPAN_S,
    MASK,
    ParticipantClock,
    SourceClock,
    TimestampLine,
    signed_difference,
)

TIMESTAMPS = st.integers(0, MASK)


@given(a=TIMESTAMPS, b=TIMESTAMPS)
def test_a_difference_is_signed_and_exact(a: int, b: int) -> None:
    difference = signed_difference(a, b)
    assert -(2**31) <= difference < 2**31
    assert (b + difference) & MASK == a


@given(
    base=TIMESTAMPS,
    joins=st.lists(
        st.tuples(TIMESTAMPS, st.floats(0.0, 5.0), st.floats(-0.4, 0.4)), min_size=2, max_size=20
    ),
)
def test_every_join_is_later_than_what_was_sent(
    base: int, joins: list[tuple[int, float, float]]
) -> None:
    line = TimestampLine(base, 90_000)
    now_s = 1000.0
    for rtp_timestamp, wait_s, early_s in joins:
        now_s += wait_s
        before = line.last
        outbound = line.join(rtp_timestamp, now_s + early_s, now_s)
        assert (rtp_timestamp + line.offset) & MASK == outbound
        if before is not None:
            assert signed_difference(outbound, before) >= 90
        line.last, line.last_sent_s = outbound, now_s
        assert signed_difference(outbound, line.at(now_s)) / 90_000 < 0.45


@given(
    ntp_s=st.floats(1.0, 4e9),
    report_rtp=TIMESTAMPS,
    rtp_timestamp=TIMESTAMPS,
    arrival_s=st.floats(0.0, 1e6),
)
def test_a_capture_is_never_far_from_the_arrival(
    ntp_s: float, report_rtp: int, rtp_timestamp: int, arrival_s: float
) -> None:
    clock = SourceClock(ParticipantClock(), 90_000)
    clock.report(ntp_s, report_rtp, arrival_s)
    assert abs(clock.capture_s(rtp_timestamp, arrival_s) - arrival_s) <= CAPTURE_SPAN_S


@given(
    last=TIMESTAMPS,
    duration=st.sampled_from([120, 480, 960, 1920, 2880]),
    ahead=st.integers(-(2**31), 2**31 - 1),
    skipped=st.integers(0, 10),
)
def test_a_snap_moves_forward_and_errs_by_half_a_packet_at_most(
    last: int, duration: int, ahead: int, skipped: int
) -> None:
    outbound = snap(last=last, duration=duration, ahead=ahead, skipped=skipped)
    if outbound is None:
        assert ahead < duration
        assert skipped < MAX_SKIPPED
        return
    assert outbound - last >= duration
    if skipped < MAX_SKIPPED:
        assert abs(outbound - (last + ahead)) <= duration // 2
