"""What a vote in a poll costs where ten thousand vote: its fold, and what everybody is told.

    python tests/bench/bench_polls.py [--voters 10000]

Everybody votes once in one poll, of each kind in turn, and every tenth changes the vote. The cost
of the last thousand votes is set against that of the first: constant time shows as about 1. Both
summaries are made twice a second of 1,000 votes each, as a room does. "Over" is a quiz's end: its
results and everybody's points.
"""

import argparse
import platform
import sys
import time
from dataclasses import dataclass

import msgspec

from emporion.engine.ids import ParticipantId
from emporion.engine.journal import Entry
from emporion.plugins.polls.fold import PollsFold
from emporion.plugins.polls.messages import DraftedBody, Kind, OpenedBody, PollInfo, VotedBody
from emporion.plugins.polls.results import results_of, turnout
from emporion.plugins.polls.scoring import leaders_after, with_points
from emporion.plugins.polls.state import PollsState

VOTES_PER_S = 1_000
SUMMARIES_PER_S = 2
SLICE = 1_000
KINDS: tuple[Kind, ...] = ("single", "multiple", "text")
_encoder = msgspec.msgpack.Encoder()


@dataclass(frozen=True, slots=True)
class Figures:
    """CPU times of one poll. `growth_ratio`: the last votes' cost by the first ones'."""

    fold_us: float
    growth_ratio: float
    summaries_us: float
    over_ms: float

    @property
    def core_ratio(self) -> float:
        """The share of a core that 1,000 votes/s take, with both summaries."""
        return (self.fold_us * VOTES_PER_S + self.summaries_us * SUMMARIES_PER_S) / 1e6


def _entry(seq: int, event: str, body: msgspec.Struct) -> Entry:
    return Entry(
        seq=seq,
        at_us=seq * 1_000_000 // VOTES_PER_S,
        author=ParticipantId("PA_1"),
        kind=f"polls.{event}",
        body=msgspec.Raw(_encoder.encode(body)),
    )


def _opened(kind: Kind) -> PollsState:
    fold = PollsFold()
    choices = () if kind == "text" else ("A", "B", "C", "D")
    info = PollInfo(number=1, text="Which?", kind=kind, choices=choices, is_quiz=kind != "text")
    drafted = DraftedBody(poll=info, right=() if kind == "text" else (1,))
    state = fold.apply(fold.initial(), _entry(1, "drafted", drafted))
    return fold.apply(state, _entry(2, "opened", OpenedBody(poll=info)))


def _votes(kind: Kind, voters: int) -> list[Entry]:
    chosen = {"single": (1,), "multiple": (0, 2), "text": ()}[kind]
    numbers = [*range(voters), *range(0, voters, 10)]
    return [
        _entry(
            3 + index,
            "voted",
            VotedBody(
                number=1,
                identity=f"merchant-{number}",
                name=f"Merchant {number}",
                choices=chosen,
                text="An answer of some words." if kind == "text" else "",
            ),
        )
        for index, number in enumerate(numbers)
    ]


def measure(kind: Kind, voters: int) -> Figures:
    fold, state, entries = PollsFold(), _opened(kind), _votes(kind, voters)
    slices = []
    for start in range(0, len(entries), SLICE):
        part = entries[start : start + SLICE]
        begun_s = time.thread_time()
        for entry in part:
            state = fold.apply(state, entry)
        slices.append((time.thread_time() - begun_s) / len(part) * 1e6)
    poll = state.polls[1]
    assert len(poll.ballots) == voters, "a changed vote is no other one"
    begun_s = time.thread_time()
    for is_host in (False, True):
        _encoder.encode(turnout(state, is_host=is_host))
    summaries_us = (time.thread_time() - begun_s) * 1e6
    begun_s = time.thread_time()
    results_of(poll, for_hosts=True)
    leaders_after(state.scores, poll)
    with_points(state.scores, poll)
    over_ms = (time.thread_time() - begun_s) * 1e3
    return Figures(sum(slices) / len(slices), slices[-1] / slices[0], summaries_us, over_ms)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--voters", type=int, default=10_000)
    voters = parser.parse_args().voters
    print("command:", " ".join(["python", *sys.argv]))
    print("machine:", platform.platform())
    print(f"versions: CPython {platform.python_version()}, msgspec {msgspec.__version__}")
    for kind in KINDS:
        figures = measure(kind, voters)
        print(
            f"{kind}: {figures.fold_us:.1f} µs for each of {voters:,} votes, the last thousand "
            f"{figures.growth_ratio:.2f} times the first; both summaries "
            f"{figures.summaries_us:.0f} µs; over in {figures.over_ms:.1f} ms; "
            f"{VOTES_PER_S:,} votes/s: {figures.core_ratio:.1%} of a core"
        )


if __name__ == "__main__":
    main()
