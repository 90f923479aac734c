"""The packages listed in pyproject.toml are the tree; a forgotten one lacks in the wheel only."""

import tomllib

from architecture.source_tree import ROOT, product_files


def packages_of_the_tree() -> set[str]:
    folders = {path.parent.relative_to(ROOT) for path in product_files()}
    return {".".join(("emporion", *folder.parts)) for folder in folders}


def test_every_package_is_listed() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert set(project["tool"]["setuptools"]["packages"]) == packages_of_the_tree()


def test_every_package_is_a_regular_one_and_typed() -> None:
    """Import contracts do not see a folder without `__init__.py`; checkers need `py.typed`."""
    for package in packages_of_the_tree():
        folder = ROOT.joinpath(*package.split(".")[1:])
        assert (folder / "__init__.py").is_file(), f"{package} has no __init__.py"
        assert (folder / "py.typed").is_file(), f"{package} has no py.typed"


def test_no_configuration_of_pytest_is_shipped() -> None:
    """Every Python file at the root is in the package, so these three and setup.py are all."""
    names = {path.name for path in ROOT.glob("*.py")}
    assert names == {"__init__.py", "__main__.py", "node.py", "setup.py"}
