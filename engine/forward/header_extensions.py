"""The header extension blocks that viewers get: restamped send time, and the voice level of audio.

Everything else that a sender adds is between it and us (transport-cc numbers, mid and rid) or would
mislead a receiver of another stream (the dependency descriptor, facts/webrtc.md 12).
"""

from ..rtp.extensions import build_abs_send_time, build_block


class ExtensionBlocks:
    """The blocks of one moment: one for each distinct set of ids, whoever many viewers share it."""

    __slots__ = ("_blocks", "_level", "_time")

    def __init__(self, now_s: float, level: bytes | None = None) -> None:
        self._time = build_abs_send_time(now_s)
        self._level = level
        self._blocks: dict[tuple[int | None, int | None], bytes] = {}

    def get(self, abs_send_time_id: int | None, audio_level_id: int | None) -> bytes:
        """Return the block for these ids; None: not negotiated."""
        key = (abs_send_time_id, audio_level_id)
        block = self._blocks.get(key)
        if block is None:
            elements: list[tuple[int, bytes]] = []
            if abs_send_time_id is not None:
                elements.append((abs_send_time_id, self._time))
            if audio_level_id is not None and self._level is not None:
                elements.append((audio_level_id, self._level))
            block = self._blocks[key] = build_block(elements)
        return block
