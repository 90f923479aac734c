"""What is really in the files that somebody saves: decoded, pixel by pixel."""

import io
from pathlib import Path

import pypdfium2
from e2e.drawing import Place
from e2e.guest import Guest
from PIL import Image

Colour = tuple[int, int, int]

WHITE: Colour = (255, 255, 255)
_NEAR = 40  # A JPEG is not exact, and a thin line is not whole.


def save(guest: Guest, button: str, *, menu: str = "tool-more") -> bytes:
    """Press a button of the tools' menu, or of another one, and return the file that comes."""
    guest.press(menu)
    with guest.page.expect_download() as started:
        guest.press(button)
    path: Path = started.value.path()
    return path.read_bytes()


def picture_of(png: bytes) -> Image.Image:
    assert png.startswith(b"\x89PNG")
    return Image.open(io.BytesIO(png)).convert("RGB")


def pages_of(pdf: bytes) -> list[Image.Image]:
    """Render all pages of a PDF, as another program would."""
    with pypdfium2.PdfDocument(pdf) as document:
        return [page.render(scale=2).to_pil().convert("RGB") for page in document]


def has_colour(picture: Image.Image, place: Place, colour: Colour, *, reach_px: int = 3) -> bool:
    """Whether a colour is seen at a place, given as shares of the picture."""
    x, y = place[0] * picture.width, place[1] * picture.height
    around = picture.crop(
        (int(x) - reach_px, int(y) - reach_px, int(x) + reach_px, int(y) + reach_px)
    )
    colours = around.getcolors(1 << 16) or []
    return any(
        max(abs(seen - wanted) for seen, wanted in zip(found, colour, strict=True)) < _NEAR
        for _, found in colours
        if isinstance(found, tuple)
    )
