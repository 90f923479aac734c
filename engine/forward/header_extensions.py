"""The header extension blocks that viewers get: restamped send time, and the voice level of audio.

Everything else that a sender adds is between it and us (transport-cc numbers, mid and rid) or would
mislead a receiver of another stream (the dependency descriptor, facts/webrtc.md 12).
"""

from ..rtp.extensions import build_abs_send_time, build_block

# The ids of abs-send-time and of the audio level as one viewer negotiated them; None: it did not.
ExtensionKey = tuple[int | None, int | None]


class ExtensionBlocks(dict[ExtensionKey, bytes]):
    """The blocks of one moment: one for each distinct set of ids, whoever many viewers share it."""

    __slots__ = ("_level", "_time")

    def __init__(self, now_s: float, level: bytes | None = None) -> None:
        super().__init__()
        self._time = build_abs_send_time(now_s)
        self._level = level

    def __missing__(self, key: ExtensionKey) -> bytes:
        abs_send_time_id, audio_level_id = key
        elements: list[tuple[int, bytes]] = []
        if abs_send_time_id is not None:
            elements.append((abs_send_time_id, self._time))
        if audio_level_id is not None and self._level is not None:
            elements.append((audio_level_id, self._level))
        block = self[key] = build_block(elements)
        return block
