"""The journal's promises: order, numbers, time, durability, bounds, and errors that are told."""

import errno
from pathlib import Path

import msgpack
import msgspec
import pytest
import trio

from emporion.engine.errors import CoreMisuse, JournalError
from emporion.engine.ids import ParticipantId, SessionId
from emporion.engine.journal import (
    ALL,
    HOSTS,
    RECORD_ONLY,
    Draft,
    Entry,
    Journal,
    JournalMeter,
    only,
    read_header,
    read_journal,
)
from emporion.engine.journal import tail as tail_module
from emporion.engine.journal.file import INDEX_STRIDE, JournalFile

SESSION = SessionId("SE_test")
ANN = ParticipantId("PA_ann")
BEN = ParticipantId("PA_ben")


class SettableClock:
    """Both times are whatever the test says."""

    def __init__(self, *, now_s: float = 100.0, unix_s: float = 1_800_000_000.0) -> None:
        self.now = now_s
        self.unix = unix_s

    def now_s(self) -> float:
        return self.now

    def unix_s(self) -> float:
        return self.unix

    def advance(self, seconds: float) -> None:
        self.now += seconds
        self.unix += seconds


@pytest.fixture
def clock() -> SettableClock:
    return SettableClock()


def open_journal(
    folder: Path, clock: SettableClock, *, meter: JournalMeter | None = None
) -> Journal:
    return Journal.open(folder, SESSION, clock, room_name="Class 1", meter=meter)


def say(journal: Journal, text: str) -> Entry:
    return journal.append(author=ANN, kind="chat.message", body={"text": text})


def texts(entries: list[Entry]) -> list[str]:
    return [msgspec.msgpack.decode(entry.body)["text"] for entry in entries]


def test_entries_are_numbered_from_one_without_gaps(tmp_path: Path, clock: SettableClock) -> None:
    journal = open_journal(tmp_path, clock)
    assert [say(journal, str(number)).seq for number in range(3)] == [1, 2, 3]
    assert journal.last_seq == 3
    journal.close()


def test_the_session_clock_counts_microseconds_from_the_start(
    tmp_path: Path, clock: SettableClock
) -> None:
    journal = open_journal(tmp_path, clock)
    clock.advance(1.5)
    assert say(journal, "hello").at_us == 1_500_000
    assert journal.now_us() == 1_500_000
    journal.close()


def test_the_session_clock_goes_on_after_a_restart(tmp_path: Path, clock: SettableClock) -> None:
    journal = open_journal(tmp_path, clock)
    clock.advance(2)
    say(journal, "before")
    journal.close()

    # Another process: the monotonic clock starts anywhere, the wall clock went on for 3 s.
    later = SettableClock(now_s=7.0, unix_s=clock.unix + 3)
    reopened = open_journal(tmp_path, later)
    assert say(reopened, "after").at_us == 5_000_000
    reopened.close()


def test_the_session_clock_never_falls_when_the_wall_clock_is_set_back(
    tmp_path: Path, clock: SettableClock
) -> None:
    journal = open_journal(tmp_path, clock)
    clock.advance(60)
    say(journal, "before")
    journal.close()

    clock.unix -= 3600
    reopened = open_journal(tmp_path, clock)
    clock.advance(1)
    assert say(reopened, "after").at_us == 61_000_000
    reopened.close()


def test_a_reopened_journal_continues_its_seq(tmp_path: Path, clock: SettableClock) -> None:
    journal = open_journal(tmp_path, clock)
    say(journal, "one")
    say(journal, "two")
    journal.close()

    reopened = open_journal(tmp_path, clock)
    assert (reopened.last_seq, reopened.durable_seq) == (2, 2)
    assert say(reopened, "three").seq == 3
    assert texts(list(reopened.entries(0))) == ["one", "two", "three"]
    assert reopened.started_at_unix_s == 1_800_000_000.0
    assert (reopened.session_id, reopened.room_name) == (SESSION, "Class 1")
    reopened.close()


