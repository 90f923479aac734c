"""The examples in `plugins/examples`, installed as a stranger would install them."""

import subprocess
import sys
from pathlib import Path
from typing import Final

_ROOT: Final = Path(__file__).parents[1]
EXAMPLES: Final = _ROOT / "plugins" / "examples"
COUNTDOWN: Final = EXAMPLES / "emporion-plugin-countdown"
SPOTLIGHT: Final = EXAMPLES / "emporion-plugin-spotlight"
_OPTIONS: Final = ("--quiet", "--no-deps", "--no-build-isolation", "--no-compile", "--no-cache-dir")


def install(distribution: Path, folder: Path) -> None:
    """Install as `pip install` does, into a folder of its own and without the network."""
    # A build leaves its traces beside the sources: a copy takes them.
    sources = f"{folder}-sources"
    subprocess.run(["cp", "-r", str(distribution), sources], check=True)
    command = [sys.executable, "-m", "pip", "install", *_OPTIONS, "--target", str(folder), sources]
    subprocess.run(command, check=True, timeout=120)


def run_python(installed: Path, *arguments: str) -> str:
    """Run Python with a distribution and the package on its path; return what it prints."""
    environment = {"PYTHONPATH": f"{installed}:{_ROOT / '.ci' / 'path'}", "PATH": "/usr/bin:/bin"}
    command = [sys.executable, *arguments]
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=120, cwd=installed
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
