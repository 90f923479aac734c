"""The media port with the reference forwarder behind it: one client's camera in another's slot."""

import struct

import trio

from emporion.engine.clock import TrioClock
from emporion.engine.forward.api import SlotSwitched
from emporion.engine.forward.reference import ReferenceForwarder
from emporion.engine.ids import new_track_id
from emporion.engine.media import TOP_LAYER, Codec, Kind, Source
from emporion.engine.testing.load_client import LoadClient, LoadIdentity
from emporion.engine.testing.load_client_sdp import MID_ID, PAYLOAD_TYPES
from emporion.engine.transport.service import MediaService
from emporion.engine.transport.settings import MediaSettings
from emporion.engine.transport.transport import MediaEvent

_FRAMES, _PACKETS_OF_A_FRAME = 20, 7


def _vp8_frame(frame: int, mid: str) -> list[bytes]:
    """RTP packets of one frame, the first frame a key frame (RFC 7741), with the mid extension."""
    packets = []
    for index in range(_PACKETS_OF_A_FRAME):
        starts, ends = index == 0, index == _PACKETS_OF_A_FRAME - 1
        sequence_number = frame * _PACKETS_OF_A_FRAME + index
        head = struct.pack(
            "!BBHII",
            0x90,
            PAYLOAD_TYPES[Codec.VP8] | ends << 7,
            sequence_number,
            frame * 3000,
            4711,
        )
        extension = struct.pack("!HHB", 0xBEDE, 1, MID_ID << 4 | len(mid) - 1) + mid.encode()
        descriptor = struct.pack("!BBH", 0x80 | starts << 4, 0x80, 0x8000 | frame)
        body = bytes([0 if frame == 0 else 1]) + bytes(1000)
        packets.append(head + extension.ljust(8, b"\0") + descriptor + body)
    return packets


async def test_a_camera_arrives_whole_in_a_slot_of_another_client() -> None:
    identity = LoadIdentity()
    forwarder = ReferenceForwarder()
    events: list[MediaEvent] = []
    service = MediaService(
        MediaSettings(host="127.0.0.1", port=0),
        forwarder,
        clock=TrioClock(),
        on_event=events.append,
    )
    with trio.fail_after(20):
        async with trio.open_nursery() as nursery:
            await nursery.start(service.run)
            publisher = LoadClient(identity=identity, send={Source.CAMERA: ()})
            viewer = LoadClient(identity=identity, video_slots=1)
            sending = service.open(publisher.offer, publisher.sources)
            seeing = service.open(viewer.offer, viewer.sources)
            await nursery.start(publisher.run, sending.answer)
            await nursery.start(viewer.run, seeing.answer)
            track_id, (line, _) = new_track_id(), sending.lines[0]
            slot = next(slot for slot in seeing.slots if slot.kind is Kind.VIDEO)
            forwarder.add_track(track_id, sending.transport_id, line.mid)
            forwarder.point_slot(slot.slot_id, track_id, TOP_LAYER)
            service.pump()

            for frame in range(_FRAMES):
                for packet in _vp8_frame(frame, line.mid):
                    publisher.send_rtp(packet)
                await trio.sleep(0.01)
            wanted = _FRAMES * _PACKETS_OF_A_FRAME
            reception = viewer.slots[slot.mid]
            while reception.packets < wanted:  # noqa: ASYNC110 - Counters have no event.
                await trio.sleep(0.005)
            nursery.cancel_scope.cancel()

    assert (reception.packets, reception.lost, viewer.unauthentic) == (wanted, 0, 0)
    assert [event.slot_id for event in events if isinstance(event, SlotSwitched)] == [slot.slot_id]
    assert service.statistics().failures == 0
