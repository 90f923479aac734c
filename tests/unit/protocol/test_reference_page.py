"""docs/reference/protocol.md shows every message, and each of its examples decodes."""

import json
import re
from pathlib import Path
from typing import get_args

import msgspec
import pytest

from emporion.engine.protocol.client import ClientRequest
from emporion.engine.protocol.codec import decode_client, decode_server
from emporion.engine.protocol.server import ServerPush

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "protocol.md"
EXAMPLES = re.findall(r"### `(\w+)`\n.*?```json\n(.*?)```", PAGE.read_text(), re.DOTALL)
CLIENT_TAGS = {str(message.__struct_config__.tag) for message in get_args(ClientRequest)}
SERVER_TAGS = {str(message.__struct_config__.tag) for message in get_args(ServerPush)}


def test_every_message_has_its_section() -> None:
    assert {tag for tag, _ in EXAMPLES} == CLIENT_TAGS | SERVER_TAGS


@pytest.mark.parametrize(("tag", "example"), EXAMPLES, ids=[tag for tag, _ in EXAMPLES])
def test_the_example_is_a_valid_message_of_its_type(tag: str, example: str) -> None:
    frame = msgspec.msgpack.encode(json.loads(example))
    message = decode_client(frame) if tag in CLIENT_TAGS else decode_server(frame)
    assert str(message.__struct_config__.tag) == tag
