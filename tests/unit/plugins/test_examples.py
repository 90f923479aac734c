"""The examples for strangers: whole distributions that install, load and keep the contract."""

import re
from pathlib import Path
from typing import Final

import pytest
from example_plugins import COUNTDOWN, EXAMPLES, install, run_python

from emporion.plugins.hooks import Hooks
from emporion.plugins.testing import check_plugin

ROOT: Final = Path(__file__).parents[3]
TEMPLATE: Final = EXAMPLES / "emporion-plugin-template" / "emporion_plugin_template"
CAPABILITIES: Final = {
    "fold", "view", "summary_interval_s", "summary", "request_type", "handle_request",
    "signal_type", "handle_signal", "panel", "upload_rules",
}  # fmt: skip


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("countdown") / "site"
    install(COUNTDOWN, folder)
    return folder


def test_an_installed_plugin_is_found_with_its_panel(installed: Path) -> None:
    script = (
        "from emporion.plugins.host import PluginHost\n"
        "host = PluginHost.load()\n"
        "[(path, module)] = host.panels.items()\n"
        "print(path, b'export function mount' in module, 'countdown' in host.names)\n"
    )
    assert run_python(installed, "-c", script).split() == [
        "plugins/countdown/panel.js",
        "True",
        "True",
    ]


def test_the_example_passes_its_own_tests(installed: Path) -> None:
    options = ("-q", "-p", "no:cacheprovider", "-o", "trio_mode=true", "--import-mode=importlib")
    said = run_python(installed, "-m", "pytest", *options, str(COUNTDOWN / "tests"))
    assert "passed" in said


def test_the_example_is_as_short_as_the_tutorial_says() -> None:
    package = COUNTDOWN / "emporion_plugin_countdown"
    lines = [
        line
        for name in ("__init__.py", "panel.js")
        for line in (package / name).read_text().splitlines()
        if line.strip()
    ]
    assert len(lines) <= 60


def test_the_tutorial_shows_the_example_as_it_is() -> None:
    tutorial = (ROOT / "docs" / "tutorial" / "write-a-plugin.md").read_text()
    for name in ("pyproject.toml", "emporion_plugin_countdown/__init__.py"):
        assert (COUNTDOWN / name).read_text().strip() in tutorial, name
    assert (COUNTDOWN / "emporion_plugin_countdown" / "panel.js").read_text().strip() in tutorial


def test_the_template_names_every_hook_and_capability() -> None:
    text = (TEMPLATE / "__init__.py").read_text()
    hooks = {name for name in vars(Hooks) if not name.startswith("_")}
    named = set(re.findall(r"^    # (?:async )?(?:def )?(\w+)(?:\(| = )", text, re.MULTILINE))
    assert named == hooks | CAPABILITIES


def test_the_template_works_as_it_is_and_with_everything_taken_in() -> None:
    text = (TEMPLATE / "__init__.py").read_text()
    whole = re.sub(r"^( *)#(?: (?!--)|$)", r"\1", text, flags=re.MULTILINE)
    for number, source in enumerate((text, whole)):
        names: dict[str, object] = {"__name__": f"template_{number}"}
        source = source.replace("    panel = ", "    # panel = ")  # Its file is yet to be written.
        exec(compile(source, "template", "exec"), names)
        plugin_class = names["Template"]
        assert isinstance(plugin_class, type)
        check_plugin(plugin_class, name="template")
