"""The whiteboard: who may do what to it, what a later comer gets, and each way of being refused."""

from typing import Any

import msgspec
import pytest

from emporion.engine.errors import RequestDenied
from emporion.plugins.api import ParticipantView
from emporion.plugins.drawing.board import VIEW_BYTES
from emporion.plugins.drawing.points import encode_points
from emporion.plugins.drawing.whiteboard import Whiteboard
from emporion.plugins.testing import RehearsalDenied, RehearsalRoom, check_plugin

PEN = {"kind": "pen", "points": encode_points([10, 10, 40, 50, 90, 60]), "ink": 2, "width": 40}
MOVE = (1.0, 1.0, 100.0, 0.0)


class Board:
    """A room with a teacher who may draw, and a merchant who may not."""

    def __init__(self, **options: object) -> None:
        self.room = RehearsalRoom(Whiteboard, options, name="whiteboard")
        self.ana = self.room.join("ana", role="host")
        self.li = self.room.join("li")

    async def do(self, person: ParticipantView, kind: str, **body: Any) -> list[str]:
        body = {"surface": "page1", **body} if kind in ON_SURFACE else body
        return [entry.kind for entry in await self.room.request(person, type=kind, **body)]

    async def draw(self, person: ParticipantView, count: int = 1, **fields: Any) -> None:
        for _ in range(count):
            await self.do(person, "edit", added=[PEN | fields])

    async def refused(self, person: ParticipantView, kind: str, **body: Any) -> str:
        before = (len(self.room.entries), self.room.state)
        with pytest.raises(RequestDenied) as refused:
            await self.do(person, kind, **body)
        assert before == (len(self.room.entries), self.room.state), "a refusal changes nothing"
        assert refused.value.code.startswith("whiteboard.")
        return refused.value.code.removeprefix("whiteboard.")

    def signal(self, person: ParticipantView, kind: str, **body: Any) -> None:
        self.room.signal(person, type=kind, **{"surface": "page1", **body})

    def numbers(self, page: str = "page1") -> list[int]:
        return [placed.number for placed in self.room.state.drawing.surfaces[page].table]

    @property
    def pages(self) -> list[str]:
        return [page.page for page in self.room.state.pages]


ON_SURFACE = {"edit", "transform", "restyle", "clear", "undo", "redo", "fetch"}
DRAFT = {"draft": 7, "item": PEN}


def test_keeps_the_contract() -> None:
    check_plugin(Whiteboard, name="whiteboard")


async def test_a_stroke_is_in_the_view_of_a_later_comer() -> None:
    board = Board()
    assert await board.do(board.ana, "edit", added=[PEN], draft=5) == ["whiteboard.edited"]
    view = board.room.view(board.room.join("late"))
    assert view["items"] == [[0, 0, PEN | {"width": 40}]]
    assert view["authors"] == ["ana"]
    assert view["is_whole"]
    assert view["pages"] == [{"page": "page1", "paper": "blank", "numbers_used": 1}]
    body = msgspec.msgpack.decode(board.room.entries[-2].body)
    assert (body["first_number"], body["draft"], body["author"]) == (0, 5, "ana")


async def test_merchant_draws_once_he_is_allowed_and_no_longer_than_that() -> None:
    board = Board()
    assert await board.refused(board.li, "edit", added=[PEN]) == "not_allowed"
    assert await board.do(
        board.ana, "allow_drawing", participant_id=board.li.participant_id, is_allowed=True
    ) == ["room.grants_changed"]
    await board.draw(board.room.current(board.li))
    await board.do(
        board.ana, "allow_drawing", participant_id=board.li.participant_id, is_allowed=False
    )
    assert await board.refused(board.room.current(board.li), "undo") == "not_allowed"


async def test_everybody_may_be_allowed_at_once_but_observers_never() -> None:
    board = Board()
    patrol = board.room.join("patrol", role="observer")
    await board.do(board.ana, "allow_everybody", is_allowed=True)
    assert await board.do(board.ana, "allow_everybody", is_allowed=True) == []
    await board.draw(board.li)
    assert await board.refused(patrol, "edit", added=[PEN]) == "not_allowed"
    await board.do(board.ana, "allow_everybody", is_allowed=False)
    assert await board.refused(board.li, "edit", added=[PEN]) == "not_allowed"


