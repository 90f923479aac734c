"""Who is muted, and whether they may unmute: a policy, and what hosts ask."""

from typing import Final, assert_never

from ..engine.errors import RequestDenied
from ..engine.ids import ParticipantId
from ..engine.media import Source
from .api import (
    ALL,
    Deny,
    ParticipantView,
    PersistentDict,
    PluginContext,
    RequestContext,
    RoomView,
    only,
)
from .hands_messages import AllowUnmute, AllSilencedBody, Mute, MuteAll, SilencedBody
from .hands_state import HandsState

Request = RequestContext[HandsState]
_MUTED: Final = Deny("hands.muted_by_host", "A host has muted you; ask for the floor.")


def deny_silenced(room: RoomView, participant_id: ParticipantId, state: HandsState) -> Deny | None:
    """Tell whether somebody may open its microphone."""
    person = room.participants.get(participant_id)
    if person is None or person.is_host or state.may_unmute(person.identity):
        return None
    return _MUTED


def find(context: Request, participant_id: ParticipantId) -> ParticipantView:
    """Return who is in the room; the id may be that from before a reload.

    Raises:
        RequestDenied: `hands.unknown_participant`.
    """
    person = context.room.participants.get(context.state.current_id(participant_id))
    if person is None or person.hidden:
        raise RequestDenied("They are not in the room.", code="hands.unknown_participant")
    return person


def find_lower(context: Request, participant_id: ParticipantId) -> ParticipantView:
    """Return who is in the room and no host.

    Raises:
        RequestDenied: `hands.unknown_participant`, `hands.is_host`.
    """
    person = find(context, participant_id)
    if person.is_host:
        raise RequestDenied("Hosts keep their rights.", code="hands.is_host")
    return person


async def mute_microphone(context: PluginContext[HandsState], person: ParticipantView) -> None:
    """Mute somebody's microphone, if it is open."""
    for track in tuple(context.room.tracks.values()):
        is_open = track.source is Source.MICROPHONE and not track.muted
        if is_open and track.participant_id == person.participant_id:
            await context.mute(track.track_id)


async def handle_muting(context: Request, request: Mute | MuteAll | AllowUnmute) -> None:
    """Do what a host asks.

    Raises:
        RequestDenied: As each of the functions below says.
    """
    match request:
        case Mute(participant_id=person, may_unmute=may_unmute):
            await _mute(context, person, may_unmute=may_unmute)
        case MuteAll():
            await _mute_all(context, request)
        case AllowUnmute(participant_id=allowed):
            await _allow_unmute(context, allowed)
        case _:
            assert_never(request)


async def _mute(context: Request, participant_id: ParticipantId, *, may_unmute: bool) -> None:
    """Mute one.

    Raises:
        RequestDenied: `hands.unknown_participant`; `hands.is_host`: a host may always unmute.
    """
    find_target = find if may_unmute else find_lower
    person = find_target(context, participant_id)
    if not may_unmute and context.state.may_unmute(person.identity):
        await _append_silenced(context, person, may_unmute=False)
    await mute_microphone(context, person)


async def _mute_all(context: Request, request: MuteAll) -> None:
    """Mute all but the hosts, with or without those who have the floor."""
    if not request.may_unmute and not context.state.all_silenced:
        await context.append("all_silenced", AllSilencedBody(may_unmute=False), audience=ALL)
    floors = context.state.floors
    if not request.spares_floor:
        if not request.may_unmute:
            await _silence_floors(context)
        floors = PersistentDict()
    for track in context.room.tracks_of_source(Source.MICROPHONE):
        owner = context.room.participants.get(track.participant_id)
        if owner is None or owner.is_host or owner.identity in floors or track.muted:
            continue
        await context.mute(track.track_id)


async def _silence_floors(context: Request) -> None:
    for floor in tuple(context.state.floors.values()):
        if context.state.may_unmute(floor.identity):
            body = SilencedBody(
                participant_id=floor.participant_id, identity=floor.identity, may_unmute=False
            )
            await context.append("silenced", body, audience=only(floor.participant_id))


async def _allow_unmute(context: Request, participant_id: ParticipantId | None) -> None:
    """Give the right to unmute back.

    Raises:
        RequestDenied: `hands.unknown_participant`.
    """
    state = context.state
    if participant_id is None:
        if state.all_silenced or state.silenced:
            await context.append("all_silenced", AllSilencedBody(may_unmute=True), audience=ALL)
        return
    person = find(context, participant_id)
    if not state.may_unmute(person.identity):
        await _append_silenced(context, person, may_unmute=True)


async def _append_silenced(context: Request, person: ParticipantView, *, may_unmute: bool) -> None:
    body = SilencedBody(
        participant_id=person.participant_id, identity=person.identity, may_unmute=may_unmute
    )
    await context.append("silenced", body, audience=only(person.participant_id))
