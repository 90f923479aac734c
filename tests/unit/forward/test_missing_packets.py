"""What is missing, and when it is asked for."""

from emporion.engine.forward.missing_packets import MAX_MISSING, MAX_TRIES, MissingPackets


def test_nothing_is_asked_before_packets_may_have_overtaken() -> None:
    missing = MissingPackets()
    missing.gap(5, 8, 1.0)
    assert missing.poll(1.004) == []
    assert missing.poll(1.006) == [5, 6, 7]


def test_what_came_is_not_asked_for() -> None:
    missing = MissingPackets()
    missing.gap(5, 8, 1.0)
    assert missing.arrived(6)
    assert not missing.arrived(6)
    assert missing.poll(1.1) == [5, 7]


def test_it_is_given_up_after_some_tries() -> None:
    missing = MissingPackets()
    missing.gap(5, 6, 0.0)
    asked = sum(len(missing.poll(step / 100)) for step in range(1000))
    assert asked == MAX_TRIES
    assert len(missing) == 0
    assert missing.due_s == float("inf")


def test_memory_is_bounded() -> None:
    missing = MissingPackets()
    for start in range(0, 10_000, 50):
        missing.gap(start, start + 50, 0.0)
        assert len(missing) <= MAX_MISSING


def test_due_is_never_behind_what_there_is() -> None:
    missing = MissingPackets()
    missing.gap(5, 6, 1.0)
    missing.poll(1.01)
    missing.gap(9, 10, 1.02)
    assert missing.due_s <= 1.025 + 1e-9
    assert missing.poll(missing.due_s) == [9]
