"""Answer a viewer's NACK for a voice: send the very packet again, octet for octet.

Browsers have no retransmission stream for audio, so it goes out on the slot's own SSRC, with the
same SRTP index. AES-GCM breaks when a nonce returns with another message (RFC 7714 §8.1), so the
message has to be the same: timestamp, payload, whether earlier packets were in it, send time, voice
level and transport-wide number are those of the first time (`voice_history`). Such a packet tells
nothing of the link when it arrives, and is kept out of what the estimator is told.

A packet is of use until the receiver has had to go on without it. What was played before the slot
changed to another speaker is not sent again.
"""

from typing import Final

from .api import Transmit
from .forwarder_state import ForwarderState
from .outbound_slot import AudioSlot
from .seal import seal_packet
from .timestamp_line import MASK
from .train_plan import M_BIT
from .voice_history import (
    AGAIN,
    INDEX_MASK,
    INDEX_SHIFT,
    RED_BIT,
    TAIL_MASK,
    VOICES_KEPT,
    SentVoice,
)

MAX_AGE_S: Final = 0.4  # Jitter buffers of browsers hold 20 to 200 ms, and the NACK took its time.
MAX_TIMES: Final = 2  # The second one may get lost as well; more have hardly time to come.


def resend_audio(
    state: ForwarderState, slot: AudioSlot, lost: tuple[int, ...], now_s: float
) -> None:
    """Send again what a viewer did not get of a voice, and can still play.

    Args:
        lost: Its 16-bit sequence numbers. Browsers list all that they miss, oldest first, so only
            the last ones can be of use.
    """
    sent = 0
    for number in lost[-VOICES_KEPT:]:
        if slot.transport.retransmissions_left and _resend(state, slot, number, now_s):
            slot.transport.retransmissions_left -= 1
            sent += 1
    counters = state.counters
    counters.nacks_received += len(lost)
    counters.audio_retransmissions_sent += sent
    counters.audio_retransmissions_refused += len(lost) - sent


def _resend(state: ForwarderState, slot: AudioSlot, number: int, now_s: float) -> bool:
    """Send one packet again by its 16-bit number, if it is known and of use."""
    words, encoding = slot.sent_words, slot.encoding
    if words is None or encoding is None:
        return False
    word = words[number % VOICES_KEPT]
    index = word >> INDEX_SHIFT & INDEX_MASK
    if not word or index & 0xFFFF != number or word >= MAX_TIMES * AGAIN:
        return False
    voice = encoding.voices.get(index - slot.sequence.shift)
    if voice is None or now_s - voice.sent_s > MAX_AGE_S:
        return False
    words[number % VOICES_KEPT] = word + AGAIN
    _send(state, slot, voice, word)
    return True


def _send(state: ForwarderState, slot: AudioSlot, voice: SentVoice, word: int) -> None:
    packet, tail = voice.packet, word & TAIL_MASK
    payload, payload_type = packet.payload, slot.payload_type
    if word & RED_BIT:
        assert slot.red_payload_type is not None  # It was sent with it.
        payload, payload_type = voice.reds[payload_type], slot.red_payload_type
    block = voice.blocks[slot.extension_key]
    transport = slot.transport
    data = seal_packet(
        payload,
        word=(M_BIT if packet.marker else 0) | payload_type,
        ssrc=slot.ssrc,
        nonce_base=slot.nonce_base,
        encrypt=transport.encrypt,
        index=word >> INDEX_SHIFT & INDEX_MASK,
        rtp_timestamp=(packet.rtp_timestamp + slot.line.offset) & MASK,
        block=block,
        number=tail,
    )
    if block.step:
        transport.sent.repeat(tail)
    # It takes of the link like any other voice, so the pacer counts it like one.
    slot.packets_sent += 1
    slot.octets_sent += len(payload)
    state.counters.bytes_sent += len(data)
    state.outputs.append(Transmit(transport.transport_id, data, len(data)))
