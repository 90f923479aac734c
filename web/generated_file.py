"""A file of the repository that is generated: written anew, or only compared."""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path


def write_or_check(
    arguments: Sequence[str] | None,
    *,
    program: str,
    target: Path,
    source: str,
    render: Callable[[], str],
) -> int:
    """Write the file, or with `--check` say whether it is up to date; return the exit code.

    Args:
        arguments: Of the command line; None: those of this process.
        program: How the command is called, for its help and its advice.
        source: What the file is made from, for people.
    """
    parser = argparse.ArgumentParser(prog=program)
    parser.add_argument("--check", action="store_true", help="compare only; 1 on a difference")
    options = parser.parse_args(arguments)
    text = render()
    if not options.check:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
        return 0
    if target.is_file() and target.read_text(encoding="utf-8") == text:
        return 0
    print(f"{target} is not what {source} says; run {program}", file=sys.stderr)
    return 1
