"""Every metric, once: name, type, help, unit, label, and where its value is read.

Names follow `emporion_<subsystem>_<thing>_<unit>[_total]` (CONVENTIONS N5, L3); labels are
enumerations only: no room, participant or track ever becomes one. docs/reference/metrics.md is
made from this list (`python -m emporion.metrics.reference`).
"""

from typing import Any, Final

from ..engine.journal import JournalStatistics
from ..engine.runtime.counters import SupervisorStatistics
from ..engine.transport.service import MediaStatistics
from .activity_catalog import ACTIVITY
from .classroom_catalog import CLASSROOM
from .forward_catalog import CONGESTION, FORWARD
from .labels import (
    CHECK_RESULT,
    CLOSE_CAUSE,
    DATAGRAM_DROP,
)
from .metric import HistogramReading, Metric, counter, gauge, histogram
from .readings import GatewayReading

GATEWAY: Final[tuple[Metric[GatewayReading], ...]] = (
    gauge("emporion_gateway_connections", "Open WebSocket connections.", lambda s: s.connections),
    gauge(
        "emporion_gateway_broadcasts_queued",
        "Broadcasts that have not reached all their connections yet.",
        lambda s: s.queued_broadcasts,
    ),
    counter(
        "emporion_gateway_messages_sent_total",
        "Messages handed to connections; a broadcast counts once for each.",
        lambda s: s.messages_sent,
    ),
    counter(
        "emporion_gateway_messages_unknown_total",
        "Messages for a connection that had gone.",
        lambda s: s.messages_unknown,
    ),
    counter(
        "emporion_gateway_messages_refused_total",
        "Messages for a connection that was ending.",
        lambda s: s.messages_refused,
    ),
    counter(
        "emporion_gateway_connections_too_slow_total",
        "Connections cut because their client did not read.",
        lambda s: s.connections_too_slow,
    ),
    counter(
        "emporion_gateway_connections_silent_total",
        "Connections cut because their client did not answer a ping.",
        lambda s: s.connections_silent,
    ),
)

RUNTIME: Final[tuple[Metric[SupervisorStatistics], ...]] = (
    gauge("emporion_runtime_actors", "Living actors.", lambda s: s.actors),
    gauge("emporion_runtime_supervisors", "Living supervisors.", lambda s: s.supervisors),
    gauge(
        "emporion_runtime_mailbox_messages",
        "Messages that wait in all mailboxes together.",
        lambda s: s.mailbox_depth,
    ),
    gauge(
        "emporion_runtime_mailbox_messages_max",
        "Messages that wait in the fullest mailbox.",
        lambda s: s.mailbox_depth_max,
    ),
    counter(
        "emporion_runtime_actor_starts_total",
        "Successful starts of actors, restarts included.",
        lambda s: s.started,
    ),
    counter("emporion_runtime_actor_ends_total", "Actors that ended for good.", lambda s: s.ended),
    counter(
        "emporion_runtime_actor_crashes_total",
        "Runs of actors that ended with a crash.",
        lambda s: s.crashes,
    ),
    counter(
        "emporion_runtime_actor_restarts_total",
        "Runs that followed another run of the same actor.",
        lambda s: s.restarts,
    ),
    counter(
        "emporion_runtime_messages_received_total",
        "Messages handed to actors.",
        lambda s: s.received,
    ),
    counter(
        "emporion_runtime_messages_dead_total",
        "Messages to an actor that had ended.",
        lambda s: s.dead_letters,
    ),
    counter(
        "emporion_runtime_messages_refused_total",
        "Messages refused by a full mailbox.",
        lambda s: s.refused,
    ),
    counter(
        "emporion_runtime_messages_replaced_total",
        "Undelivered messages replaced by a later one of their kind.",
        lambda s: s.replaced,
    ),
    counter(
        "emporion_runtime_actors_overloaded_total",
        "Actors stopped because they could not keep up.",
        lambda s: s.overloaded,
    ),
    counter(
        "emporion_runtime_grace_overruns_total",
        "Ends of actors that took longer than their grace.",
        lambda s: s.grace_overruns,
    ),
)

