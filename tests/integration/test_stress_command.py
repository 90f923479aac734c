"""`emporion stress` as people run it: links, the port for media, another profile on stdin."""

import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

_SETTINGS = ("http.host=127.0.0.1", "http.port=0", "media.host=127.0.0.1", "media.port=0")


@pytest.fixture
def process(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    flags = [word for setting in (*_SETTINGS, "metrics.port=0") for word in ("--set", setting)]
    process = subprocess.Popen(
        [sys.executable, "-m", "emporion", "stress", "--profile", "3g", *flags],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        bufsize=1,
        cwd=tmp_path,
        env={"PYTHONPATH": ":".join(filter(None, sys.path)), "EMPORION_NODE__STOP_GRACE_S": "0.1"},
    )
    yield process
    process.kill()
    process.wait(10)


def read_until(process: subprocess.Popen[str], pattern: str) -> re.Match[str]:
    """The first line in which it is found, within 20 s."""
    assert process.stdout is not None
    until_s, seen = time.monotonic() + 20, ""
    while time.monotonic() < until_s:
        if not select.select([process.stdout], [], [], 0.5)[0]:
            continue
        line = process.stdout.readline()
        seen += line
        if (found := re.search(pattern, line)) is not None:
            return found
        if not line:
            break
    raise AssertionError(f"no {pattern} in {seen}")


def test_it_serves_and_takes_another_profile(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    inner = read_until(process, r"media: UDP (\d+)")[1]
    outer = read_until(process, r"network on UDP (\d+): 3g \(")[1]
    assert inner != outer
    process.stdin.write("5g\nedge\n")
    process.stdin.flush()
    read_until(process, "'5g' is no profile")
    read_until(process, r"^Now edge \(")
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 0
