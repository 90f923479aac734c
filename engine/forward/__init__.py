"""The forwarding table and the reference forwarder that executes it on every packet."""

from .api import (
    AudioHeard,
    CodecMap,
    EstimateChanged,
    Event,
    ExtensionIds,
    Forwarder,
    ForwarderStatistics,
    InboundLine,
    Output,
    ReceptionReported,
    SlotParameters,
    SlotSwitched,
    SrtpKeys,
    Timeout,
    TrackRates,
    Transmit,
)
from .reference import ReferenceForwarder

__all__ = [
    "AudioHeard",
    "CodecMap",
    "EstimateChanged",
    "Event",
    "ExtensionIds",
    "Forwarder",
    "ForwarderStatistics",
    "InboundLine",
    "Output",
    "ReceptionReported",
    "ReferenceForwarder",
    "SlotParameters",
    "SlotSwitched",
    "SrtpKeys",
    "Timeout",
    "TrackRates",
    "Transmit",
]
