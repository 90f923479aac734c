"""A clock that a host starts and everybody in the room sees run down."""

from typing import Annotated, Any

import msgspec

from emporion.engine.errors import RequestDenied
from emporion.plugins.api import Entry, NoOptions, ParticipantView, RequestContext


class Start(msgspec.Struct, frozen=True, tag_field="type", tag="start"):
    seconds: Annotated[int, msgspec.Meta(ge=1, le=3600)]


class EndFold:
    def initial(self) -> int:
        return 0

    def apply(self, state: int, entry: Entry) -> int:
        if entry.kind != "countdown.started":
            return state
        return int(msgspec.msgpack.decode(entry.body)["ends_at_us"])


class Countdown:
    options_type = NoOptions
    request_type = Start
    panel = ("emporion_plugin_countdown", "panel.js")
    fold = EndFold()

    def __init__(self, options: NoOptions) -> None:
        pass

    def view(self, state: int, viewer: ParticipantView) -> dict[str, Any]:
        return {"ends_at_us": state}

    async def handle_request(self, context: RequestContext[int], request: Start) -> None:
        if not context.participant.is_host:
            raise RequestDenied("Only a host starts the clock.", code="countdown.not_host")
        ends_at_us = context.now_us() + request.seconds * 1_000_000
        await context.append("started", {"ends_at_us": ends_at_us})
