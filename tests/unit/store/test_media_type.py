"""Files are told by their bytes; whatever these are, there is an answer."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pictures import gif, jpeg, png, webp

from emporion.engine.store.media_type import (
    GIF,
    JPEG,
    PDF,
    PNG,
    WEBP,
    PictureSize,
    picture_size,
    sniff,
)


@pytest.mark.parametrize(
    ("head", "media_type"),
    [
        (png(), PNG),
        (gif(), GIF),
        (b"GIF87a....", GIF),
        (jpeg(), JPEG),
        (webp(b"VP8 "), WEBP),
        (b"%PDF-1.7\n", PDF),
        (b"<script>alert(1)</script>", None),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", None),
        (b"RIFF\x00\x00\x00\x00WAVE", None),
        (b"", None),
    ],
)
def test_the_kind_is_told_by_the_first_bytes(head: bytes, media_type: str | None) -> None:
    assert sniff(head) == media_type


@pytest.mark.parametrize(
    ("head", "media_type"),
    [
        (png(640, 480), PNG),
        (gif(640, 480), GIF),
        (jpeg(640, 480), JPEG),
        (jpeg(480, 640, orientation=6), JPEG),
        (webp(b"VP8 ", 640, 480), WEBP),
        (webp(b"VP8L", 640, 480), WEBP),
        (webp(b"VP8X", 640, 480), WEBP),
    ],
)
def test_the_size_is_the_one_that_is_shown(head: bytes, media_type: str) -> None:
    assert picture_size(head, media_type) == PictureSize(640, 480)


def test_a_size_of_nothing_is_none() -> None:
    assert picture_size(png(0, 5), PNG) is None
    assert picture_size(png()[:20], PNG) is None
    assert picture_size(jpeg()[:60_000], JPEG) is None
    assert picture_size(b"%PDF-1.7", PDF) is None


@given(head=st.binary(max_size=200), kind=st.sampled_from([PNG, JPEG, GIF, WEBP]))
def test_any_bytes_give_an_answer(head: bytes, kind: str) -> None:
    starts = {PNG: b"\x89PNG\r\n\x1a\n", JPEG: b"\xff\xd8\xff", GIF: b"GIF89a", WEBP: b"RIFF"}
    size = picture_size(starts[kind] + head, kind)
    assert size is None or size.width_px > 0
