"""Two hosts bring documents, and lead through them."""

from hypothesis import strategies as st
from pictures import gif

from emporion.plugins.testing import Forbidden, Request, Scenario, Stage

PDF = b"%PDF-1.7 of no importance"


def documents(stage: Stage) -> list[str]:
    bodies = stage.bodies("ana", "courseware.document_added")
    return [body["document"] for body in bodies]


async def play(stage: Stage) -> None:
    slides = await stage.bring("ana", "slides.pdf", PDF)
    await stage.request("ana", type="add_document", name="Slides", files=[slides])
    pictures = [await stage.bring("cai", f"{number}.gif", gif(8, 6)) for number in range(2)]
    await stage.request("cai", type="add_document", name="Pictures", files=pictures)
    bad = await stage.bring("ben", "bad.pdf", PDF + b" and broken")
    await stage.request("ben", type="add_document", name="Bad", files=[bad])
    await stage.pass_time(1)
    first, second, third = documents(stage)
    await stage.request("ana", type="present", document=first, page=3)
    await stage.request("ben", type="stop_presenting")
    await stage.request("ben", type="present", document=second, page=2)
    await stage.request("cai", type="remove_document", document=third)
    await stage.request("ana", type="present", document=first, page=1)


def _present(document: int, page: int) -> Request:
    def body(stage: Stage) -> dict[str, object]:
        known = documents(stage) or ["EV_none"]
        return {"type": "present", "document": known[document % len(known)], "page": page}

    return body


SCENARIO = Scenario(
    play=play,
    forbidden=(
        Forbidden("li", _present(0, 1), "courseware.hosts_only"),
        Forbidden("ana", _present(0, 4), "courseware.unknown_page"),
        Forbidden("ana", _present(2, 1), "courseware.unknown_document"),
        Forbidden(
            "ana",
            {"type": "add_document", "name": "x", "files": ["FI_none"]},
            "courseware.unknown_file",
        ),
    ),
    at_once=lambda stage: [
        ("ana", _present(0, 1)(stage)),
        ("ben", _present(1, 2)(stage)),
        ("ana", {"type": "stop_presenting"}),
        ("cai", {"type": "remove_document", "document": documents(stage)[0]}),
        ("ben", _present(0, 2)(stage)),
    ],
)

STRATEGY: st.SearchStrategy[Request] = st.builds(_present, st.integers(0, 3), st.integers(1, 4))
