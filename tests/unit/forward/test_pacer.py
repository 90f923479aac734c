"""The pacer's arithmetic, without packets: bursts, idle links, probes, and no rate at all."""

import pytest

from emporion.engine.forward.pacer import BURST_S, MAX_BURST_PACKETS, Pacer, RunningProbe

RATE_BPS = 1_000_000  # 5 ms are 625 bytes.


def test_what_takes_five_milliseconds_is_admitted_once() -> None:
    pacer = Pacer(RATE_BPS)
    assert pacer.admit(600, 1, 10.0)
    assert not pacer.admit(600, 1, 10.0)
    assert pacer.admit(600, 1, 10.0 + BURST_S)


def test_time_in_which_nothing_waited_is_not_made_up_for() -> None:
    pacer = Pacer(RATE_BPS)
    pacer.begin(0, 10.0)
    assert pacer.room(100, 10.0) == 6
    pacer.begin(0, 60.0)
    assert pacer.room(100, 60.0) == 6


def test_voices_take_their_share_while_something_waits() -> None:
    pacer = Pacer(RATE_BPS)
    pacer.begin(50_000, 10.0)  # What went out before is none of it.
    pacer.yield_to(50_500, 10.0)
    assert pacer.room(100, 10.0) == 1
    pacer.yield_to(51_000, 10.0)
    assert pacer.room(100, 10.0) == 0


def test_a_large_packet_goes_when_the_link_is_free() -> None:
    pacer = Pacer(100_000)
    pacer.begin(0, 10.0)
    assert pacer.room(1200, 10.0) == 1
    pacer.charge(1, 1200, 10.0)
    assert pacer.room(1200, 10.09) == 0
    assert pacer.room(1200, 10.1) == 1


def test_without_a_rate_only_the_packets_are_bounded() -> None:
    pacer = Pacer(0)
    assert pacer.admit(10**6, MAX_BURST_PACKETS, 10.0)
    assert pacer.room(1200, 10.0) == MAX_BURST_PACKETS
    pacer.charge(3, 3600, 10.0)
    assert pacer.admit(10**6, MAX_BURST_PACKETS, 10.0)


@pytest.mark.parametrize(
    ("packets", "size_bytes", "now_s", "is_over"),
    [
        (5, 2000, 10.01, False),  # Its time has not passed.
        (5, 2000, 10.03, True),
        (4, 2000, 10.03, False),  # Too few packets,
        (5, 1000, 10.03, False),  # or too small ones,
        (4, 1000, 10.15, True),  # but it does not last for ever.
    ],
)
def test_a_probe_ends_when_enough_was_sent(
    packets: int, size_bytes: int, now_s: float, is_over: bool
) -> None:
    pacer = Pacer(RATE_BPS)
    pacer.probe = RunningProbe(7, 4_000_000, 5, 2000, until_s=10.02)
    assert (pacer.rate_bps, pacer.probe_id) == (4_000_000, 7)
    pacer.charge(packets, size_bytes, 10.0)
    assert pacer.probe.is_over(now_s) is is_over
