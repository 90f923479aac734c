"""Each example of a request or signal in the reference is one."""

import json
import re
from pathlib import Path
from typing import Any

import msgspec
import pytest

from emporion.plugins.drawing.annotate import Annotate
from emporion.plugins.drawing.item import check_item
from emporion.plugins.drawing.whiteboard import Whiteboard

PAGES = Path(__file__).parents[3] / "docs" / "reference" / "plugins"
PLUGINS: dict[str, Any] = {"whiteboard": Whiteboard, "annotate": Annotate}


def examples(name: str) -> list[dict[str, Any]]:
    text = (PAGES / f"{name}.md").read_text(encoding="utf-8")
    found = [json.loads(block) for block in re.findall(r"```json\n(.*?)```", text, re.DOTALL)]
    return [example for example in found if "type" in example]


@pytest.mark.parametrize("name", PLUGINS)
def test_examples_are_requests_and_signals(name: str) -> None:
    plugin = PLUGINS[name]
    told = set()
    for example in examples(name):
        told.add(example["type"])
        decoded = msgspec.json.decode(
            json.dumps(example), type=plugin.request_type | plugin.signal_type
        )
        for item in getattr(decoded, "added", ()):
            check_item(item)
    members = msgspec.inspect.type_info(plugin.request_type | plugin.signal_type)
    assert isinstance(members, msgspec.inspect.UnionType)
    structs = [kind for kind in members.types if isinstance(kind, msgspec.inspect.StructType)]
    assert told == {kind.tag for kind in structs}
