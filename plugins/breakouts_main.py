"""Breakouts in the main room: the plan, the opening, the moving and the end."""

from typing import Final

from ..engine.errors import RequestDenied
from ..engine.ids import ParticipantId, RoomId
from .api import ALL, HOSTS, Audience, PluginContext, RequestContext
from .breakouts_messages import (
    AnnouncedBody,
    Assign,
    AssignedBody,
    BegunBody,
    CancelledBody,
    ClosedBody,
    EndedBody,
    GroupBody,
    GroupLostBody,
    HelpEndedBody,
    Open,
    OpenedBody,
    Plan,
    PlannedBody,
    RenamedBody,
    ReopenedBody,
    TimerBody,
    VoiceBody,
)
from .breakouts_plan import first_assignment, group_for_late, place_of
from .breakouts_state import BreakoutsState, Person

END: Final = "end"
SWEEP: Final = "sweep"
SWEEP_AFTER_US: Final = 1_000_000  # By then everybody is back, and the groups have said what was.
MAX_ASSIGNED: Final = 2_000

Context = PluginContext[BreakoutsState]
Request = RequestContext[BreakoutsState]
# What all open groups are told.
Told = AnnouncedBody | RenamedBody | TimerBody | VoiceBody | GroupLostBody | ReopenedBody


async def plan(context: Request, request: Plan) -> None:
    """Make a plan.

    Raises:
        RequestDenied: `breakouts.open_already`.
    """
    state = context.state
    _check_not_open(state)
    groups = tuple(
        GroupBody(number=index, name=name.strip() or str(index))
        for index, name in enumerate(request.names, 1)
    )
    before = dict(state.assignment.items()) if state.phase == "planned" else {}
    assignment = first_assignment(request.by, groups, state.everybody(), before)
    if len(assignment) > MAX_ASSIGNED:
        raise RequestDenied(
            f"At most {MAX_ASSIGNED} people can be in groups.", code="breakouts.too_many_people"
        )
    body = PlannedBody(
        groups=groups,
        by=request.by,
        may_return=request.may_return,
        late=request.late,
        assignment=assignment,
    )
    await context.append("planned", body, audience=_audience(request.by))


async def cancel(context: Request) -> None:
    """Drop the plan.

    Raises:
        RequestDenied: `breakouts.open_already`, `breakouts.no_plan`.
    """
    _check_not_open(context.state)
    _check_planned(context.state)
    await context.append("cancelled", CancelledBody())


async def assign(context: Request, request: Assign) -> None:
    """Put people into a group; if it is open, they go there.

    Raises:
        RequestDenied: `breakouts.no_plan`, `breakouts.unknown_group`,
            `breakouts.too_many_people`.
    """
    state = context.state
    _check_planned(state)
    if request.number is not None:
        find_group(state, request.number)
    if len(state.assignment) + len(request.identities) > MAX_ASSIGNED:
        raise RequestDenied("That many cannot be in groups.", code="breakouts.too_many_people")
    body = AssignedBody(identities=request.identities, number=request.number)
    await context.append("assigned", body, audience=_audience(state.by))
    if state.phase == "open":
        _send(context, request.identities)


async def rename(context: Request, number: int, name: str) -> None:
    """Give a group another name.

    Raises:
        RequestDenied: `breakouts.no_plan`, `breakouts.unknown_group`, `breakouts.empty_text`.
    """
    state = context.state
    _check_planned(state)
    group, name = find_group(state, number), name.strip()
    if not name:
        raise RequestDenied("A group has a name.", code="breakouts.empty_text")
    if name == group.name:
        return
    body = RenamedBody(number=number, name=name)
    audience = ALL if state.phase == "open" else _audience(state.by)
    await context.append("renamed", body, audience=audience)
    if state.phase == "open":
        await tell_groups(context, "renamed", body)
        if group.group_id is not None:
            await context.groups.rename(group.group_id, name)


