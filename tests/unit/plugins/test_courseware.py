"""Courseware: who brings and shows it, how it is prepared, and what everybody sees of it."""

from typing import Any

import msgspec
import pytest

from emporion.engine.errors import RequestDenied
from emporion.engine.ids import FileId
from emporion.plugins.api import FileView, ParticipantView, RenderedPages
from emporion.plugins.courseware import Courseware
from emporion.plugins.testing import RehearsalDenied, RehearsalRoom, check_plugin

PDF = "application/pdf"


def room(**options: object) -> RehearsalRoom:
    return RehearsalRoom(Courseware, options, name="courseware")


async def add(course: RehearsalRoom, host: ParticipantView, *files: FileView) -> str:
    """Make a document of files; return its id."""
    ids = [file.file_id for file in files]
    (entry,) = await course.request(host, type="add_document", name="Slides", files=ids)
    document: str = msgspec.msgpack.decode(entry.body)["document"]
    return document


async def finish(course: RehearsalRoom, file: FileView, *sizes: tuple[int, int]) -> None:
    rendered = RenderedPages(
        file_id=file.file_id, done=len(sizes), pages=len(sizes), sizes=sizes, is_over=True
    )
    await course.render(rendered)


async def ready(course: RehearsalRoom, host: ParticipantView, pages: int = 3) -> str:
    file = course.bring(host, "slides.pdf", media_type=PDF)
    document = await add(course, host, file)
    await finish(course, file, *[(1600, 900)] * pages)
    return document


async def refusal(course: RehearsalRoom, person: ParticipantView, **body: Any) -> str:
    before = len(course.entries)
    with pytest.raises(RequestDenied) as refused:
        await course.request(person, **body)
    assert len(course.entries) == before
    return refused.value.code


def test_keeps_the_contract() -> None:
    check_plugin(Courseware, name="courseware")


def test_only_hosts_bring_courseware() -> None:
    course = room()
    ana, li = course.join("ana", role="assistant"), course.join("li")
    course.bring(ana, "slides.pdf", media_type=PDF)
    with pytest.raises(RehearsalDenied) as denied:
        course.bring(li, "slides.pdf", media_type=PDF)
    assert denied.value.denial.code == "courseware.hosts_only"
    course.bring(li, purpose="chat")


async def test_a_document_is_prepared_then_shown() -> None:
    course = room()
    ana, li = course.join("ana", role="host"), course.join("li")
    file = course.bring(ana, "slides.pdf", media_type=PDF)
    document = await add(course, ana, file)
    assert course.rendering == {file.file_id: 500}
    present = {"type": "present", "document": document}
    assert await refusal(course, ana, **present) == "courseware.not_ready"
    await course.render(RenderedPages(file_id=file.file_id, done=2, pages=3))
    assert course.signals[-1].body == {
        "document": document,
        "file_id": file.file_id,
        "done": 2,
        "pages": 3,
    }
    await finish(course, file, (1600, 900), (1600, 900), (900, 1600))
    (shown,) = await course.request(ana, **present, page=3)
    assert course.view(li) == {
        "documents": [
            {
                "document": document,
                "name": "Slides",
                "status": "ready",
                "parts": [{"file_id": file.file_id, "sizes": [[2, 1600, 900], [1, 900, 1600]]}],
            }
        ],
        "document": document,
        "page": 3,
        "is_open": True,
        "presented_seq": shown.seq,
    }


async def test_what_is_prepared_is_shown_while_the_rest_is_on_its_way() -> None:
    course = room()
    ana, li = course.join("ana", role="host"), course.join("li")
    file = course.bring(ana, "slides.pdf", media_type=PDF)
    document = await add(course, ana, file)
    for done in range(1, 101):
        sizes = ((1600, 900),) * done
        await course.render(RenderedPages(file_id=file.file_id, done=done, pages=500, sizes=sizes))
    kinds = [entry.kind for entry in course.entries]
    assert kinds.count("courseware.pages_ready") == 7, "1, 2, 4, 8, 16, 32, 64"
    await course.request(ana, type="present", document=document, page=64)
    (part,) = course.view(li)["documents"][0]["parts"]
    assert part == {"file_id": file.file_id, "sizes": [[64, 1600, 900]], "expected": 500}
    await finish(course, file, *[(1600, 900)] * 500)
    (part,) = course.view(li)["documents"][0]["parts"]
    assert part == {"file_id": file.file_id, "sizes": [[500, 1600, 900]]}
    assert (course.state.find(document).status, course.state.page) == ("ready", 64)


