"""One published track in the table: its encodings, and the slots that are pointed at it."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from ..ids import TrackId
from ..media import Codec, Kind
from .api import InboundLine
from .encoding import InboundEncoding
from .keyframe_requests import KeyframeRequests
from .outbound_slot import OutboundSlot, VideoSlot

if TYPE_CHECKING:
    from .source_run import SourceRun
    from .transport_state import TransportState

WORTH_KEEPING_S: Final = 2.0
SIBLING_LEAD_S: Final = 0.3  # A stalled encoding is one whose siblings went on without it.


class PublishedTrack:
    """See the module.

    Attributes:
        encodings: One for each rid, lowest first (one alone without simulcast); None: not seen.
        slots: All slots pointed at this track.
        waiting: Those of connected transports that wait: for a key frame of their wanted encoding
            (video) or for the first packet (audio). They may still show what they showed before.
        repairs: Lost packets can be asked for (RTX is negotiated).
        loudest_dbov: Of the present window, None if nothing was heard.
    """

    __slots__ = (
        "_rate_bytes",
        "_requesting",
        "encodings",
        "is_audio",
        "is_paused",
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
        self.slots: dict[OutboundSlot, None] = {}
        self.waiting: dict[OutboundSlot, None] = {}
        self.requests: KeyframeRequests[InboundEncoding] = KeyframeRequests()
        self.loudest_dbov: int | None = None
        self._requesting = requesting
        self._rate_bytes = [0] * len(self.encodings)

    def live_encodings(self) -> Iterator[InboundEncoding]:
        """Iterate over the encodings that were ever seen."""
        return (encoding for encoding in self.encodings if encoding is not None)

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
        usable = [
            encoding is not None and encoding.is_flowing and encoding.codec in slot.payload_types
            for encoding in self.encodings
        ]
        selector = slot.selector
        if slot.encoding is not None and slot.encoding.track is self:
            selector.current = slot.encoding.index  # Pointed back before anything else came.
        if not selector.update(usable) or selector.wanted is None:
            self.waiting.pop(slot, None)
            return
        self.waiting[slot] = None
        wanted = self.encodings[selector.wanted]
        if wanted is not None:
            self.need_keyframe(wanted, now_s, is_urgent=selector.current is None)

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
        if kept.add(run):
            set_bytes = sum(each.kept.keyframe_bytes for each in self.live_encodings())
            budget.note_keyframe(run.payload_bytes, set_bytes)
            if run.starts_keyframe:
                encoding.last_keyframe_s = now_s
        budget.note(run.payload_bytes)
        if not kept.runs and budget.has_refresh and self._is_worth_keeping(encoding):
            self.need_keyframe(encoding, now_s, is_urgent=False)

    def _is_worth_keeping(self, encoding: InboundEncoding) -> bool:
        """Who comes begins with it, and it can be kept for a while."""
        is_lowest = all(e.index >= encoding.index for e in self.live_encodings() if e.is_flowing)
        return is_lowest and encoding.kept.lasted_s >= WORTH_KEEPING_S

    def _is_awaited_by(self, slot: OutboundSlot, encoding: InboundEncoding) -> bool:
        return isinstance(slot, VideoSlot) and slot.selector.wanted == encoding.index

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
        if stalled:
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
            for slot in tuple(old.viewers):
                slot.leave()
                if slot.is_audio:
                    self.waiting[slot] = None
        self.encodings[index] = encoding

    def take_rates(self) -> tuple[Codec, tuple[int, ...]] | None:
        """Return codec and bits since the last call of each encoding; None if nothing flowed."""
        bits: list[int] = []
        codec: Codec | None = None
        for index, encoding in enumerate(self.encodings):
            total = 0 if encoding is None else encoding.bytes_received
            bits.append(8 * max(0, total - self._rate_bytes[index]))
            self._rate_bytes[index] = total
            if encoding is not None and bits[-1]:
                codec = encoding.codec
        return None if codec is None else (codec, tuple(bits))
