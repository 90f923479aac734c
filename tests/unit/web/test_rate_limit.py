"""The token bucket: a burst at once, a rate in the long run."""

from emporion.web.rate_limit import TokenBucket


def test_a_burst_is_let_through_and_no_more() -> None:
    bucket = TokenBucket(50, 200, 0.0)
    assert [bucket.take(0.0) for _ in range(201)] == [True] * 200 + [False]


def test_it_fills_with_time() -> None:
    bucket = TokenBucket(50, 1, 0.0)
    assert bucket.take(0.0)
    assert not bucket.take(0.019)
    assert bucket.take(0.0201)


def test_it_never_holds_more_than_the_burst() -> None:
    bucket = TokenBucket(50, 3, 0.0)
    assert sum(bucket.take(1000.0) for _ in range(10)) == 3


def test_the_long_run_is_the_rate() -> None:
    bucket = TokenBucket(50, 200, 0.0)
    taken = sum(bucket.take(tick / 1000) for tick in range(10_000))
    assert 50 * 10 + 200 - 2 <= taken <= 50 * 10 + 200
