"""The command `emporion`, and `python -m emporion`."""

import sys

from .node import open_node
from .web.cli import run


def main() -> int:
    """Run the command line on a real node; returns the exit status."""
    return run(sys.argv[1:], open_node)


if __name__ == "__main__":
    sys.exit(main())
