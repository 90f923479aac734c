"""Everything the reference forwarder knows; the functions of this package work on it."""

from collections import deque
from dataclasses import dataclass, field

from ..ids import SlotId, TrackId, TransportId
from .api import Event, FanOut, Transmit
from .counters import Counters
from .encoding import InboundEncoding
from .outbound_slot import OutboundSlot
from .pacer import PACE_TICK_S
from .published_track import PublishedTrack
from .transport_state import TransportState


@dataclass(slots=True)
class ForwarderState:
    """See the module.

    Attributes:
        owners: Whose slot it is, of every slot that was added.
        slots: Those that were used.
        outputs: What `poll_output` has still to say, oldest first.
        pending: Encodings with a frame that is arriving: flushed 5 ms after its first packet.
        missing: Encodings with packets to ask for.
        requesting: Tracks whose publisher has to be asked for key frames.
        active: Transports that sent media since the last tick.
        heard: Tracks with a voice since the last report of voices.
        wheel: Transports by the tick of the second at which they are reported to.
        waiting: Transports for which video, a retransmission or a probe waits.
        next_pace_s: When the next of them is due, if there are any.
        next_tick_s: When the next tick is due; infinite while nobody is connected.
        tick: Number of ticks so far.
    """

    transports: dict[TransportId, TransportState] = field(default_factory=dict)
    tracks: dict[TrackId, PublishedTrack] = field(default_factory=dict)
    owners: dict[SlotId, TransportState] = field(default_factory=dict)
    slots: dict[SlotId, OutboundSlot] = field(default_factory=dict)
    outputs: deque[Transmit | FanOut | Event] = field(default_factory=deque)
    counters: Counters = field(default_factory=Counters)
    pending: dict[InboundEncoding, None] = field(default_factory=dict)
    missing: dict[InboundEncoding, None] = field(default_factory=dict)
    requesting: dict[PublishedTrack, None] = field(default_factory=dict)
    active: dict[TransportState, None] = field(default_factory=dict)
    heard: dict[PublishedTrack, None] = field(default_factory=dict)
    wheel: list[dict[TransportState, None]] = field(default_factory=lambda: [{} for _ in range(20)])
    waiting: dict[TransportState, None] = field(default_factory=dict)
    next_pace_s: float = float("inf")
    next_tick_s: float = float("inf")
    tick: int = 0

    def slot(self, slot_id: SlotId) -> OutboundSlot | None:
        """Return a slot, made at its first use; None: it was never added."""
        slot = self.slots.get(slot_id)
        owner = self.owners.get(slot_id)
        if slot is None and owner is not None:
            parameters = next(each for each in owner.offered if each.slot_id == slot_id)
            slot = self.slots[slot_id] = owner.use(parameters)
        return slot

    def wait(self, transport: TransportState, now_s: float) -> None:
        """Something waits for its turn on this viewer's link: let there be ticks of the pacer."""
        if transport in self.waiting:
            return
        if transport.pacer is not None:
            transport.pacer.begin(transport.voice_bytes, now_s)
        if not self.waiting:
            self.next_pace_s = now_s + PACE_TICK_S
        self.waiting[transport] = None
