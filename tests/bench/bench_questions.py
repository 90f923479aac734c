"""What a vote costs in a room of ten thousand: its fold alone, then all of the plugin's work.

Run: `python tests/bench/bench_questions.py [--votes 50000] [--people 10000] [--questions 2000]`.

"Fold" is `QuestionsFold.apply` of one vote after another, with the lists and both summaries made
twice a second of 1,000 votes each, as a room does. "Room" is a vote as it comes in through a whole
classroom in one process: the participant's actor, the plugin's, the room's, the journal, the fold
again, the push to who voted; without sockets.
"""

import argparse
import platform
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import structlog.testing
import trio
from classroom_rig import ClassroomRig, one_template

from emporion.actors.classroom import open_classroom
from emporion.actors.media_events import MediaEvents
from emporion.actors.templates import resolve_templates
from emporion.engine.ids import ConnectionId, ParticipantId
from emporion.engine.journal import Entry
from emporion.engine.runtime import open_supervisor
from emporion.engine.testing.fake_media import FakeMedia
from emporion.engine.testing.recording_outlets import RecordingOutlets
from emporion.plugins.host import BUILT_INS, PluginHost
from emporion.plugins.questions import Questions, QuestionsOptions
from emporion.plugins.questions.board import next_board, next_desk
from emporion.plugins.questions.fold import QuestionsFold
from emporion.plugins.questions.messages import AskedBody, MergedBody, VotedBody
from emporion.plugins.questions.state import QuestionsState

VOTES_PER_S = 1_000
SUMMARIES_PER_S = 2
BATCH = 50  # Votes under way at once in the classroom, where there are so many questions:
QUESTIONS = 5
_encoder = msgspec.msgpack.Encoder()


@dataclass(frozen=True, slots=True)
class Figures:
    """CPU times; `merge_s` unites two questions of which each has half of all people's votes."""

    fold_us: float
    lists_us: float
    merge_s: float
    summary_bytes: int
    host_summary_bytes: int
    room_us: float

    @property
    def fold_ratio(self) -> float:
        """The share of a core that 1,000 votes/s take, with lists and summaries."""
        return (self.fold_us * VOTES_PER_S + self.lists_us * SUMMARIES_PER_S) / 1e6

    @property
    def room_ratio(self) -> float:
        return self.room_us * VOTES_PER_S / 1e6


def entry(seq: int, event: str, body: msgspec.Struct, author: str) -> Entry:
    return Entry(
        seq=seq,
        at_us=seq * 1_000_000 // VOTES_PER_S,
        author=ParticipantId(author),
        kind=f"questions.{event}",
        body=msgspec.Raw(_encoder.encode(body)),
    )


def asked(people: int, questions: int) -> QuestionsState:
    """Return a state in which everybody may have asked something."""
    fold, state = QuestionsFold(), QuestionsState()
    for number in range(1, questions + 1):
        identity = f"merchant-{number % people}"
        body = AskedBody(
            number=number,
            identity=identity,
            name=f"Merchant {number % people}",
            text=f"How does it work, {number}? " * 4,
            status="open",
        )
        state = fold.apply(state, entry(number, "asked", body, identity))
    return state


def vote_entries(votes: int, people: int, questions: int) -> list[Entry]:
    """Return votes as they fall: most for a few questions; every fifth is taken back."""
    chance = random.Random(1)
    entries: list[Entry] = []
    standing: list[VotedBody] = []
    while len(entries) < votes:
        if standing and len(entries) % 5 == 4:
            event, body = "vote_taken_back", standing.pop(chance.randrange(len(standing)))
        else:
            number = 1 + int(questions * chance.random() ** 3)
            body = VotedBody(number=number, identity=f"merchant-{chance.randrange(people)}")
            event = "voted"
            standing.append(body)
        entries.append(entry(questions + len(entries) + 1, event, body, body.identity))
    return entries


def measure_fold(votes: int, people: int, questions: int) -> dict[str, Any]:
    fold, plugin, state = QuestionsFold(), Questions(QuestionsOptions()), asked(people, questions)
    entries = vote_entries(votes, people, questions)
    begun_s = time.thread_time()
    for one in entries:
        state = fold.apply(state, one)
    fold_us = (time.thread_time() - begun_s) / len(entries) * 1e6
    times, sizes = [], (0, 0)
    for _ in range(5):
        begun_s = time.thread_time()
        board, desk = next_board(state), next_desk(state)
        sizes = (
            len(_encoder.encode(plugin.summary(state, is_host=False))),
            len(_encoder.encode(plugin.summary(state, is_host=True))),
        )
        times.append(time.thread_time() - begun_s)
        for made, event in ((board, "board"), (desk, "desk")):
            if made is not None:
                state = fold.apply(state, entry(1, event, made.body, "nobody"))
    return {
        "fold_us": fold_us,
        "lists_us": min(times) * 1e6,
        "merge_s": measure_merge(people),
        "summary_bytes": sizes[0],
        "host_summary_bytes": sizes[1],
    }


