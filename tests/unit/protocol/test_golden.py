"""The bytes of every message, as they were when it was introduced, are readable for ever (M5)."""

from typing import Any

import msgpack
import msgspec
import pytest
from gateway_rig import packed
from unit.protocol.protocol_samples import CLIENT, GOLDEN, SERVER, golden_file

from emporion.engine.protocol.client import ClientRequest
from emporion.engine.protocol.codec import decode_client, decode_server, encode_client
from emporion.engine.protocol.envelope import ClientMessage, ServerMessage
from emporion.engine.protocol.server import ServerPush

SAMPLES = [pytest.param(sample, id=type(sample).__name__) for sample in (*CLIENT, *SERVER)]


@pytest.mark.parametrize("sample", SAMPLES)
def test_golden_bytes_decode_to_the_sample(sample: ClientMessage | ServerMessage) -> None:
    golden = golden_file(sample).read_bytes()
    decode = decode_client if isinstance(sample, ClientMessage) else decode_server
    assert decode(golden) == sample


@pytest.mark.parametrize("sample", SAMPLES)
def test_the_other_msgpack_reads_the_same(sample: ClientMessage | ServerMessage) -> None:
    golden = golden_file(sample).read_bytes()
    fields = msgpack.unpackb(golden)
    assert fields == msgspec.msgpack.decode(golden)
    assert fields["type"] == sample.__struct_config__.tag


@pytest.mark.parametrize("sample", SAMPLES)
def test_what_is_sent_today_still_has_all_golden_fields(
    sample: ClientMessage | ServerMessage,
) -> None:
    """New fields may come; none may go, change its name or its form."""
    golden = msgpack.unpackb(golden_file(sample).read_bytes())
    today = msgpack.unpackb(msgspec.msgpack.encode(sample))
    assert keep_known(today, golden) == golden


def keep_known(today: Any, golden: Any) -> Any:
    """Leave out, at any depth, the fields that the golden message does not know."""
    if isinstance(today, dict) and isinstance(golden, dict):
        return {name: keep_known(today.get(name), golden[name]) for name in golden}
    if isinstance(today, list) and isinstance(golden, list) and len(today) == len(golden):
        return [keep_known(*pair) for pair in zip(today, golden, strict=True)]
    return today


@pytest.mark.parametrize("sample", SAMPLES)
def test_the_other_msgpack_can_write_it(sample: ClientMessage | ServerMessage) -> None:
    golden = golden_file(sample).read_bytes()
    decode = decode_client if isinstance(sample, ClientMessage) else decode_server
    assert decode(packed(**msgpack.unpackb(golden))) == sample


@pytest.mark.parametrize(("union", "samples"), [(ClientRequest, CLIENT), (ServerPush, SERVER)])
def test_every_message_has_a_sample(
    union: type, samples: tuple[ClientMessage | ServerMessage, ...]
) -> None:
    members = union.__args__  # type: ignore[attr-defined]  # A union says so at run time only.
    assert {type(sample) for sample in samples} == set(members)


def test_every_golden_file_belongs_to_a_message() -> None:
    """A message that was taken away would leave its file behind: it must not be taken away."""
    samples: list[ClientMessage | ServerMessage] = [*CLIENT, *SERVER]
    assert {golden_file(sample) for sample in samples} == set(GOLDEN.rglob("*.msgpack"))


def test_unknown_fields_are_ignored() -> None:
    fields = msgpack.unpackb(encode_client(CLIENT[2]))  # type: ignore[arg-type]  # A sample of it.
    assert decode_client(packed(**fields, new=[1, 2])) == CLIENT[2]