async def test_a_late_jump_is_drawn_next_and_shown_at_once() -> None:
    course = room()
    ana, li = course.join("ana", role="host"), course.join("li")
    file = course.bring(ana, "slides.pdf", media_type=PDF)
    document = await add(course, ana, file)
    first = ((1600, 900),) * 4
    await course.render(RenderedPages(file_id=file.file_id, done=4, pages=500, sizes=first))
    await course.request(ana, type="present", document=document, page=300)
    assert course.wished == {file.file_id: 300}
    assert (course.view(li)["page"], course.view(li)["is_open"]) == (300, True)
    late = (*first, *[(0, 0)] * 295, (900, 1600))
    await course.render(RenderedPages(file_id=file.file_id, done=5, pages=500, sizes=late))
    (part,) = course.view(li)["documents"][0]["parts"]
    sizes = [[4, 1600, 900], [295, 0, 0], [1, 900, 1600]]
    assert part == {"file_id": file.file_id, "sizes": sizes, "expected": 500}
    entries = len(course.entries)
    more = (*late, (900, 1600))
    await course.render(RenderedPages(file_id=file.file_id, done=6, pages=500, sizes=more))
    assert len(course.entries) == entries, "the next one waits for the usual entries"

    course.wished.clear()
    await course.start()
    assert course.wished == {file.file_id: 300}, "after a restart where the presenter is"
    again = (*[(0, 0)] * 289, *[(1600, 900)] * 10)
    await course.render(RenderedPages(file_id=file.file_id, done=10, pages=500, sizes=again))
    assert course.state.find(document).parts[0].has(4), "what was there stays there"
    assert course.replayed() == course.state


async def test_a_jump_into_a_later_file_of_a_document() -> None:
    course = room()
    ana = course.join("ana", role="host")
    files = [course.bring(ana, f"{number}.pdf", media_type=PDF) for number in range(2)]
    document = await add(course, ana, *files)
    for file in files:
        some = RenderedPages(file_id=file.file_id, done=1, pages=10, sizes=((8, 8),))
        await course.render(some)
    await course.request(ana, type="present", document=document, page=15)
    assert course.wished == {files[0].file_id: 1, files[1].file_id: 5}


async def test_what_fails_in_the_midst_is_not_shown_any_more() -> None:
    course = room()
    ana = course.join("ana", role="host")
    file = course.bring(ana, "slides.pdf", media_type=PDF)
    document = await add(course, ana, file)
    await course.render(RenderedPages(file_id=file.file_id, done=1, pages=2, sizes=((8, 8),)))
    await course.request(ana, type="present", document=document)
    await course.render(RenderedPages(file_id=file.file_id, is_over=True, error="pages.broken"))
    assert not course.state.is_open
    assert await refusal(course, ana, type="present", document=document) == "courseware.not_ready"


async def test_no_page_changes_its_number_when_one_before_it_is_ready() -> None:
    course = room()
    ana = course.join("ana", role="host")
    files = [course.bring(ana, f"{number}.png") for number in range(3)]
    document = await add(course, ana, *files)
    await finish(course, files[0], (800, 600))
    await finish(course, files[2], (800, 600))
    assert course.state.find(document).shown_pages == 1
    assert await refusal(course, ana, type="present", document=document, page=2) == (
        "courseware.not_ready"
    )


async def test_pictures_make_one_document() -> None:
    course = room()
    ana = course.join("ana", role="host")
    files = [course.bring(ana, f"{number}.png") for number in range(3)]
    document = await add(course, ana, *files)
    for file in files:
        assert course.state.find(document).status == "preparing"
        await finish(course, file, (800, 600))
    known = course.state.find(document)
    assert (known.status, known.pages) == ("ready", 3)


