"""What every message of `emporion.v1` shares: version, limits, the bases of both directions."""

from typing import Annotated, Final

import msgspec

PROTOCOL_VERSION: Final = 1
SUBPROTOCOL: Final = "emporion.v1"
MAX_FRAME_BYTES: Final = 512 * 1024  # A 48-slot offer of Chromium is 260 kB (facts/slots.md §2).

Ref = Annotated[int, msgspec.Meta(ge=1, le=2**53 - 1)]
ShortText = Annotated[str, msgspec.Meta(min_length=1, max_length=128)]
Sdp = Annotated[str, msgspec.Meta(min_length=1, max_length=400_000)]
Code = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9_.]+$", max_length=64)]


class ClientMessage(msgspec.Struct, frozen=True, kw_only=True, tag_field="type"):
    """Base of every client-to-server message; `ref` pairs a reply with its request."""

    ref: Ref


class ServerMessage(msgspec.Struct, frozen=True, kw_only=True, tag_field="type"):
    """Base of every server-to-client message."""
