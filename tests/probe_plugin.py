"""A plugin that uses every part of the contract, for tests of the actors behind it."""

import time
from typing import Annotated, Any

import msgspec

from emporion.engine.errors import RequestDenied
from emporion.engine.ids import ParticipantId, TrackId
from emporion.engine.media import Source
from emporion.plugins.api import (
    ALL,
    HOSTS,
    Deny,
    Entry,
    JoinAttempt,
    NoOptions,
    ParticipantView,
    PluginContext,
    PublishRequest,
    RequestContext,
    RoomView,
    TrackView,
    hookimpl,
)

Word = Annotated[str, msgspec.Meta(max_length=64)]


class Add(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="add"):
    """Add to the sum."""

    amount: int


class Act(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="act"):
    """Do something by the context."""

    what: Word
    participant_id: ParticipantId | None = None
    track_id: TrackId | None = None
    text: Word = ""
    number: int = 0


class Point(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="point"):
    """A signal."""

    x: int


class ProbeState(msgspec.Struct, frozen=True, kw_only=True):
    """What the fold knows."""

    total: int = 0
    is_closed: bool = False


class ProbeFold:
    def initial(self) -> ProbeState:
        return ProbeState()

    def apply(self, state: ProbeState, entry: Entry) -> ProbeState:
        body = msgspec.msgpack.decode(entry.body) if entry.kind.startswith("probe.") else {}
        match entry.kind:
            case "probe.added":
                return msgspec.structs.replace(state, total=state.total + body["amount"])
            case "probe.closed":
                return msgspec.structs.replace(state, is_closed=body["closed"])
            case _:
                return state


class Probe:
    """Plugin `probe`."""

    options_type = NoOptions
    request_type = Add | Act
    signal_type = Point
    summary_interval_s = 0.5

    def __init__(self, options: NoOptions) -> None:
        self.fold = ProbeFold()

    def view(self, state: ProbeState, viewer: ParticipantView) -> dict[str, Any]:
        return {"total": state.total, "can_draw": viewer.grants.can_draw}

    def summary(self, state: ProbeState, *, is_host: bool) -> dict[str, Any]:
        # Others see the tens only.
        return {"total": state.total if is_host else state.total // 10}

    async def handle_request(  # noqa: C901 - one flat match.
        self, context: RequestContext[ProbeState], request: Add | Act
    ) -> None:
        if isinstance(request, Add):
            await context.append("added", {"amount": request.amount})
            return
        person, track = request.participant_id, request.track_id
        match request.what:
            case "grant":
                assert person is not None
                sources = (Source.MICROPHONE,)
                await context.change_grants(person, can_publish_sources=sources, can_draw=True)
                mine = context.room.participants[person].grants
                assert mine.can_draw, "the context shows what was changed"
            case "take_back":
                assert person is not None
                await context.change_grants(person, can_publish_sources=None, can_draw=None)
            case "mute":
                assert track is not None
                await context.mute(track)
            case "unpublish":
                assert track is not None
                await context.unpublish(track)
            case "remove":
                assert person is not None
                await context.remove(person, code=request.text)
            case "timer":
                context.set_timer(request.text, context.now_us() + request.number)
            case "cancel":
                context.cancel_timer(request.text)
            case "close":
                await context.append("closed", {"closed": bool(request.number)})
            case "shout":
                for number in range(request.number):
                    context.signal("shout", {"number": number}, audience=HOSTS)
            case "crash":
                raise ValueError("a bug")
            case _:
                raise RequestDenied("That is no act.", code="probe.unknown_act")

    def handle_signal(self, context: RequestContext[ProbeState], signal: Point) -> None:
        if signal.x < 0:
            raise RequestDenied("Nobody points there.", code="probe.off_the_map")
        if signal.x == 666:
            raise ValueError("a bug")
        if signal.x == 998:
            time.sleep(0.003)  # As if somebody else had the core.
        if signal.x == 999:
            busy_until_s = time.thread_time() + 0.003
            while time.thread_time() < busy_until_s:
                pass
        context.signal("pointed", {"x": signal.x}, audience=ALL)

    @hookimpl
    def before_join(self, attempt: JoinAttempt, state: ProbeState) -> Deny | None:
        if state.is_closed and not attempt.is_host:
            return Deny("probe.closed", "It is closed.", True)
        return None

    @hookimpl
    def before_publish(
        self, room: RoomView, request: PublishRequest, state: ProbeState
    ) -> Deny | None:
        owner = room.participants[request.participant_id]
        return Deny("probe.closed", "No.") if state.is_closed and not owner.is_host else None

    @hookimpl
    def before_unmute(self, track: TrackView, state: ProbeState) -> Deny | None:
        return Deny("probe.silence", "Silence, please.") if state.is_closed else None

    @hookimpl
    async def on_start(self, context: PluginContext[ProbeState]) -> None:
        await context.append("started", {"total": context.state.total})

    @hookimpl
    async def on_timer(self, context: PluginContext[ProbeState], name: str) -> None:
        if name == "crash":
            raise ValueError("a bug")
        await context.append("rang", {"name": name, "at_us": context.now_us()})

    @hookimpl
    async def on_speakers(
        self, context: PluginContext[ProbeState], participant_ids: tuple[ParticipantId, ...]
    ) -> None:
        await context.append("heard", {"participant_ids": participant_ids})