@pytest.mark.parametrize("code", ["pages.broken", "pages.encrypted", "pages.timeout"])
async def test_a_broken_file_fails_its_document_and_nothing_else(code: str) -> None:
    course = room()
    ana = course.join("ana", role="host")
    good, bad = course.bring(ana, "1.png"), course.bring(ana, "2.png")
    document = await add(course, ana, good, bad)
    await course.render(RenderedPages(file_id=bad.file_id, is_over=True, error=code))
    await finish(course, good, (800, 600))
    known = course.state.find(document)
    assert (known.status, known.error) == ("failed", code)
    assert await refusal(course, ana, type="present", document=document) == "courseware.not_ready"
    other = await ready(course, ana)
    await course.request(ana, type="present", document=other)


async def test_too_many_pages_of_many_files_are_refused() -> None:
    course = room(max_pages=4)
    ana = course.join("ana", role="host")
    files = [course.bring(ana, f"{number}.pdf", media_type=PDF) for number in range(2)]
    document = await add(course, ana, *files)
    await finish(course, files[0], *[(8, 8)] * 3)
    await finish(course, files[1], *[(8, 8)] * 2)
    assert course.state.find(document).error == "pages.too_many"


async def test_refusals() -> None:
    course = room(max_documents=1)
    ana, li = course.join("ana", role="host"), course.join("li")
    file, picture = course.bring(ana, "a.png"), course.bring(ana, purpose="chat")
    second = course.bring(ana, "b.png")
    adding = {"type": "add_document", "name": "x"}
    assert await refusal(course, li, **adding, files=[file.file_id]) == "courseware.hosts_only"
    for wrong in ([picture.file_id], ["FI_none"], [file.file_id, file.file_id]):
        assert await refusal(course, ana, **adding, files=wrong) == "courseware.unknown_file"
    document = await add(course, ana, file)
    code = await refusal(course, ana, **adding, files=[file.file_id])
    assert code == "courseware.unknown_file", "it is in a document already"
    code = await refusal(course, ana, **adding, files=[second.file_id])
    assert code == "courseware.too_many_documents"
    await finish(course, file, (8, 8))
    present = {"type": "present", "document": document}
    assert await refusal(course, ana, **present, page=2) == "courseware.unknown_page"
    for kind in ("present", "remove_document"):
        code = await refusal(course, ana, type=kind, document="EV_none")
        assert code == "courseware.unknown_document"
    assert await course.request(ana, type="stop_presenting") == [], "nothing is shown"


async def test_what_is_removed_is_not_shown_and_not_waited_for() -> None:
    course = room()
    ana = course.join("ana", role="host")
    document = await ready(course, ana)
    await course.request(ana, type="present", document=document, page=2)
    await course.request(ana, type="remove_document", document=document)
    state = course.state
    assert (state.documents, state.document, state.is_open) == ((), None, False)
    file = course.bring(ana, "late.pdf", media_type=PDF)
    late = await add(course, ana, file)
    await course.request(ana, type="remove_document", document=late)
    before = len(course.entries)
    await finish(course, file, (8, 8))
    assert len(course.entries) == before


async def test_the_page_is_remembered_when_it_is_put_away() -> None:
    course = room()
    ana = course.join("ana", role="host")
    document = await ready(course, ana)
    await course.request(ana, type="present", document=document, page=2)
    await course.request(ana, type="stop_presenting")
    assert (course.state.is_open, course.state.page) == (False, 2)


async def test_what_was_being_prepared_is_asked_for_again_after_a_restart() -> None:
    course = room()
    ana = course.join("ana", role="host")
    done, waiting = course.bring(ana, "1.png"), course.bring(ana, "2.png")
    await add(course, ana, done, waiting)
    await finish(course, done, (8, 8))
    course.rendering.clear()
    await course.start()
    assert list(course.rendering) == [waiting.file_id]


async def test_replay_gives_the_live_state() -> None:
    course = room()
    ana = course.join("ana", role="host")
    document = await ready(course, ana)
    await course.request(ana, type="present", document=document, page=2)
    bad = course.bring(ana, "bad.pdf", media_type=PDF)
    await add(course, ana, bad)
    over = RenderedPages(file_id=FileId(bad.file_id), is_over=True, error="pages.broken")
    await course.render(over)
    assert course.replayed() == course.state