async def choose(context: Request, number: int | None) -> None:
    """Somebody chooses a group.

    Raises:
        RequestDenied: `breakouts.not_by_choice`, `breakouts.unknown_group`.
    """
    state = context.state
    if state.phase == "none" or state.by != "choice":
        raise RequestDenied("You cannot choose a group now.", code="breakouts.not_by_choice")
    if number is not None:
        find_group(state, number)
    identity = context.participant.identity
    if state.assignment.get(identity) == number and identity not in state.away_by_choice:
        return
    await context.append("assigned", AssignedBody(identities=(identity,), number=number))
    if state.phase == "open":
        _send(context, (identity,))


async def open_groups(context: Request, request: Open) -> None:
    """Open all groups and send everybody there.

    Raises:
        RequestDenied: `breakouts.open_already`, `breakouts.no_plan`.
    """
    state = context.state
    _check_not_open(state)
    _check_planned(state)
    left_us = None if request.duration_s is None else request.duration_s * 1_000_000
    sweep_if_this_fails(context)
    opened = [
        GroupBody(
            number=group.number, name=group.name, group_id=await context.groups.open(group.name)
        )
        for group in state.groups
    ]
    for group in opened:
        begun = BegunBody(
            number=group.number,
            name=group.name,
            groups=tuple(opened),
            may_return=state.may_return,
            left_us=left_us,
        )
        await context.groups.append(group.group_id, "begun", begun)
    body = OpenedBody(
        groups=tuple(opened), by=state.by, may_return=state.may_return, left_us=left_us
    )
    await context.append("opened", body)
    set_timers(context)
    for person in context.state.people.values():
        send_to_place(context, person)


async def announce(context: Request, text: str) -> None:
    """Show a text in all groups.

    Raises:
        RequestDenied: `breakouts.not_open`, `breakouts.empty_text`.
    """
    check_open(context.state)
    if not text.strip():
        raise RequestDenied("There is nothing to show.", code="breakouts.empty_text")
    body = AnnouncedBody(text=text.strip(), author_name=context.participant.name)
    await context.append("announced", body, audience=HOSTS)
    await tell_groups(context, "announced", body)


async def speak(context: Request, *, is_on: bool) -> None:
    """Let a host's microphone be heard in all groups, or not any more; one host at a time.

    Raises:
        RequestDenied: `breakouts.not_open`.
    """
    check_open(context.state)
    person, voice = context.participant, context.state.voice
    speaks = voice is not None and voice.participant_id == person.participant_id
    if speaks == is_on:
        return
    if is_on:
        await _set_voice(context, VoiceBody(participant_id=person.participant_id, name=person.name))
    else:
        await _set_voice(context, VoiceBody(participant_id=None))


async def drop_voice(context: Context, participant_id: ParticipantId) -> None:
    """Somebody has left the main room, and so speaks to nobody in the groups."""
    voice = context.state.voice
    if voice is not None and voice.participant_id == participant_id:
        await _set_voice(context, VoiceBody(participant_id=None))


def restore_voice(context: Context) -> None:
    """Let be heard in all groups who is by the state."""
    voice = context.state.voice
    callers = () if voice is None or voice.participant_id is None else (voice.participant_id,)
    context.groups.speak_to_all(frozenset(callers))


async def _set_voice(context: Context, body: VoiceBody) -> None:
    await context.append("voice", body)
    restore_voice(context)
    await tell_groups(context, "voice", body)


async def set_end(context: Request, left_s: int | None, *, is_closing: bool) -> None:
    """Say when the groups close; at once, if nothing is left.

    Raises:
        RequestDenied: `breakouts.not_open`.
    """
    check_open(context.state)
    if left_s == 0:
        await close_groups(context)
        return
    left_us = None if left_s is None else left_s * 1_000_000
    body = TimerBody(left_us=left_us, is_closing=is_closing)
    await context.append("timer_set", body)
    set_timers(context)
    await tell_groups(context, "timer_set", body)


async def end_help(context: Request, number: int) -> None:
    """A host has heard a group's call.

    Raises:
        RequestDenied: `breakouts.no_call`.
    """
    if number not in context.state.help:
        raise RequestDenied("This group asks for no help.", code="breakouts.no_call")
    body = HelpEndedBody(number=number)
    await context.append("help_ended", body, audience=HOSTS)
    group = context.state.group(number)
    if group is not None and group.group_id is not None:
        await context.groups.append(group.group_id, "help_ended", body)


