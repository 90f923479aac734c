"""A participant that waits at the door: what it keeps, and what its page is told."""

from typing import Final

import trio

from ..engine.errors import RequestDenied
from ..engine.protocol.client import ClientRequest, Leave, Ping, PluginRequest, PluginSignal
from ..engine.protocol.codec import encode_server
from ..engine.protocol.server import Waiting
from .messages import DoorChanged, JoinRequest, KnockAgain
from .participant_state import Knock, ParticipantState
from .room_messages import KeepWaiting

ASK_AGAIN_S: Final = 1.0  # After the room could not be reached.


def begin(state: ParticipantState, request: JoinRequest, told: KeepWaiting) -> None:
    """Wait from now on, or go on waiting."""
    if state.knock is None:
        counters = state.site.services.counters
        counters.participants[state.grants.role] -= 1
        counters.participants_waiting += 1
        state.knock = Knock.of(request)
    state.connection_id = request.connection_id
    _tell(state, told)


def note_change(state: ParticipantState, message: DoorChanged) -> None:
    """Tell the page what it waits for now."""
    if state.knock is not None:
        _tell(state, message)


def ask_later(state: ParticipantState) -> None:
    """The room could not be reached: try again soon."""
    state.context.start_soon(_ask_later, state)


def stop_waiting(state: ParticipantState) -> None:
    """It is in, or it ends; no-op if it does not wait."""
    if state.knock is not None:
        state.knock = None
        counters = state.site.services.counters
        counters.participants[state.grants.role] += 1
        counters.participants_waiting -= 1


def check_request(state: ParticipantState, request: ClientRequest) -> None:
    """Refuse what only those may ask who are in, and whom others see.

    Raises:
        RequestDenied: `room.waiting`; `grant.missing`: an observer would show itself to plugins.
    """
    if state.knock is not None and not isinstance(request, Ping | Leave):
        raise RequestDenied("You wait at the door.", code="room.waiting")
    only_watches = state.is_hidden and state.grants.role not in ("host", "assistant")
    if not only_watches or not isinstance(request, PluginRequest | PluginSignal):
        return
    plugin = state.site.template.plugins.get(request.plugin)
    if isinstance(request, PluginSignal) or plugin is None or not plugin.answers_observers:
        raise RequestDenied("Observers only watch and listen.", code="grant.missing")


def _tell(state: ParticipantState, told: KeepWaiting | DoorChanged) -> None:
    assert state.knock is not None, "it waits"
    assert state.connection_id is not None, "it ends when that is lost"
    waiting = Waiting(
        ref=state.knock.request.ref,
        code=told.code,
        message=told.message,
        position=told.position,
        places=told.places,
    )
    state.site.services.outlets.send(state.connection_id, encode_server(waiting))


async def _ask_later(state: ParticipantState) -> None:
    await trio.sleep(ASK_AGAIN_S)
    state.context.ref.tell(KnockAgain())
