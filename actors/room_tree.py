"""Starts the actors of one room in the order of DESIGN §3: the room first, then its plugins."""

from functools import partial

import msgspec
import structlog

from ..engine.errors import ConfigError
from ..engine.ids import ParticipantId
from ..engine.runtime import ActorRef, ChildSpec, Crash, Down, Supervisor
from ..plugins.host import LoadedPlugin
from .delivery import Delivery
from .groups import House
from .lifecycle import journal_cause
from .messages import JoinRequest, ParticipantMessage
from .open_sessions import OpenSession
from .participant import ParticipantActor
from .plugin import PluginActor
from .room import RoomActor
from .room_messages import ParticipantDown, RoomDown, RoomMessage
from .site import RoomSite, Services

_log = structlog.get_logger()


async def start_room(services: Services, rooms: Supervisor, session: OpenSession) -> RoomSite:
    """Start a room's supervisor with its first children.

    Raises:
        JournalError: The session's journal cannot be opened; nothing is left.
    """
    template = services.templates.by_name.get(session.template)
    if template is None:
        raise ConfigError(
            f"room {session.name} was opened with the template {session.template}, "
            "which is not configured any more"
        )
    await rooms.stop_child(session.room_id)  # Half a start, if the directory crashed in the midst.
    supervisor = await rooms.start_supervisor(session.room_id)
    site = RoomSite(
        services=services,
        room_id=session.room_id,
        name=session.name,
        template=template,
        session_id=session.session_id,
        supervisor=supervisor,
        delivery=Delivery(services.outlets, services.counters),
    )
    site.house = House(site, _start_actors)
    try:
        room = await _start_actors(site)
    except BaseException:
        await rooms.stop_child(session.room_id)
        raise
    supervisor.watch(room, partial(_room_down, services, site))
    return site


async def start_participant(
    site: RoomSite, participant_id: ParticipantId, request: JoinRequest
) -> ActorRef[ParticipantMessage]:
    """Start a participant's actor; its end, however it comes, is told to the room."""
    person = msgspec.structs.replace(
        request, media=None
    )  # The offer is long, the actor's life too.
    ref = await site.supervisor.start_child(
        ChildSpec(
            name=participant_id,
            factory=lambda: ParticipantActor(site, participant_id, person),
        )
    )
    site.services.counters.participants[person.grants.role] += 1

    def handle_down(down: Down) -> None:
        site.services.counters.participants[person.grants.role] -= 1
        site.whereabouts.pop(participant_id, None)
        message = ParticipantDown(participant_id=participant_id, cause=journal_cause(down.reason))
        for its_site in site.rooms:  # It may have ended on its way from one to another.
            room = its_site.room
            if room is not None:
                room.tell(message)

    site.supervisor.watch(ref, handle_down)
    return ref


async def _start_actors(site: RoomSite) -> ActorRef[RoomMessage]:
    """Start a room, the groups that it had, and its plugins."""
    limits = site.template.limits
    room = await site.supervisor.start_child(
        ChildSpec(
            name="room",
            factory=lambda: RoomActor(site),
            # Every participant may have some tells and one ask on the way.
            mailbox_size=1024 + 4 * limits.max_participants,
        )
    )
    if site.house is not None:
        await site.house.resume()
    for plugin in site.template.plugins.plugins:
        if plugin.has_actor:
            await _start_plugin(site, plugin)
    return room


async def _start_plugin(site: RoomSite, plugin: LoadedPlugin) -> None:
    """Start a plugin in a supervisor of its own: over its intensity it is alone disabled."""
    own = await site.supervisor.start_supervisor(f"plugin-{plugin.name}")
    ref = await own.start_child(
        ChildSpec(
            name=plugin.name,
            factory=lambda: PluginActor(site, plugin),
            mailbox_size=256 + site.template.limits.max_participants,
        )
    )

    def handle_down(down: Down) -> None:
        if isinstance(down.reason, Crash):
            site.services.counters.plugins_disabled += 1
            _log.error("plugin.disabled", plugin=plugin.name, room_id=site.room_id)

    own.watch(ref, handle_down)


def _room_down(services: Services, site: RoomSite, down: Down) -> None:
    directory = services.directory
    if directory is not None:
        directory.tell(RoomDown(room_id=site.room_id))
