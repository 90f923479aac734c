"""Strict mode: a message that could not travel as bytes must not travel in the process either."""

import os
from functools import cache
from typing import Any

import msgspec

_encoder = msgspec.msgpack.Encoder()


def is_strict_by_environment() -> bool:
    """`EMPORION_STRICT=1`, as the tests set it."""
    return os.environ.get("EMPORION_STRICT") == "1"


def round_trip(value: Any) -> Any:  # Any: messages and answers are of every type.
    """Encode a value to msgpack and decode it back as its own class.

    Lists, tuples, sets and dicts do not know the types of what they hold, so their items go the way
    one by one.

    Raises:
        TypeError: The value cannot be encoded, or does not come back as what it was.
    """
    if type(value) in (list, tuple, set, frozenset):
        return type(value)([round_trip(item) for item in value])
    if type(value) is dict:
        return {round_trip(key): round_trip(item) for key, item in value.items()}
    if value is None:
        return None
    try:
        kind: Any = type(value)  # Any: mypy takes a metaclass for unhashable.
        return _decoder(kind).decode(_encoder.encode(value))
    except (TypeError, ValueError, OverflowError) as error:
        raise TypeError(
            f"{type(value).__qualname__} does not survive msgpack: {error}; messages and answers "
            "carry ids and small values, never live objects"
        ) from error


@cache
def _decoder(kind: type) -> msgspec.msgpack.Decoder[Any]:
    return msgspec.msgpack.Decoder(kind)
