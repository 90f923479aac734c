"""A renderer of pages without processes: it writes what it is told, at once."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

import trio

from ..errors import RequestDenied
from ..store.page_wish import PageWish
from ..store.rendering import RenderedPage

BROKEN: Final = b"broken"
PICTURE: Final = b"RIFF....WEBP"
SIZES: Final = ("screen", "thumb")


class FakeRenderer:
    """Three pages for every document and one for every picture; none where `BROKEN` is in it."""

    async def render(
        self,
        source: Path,
        folder: Path,
        *,
        media_type: str,
        max_pages: int,
        on_page: Callable[[RenderedPage], None],
        wish: PageWish | None = None,
    ) -> None:
        await trio.lowlevel.checkpoint()
        if BROKEN in _read(source):
            raise RequestDenied("The document is broken.", code="pages.broken")
        pages = 3 if media_type == "application/pdf" else 1
        for page in range(1, pages + 1):
            _write(folder, page)
            size_bytes = len(SIZES) * len(PICTURE)
            on_page(
                RenderedPage(
                    page=page, pages=pages, width_px=1600, height_px=900, size_bytes=size_bytes
                )
            )


def _read(source: Path) -> bytes:
    return source.read_bytes()


def _write(folder: Path, page: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for size in SIZES:
        (folder / f"{page}-{size}.webp").write_bytes(PICTURE)
