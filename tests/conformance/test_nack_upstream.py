"""What is lost on the way to us is asked for again, soon, repeatedly, and not for ever."""

from conformance.rig import Rig


def test_a_gap_is_asked_for(rig: Rig) -> None:
    publisher = rig.publisher(rids=())
    publisher.send_frame()
    packets = publisher.encodings[0].frame(sizes=(500,) * 6)
    publisher.send([packets[0], packets[3], packets[5]])
    rig.advance(0.02)

    (nack,) = publisher.nacks
    first = int.from_bytes(packets[0][2:4], "big")
    assert nack.media_ssrc == publisher.encodings[0].ssrc
    assert nack.lost == [first + 1, first + 2, first + 4]


def test_packets_that_overtook_each_other_are_not_asked_for(rig: Rig) -> None:
    publisher = rig.publisher(rids=())
    packets = publisher.encodings[0].frame()
    publisher.send([packets[0], packets[2]])
    rig.advance(0.002)
    publisher.send([packets[1]])
    rig.advance(1.0)
    assert publisher.nacks == []


def test_it_is_asked_again_until_it_comes(rig: Rig) -> None:
    publisher = rig.publisher(rids=())
    packets = publisher.encodings[0].frame()
    publisher.send([packets[0], packets[2]])
    rig.advance(0.3)
    asked = len(publisher.nacks)
    assert 2 <= asked <= 5
    publisher.send_rtx(0, [packets[1]])
    rig.advance(2.0)
    assert len(publisher.nacks) == asked


def test_it_is_given_up_in_the_end(rig: Rig) -> None:
    publisher = rig.publisher(rids=())
    packets = publisher.encodings[0].frame()
    publisher.send([packets[0], packets[2]])
    rig.advance(5.0)
    asked = len(publisher.nacks)
    assert asked <= 10
    rig.advance(5.0)
    assert len(publisher.nacks) == asked


def test_an_outage_is_not_asked_for_packet_by_packet(rig: Rig) -> None:
    publisher = rig.publisher(rids=())
    publisher.send_frame()
    publisher.encodings[0].sequence_number += 5000
    publisher.send_frame()
    rig.advance(1.0)
    assert publisher.nacks == []


def test_audio_is_not_asked_for(rig: Rig) -> None:
    publisher = rig.publisher()
    publisher.speak()
    publisher.microphone.sequence_number += 3
    publisher.speak()
    rig.advance(1.0)
    assert publisher.nacks == []
