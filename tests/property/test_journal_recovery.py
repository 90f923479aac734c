"""Whatever happens to the end of a journal file, what is read is a prefix of what was written."""

import itertools
import tempfile
from pathlib import Path

import msgpack
from hypothesis import given, settings
from hypothesis import strategies as st

from emporion.engine.ids import SessionId
from emporion.engine.journal import Entry, Journal, read_journal

SESSION = SessionId("SE_property")
bodies = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=5,
)
maps = st.dictionaries(st.text(max_size=5), bodies, max_size=3)


class FixedClock:
    def now_s(self) -> float:
        return 0.0

    def unix_s(self) -> float:
        return 0.0


def write(folder: Path, contents: list[dict[str, object]]) -> Path:
    journal = Journal.open(folder, SESSION, FixedClock())
    for body in contents:
        journal.append(author=None, kind="test.fact", body=body)
    journal.close()
    return journal.path


def plain(entries: list[Entry]) -> list[tuple[int, object]]:
    return [(entry.seq, msgpack.unpackb(bytes(entry.body))) for entry in entries]


@settings(deadline=None, max_examples=150)
@given(contents=st.lists(maps, max_size=8), data=st.data())
def test_any_cut_or_change_of_the_end_leaves_a_prefix(
    contents: list[dict[str, object]], data: st.DataObject
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        header_bytes = write(Path(folder), []).stat().st_size
        path = write(Path(folder), contents)
        original = plain(list(read_journal(path)))
        assert [body for _, body in original] == contents

        raw = path.read_bytes()
        start = data.draw(st.integers(header_bytes, len(raw)), label="damaged from")
        rubbish = data.draw(st.binary(max_size=len(raw) - start + 20), label="in its place")
        path.write_bytes(raw[:start] + rubbish)

        found = plain(list(read_journal(path)))
        assert found == original[: len(found)], "what was read is no prefix"
        assert len(found) >= whole_entries(raw, start), "an entry before the damage was lost"

        journal = Journal.open(Path(folder), SESSION, FixedClock())
        assert plain(list(journal.entries(0))) == found
        assert journal.append(author=None, kind="test.fact", body={}).seq == len(found) + 1
        journal.close()
        assert plain(list(read_journal(path))) == [*found, (len(found) + 1, {})]


def whole_entries(raw: bytes, end: int) -> int:
    """Count the entries that lie whole before `end`, by an independent reader (header aside)."""
    unpacker = msgpack.Unpacker()
    unpacker.feed(raw[:end])
    return sum(1 for _ in unpacker) - 1


@settings(deadline=None, max_examples=100)
@given(sittings=st.lists(st.lists(maps, max_size=5), min_size=1, max_size=5))
def test_seq_and_clock_go_on_over_any_number_of_reopenings(
    sittings: list[list[dict[str, object]]],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        paths = {write(Path(folder), sitting) for sitting in sittings}
        (path,) = paths
        entries = list(read_journal(path))
        assert [entry.seq for entry in entries] == list(range(1, len(entries) + 1))
        assert all(a.at_us <= b.at_us for a, b in itertools.pairwise(entries))
        contents = list(itertools.chain.from_iterable(sittings))
        assert [body for _, body in plain(entries)] == contents

        with path.open("rb") as file:
            independent = [msgpack.unpackb(payload) for _, payload in msgpack.Unpacker(file)]
        assert [record["body"] for record in independent[1:]] == contents
