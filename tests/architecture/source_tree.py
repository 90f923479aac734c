"""What the architecture tests look at: the files of the repository, without what was built."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
PRODUCT: Final = ("actors", "engine", "metrics", "plugins", "testing", "web")
_BUILT: Final = {"node_modules", "static", "build", "dist", "__pycache__", "screenshots"}
# Distributions of their own, for strangers to copy; they are no packages of ours.
_EXAMPLES: Final = ROOT / "plugins" / "examples"


def repository_files() -> Iterator[Path]:
    """Yield every file that a clean clone would have, and new ones."""
    yield from _walk(ROOT)
    yield from (path for path in (ROOT / ".ci").iterdir() if path.is_file())


def product_files() -> Iterator[Path]:
    """Yield the Python files of the product."""
    yield from ROOT.glob("*.py")
    for folder in PRODUCT:
        for path in _walk(ROOT / folder):
            if path.suffix == ".py" and not path.is_relative_to(_EXAMPLES):
                yield path


def files_of_tests() -> Iterator[Path]:
    """Yield the Python files of the tests."""
    yield from (path for path in _walk(ROOT / "tests") if path.suffix == ".py")


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _walk(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.is_symlink() or path.name.startswith(".") or path.name.endswith(".egg-info"):
            continue
        if path.is_file():
            yield path
        elif path.name not in _BUILT:
            yield from _walk(path)
