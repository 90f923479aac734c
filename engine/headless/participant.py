"""A headless participant: joins a room, publishes synthetic media, decodes what its slots show."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any, Final

import trio
import trio_asyncio
from trio_websocket import open_websocket_url

from ..errors import RequestDenied
from ..ids import ParticipantId, TrackId
from ..media import Source
from ..protocol.client import Hello, Leave, MuteTrack, PublishTrack, SetView, Tile
from ..protocol.envelope import PROTOCOL_VERSION, SUBPROTOCOL, ClientMessage
from ..protocol.server import Entries, ServerPush, SlotsChanged, TrackPublished, Waiting, Welcome
from ..protocol.things import EntryInfo, SlotView
from .asyncio_loop import open_asyncio_loop
from .control import ConnectionEnded, Control
from .peer import HeadlessPeer
from .sink import SlotSink

JOIN_TIMEOUT_S: Final = 15.0
LEAVE_TIMEOUT_S: Final = 2.0
TILE_WIDTH_PX: Final = 640
TILE_HEIGHT_PX: Final = 360


class HeadlessParticipant:
    """One joined participant; made by `open_participant`.

    Attributes:
        welcome: The server's answer to `hello`.
        entries: Journal entries pushed since, in order.
        slot_views: What each slot shows, by its index.
    """

    def __init__(self, peer: HeadlessPeer | None) -> None:
        self._peer = peer
        self.control: Control
        self.welcome: Welcome
        self.entries: list[EntryInfo] = []
        self.slot_views: dict[int, SlotView] = {}

    @property
    def participant_id(self) -> ParticipantId:
        return self.welcome.participant_id

    @property
    def sinks(self) -> tuple[SlotSink, ...]:
        """One for each slot, in order: audio, then video."""
        return self._peer.sinks if self._peer else ()

    @property
    def media_state(self) -> str:
        """W3C `connectionState`: "connected" once DTLS is up."""
        return self._peer.state if self._peer else "none"

    async def request(
        self,
        kind: type[ClientMessage],
        **fields: Any,  # Any: the fields of `kind`.
    ) -> ServerPush:
        """Send any request and wait for its answer; see `Control.request`."""
        return await self.control.request(kind, **fields)

    async def publish(self, source: Source) -> TrackId:
        """Publish what is sent for a source that the offer named."""
        answer = await self.request(PublishTrack, source=source)
        assert isinstance(answer, TrackPublished)
        return answer.track_id

    async def mute(self, track_id: TrackId, *, muted: bool = True) -> None:
        await self.request(MuteTrack, track_id=track_id, muted=muted)

    async def view(self, *track_ids: TrackId) -> None:
        """Say which tracks the "page" shows, most important first."""
        tiles = tuple(
            Tile(track_id=track_id, width_px=TILE_WIDTH_PX, height_px=TILE_HEIGHT_PX)
            for track_id in track_ids
        )
        await self.request(SetView, tiles=tiles)

    async def wait_slot(self, track_id: TrackId) -> SlotSink:
        """Wait until a slot shows this track, and return what receives it."""
        while True:
            for view in self.slot_views.values():
                if view.track_id == track_id:
                    return self.sinks[view.slot]
            await self.control.wait_change()

    def take_push(self, push: ServerPush) -> None:
        if isinstance(push, Entries):
            self.entries.extend(push.entries)
        elif isinstance(push, SlotsChanged):
            self.slot_views.update({view.slot: view for view in push.slot_views})


@asynccontextmanager
async def open_participant(
    url: str,
    token: str,
    *,
    sources: Sequence[Source] = (),
    audio_slots: int = 3,
    video_slots: int = 4,
    with_media: bool = True,
) -> AsyncIterator[HeadlessParticipant]:
    """Join the token's room; leave it on exit.

    Args:
        url: Of the node's WebSocket, `ws://host:port/…`.
        sources: What it can send; nothing is published before `publish`.
        audio_slots: Receive slots for audio, ≥ 0.
        video_slots: Receive slots for video, ≥ 0.
        with_media: False: neither sends nor receives, and needs no aiortc connection.

    Raises:
        RequestDenied: The server refused `hello`, or lets it wait at the door; carries its code.
        ConnectionEnded: The connection ended before `welcome`.
        trio.TooSlowError: No `welcome` within 15 s.
    """

    def make_peer() -> HeadlessPeer | None:
        if not with_media:
            return None
        return HeadlessPeer(sources, audio_slots=audio_slots, video_slots=video_slots)

    try:
        async with _open(url, token, make_peer) as participant:
            yield participant
    except BaseExceptionGroup as group:
        # Four nurseries lie between the caller and what went wrong.
        raise _only_leaf(group) from None


@asynccontextmanager
async def _open(
    url: str, token: str, make_peer: Callable[[], HeadlessPeer | None]
) -> AsyncIterator[HeadlessParticipant]:
    async with (
        open_asyncio_loop(),
        open_websocket_url(url, subprotocols=[SUBPROTOCOL]) as socket,
        trio.open_nursery() as nursery,
    ):
        peer = make_peer()  # Here, because aiortc takes the asyncio loop that runs now.
        participant = HeadlessParticipant(peer)
        participant.control = Control(socket, participant.take_push)
        nursery.start_soon(participant.control.run)
        try:
            with trio.fail_after(JOIN_TIMEOUT_S):
                await _join(participant, peer, token)
            yield participant
            await _leave(participant)
        finally:
            if peer is not None:
                with trio.CancelScope(shield=True):
                    await trio_asyncio.aio_as_trio(peer.close)()
            nursery.cancel_scope.cancel()


async def _join(participant: HeadlessParticipant, peer: HeadlessPeer | None, token: str) -> None:
    offer = await trio_asyncio.aio_as_trio(peer.make_offer)() if peer else None
    answer = await participant.request(
        Hello, protocol_version=PROTOCOL_VERSION, token=token, media=offer
    )
    if isinstance(answer, Waiting):
        raise RequestDenied(answer.message, code=answer.code, retryable=True)
    assert isinstance(answer, Welcome)
    participant.welcome = answer
    if peer is not None and answer.answer is not None:
        await trio_asyncio.aio_as_trio(peer.take_answer)(answer.answer)


async def _leave(participant: HeadlessParticipant) -> None:
    """Say goodbye, if there is still somebody to say it to."""
    with trio.move_on_after(LEAVE_TIMEOUT_S), suppress(ConnectionEnded):
        await participant.request(Leave)


def _only_leaf(error: BaseException) -> BaseException:
    """Return the one error inside nested groups; a group of several stays a group."""
    while isinstance(error, BaseExceptionGroup) and len(error.exceptions) == 1:
        error = error.exceptions[0]
    return error
