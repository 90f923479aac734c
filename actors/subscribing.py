"""What a participant is sent: its view in, decisions of the scheduler, rows and slot views out.

Functions over its state. A slot's rows are written by the actors of the tracks that leave it and
come into it; they are asked one after the other, so that the last decision is the last row.
"""

from collections.abc import Sequence
from typing import Final

import structlog
import trio

from ..engine.errors import ActorError, MediaError, PluginError
from ..engine.forward.api import SlotParameters
from ..engine.ids import TrackId
from ..engine.media import Layer
from ..engine.protocol.client import SetView
from ..engine.protocol.server import SlotsChanged
from ..engine.protocol.things import SlotView
from ..plugins.api import OfferedTrack, Scheduler, Situation, Slot, SlotDecision, WantedTile
from ..plugins.schedulers.wanted_rate import wanted_bps
from . import link_view
from .messages import ClearSlot, Estimated, PointSlot, Reschedule, RoomChanged, SlotShown
from .participant_state import NOTHING_OFFERED, ParticipantState

RETRY_S: Final = 0.1  # After a track's mailbox was full: ten thousand viewers want it at once.
# Estimates come each second from every viewer; a smaller change is below their own error.
ESTIMATE_RATIO: Final = 0.05
SAVER: Final = "saver"  # Decides for whoever saves data, whatever the room's does for others.

_log = structlog.get_logger()


def take_slots(state: ParticipantState, slots: Sequence[SlotParameters]) -> None:
    """Take in what the page can receive, from now on."""
    state.subscriber.slots = tuple(
        Slot(slot.index, slot.kind, tuple(codec.codec for codec in slot.codecs)) for slot in slots
    )


async def set_view(state: ParticipantState, request: SetView) -> None:
    """Take in what the page wants to show."""
    subscriber = state.subscriber
    subscriber.tiles = tuple(
        WantedTile(tile.track_id, tile.width_px, tile.height_px) for tile in request.tiles
    )
    subscriber.page_hidden = request.hidden
    subscriber.saves_data = request.saves_data
    _note_saving(state)
    await schedule(state)


async def note_room(state: ParticipantState, message: RoomChanged) -> None:
    """Take in what the room offers."""
    if message.room_id != state.site.room_id:
        return  # It was left meanwhile.
    state.subscriber.room = message
    _note_saving(state)
    await schedule(state)


def _note_saving(state: ParticipantState) -> None:
    """Let the room know that it matters to this viewer who speaks; and the forwarder, to spare."""
    savers = state.site.savers
    saves_data = state.subscriber.saves_data
    if saves_data == (state.participant_id in savers):
        return
    if saves_data:
        savers.add(state.participant_id)
    else:
        savers.discard(state.participant_id)
    if state.transport is not None:
        state.site.services.table.save_data(state.transport.transport_id, saves_data)


async def note_estimate(state: ParticipantState, message: Estimated) -> None:
    """Take in what the downlink carries."""
    scheduled_bps = state.subscriber.scheduled_bps
    state.subscriber.available_bps = message.available_bps
    if abs(message.available_bps - scheduled_bps) > ESTIMATE_RATIO * scheduled_bps:
        await schedule(state)


def note_shown(state: ParticipantState, message: SlotShown) -> None:
    """Tell the page on which frame its slot changed, unless it was decided otherwise since."""
    slot = next((s for s in _slots(state) if s.slot_id == message.slot_id), None)
    if slot is None:
        return
    pointed = state.subscriber.pointed.get(slot.index)
    if pointed is None or pointed[0] != message.track_id:
        return
    view = SlotView(slot=slot.index, track_id=message.track_id, rtp_timestamp=message.rtp_timestamp)
    _push_views(state, [view])


async def schedule(state: ParticipantState) -> None:
    """Decide anew, write the rows that change, and tell the page which slots fell empty."""
    slots = _slots(state)
    if not slots or not state.grants.can_subscribe or not state.has_joined:
        return
    subscriber = state.subscriber
    decisions = _decide(state, slots)
    subscriber.decisions = decisions
    _push_views(state, [view for d in decisions if (view := _empty_view(d)) is not None])
    link_view.tell(state, subscriber.room.tracks)
    for slot, decision in zip(slots, decisions, strict=True):
        await _write_row(state, slot, decision)


async def retry(state: ParticipantState) -> None:
    """Try again what could not be pointed."""
    state.subscriber.is_retrying = False
    await schedule(state)


def leave_room(state: ParticipantState) -> None:
    """The participant is in another room: no slot shows anything until that one offers it."""
    leave_slots(state)
    subscriber = state.subscriber
    subscriber.room = NOTHING_OFFERED
    subscriber.tiles = None
    subscriber.told_level = (0, "")
    subscriber.decisions = ()
    shown = [index for index, view in subscriber.views.items() if view != SlotView(slot=index)]
    _push_views(state, [SlotView(slot=index) for index in shown])


def leave_slots(state: ParticipantState) -> None:
    """Take the rows back; when the participant ends, its transport is closed already."""
    slots = {slot.index: slot for slot in _slots(state)}
    for index, (track_id, _) in state.subscriber.pointed.items():
        track = state.site.track(track_id)
        if track is not None and index in slots:
            track.tell(ClearSlot(slot_id=slots[index].slot_id))
    state.subscriber.pointed.clear()


def forget_transport(state: ParticipantState) -> None:
    """The media transport is gone: no slot shows anything any more."""
    leave_slots(state)
    subscriber = state.subscriber
    subscriber.decisions = ()
    subscriber.wanted_bps = None
    shown = [index for index, view in subscriber.views.items() if view.track_id is not None]
    _push_views(state, [SlotView(slot=index, reason="media_lost") for index in shown])


