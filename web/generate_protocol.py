"""Write `web/ui/src/client/protocol.ts`: the messages of `emporion.v1` as TypeScript types.

`python -m emporion.web.generate_protocol` writes the file, `--check` only compares it and fails on
a difference (CONVENTIONS M7). The Structs of `engine/protocol` are the single schema.
"""

import inspect
import re
import sys
from collections.abc import Iterator, Sequence
from enum import Enum
from pathlib import Path
from types import NoneType, UnionType
from typing import (
    Annotated,
    Any,
    Final,
    Literal,
    NewType,
    Union,
    get_args,
    get_origin,
    get_type_hints,
)

import msgspec

from ..engine.protocol.client import ClientRequest
from ..engine.protocol.envelope import MAX_FRAME_BYTES, PROTOCOL_VERSION, SUBPROTOCOL
from ..engine.protocol.server import ServerPush
from .generated_file import write_or_check

TARGET: Final = Path(__file__).parent / "ui" / "src" / "client" / "protocol.ts"

_SIMPLE: Final[dict[object, str]] = {
    bool: "boolean",
    int: "number",
    float: "number",
    str: "string",
    bytes: "Uint8Array",
    NoneType: "null",
    msgspec.Raw: "unknown",
    Any: "unknown",
}
_ALTERNATIVES: Final = re.compile(r"\^\(([a-z_|]+)\)\$")

# A type annotation, as `get_type_hints` hands it out: a class, a NewType, or a typing construct.
Annotation = Any


class ProtocolWriter:
    """Collects the named types that the messages reach, in the order in which they are met."""

    def __init__(self) -> None:
        self._declarations: dict[str, str] = {}

    def declarations(self) -> Iterator[str]:
        yield from self._declarations.values()

    def add_union(self, name: str, union: UnionType, *, sent_by_client: bool) -> None:
        """Declare each message of a direction, then their union.

        A field with a default may be left out by the client; the server always sends it.
        """
        messages = get_args(union)
        for message in messages:
            self._add_struct(message, may_omit=sent_by_client)
        members = "\n  | ".join(message.__name__ for message in messages)
        self._declarations[name] = f"export type {name} =\n  | {members};"

    def type_of(self, annotation: Annotation, *, may_omit: bool) -> str:
        """The TypeScript type of one annotation; declares what it names."""
        if annotation in _SIMPLE:
            return _SIMPLE[annotation]
        if isinstance(annotation, NewType):
            return self._add_alias(annotation)
        if isinstance(annotation, type) and issubclass(annotation, Enum):
            return self._add_enum(annotation)
        if isinstance(annotation, type) and issubclass(annotation, msgspec.Struct):
            return self._add_struct(annotation, may_omit=may_omit)
        return self._composed(annotation, may_omit=may_omit)

    def _composed(self, annotation: Annotation, *, may_omit: bool) -> str:
        origin: object = get_origin(annotation)
        arguments = get_args(annotation)
        if origin is Annotated:
            return _literals(arguments[1:]) or self.type_of(arguments[0], may_omit=may_omit)
        if origin in (UnionType, Union):
            return " | ".join(self.type_of(member, may_omit=may_omit) for member in arguments)
        if origin is Literal:
            return " | ".join(f'"{word}"' for word in arguments)
        if origin is dict:
            return f"Record<string, {self.type_of(arguments[1], may_omit=may_omit)}>"
        if origin is list or (origin is tuple and arguments[1:] == (Ellipsis,)):
            item = self.type_of(arguments[0], may_omit=may_omit)
            return f"readonly ({item})[]" if " | " in item else f"readonly {item}[]"
        raise TypeError(
            f"no TypeScript type is known for {annotation!r}; teach it to this generator"
        )

    def _add_alias(self, alias: NewType) -> str:
        name = alias.__name__
        self._declarations.setdefault(name, f"export type {name} = string;")
        return name

    def _add_enum(self, enum: type[Enum]) -> str:
        name = enum.__name__
        values = " | ".join(f'"{member.value}"' for member in enum)
        text = f"{_comment(inspect.getdoc(enum))}export type {name} = {values};"
        self._declarations.setdefault(name, text)
        return name

    def _add_struct(self, struct: type[msgspec.Struct], *, may_omit: bool) -> str:
        name = struct.__name__
        if name in self._declarations:
            return name
        hints = get_type_hints(struct, include_extras=True)
        fields = msgspec.structs.fields(struct)
        lines = [f'  readonly type: "{struct.__struct_config__.tag}";'] * bool(
            struct.__struct_config__.tag
        )
        types = {field.name: self.type_of(hints[field.name], may_omit=may_omit) for field in fields}
        if struct.__struct_config__.array_like:
            body = f"export type {name} = readonly [{', '.join(types.values())}];"
        else:
            for field in fields:
                mark = "?" if may_omit and not field.required else ""
                lines.append(f"  readonly {field.encode_name}{mark}: {types[field.name]};")
            body = "\n".join([f"export interface {name} {{", *lines, "}"])
        self._declarations[name] = _comment(inspect.getdoc(struct)) + body
        return name


def _literals(metadata: tuple[object, ...]) -> str | None:
    """`^(a|b)$` says which strings there are: the type may say so as well."""
    for item in metadata:
        pattern = item.pattern if isinstance(item, msgspec.Meta) else None
        if pattern is not None and (match := _ALTERNATIVES.fullmatch(pattern)):
            return " | ".join(f'"{word}"' for word in match[1].split("|"))
    return None


def _comment(text: str | None) -> str:
    if not text:
        return ""
    if "\n" not in text:
        return f"/** {text} */\n"
    return "/**\n" + "".join(f" * {line}".rstrip() + "\n" for line in text.splitlines()) + " */\n"


def _tags(name: str, union: UnionType) -> str:
    tags = "".join(f'  "{member.__struct_config__.tag}",\n' for member in get_args(union))
    return f"export const {name} = [\n{tags}] as const;"


def render() -> str:
    """The whole file, as it must stand in the repository."""
    writer = ProtocolWriter()
    writer.add_union("ClientRequest", ClientRequest, sent_by_client=True)
    writer.add_union("ServerPush", ServerPush, sent_by_client=False)
    parts = [
        "// Generated from engine/protocol by web/generate_protocol.py: do not edit.",
        f"export const PROTOCOL_VERSION = {PROTOCOL_VERSION};\n"
        f'export const SUBPROTOCOL = "{SUBPROTOCOL}";\n'
        f"export const MAX_FRAME_BYTES = {MAX_FRAME_BYTES};",
        *writer.declarations(),
        'export type ClientRequestType = ClientRequest["type"];\n'
        'export type ServerPushType = ServerPush["type"];',
        _tags("CLIENT_REQUEST_TYPES", ClientRequest),
        _tags("SERVER_PUSH_TYPES", ServerPush),
    ]
    return "\n\n".join(parts) + "\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the file, or with `--check` say whether it is up to date."""
    return write_or_check(
        arguments,
        program="python -m emporion.web.generate_protocol",
        target=TARGET,
        source="engine/protocol",
        render=render,
    )


if __name__ == "__main__":
    sys.exit(main())
