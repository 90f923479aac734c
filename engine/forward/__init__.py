"""The forwarding table and the reference forwarder that executes it on every packet."""

from .api import (
    ArrivalsReported,
    AudioHeard,
    CodecMap,
    Event,
    ExtensionIds,
    Forwarder,
    ForwarderStatistics,
    InboundLine,
    Output,
    ReceptionReported,
    RembReported,
    SlotParameters,
    SlotSwitched,
    SrtpKeys,
    Timeout,
    TrackRates,
    Transmit,
)
from .reference import ReferenceForwarder

__all__ = [
    "ArrivalsReported",
    "AudioHeard",
    "CodecMap",
    "Event",
    "ExtensionIds",
    "Forwarder",
    "ForwarderStatistics",
    "InboundLine",
    "Output",
    "ReceptionReported",
    "ReferenceForwarder",
    "RembReported",
    "SlotParameters",
    "SlotSwitched",
    "SrtpKeys",
    "Timeout",
    "TrackRates",
    "Transmit",
]
