"""The metrics of the media on its way: the forwarder, and what it is told of viewers' links."""

from typing import Final

from ..engine.forward.api import ForwarderStatistics
from .labels import DROP_REASON, FEEDBACK, PROBE_FILLING
from .metric import HistogramReading, Metric, counter, gauge, histogram
from .readings import CongestionStatistics

FORWARD: Final[tuple[Metric[ForwarderStatistics], ...]] = (
    gauge("emporion_forward_transports", "Transports in the table.", lambda s: s.transports),
    gauge("emporion_forward_tracks", "Tracks in the table.", lambda s: s.tracks),
    gauge("emporion_forward_slots", "Slots in the table.", lambda s: s.slots),
    gauge("emporion_forward_slots_pointed", "Slots that show a track.", lambda s: s.slots_pointed),
    counter(
        "emporion_forward_packets_received_total", "RTP packets in.", lambda s: s.packets_received
    ),
    counter(
        "emporion_forward_received_bytes_total",
        "Bytes of RTP in, encrypted as on the wire.",
        lambda s: s.bytes_received,
        unit="bytes",
    ),
    counter("emporion_forward_packets_sent_total", "RTP packets out.", lambda s: s.packets_sent),
    counter(
        "emporion_forward_sent_bytes_total",
        "Bytes of RTP out, encrypted as on the wire.",
        lambda s: s.bytes_sent,
        unit="bytes",
    ),
    counter(
        "emporion_forward_trains_sent_total",
        "Trains out: packets that left together.",
        lambda s: s.trains_sent,
    ),
    counter(
        "emporion_forward_padding_bytes_total",
        "Bytes of RTP padding that made the packets of trains equal.",
        lambda s: s.padding_bytes_sent,
        unit="bytes",
    ),
    counter(
        "emporion_forward_packets_lost_total",
        "Packets of publishers that never came, also not by retransmission.",
        lambda s: s.packets_lost_inbound,
    ),
    counter(
        "emporion_forward_nacks_sent_total",
        "Packets asked of publishers again.",
        lambda s: s.nacks_sent,
    ),
    counter(
        "emporion_forward_nacks_received_total",
        "Packets that receivers asked for again.",
        lambda s: s.nacks_received,
    ),
    counter(
        "emporion_forward_retransmissions_sent_total",
        "Packets of pictures sent again to receivers.",
        lambda s: s.retransmissions_sent,
    ),
    counter(
        "emporion_forward_retransmissions_received_total",
        "Packets that publishers sent again.",
        lambda s: s.retransmissions_received,
    ),
    counter(
        "emporion_forward_audio_retransmissions_sent_total",
        "Packets of audio sent again to receivers.",
        lambda s: s.audio_retransmissions_sent,
    ),
    counter(
        "emporion_forward_audio_retransmissions_refused_total",
        "Packets of audio asked for again that were too old to be played, or not known.",
        lambda s: s.audio_retransmissions_refused,
    ),
    counter(
        "emporion_forward_audio_restored_total",
        "Lost packets of publishers' audio that were found in the next ones.",
        lambda s: s.audio_restored,
    ),
    counter(
        "emporion_forward_retransmissions_missed_total",
        "Packets of pictures asked for again that were no longer kept, or too old to be of use.",
        lambda s: s.retransmissions_missed,
    ),
    counter(
        "emporion_forward_keyframe_requests_sent_total",
        "Key frames (PLI) asked of publishers.",
        lambda s: s.keyframe_requests_sent,
    ),
    counter(
        "emporion_forward_keyframe_requests_received_total",
        "Key frames (PLI, FIR) that receivers asked for.",
        lambda s: s.keyframe_requests_received,
    ),
    counter(
        "emporion_forward_keyframe_requests_suppressed_total",
        "Key frames not asked for, because one had just been.",
        lambda s: s.keyframe_requests_suppressed,
    ),
    counter(
        "emporion_forward_switches_total",
        "Switches of slots to another track or layer.",
        lambda s: s.switches,
    ),
    counter(
        "emporion_forward_replays_total",
        "Slots that showed a kept key frame at once, and needed no new one to begin.",
        lambda s: s.replays,
    ),
    counter(
        "emporion_forward_restarts_total",
        "Slots that went on at a key frame because what they lacked was too old.",
        lambda s: s.restarts,
    ),
    counter(
        "emporion_forward_packets_dropped_total",
        "Packets in that were not forwarded, by reason.",
        lambda s: {
            "duplicate": s.dropped_duplicate,
            "padding_only": s.dropped_padding_only,
            "unauthentic": s.dropped_unauthentic,
            "malformed": s.dropped_malformed,
            "unknown": s.dropped_unknown,
        },
        label=DROP_REASON,
    ),
    counter(
        "emporion_forward_redundant_packets_sent_total",
        "Packets of audio that held earlier ones as well (RED), of all that were sent.",
        lambda s: s.packets_sent_redundant,
    ),
    counter(
        "emporion_forward_runs_held_total",
        "Frames that waited for their turn on a viewer's link.",
        lambda s: s.runs_held,
    ),
    counter(
        "emporion_forward_runs_dropped_total",
        "Frames that waited for so long that they were of no use.",
        lambda s: s.runs_dropped_stale,
    ),
    counter(
        "emporion_forward_probe_packets_sent_total",
        "Packets that fill probes of links, by what is in them.",
        lambda s: {"repeat": s.probe_repeats_sent, "padding": s.probe_padding_packets_sent},
        label=PROBE_FILLING,
    ),
    counter(
        "emporion_forward_feedback_received_total",
        "Transport-wide feedback of viewers, by what became of it.",
        lambda s: {
            "taken": s.feedback_received - s.feedback_refused - s.feedback_stale,
            "refused": s.feedback_refused,
            "stale": s.feedback_stale,
        },
        label=FEEDBACK,
    ),
    histogram(
        "emporion_forward_latency_seconds",
        "Time from the arrival of a packet until its train was sealed.",
        lambda s: HistogramReading(
            s.forward_latency_buckets, s.forward_latency_count, s.forward_latency_s_sum
        ),
        unit="seconds",
    ),
)

CONGESTION: Final[tuple[Metric[CongestionStatistics], ...]] = (
    counter(
        "emporion_congestion_rows_refused_total",
        "Groups of packets whose reported arrivals cannot be true.",
        lambda s: s.rows_refused,
    ),
    counter(
        "emporion_congestion_clock_leaps_total",
        "Leaps of viewers' clocks; the delays of their links are learnt anew after each.",
        lambda s: s.clock_leaps,
    ),
)
