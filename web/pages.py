"""The pages: every file of `emporion.web/static`, read once, answered from memory.

Only paths that were found at the start exist, so no path can lead out of the folder. Files whose
name carries a hash of their content never change; all others are asked for again with an etag.
"""

import gzip
import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Final

_CONTENT_TYPES: Final = {
    "css": "text/css; charset=utf-8",
    "html": "text/html; charset=utf-8",
    "ico": "image/x-icon",
    "jpg": "image/jpeg",
    "js": "text/javascript; charset=utf-8",
    "json": "application/json",
    "map": "application/json",
    "mp3": "audio/mpeg",
    "ogg": "audio/ogg",
    "png": "image/png",
    "svg": "image/svg+xml",
    "txt": "text/plain; charset=utf-8",
    "wasm": "application/wasm",
    "webmanifest": "application/manifest+json",
    "webp": "image/webp",
    "woff2": "font/woff2",
}
_COMPRESSIBLE: Final = frozenset(("css", "html", "js", "json", "map", "svg", "txt", "webmanifest"))
_HASHED_NAME: Final = re.compile(r"/assets/.*-[A-Za-z0-9_-]{8,}\.[a-z0-9]+$")  # As Vite names them.
_IMMUTABLE: Final = "public, max-age=31536000, immutable"
_REVALIDATE: Final = "no-cache"


@dataclass(frozen=True, slots=True)
class Page:
    """One file, in the form or forms in which it is served."""

    content: bytes
    content_type: str
    cache_control: str
    etag: str
    gzipped: bytes | None = None

    @property
    def gzipped_etag(self) -> str:
        """Strong etags differ between encodings of the same thing (RFC 9110 §8.8.3.3)."""
        return f'{self.etag[:-1]}-gzip"'


def load_pages(root: Traversable | None = None) -> Mapping[str, Page]:
    """Read all files below a folder.

    Args:
        root: None: the built pages of this installation; there may be none.

    Returns:
        Path as in a URL (`/assets/x.js`) → page. `/` is `index.html`.
    """
    root = resources.files("emporion.web") / "static" if root is None else root
    pages = dict(_walk(root, "")) if root.is_dir() else {}
    if "/index.html" in pages:
        pages["/"] = pages["/index.html"]
    return pages


def panel_pages(modules: Mapping[str, bytes]) -> Mapping[str, Page]:
    """Return the pages for plugins' own modules, which are given by path."""
    return {f"/{path}": _page(f"/{path}", module) for path, module in modules.items()}


def _walk(folder: Traversable, above: str) -> Iterator[tuple[str, Page]]:
    for item in folder.iterdir():
        path = f"{above}/{item.name}"
        if item.is_dir():
            yield from _walk(item, path)
        else:
            yield path, _page(path, item.read_bytes())


def _page(path: str, content: bytes) -> Page:
    ending = path.rpartition(".")[2].lower()
    # mtime=0: the same content gives the same bytes, which a strong etag promises.
    zipped = gzip.compress(content, mtime=0) if ending in _COMPRESSIBLE else None
    return Page(
        content=content,
        content_type=_CONTENT_TYPES.get(ending, "application/octet-stream"),
        cache_control=_IMMUTABLE if _HASHED_NAME.search(path) else _REVALIDATE,
        etag=f'"{hashlib.sha256(content).hexdigest()[:32]}"',
        gzipped=zipped if zipped is not None and len(zipped) < len(content) else None,
    )
