"""One published track in the table: its encodings, and the slots that are pointed at it."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from ..ids import TrackId
from ..media import Codec, Kind
from .api import InboundLine
from .encoding import InboundEncoding
from .keyframe_requests import KeyframeRequests
from .layer_rate import LayerRate
from .outbound_slot import OutboundSlot, VideoSlot
from .spatial_layers import SpatialLayers

if TYPE_CHECKING:
    from .source_run import SourceRun
    from .transport_state import TransportState

WORTH_KEEPING_S: Final = 2.0
REFRESH_S: Final = 0.25  # So often all viewers are asked, of whom there may be thousands.
SIBLING_LEAD_S: Final = 0.3  # A stalled encoding is one whose siblings went on without it.


class PublishedTrack:
    """See the module.

    Attributes:
        encodings: One for each rid, lowest first (one alone without simulcast); None: not seen.
        layered: The one that holds all layers of the picture (SVC); None: the sender does not.
        slots: All slots pointed at this track.
        waiting: Those of connected transports that wait: for a key frame of their wanted encoding
            (video) or for the first packet (audio). They may still show what they showed before.
        repairs: Lost packets can be asked for (RTX is negotiated).
        loudest_dbov: Of the present window, None if nothing was heard.
    """

    __slots__ = (
        "_rates",
        "_refresh_at_s",
        "_requesting",
        "encodings",
        "is_audio",
        "is_paused",
        "layered",
        "line",
        "loudest_dbov",
        "repairs",
        "requests",
        "slots",
        "track_id",
        "transport",
        "waiting",
    )

    def __init__(
        self,
        track_id: TrackId,
        transport: "TransportState",
        line: InboundLine,
        requesting: "dict[PublishedTrack, None]",
    ) -> None:
        self.track_id = track_id
        self.transport = transport
        self.line = line
        self.is_audio = line.kind is Kind.AUDIO
        self.is_paused = False
        self.repairs = any(c.rtx_payload_type is not None for c in line.codecs)
        self.encodings: list[InboundEncoding | None] = [None] * max(1, len(line.rids))
        self.layered: InboundEncoding | None = None
        self.slots: dict[OutboundSlot, None] = {}
        self.waiting: dict[OutboundSlot, None] = {}
        self.requests: KeyframeRequests[InboundEncoding] = KeyframeRequests()
        self.loudest_dbov: int | None = None
        self._requesting = requesting
        self._rates: list[LayerRate] = []
        self._refresh_at_s = float("-inf")

    def live_encodings(self) -> Iterator[InboundEncoding]:
        """Iterate over the encodings that were ever seen."""
        return (encoding for encoding in self.encodings if encoding is not None)

    def forget_encodings(self) -> None:
        """Let go of them, who hold this track: they can die at once, with the frames they keep."""
        self.encodings, self.layered = [], None

    def find_layer(self, index: int) -> InboundEncoding | None:
        """Return the encoding that is this layer, or that holds it with all others.

        None: it was not seen; also of a layered stream that has just ended, which slots still want.
        """
        if self.layered is not None:
            return self.layered
        return self.encodings[index] if index < len(self.encodings) else None

    def may_be_shown_in(self, slot: OutboundSlot) -> bool:
        """Say whether the slot can decode what comes, as far as is known yet."""
        codecs = {encoding.codec for encoding in self.live_encodings()}
        return not codecs or not codecs.isdisjoint(slot.payload_types)

    def attach(self, slot: OutboundSlot, now_s: float) -> None:
        """Point a slot at this track; it waits if its transport is connected."""
        self.slots[slot] = None
        if not slot.transport.is_connected:
            return
        if slot.is_audio:
            if slot.encoding is None or slot.encoding.track is not self:
                self.waiting[slot] = None
        else:
            self._reselect_slot(slot, now_s)

    def detach(self, slot: OutboundSlot) -> None:
        """Forget a slot, whatever it waits for. What it shows is the slot's own affair."""
        self.slots.pop(slot, None)
        self.waiting.pop(slot, None)

    def reselect(self, now_s: float) -> None:
        """Choose the wanted encoding of every video slot again: what flows has changed."""
        if not self.is_audio:
            for slot in self.slots:
                self.attach(slot, now_s)

    def _reselect_slot(self, slot: OutboundSlot, now_s: float) -> None:
        assert isinstance(slot, VideoSlot)  # `point` refuses another kind.
        selector = slot.selector
        if slot.encoding is not None and slot.encoding.track is self:
            selector.current = slot.layer  # Pointed back before anything else came.
        is_waiting = selector.update(self._usable_in(slot))
        if is_waiting and slot.encoding is not None and slot.encoding is self.layered:
            is_waiting = selector.is_waiting_above()
        if not is_waiting or selector.wanted is None:
            self.waiting.pop(slot, None)
            return
        self.waiting[slot] = None
        wanted = self.find_layer(selector.wanted)
        if wanted is not None:
            self.need_keyframe(wanted, now_s, is_urgent=selector.current is None)

    def _usable_in(self, slot: OutboundSlot) -> list[bool]:
        """Say of each layer, lowest first, whether it flows and the slot can decode it."""
        usable = [
            encoding is not None and encoding.is_flowing and encoding.codec in slot.payload_types
            for encoding in self.encodings
        ]
        layered = self.layered
        if layered is None or layered.layers is None:
            return usable
        return [flows and usable[layered.index] for flows in layered.layers.flowing]

    def need_keyframe(
        self, encoding: InboundEncoding, now_s: float, *, is_urgent: bool = True
    ) -> bool:
        """Note that somebody waits for a key frame; return False if it was already known."""
        self._requesting[self] = None
        return self.requests.need(encoding, now_s, is_urgent=is_urgent)

    def forget_needless(self, encoding: InboundEncoding) -> None:
        """Ask for no key frame of an encoding for which nobody waits any more."""
        if not any(self._is_awaited_by(slot, encoding) for slot in self.waiting):
            self.requests.forget(encoding)

    def note_run(self, run: "SourceRun", now_s: float) -> None:
        """Keep what came for who comes next, and see to it that there is something to keep."""
        encoding = run.encoding
        kept = encoding.kept
        budget = self.requests.budget
        is_keyframe = kept.add(run)
        if is_keyframe:
            set_bytes = sum(each.kept.keyframe_bytes for each in self.live_encodings())
            budget.note_keyframe(run.payload_bytes, set_bytes)
            encoding.keyframe_bytes += run.payload_bytes
            if run.starts_keyframe:
                encoding.last_keyframe_s = now_s
        budget.note(run.payload_bytes)
        if run.spatial or run.spatial_layers or encoding.layers is not None:
            self._note_layer(run, now_s, is_keyframe=is_keyframe)
        if not kept.runs and budget.has_refresh and self._is_worth_keeping(encoding):
            self._refresh(encoding, now_s)

    def _note_layer(self, run: "SourceRun", now_s: float, *, is_keyframe: bool) -> None:
        encoding = run.encoding
        if encoding.layers is None:
            if max(run.spatial, run.spatial_layers - 1) == 0:
                return
            encoding.layers = SpatialLayers()
            self.layered = encoding
        if encoding.layers.note(run, now_s, is_keyframe=is_keyframe):
            self.reselect(now_s)

    def change_codec(self, encoding: InboundEncoding, codec: Codec, now_s: float) -> None:
        """An encoding flows, for the first time, again, or in another codec."""
        if encoding.codec is not codec:
            self._forget_layers(encoding)
        encoding.codec = codec
        encoding.is_flowing = True
        self.reselect(now_s)

    def _forget_layers(self, encoding: InboundEncoding) -> None:
        encoding.layers = None
        if self.layered is encoding:
            self.layered = None

    def _is_worth_keeping(self, encoding: InboundEncoding) -> bool:
        """Who comes begins with it, and it can be kept for a while."""
        is_lowest = all(e.index >= encoding.index for e in self.live_encodings() if e.is_flowing)
        return is_lowest and encoding.kept.lasted_s >= WORTH_KEEPING_S

    def _refresh(self, encoding: InboundEncoding, now_s: float) -> None:
        """Have a key frame made that nobody waits for, unless somebody would feel it."""
        if now_s < self._refresh_at_s:
            return
        self._refresh_at_s = now_s + REFRESH_S
        if not any(isinstance(slot, VideoSlot) and slot.feels_keyframe for slot in self.slots):
            self.need_keyframe(encoding, now_s, is_urgent=False)

    def _is_awaited_by(self, slot: OutboundSlot, encoding: InboundEncoding) -> bool:
        if not isinstance(slot, VideoSlot) or slot.selector.wanted is None:
            return False
        return self.find_layer(slot.selector.wanted) is encoding

    def find_stalled(self, now_s: float) -> None:
        """Mark encodings that stopped while a sibling went on, and choose again if any did."""
        newest_s = max((e.last_arrival_s for e in self.live_encodings()), default=0.0)
        stalled = [
            encoding
            for encoding in self.live_encodings()
            if encoding.is_flowing
            and now_s > encoding.stalls_at_s()
            and newest_s > encoding.last_arrival_s + SIBLING_LEAD_S
        ]
        for encoding in stalled:
            encoding.is_flowing = False
            encoding.kept.clear()
            self.requests.forget(encoding)
            self._forget_layers(encoding)
        layers = None if self.layered is None else self.layered.layers
        if stalled or (layers is not None and layers.find_stalled(now_s)):
            self.reselect(now_s)

    def silence(self, now_s: float) -> None:
        """Take the track off every slot's wire; the slots stay pointed and wait."""
        for encoding in self.live_encodings():
            encoding.pending.clear()
            encoding.kept.clear()
            encoding.is_flowing = False
            self.requests.forget(encoding)
            for slot in tuple(encoding.viewers):
                slot.leave()
        for slot in self.slots:
            self.attach(slot, now_s)

    def replace_encoding(self, index: int, encoding: InboundEncoding) -> None:
        """Let a new SSRC stand for an encoding; slots on the old one wait for its key frame."""
        old = self.encodings[index]
        if old is not None:
            self.requests.forget(old)
            self._forget_layers(old)
            for slot in tuple(old.viewers):
                slot.leave()
                if slot.is_audio:
                    self.waiting[slot] = None
        self.encodings[index] = encoding

    def take_rates(self) -> tuple[Codec, tuple[int, ...]] | None:
        """Return codec and bits a second of each layer; None if nothing flowed since the last call.

        Key frames are spread over seconds: one that has one would look too dear for a slow link.
        """
        rates = self._rates
        spent = self._layer_bytes()
        rates += [LayerRate() for _ in spent[len(rates) :]]
        bits = tuple(
            rate.measure(keyframe_bytes, other_bytes)
            for rate, (keyframe_bytes, other_bytes) in zip(rates, spent, strict=False)
        )
        flowing = [index for index, rate in enumerate(rates[: len(bits)]) if rate.flows]
        encoding = self.find_layer(flowing[-1]) if flowing else None
        return None if encoding is None else (encoding.codec, bits)

    def _layer_bytes(self) -> list[tuple[int, int]]:
        """Return what each layer has taken so far: key frames, and all others."""
        if self.layered is not None and self.layered.layers is not None:
            return self.layered.layers.bytes_up_to()
        return [
            (0, 0)
            if encoding is None
            else (encoding.keyframe_bytes, encoding.bytes_received - encoding.keyframe_bytes)
            for encoding in self.encodings
        ]
