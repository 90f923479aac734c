"""A host opens the board and pages; two people draw, change, undo and clear."""

from hypothesis import strategies as st

from emporion.plugins.testing import Forbidden, Request, Scenario, Stage

PAGE = "page1"
POINTS = bytes((0xA0, 0x1F, 0xE0, 0x14, 0x50, 0x3C, 0xA0, 0x01, 0x28))
PEN = {"kind": "pen", "points": POINTS, "ink": 2}


async def play(stage: Stage) -> None:
    await stage.request("ana", type="open_board", is_open=True)
    await stage.request("li", type="edit", surface=PAGE, added=[PEN])
    await stage.request("ben", type="edit", surface=PAGE, added=[PEN, {**PEN, "ink": 3}])
    await stage.request("ana", type="transform", surface=PAGE, numbers=[0], frame=[2, 2, 120, -40])
    await stage.request("ben", type="restyle", surface=PAGE, numbers=[1], style={"ink": 4})
    await stage.request("ben", type="undo", surface=PAGE)
    await stage.request("ben", type="redo", surface=PAGE)
    await stage.request("ana", type="add_page", paper="grid")
    await stage.request("ana", type="present_page", page=PAGE)
    await stage.request("ben", type="set_paper", page=PAGE, paper="dots")
    await stage.request("li", type="edit", surface=PAGE, removed=[0])
    await stage.request(
        "ana", type="allow_drawing", participant_id=stage.participant_id("mo"), is_allowed=True
    )
    await stage.request("mo", type="edit", surface=PAGE, added=[PEN])
    await stage.request("mo", type="clear", surface=PAGE, only_own=True)
    stage.signal("li", type="cursor", surface=PAGE, x=100, y=200)
    await stage.pass_time(1)


SCENARIO = Scenario(
    play=play,
    grants={"li": {"can_draw": True}},
    forbidden=(
        Forbidden("li", {"type": "open_board", "is_open": False}, "whiteboard.hosts_only"),
        Forbidden("li", {"type": "clear", "surface": PAGE}, "whiteboard.hosts_only"),
        Forbidden("li", {"type": "edit", "surface": PAGE, "removed": [1]}, "whiteboard.not_yours"),
        Forbidden(
            "ana", {"type": "edit", "surface": "page99", "added": [PEN]}, "whiteboard.unknown_page"
        ),
        Forbidden("cai", {"type": "redo", "surface": PAGE}, "whiteboard.nothing_to_redo"),
    ),
)


def _any(kind: str, number: int, *, flag: bool) -> Request:
    fields: dict[str, dict[str, object]] = {
        "edit": {"added": [PEN], "removed": [number] if flag else []},
        "transform": {"numbers": [number], "frame": [1, 1, 10 * number, 5]},
        "clear": {"only_own": flag},
        "undo": {},
        "redo": {},
    }
    surface = {"surface": PAGE}
    return lambda _: {"type": kind, **surface, **fields[kind]}


STRATEGY: st.SearchStrategy[Request] = st.builds(
    _any,
    st.sampled_from(("edit", "transform", "clear", "undo", "redo")),
    st.integers(0, 5),
    flag=st.booleans(),
)
