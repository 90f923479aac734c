"""Pages and HTTP answers, without a socket."""

import gzip
from pathlib import Path

import pytest

from emporion.web.pages import load_pages
from emporion.web.routes import HttpRequest, HttpResponse, Site, respond

SCRIPT = b"console.log('hello');\n" * 50


@pytest.fixture
def site(tmp_path: Path) -> Site:
    root = tmp_path / "static"
    (root / "assets").mkdir(parents=True)
    (root / "index.html").write_bytes(b"<!doctype html>" + b" " * 200)
    (root / "assets" / "index-CHFTu4_a.js").write_bytes(SCRIPT)
    (root / "seal.png").write_bytes(bytes(range(256)))
    (tmp_path / "secret.txt").write_text("no")
    return Site(load_pages(root), lambda: True)


def ask(site: Site, target: str, method: str = "GET", **headers: str) -> HttpResponse:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return respond(HttpRequest(method, target, {"host": "a:1", **named}), site)


def header(response: HttpResponse, name: str) -> str | None:
    values = [value for key, value in response.headers if key.lower() == name]
    assert len(values) <= 1
    return values[0] if values else None


def test_the_root_is_the_index(site: Site) -> None:
    assert ask(site, "/").body == ask(site, "/index.html?x=1").body
    assert header(ask(site, "/"), "cache-control") == "no-cache"
    assert header(ask(site, "/"), "content-type") == "text/html; charset=utf-8"


def test_hashed_assets_are_kept_for_ever(site: Site) -> None:
    response = ask(site, "/assets/index-CHFTu4_a.js")
    assert header(response, "cache-control") == "public, max-age=31536000, immutable"
    assert response.body == SCRIPT


def test_text_is_compressed_for_who_can_read_it(site: Site) -> None:
    response = ask(site, "/assets/index-CHFTu4_a.js", accept_encoding="br, gzip;q=0.5")
    assert header(response, "content-encoding") == "gzip"
    assert header(response, "vary") == "Accept-Encoding"
    assert gzip.decompress(response.body) == SCRIPT


@pytest.mark.parametrize("accepted", ["", "br", "gzip;q=0", "gzip; q=0.0", "identity"])
def test_others_get_it_as_it_is(site: Site, accepted: str) -> None:
    response = ask(site, "/assets/index-CHFTu4_a.js", accept_encoding=accepted)
    assert header(response, "content-encoding") is None
    assert header(response, "vary") == "Accept-Encoding"


def test_what_does_not_shrink_is_not_compressed(site: Site) -> None:
    response = ask(site, "/seal.png", accept_encoding="gzip")
    assert header(response, "content-encoding") is None
    assert header(response, "vary") is None


def test_etags_are_strong_and_differ_by_encoding(site: Site) -> None:
    plain = header(ask(site, "/assets/index-CHFTu4_a.js"), "etag")
    zipped = header(ask(site, "/assets/index-CHFTu4_a.js", accept_encoding="gzip"), "etag")
    assert plain is not None
    assert plain.startswith('"')
    assert plain != zipped


@pytest.mark.parametrize("form", ["{}", "W/{}", '"x", {}', "*"])
def test_a_known_etag_is_answered_304(site: Site, form: str) -> None:
    etag = header(ask(site, "/"), "etag")
    response = ask(site, "/", if_none_match=form.format(etag))
    assert (response.status, response.body) == (304, b"")
    assert header(response, "etag") == etag


def test_the_etag_of_the_other_encoding_is_not_known(site: Site) -> None:
    etag = header(ask(site, "/"), "etag") or ""
    assert ask(site, "/", if_none_match=etag, accept_encoding="gzip").status == 200


@pytest.mark.parametrize(
    "target",
    [
        "/../secret.txt",
        "/assets/../../secret.txt",
        "/%2e%2e/secret.txt",
        "/..%2fsecret.txt",
        "//etc/passwd",
        "/etc/passwd",
        "secret.txt",
        "/assets",
        "/assets/",
        "/index.html/",
        "/index.html%00.js",
        "/nothing",
    ],
)
def test_no_path_leads_out_of_the_pages(site: Site, target: str) -> None:
    response = ask(site, target)
    assert response.status == 404
    assert b'"http.not_found"' in response.body


def test_other_methods_are_refused(site: Site) -> None:
    response = ask(site, "/", "POST")
    assert (response.status, header(response, "allow")) == (405, "GET, HEAD")


def test_health_and_readiness(site: Site) -> None:
    assert ask(site, "/api/v1/health").status == 200
    assert ask(site, "/api/v1/ready").status == 200
    starting = respond(HttpRequest("GET", "/api/v1/ready", {}), Site(site.pages, lambda: False))
    assert starting.status == 503
    assert header(starting, "cache-control") == "no-store"


def test_the_websocket_path_asks_for_an_upgrade(site: Site) -> None:
    assert ask(site, "/ws").status == 426


def test_pages_that_were_not_built_are_explained(tmp_path: Path) -> None:
    response = ask(Site(load_pages(tmp_path / "none"), lambda: True), "/")
    assert response.status == 503
    assert b"have not been built" in response.body


@pytest.mark.parametrize("target", ["/", "/api/v1/health", "/nothing", "/ws"])
def test_every_answer_is_secured(site: Site, target: str) -> None:
    response = ask(site, target)
    assert header(response, "x-content-type-options") == "nosniff"
    assert header(response, "referrer-policy") == "no-referrer"
    assert "camera=(self)" in (header(response, "permissions-policy") or "")
    policy = header(response, "content-security-policy") or ""
    assert "script-src 'self';" in policy
    assert "connect-src 'self' ws://a:1 wss://a:1;" in policy


@pytest.mark.parametrize("host", ["a;script-src *", "a b", "", "a\r\nX: y", "a'"])
def test_a_strange_host_does_not_get_into_the_policy(site: Site, host: str) -> None:
    policy = header(ask(site, "/", host=host), "content-security-policy") or ""
    assert "connect-src 'self'; " in policy


def test_ipv6_hosts_get_into_the_policy(site: Site) -> None:
    policy = header(ask(site, "/", host="[::1]:7880"), "content-security-policy") or ""
    assert "ws://[::1]:7880" in policy
