"""A room without a node, in which a plugin can be tried: requests, folds, views and policies."""

import copy
from collections.abc import Mapping
from typing import Any, Final

import msgspec

from ..engine.errors import RequestDenied
from ..engine.grants import NO_CHANGES, GrantChanges, Grants, grants_of_role
from ..engine.ids import (
    FileId,
    ParticipantId,
    RoomId,
    TrackId,
    new_file_id,
    new_participant_id,
    new_room_id,
    new_track_id,
)
from ..engine.journal import ALL, RECORD_ONLY, Audience, Entry
from ..engine.media import Source
from .api import Deny, JoinAttempt, PublishRequest, RenderedPages, UploadRequest, Wait
from .host import LoadedPlugin, PluginHost, RoomPlugins
from .rehearsal_context import RehearsalContext, RehearsalRequestContext, Signalled
from .rehearsal_groups import RehearsalGroups
from .views import FileView, ParticipantView, RoomView, TrackView

_encoder = msgspec.msgpack.Encoder()
NAME: Final = "rehearsed"


class RehearsalRoom:
    """One room with one plugin. Time stands still until the test moves `now_us`.

    After each entry it checks that the fold left the state before it unchanged. `on_entry` is
    called for what was appended at the end of each awaited method, or by `observe`.

    Attributes:
        entries: The journal.
        signals: What the plugin signalled.
        timers: When each timer is due, by name; `fire_timer` lets one go off.
        removed: Whom the plugin put out, with the goodbye's code.
        muted: The tracks that the plugin muted.
        groups: What the plugin did with groups.
        rendering: The files whose pages it asked for, with how many at most; `render` answers.
        wished: Which of their pages it asked for first, the last time.

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
        self.signals: list[Signalled] = []
        self.timers: dict[str, int] = {}
        self.groups = RehearsalGroups()
        self.removed: list[tuple[ParticipantId, str]] = []
        self.muted: list[TrackId] = []
        self._room_plugins: RoomPlugins = host.for_template("rehearsal", [name])
        self.plugin: LoadedPlugin = self._room_plugins.plugins[0]
        self._room_id: RoomId = new_room_id()
        self._participants: dict[ParticipantId, ParticipantView] = {}
        self._token_grants: dict[ParticipantId, Grants] = {}
        self._grant_changes: dict[str, GrantChanges] = {}  # By identity.
        self._tracks: dict[TrackId, TrackView] = {}
        self.files: dict[FileId, FileView] = {}
        self.rendering: dict[FileId, int] = {}
        self.wished: dict[FileId, int] = {}
        self._observed_seq = 0
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
            files=dict(self.files),
        )

    # -- participants and tracks -----------------------------------------------------------------

    def join(
        self,
        identity: str,
        *,
        role: str = "merchant",
        hidden: bool = False,
        **grants: Any,  # Any: the grants differ in type.
    ) -> ParticipantView:
        """Let somebody join, if the plugin lets it.

        Args:
            identity: Who comes again under the same one has the grants that were changed for it.
            grants: What the token says besides the role's defaults, such as `can_draw=True`.

        Raises:
            RehearsalDenied: The plugin does not.
            RehearsalWaits: Not yet.
        """
        token = msgspec.structs.replace(grants_of_role(role), hidden=hidden, **grants)  # type: ignore[arg-type]  # A role's name.
        attempt = JoinAttempt(
            identity=identity, name=identity.title(), role=role, hidden=hidden, grants=token
        )
        policies = self._room_plugins.policies
        _raise_unless_allowed(policies.before_join(self.room, attempt, self._find_state))
        participant = ParticipantView(
            participant_id=new_participant_id(),
            identity=identity,
            name=identity.title(),
            role=role,
            joined_at_us=self.now_us,
            hidden=hidden,
            grants=self._grant_changes.get(identity, NO_CHANGES).apply(token),
        )
        self._participants[participant.participant_id] = participant
        self._token_grants[participant.participant_id] = token
        self.append("room.participant_joined", {"participant": participant, "hidden": hidden})
        return participant

    def current(self, participant: ParticipantView) -> ParticipantView:
        """Return a participant as it is now: its grants may have changed since it joined."""
        return self._participants.get(participant.participant_id, participant)

    def leave(self, participant: ParticipantView, *, cause: str = "left") -> None:
        """Let somebody leave, its tracks first."""
        person = participant.participant_id
        for track in [t for t in self._tracks.values() if t.participant_id == person]:
            self.unpublish(track.track_id)
        del self._participants[person]
        body = {"participant_id": person, "cause": cause}
        self.append("room.participant_left", body, author=person)

    def publish(
        self, participant: ParticipantView, source: Source, *, muted: bool = False
    ) -> TrackView:
        """Publish a track, if the plugin does not deny it (`RehearsalDenied`)."""
        request = PublishRequest(
            participant_id=participant.participant_id, source=source, muted=muted
        )
        policies = self._room_plugins.policies
        _raise_unless_allowed(policies.before_publish(self.room, request, self._find_state))
        track = TrackView(
            track_id=new_track_id(),
            participant_id=participant.participant_id,
            source=source,
            muted=muted,
        )
        self._tracks[track.track_id] = track
        self.append("room.track_published", {"track": track}, author=participant.participant_id)
        return track

    def bring(
        self,
        participant: ParticipantView,
        name: str = "picture.png",
        *,
        media_type: str = "image/png",
        size_bytes: int = 1_000,
        purpose: str | None = None,
    ) -> FileView:
        """Bring a file for the plugin, if it does not deny it (`RehearsalDenied`)."""
        upload = UploadRequest(
            participant_id=participant.participant_id,
            purpose=purpose or self.name,
            name=name,
            size_bytes=size_bytes,
        )
        policies = self._room_plugins.policies
        _raise_unless_allowed(policies.before_upload(self.room, upload, self._find_state))
        is_picture = media_type.startswith("image/")
        file = FileView(
            file_id=new_file_id(),
            name=name,
            media_type=media_type,
            size_bytes=size_bytes,
            owner=participant.identity,
            purpose=upload.purpose,
            width_px=640 if is_picture else 0,
            height_px=480 if is_picture else 0,
        )
        self.files[file.file_id] = file
        author = participant.participant_id
        self.append("room.file_added", {"file": file}, author=author, audience=RECORD_ONLY)
        return file

    def unmute(self, track: TrackView) -> None:
        """Let a track's owner unmute it, if the plugin does not deny it (`RehearsalDenied`)."""
        current = self.find_track(track.track_id)
        policies = self._room_plugins.policies
        _raise_unless_allowed(policies.before_unmute(self.room, current, self._find_state))
        self.set_muted(track.track_id, False, author=track.participant_id)

    def set_muted(
        self, track_id: TrackId, muted: bool, *, author: ParticipantId | None = None
    ) -> None:
        """Mute or unmute a track; no policy is asked."""
        track = self.find_track(track_id)
        self._tracks[track_id] = msgspec.structs.replace(track, muted=muted)
        self.append("room.track_muted", {"track_id": track_id, "muted": muted}, author=author)

    def unpublish(self, track_id: TrackId) -> None:
        """End a track."""
        owner = self.find_track(track_id).participant_id
        del self._tracks[track_id]
        self.append("room.track_unpublished", {"track_id": track_id}, author=owner)

    def find_track(self, track_id: TrackId) -> TrackView:
        """Return a track.

        Raises:
            RequestDenied: `track.unknown`.
        """
        track = self._tracks.get(track_id)
        if track is None:
            raise RequestDenied("There is no such track.", code="track.unknown")
        return track

    def change_grants(
        self,
        participant_id: ParticipantId,
        *,
        author: ParticipantId | None = None,
        **changes: Any,  # Any: the grants differ in type.
    ) -> Entry:
        """Change what somebody may do; sources that it lost are unpublished.

        Raises:
            RequestDenied: `participant.unknown`.
        """
        participant = self._participants.get(participant_id)
        if participant is None:
            raise RequestDenied("There is no such participant.", code="participant.unknown")
        said = msgspec.convert(changes, GrantChanges)
        identity = participant.identity
        merged = self._grant_changes.get(identity, NO_CHANGES).then(said)
        self._grant_changes[identity] = merged
        grants = merged.apply(self._token_grants[participant_id])
        self._participants[participant_id] = msgspec.structs.replace(participant, grants=grants)
        body = {"participant_id": participant_id, "identity": identity, "changes": said}
        entry = self.append("room.grants_changed", body, author=author)
        for track in tuple(self._tracks.values()):
            lost = track.source not in grants.can_publish_sources
            if track.participant_id == participant_id and lost:
                self.unpublish(track.track_id)
        return entry

    # -- the plugin ------------------------------------------------------------------------------

    async def start(self) -> None:
        """Call `on_start`, as at the room's start and after each restart of the plugin's actor."""
        self.timers.clear()
        await self._call("on_start", context=RehearsalContext(self))

    async def request(self, participant: ParticipantView, **body: Any) -> list[Entry]:
        """Send the plugin a request, as a client would; return the entries it made.

        Raises:
            RequestDenied: As the plugin says.
            msgspec.ValidationError: The body is none of its requests.
        """
        assert self.plugin.decode_request is not None, "the plugin takes no requests"
        request = self.plugin.decode_request(_encoder.encode(body))
        before = len(self.entries)
        context = RehearsalRequestContext(self, self.current(participant))
        await self.plugin.instance.handle_request(context, request)
        await self.observe()
        return self.entries[before:]

    def signal(self, participant: ParticipantView, **body: Any) -> None:
        """Send the plugin a signal, as a client would; see `signals` for what it passes on.

        Raises:
            RequestDenied: As the plugin says.
            msgspec.ValidationError: The body is none of its signals.
        """
        assert self.plugin.decode_signal is not None, "the plugin takes no signals"
        signal = self.plugin.decode_signal(_encoder.encode(body))
        context = RehearsalRequestContext(self, self.current(participant))
        self.plugin.instance.handle_signal(context, signal)

    async def fire_timer(self, name: str) -> None:
        """Let a timer go off, at its time if that is still to come."""
        self.now_us = max(self.now_us, self.timers.pop(name))
        await self._call("on_timer", context=RehearsalContext(self), name=name)

    async def speak(self, *participants: ParticipantView) -> None:
        """Let these be heard, the loudest first."""
        heard = tuple(participant.participant_id for participant in participants)
        await self._call("on_speakers", context=RehearsalContext(self), participant_ids=heard)

    async def render(self, rendered: RenderedPages) -> None:
        """Tell of a rendering that the plugin asked for."""
        if rendered.is_over:
            self.rendering.pop(rendered.file_id)
        await self._call("on_pages", context=RehearsalContext(self), rendered=rendered)

    async def observe(self) -> None:
        """Call `on_entry` for each entry that it was not called for yet."""
        while self._observed_seq < len(self.entries):
            entry = self.entries[self._observed_seq]
            self._observed_seq += 1
            if self.plugin.follows(entry.kind):
                await self._call_hook("on_entry", context=RehearsalContext(self), entry=entry)

    def view(self, participant: ParticipantView) -> Any:
        """Return what a joiner is sent, after a trip through msgpack."""
        body = self.plugin.instance.view(self.state, self.current(participant))
        return msgspec.msgpack.decode(_encoder.encode(body))

    def summary(self, *, is_host: bool = False) -> Any:
        """Return what viewers are pushed, after a trip through msgpack."""
        body = self.plugin.instance.summary(self.state, is_host=is_host)
        return msgspec.msgpack.decode(_encoder.encode(body))

    # -- the journal -----------------------------------------------------------------------------

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

    def _find_state(self, plugin: str) -> Any:
        return self.state

    async def _call(self, hook: str, **arguments: Any) -> None:
        await self._call_hook(hook, **arguments)
        await self.observe()

    async def _call_hook(self, hook: str, **arguments: Any) -> None:
        call = self.plugin.observers.get(hook)
        if call is not None:
            await call(**arguments)


class RehearsalDenied(Exception):
    """A policy of the plugin said no; `denial` says how."""

    def __init__(self, denial: Deny) -> None:
        super().__init__(f"{denial.code}: {denial.message}")
        self.denial = denial


class RehearsalWaits(Exception):
    """A policy of the plugin said not yet; `wait` says how."""

    def __init__(self, wait: Wait) -> None:
        super().__init__(f"{wait.code}: {wait.message}")
        self.wait = wait


def _raise_unless_allowed(answer: Deny | Wait | None) -> None:
    if isinstance(answer, Deny):
        raise RehearsalDenied(answer)
    if isinstance(answer, Wait):
        raise RehearsalWaits(answer)
