"""Each plugin's page of the reference shows every request and signal, and names every refusal."""

import ast
import inspect
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import msgspec
import pytest

from emporion.plugins.drawing.item import check_item
from emporion.plugins.host import BUILT_INS

PAGES: Final = Path(__file__).parents[3] / "docs" / "reference"
PLUGINS: Final = Path(inspect.getfile(BUILT_INS["chat"])).parent
ASKED: Final = sorted(name for name, kind in BUILT_INS.items() if hasattr(kind, "request_type"))
DENIALS: Final = {"RequestDenied", "Deny", "Wait"}


def page(name: str) -> str:
    return (PAGES / "plugins" / f"{name}.md").read_text(encoding="utf-8")


def examples(name: str) -> list[dict[str, Any]]:
    found = [json.loads(block) for block in re.findall(r"```json\n(.*?)```", page(name), re.DOTALL)]
    return [example for example in found if "type" in example]


def messages(name: str) -> Any:  # Any: a union of the plugin's own types.
    """What a client may send the plugin: requests and signals."""
    plugin: Any = BUILT_INS[name]
    signal_type = getattr(plugin, "signal_type", None)
    return plugin.request_type if signal_type is None else plugin.request_type | signal_type


def tags(kind: msgspec.inspect.Type) -> set[str]:
    members = kind.types if isinstance(kind, msgspec.inspect.UnionType) else (kind,)
    return {str(one.tag) for one in members if isinstance(one, msgspec.inspect.StructType)}


def codes() -> Iterator[str]:
    """What the built-in plugins refuse with, as it stands in their source."""
    for path in PLUGINS.rglob("*.py"):
        if "examples" in path.parts or path.name.startswith("rehearsal"):
            continue
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(call, ast.Call) or getattr(call.func, "id", None) not in DENIALS:
                continue
            said = [*call.args[:1], *(key.value for key in call.keywords if key.arg == "code")]
            for value in said:
                if isinstance(value, ast.Constant) and re.fullmatch(r"\w+\.\w+", str(value.value)):
                    yield str(value.value)


@pytest.mark.parametrize("name", ASKED)
def test_every_request_and_signal_has_an_example_that_is_one(name: str) -> None:
    shown = examples(name)
    assert {example["type"] for example in shown} == tags(msgspec.inspect.type_info(messages(name)))
    for example in shown:
        decoded = msgspec.json.decode(json.dumps(example), type=messages(name))
        for item in getattr(decoded, "added", ()):
            check_item(item)


def test_every_refusal_is_named() -> None:
    found = sorted(set(codes()))
    assert len(found) > 100, "they are looked for in the right place"
    unnamed = [
        code
        for code in found
        if (name := code.partition(".")[0]) in ASKED and f"`{code}`" not in page(name)
    ]
    assert not unnamed


def test_the_protocol_leads_to_every_plugin() -> None:
    protocol = (PAGES / "protocol.md").read_text(encoding="utf-8")
    assert [name for name in ASKED if f"(plugins/{name}.md)" not in protocol] == []
