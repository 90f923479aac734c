"""Exceptions become failures in one place: the client's faults in words, ours under an id."""

import pytest
from structlog.testing import capture_logs

from emporion.engine.errors import (
    ActorGone,
    CoreMisuse,
    EmporionError,
    MailboxFull,
    PluginError,
    RemoteProtocolError,
    RequestDenied,
    UnsupportedCodec,
)
from emporion.engine.protocol.codec import MessageRefused
from emporion.web.failures import to_failure


@pytest.mark.parametrize(
    "error",
    [
        RequestDenied("The room is full.", code="room.full", retryable=True),
        RemoteProtocolError("No m-line has mid 7.", code="sdp.unknown_mid"),
        UnsupportedCodec("VP6 is not forwarded."),
    ],
)
def test_what_concerns_the_request_goes_out_as_it_is(error: EmporionError) -> None:
    with capture_logs() as logs:
        failure = to_failure(error, 7)
    assert (failure.ref, failure.code, failure.message) == (7, error.code, str(error))
    assert failure.retryable == error.retryable
    assert not logs


@pytest.mark.parametrize("error", [MailboxFull("node/rooms/RM_x is full"), ActorGone("PA_y")])
def test_an_actor_out_of_reach_keeps_its_code_and_not_its_path(error: EmporionError) -> None:
    failure = to_failure(error, 1)
    assert (failure.code, failure.retryable) == (error.code, error.retryable)
    assert str(error) not in failure.message


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ZeroDivisionError("password=hunter2"), "internal"),
        (CoreMisuse("password=hunter2"), "core.misuse"),
        (PluginError("password=hunter2"), "plugin.failed"),
        (ExceptionGroup("two", [OSError("password=hunter2"), KeyError("x")]), "internal"),
    ],
)
def test_a_fault_of_ours_is_logged_under_the_id_the_client_gets(
    error: Exception, code: str
) -> None:
    with capture_logs() as logs:
        failure = to_failure(error, 3)
    assert failure.code == code
    assert "hunter2" not in failure.message
    assert logs[0]["failure_id"] in failure.message
    assert logs[0]["exc_info"] is error


def test_a_group_speaks_by_its_first_error_of_ours() -> None:
    group = ExceptionGroup(
        "g", [OSError("x"), ExceptionGroup("h", [RequestDenied("No.", code="room.full")])]
    )
    assert to_failure(group, 1).code == "room.full"


def test_a_refused_message_brings_its_own_ref() -> None:
    assert to_failure(MessageRefused("no", code="protocol.malformed", ref=9), 0).ref == 9
