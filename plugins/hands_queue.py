"""What people are shown of the floor: hosts the queue, others how long it is and who is next."""

from typing import Final

from .api import ParticipantView
from .hands_messages import FloorInfo, HandInfo, HandsView, QueueSummary
from .hands_state import Floor, Hand, HandsState

SHOWN_TO_HOSTS: Final = 100
SHOWN_WHILE_FEW: Final = 24  # To everybody: all hands of a class …
SHOWN_OF_MANY: Final = 5  # … and the next ones where more are up.
POSITIONS: Final = 100  # Who is further behind is told that.
SHOWN_FLOORS: Final = 100
SHOWN_SILENCED: Final = 200


class HandsQueue:
    """Pure."""

    def view(self, state: HandsState, viewer: ParticipantView) -> HandsView:
        """Return what a joiner is sent."""
        hand = state.hands.get(viewer.identity)
        floor = state.floors.get(viewer.identity)
        return HandsView(
            queue=self.summary(state, is_host=viewer.is_host),
            hand=None if hand is None else _hand(state, hand, is_host=True),
            floor=None if floor is None else floor.rights,
            may_unmute=viewer.is_host or state.may_unmute(viewer.identity),
        )

    def summary(self, state: HandsState, *, is_host: bool) -> QueueSummary:
        """Return what all hosts, or all others, are told when something has changed."""
        queue = state.queue()
        few = SHOWN_WHILE_FEW if len(queue) <= SHOWN_WHILE_FEW else SHOWN_OF_MANY
        shown = queue[: SHOWN_TO_HOSTS if is_host else few]
        silenced = tuple(state.silenced_ids.values()) if is_host else ()
        return QueueSummary(
            total=len(queue),
            first=tuple(_hand(state, hand, is_host=is_host) for hand in shown),
            before=() if is_host else tuple(hand.seq for hand in queue[:POSITIONS]),
            floors=tuple(_floor(state, f) for f in list(state.floors.values())[:SHOWN_FLOORS]),
            all_silenced=state.all_silenced,
            silenced=silenced[:SHOWN_SILENCED],
        )


def _hand(state: HandsState, hand: Hand, *, is_host: bool) -> HandInfo:
    return HandInfo(
        participant_id=hand.participant_id,
        name=hand.name,
        seq=hand.seq,
        at_us=hand.at_us,
        identity=hand.identity if is_host else "",
        reason=hand.reason if is_host else "",
        away=hand.identity in state.away,
        in_group=hand.identity in state.in_groups,
    )


def _floor(state: HandsState, floor: Floor) -> FloorInfo:
    return FloorInfo(
        participant_id=floor.participant_id,
        name=floor.name,
        rights=floor.rights,
        at_us=floor.at_us,
        away=floor.identity in state.away,
        in_group=floor.identity in state.in_groups,
    )
