"""The scheduler of the tutorial installs, loads, passes its tests and has forty lines."""

import ast
from pathlib import Path
from typing import Final

import pytest
from example_plugins import SPOTLIGHT, install, run_python

ROOT: Final = Path(__file__).parents[3]
SOURCE: Final = SPOTLIGHT / "emporion_plugin_spotlight" / "__init__.py"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("spotlight") / "site"
    install(SPOTLIGHT, folder)
    return folder


def test_a_template_can_name_it(installed: Path) -> None:
    script = (
        "from emporion.plugins.host import PluginHost\n"
        "schedulers = PluginHost.load().schedulers_with('class', 'spotlight')\n"
        "print(type(schedulers['spotlight']).__name__)\n"
    )
    assert run_python(installed, "-c", script).strip() == "SpotlightScheduler"


def test_it_passes_its_own_tests(installed: Path) -> None:
    options = ("-q", "-p", "no:cacheprovider", "--import-mode=importlib")
    assert "passed" in run_python(installed, "-m", "pytest", *options, str(SPOTLIGHT / "tests"))


def test_it_is_as_short_as_the_tutorial_says() -> None:
    """Counted without imports, blank lines and documentation."""
    tree = ast.parse(SOURCE.read_text())
    lines: set[int] = set()
    for node in ast.walk(tree):
        is_text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        if isinstance(node, ast.stmt) and not is_text:
            if not isinstance(node, (ast.Import, ast.ImportFrom, ast.ClassDef, ast.FunctionDef)):
                lines.update(range(node.lineno, (node.end_lineno or node.lineno) + 1))
            elif isinstance(node, (ast.ClassDef, ast.FunctionDef)):
                lines.add(node.lineno)
    assert len(lines) <= 40
