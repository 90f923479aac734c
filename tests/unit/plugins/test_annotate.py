"""Annotations: bound to a track's picture, gone with it, and kept in the journal."""

from typing import Any

import msgspec
import pytest

from emporion.engine.errors import RequestDenied
from emporion.engine.media import Source
from emporion.plugins.api import RECORD_ONLY, ParticipantView
from emporion.plugins.drawing.annotate import Annotate
from emporion.plugins.drawing.points import encode_points
from emporion.plugins.testing import RehearsalDenied, RehearsalRoom, check_plugin

PEN = {"kind": "pen", "points": encode_points([10, 10, 40, 50, 90, 60])}


class Shared:
    """A merchant shares his screen; the teacher and another merchant look on."""

    def __init__(self, **options: object) -> None:
        self.room = RehearsalRoom(Annotate, options, name="annotate")
        self.ana = self.room.join("ana", role="host")
        self.li = self.room.join("li")
        self.mo = self.room.join("mo")
        self.track = self.room.publish(self.li, Source.SCREEN)

    async def do(self, person: ParticipantView, kind: str, **body: Any) -> list[str]:
        if kind != "allow_everybody":
            body = {"surface": self.track.track_id, **body}
        return [entry.kind for entry in await self.room.request(person, type=kind, **body)]

    async def refused(self, person: ParticipantView, kind: str, **body: Any) -> str:
        before = (len(self.room.entries), self.room.state)
        with pytest.raises(RequestDenied) as refused:
            await self.do(person, kind, **body)
        assert before == (len(self.room.entries), self.room.state), "a refusal changes nothing"
        return refused.value.code


def test_keeps_the_contract() -> None:
    check_plugin(Annotate, name="annotate")


async def test_drawings_over_a_screen_are_in_the_view_until_the_share_ends() -> None:
    shared = Shared()
    await shared.do(shared.ana, "edit", added=[PEN])
    (overlay,) = shared.room.view(shared.room.join("late"))["surfaces"]
    assert overlay["surface"] == shared.track.track_id
    assert [number for number, _, _ in overlay["items"]] == [0]
    shared.room.unpublish(shared.track.track_id)
    assert shared.room.view(shared.ana)["surfaces"] == []
    assert await shared.refused(shared.ana, "undo") == "annotate.unknown_track"
    assert "annotate.edited" in [entry.kind for entry in shared.room.entries]


async def test_pages_of_documents_bear_drawings_until_the_document_is_gone() -> None:
    shared = Shared()
    slides = shared.room.bring(
        shared.ana, "a.pdf", media_type="application/pdf", purpose="courseware"
    )
    page = f"{slides.file_id}/3"
    await shared.do(shared.ana, "edit", surface=page, added=[PEN])
    (overlay,) = shared.room.view(shared.room.join("late"))["surfaces"]
    assert overlay["surface"] == page
    refusal = await shared.refused(shared.mo, "edit", surface=page, added=[PEN])
    assert refusal == "annotate.not_allowed"
    await shared.room.request(shared.ana, type="allow_everybody", is_allowed=True)
    await shared.do(shared.mo, "edit", surface=page, added=[PEN])
    shared.room.append("room.file_removed", {"file_id": slides.file_id}, audience=RECORD_ONLY)
    await shared.room.observe()
    assert shared.room.view(shared.ana)["surfaces"] == []
    assert shared.room.entries[-1].kind == "annotate.file_removed", "everybody is told"


async def test_so_many_pages_bear_drawings_and_no_more() -> None:
    shared = Shared(max_surfaces=10)
    slides = shared.room.bring(
        shared.ana, "a.pdf", media_type="application/pdf", purpose="courseware"
    )
    for page in range(1, 11):
        await shared.do(shared.ana, "edit", surface=f"{slides.file_id}/{page}", added=[PEN])
    eleventh = f"{slides.file_id}/11"
    refusal = await shared.refused(shared.ana, "edit", surface=eleventh, added=[PEN])
    assert refusal == "annotate.board_full"
    await shared.do(shared.ana, "edit", surface=f"{slides.file_id}/10", added=[PEN])


