"""One encoding as it comes in: an SSRC of a track, with what is known of its flow and its gaps."""

from typing import TYPE_CHECKING, Final

from ..media import Codec
from ..rtp.payloads.red import EarlierPacket
from .kept_frames import KeptFrames
from .missing_packets import MAX_MISSING, MissingPackets
from .reception import Reception
from .run_cache import RunCache
from .sequence_map import SequenceMap
from .source_run import SourcePacket, SourceRun, split_runs
from .spatial_layers import SpatialLayers
from .timestamp_line import SourceClock
from .voice_history import VoiceHistory

if TYPE_CHECKING:
    from .outbound_slot import OutboundSlot
    from .published_track import PublishedTrack

FLUSH_S: Final = (
    0.005  # A frame without its marker waits no longer (burst cap, performance.md §0.9).
)
_WINDOW: Final = 1024  # Packets within which duplicates are known.
_STALL_FRAMES: Final = 6
_STALL_MIN_S: Final = 0.4
_STALL_MAX_S: Final = 2.5  # Senders of still pictures repeat them once a second.
_INTERVAL_WEIGHT: Final = 0.1


class InboundEncoding:
    """See the module.

    Attributes:
        index: Among the line's rids, 0 is the lowest.
        viewers: Slots that have this encoding on the wire, in order (a dict is an ordered set).
        clean: Sequence numbers as they came → with the gaps of padding-only packets closed.
        pending: Packets of the frame that is arriving; `pending_since_s` when the first came.
        is_flowing: It sends; kept by the track.
        keyframe_bytes: Of all key frames so far.
        layers: Of an SVC stream; None: it is none.
        recent: The last packets of audio, oldest first, to be sent again within the next ones.
        voices: The last packets of audio as they were sent, for who asks again.
        packet_duration: Ticks that the last audio packet lasts, 0 if unknown.
    """

    __slots__ = (
        "_highest",
        "_next_run",
        "_next_run_sequence",
        "_picture_id",
        "_start",
        "_window",
        "bytes_received",
        "cache",
        "clean",
        "clock",
        "codec",
        "frame_interval_s",
        "index",
        "is_flowing",
        "kept",
        "keyframe_bytes",
        "last_arrival_s",
        "last_frame_s",
        "last_keyframe_s",
        "layers",
        "missing",
        "packet_duration",
        "pending",
        "pending_since_s",
        "recent",
        "reception",
        "ssrc",
        "track",
        "viewers",
        "voices",
    )

    def __init__(
        self, track: "PublishedTrack", index: int, ssrc: int, codec: Codec, clock: SourceClock
    ) -> None:
        self.track = track
        self.index = index
        self.ssrc = ssrc
        self.codec = codec
        self.clock = clock
        self.viewers: dict[OutboundSlot, None] = {}
        self.clean = SequenceMap()
        self.cache = RunCache()
        self.kept = KeptFrames()
        self.layers: SpatialLayers | None = None
        self.missing = MissingPackets()
        self.reception = Reception(ssrc, clock.clock_rate_hz)
        self.pending: list[SourcePacket] = []
        self.pending_since_s = 0.0
        self.packet_duration = 0
        self.recent: tuple[EarlierPacket, ...] = ()
        self.voices = VoiceHistory()
        self.is_flowing = False
        self.bytes_received = 0
        self.keyframe_bytes = 0
        self.last_arrival_s = float("-inf")
        self.last_frame_s = float("-inf")
        self.last_keyframe_s = float("-inf")
        self.frame_interval_s = 0.0
        self._highest: int | None = None
        self._window: list[int] = [-1] * _WINDOW
        self._next_run = 0
        self._next_run_sequence: int | None = None
        self._picture_id: int | None = None
        self._start = (-1, 0)  # Timestamp and temporal layer of the last frame that began.

    def lacks(self, sequence_number: int) -> bool:
        """Whether a packet is missing, by its 16-bit number: others came before it, it did not."""
        highest = self._highest
        if highest is None:
            return False
        sequence = highest + ((sequence_number - highest + 0x8000) & 0xFFFF) - 0x8000
        return sequence > highest - _WINDOW and self._window[sequence % _WINDOW] != sequence

    def take(self, sequence_number: int, now_s: float) -> int | None:
        """Take in a sequence number; return it unwrapped, None for a duplicate or one too old."""
        highest = self._highest
        if highest is None:
            # One cycle up, so that what was overtaken by the first packet does not fall below 0.
            sequence = sequence_number + 0x1_0000
            self.clean.restart(sequence)
            self._highest = sequence
        else:
            sequence = highest + ((sequence_number - highest + 0x8000) & 0xFFFF) - 0x8000
            if sequence <= highest - _WINDOW or self._window[sequence % _WINDOW] == sequence:
                return None
            if sequence > highest:
                self._highest = sequence
                if sequence > highest + 1:
                    self._note_gap(highest + 1, sequence, now_s)
            else:
                self.missing.arrived(sequence)
        self._window[sequence % _WINDOW] = sequence
        return sequence

    def _note_gap(self, first: int, stop: int, now_s: float) -> None:
        if stop - first > MAX_MISSING:
            # An outage or a jump: nothing of it will be repaired, so nobody shall wait for it.
            self.clean.drop(first, stop - first)
            self.missing.clear()
            self.kept.clear()
        elif self.track.repairs:
            self.missing.gap(first, stop, now_s)

    def push(self, packet: SourcePacket, now_s: float) -> list[SourceRun]:
        """Take in a packet of video; return the runs that are complete by it."""
        if self._next_run_sequence is not None and packet.sequence < self._next_run_sequence:
            return [self._make_run([packet], now_s)]  # A repaired gap: later packets have gone out.
        runs: list[SourceRun] = []
        if self.pending and self.pending[-1].rtp_timestamp != packet.rtp_timestamp:
            runs = self.flush()
        if not self.pending:
            self.pending_since_s = now_s
        self.pending.append(packet)
        if packet.marker:
            runs += self.flush()
        return runs

    def flush(self) -> list[SourceRun]:
        """Return what is pending as runs."""
        packets, self.pending = self.pending, []
        runs = [self._make_run(run, self.pending_since_s) for run in split_runs(packets)]
        if runs:
            last = runs[-1]
            self._next_run_sequence = last.first_sequence + last.count
            self._note_frame(runs[0])
        return runs

    def stalls_at_s(self) -> float:
        """Return when the encoding counts as stalled if nothing comes."""
        patience_s = max(_STALL_MIN_S, _STALL_FRAMES * self.frame_interval_s)
        return self.last_arrival_s + min(patience_s, _STALL_MAX_S)

    def _make_run(self, packets: list[SourcePacket], arrival_s: float) -> SourceRun:
        run = SourceRun(
            self,
            packets,
            number=self._next_run,
            picture_id=self._unwrap_picture_id(packets[0]),
            arrival_s=arrival_s,
        )
        self._next_run += 1
        self._follow_start(run)
        self.cache.add(run)
        return run

    def _follow_start(self, run: SourceRun) -> None:
        """With AV1 only the start of a frame names its temporal layer: the rest belongs to it."""
        if run.starts_frame:
            self._start = run.rtp_timestamp, run.temporal
        elif self._start[0] == run.rtp_timestamp:
            run.temporal = self._start[1]

    def _unwrap_picture_id(self, packet: SourcePacket) -> int | None:
        picture_id = packet.descriptor.picture_id
        if picture_id is None:
            return None
        cycle = 1 << packet.descriptor.picture_id_bits
        if self._picture_id is None:
            self._picture_id = picture_id + cycle
            return self._picture_id
        difference = (picture_id - self._picture_id + cycle // 2) % cycle - cycle // 2
        unwrapped = self._picture_id + difference
        self._picture_id = max(self._picture_id, unwrapped)
        return unwrapped

    def _note_frame(self, run: SourceRun) -> None:
        if not run.starts_frame:
            return
        interval_s = min(run.arrival_s - self.last_frame_s, _STALL_MAX_S)
        if self.last_frame_s != float("-inf"):
            self.frame_interval_s += _INTERVAL_WEIGHT * (interval_s - self.frame_interval_s)
        self.last_frame_s = run.arrival_s
