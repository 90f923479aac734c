"""Runs are shared, found by number, and forgotten in order."""

from emporion.engine.forward.api import ExtensionIds, InboundLine
from emporion.engine.forward.encoding import InboundEncoding
from emporion.engine.forward.published_track import PublishedTrack
from emporion.engine.forward.run_cache import MAX_PACKETS, RunCache
from emporion.engine.forward.source_run import SourcePacket, SourceRun, split_runs
from emporion.engine.forward.timestamp_line import ParticipantClock, SourceClock
from emporion.engine.forward.transport_state import TransportState
from emporion.engine.ids import TrackId, TransportId
from emporion.engine.media import Codec, Kind
from emporion.engine.rtp.payloads.descriptor import OPAQUE


def packet(sequence: int, rtp_timestamp: int = 0) -> SourcePacket:
    return SourcePacket(sequence, rtp_timestamp, False, b"payload", Codec.H264, OPAQUE)


def encoding() -> InboundEncoding:
    line = InboundLine("0", Kind.VIDEO, (), ExtensionIds())
    transport = TransportState(TransportId("TP"), (line,), ())
    track = PublishedTrack(TrackId("TR"), transport, line, {})
    return InboundEncoding(track, 0, 1, Codec.H264, SourceClock(ParticipantClock(), 90_000))


def run(number: int, packets: int) -> SourceRun:
    return SourceRun(
        encoding(),
        [packet(i) for i in range(packets)],
        number=number,
        picture_id=None,
        arrival_s=0.0,
    )


def test_runs_are_found_by_number() -> None:
    cache = RunCache()
    runs = [run(number, 3) for number in range(10)]
    for one in runs:
        cache.add(one)
    assert [cache.get(number) for number in range(10)] == runs
    assert cache.get(10) is None


def test_the_oldest_are_forgotten() -> None:
    cache = RunCache()
    for number in range(100):
        cache.add(run(number, 30))
    kept = [number for number in range(100) if cache.get(number) is not None]
    assert kept == list(range(100 - MAX_PACKETS // 30, 100))


def test_one_run_over_the_limit_is_kept() -> None:
    cache = RunCache()
    cache.add(run(0, MAX_PACKETS + 100))
    assert cache.get(0) is not None


def test_packets_are_put_in_order_and_cut_at_holes() -> None:
    packets = [packet(s) for s in (3, 1, 2, 6, 5)]
    assert [[p.sequence for p in run] for run in split_runs(packets)] == [[1, 2, 3], [5, 6]]


def test_packets_of_two_frames_are_two_runs() -> None:
    packets = [packet(1, 100), packet(2, 100), packet(3, 200)]
    assert [[p.sequence for p in run] for run in split_runs(packets)] == [[1, 2], [3]]


def test_sequence_numbers_are_unwrapped_and_duplicates_known() -> None:
    one = encoding()
    assert one.take(0xFFFF, 0.0) == 0x1_FFFF
    assert one.take(0, 0.0) == 0x2_0000
    assert one.take(0xFFFF, 0.0) is None
    assert one.take(0xFFFE, 0.0) == 0x1_FFFE
    assert one.take(0xF000, 0.0) is None, "too old to know whether it came"
