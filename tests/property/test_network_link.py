"""What holds for every emulated link, whatever is offered to it."""

from math import inf

from hypothesis import given
from hypothesis import strategies as st

from emporion.engine.testing.network import (
    BurstLoss,
    ConstantRate,
    Link,
    LinkProfile,
    Outage,
    RandomLoss,
    StepRate,
    WalkRate,
)

RATES = st.one_of(
    st.floats(1e4, 1e8).map(ConstantRate),
    st.lists(
        st.tuples(st.floats(0.01, 2), st.sampled_from([0.0, 1e5, 2e6])), min_size=1, max_size=6
    )
    .filter(lambda steps: any(bps > 0 for _, bps in steps))
    .map(StepRate),
    st.just(WalkRate(((0, 0), (0.1, 0), (0.5, 1e6), (1, 5e6)), period_s=20, max_gap_s=3)),
)
LOSSES = st.one_of(
    st.none(),
    st.floats(0, 1).map(RandomLoss),
    st.builds(BurstLoss, st.floats(0, 1), st.floats(0.01, 1), st.floats(0, 1)),
)
PROFILES = st.builds(
    LinkProfile,
    rate=RATES,
    queue_bytes=st.one_of(st.none(), st.integers(0, 100_000)),
    queue_s=st.floats(0, 2),
    codel=st.booleans(),
    delay_s=st.floats(0, 0.5),
    jitter_s=st.sampled_from([0.0, 0.01, 0.2]),
    reorders=st.booleans(),
    loss=LOSSES,
    outages=st.sampled_from([(), (Outage(0.5, 1),), (Outage(0.1, 0.2, 0.5),)]),
)
OFFERS = st.lists(st.tuples(st.floats(0, 0.2), st.integers(29, 1500)), max_size=80)
SEEDS = st.integers(0, 2**31)


def send(
    link: Link[int], offers: list[tuple[float, int]], *, looks_s: float = inf
) -> list[tuple[float, int]]:
    """Offer all and wait for the last; returns (time, packet). `looks_s`: also look so often."""
    arrived: list[tuple[float, int]] = []
    now_s = 0.0
    for item, (gap_s, size_bytes) in enumerate([*offers, (0.0, 0)]):
        until_s = now_s + gap_s if size_bytes else inf
        while (next_s := min(link.next_s, now_s + looks_s)) <= until_s and link.waiting:
            now_s = max(now_s, next_s)
            arrived.extend((now_s, taken) for taken in link.take(now_s))
        if size_bytes:
            now_s = until_s
            link.offer(size_bytes, item, now_s)
    return arrived


@given(profile=PROFILES, offers=OFFERS, seed=SEEDS)
def test_each_packet_arrives_or_is_counted(
    profile: LinkProfile, offers: list[tuple[float, int]], seed: int
) -> None:
    link, now_s = Link[int](profile, seed=seed), 0.0
    for item, (gap_s, size_bytes) in enumerate(offers):
        now_s += gap_s
        link.offer(size_bytes, item, now_s)
        counters = link.counters
        assert counters.offered == counters.delivered + counters.missing + link.waiting
    arrived = send(link, [])
    counters = link.counters
    assert len(arrived) == counters.delivered == counters.offered - counters.missing
    assert len({item for _, item in arrived}) == len(arrived)
    assert link.queued_bytes == 0


@given(profile=PROFILES, offers=OFFERS, seed=SEEDS)
def test_without_reordering_the_order_is_kept(
    profile: LinkProfile, offers: list[tuple[float, int]], seed: int
) -> None:
    items = [item for _, item in send(Link[int](profile, seed=seed), offers)]
    assert profile.reorders or items == sorted(items)


@given(profile=PROFILES, offers=OFFERS, seed=SEEDS)
def test_the_same_seed_gives_the_same_arrivals(
    profile: LinkProfile, offers: list[tuple[float, int]], seed: int
) -> None:
    assert send(Link(profile, seed=seed), offers) == send(Link(profile, seed=seed), offers)


@given(profile=PROFILES, offers=OFFERS, seed=SEEDS, looks_s=st.sampled_from([0.001, 0.03]))
def test_looking_more_often_changes_no_packets_fate(
    profile: LinkProfile, offers: list[tuple[float, int]], seed: int, looks_s: float
) -> None:
    seldom, often = Link[int](profile, seed=seed), Link[int](profile, seed=seed)
    once = [item for _, item in send(seldom, offers)]
    assert [item for _, item in send(often, offers, looks_s=looks_s)] == once
    assert seldom.counters == often.counters


@given(rate=RATES, offers=OFFERS, seed=SEEDS)
def test_no_window_carries_more_than_its_rate_and_one_packet(
    rate: ConstantRate | StepRate | WalkRate, offers: list[tuple[float, int]], seed: int
) -> None:
    link = Link[int](LinkProfile(rate=rate, queue_s=60, delay_s=0), seed=seed)
    arrived = send(link, offers)
    line = rate.line(seed)
    for first in range(len(arrived)):
        bits = 0
        for at_s, item in arrived[first:]:
            bits += offers[item][1] * 8
            allowed = line.bits_between(arrived[first][0], at_s) + 1500 * 8
            assert bits <= allowed * (1 + 1e-6) + 1


@given(profile=PROFILES, offers=OFFERS, seed=SEEDS)
def test_nothing_arrives_before_its_delay(
    profile: LinkProfile, offers: list[tuple[float, int]], seed: int
) -> None:
    sent_s, now_s = [], 0.0
    for gap_s, _ in offers:
        now_s += gap_s
        sent_s.append(now_s)
    for at_s, item in send(Link(profile, seed=seed), offers):
        assert at_s >= sent_s[item] + profile.delay_s - 1e-9
