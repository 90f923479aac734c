"""ICE-lite: who is believed, and which path is followed."""

from aioice import stun

from emporion.engine.transport.ice import (
    MAX_PATHS,
    CheckOutcome,
    Credentials,
    IceLite,
    Path,
    new_credentials,
)
from emporion.engine.transport.stun import Check, parse_check

_CREDENTIALS = Credentials("localufrag", "l" * 24, "remote")
_A, _B = Path(0, ("192.0.2.1", 1)), Path(0, ("192.0.2.1", 2))


def _check(
    *,
    nominating: bool = False,
    controlled: bool = False,
    credentials: Credentials = _CREDENTIALS,
    password: str | None = None,
) -> Check:
    message = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
    message.attributes["USERNAME"] = f"{credentials.ufrag}:{credentials.remote_ufrag}"
    message.attributes["ICE-CONTROLLED" if controlled else "ICE-CONTROLLING"] = 1
    if nominating:
        message.attributes["USE-CANDIDATE"] = None
    message.add_message_integrity((password or credentials.password).encode())
    check = parse_check(bytes(message))
    assert check is not None
    return check


def _ice() -> IceLite:
    return IceLite(_CREDENTIALS, checked_at_s=0.0)


def _handle(ice: IceLite, path: Path, now_s: float, *, nominating: bool = False) -> CheckOutcome:
    return ice.handle_check(_check(nominating=nominating), path, now_s)


def test_the_first_path_is_used_before_any_nomination() -> None:
    """webrtc.md 8: Chromium runs DTLS on the first pair that works."""
    ice = _ice()

    outcome = _handle(ice, _A, 1.0)

    assert outcome.reply is not None
    assert outcome.learned == _A
    assert ice.selected == _A
    assert not outcome.moved


def test_a_wrong_password_changes_nothing() -> None:
    ice = _ice()

    outcome = ice.handle_check(_check(password="x" * 24), _A, 1.0)

    assert outcome == CheckOutcome()
    assert ice.selected is None
    assert ice.checked_at_s == 0.0


def test_another_remote_ufrag_is_not_believed() -> None:
    stranger = Credentials(_CREDENTIALS.ufrag, _CREDENTIALS.password, "other")

    assert _ice().handle_check(_check(credentials=stranger), _A, 1.0).reply is None


def test_checks_without_nomination_do_not_move() -> None:
    ice = _ice()
    _handle(ice, _A, 1.0)

    assert not _handle(ice, _B, 1.1).moved
    assert ice.selected == _A


def test_a_nomination_moves() -> None:
    ice = _ice()
    _handle(ice, _A, 1.0, nominating=True)

    assert _handle(ice, _B, 1.1, nominating=True).moved
    assert ice.selected == _B


def test_a_peer_that_nominates_two_paths_in_turn_does_not_make_us_flap() -> None:
    ice = _ice()
    moves = 0
    for step in range(20):
        moves += _handle(ice, _A if step % 2 else _B, step * 0.5, nominating=True).moved

    assert moves == 1


def test_a_path_that_is_nominated_anew_moves_back() -> None:
    ice = _ice()
    _handle(ice, _A, 0.0, nominating=True)
    _handle(ice, _B, 10.0, nominating=True)

    assert _handle(ice, _A, 12.0, nominating=True).moved


def test_a_nominated_path_takes_over_from_one_that_fell_silent() -> None:
    ice = _ice()
    for step in range(4):
        _handle(ice, _A, step * 1.0, nominating=True)
        _handle(ice, _B, step * 1.0, nominating=True)
    assert ice.selected == _B

    moved = [_handle(ice, _A, 4.0 + step, nominating=True).moved for step in range(5)]

    assert moved.count(True) == 1


def test_paths_are_bounded_and_the_used_one_is_never_forgotten() -> None:
    ice = _ice()
    for number in range(MAX_PATHS):
        _handle(ice, Path(0, ("192.0.2.1", number)), float(number))

    outcome = _handle(ice, Path(0, ("192.0.2.1", 999)), 100.0)

    assert outcome.forgotten == Path(0, ("192.0.2.1", 1))
    assert ice.selected == Path(0, ("192.0.2.1", 0))
    assert len(ice.paths) == MAX_PATHS


def test_a_peer_in_our_role_is_told() -> None:
    ice = _ice()

    outcome = ice.handle_check(_check(controlled=True), _A, 1.0)

    assert outcome.reply is not None
    assert stun.parse_message(outcome.reply).attributes["ERROR-CODE"][0] == 487
    assert ice.selected is None


def test_after_a_restart_both_generations_are_believed_until_the_new_one_is_used() -> None:
    ice = _ice()
    _handle(ice, _A, 1.0)

    assert ice.restart("remote2") is None
    assert ice.credentials.ufrag != _CREDENTIALS.ufrag
    assert _handle(ice, _A, 2.0).reply is not None
    outcome = ice.handle_check(_check(credentials=ice.credentials), _B, 3.0)

    assert outcome.retired_ufrag == _CREDENTIALS.ufrag
    assert _handle(ice, _A, 4.0).reply is None


def test_of_two_restarts_in_a_row_the_one_between_is_void() -> None:
    ice = _ice()
    ice.restart("remote2")
    between = ice.credentials

    assert ice.restart("remote3") == between.ufrag
    assert ice.handle_check(_check(credentials=between), _A, 1.0).reply is None
    assert _handle(ice, _A, 1.0).reply is not None


def test_a_path_is_held_for_two_intervals() -> None:
    ice = _ice()
    _handle(ice, _A, 1.0)

    assert ice.holds(_A, 5.0)
    assert not ice.holds(_A, 7.0)
    assert not ice.holds(_B, 1.0)


def test_credentials_are_ice_chars_of_full_length() -> None:
    credentials = [new_credentials("r") for _ in range(50)]

    assert len({one.ufrag for one in credentials}) == 50
    for one in credentials:
        assert len(one.ufrag) == 12
        assert len(one.password) == 24
        assert (one.ufrag + one.password).replace("+", "a").replace("/", "a").isalnum()
