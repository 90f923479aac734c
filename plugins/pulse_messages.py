"""What the pulse is asked, what it journals, and what hosts are shown of it."""

from typing import Annotated, Final, Literal

import msgspec

from ..engine.ids import ParticipantId

Mood = Literal["lost", "slower", "faster", "clear"]
MOODS: Final[tuple[Mood, ...]] = ("lost", "slower", "faster", "clear")
Counts = tuple[int, int, int, int]  # In the order of `MOODS`.

Reaction = Literal["clap", "heart", "laugh", "thumbs_up", "celebrate"]
REACTIONS: Final[tuple[Reaction, ...]] = ("clap", "heart", "laugh", "thumbs_up", "celebrate")

TemplateNames = Annotated[
    tuple[Annotated[str, msgspec.Meta(max_length=64)], ...], msgspec.Meta(max_length=50)
]

# -- the request and the signals ----------------------------------------------------------------


class Feel(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="feel"):
    """Say how the lesson goes for you, in place of what you said before; null: nothing."""

    mood: Mood | None


class React(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="react"):
    """A signal: show this to everybody."""

    reaction: Reaction


class Reacted(msgspec.Struct, frozen=True, kw_only=True):
    """The signal `reacted`: how many of each since the last one. `name`: of a single author."""

    counts: dict[Reaction, int]
    name: str = ""


# -- the entry ----------------------------------------------------------------------------------


class FeltBody(msgspec.Struct, frozen=True, kw_only=True):
    """`pulse.felt`."""

    identity: str
    name: str
    mood: Mood | None


# -- what hosts are shown -----------------------------------------------------------------------


class Felt(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody said, where that is not anonymous."""

    participant_id: ParticipantId
    name: str
    mood: Mood
    at_us: int


class Point(msgspec.Struct, frozen=True, array_like=True):
    """How many felt what: in a bucket (`window`), or in the minute up to its end (`curve`)."""

    bucket: int
    counts: Counts


class PageMark(msgspec.Struct, frozen=True, array_like=True):
    """From this time on this page was presented: of the whiteboard, or a slide of a document.

    `slide`: its number in the document that `page` names; 0: of the whiteboard, or (empty) none.
    """

    at_us: int
    page: str
    slide: int = 0


class PulseSummary(msgspec.Struct, frozen=True, kw_only=True):
    """The pulse, for hosts.

    `bucket_us`: how long a bucket is; `window_buckets`: for how many a vote counts. `window` has
    the votes that may still count, by the bucket they were given in; `curve` the latest points at
    which it changed, up to the bucket before `bucket`; what follows is the sum of the window.
    """

    bucket: int
    bucket_us: int
    window_buckets: int
    window: tuple[Point, ...]
    curve: tuple[Point, ...]
    pages: tuple[PageMark, ...]
    people: tuple[Felt, ...]
    is_anonymous: bool


class OwnPulse(msgspec.Struct, frozen=True, kw_only=True):
    """What one said oneself."""

    mood: Mood
    at_us: int


class PulseView(msgspec.Struct, frozen=True, kw_only=True):
    """What a joiner is sent. `pulse` is for hosts, with the whole curve."""

    own: OwnPulse | None
    is_anonymous: bool
    lasts_us: int  # For how long what one said counts.
    pulse: PulseSummary | None
