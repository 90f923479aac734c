"""Messages of actors: explicit tags, frozen, and each decodes as what it was."""

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from emporion.actors import messages, room_messages
from emporion.engine.runtime import Overflow


def all_messages() -> Iterator[type[msgspec.Struct]]:
    for module in (messages, room_messages):
        for value in vars(module).values():
            if (
                isinstance(value, type)
                and issubclass(value, msgspec.Struct)
                and value.__module__ == module.__name__
                and not value.__name__.endswith("Message")
            ):
                yield value


ALL = list(all_messages())


@pytest.mark.parametrize("message", ALL, ids=lambda message: message.__name__)
def test_tag_is_the_name_in_snake_case_and_frozen(message: Any) -> None:
    config = message.__struct_config__
    snake = "".join(f"_{c.lower()}" if c.isupper() else c for c in message.__name__).lstrip("_")
    assert (config.tag_field, config.tag, config.frozen) == ("type", snake, True)
    assert message.__doc__


@pytest.mark.parametrize(
    "union",
    [
        messages.ParticipantMessage,
        messages.TrackMessage,
        messages.PluginMessage,
        room_messages.RoomMessage,
        room_messages.DirectoryMessage,
    ],
)
def test_each_union_has_one_decoder(union: Any) -> None:
    msgspec.msgpack.Decoder(union)


def test_ends_are_never_refused() -> None:
    """They are bounded by the number of what can end, and losing one would leave a ghost."""
    for message in (
        messages.ConnectionLost,
        messages.End,
        messages.EndTrack,
        messages.TransportEnded,
        room_messages.ParticipantDown,
        room_messages.TrackDown,
        room_messages.RoomDown,
        room_messages.ReleaseRoom,
    ):
        assert message.overflow is Overflow.ACCEPT
