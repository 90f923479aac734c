"""Connectivity checks on the wire."""

import pytest
from aioice import stun
from hypothesis import given, settings
from hypothesis import strategies as st

from emporion.engine.transport.stun import (
    SocketAddress,
    parse_check,
    write_role_conflict,
    write_success,
)

_PASSWORD = "p" * 24


def request(username: str = "local:remote", *, password: str = _PASSWORD) -> bytes:
    message = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
    message.attributes["USERNAME"] = username
    message.attributes["PRIORITY"] = 1
    message.attributes["ICE-CONTROLLING"] = 1
    message.attributes["USE-CANDIDATE"] = None
    message.add_message_integrity(password.encode())
    return bytes(message)


def test_a_check_names_both_ends() -> None:
    check = parse_check(request())

    assert check is not None
    assert (check.local_ufrag, check.remote_ufrag) == ("local", "remote")
    assert check.is_nominating
    assert not check.claims_to_be_controlled


@pytest.mark.parametrize(
    "address",
    [("192.0.2.7", 50_000), ("2001:db8::7", 50_000, 0, 0)],
)
def test_the_answer_tells_the_address_and_is_authentic(address: SocketAddress) -> None:
    """Read back by an independent implementation."""
    answer = stun.parse_message(write_success(b"t" * 12, address, _PASSWORD))

    assert answer.message_class == stun.Class.RESPONSE
    assert answer.transaction_id == b"t" * 12
    assert answer.attributes["XOR-MAPPED-ADDRESS"] == address[:2]
    assert answer.check_message_integrity(_PASSWORD.encode())
    assert "FINGERPRINT" in answer.attributes


def test_a_role_conflict_is_an_authentic_error() -> None:
    answer = stun.parse_message(write_role_conflict(b"t" * 12, _PASSWORD))

    assert answer.attributes["ERROR-CODE"] == (487, "Role Conflict")
    assert answer.check_message_integrity(_PASSWORD.encode())


def test_other_messages_are_not_checks() -> None:
    response = stun.Message(stun.Method.BINDING, stun.Class.RESPONSE)
    response.attributes["USERNAME"] = "local:remote"
    allocate = stun.Message(stun.Method.ALLOCATE, stun.Class.REQUEST)
    allocate.attributes["USERNAME"] = "local:remote"
    nameless = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)

    assert parse_check(bytes(response)) is None
    assert parse_check(bytes(allocate)) is None
    assert parse_check(bytes(nameless)) is None
    assert parse_check(request("no-colon")) is None


def test_malformed_attributes_are_no_exception() -> None:
    """webrtc.md 9: they must not end the socket task."""
    short_priority = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
    datagram = bytes(short_priority)[:2] + b"\0\x08" + bytes(short_priority)[4:]
    datagram += b"\0\x24\0\x02\0\0\0\0"

    assert parse_check(datagram) is None


@settings(max_examples=300, deadline=None)
@given(position=st.integers(0, 99), value=st.integers(0, 255), length=st.integers(0, 100))
def test_any_damage_is_no_exception(position: int, value: int, length: int) -> None:
    damaged = bytearray(request())
    damaged[position % len(damaged)] = value

    parse_check(bytes(damaged[:length]))
    parse_check(bytes(damaged))


def test_only_who_knows_the_password_is_authentic() -> None:
    check = parse_check(request())

    assert check is not None
    assert check.is_authentic(_PASSWORD)
    assert not check.is_authentic("another")


def test_a_check_without_integrity_is_not_authentic() -> None:
    message = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
    message.attributes["USERNAME"] = "local:remote"
    check = parse_check(bytes(message))

    assert check is not None
    assert not check.is_authentic(_PASSWORD)
    assert not check.is_authentic("")


def test_what_follows_the_integrity_is_not_believed() -> None:
    """RFC 8489 section 14.5: it is not authenticated."""
    message = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
    message.attributes["USERNAME"] = "local:remote"
    message.add_message_integrity(_PASSWORD.encode())
    plain = bytes(message)[:-8]  # Without FINGERPRINT.
    nominating = plain[:2] + (len(plain) + 4 - 20).to_bytes(2, "big") + plain[4:] + b"\0\x25\0\0"
    check = parse_check(nominating)

    assert check is not None
    assert check.is_authentic(_PASSWORD)
    assert not check.is_nominating


def test_a_wrong_fingerprint_or_cookie_is_no_check() -> None:
    datagram = bytearray(request())
    datagram[-1] ^= 1
    assert parse_check(bytes(datagram)) is None
    datagram = bytearray(request())
    datagram[4] ^= 1
    assert parse_check(bytes(datagram)) is None
