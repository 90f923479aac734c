"""Why a WebSocket is closed (RFC 6455 §7.4); the `goodbye` before it says more."""

from enum import IntEnum


class CloseCode(IntEnum):
    """Codes below 4000 are the RFC's, those above are ours; docs/reference/protocol.md has them."""

    NORMAL = 1000  # After `goodbye`.
    GOING_AWAY = 1001  # The node stops; come back.
    PROTOCOL_ERROR = 1002  # A frame broke RFC 6455.
    UNSUPPORTED = 1003  # A text frame; `emporion.v1` is binary.
    TOO_BIG = 1009  # A message above 512 KiB.
    INTERNAL = 1011  # A bug of ours; come back.
    NOT_JOINED = 4401  # The first message was no valid `hello` or `resume`, or it was refused.
    HELLO_TIMEOUT = 4408  # No first message within 10 s.
    TOO_SLOW = 4409  # Did not read what it was sent.
    SILENT = 4410  # Did not answer a ping.
    RATE_LIMITED = 4429  # Went on sending far above the limit.
