"""All settings stand in pyproject.toml; this adds the step that builds the pages.

They are built before the Python files are gathered, so that the wheel holds them. A `cmdclass` in
pyproject.toml would do it too, and would silently switch off the native build to come.
"""

import runpy
from typing import Final

from setuptools import setup
from setuptools.command.build_py import build_py

# Modules beside the package's own that only a checkout needs.
NOT_SHIPPED: Final = {"setup", "build_ui"}


class BuildPy(build_py):
    """Build the pages, then gather the modules."""

    def run(self) -> None:
        runpy.run_path("web/build_ui.py")["build"](".")
        super().run()

    def find_package_modules(self, package: str, package_dir: str) -> list[tuple[str, str, str]]:
        modules = super().find_package_modules(package, package_dir)
        return [module for module in modules if module[1] not in NOT_SHIPPED]


setup(cmdclass={"build_py": BuildPy})
