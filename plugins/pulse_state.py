"""The fold of the pulse: what each said last, and how many felt what at each time.

What somebody said counts for a minute, or until it says something else. Votes are counted in
buckets of five seconds, so that nothing but the newest vote of each identity is kept of it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Final

import msgspec

from ..engine.ids import ParticipantId
from .api import Entry, PersistentDict
from .pulse_messages import MOODS, Counts, FeltBody, Mood, PageMark, Point

BUCKET_US: Final = 5_000_000
WINDOW_BUCKETS: Final = 12  # One minute.
KEPT_POINTS: Final = 1_440  # Two hours of a curve that is never flat.
KEPT_PAGES: Final = 200
NOTHING: Final[Counts] = (0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Vote:
    """What an identity said last."""

    participant_id: ParticipantId
    name: str
    mood: Mood | None
    at_us: int


@dataclass(frozen=True, slots=True)
class PulseState:
    """See the module. `window` and `curve` are in the order of time; where both have nothing, 0.

    `bucket`: that of the newest vote; the curve is drawn up to the one before.
    """

    template: str = ""
    votes: PersistentDict[str, Vote] = field(default_factory=PersistentDict)
    bucket: int = 0
    window: tuple[Point, ...] = ()
    curve: tuple[Point, ...] = ()
    pages: tuple[PageMark, ...] = ()


class _Opened(msgspec.Struct):
    template: str


class _Page(msgspec.Struct):
    page: str


class _Slide(msgspec.Struct):
    document: str
    page: int


_opened = msgspec.msgpack.Decoder(_Opened)
_page = msgspec.msgpack.Decoder(_Page)
_slide = msgspec.msgpack.Decoder(_Slide)
_felt = msgspec.msgpack.Decoder(FeltBody)


class PulseFold:
    """Pure; see `Fold`."""

    def initial(self) -> PulseState:
        return PulseState()

    def apply(self, state: PulseState, entry: Entry) -> PulseState:
        match entry.kind:
            case "room.opened":
                return replace(state, template=_opened.decode(entry.body).template)
            case "pulse.felt":
                return _vote(state, entry, _felt.decode(entry.body))
            case "whiteboard.page_added" | "whiteboard.page_presented":
                return _mark(state, PageMark(entry.at_us, _page.decode(entry.body).page))
            case "courseware.presented":
                shown = _slide.decode(entry.body)
                return _mark(state, PageMark(entry.at_us, shown.document, shown.page))
            case "courseware.stopped":
                return _mark(state, PageMark(entry.at_us, ""))
            case _:
                return state


def _mark(state: PulseState, mark: PageMark) -> PulseState:
    return replace(state, pages=(*state.pages, mark)[-KEPT_PAGES:])


def _vote(state: PulseState, entry: Entry, body: FeltBody) -> PulseState:
    now = entry.at_us // BUCKET_US
    state = _advance(state, now)
    before = state.votes.get(body.identity)
    window = state.window
    if before is not None and before.mood is not None:
        window = _counted(window, before.at_us // BUCKET_US, before.mood, -1)
    if body.mood is not None:
        if not window or window[-1].bucket != now:
            window = (*window, Point(now, NOTHING))
        window = _counted(window, now, body.mood, 1)
    vote = Vote(entry.author or ParticipantId(""), body.name, body.mood, entry.at_us)
    return replace(state, votes=state.votes.with_item(body.identity, vote), window=window)


def _advance(state: PulseState, now: int) -> PulseState:
    """Draw the curve up to the bucket before `now`, and forget votes that count no more."""
    if now <= state.bucket:
        return state
    curve = state.curve
    # Later than this nothing counts any more that was said up to now.
    for bucket in range(state.bucket, min(now, state.bucket + WINDOW_BUCKETS + 1)):
        counts = sum_window(state.window, bucket)
        if counts != (curve[-1].counts if curve else NOTHING):
            curve = (*curve, Point(bucket, counts))
    window = tuple(point for point in state.window if point.bucket > now - WINDOW_BUCKETS)
    return replace(state, bucket=now, window=window, curve=curve[-KEPT_POINTS:])


def sum_window(window: Iterable[Point], bucket: int) -> Counts:
    """Return how many felt what at the end of a bucket."""
    sums = [0] * len(MOODS)
    for point in window:
        if bucket - WINDOW_BUCKETS < point.bucket <= bucket:
            for index, count in enumerate(point.counts):
                sums[index] += count
    return sums[0], sums[1], sums[2], sums[3]


def _counted(window: tuple[Point, ...], bucket: int, mood: Mood, step: int) -> tuple[Point, ...]:
    """Add to a bucket; one that has left the window counts no more."""
    return tuple(
        Point(bucket, _added(point.counts, mood, step)) if point.bucket == bucket else point
        for point in window
    )


def _added(counts: Counts, mood: Mood, step: int) -> Counts:
    changed = list(counts)
    changed[MOODS.index(mood)] += step
    return changed[0], changed[1], changed[2], changed[3]
