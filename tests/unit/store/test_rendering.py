"""Pages are rendered in a process of its own; what a file does to it is nobody else's trouble."""

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

import pytest
import trio
from gateway_rig import until
from pictures import chinese_pdf, jpeg, pdf, png
from PIL import Image

from emporion.engine.errors import RequestDenied
from emporion.engine.store.page_wish import PageWish
from emporion.engine.store.rendering import PageRenderer, RenderedPage

PDF = "application/pdf"
DRAWN_AHEAD: Final = 12  # Small pages that are in the pipe before a wish is heard.


async def render(
    tmp_path: Path,
    content: bytes,
    *,
    media_type: str = PDF,
    max_pages: int = 500,
    renderer: PageRenderer | None = None,
) -> list[RenderedPage] | str:
    """Render a file; return its pages, or the code of the refusal."""
    source = tmp_path / "source"
    source.write_bytes(content)
    pages: list[RenderedPage] = []
    try:
        with trio.fail_after(30):
            await (renderer or PageRenderer()).render(
                source,
                tmp_path / "pages",
                media_type=media_type,
                max_pages=max_pages,
                on_page=pages.append,
            )
    except RequestDenied as refused:
        return refused.code
    return pages


def size_of(tmp_path: Path, page: int) -> int:
    """How much both pictures of a page take on disk."""
    return sum(path.stat().st_size for path in (tmp_path / "pages").glob(f"{page}-*.webp"))


def fake_renderer(tmp_path: Path, code: str) -> PageRenderer:
    script = tmp_path / "fake.py"
    script.write_text(code)
    return PageRenderer(page_timeout_s=1.0, renderer=script)


async def test_a_pdf_becomes_pages_at_two_sizes(tmp_path: Path) -> None:
    pages = await render(tmp_path, pdf([(400, 300), (300, 600)]))
    assert pages == [
        RenderedPage(
            page=1, pages=2, width_px=1600, height_px=1200, size_bytes=size_of(tmp_path, 1)
        ),
        RenderedPage(
            page=2, pages=2, width_px=800, height_px=1600, size_bytes=size_of(tmp_path, 2)
        ),
    ]
    files = sorted(path.name for path in (tmp_path / "pages").iterdir())
    assert files == ["1-screen.webp", "1-thumb.webp", "2-screen.webp", "2-thumb.webp"]
    for path in (tmp_path / "pages").iterdir():
        assert path.read_bytes()[8:12] == b"WEBP"


async def test_a_picture_becomes_one_page(tmp_path: Path) -> None:
    pages = await render(tmp_path, png(3000, 1500), media_type="image/png")
    size_bytes = size_of(tmp_path, 1)
    assert pages == [
        RenderedPage(page=1, pages=1, width_px=1600, height_px=800, size_bytes=size_bytes)
    ]


@pytest.mark.parametrize(
    ("content", "media_type", "code"),
    [
        (b"%PDF-1.7\nnothing of it is true", PDF, "pages.broken"),
        (b"%PDF-1.7\n" + os.urandom(200_000), PDF, "pages.broken"),
        (pdf([(100, 100)])[:200], PDF, "pages.broken"),
        (pdf([]), PDF, "pages.broken"),
        (jpeg(100, 100), "image/jpeg", "pages.broken"),
        (png(100, 100)[:60], "image/png", "pages.broken"),
        (b"<svg/>", "image/png", "pages.broken"),
    ],
)
async def test_broken_files_have_a_code(
    tmp_path: Path, content: bytes, media_type: str, code: str
) -> None:
    assert await render(tmp_path, content, media_type=media_type) == code


async def test_pages_come_by_their_distance_from_the_one_wished_for(tmp_path: Path) -> None:
    """A jump while it draws counts from the next page on; each page comes once."""
    source, wish = tmp_path / "source", PageWish(page=8)
    source.write_bytes(pdf([(100, 100)] * 40))
    order: list[int] = []

    def note(page: RenderedPage) -> None:
        order.append(page.page)
        if len(order) == 5:
            wish.ask(30)

    with trio.fail_after(30):
        await PageRenderer().render(
            source, tmp_path / "pages", media_type=PDF, max_pages=500, on_page=note, wish=wish
        )
    assert order[:5] == [8, 9, 7, 10, 6]
    assert sorted(order) == list(range(1, 41))
    # What it had drawn into the pipe by then comes first.
    assert order.index(30) < 5 + DRAWN_AHEAD
    assert order.index(31) == order.index(30) + 1
    wish.ask(3)  # Nobody hears it any more.


async def test_more_wishes_than_the_pipe_holds_do_no_harm(tmp_path: Path) -> None:
    source, wish = tmp_path / "source", PageWish()
    source.write_bytes(pdf([(100, 100)] * 3))
    order: list[int] = []

    def note(page: RenderedPage) -> None:
        order.append(page.page)
        for number in range(20_000):
            wish.ask(number)

    with trio.fail_after(30):
        await PageRenderer().render(
            source, tmp_path / "pages", media_type=PDF, max_pages=500, on_page=note, wish=wish
        )
    assert sorted(order) == [1, 2, 3]


async def test_too_many_pages_are_refused_before_the_first(tmp_path: Path) -> None:
    assert await render(tmp_path, pdf([(100, 100)] * 4), max_pages=3) == "pages.too_many"
    assert not (tmp_path / "pages").exists()


