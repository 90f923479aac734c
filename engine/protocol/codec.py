"""Encode and decode messages of `emporion.v1`: msgpack, one decoder per direction, made once."""

import msgspec

from ..errors import RemoteProtocolError
from .client import ClientRequest
from .envelope import MAX_FRAME_BYTES, ServerMessage
from .server import ServerPush

_encoder = msgspec.msgpack.Encoder()
_client_decoder: msgspec.msgpack.Decoder[ClientRequest] = msgspec.msgpack.Decoder(ClientRequest)
_server_decoder: msgspec.msgpack.Decoder[ServerPush] = msgspec.msgpack.Decoder(ServerPush)


class _Head(msgspec.Struct):
    ref: int = 0
    type: str = ""


_head_decoder = msgspec.msgpack.Decoder(_Head)
_KNOWN_TYPES = frozenset(str(message.__struct_config__.tag) for message in ClientRequest.__args__)


class MessageRefused(RemoteProtocolError):
    """A frame that is no valid client message; `ref` is 0 if none could be read."""

    def __init__(self, message: str, *, code: str, ref: int) -> None:
        super().__init__(message, code=code)
        self.ref = ref


def encode_server(message: ServerMessage) -> bytes:
    return _encoder.encode(message)


def encode_client(message: ClientRequest) -> bytes:
    return _encoder.encode(message)


def decode_client(frame: bytes) -> ClientRequest:
    """Read one client message.

    Raises:
        MessageRefused: `protocol.too_large`, `protocol.unknown_message` or `protocol.malformed`;
            nothing else, whatever the bytes are.
    """
    if len(frame) > MAX_FRAME_BYTES:
        raise MessageRefused(
            f"frame has {len(frame)} bytes, at most {MAX_FRAME_BYTES} are read",
            code="protocol.too_large",
            ref=0,
        )
    try:
        return _client_decoder.decode(frame)
    except (msgspec.DecodeError, RecursionError) as error:
        head = _read_head(frame)
        if head.type and head.type not in _KNOWN_TYPES:
            raise MessageRefused(
                f"unknown message type {head.type[:64]!r}",
                code="protocol.unknown_message",
                ref=head.ref,
            ) from None
        raise MessageRefused(
            f"malformed message: {error}"[:300], code="protocol.malformed", ref=head.ref
        ) from None


def decode_server(frame: bytes) -> ServerPush:
    """Read one server message; for clients written in Python and for tests."""
    return _server_decoder.decode(frame)


def _read_head(frame: bytes) -> _Head:
    try:
        return _head_decoder.decode(frame)
    except (msgspec.DecodeError, RecursionError):
        return _Head()
