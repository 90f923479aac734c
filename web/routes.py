"""What each HTTP request is answered: pages, health, readiness, errors as JSON. Sans-IO."""

import re
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Protocol

import msgspec

from .. import __version__
from .pages import Page

Headers = tuple[tuple[str, str], ...]

_HOST: Final = re.compile(r"[A-Za-z0-9.\-]+(:\d+)?|\[[0-9A-Fa-f:.]+\](:\d+)?")
_PERMISSIONS: Final = "camera=(self), microphone=(self), display-capture=(self), fullscreen=(self)"
_CONTENT_POLICY: Final = "Content-Security-Policy"
FILES_PATH: Final = "/api/v1/files/"
_SECURITY_HEADERS: Final[Headers] = (
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Permissions-Policy", _PERMISSIONS),
    ("Cross-Origin-Opener-Policy", "same-origin"),
)
_NOT_BUILT: Final = (
    b"<!doctype html><title>Emporion</title><p>The node runs, but its pages have not been built. "
    b"Run <code>make ui</code> in the repository, then restart the node."
)


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """A request as far as it matters here. Header names are lower case."""

    method: str
    target: str
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class FilePart:
    """So many bytes of a file on disk."""

    path: Path
    offset: int
    size_bytes: int


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """Headers do not hold the length: that is the connection's. `file`: it is the body."""

    status: int
    headers: Headers = ()
    body: bytes = b""
    file: FilePart | None = None


class RequestTaker(Protocol):
    """Answers the requests whose bodies are wanted, or that take time."""

    def takes(self, request: HttpRequest) -> bool: ...

    async def take(self, request: HttpRequest, body: AsyncIterator[bytes]) -> HttpResponse:
        """Read as much of the body as it likes. What it does not read is not waited for long.

        Raises:
            Exception: What reading the body raises, if it is the connection's trouble.
        """
        ...


@dataclass(frozen=True, slots=True)
class Site:
    """Everything that can be asked for.

    `is_ready` says whether rooms can be joined now; `fetch_file` answers for files of rooms, by the
    rest of the path.
    """

    pages: Mapping[str, Page]
    is_ready: Callable[[], bool]
    fetch_file: Callable[[str, HttpRequest], HttpResponse] | None = None
    takers: Sequence[RequestTaker] = ()


def respond(request: HttpRequest, site: Site) -> HttpResponse:
    """Answer one request; every answer carries the security headers."""
    return secured(request, _route(request, site))


def secured(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Add the security headers; a content policy of the response's own goes before the pages'."""
    headers = (*response.headers, *_SECURITY_HEADERS)
    if not any(name == _CONTENT_POLICY for name, _ in response.headers):
        policy = _content_security_policy(request.headers.get("host", ""))
        headers = (*headers, (_CONTENT_POLICY, policy))
    return replace(response, headers=headers)


def error_response(status: int, code: str, message: str, headers: Headers = ()) -> HttpResponse:
    """A failure as JSON: a stable code, and a sentence."""
    return _json(status, {"code": code, "message": message}, headers)


def _route(request: HttpRequest, site: Site) -> HttpResponse:
    path = request.target.partition("?")[0]
    answer = _answer(path, request, site)
    if answer is None:
        return error_response(404, "http.not_found", "There is nothing at this path.")
    if request.method not in ("GET", "HEAD"):
        return error_response(
            405, "http.method_not_allowed", "GET and HEAD only.", (("Allow", "GET, HEAD"),)
        )
    return answer


def _answer(path: str, request: HttpRequest, site: Site) -> HttpResponse | None:
    match path:
        case "/api/v1/health":
            return _json(200, {"status": "ok", "version": __version__})
        case "/api/v1/ready":
            return _readiness(site.is_ready())
        case "/ws":
            return error_response(
                426,
                "http.upgrade_required",
                "This is the WebSocket's path.",
                (("Upgrade", "websocket"), ("Connection", "Upgrade")),
            )
        case _ if site.fetch_file is not None and path.startswith(FILES_PATH):
            return site.fetch_file(path.removeprefix(FILES_PATH), request)
        case _ if (page := site.pages.get(path)) is not None:
            return _page_response(page, request.headers)
        case "/":
            return HttpResponse(503, (("Content-Type", "text/html; charset=utf-8"),), _NOT_BUILT)
    return None


def _readiness(is_ready: bool) -> HttpResponse:
    if is_ready:
        return _json(200, {"status": "ready"})
    return _json(503, {"status": "not_ready"}, (("Retry-After", "1"),))


def _json(status: int, body: Mapping[str, str], headers: Headers = ()) -> HttpResponse:
    common = (("Content-Type", "application/json"), ("Cache-Control", "no-store"))
    return HttpResponse(status, (*common, *headers), msgspec.json.encode(body))


def _page_response(page: Page, asked: Mapping[str, str]) -> HttpResponse:
    zipped = page.gzipped if _accepts_gzip(asked.get("accept-encoding", "")) else None
    etag = page.etag if zipped is None else page.gzipped_etag
    headers: Headers = (("Cache-Control", page.cache_control), ("ETag", etag))
    if page.gzipped is not None:
        headers += (("Vary", "Accept-Encoding"),)
    if _matches(asked.get("if-none-match", ""), etag):
        return HttpResponse(304, headers)
    headers += (("Content-Type", page.content_type),)
    if zipped is not None:
        return HttpResponse(200, (*headers, ("Content-Encoding", "gzip")), zipped)
    return HttpResponse(200, headers, page.content)


def _matches(if_none_match: str, etag: str) -> bool:
    """Weak comparison (RFC 9110 §13.1.2)."""
    asked = [tag.strip().removeprefix("W/") for tag in if_none_match.split(",")]
    return "*" in asked or etag in asked


def _accepts_gzip(accept_encoding: str) -> bool:
    """Whether gzip is named and not forbidden by `q=0` (RFC 9110 §12.5.3)."""
    for item in accept_encoding.lower().split(","):
        coding, _, parameters = item.partition(";")
        if coding.strip() in ("gzip", "*"):
            quality = parameters.replace(" ", "").removeprefix("q=").rstrip("0").rstrip(".")
            return not parameters or quality not in ("", "0")
    return False


def _content_security_policy(host: str) -> str:
    """Own files only. The WebSocket is named: not every browser reads `'self'` as covering it."""
    socket = f" ws://{host} wss://{host}" if _HOST.fullmatch(host) else ""
    return (
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; media-src 'self' blob: mediastream:; font-src 'self'; "
        f"worker-src 'self' blob:; manifest-src 'self'; connect-src 'self'{socket}; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'self'"
    )