JOURNAL: Final[tuple[Metric[JournalStatistics], ...]] = (
    gauge("emporion_journal_files_open", "Open journals.", lambda s: s.open_journals),
    gauge(
        "emporion_journal_entries_pending",
        "Entries that are appended and not yet durable.",
        lambda s: s.entries_pending,
    ),
    counter(
        "emporion_journal_entries_appended_total", "Appended entries.", lambda s: s.entries_appended
    ),
    counter(
        "emporion_journal_written_bytes_total",
        "Bytes that are durable.",
        lambda s: s.bytes_written,
        unit="bytes",
    ),
    counter(
        "emporion_journal_write_failures_total",
        "Journals that ended because they could not be written.",
        lambda s: s.write_failures,
    ),
    counter(
        "emporion_journal_torn_recoveries_total",
        "Journals whose torn end was cut off when they were opened.",
        lambda s: s.torn_recoveries,
    ),
    histogram(
        "emporion_journal_commit_delay_seconds",
        "Journal lag: from the append of the oldest entry of a batch until the batch was durable.",
        lambda s: HistogramReading(s.commit_delay_buckets, s.commits, s.commit_delay_s_sum),
        unit="seconds",
    ),
)

MEDIA: Final[tuple[Metric[MediaStatistics], ...]] = (
    gauge("emporion_media_transports", "Open transports.", lambda s: s.transports),
    gauge(
        "emporion_media_transports_connected",
        "Transports whose DTLS is up.",
        lambda s: s.transports_connected,
    ),
    gauge(
        "emporion_media_gso_enabled",
        "1 if trains leave by UDP GSO, 0 if each packet is sent by itself.",
        lambda s: s.has_gso,
    ),
    counter(
        "emporion_media_connects_total",
        "Transports that connected.",
        lambda s: s.connections.connected,
    ),
    counter(
        "emporion_media_ice_seconds_total",
        "Time from the answer to the first checked path, of those that connected.",
        lambda s: s.connections.ice_s_sum,
        unit="seconds",
    ),
    counter(
        "emporion_media_dtls_seconds_total",
        "Time from the first checked path to the end of the handshake.",
        lambda s: s.connections.dtls_s_sum,
        unit="seconds",
    ),
    counter(
        "emporion_media_closes_total",
        "Transports that ended, unless we closed them, by cause.",
        lambda s: {
            "by_peer": s.connections.closed_by_peer,
            "consent_expired": s.connections.consent_expired,
            "dtls_failed": s.connections.dtls_failed,
            "handshake_timeout": s.connections.handshake_timeouts,
        },
        label=CLOSE_CAUSE,
    ),
    counter(
        "emporion_media_addresses_moved_total",
        "Transports whose peer came from another address.",
        lambda s: s.connections.addresses_moved,
    ),
    counter(
        "emporion_media_stun_checks_total",
        "ICE connectivity checks received, by what became of them.",
        lambda s: {
            "answered": s.connections.checks_answered,
            "rejected": s.connections.checks_rejected,
        },
        label=CHECK_RESULT,
    ),
    counter(
        "emporion_media_datagrams_received_total",
        "Datagrams in.",
        lambda s: s.sockets.datagrams_received,
    ),
    counter(
        "emporion_media_received_bytes_total",
        "Bytes of datagrams in.",
        lambda s: s.sockets.bytes_received,
        unit="bytes",
    ),
    counter(
        "emporion_media_datagrams_sent_total", "Datagrams out.", lambda s: s.sockets.datagrams_sent
    ),
    counter(
        "emporion_media_sent_bytes_total",
        "Bytes of datagrams out.",
        lambda s: s.sockets.bytes_sent,
        unit="bytes",
    ),
    counter(
        "emporion_media_sends_total",
        "System calls that sent; fewer than datagrams where trains leave by GSO.",
        lambda s: s.sockets.sends,
    ),
    counter(
        "emporion_media_datagrams_dropped_total",
        "Datagrams in or out that went nowhere, by reason.",
        lambda s: {
            "buffer_full": s.sockets.dropped_full,
            "unreachable": s.sockets.dropped_unreachable,
            "foreign": s.sockets.dropped_foreign,
            "no_path": s.unroutable,
            "unknown_sender": s.unknown,
            "early_dtls": s.connections.dtls_unexpected,
        },
        label=DATAGRAM_DROP,
    ),
    counter(
        "emporion_media_failures_total",
        "Datagrams whose handling raised an error: a bug, whoever sent them.",
        lambda s: s.failures,
    ),
)

# Any: each item is read from the statistics of its own subsystem.
CATALOG: Final[tuple[Metric[Any], ...]] = (
    *CLASSROOM,
    *ACTIVITY,
    *GATEWAY,
    *RUNTIME,
    *JOURNAL,
    *MEDIA,
    *FORWARD,
    *CONGESTION,
)

BUILD_INFO: Final = "emporion_build_info"
BUILD_INFO_HELP: Final = "What runs: its version, Python and forwarder."
