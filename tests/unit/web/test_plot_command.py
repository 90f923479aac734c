"""What an estimator said is written down, bounded, and drawn."""

import argparse
import io
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PIL import Image

from emporion.engine.congestion.remb import RembEstimator
from emporion.engine.errors import ConfigError
from emporion.engine.ids import TransportId
from emporion.engine.transport.estimate_dump import DumpingEstimator, dumped, read_dump
from emporion.web import plot_command

VIEWER = TransportId("TP_1")


def dump_to(path: Path) -> None:
    with dumped(RembEstimator(), str(path)) as estimator:
        estimator.add(VIEWER, 0.0)
        for tick in range(20):
            estimator.handle_remb(VIEWER, round(1_500_000 * 0.9**tick), 250_000, tick / 2)
            estimator.update(tick / 2)


def plot(*words: str) -> int:
    parser = argparse.ArgumentParser()
    plot_command.add_arguments(parser)
    return plot_command.run(parser.parse_args(words))


def test_what_was_dumped_is_read_back(tmp_path: Path) -> None:
    dump_to(tmp_path / "dump")
    targets = read_dump(tmp_path / "dump")[VIEWER]
    assert len(targets) > 5
    assert {target.reason for _, target in targets} == {"remb"}
    assert [now_s for now_s, _ in targets] == sorted(now_s for now_s, _ in targets)


def test_a_dump_is_drawn_as_svg_and_as_png(tmp_path: Path) -> None:
    dump_to(tmp_path / "dump")
    svg, png = tmp_path / "picture.svg", tmp_path / "picture.png"
    assert plot(str(tmp_path / "dump"), "-o", str(svg)) == 0
    assert plot(str(tmp_path / "dump"), "-o", str(png), "--viewer", VIEWER) == 0
    lines = ElementTree.parse(svg).findall(".//{http://www.w3.org/2000/svg}polyline")
    assert len(lines) == 4
    with Image.open(png) as picture:
        assert len(picture.getcolors(maxcolors=100_000) or ()) > 4


def test_a_dump_does_not_grow_without_end() -> None:
    file = io.BytesIO()
    estimator = DumpingEstimator(RembEstimator(), file, max_bytes=500)
    estimator.add(VIEWER, 0.0)
    for tick in range(60):
        estimator.handle_remb(VIEWER, round(1_500_000 * 0.96**tick), 250_000, tick / 2)
        estimator.update(tick / 2)
    assert 0 < len(file.getvalue()) < 700


def test_a_dump_that_was_cut_off_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    dump_to(tmp_path / "dump")
    whole = len(read_dump(tmp_path / "dump")[VIEWER])
    data = (tmp_path / "dump").read_bytes()
    (tmp_path / "dump").write_bytes(data[:-3])
    assert len(read_dump(tmp_path / "dump")[VIEWER]) == whole - 1


@pytest.mark.parametrize("data", [b"\x93\x01\x02\x03", b"\xc1", b"hello", b""])
def test_another_file_is_named_as_what_it_is(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "dump").write_bytes(data)
    with pytest.raises(ConfigError):
        plot(str(tmp_path / "dump"), "-o", str(tmp_path / "picture.svg"))


def test_an_unknown_viewer_and_kind_are_refused(tmp_path: Path) -> None:
    dump_to(tmp_path / "dump")
    with pytest.raises(ConfigError, match="TP_1"):
        plot(str(tmp_path / "dump"), "-o", str(tmp_path / "p.svg"), "--viewer", "TP_2")
    with pytest.raises(ConfigError, match=r"\.svg"):
        plot(str(tmp_path / "dump"), "-o", str(tmp_path / "p.gif"))
