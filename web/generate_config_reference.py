"""Write docs/reference/configuration.md from the Structs of `engine/config.py`.

`python -m emporion.web.generate_config_reference` writes the page, `--check` only compares it and
fails on a difference.
"""

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any, Final, get_args, get_origin, get_type_hints

import msgspec

from ..engine.config import Config, RoomTemplate
from .generated_file import write_or_check

TARGET: Final = Path(__file__).parents[1] / "docs" / "reference" / "configuration.md"
_HEAD: Final = """\
# Configuration

Generated from `engine/config.py` by `python -m emporion.web.generate_config_reference`.

Everything has a default that works on localhost. Sources, the later over the earlier:

1. the defaults below;
2. a TOML file: `--config FILE`, or `$EMPORION_CONFIG`, or `emporion.toml` in the working folder;
3. the environment: `EMPORION_<SECTION>__<KEY>`, e.g. `EMPORION_HTTP__PORT=8080`. Names are read as
   lower case; lists are words between commas or JSON, tables are JSON;
4. flags: `--set section.key=value`, and short forms as `--port` (see `emporion serve --help`).

An unknown key is an error that names the nearest one. `emporion config --explain` prints every
value with its source; secrets stay hidden.
"""


def render() -> str:
    """The whole page, as it must stand in the repository."""
    parts = [_HEAD]
    for name, section in get_type_hints(Config, include_extras=True).items():
        kind, description = _bare(section)
        parts.append(f"## `[{name}]`\n")
        if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
            parts.append(f"{kind.__doc__}\n")
            parts.append(_table(kind))
        else:
            parts.append(f"{description}\n")
        if name == "rooms":
            parts.append("### `[rooms.templates.<name>]`\n")
            parts.append(f"{RoomTemplate.__doc__}\n")
            parts.append(_table(RoomTemplate))
            parts.append(_templates(RoomTemplate))
    return "\n".join(parts)


def _table(struct: type[msgspec.Struct]) -> str:
    defaults = msgspec.to_builtins(struct(), enc_hook=str)
    rows = ["| key | type | default | meaning |", "|---|---|---|---|"]
    for name, hint in get_type_hints(struct, include_extras=True).items():
        kind, description = _bare(hint)
        default = "see below" if name == "templates" else f"`{_toml(defaults[name])}`"
        rows.append(f"| `{name}` | {_type_name(hint, kind)} | {default} | {description} |")
    return "\n".join(rows) + "\n"


def _templates(struct: type[msgspec.Struct]) -> str:
    """Where the built-in templates differ from each other."""
    templates = Config().rooms.templates
    rows = [
        "| key | " + " | ".join(f"`{name}`" for name in templates) + " |",
        "|---" * (len(templates) + 1) + "|",
    ]
    for field in struct.__struct_fields__:
        values = [_toml(getattr(template, field)) for template in templates.values()]
        rows.append(f"| `{field}` | " + " | ".join(f"`{value}`" for value in values) + " |")
    return "The built-in ones:\n\n" + "\n".join(rows) + "\n"


def _bare(hint: Any) -> tuple[Any, str]:  # Any: a type annotation.
    """The annotation without its metadata, and what the metadata says of its meaning."""
    origin: object = get_origin(hint)
    if origin is not Annotated:
        return hint, ""
    kind, *metadata = get_args(hint)
    described = (meta.description for meta in metadata if isinstance(meta, msgspec.Meta))
    return kind, next((text for text in described if text), "")


def _type_name(hint: Any, kind: Any) -> str:  # Any: type annotations.
    names = {
        "str": "string",
        "int": "integer",
        "float": "number",
        "bool": "boolean",
        "str | None": "string, may be left out",
        "tuple[str, ...]": "list of strings",
    }
    text = kind.__name__ if isinstance(kind, type) and not get_args(kind) else str(kind)
    literal: object = get_origin(kind)
    if str(literal) == "typing.Literal":
        text = ", ".join(f"`{value}`" for value in get_args(kind))
    elif isinstance(literal, type) and issubclass(literal, dict):
        text = "table"
    limits = ", ".join(_limits(hint))
    return names.get(text, text) + (f", {limits}" if limits else "")


def _limits(hint: Any) -> Iterator[str]:  # Any: a type annotation.
    for meta in get_args(hint)[1:]:
        if isinstance(meta, msgspec.Meta):
            if meta.ge is not None:
                yield f"≥ {meta.ge}"
            if meta.gt is not None:
                yield f"> {meta.gt}"
            if meta.le is not None:
                yield f"≤ {meta.le}"


def _toml(value: object) -> str:
    return "none" if value is None else json.dumps(value, ensure_ascii=False)


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the page, or with `--check` say whether it is up to date."""
    return write_or_check(
        arguments,
        program="python -m emporion.web.generate_config_reference",
        target=TARGET,
        source="engine/config.py",
        render=render,
    )


if __name__ == "__main__":
    sys.exit(main())
