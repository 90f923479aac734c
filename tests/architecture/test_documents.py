"""Links between documents lead somewhere, and so do the commands that the README names."""

import re
from pathlib import Path

from architecture.source_tree import ROOT, name_of, repository_files

LINK = re.compile(r"\]\((?!https?://|#)([^)#\s]+)(?:#[^)]*)?\)")
DOCUMENTS = [path for path in repository_files() if path.suffix == ".md"]


def test_relative_links_lead_to_files() -> None:
    broken = [
        f"{name_of(document)}: {target}"
        for document in DOCUMENTS
        for target in LINK.findall(document.read_text())
        if not (document.parent / target).exists()
    ]
    assert not broken


def test_the_readme_names_targets_of_the_makefile() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = {
        target
        for document in (ROOT / "README.md", ROOT / "CONTRIBUTING.md")
        for target in re.findall(r"\bmake ([a-z]+)", _code(document))
    }
    assert {"run", "test"} <= named <= targets


def test_ci_calls_what_the_readme_says() -> None:
    assert "make test" in (ROOT / ".ci/run").read_text()


def _code(document: Path) -> str:
    """Return what stands between backquotes: prose may make sure of something, too."""
    return "\n".join(re.findall(r"```.*?```|`[^`]*`", document.read_text(), re.DOTALL))
