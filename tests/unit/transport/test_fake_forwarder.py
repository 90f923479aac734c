"""The fake forwarder keeps the rules of the table that it stands in for."""

import pytest

from emporion.engine.errors import CoreMisuse
from emporion.engine.forward.api import (
    CodecMap,
    ExtensionIds,
    Forwarder,
    SlotParameters,
    SrtpKeys,
    Timeout,
    Transmit,
)
from emporion.engine.ids import SlotId, TrackId, TransportId
from emporion.engine.media import TOP_LAYER, Codec, Kind
from emporion.engine.testing.fake_forwarder import FakeForwarder

_A = TransportId("TP_a")
_TRACK = TrackId("TR_a")
_KEYS = SrtpKeys(b"k" * 16, b"s" * 12, b"K" * 16, b"S" * 12)
_SLOT = SlotParameters(
    slot_id=SlotId("SL_a"),
    index=0,
    mid="3",
    kind=Kind.VIDEO,
    ssrc=1,
    rtx_ssrc=2,
    codecs=(CodecMap(Codec.VP8, 96, 97, 90_000),),
    extension_ids=ExtensionIds(),
)


def _forwarder() -> FakeForwarder:
    forwarder = FakeForwarder()
    forwarder.add_transport(_A, (), (_SLOT,))
    forwarder.add_track(_TRACK, _A, "1")
    return forwarder


def test_it_is_a_forwarder() -> None:
    forwarder: Forwarder = FakeForwarder()

    assert forwarder.poll_output() == Timeout(float("inf"))


def test_outputs_come_in_order_and_end_with_a_timeout() -> None:
    forwarder = FakeForwarder()
    first, second = Transmit(_A, b"1", 1), Transmit(_A, b"2", 1)
    forwarder.queue(first)
    forwarder.queue(second)

    assert [forwarder.poll_output() for _ in range(3)] == [first, second, Timeout(float("inf"))]


def test_what_is_added_twice_or_never_is_misuse() -> None:
    forwarder = _forwarder()
    with pytest.raises(CoreMisuse):
        forwarder.add_transport(_A, (), ())
    with pytest.raises(CoreMisuse):
        forwarder.add_track(_TRACK, _A, "1")
    with pytest.raises(CoreMisuse):
        forwarder.connect_transport(TransportId("TP_x"), _KEYS, 0.0)
    with pytest.raises(CoreMisuse):
        forwarder.add_track(TrackId("TR_x"), TransportId("TP_x"), "1")
    with pytest.raises(CoreMisuse):
        forwarder.pause_track(TrackId("TR_x"), True)
    with pytest.raises(CoreMisuse):
        forwarder.point_slot(SlotId("SL_x"), _TRACK, TOP_LAYER)
    with pytest.raises(CoreMisuse):
        forwarder.point_slot(_SLOT.slot_id, TrackId("TR_x"), TOP_LAYER)


def test_removing_is_a_no_op_for_what_is_not_there() -> None:
    forwarder = FakeForwarder()
    forwarder.remove_transport(_A)
    forwarder.remove_track(_TRACK)
    forwarder.clear_slot(_SLOT.slot_id)


def test_a_slot_is_cleared_only_of_the_track_that_is_named() -> None:
    forwarder = _forwarder()
    forwarder.point_slot(_SLOT.slot_id, _TRACK, TOP_LAYER)

    forwarder.clear_slot(_SLOT.slot_id, TrackId("TR_other"))
    assert forwarder.statistics().slots_pointed == 1
    forwarder.clear_slot(_SLOT.slot_id, _TRACK)
    assert forwarder.statistics().slots_pointed == 0


def test_the_end_of_a_transport_takes_its_tracks_out_of_every_slot() -> None:
    forwarder = _forwarder()
    other = TransportId("TP_b")
    forwarder.add_transport(other, (), ())
    forwarder.add_track(TrackId("TR_b"), other, "1")
    forwarder.connect_transport(other, _KEYS, 0.0)
    forwarder.point_slot(_SLOT.slot_id, TrackId("TR_b"), TOP_LAYER)
    forwarder.pause_track(TrackId("TR_b"), True)

    forwarder.remove_transport(other)

    assert forwarder.rows == {}
    assert forwarder.keys == {}
    assert forwarder.paused == set()
    assert list(forwarder.tracks) == [_TRACK]
