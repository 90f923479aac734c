"""Files and functions keep their size (CONVENTIONS Z1, Z2), and each module says what it is for."""

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from architecture.source_tree import files_of_tests, name_of, product_files

MAX_PRODUCT_LINES = 400
MAX_TEST_LINES = 600
MAX_FUNCTION_LINES = 50
VAGUE_NAMES = {"utils", "helpers", "common", "misc", "base"}

# Over the budget, with the reason. The list may only shrink.
FILE_EXCEPTIONS: dict[str, str] = {}
FUNCTION_EXCEPTIONS: dict[str, str] = {}

PRODUCT = list(product_files())
TESTS = list(files_of_tests())


def test_product_files_are_short() -> None:
    assert not files_longer_than(MAX_PRODUCT_LINES, PRODUCT)


def test_files_of_tests_are_short() -> None:
    assert not files_longer_than(MAX_TEST_LINES, TESTS)


def test_functions_are_short() -> None:
    """Docstrings do not count: nobody shall save on them."""
    too_long = {
        f"{name_of(path)}:{name}": length
        for path in PRODUCT
        for name, length in function_lengths(path)
        if length > MAX_FUNCTION_LINES
    }
    assert not too_long.keys() - FUNCTION_EXCEPTIONS.keys(), too_long


def test_files_are_named_by_their_concept() -> None:
    assert not [name_of(path) for path in PRODUCT if path.stem in VAGUE_NAMES]


def test_modules_say_what_they_are_for() -> None:
    silent = [path for path in PRODUCT + TESTS if path.read_text().strip() and not docstring(path)]
    assert not [name_of(path) for path in silent]


def test_ignored_type_errors_have_a_code_and_a_reason() -> None:
    """T4: `# type: ignore[code]  # The reason.`"""
    bare = re.compile(r"# type: ignore(?!\[[a-z-]+(, ?[a-z-]+)*\]  # \S)")
    assert not [
        f"{name_of(path)}:{number}"
        for path in PRODUCT + TESTS
        for number, line in enumerate(path.read_text().splitlines(), start=1)
        if bare.search(line) and path != Path(__file__)
    ]


def test_an_exception_that_is_no_longer_needed_is_removed() -> None:
    for name in FILE_EXCEPTIONS:
        path = next(path for path in PRODUCT + TESTS if name_of(path) == name)
        limit = MAX_TEST_LINES if path in TESTS else MAX_PRODUCT_LINES
        assert len(path.read_text().splitlines()) > limit, f"{name} fits now"
    lengths = {
        f"{name_of(path)}:{name}": length
        for path in PRODUCT
        for name, length in function_lengths(path)
    }
    for name in FUNCTION_EXCEPTIONS:
        assert lengths[name] > MAX_FUNCTION_LINES, f"{name} fits now"


def files_longer_than(limit: int, paths: Iterable[Path]) -> dict[str, int]:
    lengths = {name_of(path): len(path.read_text().splitlines()) for path in paths}
    return {
        name: length
        for name, length in lengths.items()
        if length > limit and name not in FILE_EXCEPTIONS
    }


def docstring(path: Path) -> str | None:
    return ast.get_docstring(ast.parse(path.read_text()))


def function_lengths(path: Path) -> Iterator[tuple[str, int]]:
    """Yield the lines of each function, from `def` to its end, without its docstring."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno is not None
            docstring_lines = 0
            first = node.body[0]
            if ast.get_docstring(node, clean=False) is not None and first.end_lineno is not None:
                docstring_lines = first.end_lineno - first.lineno + 1
            yield node.name, node.end_lineno - node.lineno + 1 - docstring_lines
