"""A fold gives the same state from all entries and from a state in the middle plus the rest."""

import msgspec

from emporion.engine.journal import Entry, fold_entries

BODY = msgspec.Raw(b"\x80")


class KindCount:
    """How often each kind occurred."""

    def initial(self) -> dict[str, int]:
        return {}

    def apply(self, state: dict[str, int], entry: Entry) -> dict[str, int]:
        return {**state, entry.kind: state.get(entry.kind, 0) + 1}


def test_a_snapshot_and_the_rest_give_what_all_entries_give() -> None:
    entries = [
        Entry(seq=seq, at_us=seq, author=None, kind=kind, body=BODY)
        for seq, kind in enumerate("abacab", start=1)
    ]
    whole = fold_entries(KindCount(), entries)
    assert whole == {"a": 3, "b": 2, "c": 1}
    half = fold_entries(KindCount(), entries[:3])
    assert fold_entries(KindCount(), entries[3:], half) == whole