def page_lines(page: int, size_bytes: int, picture: str = "") -> str:
    """The program of a renderer that sends one page and then ends."""
    line = f'{{"page": {page}, "screen_bytes": {size_bytes}, "thumb_bytes": 12}}'
    return f"print('{{\"pages\": 1}}'); print('{line}'); print({picture!r}, end='')"


# One page sent twice, of two.
TWICE: Final = (
    "import sys; out = sys.stdout.buffer; out.write(b'{\"pages\": 2}\\n');"
    'line = b\'{"page": 1, "screen_bytes": 12, "thumb_bytes": 12}\\n\';'
    "out.write((line + b'RIFF....WEBP' * 2) * 2)"
)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("import time; time.sleep(60)", "pages.timeout"),
        ("print('x' * 100_000, end='', flush=True); import time; time.sleep(60)", "pages.broken"),
        ("print('not json', flush=True)", "pages.broken"),
        ("import os; os.abort()", "pages.too_large"),
        ("pass", "pages.broken"),
        ("print('{\"pages\": 3}'); print('{\"page\": 1}')", "pages.broken"),
        (page_lines(1, 99_000_000), "pages.broken"),
        (page_lines(1, 12, "RIFF....JPEG"), "pages.broken"),
        (page_lines(1, 400, "RIFF....WEBP"), "pages.broken"),
        (page_lines(2, 12, "RIFF....WEBP"), "pages.broken"),
        (page_lines(0, 12, "RIFF....WEBP"), "pages.broken"),
        (page_lines(-1, 12, "RIFF....WEBP"), "pages.broken"),
        (TWICE, "pages.broken"),
        ("print('{\"pages\": 501}', flush=True); import time; time.sleep(60)", "pages.broken"),
    ],
)
async def test_a_renderer_that_misbehaves_is_ended(
    tmp_path: Path, code: str, expected: str
) -> None:
    assert await render(tmp_path, b"x", renderer=fake_renderer(tmp_path, code)) == expected


async def test_who_is_cancelled_leaves_no_process(tmp_path: Path) -> None:
    code = f"open({str(tmp_path / 'pid')!r}, 'w').write(str(__import__('os').getpid()))\n"
    code += "print('{\"pages\": 1}', flush=True); import time; time.sleep(60)"
    renderer = fake_renderer(tmp_path, code)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(lambda: render(tmp_path, b"x", renderer=renderer))
        pid = tmp_path / "pid"
        await until(lambda: pid.exists() and bool(pid.read_text()))
        nursery.cancel_scope.cancel()
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid.read_text()), 0)


async def test_one_at_a_time_and_few_wait(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("emporion.engine.store.rendering.MAX_WAITING", 2)
    renderer = PageRenderer()
    codes: list[object] = []

    folders = [tmp_path / str(number) for number in range(3)]
    for folder in folders:
        folder.mkdir()

    async def one(folder: Path) -> None:
        codes.append(await render(folder, pdf([(50, 50)]), renderer=renderer))

    async with trio.open_nursery() as nursery:
        for folder in folders:
            nursery.start_soon(one, folder)
    assert codes.count("pages.busy") == 1
    assert sum(isinstance(code, list) for code in codes) == 2


async def test_the_loop_goes_on_meanwhile(tmp_path: Path) -> None:
    """Rendering happens in another process; the longest thing done here is a fork."""
    longest_s = 0.0  # Of this thread's CPU: on a full machine others make pauses as well.

    async def watch() -> None:
        nonlocal longest_s
        while True:
            started_s = time.thread_time()
            await trio.sleep(0.005)
            longest_s = max(longest_s, time.thread_time() - started_s)

    async with trio.open_nursery() as nursery:
        nursery.start_soon(watch)
        assert len(await render(tmp_path, pdf([(800, 600)] * 20))) == 20
        nursery.cancel_scope.cancel()
    assert longest_s < 0.25


def test_the_node_itself_never_loads_the_library() -> None:
    code = "import sys, emporion.web.cli; sys.exit('pypdfium2' in sys.modules)"
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    assert subprocess.run([sys.executable, "-c", code], env=environment).returncode == 0


@pytest.mark.skipif(
    not any(any(Path("/usr/share/fonts").rglob(name)) for name in ("*CJK*", "wqy*")),
    reason="no Chinese font (fonts-wqy-zenhei)",
)
async def test_chinese_in_a_font_that_is_not_embedded_is_drawn(tmp_path: Path) -> None:
    """The jail leaves the system's fonts to be read. Boxes for missing signs would be alike."""
    drawn = []
    for text in ("\u5e97\u94fa", "\u4eca\u5929", ""):
        pages = await render(tmp_path, chinese_pdf(text))
        assert not isinstance(pages, str)
        with Image.open(tmp_path / "pages" / "1-screen.webp") as picture:
            drawn.append(picture.convert("L").point([255] * 128 + [0] * 128))
    shop, today, nothing = drawn
    assert nothing.getbbox() is None
    # 40 of 600 points are 107 of 1600 pixels: each sign fills most of its square.
    for left_px in (80, 187):
        square = (left_px, 150, left_px + 107, 340)
        signs = [picture.crop(square) for picture in (shop, today)]
        for sign in signs:
            box = sign.getbbox()
            assert box is not None
            assert box[2] - box[0] > 60
            assert box[3] - box[1] > 60
        assert signs[0].tobytes() != signs[1].tobytes()
    assert shop.crop((80, 150, 187, 340)).tobytes() != shop.crop((187, 150, 294, 340)).tobytes()
