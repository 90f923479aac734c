"""`emporion simulate` prints a table and draws pictures."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from PIL import Image

from emporion.engine.config import Config
from emporion.web.cli import run
from emporion.web.serve_command import RunningNode


@asynccontextmanager
async def no_node(config: Config) -> AsyncIterator[RunningNode]:
    raise AssertionError(f"nothing is served at {config.http.port}")
    yield


def simulate(*arguments: str) -> int:
    return run(["simulate", "--seconds", "5", *arguments], no_node)


def test_a_table_and_two_pictures(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status = simulate("--room", "guidance", "--profile", "4g", "--picture", str(tmp_path / "run"))
    table = capsys.readouterr().out.splitlines()
    assert status == 0
    assert table[0].split()[:2] == ["scheduler", "profile"]
    assert table[1].startswith("teaching   4g ")
    with Image.open(tmp_path / "run-teaching-4g.png") as picture:
        colours = picture.getcolors(100_000)
    assert colours is not None
    assert len(colours) > 4  # Curves, and not only paper.
    svg = (tmp_path / "run-teaching-4g.svg").read_text(encoding="utf-8")
    assert svg.count("<polyline") == 4


def test_markdown(capsys: pytest.CaptureFixture[str]) -> None:
    assert simulate("--room", "guidance", "--profile", "fibre", "--markdown") == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("# ")
    assert "--profile fibre" in "".join(lines[1:5])  # The command that shows it.
    assert any(line.startswith("| teaching | fibre |") for line in lines)


@pytest.mark.parametrize(
    ("flag", "name"),
    [("--profile", "moon"), ("--scheduler", "chaos"), ("--estimator", "crystal-ball")],
)
def test_unknown_names(flag: str, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert simulate(flag, name) == 2
    assert name in capsys.readouterr().err
