"""What others may import is written down: any change of it shows in public_api.txt.

After a wanted change, run this file with EMPORION_WRITE_PUBLIC_API=1.
"""

import importlib
import inspect
import os
from pathlib import Path
from types import ModuleType

SNAPSHOT = Path(__file__).with_name("public_api.txt")
PUBLIC_MODULES = ("emporion", "emporion.engine.testing", "emporion.plugins.api")


def test_the_public_api_is_what_the_snapshot_says() -> None:
    found = "".join(f"{line}\n" for name in PUBLIC_MODULES for line in describe(name))
    if os.environ.get("EMPORION_WRITE_PUBLIC_API"):
        SNAPSHOT.write_text(found)
    assert found == SNAPSHOT.read_text()


def describe(module_name: str) -> list[str]:
    module = importlib.import_module(module_name)
    return [describe_name(module, name) for name in public_names(module)]


def public_names(module: ModuleType) -> list[str]:
    return sorted(getattr(module, "__all__", ()))


def describe_name(module: ModuleType, name: str) -> str:
    thing = getattr(module, name)
    kind = "class" if inspect.isclass(thing) else type(thing).__name__
    signature = ""
    if inspect.isfunction(thing) or inspect.isclass(thing):
        try:
            signature = "(" + ", ".join(inspect.signature(thing).parameters) + ")"
        except ValueError:
            signature = "(…)"
    return f"{module.__name__}.{name}: {kind}{signature}"
