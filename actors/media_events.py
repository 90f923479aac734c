"""Routes what media reports: by transport to participants, by track to rooms."""

from collections.abc import Callable
from dataclasses import dataclass, field

from ..engine.errors import MailboxFull
from ..engine.forward.api import (
    ArrivalsReported,
    AudioHeard,
    ReceptionReported,
    RembReported,
    SlotSwitched,
    TrackRates,
)
from ..engine.ids import TrackId, TransportId
from ..engine.runtime import ActorRef
from ..engine.transport.transport import (
    AddressMoved,
    EstimateChanged,
    MediaEvent,
    TransportClosed,
    TransportConnected,
)
from ..metrics.readings import JoinPhase
from .counters import ClassroomCounters
from .messages import Estimated, ParticipantMessage, SlotShown, TransportEnded
from .room_messages import Heard, RatesMeasured, RoomMessage


@dataclass(slots=True)
class MediaEvents:
    """Made before the media service, whose `on_event` is `handle`. Never waits, never raises."""

    counters: ClassroomCounters = field(default_factory=ClassroomCounters)
    on_unclaimed_end: Callable[[TransportId], None] = lambda _: None  # It was no participant's.
    _participants: dict[TransportId, ActorRef[ParticipantMessage]] = field(default_factory=dict)
    _rooms: dict[TrackId, ActorRef[RoomMessage]] = field(default_factory=dict)

    def add_transport(
        self, transport_id: TransportId, participant: ActorRef[ParticipantMessage]
    ) -> None:
        self._participants[transport_id] = participant

    def remove_transport(self, transport_id: TransportId) -> None:
        self._participants.pop(transport_id, None)

    def add_track(self, track_id: TrackId, room: ActorRef[RoomMessage]) -> None:
        self._rooms[track_id] = room

    def remove_track(self, track_id: TrackId) -> None:
        self._rooms.pop(track_id, None)

    def handle(self, event: MediaEvent) -> None:
        """Tell whom it concerns; what nobody is there for is dropped."""
        self.counters.media_events += 1
        match event:
            case SlotSwitched() | EstimateChanged() | TransportClosed():
                participant = self._participants.get(event.transport_id)
                message = _to_participant(event)
                if participant is not None and message is not None:
                    self._tell(participant, message)
                elif participant is None and isinstance(event, TransportClosed):
                    self.on_unclaimed_end(event.transport_id)
            case AudioHeard(track_id=track_id, level_dbov=level_dbov):
                self._tell_room(track_id, Heard(track_id=track_id, level_dbov=level_dbov))
            case TrackRates(track_id=track_id, codec=codec, encoding_bps=encoding_bps):
                self._tell_room(
                    track_id,
                    RatesMeasured(track_id=track_id, codec=codec, encoding_bps=encoding_bps),
                )
            case TransportConnected(ice_s=ice_s, dtls_s=dtls_s):
                self.counters.join_phases[JoinPhase.CONNECT].add(ice_s + dtls_s)
            case AddressMoved() | ReceptionReported() | RembReported() | ArrivalsReported():
                pass  # For the metrics; estimators have had them.

    def _tell_room(self, track_id: TrackId, message: RoomMessage) -> None:
        room = self._rooms.get(track_id)
        if room is not None:
            self._tell(room, message)

    def _tell(
        self, ref: ActorRef[ParticipantMessage] | ActorRef[RoomMessage], message: object
    ) -> None:
        try:
            ref.tell(message)  # type: ignore[arg-type]  # The callers pair refs and messages.
        except MailboxFull:
            # The next estimate or report says it again; an end is seen by its timeouts.
            self.counters.media_events_lost += 1


def _to_participant(
    event: SlotSwitched | EstimateChanged | TransportClosed,
) -> ParticipantMessage | None:
    match event:
        case SlotSwitched(slot_id=slot_id, track_id=track_id, rtp_timestamp=rtp_timestamp):
            if not event.track_changed:
                return None  # Another layer of the same track: nothing to tell the page.
            return SlotShown(slot_id=slot_id, track_id=track_id, rtp_timestamp=rtp_timestamp)
        case EstimateChanged(available_bps=available_bps):
            return Estimated(available_bps=available_bps)
        case TransportClosed(cause=cause):
            return TransportEnded(cause=str(cause))
