"""Who is heard now, loudest first, and who spoke last."""

from emporion.actors.speakers import HOLD_S, REMEMBERED, Speakers
from emporion.engine.ids import ParticipantId

A, B = ParticipantId("PA_a"), ParticipantId("PA_b")


def test_loudest_first_and_silence_after_the_hold() -> None:
    speakers = Speakers()
    speakers.handle_heard(A, -50, 0.0)
    speakers.handle_heard(B, -20, 0.1)
    assert speakers.current(0.2) == (B, A)
    assert speakers.current(HOLD_S + 0.05) == (B,)
    assert speakers.current(HOLD_S + 0.2) == ()


def test_two_who_talk_at_once_do_not_swap_places() -> None:
    speakers = Speakers()
    for tick in range(20):
        speakers.handle_heard((A, B)[tick % 2], -30, tick * 0.1)
    assert speakers.recent() == (B, A)


def test_who_begins_again_is_the_latest() -> None:
    speakers = Speakers()
    speakers.handle_heard(A, -30, 0.0)
    speakers.handle_heard(B, -30, 0.5)
    assert speakers.recent() == (B, A)
    speakers.handle_heard(A, -30, 5.0)
    assert speakers.recent() == (A, B)


def test_muted_is_not_heard_but_spoke_and_gone_is_neither() -> None:
    speakers = Speakers()
    speakers.handle_heard(A, -30, 0.0)
    speakers.forget(A)
    assert (speakers.current(0.1), speakers.recent()) == ((), (A,))
    speakers.drop(A)
    assert speakers.recent() == ()


def test_memory_is_bounded() -> None:
    speakers = Speakers()
    for number in range(100):
        speakers.handle_heard(ParticipantId(f"PA_{number}"), -30, float(number))
    assert len(speakers.recent()) == REMEMBERED
    assert speakers.recent()[0] == "PA_99"
