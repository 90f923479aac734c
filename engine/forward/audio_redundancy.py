"""Who gets redundant audio: viewers who lose packets, and only while they do.

Two earlier packets in each make a voice three times as large, which a viewer who loses nothing need
not bear, and one who saves data has not asked for. What counts is the loss among all packets that
it reports on, a hundred or more at a time.
"""

from typing import Final

from .outbound_slot import AudioSlot
from .transport_state import TransportState

LOSSY_RATIO: Final = 0.02  # Opus conceals less than this well enough.
CLEAN_RATIO: Final = 0.005
CLEAN_REVIEWS: Final = 8  # In a row, before redundancy ends: losses come in bursts.
MIN_PACKETS: Final = 100  # Fewer tell nothing: the review waits for more.


def review(transport: TransportState) -> None:
    """Begin or end redundancy for one viewer; to be called each second."""
    losses = transport.losses
    told, lost = losses.told, losses.lost
    if told < MIN_PACKETS:
        return
    losses.told = losses.lost = 0
    if losses.is_ignored:
        return
    if lost >= LOSSY_RATIO * told:
        losses.clean_reviews = 0
        _use(transport, is_lossy=True)
    elif lost > CLEAN_RATIO * told:
        losses.clean_reviews = 0
    else:
        losses.clean_reviews += 1
        if losses.clean_reviews >= CLEAN_REVIEWS:
            _use(transport, is_lossy=False)


def save_data(transport: TransportState, is_saving: bool) -> None:
    """Use no redundancy for a viewer who pays for its data; or use it again where it helps."""
    transport.losses.is_ignored = is_saving
    if is_saving:
        _use(transport, is_lossy=False)


def _use(transport: TransportState, *, is_lossy: bool) -> None:
    transport.losses.is_lossy = is_lossy
    for slot in transport.slots:
        if isinstance(slot, AudioSlot):
            slot.red = slot.red_payload_type if is_lossy else None