async def test_only_pages_of_documents_that_are_there() -> None:
    shared = Shared()
    picture = shared.room.bring(shared.ana)
    for name in (f"{picture.file_id}/1", "FI_none/1", f"{picture.file_id}/0", "FI_x/1/2"):
        refusal = await shared.refused(shared.ana, "edit", surface=name, added=[PEN])
        assert refusal == "annotate.unknown_track"
    refusal = await shared.refused(shared.ana, "freeze", surface=f"{picture.file_id}/1")
    assert refusal == "annotate.unknown_track", "a page stands still anyway"


async def test_who_shares_may_draw_others_need_to_be_allowed() -> None:
    shared = Shared()
    await shared.do(shared.li, "edit", added=[PEN])
    assert await shared.refused(shared.mo, "edit", added=[PEN]) == "annotate.not_allowed"
    assert await shared.refused(shared.mo, "allow_everybody", is_allowed=True) == (
        "annotate.hosts_only"
    )
    await shared.do(shared.ana, "allow_everybody", is_allowed=True)
    assert await shared.do(shared.ana, "allow_everybody", is_allowed=True) == []
    await shared.do(shared.mo, "edit", added=[PEN])
    assert await shared.refused(shared.mo, "edit", removed=[0]) == "annotate.not_yours"


async def test_a_voice_has_no_picture_to_draw_on() -> None:
    shared = Shared()
    voice = shared.room.publish(shared.li, Source.MICROPHONE)
    for name in (voice.track_id, "TR_nowhere"):
        code = await shared.refused(shared.ana, "edit", surface=name, added=[PEN])
        assert code == "annotate.unknown_track"


async def test_a_picture_stands_still_until_it_moves_again() -> None:
    shared = Shared()
    assert await shared.refused(shared.ana, "freeze", file_id="FI_1") == "annotate.no_file"
    with pytest.raises(RehearsalDenied) as denied:
        shared.room.bring(shared.mo, "frame.jpg", media_type="image/jpeg")
    assert denied.value.denial.code == "annotate.hosts_only"
    picture = shared.room.bring(shared.li, "frame.jpg", media_type="image/jpeg").file_id
    assert await shared.refused(shared.mo, "freeze", file_id=picture) == "annotate.hosts_only"
    assert await shared.do(shared.li, "freeze", file_id=picture) == ["annotate.frozen"]
    assert shared.room.view(shared.mo)["surfaces"][0]["frozen"] == picture
    assert await shared.do(shared.ana, "freeze", file_id=picture) == []
    await shared.do(shared.ana, "freeze")
    assert shared.room.view(shared.mo)["surfaces"][0]["frozen"] is None


async def test_the_view_is_bounded_over_all_pictures() -> None:
    shared = Shared()
    camera = shared.room.publish(shared.mo, Source.CAMERA)
    long = PEN | {"points": encode_points([0, 0] * 4_000)}
    for name in (shared.track.track_id, camera.track_id):
        await shared.do(shared.ana, "edit", surface=name, added=[long] * 10)
    view = shared.room.view(shared.mo)
    assert len(msgspec.msgpack.encode(view)) < 110_000
    assert [overlay["is_whole"] for overlay in view["surfaces"]] == [True, False]
    await shared.do(shared.mo, "fetch", surface=camera.track_id, after=-1)
    assert shared.room.signals[-1].body["is_last"]


async def test_signals_are_refused_like_requests() -> None:
    shared = Shared()
    name = shared.track.track_id
    shared.room.signal(shared.li, type="cursor", surface=name, x=1, y=1)
    for person, surface, code in [
        (shared.mo, name, "annotate.not_allowed"),
        (shared.ana, "TR_x", "annotate.unknown_track"),
    ]:
        with pytest.raises(RequestDenied) as refused:
            shared.room.signal(person, type="cursor", surface=surface, x=1, y=1)
        assert refused.value.code == code
    assert len(shared.room.signals) == 1


async def test_replay_gives_the_live_state() -> None:
    shared = Shared()
    await shared.do(shared.ana, "edit", added=[PEN, PEN])
    await shared.do(shared.ana, "undo")
    await shared.do(shared.li, "edit", added=[PEN])
    assert shared.room.replayed() == shared.room.state
    shared.room.leave(shared.li)
    assert shared.room.state.drawing.surfaces == {}
    assert shared.room.replayed() == shared.room.state