async def test_merchant_changes_only_his_own_a_host_everything() -> None:
    board = Board()
    await board.do(board.ana, "allow_everybody", is_allowed=True)
    await board.draw(board.ana)
    await board.draw(board.li)
    assert await board.refused(board.li, "edit", removed=[0]) == "not_yours"
    assert await board.refused(board.li, "transform", numbers=[0], frame=MOVE) == "not_yours"
    assert await board.refused(board.li, "restyle", numbers=[0], style={"ink": 1}) == "not_yours"
    assert await board.refused(board.li, "clear") == "hosts_only"
    await board.do(board.li, "transform", numbers=[1], frame=MOVE)
    await board.do(board.ana, "restyle", numbers=[0, 1], style={"ink": 1})
    await board.do(board.li, "clear", only_own=True)
    assert board.numbers() == [0]
    await board.do(board.ana, "clear")
    assert board.numbers() == []
    assert await board.do(board.ana, "clear") == [], "nothing was there any more"


async def test_a_template_may_let_merchants_change_everything() -> None:
    board = Board(merchants_edit_all=True)
    await board.do(board.ana, "allow_everybody", is_allowed=True)
    await board.draw(board.ana)
    await board.do(board.li, "edit", removed=[0])
    await board.do(board.li, "clear")


async def test_who_reloads_can_still_undo_and_redo() -> None:
    board = Board()
    await board.draw(board.ana, 2)
    board.room.leave(board.ana)
    ana = board.room.join("ana", role="host")
    await board.do(ana, "undo")
    assert board.numbers() == [0]
    await board.do(ana, "redo")
    assert board.numbers() == [0, 1]
    body = msgspec.msgpack.decode(board.room.entries[-1].body)
    assert body == {"surface": "page1", "author": "ana", "is_redo": True, "restored": [1]}
    assert await board.refused(ana, "redo") == "nothing_to_redo"
    assert await board.refused(board.room.join("mo", role="host"), "undo") == "nothing_to_undo"


async def test_two_who_remove_the_same_thing_are_both_right() -> None:
    board = Board()
    await board.draw(board.ana, 2)
    await board.do(board.ana, "edit", removed=[0])
    await board.do(board.ana, "edit", removed=[0, 1])
    assert board.numbers() == []
    assert await board.refused(board.ana, "edit", removed=[2]) == "unknown_item"


async def test_pages_are_added_turned_moved_and_removed() -> None:
    board = Board()
    await board.do(board.ana, "add_page", paper="grid")
    await board.do(board.ana, "add_page", after="page1")
    assert board.pages == ["page1", "page3", "page2"]
    assert board.room.state.presented == "page3"
    await board.do(board.ana, "move_page", page="page3", position=99)
    assert board.pages == ["page1", "page2", "page3"]
    await board.do(board.ana, "set_paper", page="page2", paper="dots")
    assert [page.paper for page in board.room.state.pages] == ["blank", "dots", "blank"]
    await board.do(board.ana, "present_page", page="page2")
    assert await board.do(board.ana, "present_page", page="page2") == []
    await board.do(board.ana, "remove_page", page="page2")
    assert (board.pages, board.room.state.presented) == (["page1", "page3"], "page3")
    await board.do(board.ana, "remove_page", page="page3")
    assert board.room.state.presented == "page1"
    await board.do(board.ana, "add_page")
    assert board.pages == ["page1", "page4"], "no name is given twice"


