"""A file is on disk whole and bounded, or nothing of it is."""

import errno
import hashlib
from pathlib import Path

import pytest
from pictures import png

from emporion.engine.errors import RequestDenied
from emporion.engine.ids import FileId, SessionId
from emporion.engine.store.file_store import FileStore, IncomingFile

SESSION = SessionId("SE_1")
FILE = FileId("FI_1")
IMAGES = ("image/png",)


def left(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


async def receive(store: FileStore, *parts: bytes, max_bytes: int = 1000, keep: bool = True) -> str:
    """Bring a file in; return its hash, or the code of its refusal."""
    try:
        async with store.receive(
            SESSION, FILE, max_bytes=max_bytes, media_types=IMAGES
        ) as incoming:
            for part in parts:
                await incoming.write(part)
            stored = await incoming.finish()
            if keep:
                incoming.keep()
            return stored.sha256
    except RequestDenied as refused:
        return refused.code


async def test_a_file_is_kept_whole(tmp_path: Path) -> None:
    store = FileStore(tmp_path)
    picture = png(640, 480, padding=600_000)
    parts = [picture[start : start + 7_001] for start in range(0, len(picture), 7_001)]
    digest = await receive(store, *parts, max_bytes=1_000_000)
    assert digest == hashlib.sha256(picture).hexdigest()
    assert store.path_of(SESSION, FILE).read_bytes() == picture
    assert left(tmp_path) == ["FI_1"]


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ([], "files.empty"),
        ([b"#!/bin/sh\nrm -rf /\n"], "files.type_not_allowed"),
        ([b"x"], "files.type_not_allowed"),
        ([b"GIF89a" + bytes(30)], "files.type_not_allowed"),
        ([png()[:20]], "files.broken"),
        ([png(0, 0)], "files.broken"),
        ([png()[:16] + b"\x00\x00\xff\xff\x00\x00\xff\xff" + bytes(9)], "files.picture_too_large"),
        ([png(), bytes(2000)], "files.too_large"),
    ],
)
async def test_what_is_refused_leaves_nothing(
    tmp_path: Path, parts: list[bytes], code: str
) -> None:
    assert await receive(FileStore(tmp_path), *parts) == code
    assert left(tmp_path) == []


async def test_what_nobody_keeps_is_removed(tmp_path: Path) -> None:
    await receive(FileStore(tmp_path), png(), keep=False)
    assert left(tmp_path) == []


async def test_a_full_disk_is_said_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: IncomingFile, data: bytearray) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(IncomingFile, "_write_now", full)
    assert await receive(FileStore(tmp_path), png()) == "files.disk_full"
    assert left(tmp_path) == []


async def test_some_of_the_disk_is_left_for_the_journals(tmp_path: Path) -> None:
    store = FileStore(tmp_path, reserve_bytes=10**18)
    assert await receive(store, png()) == "files.disk_full"


async def test_a_sweep_removes_what_nobody_knows(tmp_path: Path) -> None:
    store = FileStore(tmp_path)
    await receive(store, png())
    (tmp_path / SESSION / "FI_2").write_bytes(b"x")
    (tmp_path / SESSION / "FI_3.part").write_bytes(b"x")
    assert await store.sweep(SESSION, {FILE: None}) == 2
    assert left(tmp_path) == ["FI_1"]
    assert await store.sweep(SessionId("SE_none"), ()) == 0
