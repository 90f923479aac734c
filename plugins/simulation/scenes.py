"""The rooms that can be simulated: who publishes what, and what the viewer's page wants to show."""

import random
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from ...engine.ids import ParticipantId, TransportId
from ..scheduling import WantedTile
from .encoder import SCREEN
from .figures import SharedScreen
from .publisher import Published, Publisher, Sent
from .room import Room
from .virtual_time import STARTS_AT_S, VirtualTime

PAGE_S: Final = (12.0, 25.0)  # How long a teacher stays on a page.
TURN_S: Final = (4.0, 15.0)  # How long somebody speaks.
LONGEST_S: Final = 7200.0


@dataclass(frozen=True, slots=True)
class Scene:
    """One kind of room.

    Attributes:
        cameras: Of merchants, beside the teacher's.
        slots: Receive slots for voices and for pictures.
        tiles_px: Height of the tile of the screen, of the teacher and of each merchant.
    """

    cameras: int
    slots: tuple[int, int]
    tiles_px: tuple[int, int, int]


SCENES: Final = {
    "guidance": Scene(cameras=0, slots=(3, 2), tiles_px=(720, 360, 360)),
    "class20": Scene(cameras=19, slots=(3, 12), tiles_px=(720, 180, 120)),
    "briefing": Scene(cameras=2, slots=(3, 4), tiles_px=(720, 240, 240)),
}


@dataclass(frozen=True, slots=True)
class Cast:
    """A scene with its people; `tiles` are those of the viewer's page."""

    screen: SharedScreen
    tiles: tuple[WantedTile, ...]


def populate(room: Room, scene: Scene, time: VirtualTime, sent: Sent, seed: int) -> Cast:
    """Let the publishers of a scene in."""
    turns = _turns(scene, seed)
    screen_px, teacher_px, merchant_px = scene.tiles_px
    teacher = _publisher(room, time, sent, seed, 1, "host")
    page = _pages(seed)
    screen = teacher.show_screen(page)
    tiles = [_tile(screen, screen_px), _tile(teacher.show_camera(), teacher_px)]
    teacher.speak(lambda now_s: turns(now_s) == 0)
    room.add_publisher(teacher)
    for number in range(scene.cameras):
        merchant = _publisher(room, time, sent, seed, number + 2, "merchant")
        tiles.append(_tile(merchant.show_camera(), merchant_px))
        merchant.speak(_speaks(turns, number + 1))
        room.add_publisher(merchant)
    top = len(SCREEN) - 1
    shown = tuple(tiles[: scene.slots[1]])
    return Cast(SharedScreen(screen.track_id, top, page), shown)


def _publisher(
    room: Room, time: VirtualTime, sent: Sent, seed: int, number: int, role: str
) -> Publisher:
    return Publisher(
        participant_id=ParticipantId(f"PA_{number}"),
        transport_id=TransportId(f"TP_{number}"),
        role=role,
        time=time,
        send=room.receive,
        seed=seed,
        number=number,
        sent=sent,
    )


def _tile(track: Published, height_px: int) -> WantedTile:
    return WantedTile(track.track_id, height_px * track.width_px // track.height_px, height_px)


def _speaks(turns: Callable[[float], int], number: int) -> Callable[[float], bool]:
    return lambda now_s: turns(now_s) == number


def _turns(scene: Scene, seed: int) -> Callable[[float], int]:
    """Return who speaks at a time: every other turn is the teacher's (0)."""
    chance = random.Random(f"{seed}/turns")
    others = [0] * 2 if scene.cameras == 0 else range(1, scene.cameras + 1)
    changes = list(_changes(chance, TURN_S))
    who = [0 if turn % 2 == 0 else chance.choice(others) for turn in range(len(changes))]
    return lambda now_s: who[_index(changes, now_s)]


def _pages(seed: int) -> Callable[[float], int]:
    changes = list(_changes(random.Random(f"{seed}/pages"), PAGE_S))
    return lambda now_s: _index(changes, now_s)


def _changes(chance: random.Random, length_s: tuple[float, float]) -> Iterator[float]:
    at_s = STARTS_AT_S
    while at_s < STARTS_AT_S + LONGEST_S:
        at_s += chance.uniform(*length_s)
        yield at_s


def _index(changes: list[float], now_s: float) -> int:
    return min(len(changes) - 1, bisect_right(changes, now_s))