async def test_refusals_of_pages() -> None:
    board = Board(max_pages=2)
    assert await board.refused(board.ana, "remove_page", page="page1") == "last_page"
    for kind in ("remove_page", "present_page"):
        assert await board.refused(board.ana, kind, page="nowhere") == "unknown_page"
    assert await board.refused(board.ana, "add_page", after="nowhere") == "unknown_page"
    assert await board.refused(board.ana, "edit", surface="x", added=[PEN]) == "unknown_page"
    await board.do(board.ana, "add_page")
    assert await board.refused(board.ana, "add_page") == "too_many_pages"


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("add_page", {}),
        ("remove_page", {"page": "page1"}),
        ("move_page", {"page": "page1", "position": 0}),
        ("present_page", {"page": "page1"}),
        ("set_paper", {"page": "page1", "paper": "dots"}),
        ("open_board", {"is_open": True}),
        ("allow_everybody", {"is_allowed": True}),
        ("allow_drawing", {"participant_id": "PA_1", "is_allowed": True}),
    ],
)
async def test_the_board_is_run_by_hosts(kind: str, body: dict[str, Any]) -> None:
    board = Board()
    assert await board.refused(board.li, kind, **body) == "hosts_only"


async def test_the_board_is_opened_and_put_away() -> None:
    board = Board()
    assert await board.do(board.ana, "open_board", is_open=True) == ["whiteboard.opened"]
    first = board.room.view(board.li)
    assert first["is_open"]
    # Again: it comes before what has been shown since.
    assert await board.do(board.ana, "open_board", is_open=True) == ["whiteboard.opened"]
    assert board.room.view(board.li)["opened_seq"] > first["opened_seq"]
    assert await board.do(board.ana, "open_board", is_open=False) == ["whiteboard.opened"]
    assert await board.do(board.ana, "open_board", is_open=False) == []


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"added": [PEN | {"points": b"\x80"}]},
        {"added": [{"kind": "line", "points": PEN["points"]}]},
        {"added": [PEN | {"frame": (0, 1, 0, 0)}]},
    ],
)
async def test_malformed_edits_are_refused(body: dict[str, Any]) -> None:
    board = Board()
    assert await board.refused(board.ana, "edit", **body) == "malformed_item"


async def test_nothing_grows_out_of_sight_and_no_note_loses_its_words() -> None:
    board = Board()
    await board.draw(board.ana)
    for frame in [(1000, 1, 0, 0), (0.001, 1, 0, 0)]:
        code = await board.refused(board.ana, "transform", numbers=[0], frame=frame)
        assert code == "malformed_item"
    code = await board.refused(board.ana, "restyle", numbers=[0], style={"text": " "})
    assert code == "malformed_item"


@pytest.mark.parametrize(
    "body",
    [
        {"added": [PEN] * 65},
        {"removed": list(range(1_001))},
        {"added": [PEN | {"points": bytes(16 * 1024 + 1)}]},
        {"added": [PEN | {"kind": "spray"}]},
        {"added": [PEN | {"width": float("nan")}]},
        {"added": [{"kind": "text", "points": b"\0\0\0\0", "text": "x" * 2_001}]},
    ],
)
async def test_oversized_requests_are_no_requests(body: dict[str, Any]) -> None:
    board = Board()
    with pytest.raises(msgspec.ValidationError):
        await board.do(board.ana, "edit", **body)


async def test_full_pages_and_full_boards_are_said_to_be() -> None:
    board = Board(max_items_per_page=2, max_board_bytes=100_000)
    await board.draw(board.ana, 2)
    assert await board.refused(board.ana, "edit", added=[PEN]) == "page_full"
    await board.do(board.ana, "edit", added=[PEN, PEN], removed=[0, 1])
    long = PEN | {"points": encode_points([0, 0] * 8_000)}
    board = Board(max_board_bytes=100_000)
    await board.do(board.ana, "edit", added=[long] * 6)
    assert await board.refused(board.ana, "edit", added=[long]) == "board_full"


async def test_an_image_needs_a_file_of_the_room() -> None:
    board = Board()
    image = {"kind": "image", "points": encode_points([0, 0, 9, 9]), "file_id": "FI_x"}
    assert await board.refused(board.ana, "edit", added=[image]) == "no_file"
    file = board.room.bring(board.ana, "shoe.png", media_type="image/png")
    await board.do(board.ana, "edit", added=[image | {"file_id": file.file_id}])
    with pytest.raises(RehearsalDenied) as denied:
        board.room.bring(board.li, "shoe.png", media_type="image/png")
    assert denied.value.denial.code == "whiteboard.not_allowed"


