"""Breakouts inside a group: help, the way back, and what is brought to the main room."""

from ..engine.errors import RequestDenied
from ..engine.ids import RoomId
from .api import HOSTS, PluginContext, RequestContext
from .breakouts_messages import HelpBody, HelpEndedBody, ReturnedBody, Stay, SummaryBody
from .breakouts_state import BreakoutsState, OwnGroup, Visitor

Context = PluginContext[BreakoutsState]
Request = RequestContext[BreakoutsState]


async def ask_help(context: Request) -> None:
    """Call the hosts; a group that has called already goes on calling.

    Raises:
        RequestDenied: `breakouts.not_open`.
    """
    own = _own(context.state)
    if own.help_asked_by is not None:
        return
    body = HelpBody(number=own.number, name=context.participant.name)
    await context.append("help_asked", body)
    await context.groups.append(None, "help_asked", body, audience=HOSTS)


async def end_help(context: Request) -> None:
    """Help is not needed any more.

    Raises:
        RequestDenied: `breakouts.not_open`.
    """
    own = _own(context.state)
    if own.help_asked_by is None:
        return
    body = HelpEndedBody(number=own.number)
    await context.append("help_ended", body)
    await context.groups.append(None, "help_ended", body, audience=HOSTS)


async def enter(context: Request, number: int) -> None:
    """A host or an observer goes on to another group.

    Raises:
        RequestDenied: `breakouts.hosts_only`, `breakouts.unknown_group`.
    """
    person = context.participant
    if not (person.is_host or person.hidden):
        raise RequestDenied("Only hosts may visit other groups.", code="breakouts.hosts_only")
    group = context.state.group(number)
    if group is None or group.group_id is None:
        raise RequestDenied("There is no such group.", code="breakouts.unknown_group")
    context.groups.move(person.participant_id, group.group_id)


async def go_back(context: Request) -> None:
    """Go to the main room.

    Raises:
        RequestDenied: `breakouts.may_not_return`.
    """
    person, own = context.participant, context.state.own
    if person.role == "merchant" and not person.hidden:
        if not context.state.may_return and own is not None and not own.has_ended:
            raise RequestDenied(
                "The groups go back together, when a host closes them.",
                code="breakouts.may_not_return",
            )
        body = ReturnedBody(identity=person.identity)
        await context.groups.append(None, "returned", body, audience=HOSTS)
    context.groups.move(person.participant_id, None)


async def bring_back(context: Context) -> None:
    """Tell the main room what was in this group."""
    own, group_id = context.state.own, context.groups.own_id
    if own is None or group_id is None:
        return
    body = summary_of(own, group_id, context.now_us())
    await context.groups.append(None, "summary", body, audience=HOSTS)


def summary_of(own: OwnGroup, group_id: RoomId, now_us: int) -> SummaryBody:
    """Sum a group up at a moment of its own clock."""
    return SummaryBody(
        number=own.number,
        name=own.name,
        group_id=group_id,
        people=tuple(visitor.name for visitor in own.visitors.values()),
        messages_total=own.messages_total,
        stays=tuple(_stay(visitor, now_us) for visitor in own.visitors.values()),
        lasted_us=now_us - own.begun_us,
    )


def _stay(visitor: Visitor, now_us: int) -> Stay:
    here_us = 0 if visitor.since_us is None else now_us - visitor.since_us
    return Stay(name=visitor.name, stayed_us=visitor.stayed_us + here_us, is_host=visitor.is_host)


def _own(state: BreakoutsState) -> OwnGroup:
    if state.own is None or state.own.has_ended:
        raise RequestDenied("The groups are not open.", code="breakouts.not_open")
    return state.own
