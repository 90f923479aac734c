"""When key frames are asked for."""

import itertools

from emporion.engine.forward.keyframe_budget import FIRST_BYTES
from emporion.engine.forward.keyframe_requests import MIN_INTERVAL_S, KeyframeRequests


def test_the_first_request_is_at_once() -> None:
    requests: KeyframeRequests[str] = KeyframeRequests()
    requests.need("h", 10.0)
    assert requests.poll(10.0) == ("h",)


def test_nothing_is_asked_without_need() -> None:
    requests: KeyframeRequests[str] = KeyframeRequests()
    assert requests.poll(10.0) == ()
    assert requests.due_s == float("inf")


def test_a_second_need_waits_for_the_interval() -> None:
    requests: KeyframeRequests[str] = KeyframeRequests()
    requests.need("h", 10.0)
    requests.poll(10.0)
    requests.forget("h")
    requests.need("l", 10.1)
    assert requests.poll(10.1) == ()
    assert requests.poll(10.0 + MIN_INTERVAL_S) == ("l",)


def test_needs_that_come_together_are_asked_together() -> None:
    requests: KeyframeRequests[str] = KeyframeRequests()
    requests.need("h", 10.0)
    requests.need("l", 10.0)
    assert requests.poll(10.0) == ("h", "l")


def test_a_need_that_is_known_is_no_news() -> None:
    requests: KeyframeRequests[str] = KeyframeRequests()
    assert requests.need("h", 10.0)
    assert not requests.need("h", 10.0)


def test_repeats_become_rarer() -> None:
    requests: KeyframeRequests[str] = KeyframeRequests()
    requests.need("h", 0.0)
    times_s = [step / 100 for step in range(2000) if requests.poll(step / 100)]
    gaps_s = [round(b - a, 2) for a, b in itertools.pairwise(times_s)]
    assert gaps_s[:4] == [0.33, 1.0, 2.5, 3.0]
    assert set(gaps_s[4:]) == {3.0}


def test_a_key_frame_ends_it() -> None:
    requests: KeyframeRequests[str] = KeyframeRequests()
    requests.need("h", 0.0)
    requests.poll(0.0)
    requests.forget("h")
    assert requests.poll(100.0) == ()


def spend(requests: KeyframeRequests[str]) -> None:
    """More than what is saved up to begin with."""
    requests.budget.note_keyframe(FIRST_BYTES + 15_000, 50_000)


def test_when_the_budget_is_spent_who_sees_nothing_waits_a_second() -> None:
    requests = KeyframeRequests[str]()
    requests.need("l", 10.0)
    assert requests.poll(10.0) == ("l",)
    requests.forget("l")
    spend(requests)
    assert requests.need("l", 10.5)
    assert requests.poll(10.9) == ()
    assert requests.poll(11.0) == ("l",)


def test_and_who_sees_a_picture_waits_three() -> None:
    requests = KeyframeRequests[str]()
    requests.need("l", 10.0)
    requests.poll(10.0)
    requests.forget("l")
    spend(requests)
    assert requests.need("h", 10.5, is_urgent=False)
    assert requests.poll(12.9) == ()
    assert requests.poll(13.0) == ("h",)


def test_a_need_becomes_urgent() -> None:
    requests = KeyframeRequests[str]()
    requests.need("l", 10.0)
    requests.poll(10.0)
    requests.forget("l")
    spend(requests)
    requests.need("h", 10.1, is_urgent=False)
    assert not requests.need("h", 10.2), "known, if less urgent"
    assert requests.poll(11.0) == ("h",)


def test_credit_that_comes_in_ends_the_wait() -> None:
    requests = KeyframeRequests[str]()
    requests.need("l", 10.0)
    requests.poll(10.0)
    requests.forget("l")
    spend(requests)
    requests.need("h", 10.5, is_urgent=False)
    requests.budget.note(99_000)
    assert requests.poll(10.6) == ()
    requests.budget.note(2_000)  # 15 % of all of it are what was overdrawn.
    assert requests.poll(10.7) == ("h",)
