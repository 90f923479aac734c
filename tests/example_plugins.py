"""The examples in `plugins/examples`, installed as a stranger would install them."""

import subprocess
import sys
from pathlib import Path
from typing import Final

EXAMPLES: Final = Path(__file__).parents[1] / "plugins" / "examples"
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