async def close_groups(context: Context) -> None:
    """Call everybody back; the groups themselves end a little later."""
    state = context.state
    await context.append("closed", ClosedBody(groups=state.groups))
    context.cancel_timer(END)
    restore_voice(context)
    for person in state.everybody():
        context.groups.move(person.participant_id, None)
    for group_id in state.rooms:
        await _append_if_there(context, group_id, "ended", EndedBody())
    context.set_timer(SWEEP, context.now_us() + SWEEP_AFTER_US)


def sweep_if_this_fails(context: Context) -> None:
    """Have groups that are being opened end in a minute, if nobody is told of them."""
    context.set_timer(SWEEP, context.now_us() + 60 * SWEEP_AFTER_US)


async def sweep(context: Context) -> None:
    """End the groups that are not wanted any more; whoever is still in one is called back."""
    if context.state.phase == "open":
        wanted = {group.group_id for group in context.state.groups}
    else:
        wanted = set()
    is_done = True
    for group_id in context.state.rooms:
        if group_id not in wanted:
            is_done = await context.groups.close(group_id) and is_done
    if not is_done:
        context.set_timer(SWEEP, context.now_us() + SWEEP_AFTER_US)


async def place(context: Context, participant_id: ParticipantId) -> None:
    """Send somebody who has come into the main room where it belongs."""
    person = context.state.people.get(participant_id)
    if person is None:
        return
    late = group_for_late(context.state, person)
    if late is not None:
        body = AssignedBody(identities=(person.identity,), number=late.number)
        await context.append("assigned", body, audience=_audience(context.state.by))
    send_to_place(context, person)


def set_timers(context: Context) -> None:
    """Set the timers that the state says."""
    state = context.state
    if state.phase == "open" and state.ends_at_us is not None:
        context.set_timer(END, state.ends_at_us)
    else:
        context.cancel_timer(END)
    wanted = {group.group_id for group in state.groups}
    if any(group_id not in wanted for group_id in state.rooms):
        context.set_timer(SWEEP, context.now_us() + SWEEP_AFTER_US)


def find_group(state: BreakoutsState, number: int) -> GroupBody:
    """Return a group of the plan.

    Raises:
        RequestDenied: `breakouts.unknown_group`.
    """
    group = state.group(number)
    if group is None:
        raise RequestDenied("There is no such group.", code="breakouts.unknown_group")
    return group


def check_open(state: BreakoutsState) -> None:
    if state.phase != "open":
        raise RequestDenied("The groups are not open.", code="breakouts.not_open")


async def tell_groups(context: Context, event: str, body: Told) -> None:
    """Append the same in all open groups."""
    for group in context.state.groups:
        if group.group_id is not None:
            await _append_if_there(context, group.group_id, event, body)


async def _append_if_there(
    context: Context,
    group_id: RoomId,
    event: str,
    body: Told | EndedBody,
) -> None:
    try:
        await context.groups.append(group_id, event, body)
    except RequestDenied:
        context.log.info("breakouts.group_gone", group_id=group_id)


def _send(context: Context, identities: tuple[str, ...]) -> None:
    """Send people where they are assigned to, wherever they are."""
    wanted = set(identities)
    for person in context.state.everybody():
        if person.identity in wanted and person.is_assignable:
            group = place_of(context.state, person)
            context.groups.move(person.participant_id, group.group_id if group else None)


def send_to_place(context: Context, person: Person) -> None:
    """Send somebody in the main room to the open group where it belongs, if there is one."""
    group = place_of(context.state, person)
    if group is not None:
        context.groups.move(person.participant_id, group.group_id)


def _check_not_open(state: BreakoutsState) -> None:
    if state.phase == "open":
        raise RequestDenied("The groups are open.", code="breakouts.open_already")


def _check_planned(state: BreakoutsState) -> None:
    if state.phase == "none":
        raise RequestDenied("There is no plan.", code="breakouts.no_plan")


def _audience(by: str) -> Audience:
    """Where everybody chooses, everybody sees who has chosen what."""
    return ALL if by == "choice" else HOSTS
