"""A page without a browser: one connection to a classroom, and what it was told."""

import itertools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import msgspec
import trio

from ..actors.classroom import JoinRequest, ResumeRequest
from ..engine.grants import Grants
from ..engine.ids import (
    ConnectionId,
    ParticipantId,
    RoomId,
    TrackId,
    TransportId,
    new_connection_id,
)
from ..engine.media import Source
from ..engine.protocol.client import (
    ClientRequest,
    Leave,
    MediaOffer,
    PluginRequest,
    PluginSignal,
    PublishTrack,
    SendLine,
    SetView,
    Tile,
)
from ..engine.protocol.server import (
    Entries,
    Goodbye,
    Moved,
    RequestSucceeded,
    Resumed,
    ServerPush,
    SlotsChanged,
    TrackPublished,
    Waiting,
    Welcome,
)
from ..engine.protocol.things import EntryInfo, SlotView
from ..engine.testing.fake_media import fake_offer

if TYPE_CHECKING:
    from .classroom import ClassroomRig

SOURCES: Final = {"0": Source.MICROPHONE, "1": Source.CAMERA, "2": Source.SCREEN}
WAIT_S: Final = 5.0


@dataclass
class Client:
    """A page: one connection at a time, and what it was told."""

    rig: "ClassroomRig"
    identity: str
    name: str
    grants: Grants
    room: str = "shop"
    template: str | None = None
    connection_id: ConnectionId = field(default_factory=new_connection_id)
    welcome: Welcome | None = None
    earlier: list[ConnectionId] = field(default_factory=list)  # That were resumed.
    _refs: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    @property
    def participant_id(self) -> ParticipantId:
        assert self.welcome is not None
        return self.welcome.participant_id

    @property
    def transport_id(self) -> TransportId:
        """The transport that answered this client's offer."""
        (transport_id,) = self.rig.transports[self.connection_id]
        return transport_id

    def shown(self) -> dict[int, TrackId]:
        """What the forwarder sends in each slot."""
        rows = self.rig.media.shown(self.transport_id)
        return {slot: track_id for slot, (track_id, _) in rows.items()}

    async def join(self, *, media: bool = True, audio: int = 3, video: int = 4) -> Welcome:
        return await self.join_with(_offer(audio, video) if media else None)

    async def join_with(self, offer: MediaOffer | None) -> Welcome:
        await self._say_hello(offer)
        welcome: Welcome = self.got(Welcome)[-1]
        self.welcome = welcome
        return welcome

    async def come(self) -> bool:
        """Join, or (False) wait at the door.

        Raises:
            RequestDenied: As a policy or a limit says.
        """
        await self._say_hello(_offer(3, 4))
        welcomes = self.got(Welcome)
        self.welcome = welcomes[-1] if welcomes else None
        return self.welcome is not None

    def prepare(self, token: str = "t") -> str:
        """Open the media ahead of the join; return the answer."""
        before = set(self.rig.media.transports)
        answer = self.rig.classroom.prepare(self.connection_id, _offer(3, 4), token)
        self._note_transports(before)
        return answer

    async def join_prepared(self) -> Welcome:
        """Join with the media that `prepare` has opened."""
        await self._say_hello(None, is_prepared=True)
        welcome: Welcome = self.got(Welcome)[-1]
        self.welcome = welcome
        return welcome

    async def knock(self, *, media: bool = True) -> Waiting:
        """Come to the door of a room that lets nobody in yet."""
        await self._say_hello(_offer(3, 4) if media else None)
        waiting: Waiting = self.got(Waiting)[-1]
        return waiting

    async def wait_welcome(self) -> Welcome:
        """Be let in."""
        before = set(self.rig.transports.get(self.connection_id, ()))
        with trio.fail_after(WAIT_S):
            self.welcome = await self.rig.outlets.wait_for(self.connection_id, Welcome)
        known = set().union(*self.rig.transports.values())
        self.rig.transports[self.connection_id] = before | (set(self.rig.media.transports) - known)
        return self.welcome

    async def _say_hello(self, offer: MediaOffer | None, *, is_prepared: bool = False) -> None:
        before = set(self.rig.media.transports)
        await self.rig.classroom.join(
            JoinRequest(
                connection_id=self.connection_id,
                ref=next(self._refs),
                room=self.room,
                template=self.template,
                identity=self.identity,
                name=self.name,
                grants=self.grants,
                media=offer,
                is_prepared=is_prepared,
            )
        )
        self._note_transports(before)

    def _note_transports(self, before: set[TransportId]) -> None:
        own = self.rig.transports.setdefault(self.connection_id, set())
        own |= set(self.rig.media.transports) - before

    def leave(self) -> None:
        self.send(Leave)

    def lose_connection(self) -> None:
        self.rig.classroom.connection_lost(self.connection_id)

    async def resume(self, token: str, last_seq: int, *, room_id: RoomId | None = None) -> Resumed:
        old, self.connection_id = self.connection_id, new_connection_id()
        self.earlier.append(old)
        self.rig.transports[self.connection_id] = self.rig.transports.get(old, set())
        await self.rig.classroom.resume(
            ResumeRequest(
                connection_id=self.connection_id,
                ref=next(self._refs),
                resume_token=token,
                last_seq=last_seq,
                room_id=room_id,
            )
        )
        resumed: Resumed = self.got(Resumed)[-1]
        return resumed

    async def come_back(self) -> Resumed:
        """Resume, as a page does: with the latest token, from the newest entry it knows."""
        assert self.welcome is not None
        token, seq, room_id = self.welcome.resume_token, self.welcome.seq, None
        for push in self.told():
            if isinstance(push, Moved):
                seq, room_id = push.seq, push.room.room_id
            if isinstance(push, Resumed):
                token = push.resume_token
            if isinstance(push, Entries | Resumed) and push.entries:
                seq = push.entries[-1].seq
        return await self.resume(token, seq, room_id=room_id)

    def send(self, request_type: type[ClientRequest], **fields: Any) -> int:
        ref = next(self._refs)
        self.rig.classroom.deliver(self.connection_id, request_type(ref=ref, **fields))
        return ref

    async def ask(self, request_type: Any, **fields: Any) -> ServerPush:
        """Send a request and wait for its answer."""
        ref = self.send(request_type, **fields)
        return await self.answer(ref)

    async def answer(self, ref: int) -> ServerPush:
        with trio.fail_after(WAIT_S):
            await self.rig.outlets.wait_until(lambda: self._answer(ref) is not None)
        answer = self._answer(ref)
        assert answer is not None
        return answer

    def _answer(self, ref: int) -> ServerPush | None:
        messages = self.rig.outlets.received[self.connection_id]
        return next((m for m in messages if getattr(m, "ref", None) == ref), None)

    async def publish(self, source: Source, **fields: Any) -> TrackId:
        answer = await self.ask(PublishTrack, source=source, **fields)
        assert isinstance(answer, TrackPublished), answer
        return answer.track_id

    async def plugin(self, plugin: str, **body: Any) -> ServerPush:
        raw = msgspec.Raw(msgspec.msgpack.encode(body))
        return await self.answer(self.send_plugin(plugin, raw))

    def send_plugin(self, plugin: str, body: msgspec.Raw) -> int:
        """Send a request and go on; `answer` waits for what comes of it."""
        return self.send(PluginRequest, plugin=plugin, body=body)

    def signal(self, plugin: str, **body: Any) -> int:
        """Send a signal; nothing answers it unless it is refused."""
        raw = msgspec.Raw(msgspec.msgpack.encode(body))
        return self.send(PluginSignal, plugin=plugin, body=raw)

    async def say(self, text: str, to: list[ParticipantId] | None = None) -> ServerPush:
        return await self.plugin("chat", type="send_message", text=text, to=to)

    async def view(
        self,
        *track_ids: TrackId,
        height_px: int = 360,
        hidden: bool = False,
        saves_data: bool = False,
    ) -> None:
        tiles = tuple(
            Tile(track_id=track_id, width_px=height_px * 16 // 9, height_px=height_px)
            for track_id in track_ids
        )
        answer = await self.ask(SetView, tiles=tiles, hidden=hidden, saves_data=saves_data)
        assert isinstance(answer, RequestSucceeded), answer

    def told(self) -> list[ServerPush]:
        """Everything that came, on all connections in turn."""
        connections = (*self.earlier, self.connection_id)
        return [push for one in connections for push in self.rig.outlets.received[one]]

    def arrival(self) -> Welcome | Moved:
        """How it came into the room where it is."""
        moves = [push for push in self.told() if isinstance(push, Moved)]
        assert self.welcome is not None
        return moves[-1] if moves else self.welcome

    def told_here(self) -> list[ServerPush]:
        """Everything that came since it is in the room where it is."""
        pushes = self.told()
        moves = [index for index, push in enumerate(pushes) if isinstance(push, Moved)]
        return pushes[moves[-1] + 1 :] if moves else pushes

    def got(self, kind: type[Any]) -> list[Any]:
        return self.rig.outlets.of_type(self.connection_id, kind)

    def entries(self, kind: str | None = None) -> list[EntryInfo]:
        entries = self.rig.outlets.entries(self.connection_id)
        return [entry for entry in entries if kind in (None, entry.kind)]

    def bodies(self, kind: str) -> list[Any]:
        return [msgspec.msgpack.decode(entry.body) for entry in self.entries(kind)]

    async def wait_entry(self, kind: str, count: int = 1) -> Any:
        """Wait for the n-th entry of a kind and return its body."""
        with trio.fail_after(WAIT_S):
            await self.rig.outlets.wait_until(lambda: len(self.entries(kind)) >= count)
        return self.bodies(kind)[count - 1]

    async def wait_goodbye(self) -> Goodbye:
        with trio.fail_after(WAIT_S):
            outlets = self.rig.outlets
            await outlets.wait_until(lambda: outlets.goodbye(self.connection_id) is not None)
        goodbye = self.rig.outlets.goodbye(self.connection_id)
        assert goodbye is not None
        return goodbye

    def slot_views(self) -> dict[int, SlotView]:
        """What the page believes of its slots."""
        views: dict[int, SlotView] = {}
        for push in self.got(SlotsChanged):
            views.update((view.slot, view) for view in push.slot_views)
        return views

    async def wait_shown(self, track_id: TrackId) -> SlotView:
        """Wait until some slot shows a track."""

        def find() -> SlotView | None:
            views = self.slot_views().values()
            return next(
                (v for v in views if v.track_id == track_id and v.rtp_timestamp is not None), None
            )

        with trio.fail_after(WAIT_S):
            await self.rig.outlets.wait_until(lambda: find() is not None)
        view = find()
        assert view is not None
        return view


def _offer(audio: int, video: int) -> MediaOffer:
    lines = tuple(SendLine(mid=mid, source=source) for mid, source in SOURCES.items())
    return MediaOffer(sdp=fake_offer(audio=audio, video=video), send_lines=lines)
