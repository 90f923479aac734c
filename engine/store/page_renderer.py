"""Renders a document's pages: a program of its own, started for one file that may be hostile.

`python -I page_renderer.py MEDIA_TYPE MAX_PAGES WISHES < FILE` imports its libraries, goes into its
jail (renderer_jail.py), and only then reads the first byte. It imports nothing of Emporion, writes
no file, draws the pages in the order of their distance from the one wished for last, and says on
stdout, one JSON line each:

    {"pages": 12}                                     how many there are
    {"page": 1, "width_px": 1600, "height_px": 900, "screen_bytes": 81234, "thumb_bytes": 3210}
                                                      one is drawn: its two pictures (WebP) follow
    {"error": "broken"}                               it ends here
    {"refused": ["landlock: ENOSYS"]}                 parts of the jail that this kernel has not

WISHES is the number of a pipe that never blocks: page numbers of four bytes, little-endian.
"""

import ctypes
import io
import json
import mmap
import os
import runpy
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

SCREEN_PX: Final = 1600  # The longer edge; a slide's smallest writing can be read at it.
THUMB_PX: Final = 240
SCREEN_QUALITY: Final = 82
THUMB_QUALITY: Final = 70
MAX_PIXELS: Final = 50_000_000
_SOURCE: Final = 0  # The file is standard input: there is no path that could be another one's.
_FORMATS: Final = ("PNG", "JPEG", "WEBP", "GIF")


class Unreadable(Exception):
    """The file cannot be shown; the argument is why."""


def tell(**line: object) -> None:
    sys.stdout.buffer.write(json.dumps(line).encode() + b"\n")
    sys.stdout.buffer.flush()


def send_page(picture: Any, page: int) -> None:  # Any: a picture of Pillow.
    """Send both sizes."""
    from PIL import Image

    sizes, pictures = [], []
    for longest_px, quality in ((SCREEN_PX, SCREEN_QUALITY), (THUMB_PX, THUMB_QUALITY)):
        picture.thumbnail((longest_px, longest_px), Image.Resampling.LANCZOS)
        sizes.append(picture.size)
        encoded = io.BytesIO()
        picture.save(encoded, format="WEBP", quality=quality, method=2)
        pictures.append(encoded.getbuffer())
    (width_px, height_px), (screen, thumb) = sizes[0], pictures
    tell(
        page=page,
        width_px=width_px,
        height_px=height_px,
        screen_bytes=len(screen),
        thumb_bytes=len(thumb),
    )
    sys.stdout.buffer.write(screen)
    sys.stdout.buffer.write(thumb)
    sys.stdout.buffer.flush()


class Wishes:
    """Which page is wished for; of what came in meanwhile the last counts."""

    def __init__(self, pipe: int) -> None:
        self._pipe = pipe
        self._rest = b""
        self._page = 1

    def nearest(self, left: set[int]) -> int:
        """Return the page to draw next: of two as near, the one that comes after."""
        try:
            while said := os.read(self._pipe, 4096):
                said = self._rest + said
                whole = len(said) - len(said) % 4
                self._rest = said[whole:]
                if whole:
                    self._page = int.from_bytes(said[whole - 4 : whole], "little")
        except BlockingIOError:
            pass
        return min(left, key=lambda page: (abs(page - self._page), page < self._page))


def pages_of_pdf(max_pages: int, wishes: Wishes) -> Iterator[tuple[int, Any]]:
    """Yield the pages of a PDF as pictures of Pillow, drawn as large as the screen's size."""
    import pypdfium2

    # Mapped, not read: a page of a document of 100 MB touches a small part of it.
    mapped = mmap.mmap(_SOURCE, 0, access=mmap.ACCESS_COPY)
    content = (ctypes.c_ubyte * len(mapped)).from_buffer(mapped)
    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        is_locked = "password" in str(error).lower()
        raise Unreadable("encrypted" if is_locked else "broken") from None
    if not 0 < len(document) <= max_pages:
        raise Unreadable("too_many_pages" if len(document) else "broken")
    tell(pages=len(document))
    left = set(range(1, len(document) + 1))
    while left:
        number = wishes.nearest(left)
        left.remove(number)
        page = document[number - 1]
        width, height = page.get_size()
        if not (0 < width < 1e6 and 0 < height < 1e6):
            raise Unreadable("broken")
        bitmap = page.render(scale=SCREEN_PX / max(width, height))
        yield number, bitmap.to_pil().convert("RGB")
        bitmap.close()
        page.close()


def pages_of_picture() -> Iterator[tuple[int, Any]]:  # Any: a picture of Pillow.
    """Yield the one page of a picture, upright, on white where one can see through it."""
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    with Image.open(sys.stdin.buffer, formats=_FORMATS) as opened:
        if opened.width * opened.height > MAX_PIXELS:
            raise Unreadable("broken")
        tell(pages=1)
        upright = ImageOps.exif_transpose(opened).convert("RGBA")
    white = Image.new("RGBA", upright.size, "white")
    yield 1, Image.alpha_composite(white, upright).convert("RGB")


def load_libraries(*, is_pdf: bool) -> None:
    """Import all that drawing takes, while files may still be opened at will."""
    from PIL import Image, WebPImagePlugin

    Image.preinit()
    Image.new("RGB", (1, 1)).save(io.BytesIO(), format=WebPImagePlugin.WebPImageFile.format)
    if is_pdf:
        import pypdfium2

        pypdfium2.PdfDocument.new().close()


def enter_jail() -> None:
    """Take away what a hostile file could use; tell what this kernel has no fence against."""
    jail = runpy.run_path(str(Path(__file__).with_name("renderer_jail.py")))
    refused = jail["enter"]()
    if refused:
        tell(refused=refused)


def main() -> int:
    media_type, max_pages, wishes = sys.argv[1:]
    is_pdf = media_type == "application/pdf"
    load_libraries(is_pdf=is_pdf)
    enter_jail()
    try:
        asked = Wishes(int(wishes))
        pages = pages_of_pdf(int(max_pages), asked) if is_pdf else pages_of_picture()
        for number, picture in pages:
            send_page(picture, number)
    except Unreadable as why:
        tell(error=why.args[0])
        return 1
    except MemoryError:
        tell(error="too_large")
        return 1
    except Exception:  # Whatever a broken file makes of the libraries: this program is the fence.
        tell(error="broken")
        return 1
    return 0


if __name__ == "__main__":
    status = main()
    os._exit(status)  # Nothing that a file has made runs once more at the end.
