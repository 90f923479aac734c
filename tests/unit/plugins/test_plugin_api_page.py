"""docs/reference/plugin-api.md names everything in the contract, and its examples run."""

import re
from pathlib import Path
from typing import Any

from emporion.plugins import api
from emporion.plugins.context import PluginContext
from emporion.plugins.hooks import Hooks

PAGE = (Path(__file__).parents[3] / "docs" / "reference" / "plugin-api.md").read_text()


def public(kind: type) -> set[str]:
    return {name for name in vars(kind) if not name.startswith("_")}


def test_everything_is_named() -> None:
    words = set(re.findall(r"\w+", PAGE))
    assert not set(api.__all__) - words
    assert not public(Hooks) - words
    assert not public(PluginContext) - words


def test_the_examples_run() -> None:
    names: dict[str, Any] = {"__name__": "the_page"}
    for example in re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL):
        exec(compile(example, "plugin-api.md", "exec"), names)
    names["test_contract"]()
