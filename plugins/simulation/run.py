"""One simulated room, from its first second to its last."""

from dataclasses import dataclass
from typing import Final

from ...engine.congestion.api import Estimator
from ...engine.ids import ParticipantId, TransportId
from ...engine.testing.network import Link, NetworkProfile
from ...engine.testing.network.rates import Line
from ..scheduling import Scheduler
from .figures import Figures, Period, measure
from .publisher import Sent
from .room import Room, Seat
from .scenes import Scene, populate
from .viewer import Viewer
from .virtual_time import STARTS_AT_S, VirtualTime
from .wire import Wire

ARRIVES_S: Final = 1.0  # The viewer comes when the room is running.
VIEWER_NUMBER: Final = 500


@dataclass(frozen=True, slots=True)
class Outcome:
    """What there is to tell of a run; times are those of the simulated clock."""

    figures: Figures
    period: Period
    seat: Seat
    line: Line | None  # What the link could carry; None: it has no bound.


def simulate(
    scene: Scene,
    profile: NetworkProfile,
    *,
    scheduler: Scheduler,
    estimator: Estimator,
    seconds: float,
    seed: int,
) -> Outcome:
    """Run a room with one viewer behind a link; the same arguments give the same outcome."""
    time = VirtualTime()
    room = Room(time, scheduler, estimator)
    sent = Sent()
    cast = populate(room, scene, time, sent, seed)
    begin_s = STARTS_AT_S + ARRIVES_S
    time.run_until(begin_s)
    seat = _seat(room, scene, profile, time, seed)
    seat.tiles = cast.tiles
    room.add_viewer(seat)
    time.run_until(begin_s + seconds)
    period = Period(begin_s, begin_s + seconds)
    line = profile.down.rate.line(seed) if profile.down.rate is not None else None
    figures = measure(seat, sent, period, line, cast.screen)
    return Outcome(figures, period, seat, line)


def _seat(room: Room, scene: Scene, profile: NetworkProfile, time: VirtualTime, seed: int) -> Seat:
    transport_id = TransportId("TP_viewer")
    up = Wire(
        time,
        Link(profile.up, seed=seed + 1, start_s=time.now_s()),
        lambda datagram: room.receive(transport_id, [datagram]),
    )
    audio_slots, video_slots = scene.slots
    viewer = Viewer(
        participant_id=ParticipantId("PA_viewer"),
        transport_id=transport_id,
        time=time,
        send=up.send,
        number=VIEWER_NUMBER,
        audio_slots=audio_slots,
        video_slots=video_slots,
    )
    link: Link[bytes] = Link(profile.down, seed=seed, start_s=time.now_s())
    return Seat(viewer, Wire(time, link, viewer.take), up)
