"""One sample of each message of `emporion.v1`, with every field set.

`python tests/unit/protocol/protocol_samples.py` writes the golden files that are missing. It never
changes one: old clients and old journals hold these bytes, and they must be readable for ever.
"""

from pathlib import Path
from typing import Any, Final

import msgspec

from emporion.engine.grants import Grants
from emporion.engine.ids import ParticipantId, RoomId, SessionId, TrackId
from emporion.engine.media import Kind, Source
from emporion.engine.protocol import client, server
from emporion.engine.protocol.envelope import ClientMessage, ServerMessage
from emporion.engine.protocol.things import (
    EntryInfo,
    ParticipantInfo,
    PluginInfo,
    PluginView,
    RoomInfo,
    SlotInfo,
    SlotView,
    TrackInfo,
)

GOLDEN: Final = Path(__file__).parents[2] / "data" / "protocol"
ANA: Final = ParticipantId("PA_4hTbN9sRk2Zc")
TRACK: Final = TrackId("TR_8sKdQ2fXw4Lm")


def _raw(body: Any) -> msgspec.Raw:
    return msgspec.Raw(msgspec.msgpack.encode(body))


OFFER: Final = client.MediaOffer(
    sdp="v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\n",
    send_lines=(client.SendLine(mid="0", source=Source.MICROPHONE),),
)
ENTRY: Final = EntryInfo(
    seq=18,
    at_us=91_200_345,
    author=ANA,
    kind="chat.message",
    body=_raw({"message_id": "EV_7nLq2wRt8Yub", "text": "价格 ✓", "to": None}),
)
SLOT_VIEW: Final = SlotView(slot=3, track_id=TRACK, rtp_timestamp=2_864_434_397, reason="bandwidth")

CLIENT: Final[tuple[ClientMessage, ...]] = (
    client.Hello(ref=1, protocol_version=1, token="eyJ.x.y", name="Ana", media=OFFER),
    client.Prepare(ref=1, protocol_version=1, token="eyJ.x.y", media=OFFER, device_id="d3v1ce"),
    client.Resume(ref=1, protocol_version=1, resume_token="kJ2", last_seq=17),
    client.Leave(ref=9),
    client.Ping(ref=2**53 - 1),
    client.RestartIce(ref=3, sdp="v=0\r\n"),
    client.PublishTrack(
        ref=4,
        source=Source.SCREEN,
        muted=True,
        width_px=1280,
        height_px=720,
        scalability_mode="L3T3_KEY",
    ),
    client.UnpublishTrack(ref=5, track_id=TRACK),
    client.MuteTrack(ref=6, track_id=TRACK, muted=True),
    client.SetView(
        ref=7,
        tiles=(client.Tile(track_id=TRACK, width_px=640, height_px=360),),
        hidden=True,
    ),
    client.ReadmitParticipant(ref=14, identity="li"),
    client.RemoveParticipant(ref=8, participant_id=ANA),
    client.PluginRequest(ref=10, plugin="chat", body=_raw({"type": "send_message", "text": "hi"})),
    client.PluginSignal(ref=11, plugin="whiteboard", body=_raw({"type": "cursor", "x": 0.25})),
    client.EndSession(ref=12),
    client.SetScheduler(ref=13, scheduler="gallery"),
)

SERVER: Final[tuple[ServerMessage, ...]] = (
    server.Welcome(
        ref=1,
        protocol_version=1,
        server_version="0.1.0",
        room=RoomInfo(
            room_id=RoomId("RM_2vKq7xPd9Wfe"),
            name="autumn-sale",
            template="class",
            session_id=SessionId("SE_9mXc3bTz5Ghy"),
            started_at_unix_s=1_790_000_000.25,
        ),
        participant_id=ANA,
        seq=17,
        participants=(
            ParticipantInfo(
                participant_id=ANA,
                identity="ana",
                name="Ana",
                role="merchant",
                joined_at_us=2_159,
                connected=False,
            ),
        ),
        tracks=(
            TrackInfo(
                track_id=TRACK,
                participant_id=ANA,
                source=Source.CAMERA,
                muted=False,
                width_px=1280,
                height_px=720,
            ),
        ),
        plugins={"chat": PluginView(seq=17, body=_raw({"messages": [], "total": 0}))},
        resume_token="kJ2",
        resume_window_s=30.0,
        can_publish=("microphone", "camera"),
        answer="v=0\r\n",
        slots=(SlotInfo(slot=0, mid="3", kind=Kind.AUDIO),),
    ),
    server.Prepared(ref=1, answer="v=0\r\n"),
    server.Resumed(ref=1, entries=(ENTRY,), slot_views=(SLOT_VIEW,), resume_token="mQ7"),
    server.Moved(
        room=RoomInfo(
            room_id=RoomId("RM_5qTw8nLc3Ykv"),
            name="Group 1",
            template="class",
            session_id=SessionId("SE_2hRb6vMz8Xcj"),
            started_at_unix_s=1_790_000_600.5,
            main_room_id=RoomId("RM_2vKq7xPd9Wfe"),
        ),
        seq=4,
        participants=(),
        tracks=(),
        plugins={"chat": PluginView(seq=4, body=_raw({"messages": [], "total": 0}))},
        can_publish=("microphone", "camera"),
        plugin_infos=(PluginInfo(name="chat"),),
        files_ticket="fT8",
    ),
    server.RequestSucceeded(ref=10, seq=18),
    server.TrackPublished(ref=4, track_id=TRACK),
    server.IceRestarted(ref=3, answer="v=0\r\n"),
    server.Pong(ref=2),
    server.RequestFailed(ref=4, code="screen_share.taken", message="Taken.", retryable=True),
    server.Entries(entries=(ENTRY,)),
    server.SlotsChanged(slot_views=(SLOT_VIEW,)),
    server.LinkChanged(available_bps=420_000, screen="full", cameras="smaller"),
    server.LinksChanged(levels={ANA: "paused"}),
    server.SpeakersChanged(participant_ids=(ANA,)),
    server.EncodingsWanted(track_id=TRACK, rids=("l", "m"), spatial_layers=2),
    server.MuteRequested(track_id=TRACK),
    server.CanPublishChanged(
        can_publish=("microphone",),
        grants=Grants(can_publish_sources=(Source.MICROPHONE,), can_draw=True),
    ),
    server.PluginSignalled(
        plugin="whiteboard", event="cursor", author=ANA, body=_raw({"x": 0.25, "y": 0.5})
    ),
    server.PluginSummary(plugin="questions", seq=18, body=_raw({"open": 3, "top": []})),
    server.Waiting(ref=1, code="lobby.waiting_room", message="Soon.", position=3),
    server.Goodbye(code="removed", message="A host removed you.", retryable=True),
)


def golden_file(message: ClientMessage | ServerMessage) -> Path:
    """Where a sample's golden bytes stand."""
    direction = "client" if isinstance(message, ClientMessage) else "server"
    return GOLDEN / direction / f"{message.__struct_config__.tag}.msgpack"


def main() -> None:
    """Write what is missing."""
    samples: list[ClientMessage | ServerMessage] = [*CLIENT, *SERVER]
    for message in samples:
        file = golden_file(message)
        if not file.exists():
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(msgspec.msgpack.encode(message))
            print(f"wrote {file}")


if __name__ == "__main__":
    main()