def measure_merge(people: int) -> float:
    fold, state = QuestionsFold(), asked(people, 2)
    for index in range(people):
        body = VotedBody(number=1 + index % 2, identity=f"voter-{index}")
        state = fold.apply(state, entry(index + 3, "voted", body, body.identity))
    begun_s = time.thread_time()
    state = fold.apply(state, entry(people + 3, "merged", MergedBody(number=2, into=1), "host"))
    merge_s = time.thread_time() - begun_s
    assert state.votes_of(1) == people + 2
    return merge_s


class CountingOutlets(RecordingOutlets):
    """Keeps what is sent until the joins are over; from then on it only counts the answers."""

    answers_due = 0
    answered = trio.Event()

    def expect(self, answers: int) -> None:
        self.answers_due, self.answered = answers, trio.Event()

    def send(self, connection_id: ConnectionId, payload: bytes) -> None:
        if not self.answers_due:
            super().send(connection_id, payload)
            return
        self.answers_due -= 1
        if not self.answers_due:
            self.answered.set()

    def broadcast(
        self, connection_ids: Sequence[ConnectionId], *payloads: bytes, may_drop: bool = False
    ) -> None:
        if not self.answers_due:
            super().broadcast(connection_ids, *payloads, may_drop=may_drop)


async def measure_room(folder: Path, people: int, votes: int) -> float:
    """Return CPU µs for each vote of a whole classroom."""
    host = PluginHost.load({}, classes=BUILT_INS)
    events, outlets = MediaEvents(), CountingOutlets()
    media = FakeMedia(on_event=events.handle)
    rooms = one_template(plugins=("questions",), max_participants=people + 1)
    async with (
        open_supervisor("node") as supervisor,
        open_classroom(
            supervisor,
            templates=resolve_templates(rooms, host),
            outlets=outlets,
            media=media,
            table=media,
            media_events=events,
            data_dir=folder,
            server_version="0.0.test",
        ) as classroom,
    ):
        rig = ClassroomRig(classroom, supervisor, outlets, media, folder, host)
        teacher = rig.client("teacher", "host")
        await teacher.join(media=False)
        for number in range(QUESTIONS):
            await teacher.plugin("questions", type="ask", text=f"Question {number}?")
        voters = [rig.client(f"voter-{index}") for index in range(people)]
        for voter in voters:
            await voter.join(media=False)
        await trio.sleep(1)  # The lists are made.
        bodies = [
            msgspec.Raw(_encoder.encode({"type": "vote", "number": 1 + number}))
            for number in range(QUESTIONS)
        ]
        done, cpu_s = 0, time.process_time()
        while done < min(votes, people * QUESTIONS):
            outlets.expect(BATCH)
            for index in range(done, done + BATCH):
                voters[index % people].send_plugin("questions", bodies[index // people])
            await outlets.answered.wait()
            done += BATCH
        return (time.process_time() - cpu_s) / done * 1e6


def run(votes: int, people: int, questions: int) -> Figures:
    folded = measure_fold(votes, people, questions)
    with tempfile.TemporaryDirectory() as folder, structlog.testing.capture_logs():
        room_us = trio.run(measure_room, Path(folder), min(people, 500), min(votes, 2_500))
    return Figures(room_us=room_us, **folded)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--votes", type=int, default=50_000)
    parser.add_argument("--people", type=int, default=10_000)
    parser.add_argument("--questions", type=int, default=2_000)
    arguments = parser.parse_args()
    figures = run(arguments.votes, arguments.people, arguments.questions)
    print("command:", " ".join(["python", *sys.argv]))
    print("machine:", platform.platform())
    print(f"versions: CPython {platform.python_version()}, msgspec {msgspec.__version__}")
    print(f"fold: {figures.fold_us:.1f} µs for each vote")
    print(f"lists and both summaries: {figures.lists_us:,.0f} µs, {SUMMARIES_PER_S} times a second")
    print(
        f"{VOTES_PER_S:,} votes/s with lists and summaries: "
        f"{figures.fold_ratio:.1%} of one core (goal: at most 20 %)"
    )
    print(f"summary: {figures.summary_bytes} bytes, for hosts {figures.host_summary_bytes}")
    print(f"merge of {arguments.people:,} votes: {figures.merge_s * 1000:.0f} ms")
    print(
        f"through a whole classroom: {figures.room_us:.0f} µs for each vote, "
        f"{figures.room_ratio:.0%} of one core at {VOTES_PER_S:,}/s"
    )


if __name__ == "__main__":
    main()
