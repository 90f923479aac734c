"""A teacher shares a screen; people draw on it, until the share ends and another begins."""

from hypothesis import strategies as st

from emporion.engine.media import Source
from emporion.plugins.testing import Forbidden, Request, Scenario, Stage

POINTS = bytes((0xA0, 0x1F, 0xE0, 0x14, 0x50, 0x3C, 0xA0, 0x01, 0x28))
PEN = {"kind": "pen", "points": POINTS, "ink": 2}


async def play(stage: Stage) -> None:
    first = await stage.publish("ana", Source.SCREEN)
    await stage.request("ben", type="edit", surface=first, added=[PEN])
    await stage.unpublish("ana", first)
    shared = await stage.publish("ana", Source.SCREEN)
    await stage.request("ana", type="allow_everybody", is_allowed=True)
    await stage.request("li", type="edit", surface=shared, added=[PEN])
    await stage.request("ana", type="edit", surface=shared, added=[{**PEN, "ink": 4}])
    await stage.request("ana", type="transform", surface=shared, numbers=[1], frame=[2, 2, 9, 9])
    await stage.request("li", type="undo", surface=shared)
    await stage.request("li", type="redo", surface=shared)
    await stage.request("ana", type="allow_everybody", is_allowed=False)


def _on_share(**body: object) -> Request:
    def on_newest(stage: Stage) -> dict[str, object]:
        published = stage.bodies("ana", "room.track_published")
        return {**body, "surface": published[-1]["track"]["track_id"]}

    return on_newest


SCENARIO = Scenario(
    play=play,
    forbidden=(
        Forbidden("mo", _on_share(type="edit", added=[PEN]), "annotate.not_allowed"),
        Forbidden("li", {"type": "allow_everybody", "is_allowed": True}, "annotate.hosts_only"),
        Forbidden(
            "ana", {"type": "edit", "surface": "TR_gone", "added": [PEN]}, "annotate.unknown_track"
        ),
        Forbidden("ben", _on_share(type="undo"), "annotate.nothing_to_undo"),
    ),
    at_once=lambda stage: [
        (who, _on_share(**body)(stage))
        for who, body in (
            ("ana", {"type": "edit", "added": [PEN]}),
            ("ben", {"type": "clear"}),
            ("ana", {"type": "edit", "removed": [0]}),
            ("ben", {"type": "edit", "added": [PEN], "removed": [1]}),
        )
    ],
)


def _any(kind: str, number: int, *, flag: bool) -> Request:
    if kind == "allow_everybody":
        return lambda _: {"type": kind, "is_allowed": flag}
    fields: dict[str, dict[str, object]] = {
        "edit": {"added": [PEN], "removed": [number] if flag else []},
        "transform": {"numbers": [number], "frame": [1, 1, 10 * number, 5]},
        "clear": {"only_own": flag},
        "freeze": {"file_id": None},
        "undo": {},
        "redo": {},
    }
    return _on_share(type=kind, **fields[kind])


STRATEGY: st.SearchStrategy[Request] = st.builds(
    _any,
    st.sampled_from(
        ("edit", "edit", "transform", "clear", "freeze", "undo", "redo", "allow_everybody")
    ),
    st.integers(0, 3),
    flag=st.booleans(),
)
