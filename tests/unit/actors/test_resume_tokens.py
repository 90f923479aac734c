"""One valid resume token for each participant."""

from emporion.actors.resume_tokens import ResumeTokens


def test_a_new_token_voids_the_old_one() -> None:
    tokens = ResumeTokens()
    first = tokens.issue("room/PA_a")
    second = tokens.issue("room/PA_a")
    assert first != second
    assert tokens.path_of(first) is None
    assert tokens.path_of(second) == "room/PA_a"


def test_forgotten_leaves_nothing() -> None:
    tokens = ResumeTokens()
    tokens.issue("room/PA_a")
    kept = tokens.issue("room/PA_b")
    tokens.forget("room/PA_a")
    tokens.forget("room/PA_a")
    assert len(tokens) == 1
    assert tokens.path_of(kept) == "room/PA_b"


def test_tokens_are_long_enough_to_be_secret() -> None:
    assert len(ResumeTokens().issue("x")) >= 40
