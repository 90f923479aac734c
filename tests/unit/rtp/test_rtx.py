"""Retransmission payloads (RFC 4588 §4)."""

import pytest

from emporion.engine.rtp.rtx import unwrap_payload, wrap_payload


def test_the_original_number_stands_before_the_payload() -> None:
    assert wrap_payload(0x1_2345, b"abc") == b"\x23\x45abc"
    assert unwrap_payload(b"\x23\x45abc") == (0x2345, b"abc")
    assert unwrap_payload(b"\x23\x45") == (0x2345, b"")


@pytest.mark.parametrize("payload", [b"", b"\x01"])
def test_pitfall_13_a_padding_only_probe_repeats_nothing(payload: bytes) -> None:
    assert unwrap_payload(payload) is None