async def test_a_large_page_comes_in_chunks_that_only_the_asker_gets() -> None:
    board = Board()
    long = PEN | {"points": encode_points([0, 0] * 4_000)}
    for _ in range(5):
        await board.do(board.ana, "edit", added=[long] * 10)
    view = board.room.view(board.li)
    assert not view["is_whole"]
    assert len(msgspec.msgpack.encode(view)) < VIEW_BYTES + 10_000
    after = view["items"][-1][0]
    numbers = [item[0] for item in view["items"]]
    is_last = False
    while not is_last:
        await board.do(board.li, "fetch", after=after)
        signal = board.room.signals.pop()
        assert signal.event == "items"
        assert signal.audience.people == (board.li.participant_id,)
        body = msgspec.to_builtins(signal.body)
        assert (body["after"], body["seq"]) == (after, board.room.entries[-1].seq)
        numbers += [item[0] for item in body["items"]]
        after, is_last = body["until"], body["is_last"]
    assert numbers == board.numbers() == list(range(50))


async def test_fetching_an_empty_page_ends_at_once() -> None:
    board = Board()
    await board.do(board.li, "fetch")
    body = msgspec.to_builtins(board.room.signals[-1].body)
    assert (body["items"], body["until"], body["is_last"]) == ([], -1, True)


async def test_drafts_and_cursors_are_passed_on_and_not_kept() -> None:
    board = Board()
    before = board.room.state
    board.signal(board.ana, "draft", **DRAFT)
    board.signal(board.ana, "cursor", x=5, y=6, is_laser=True)
    board.signal(board.ana, "drop_draft", draft=7)
    assert [signal.event for signal in board.room.signals] == ["draft", "cursor", "drop_draft"]
    assert board.room.state == before


async def test_signals_are_refused_like_requests() -> None:
    board = Board()
    for person, body, code in [
        (board.li, DRAFT, "whiteboard.not_allowed"),
        (board.ana, DRAFT | {"surface": "x"}, "whiteboard.unknown_page"),
        (board.ana, DRAFT | {"item": PEN | {"points": b"\x80"}}, "whiteboard.malformed_item"),
    ]:
        with pytest.raises(RequestDenied) as refused:
            board.signal(person, "draft", **body)
        assert refused.value.code == code
    assert board.room.signals == []


async def test_what_is_being_moved_is_passed_on_to_those_who_look() -> None:
    board = Board()
    await board.draw(board.ana)
    await board.do(board.ana, "allow_everybody", is_allowed=True)
    before = board.room.state
    board.signal(board.ana, "transforming", draft=9, numbers=[0], frame=MOVE)
    assert [signal.event for signal in board.room.signals] == ["transforming"]
    assert board.room.state == before
    cases: list[tuple[ParticipantView, dict[str, Any], str]] = [
        (board.li, {}, "whiteboard.not_yours"),
        (board.ana, {"numbers": [1]}, "whiteboard.unknown_item"),
        (board.ana, {"frame": (0.0, 1.0, 0.0, 0.0)}, "whiteboard.malformed_item"),
    ]
    for person, body, code in cases:
        whole: dict[str, Any] = {"draft": 9, "numbers": [0], "frame": MOVE, **body}
        with pytest.raises(RequestDenied) as refused:
            board.signal(person, "transforming", **whole)
        assert refused.value.code == code
    assert len(board.room.signals) == 1, "nobody moves what is not theirs on others' screens"


async def test_in_a_large_room_only_finished_things_are_shown() -> None:
    board = Board(live_participants=1)
    board.signal(board.ana, "cursor", x=5, y=6)
    assert board.room.signals == []


async def test_replay_gives_the_live_state() -> None:
    board = Board()
    await board.do(board.ana, "allow_everybody", is_allowed=True)
    await board.draw(board.ana, 3)
    await board.draw(board.li)
    await board.do(board.ana, "transform", numbers=[1, 3], frame=MOVE)
    await board.do(board.li, "undo")
    await board.do(board.ana, "undo")
    await board.do(board.ana, "add_page")
    await board.do(board.ana, "edit", surface="page2", added=[PEN])
    await board.do(board.ana, "remove_page", page="page1")
    assert board.room.replayed() == board.room.state
