"""The load client's own parts: its offer is answered like a browser's, its counting is right."""

import pytest

from emporion.engine.errors import RemoteProtocolError
from emporion.engine.ids import new_slot_id
from emporion.engine.media import Codec, Kind, Source
from emporion.engine.testing.load_client import LoadClient, LoadIdentity, SlotReception
from emporion.engine.testing.load_client_sdp import (
    PAYLOAD_TYPES,
    RID_ID,
    AnsweredSlot,
    read_answer,
)
from emporion.engine.transport.answer import LocalTransport, negotiate, write_answer
from emporion.engine.transport.sdp import parse_offer

_IDENTITY = LoadIdentity()
_LOCAL = LocalTransport(
    ufrag="ufrag",
    password="p" * 24,
    fingerprint="AB",
    candidates="a=candidate:1 1 udp 1 127.0.0.1 7882 typ host\r\n",
    session_id=1,
)


def test_the_offer_means_what_was_asked_for() -> None:
    client = LoadClient(
        identity=_IDENTITY,
        send={Source.CAMERA: ("l", "h"), Source.MICROPHONE: ()},
        audio_slots=1,
        video_slots=2,
    )
    negotiation = negotiate(
        parse_offer(client.offer), client.sources, first_ssrc=10, new_slot_id=new_slot_id
    )

    (camera, _), (microphone, _) = negotiation.lines
    assert (camera.rids, microphone.rids) == (("l", "h"), ())
    assert camera.extension_ids.rid == RID_ID
    assert {codec.codec for codec in camera.codecs} == set(PAYLOAD_TYPES) - {Codec.OPUS}
    assert [slot.kind for slot in negotiation.slots] == [Kind.AUDIO, Kind.VIDEO, Kind.VIDEO]


def test_the_answer_is_read_back() -> None:
    client = LoadClient(identity=_IDENTITY, send={}, audio_slots=1, video_slots=1)
    offer = parse_offer(client.offer)
    negotiation = negotiate(offer, {}, first_ssrc=10, new_slot_id=new_slot_id)

    answer = read_answer(write_answer(offer, negotiation, _LOCAL))

    assert answer.candidates == (("127.0.0.1", 7882),)
    assert answer.slots == (
        AnsweredSlot("0", "audio", 10, None),
        AnsweredSlot("1", "video", 12, 13),
    )


def test_an_answer_without_a_transport_is_refused() -> None:
    with pytest.raises(RemoteProtocolError):
        read_answer("v=0\r\n")


def test_losses_are_counted_across_the_wrap() -> None:
    reception = SlotReception(AnsweredSlot("0", "video", 1, 2))
    for sequence_number in (65_533, 65_534, 1, 0, 3):
        reception.count(sequence_number, 100)

    assert reception.lost == 2  # 65535 and 2; 0 came late.
    assert (reception.packets, reception.bytes) == (5, 500)
    assert SlotReception(AnsweredSlot("0", "video", 1, 2)).lost == 0
