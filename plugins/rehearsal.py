"""A room without a node, in which a plugin can be tried: requests, folds, views and policies."""

import copy
from collections.abc import Mapping
from typing import Any, Final

import msgspec
import structlog

from ..engine.ids import (
    ParticipantId,
    RoomId,
    TrackId,
    new_participant_id,
    new_room_id,
    new_track_id,
)
from ..engine.journal import ALL, Audience, Entry
from ..engine.media import Source
from .api import Deny, JoinAttempt, PluginLog, PublishRequest
from .host import LoadedPlugin, PluginHost, RoomPlugins
from .views import ParticipantView, RoomView, TrackView

_encoder = msgspec.msgpack.Encoder()
NAME: Final = "rehearsed"


class RehearsalRoom:
    """One room with one plugin. Time stands still until the test moves `now_us`.

    After each entry it checks that the fold left the state before it unchanged.

    Args of the constructor:
        plugin_class: As an entry point names it.
        options: As `[plugins.<name>]` would hold them.
        name: The plugin's name, the first word of its entries' kinds.
    """

    def __init__(
        self,
        plugin_class: type,
        options: Mapping[str, Any] | None = None,  # Any: what TOML holds.
        *,
        name: str = NAME,
    ) -> None:
        host = PluginHost.load({name: options or {}}, classes={name: plugin_class})
        self.name = name
        self.now_us = 0
        self.entries: list[Entry] = []
        self._room_plugins: RoomPlugins = host.for_template("rehearsal", [name])
        self.plugin: LoadedPlugin = self._room_plugins.plugins[0]
        self._room_id: RoomId = new_room_id()
        self._participants: dict[ParticipantId, ParticipantView] = {}
        self._tracks: dict[TrackId, TrackView] = {}
        self.state: Any = self._initial()  # The plugin's own type.

    @property
    def room(self) -> RoomView:
        """The room as the plugin sees it."""
        return RoomView(
            room_id=self._room_id,
            name="rehearsal",
            template="class",
            participants=dict(self._participants),
            tracks=dict(self._tracks),
        )

    def join(
        self, identity: str, *, role: str = "merchant", hidden: bool = False
    ) -> ParticipantView:
        """Let somebody join, if the plugin does not deny it (`RehearsalDenied`)."""
        attempt = JoinAttempt(identity=identity, name=identity.title(), role=role, hidden=hidden)
        _raise_if_denied(self._room_plugins.policies.before_join(self.room, attempt))
        participant = ParticipantView(
            participant_id=new_participant_id(),
            identity=identity,
            name=identity.title(),
            role=role,
            joined_at_us=self.now_us,
            hidden=hidden,
        )
        self._participants[participant.participant_id] = participant
        self.append("room.participant_joined", {"participant": participant, "hidden": hidden})
        return participant

    def leave(self, participant: ParticipantView) -> None:
        """Let somebody leave."""
        del self._participants[participant.participant_id]
        body = {"participant_id": participant.participant_id, "cause": "left"}
        self.append("room.participant_left", body)

    def publish(self, participant: ParticipantView, source: Source) -> TrackView:
        """Publish a track, if the plugin does not deny it (`RehearsalDenied`)."""
        request = PublishRequest(participant_id=participant.participant_id, source=source)
        _raise_if_denied(self._room_plugins.policies.before_publish(self.room, request))
        track = TrackView(
            track_id=new_track_id(),
            participant_id=participant.participant_id,
            source=source,
            muted=False,
        )
        self._tracks[track.track_id] = track
        self.append("room.track_published", {"track": track})
        return track

    async def request(self, participant: ParticipantView, **body: Any) -> list[Entry]:
        """Send the plugin a request, as a client would; return the entries it made.

        Raises:
            RequestDenied: As the plugin says.
            msgspec.ValidationError: The body is none of its requests.
        """
        assert self.plugin.decode_request is not None, "the plugin takes no requests"
        request = self.plugin.decode_request(_encoder.encode(body))
        before = len(self.entries)
        await self.plugin.instance.handle_request(_Context(self, participant), request)
        return self.entries[before:]

    def view(self, participant: ParticipantView) -> Any:
        """Return what a joiner is sent, after a trip through msgpack."""
        body = self.plugin.instance.view(self.state, participant)
        return msgspec.msgpack.decode(_encoder.encode(body))

    def append(
        self,
        kind: str,
        body: object,
        *,
        author: ParticipantId | None = None,
        audience: Audience = ALL,
    ) -> Entry:
        """Append an entry and fold it."""
        entry = Entry(
            seq=len(self.entries) + 1,
            at_us=self.now_us,
            author=author,
            kind=kind,
            body=msgspec.Raw(_encoder.encode(body)),
            audience=audience,
        )
        self.entries.append(entry)
        if self.plugin.has_view:
            before, kept = self.state, copy.deepcopy(self.state)
            self.state = self.plugin.instance.fold.apply(before, entry)
            assert before == kept, f"the fold changed the state before {kind} in place"
        return entry

    def replayed(self) -> Any:
        """Return the state that a new fold makes of all entries."""
        state = self._initial()
        for entry in self.entries:
            state = self.plugin.instance.fold.apply(state, entry)
        return state

    def _initial(self) -> Any:
        return self.plugin.instance.fold.initial() if self.plugin.has_view else None


class RehearsalDenied(Exception):
    """A policy of the plugin said no; `denial` says how."""

    def __init__(self, denial: Deny) -> None:
        super().__init__(f"{denial.code}: {denial.message}")
        self.denial = denial


class _Context:
    """`RequestContext` over the rehearsal."""

    def __init__(self, room: RehearsalRoom, participant: ParticipantView) -> None:
        self._room = room
        self.participant = participant

    @property
    def room(self) -> RoomView:
        return self._room.room

    @property
    def state(self) -> Any:  # The plugin's own type.
        return self._room.state

    @property
    def log(self) -> PluginLog:
        log: PluginLog = structlog.get_logger().bind(plugin=self._room.name)
        return log

    def now_us(self) -> int:
        return self._room.now_us

    async def append(self, event: str, body: object, *, audience: Audience = ALL) -> Entry:
        author = self.participant.participant_id
        return self._room.append(
            f"{self._room.name}.{event}", body, author=author, audience=audience
        )


def _raise_if_denied(denial: Deny | None) -> None:
    if denial is not None:
        raise RehearsalDenied(denial)