def test_a_plain_msgpack_reader_understands_the_file(tmp_path: Path, clock: SettableClock) -> None:
    journal = open_journal(tmp_path, clock)
    journal.append(author=None, kind="room.opened", body={"x": 1}, audience=only(ANN, BEN))
    say(journal, "hello")
    journal.close()

    with journal.path.open("rb") as file:
        records = [msgpack.unpackb(payload) for _, payload in msgpack.Unpacker(file)]
    assert records == [
        {
            "format_version": 1,
            "session_id": "SE_test",
            "room_name": "Class 1",
            "started_at_unix_s": 1_800_000_000.0,
        },
        {
            "seq": 1,
            "at_us": 0,
            "author": None,
            "kind": "room.opened",
            "body": {"x": 1},
            "audience": {"scope": "people", "people": ["PA_ann", "PA_ben"]},
        },
        {
            "seq": 2,
            "at_us": 0,
            "author": "PA_ann",
            "kind": "chat.message",
            "body": {"text": "hello"},
        },
    ]


def test_an_audience_admits_whom_it_names() -> None:
    assert ALL.admits(ANN, is_host=False)
    assert HOSTS.admits(ANN, is_host=True)
    assert not HOSTS.admits(ANN, is_host=False)
    assert only(ANN).admits(ANN, is_host=False)
    assert not only(ANN).admits(BEN, is_host=True)
    assert not RECORD_ONLY.admits(ANN, is_host=True)


def test_drafts_are_appended_in_order(tmp_path: Path, clock: SettableClock) -> None:
    journal = open_journal(tmp_path, clock)
    body = msgspec.Raw(msgspec.msgpack.encode({"text": "x"}))
    entries = journal.append_many(
        [Draft(author=ANN, kind=kind, body=body, audience=HOSTS) for kind in ("a.b", "c.d")]
    )
    assert [(entry.seq, entry.kind, entry.audience) for entry in entries] == [
        (1, "a.b", HOSTS),
        (2, "c.d", HOSTS),
    ]
    journal.close()


@pytest.mark.parametrize("body", [b"", b"\xc1", b"\x01\x02", b"\x81\xa1"])
def test_a_body_that_is_no_single_value_is_refused(
    tmp_path: Path, clock: SettableClock, body: bytes
) -> None:
    journal = open_journal(tmp_path, clock)
    with pytest.raises(CoreMisuse):
        journal.append(author=None, kind="a.b", body=body)
    assert journal.last_seq == 0
    journal.close()


def test_too_large_an_entry_is_refused_and_takes_no_seq(
    tmp_path: Path, clock: SettableClock
) -> None:
    journal = open_journal(tmp_path, clock)
    with pytest.raises(JournalError) as caught:
        say(journal, "x" * 1024 * 1024)
    assert caught.value.code == "journal.too_large"
    assert say(journal, "small").seq == 1
    journal.close()


def test_the_tail_is_bounded_and_older_entries_come_from_the_file(
    tmp_path: Path, clock: SettableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tail_module, "MAX_ENTRIES", 10)
    journal = open_journal(tmp_path, clock)
    count = 2 * INDEX_STRIDE + 50
    for number in range(1, count + 1):
        say(journal, str(number))
    journal.flush()
    assert journal._tail.first_seq == count - 9

    for after in (0, 1, INDEX_STRIDE - 1, INDEX_STRIDE, count - 11, count - 10, count - 1, count):
        expected = [str(number) for number in range(after + 1, count + 1)]
        assert texts(list(journal.entries(after))) == expected
    assert texts(list(journal.entries(INDEX_STRIDE, limit=2))) == ["257", "258"]
    journal.close()


def test_what_only_memory_holds_never_falls_off_the_tail(
    tmp_path: Path, clock: SettableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tail_module, "MAX_ENTRIES", 2)
    journal = open_journal(tmp_path, clock)
    for number in range(5):
        say(journal, str(number))
    assert texts(list(journal.entries(0))) == ["0", "1", "2", "3", "4"]
    journal.close()


def test_an_iteration_outlives_the_entries_it_meant_to_take_from_memory(
    tmp_path: Path, clock: SettableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tail_module, "MAX_ENTRIES", 3)
    journal = open_journal(tmp_path, clock)
    for number in range(6):
        say(journal, str(number))
    journal.flush()
    iteration = journal.entries(0)
    taken = [next(iteration)]
    for number in range(6, 20):
        say(journal, str(number))
    journal.flush()
    assert texts(taken + list(iteration)) == ["0", "1", "2", "3", "4", "5"]
    journal.close()


