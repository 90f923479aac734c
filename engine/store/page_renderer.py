"""Renders a document's pages: a program of its own, started for one file that may be hostile.

`python -I page_renderer.py SOURCE FOLDER MEDIA_TYPE MAX_PAGES` sets limits on its memory, time and
files before it reads the first byte. It imports nothing of Emporion, writes `<page>-screen.webp`
and `<page>-thumb.webp`, and says on stdout, one JSON line each:

    {"pages": 12}                                     how many there are
    {"page": 1, "width_px": 1600, "height_px": 900}   one is written
    {"error": "broken"}                               it ends here
"""

import json
import os
import resource
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

SCREEN_PX: Final = 1600  # The longer edge; a slide's smallest writing can be read at it.
THUMB_PX: Final = 240
SCREEN_QUALITY: Final = 82
THUMB_QUALITY: Final = 70
MEMORY_BYTES: Final = 1024**3  # Address space: pdfium and Pillow take some 300 MB of it unused.
CPU_S: Final = 600
FILE_BYTES: Final = 32 * 1024 * 1024  # Of one picture that is written.
MAX_PIXELS: Final = 50_000_000
NICENESS: Final = 10  # Audio and video go before slides.


class Unreadable(Exception):
    """The file cannot be shown; the argument is why."""


def limit_myself() -> None:
    """Take away what a hostile file could use."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))
    resource.setrlimit(resource.RLIMIT_FSIZE, (FILE_BYTES, FILE_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.nice(NICENESS)


def tell(**line: object) -> None:
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def write_page(picture: Any, folder: Path, page: int) -> None:  # Any: a picture of Pillow.
    """Write both sizes, each whole or not at all."""
    from PIL import Image

    sizes = []
    for name, longest_px, quality in (
        ("screen", SCREEN_PX, SCREEN_QUALITY),
        ("thumb", THUMB_PX, THUMB_QUALITY),
    ):
        picture.thumbnail((longest_px, longest_px), Image.Resampling.LANCZOS)
        sizes.append(picture.size)
        part = folder / f"{page}-{name}.part"
        picture.save(part, format="WEBP", quality=quality, method=2)
        part.rename(folder / f"{page}-{name}.webp")
    width_px, height_px = sizes[0]
    tell(page=page, width_px=width_px, height_px=height_px)


def pages_of_pdf(source: Path, max_pages: int) -> Iterator[Any]:  # Any: pictures of Pillow.
    """Yield the pages of a PDF, drawn as large as the screen's size."""
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(source)
    except pypdfium2.PdfiumError as error:
        is_locked = "password" in str(error).lower()
        raise Unreadable("encrypted" if is_locked else "broken") from None
    if not 0 < len(document) <= max_pages:
        raise Unreadable("too_many_pages" if len(document) else "broken")
    tell(pages=len(document))
    for index in range(len(document)):
        page = document[index]
        width, height = page.get_size()
        if not (0 < width < 1e6 and 0 < height < 1e6):
            raise Unreadable("broken")
        bitmap = page.render(scale=SCREEN_PX / max(width, height))
        yield bitmap.to_pil().convert("RGB")
        bitmap.close()
        page.close()


def pages_of_picture(source: Path) -> Iterator[Any]:  # Any: a picture of Pillow.
    """Yield the one page of a picture, upright, on white where one can see through it."""
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    with Image.open(source, formats=("PNG", "JPEG", "WEBP", "GIF")) as opened:
        if opened.width * opened.height > MAX_PIXELS:
            raise Unreadable("broken")
        tell(pages=1)
        upright = ImageOps.exif_transpose(opened).convert("RGBA")
    white = Image.new("RGBA", upright.size, "white")
    yield Image.alpha_composite(white, upright).convert("RGB")


def main() -> int:
    source, folder, media_type, max_pages = sys.argv[1:]
    limit_myself()
    Path(folder).mkdir(parents=True, exist_ok=True)
    is_pdf = media_type == "application/pdf"
    pages = pages_of_pdf(Path(source), int(max_pages)) if is_pdf else pages_of_picture(Path(source))
    try:
        for number, picture in enumerate(pages, start=1):
            write_page(picture, Path(folder), number)
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
    raise SystemExit(main())
