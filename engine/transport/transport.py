"""One participant's media transport: ICE, DTLS and what was negotiated, without IO.

Spec: RFC 8445 (lite), RFC 5764, RFC 7675. The order of its life is NEW → CHECKED → CONNECTED →
closed; the first check starts the handshake's clock, `TransportConnected` tells both phases.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from ..forward.api import Event
from ..ids import TransportId
from ..media import Source
from .answer import Negotiation
from .dtls import DtlsSession, DtlsState
from .ice import IceLite


class CloseCause(StrEnum):
    """Why a transport ended without our asking."""

    CLOSED = "closed"  # The peer said so (close_notify).
    CONSENT_EXPIRED = "consent_expired"  # Its checks ceased (RFC 7675).
    DTLS_FAILED = "dtls_failed"  # Alert, wrong certificate, or no common SRTP profile.
    HANDSHAKE_TIMEOUT = "handshake_timeout"  # It never came up.


@dataclass(frozen=True, slots=True)
class TransportConnected:
    """DTLS is up, media flows. `ice_s`: open → first check; `dtls_s`: first check → connected."""

    transport_id: TransportId
    ice_s: float
    dtls_s: float


@dataclass(frozen=True, slots=True)
class TransportClosed:
    """The transport ended by itself and is forgotten, in the forwarder too."""

    transport_id: TransportId
    cause: CloseCause


@dataclass(frozen=True, slots=True)
class AddressMoved:
    """The peer nominated another path, e.g. after a change of network."""

    transport_id: TransportId


@dataclass(frozen=True, slots=True)
class EstimateChanged:
    """What a participant's downlink carries, as the estimator sees it now; to be spent.

    `reason`: The estimator's own word for what moved it; the rest is for metrics and the page.
    """

    transport_id: TransportId
    available_bps: int
    queueing_delay_s: float = 0.0
    lost_ratio: float = 0.0
    round_trip_s: float | None = None
    reason: str = ""


MediaEvent = TransportConnected | TransportClosed | AddressMoved | EstimateChanged | Event


@dataclass(slots=True)
class MediaTransport:
    """State of one transport; the service owns it."""

    transport_id: TransportId
    ice: IceLite
    dtls: DtlsSession
    negotiation: Negotiation
    sources: Mapping[str, Source]
    fingerprints: Mapping[str, str]
    first_ssrc: int
    opened_at_s: float
    answer_version: int = 1
    first_check_at_s: float | None = None
    is_connected: bool = False

    def close_cause(self) -> CloseCause | None:
        """What the DTLS session's end means, if it has ended."""
        if self.dtls.state is DtlsState.FAILED:
            return CloseCause.DTLS_FAILED
        if self.dtls.state is DtlsState.CLOSED:
            return CloseCause.CLOSED
        return None

    def silence_cause(
        self, now_s: float, *, handshake_timeout_s: float, consent_timeout_s: float
    ) -> CloseCause | None:
        """Whether the peer was silent for too long."""
        if not self.is_connected:
            waited = now_s - self.opened_at_s
            return CloseCause.HANDSHAKE_TIMEOUT if waited >= handshake_timeout_s else None
        if now_s - self.ice.checked_at_s >= consent_timeout_s:
            return CloseCause.CONSENT_EXPIRED
        return None
