"""Settings of every test: strict actors, the order of the kinds, a heading for each of them."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

from emporion.engine.log import configure_logging

# Actor messages are encoded and decoded, so that a test finds what could not cross a process.
os.environ.setdefault("EMPORION_STRICT", "1")

# No time limit for an example: machines are shared. In CI the same examples each time, so that a
# change is judged by itself; elsewhere new ones, which find what nobody thought of.
settings.register_profile("shared", deadline=None)
settings.register_profile("ci", parent=settings.get_profile("shared"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "shared")

HERE = Path(__file__).parent
# Cheap and telling first; what a change most likely broke is known within seconds.
KINDS = ("architecture", "unit", "property", "conformance", "integration", "bench", "e2e", "wheel")


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(Headings(config))
    # Where `rich` is installed, structlog's own default draws a crash with all locals: that took
    # 10 s of the loop, and tests that kill actors failed by their time limits.
    configure_logging(json=False)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: KINDS.index(kind_of(item.path)))


def kind_of(path: Path) -> str:
    """Return the kind of a test: the folder it is in.

    Raises:
        ValueError: It is in none of `KINDS`.
    """
    kind = path.relative_to(HERE).parts[0]
    if kind not in KINDS:
        raise ValueError(f"{path} is in none of the folders {', '.join(KINDS)}")
    return kind


class Headings:
    """Writes the kind of the tests that follow, whenever it changes."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._kind = ""

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logstart(self, nodeid: str) -> None:
        kind = kind_of(self._config.rootpath / nodeid.split("::")[0])
        reporter = self._config.pluginmanager.get_plugin("terminalreporter")
        if kind != self._kind and reporter is not None:
            reporter.ensure_newline()
            reporter.write("\n" if self._kind else "")
            reporter.section(kind, sep="-")
            self._kind = kind
