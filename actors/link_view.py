"""What a viewer is told of its own link: the rate it is believed to carry, and what that costs.

Told when the words change, and while pictures suffer when the rate has changed; once a second at
most. Who has all that its page asks for hears nothing.
"""

from collections.abc import Mapping, Sequence
from typing import Final

import trio

from ..engine.ids import TrackId
from ..engine.media import Kind, Source
from ..engine.protocol.server import LinkChanged
from ..plugins.api import OfferedTrack, SlotDecision
from .messages import Reschedule
from .participant_state import ParticipantState
from .room_messages import LinkNoted

TELL_INTERVAL_S: Final = 1.0
RATE_CHANGE_RATIO: Final = 0.2
FULL: Final = "full"
# From good to bad: as large as its tile is, with fewer frames, smaller than its tile, not at all.
_WORDS: Final = (FULL, "fewer_frames", "smaller", "paused")


def tell(state: ParticipantState, tracks: Sequence[OfferedTrack]) -> None:
    """Tell the page, if there is anything new and it is time."""
    subscriber = state.subscriber
    link = describe(subscriber.available_bps, tracks, subscriber.decisions)
    _tell_room(state, link)
    if not _is_news(subscriber.told_link, link):
        return
    now_s = trio.current_time()
    wait_s = subscriber.told_link_s + TELL_INTERVAL_S - now_s
    if wait_s > 0:
        if not subscriber.is_link_due:
            subscriber.is_link_due = True
            state.context.start_soon(_look_again, state, wait_s)
        return
    subscriber.told_link, subscriber.told_link_s = link, now_s
    state.send(link)


def _tell_room(state: ParticipantState, link: LinkChanged) -> None:
    """Let the room know, for its hosts. Who saves data has chosen so, and does not suffer."""
    subscriber = state.subscriber
    words = (link.screen, link.cameras)
    level = "" if subscriber.saves_data or all(word in ("", FULL) for word in words) else "reduced"
    if level and "paused" in words:
        level = "paused"
    room = state.site.room
    known = (state.site.room_runs, level)
    is_news = subscriber.told_level != known and (level or subscriber.told_level[1])
    if is_news and room is not None and not state.is_hidden:
        subscriber.told_level = known
        room.tell(LinkNoted(participant_id=state.participant_id, level=level))


def describe(
    available_bps: int, tracks: Sequence[OfferedTrack], decisions: Sequence[SlotDecision]
) -> LinkChanged:
    """Say how the worst of the shared screens and of the cameras is shown; empty: none is."""
    by_id = {track.track_id: track for track in tracks}
    return LinkChanged(
        available_bps=available_bps,
        screen=_worst(by_id, decisions, is_screen=True),
        cameras=_worst(by_id, decisions, is_screen=False),
    )


def _worst(
    tracks: Mapping[TrackId, OfferedTrack], decisions: Sequence[SlotDecision], *, is_screen: bool
) -> str:
    grades = [
        _grade(decision)
        for decision in decisions
        if decision.track_id is not None
        and (track := tracks.get(decision.track_id)) is not None
        and track.source.kind is Kind.VIDEO
        and (track.source is Source.SCREEN) is is_screen
    ]
    return _WORDS[max(grades)] if grades else ""


def _grade(decision: SlotDecision) -> int:
    target, preferred = decision.target, decision.preferred
    if target is None:
        return 3 if decision.reason == "bandwidth" else 0
    if preferred is None or target == preferred:
        return 0
    return 2 if target.spatial < preferred.spatial else 1


def _is_news(told: LinkChanged | None, link: LinkChanged) -> bool:
    is_fine = all(word in ("", FULL) for word in (link.screen, link.cameras))
    if told is None:
        return not is_fine
    if (told.screen, told.cameras) != (link.screen, link.cameras):
        return True
    return (
        not is_fine
        and abs(link.available_bps - told.available_bps) > RATE_CHANGE_RATIO * told.available_bps
    )


async def _look_again(state: ParticipantState, wait_s: float) -> None:
    await trio.sleep(wait_s)
    state.subscriber.is_link_due = False
    state.context.ref.tell(Reschedule())
