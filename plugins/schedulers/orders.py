"""In which order layers are bought: the whole difference between the schedulers' tastes."""

from collections.abc import Iterator
from functools import lru_cache

from .steps import Shape, Steps

_KEPT = 1024  # Orders of different sets of tracks; a node sees a few dozen.


@lru_cache(_KEPT)
def sharp_screens(shapes: tuple[Shape, ...]) -> Steps:
    """Text first: every level of the screens at their lowest frame rate, then the cameras' floors.

    Then the screens' frame rates, then the cameras one step at a time in rounds by rank.
    """
    screens, cameras = _split(shapes)
    return (
        *((index, level) for index in screens for level in range(shapes[index].base_levels)),
        *((index, 0) for index in cameras),
        *_motion(shapes, screens),
        *_rounds(shapes, cameras),
    )


@lru_cache(_KEPT)
def one_large(shapes: tuple[Shape, ...]) -> Steps:
    """Sharp screens, then all of the first camera, then the floors of the others, then rounds."""
    screens, cameras = _split(shapes)
    first, others = cameras[:1], cameras[1:]
    return (
        *((index, level) for index in screens for level in range(shapes[index].base_levels)),
        *((index, level) for index in first for level in range(shapes[index].levels)),
        *_motion(shapes, screens),
        *((index, 0) for index in others),
        *_rounds(shapes, others),
    )


@lru_cache(_KEPT)
def fair(shapes: tuple[Shape, ...]) -> Steps:
    """Everybody's floor, then everybody's next level, and so on; a screen is one of them."""
    everything = tuple(range(len(shapes)))
    return (*((index, 0) for index in everything), *_rounds(shapes, everything))


@lru_cache(_KEPT)
def stills(shapes: tuple[Shape, ...]) -> Steps:
    """Pictures at their lowest frame rate only: the screens', then the cameras' floors."""
    screens, cameras = _split(shapes)
    return (
        *((index, level) for index in screens for level in range(shapes[index].base_levels)),
        *((index, 0) for index in cameras),
    )


def _split(shapes: tuple[Shape, ...]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    screens = tuple(index for index, shape in enumerate(shapes) if shape.is_screen)
    cameras = tuple(index for index, shape in enumerate(shapes) if not shape.is_screen)
    return screens, cameras


def _motion(shapes: tuple[Shape, ...], screens: tuple[int, ...]) -> Iterator[tuple[int, int]]:
    for index in screens:
        for level in range(shapes[index].base_levels, shapes[index].levels):
            yield index, level


def _rounds(shapes: tuple[Shape, ...], members: tuple[int, ...]) -> Iterator[tuple[int, int]]:
    """One level at a time above the floor, by rank."""
    for level in range(1, max((shapes[index].levels for index in members), default=0)):
        for index in members:
            if level < shapes[index].levels:
                yield index, level