def current_views(state: ParticipantState) -> tuple[SlotView, ...]:
    """Return what each slot shows now, for a page that comes back."""
    views = state.subscriber.views
    return tuple(views.get(slot.index, SlotView(slot=slot.index)) for slot in _slots(state))


def _slots(state: ParticipantState) -> tuple[SlotParameters, ...]:
    return state.transport.slots if state.transport is not None else ()


def _decide(state: ParticipantState, slots: tuple[SlotParameters, ...]) -> tuple[SlotDecision, ...]:
    subscriber = state.subscriber
    counters = state.site.services.counters
    counters.schedules += 1
    subscriber.scheduled_bps = subscriber.available_bps
    now_s = trio.current_time()
    situation = Situation(
        slots=subscriber.slots,
        tracks=[t for t in subscriber.room.tracks if t.participant_id != state.participant_id],
        tiles=subscriber.tiles,
        page_hidden=subscriber.page_hidden,
        speakers=subscriber.room.speakers,
        floor=subscriber.room.floor,
        available_bps=subscriber.available_bps,
        regrets=subscriber.steadiness.regrets(now_s),
    )
    try:
        decisions = _scheduler(state).schedule(situation, subscriber.decisions)
        _check(decisions, slots)
        subscriber.steadiness.note(subscriber.decisions, decisions, now_s, subscriber.available_bps)
        _want(state, situation, decisions)
    except Exception:  # The plugin caller (E3): what is shown stays, without the tracks that ended.
        counters.scheduler_failures += 1
        name = state.site.template.scheduler_name(subscriber.room.scheduler)
        _log.exception("scheduler.failed", scheduler=name)
        return _keep(subscriber.decisions, situation.tracks, slots)
    return decisions


def _scheduler(state: ParticipantState) -> Scheduler:
    subscriber = state.subscriber
    template = state.site.template
    if subscriber.saves_data and SAVER in template.schedulers:
        return template.schedulers[SAVER]
    return template.scheduler(subscriber.room.scheduler)


def _want(state: ParticipantState, situation: Situation, decisions: Sequence[SlotDecision]) -> None:
    """Tell the estimator what it may probe for, if that is new."""
    subscriber = state.subscriber
    wanted = wanted_bps(_scheduler(state), situation, decisions)
    if state.transport is not None and wanted != subscriber.wanted_bps:
        subscriber.wanted_bps = wanted
        state.site.services.media.want(state.transport.transport_id, wanted)


def _check(decisions: Sequence[SlotDecision], slots: Sequence[SlotParameters]) -> None:
    if [decision.slot for decision in decisions] != [slot.index for slot in slots]:
        raise PluginError("the scheduler must return one decision for each slot, in order")
    shown = [decision.track_id for decision in decisions if decision.track_id is not None]
    if len(shown) != len(set(shown)):
        raise PluginError("the scheduler put one track into two slots")


def _keep(
    decisions: Sequence[SlotDecision],
    tracks: Sequence[OfferedTrack],
    slots: Sequence[SlotParameters],
) -> tuple[SlotDecision, ...]:
    there = {track.track_id for track in tracks if not track.muted}
    kept = {decision.slot: decision for decision in decisions if decision.track_id in there}
    return tuple(kept.get(slot.index, SlotDecision(slot=slot.index)) for slot in slots)


async def _write_row(state: ParticipantState, slot: SlotParameters, decision: SlotDecision) -> None:
    """Make the forwarder do what was decided for one slot."""
    pointed = state.subscriber.pointed
    before = pointed.get(slot.index)
    wanted = (
        (decision.track_id, decision.target)
        if decision.track_id is not None and decision.target is not None
        else None
    )
    if wanted == before:
        return
    pointed.pop(slot.index, None)
    if wanted is not None and await _ask_track(state, wanted[0], slot, wanted[1]):
        pointed[slot.index] = wanted
    if before is not None and (wanted is None or wanted[0] != before[0]):
        # After the new track was pointed, so that the old one is shown until the new one's first
        # key frame; it clears the slot only if the new one could not be pointed.
        track = state.site.track(before[0])
        if track is not None:
            track.tell(ClearSlot(slot_id=slot.slot_id))


async def _ask_track(
    state: ParticipantState, track_id: TrackId, slot: SlotParameters, target: Layer
) -> bool:
    track = state.site.track(track_id)
    if track is None:
        return False  # It has just ended; the room tells so next.
    try:
        await track.ask(PointSlot(slot_id=slot.slot_id, target=target))
    except MediaError:
        return False  # Its transport or ours has just ended; the end is on its way here.
    except ActorError:
        # Full, slow, or just restarting. If it has ended, the room tells so before the retry.
        _retry_soon(state)
        return False
    return True


def _retry_soon(state: ParticipantState) -> None:
    if not state.subscriber.is_retrying:
        state.subscriber.is_retrying = True
        state.context.start_soon(_retry_later, state)


async def _retry_later(state: ParticipantState) -> None:
    await trio.sleep(RETRY_S)
    state.context.ref.tell(Reschedule())


def _empty_view(decision: SlotDecision) -> SlotView | None:
    """Return the view of a slot to which nothing is sent; None: something is."""
    if decision.target is not None:
        return None
    return SlotView(slot=decision.slot, track_id=decision.track_id, reason=decision.reason or None)


def _push_views(state: ParticipantState, views: Sequence[SlotView]) -> None:
    """Push the views that are new to the page."""
    known = state.subscriber.views
    changed = [view for view in views if known.get(view.slot, SlotView(slot=view.slot)) != view]
    if changed:
        known.update((view.slot, view) for view in changed)
        state.send(SlotsChanged(slot_views=tuple(changed)))
