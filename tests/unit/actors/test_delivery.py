"""Entries, signals and summaries go to those who may see them; answers wait for the disk."""

import msgspec
import pytest

from emporion.actors.counters import ClassroomCounters
from emporion.actors.delivery import Delivery, Seat, Summary
from emporion.engine.ids import ConnectionId, ParticipantId
from emporion.engine.journal import ALL, HOSTS, RECORD_ONLY, Audience, Entry, only
from emporion.engine.protocol.codec import encode_server
from emporion.engine.protocol.server import (
    PluginSignalled,
    PluginSummary,
    RequestSucceeded,
    SpeakersChanged,
)
from emporion.engine.testing.recording_outlets import RecordingOutlets

HOST, GUEST = ParticipantId("PA_host"), ParticipantId("PA_guest")
AT_HOST, AT_GUEST = ConnectionId("CO_host"), ConnectionId("CO_guest")


def entry(seq: int, audience: Audience = ALL) -> Entry:
    return Entry(
        seq=seq,
        at_us=seq,
        author=HOST,
        kind="x.y",
        body=msgspec.Raw(b"\xc0"),
        audience=audience,
    )


def seated() -> tuple[Delivery, RecordingOutlets]:
    outlets = RecordingOutlets()
    delivery = Delivery(outlets, ClassroomCounters())
    delivery.take_seat(Seat(HOST, AT_HOST, is_host=True), [])
    delivery.take_seat(Seat(GUEST, AT_GUEST, is_host=False), [])
    return delivery, outlets


def seqs(outlets: RecordingOutlets, connection_id: ConnectionId) -> list[int]:
    return [entry.seq for entry in outlets.entries(connection_id)]


def test_audiences() -> None:
    delivery, outlets = seated()
    for number, audience in enumerate((ALL, HOSTS, only(GUEST, GUEST), RECORD_ONLY), start=1):
        delivery.push(entry(number, audience))
    assert seqs(outlets, AT_HOST) == [1, 2]
    assert seqs(outlets, AT_GUEST) == [1, 3]
    assert delivery.counters.entries_pushed == 4


def test_an_entry_is_pushed_once() -> None:
    delivery, outlets = seated()
    delivery.push(entry(1))
    delivery.push(entry(1))
    assert seqs(outlets, AT_GUEST) == [1]


def test_a_seat_begins_with_what_it_missed_and_may_see() -> None:
    delivery, outlets = seated()
    late = ConnectionId("CO_late")
    missed = [entry(1), entry(2, HOSTS), entry(3, RECORD_ONLY), entry(4)]
    delivery.take_seat(Seat(ParticipantId("PA_late"), late, is_host=False), missed)
    delivery.push(entry(5))
    assert seqs(outlets, late) == [1, 4, 5]


def test_who_left_gets_nothing_more() -> None:
    delivery, outlets = seated()
    delivery.push(entry(1))
    delivery.leave_seat(GUEST)
    delivery.leave_seat(GUEST)
    delivery.push(entry(2))
    delivery.tell(GUEST, SpeakersChanged(participant_ids=()))
    assert seqs(outlets, AT_GUEST) == [1]
    assert len(outlets.received[AT_GUEST]) == 1
    assert seqs(outlets, AT_HOST) == [1, 2]


def test_answers_wait_for_the_disk() -> None:
    delivery, outlets = seated()

    def ask(ref: int, seq: int, durable_seq: int = 0) -> None:
        payload = encode_server(RequestSucceeded(ref=ref, seq=seq))
        delivery.acknowledge(AT_GUEST, seq, payload, durable_seq=durable_seq)

    ask(1, 5)
    ask(2, 4)
    ask(3, 9)
    ask(4, 3, durable_seq=3)
    assert [m.ref for m in outlets.of_type(AT_GUEST, RequestSucceeded)] == [4]
    delivery.settle(5)
    assert [m.ref for m in outlets.of_type(AT_GUEST, RequestSucceeded)] == [4, 1, 2]
    delivery.settle(9)
    assert [m.ref for m in outlets.of_type(AT_GUEST, RequestSucceeded)] == [4, 1, 2, 3]


def test_dismissed_is_silent() -> None:
    delivery, outlets = seated()
    delivery.dismiss()
    delivery.push(entry(1))
    delivery.tell_everybody(SpeakersChanged(participant_ids=()))
    assert not outlets.received


def test_signals_go_to_their_audience_and_past_the_seq() -> None:
    delivery, outlets = seated()
    for number, audience in enumerate((ALL, HOSTS, only(GUEST), RECORD_ONLY)):
        signal = PluginSignalled(
            plugin="x", event=str(number), author=GUEST, body=msgspec.Raw(b"\xc0")
        )
        delivery.signal(audience, signal)
    assert [push.event for push in outlets.of_type(AT_HOST, PluginSignalled)] == ["0", "1"]
    assert [push.event for push in outlets.of_type(AT_GUEST, PluginSignalled)] == ["0", "2"]
    assert delivery.pushed_seq == 0
    assert delivery.counters.signals_pushed == 4


def test_gathered_signals_go_out_together_in_order_even_if_the_last_one_fails() -> None:
    delivery, outlets = seated()

    def signal(audience: Audience, event: str) -> None:
        body = msgspec.Raw(b"\xc0")
        delivery.signal(audience, PluginSignalled(plugin="x", event=event, author=None, body=body))

    with pytest.raises(ValueError, match="a bug"), delivery.gathering():  # noqa: PT012 - the order.
        for number, audience in enumerate((ALL, ALL, HOSTS, ALL)):
            signal(audience, str(number))
        assert not outlets.received
        raise ValueError("a bug")
    signal(ALL, "after")
    events = [[p.event for p in outlets.of_type(at, PluginSignalled)] for at in (AT_HOST, AT_GUEST)]
    assert events == [["0", "1", "2", "3", "after"], ["0", "1", "3", "after"]]


def test_summaries_go_to_those_for_whom_they_differ() -> None:
    delivery, outlets = seated()

    def summary(hosts: int, others: int) -> Summary:
        return Summary(
            *(
                encode_server(PluginSummary(plugin="x", seq=seq, body=msgspec.Raw(b"\xc0")))
                for seq in (hosts, others)
            )
        )

    def seqs_of(connection_id: ConnectionId) -> list[int]:
        return [push.seq for push in outlets.of_type(connection_id, PluginSummary)]

    delivery.summarize("x", summary(1, 2))
    delivery.summarize("x", summary(3, 2))
    delivery.summarize("x", summary(3, 2))
    assert (seqs_of(AT_HOST), seqs_of(AT_GUEST)) == ([1, 3], [2])
    again = ConnectionId("CO_again")
    delivery.take_seat(Seat(GUEST, again, is_host=False), [])
    assert seqs_of(again) == [2], "who comes back has missed some, maybe"
    delivery.leave_seat(HOST)
    delivery.summarize("x", summary(4, 5))
    assert (seqs_of(AT_HOST), seqs_of(again)) == ([1, 3], [2, 5])