def test_a_torn_end_is_cut_off_and_kept_beside(tmp_path: Path, clock: SettableClock) -> None:
    meter = JournalMeter()
    journal = open_journal(tmp_path, clock)
    say(journal, "whole")
    say(journal, "torn")
    journal.close()
    data = journal.path.read_bytes()
    journal.path.write_bytes(data[:-5])

    reopened = open_journal(tmp_path, clock, meter=meter)
    assert texts(list(reopened.entries(0))) == ["whole"]
    assert reopened.torn_bytes == len(reopened.path.with_suffix(".torn").read_bytes()) > 0
    assert meter.statistics().torn_recoveries == 1
    assert say(reopened, "next").seq == 2
    reopened.close()
    assert texts(list(read_journal(reopened.path))) == ["whole", "next"]


def test_a_file_that_is_no_journal_is_left_as_it_is(tmp_path: Path, clock: SettableClock) -> None:
    path = tmp_path / f"{SESSION}.journal"
    path.write_bytes(b"something else")
    with pytest.raises(JournalError) as caught:
        open_journal(tmp_path, clock)
    assert caught.value.code == "journal.corrupt"
    assert path.read_bytes() == b"something else"
    with pytest.raises(JournalError):
        read_header(path)


def test_a_second_owner_is_kept_out_until_the_first_closes(
    tmp_path: Path, clock: SettableClock
) -> None:
    journal = open_journal(tmp_path, clock)
    with pytest.raises(JournalError) as caught:
        open_journal(tmp_path, clock)
    assert caught.value.code == "journal.locked"
    journal.close()
    open_journal(tmp_path, clock).close()


def test_a_session_id_cannot_lead_out_of_the_folder(tmp_path: Path, clock: SettableClock) -> None:
    with pytest.raises(CoreMisuse):
        Journal.open(tmp_path, SessionId("../SE_x"), clock)


def test_a_snapshot_is_replaced_and_named(tmp_path: Path, clock: SettableClock) -> None:
    journal = open_journal(tmp_path, clock)
    assert journal.latest_snapshot() is None
    say(journal, "one")
    journal.write_snapshot(0, b"empty")
    journal.write_snapshot(1, b"x" * 2_000_000)
    journal.write_snapshot(1, b"chat state", name="chat")
    snapshot = journal.latest_snapshot()
    assert snapshot is not None
    assert (snapshot.seq, len(snapshot.state)) == (1, 2_000_000)
    chat = journal.latest_snapshot(name="chat")
    assert chat is not None
    assert chat.state == b"chat state"
    journal.close()


def test_a_snapshot_of_lost_entries_is_not_used(tmp_path: Path, clock: SettableClock) -> None:
    journal = open_journal(tmp_path, clock)
    say(journal, "one")
    say(journal, "two")
    journal.write_snapshot(2, b"two")
    journal.close()
    journal.path.write_bytes(journal.path.read_bytes()[:-1])

    reopened = open_journal(tmp_path, clock)
    assert reopened.latest_snapshot() is None
    with pytest.raises(CoreMisuse):
        reopened.write_snapshot(2, b"of what is not there")
    reopened.close()


@pytest.mark.parametrize("damage", [lambda data: data[:-1], lambda data: b"", lambda data: b"junk"])
def test_a_broken_snapshot_is_none(tmp_path: Path, clock: SettableClock, damage) -> None:  # type: ignore[no-untyped-def]  # A lambda.
    journal = open_journal(tmp_path, clock)
    journal.write_snapshot(0, b"state")
    path = journal.path.with_suffix(".room.snapshot")
    path.write_bytes(damage(path.read_bytes()))
    assert journal.latest_snapshot() is None
    journal.close()


def test_nothing_is_taken_after_close(tmp_path: Path, clock: SettableClock) -> None:
    journal = open_journal(tmp_path, clock)
    journal.close()
    journal.close()
    with pytest.raises(JournalError) as caught:
        say(journal, "too late")
    assert caught.value.code == "journal.closed"


