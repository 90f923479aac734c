"""The wheel holds every module and the pages, and runs without the checkout."""

import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.wheel

ROOT = Path(__file__).parents[2]
NOT_COPIED = shutil.ignore_patterns(
    ".*", "tests", "docs", "build", "dist", "node_modules", "*.egg-info", "__pycache__"
)

# Imports everything below `emporion` and says how much that was.
IMPORT_ALL = """
import importlib, pkgutil, sys
import emporion
names = [module.name for module in pkgutil.walk_packages(emporion.__path__, "emporion.")]
for name in names:
    importlib.import_module(name)
print(emporion.__file__)
print(*names)
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a copy, so that neither stale nor new build folders matter."""
    source = tmp_path_factory.mktemp("source") / "emporion"
    shutil.copytree(ROOT, source, ignore=NOT_COPIED)
    out = tmp_path_factory.mktemp("wheel")
    has_pages = (source / "web/static/index.html").is_file()
    subprocess.run(
        [*pip(), "wheel", "-q", "--no-deps", "--no-build-isolation", "-w", str(out), str(source)],
        check=True,
        env={**os.environ, "EMPORION_SKIP_UI": "1" if has_pages else ""},
    )
    return next(out.glob("emporion-*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a fresh environment with the wheel; the packages it needs are those of this one."""
    environment = tmp_path_factory.mktemp("environment")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(environment)], check=True)
    python = environment / "bin/python"
    subprocess.run(
        [*pip(), "--python", str(python), "install", "-q", "--no-deps", str(wheel)], check=True
    )
    # A plain path: the editable install beside these packages stays unseen.
    (libraries,) = environment.glob("lib/python*/site-packages")
    (libraries / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return environment


def pip() -> list[str]:
    return [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input"]


def test_the_wheel_holds_pages_and_types_and_nothing_of_the_checkout(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert "emporion/web/static/index.html" in names
    assert "emporion/py.typed" in names
    assert "emporion/metrics/dashboards/emporion.json" in names
    strangers = ("emporion/tests/", "emporion/docs/", "emporion/web/ui/", "emporion/.venv/")
    assert not [name for name in names if name.startswith(strangers)]
    assert not {"emporion/setup.py", "emporion/web/build_ui.py"} & set(names)
    assert any(name.endswith("licenses/LICENSE") for name in names)


def test_every_module_can_be_imported_from_the_wheel(installed: Path) -> None:
    done = run(installed, "python", "-c", IMPORT_ALL)
    location, modules = done.splitlines()[-2:]
    assert Path(location).is_relative_to(installed)
    expected = {
        ".".join(("emporion", *path.relative_to(ROOT).with_suffix("").parts))
        for folder in ("actors", "engine", "metrics", "plugins", "web")
        for path in (ROOT / folder).rglob("*.py")
        if path.name not in ("__init__.py", "build_ui.py")
        and not {"node_modules", "examples"} & set(path.parts)  # Examples are distributions.
    }
    assert expected <= set(modules.split())


def test_the_command_runs_from_the_wheel(installed: Path) -> None:
    assert "serve" in run(installed, "emporion", "--help")


def run(environment: Path, command: str, *arguments: str) -> str:
    done = subprocess.run(
        [str(environment / "bin" / command), *arguments],
        cwd=environment,
        env={"PATH": os.environ["PATH"], "HOME": str(environment)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
