"""A plugin's own panel: found at the start, served with an etag, or a clear error."""

from pathlib import Path

import pytest

from emporion.engine.errors import ConfigError
from emporion.plugins.api import NoOptions
from emporion.plugins.host import PluginHost
from emporion.plugins.panels import MAX_PANEL_BYTES
from emporion.web.pages import panel_pages
from emporion.web.routes import HttpRequest, Site, respond


def plugin_with(panel: object) -> type:
    class Paneled:
        options_type = NoOptions

        def __init__(self, options: NoOptions) -> None:
            pass

    Paneled.panel = panel  # type: ignore[attr-defined]  # A stranger may give anything.
    return Paneled


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    # A name of its own: Python remembers what it has imported.
    folder = tmp_path / f"paneled_{tmp_path.name}"
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    (folder / "panel.js").write_text("export function mount() {}" + " " * 500)
    monkeypatch.syspath_prepend(tmp_path)
    return folder


def load(panel: object) -> PluginHost:
    return PluginHost.load(classes={"paneled": plugin_with(panel)})


def test_the_module_is_served_and_named(package: Path) -> None:
    host = load((package.name, "panel.js"))
    [plugin] = host.for_template("class", ["paneled"]).plugins
    assert plugin.panel == "plugins/paneled/panel.js"

    site = Site(panel_pages(host.panels), lambda: True)
    asked = HttpRequest("GET", "/plugins/paneled/panel.js", {"host": "a:1"})
    answer = respond(asked, site)
    headers = dict(answer.headers)
    assert answer.body == (package / "panel.js").read_bytes()
    assert headers["Content-Type"].startswith("text/javascript")
    assert headers["Cache-Control"] == "no-cache"
    assert "script-src 'self'" in headers["Content-Security-Policy"]
    again = HttpRequest("GET", asked.target, {"if-none-match": headers["ETag"]})
    assert respond(again, site).status == 304


def test_a_plugin_without_a_panel_has_none() -> None:
    host = load(None)
    assert host.panels == {}
    assert host.for_template("class", ["paneled"]).plugins[0].panel is None


@pytest.mark.parametrize(
    "panel",
    ["panel.js", ("emporion",), ("no_such_package", "panel.js"), ("emporion", "no_such_panel.js")],
)
def test_a_wrong_panel_is_an_error_at_the_start(panel: object) -> None:
    with pytest.raises(ConfigError, match="paneled"):
        load(panel)


def test_a_huge_panel_is_refused(package: Path) -> None:
    (package / "panel.js").write_bytes(b" " * (MAX_PANEL_BYTES + 1))
    with pytest.raises(ConfigError, match="more than"):
        load((package.name, "panel.js"))