async def test_run_makes_entries_durable_and_tells(tmp_path: Path, clock: SettableClock) -> None:
    meter = JournalMeter()
    journal = open_journal(tmp_path, clock, meter=meter)
    told: list[int] = []
    journal.on_durable(told.append)
    async with trio.open_nursery() as nursery:
        await nursery.start(lambda *, task_status: journal.run(task_status=task_status))
        entry = say(journal, "hello")
        assert journal.durable_seq == 0
        with trio.fail_after(5):
            await journal.wait_durable(entry.seq)
        assert texts(list(read_journal(journal.path))) == ["hello"]
        assert told == [1]
        nursery.cancel_scope.cancel()
    await journal.aclose()
    statistics = meter.statistics()
    assert (statistics.entries_appended, statistics.entries_pending) == (1, 0)
    assert (statistics.commits, statistics.open_journals) == (1, 0)
    assert statistics.commit_delay_buckets[-1] == (1.0, 1)


async def test_closing_writes_what_waits_even_when_cancelled(
    tmp_path: Path, clock: SettableClock
) -> None:
    journal = open_journal(tmp_path, clock)
    with trio.CancelScope() as scope:
        say(journal, "last words")
        scope.cancel()
        await journal.aclose()
    assert texts(list(read_journal(journal.path))) == ["last words"]
    await journal.aclose()


async def test_run_ends_when_the_journal_is_closed(tmp_path: Path, clock: SettableClock) -> None:
    journal = open_journal(tmp_path, clock)
    with trio.fail_after(5):
        async with trio.open_nursery() as nursery:
            nursery.start_soon(journal.run)
            await trio.testing.wait_all_tasks_blocked()
            await journal.aclose()


async def test_a_full_disk_ends_the_journal_and_everybody_hears_of_it(
    tmp_path: Path, clock: SettableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def disk_full(self: JournalFile, batch: bytes) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    meter = JournalMeter()
    journal = open_journal(tmp_path, clock, meter=meter)
    say(journal, "safe")
    journal.flush()
    monkeypatch.setattr(JournalFile, "write_durably", disk_full)
    say(journal, "lost")

    codes: list[str] = []

    async def wait() -> None:
        with pytest.raises(JournalError) as caught:
            await journal.wait_durable(2)
        codes.append(caught.value.code)

    async with trio.open_nursery() as nursery:
        nursery.start_soon(wait)
        with pytest.raises(JournalError) as caught:
            await journal.run()
    assert "No space left" in str(caught.value)
    assert codes == ["journal.write_failed"]
    assert journal.durable_seq == 1
    with pytest.raises(JournalError) as refused:
        say(journal, "more")
    assert refused.value.code == "journal.write_failed"
    await journal.aclose()
    assert (meter.write_failures, meter.entries_pending, meter.open_journals) == (1, 0, 0)


async def test_a_disk_that_stands_still_is_told_to_the_appender(
    tmp_path: Path, clock: SettableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("emporion.engine.journal.group_commit.MAX_PENDING_BYTES", 100)
    journal = open_journal(tmp_path, clock)
    say(journal, "x" * 200)
    with pytest.raises(JournalError) as caught:
        say(journal, "y")
    assert (caught.value.code, caught.value.retryable) == ("journal.behind", True)
    journal.flush()
    assert say(journal, "y").seq == 2
    journal.close()


async def test_waiting_for_an_entry_that_is_not_there_is_a_bug(
    tmp_path: Path, clock: SettableClock
) -> None:
    journal = open_journal(tmp_path, clock)
    with pytest.raises(CoreMisuse):
        await journal.wait_durable(1)
    await journal.aclose()


async def test_a_journal_can_be_opened_in_a_thread(tmp_path: Path, clock: SettableClock) -> None:
    journal = open_journal(tmp_path, clock)
    say(journal, "hello")
    journal.close()
    reopened = await Journal.open_in_thread(tmp_path, SESSION, clock)
    assert reopened.last_seq == 1
    await reopened.aclose()


async def test_entries_committed_on_the_loop_need_no_thread(
    tmp_path: Path, clock: SettableClock, autojump_clock: trio.testing.MockClock
) -> None:
    journal = Journal.open(tmp_path, SESSION, clock, commit_in_thread=False)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(journal.run)
        say(journal, "hello")
        await journal.wait_durable(1)
        nursery.cancel_scope.cancel()
    await journal.aclose()
