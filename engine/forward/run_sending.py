"""Seal packets of a run for one viewer and put them out: whole trains, or pieces of them."""

from .api import Transmit
from .forwarder_state import ForwarderState
from .header_extensions import ExtensionBlock
from .outbound_slot import VideoSlot
from .seal import seal_train
from .sent_history import SentRun
from .source_run import SourceRun
from .train_plan import Train


def send_run(
    state: ForwarderState,
    slot: VideoSlot,
    run: SourceRun,
    sent_run: SentRun,
    block: ExtensionBlock,
    now_s: float,
) -> None:
    """Send all of a run at once; the hot path."""
    index, _, _, _, rtp_timestamp, picture_id, tl0, ends_picture, _ = sent_run
    if run.picture is not None:
        run.picture.write(picture_id, tl0, ends_picture)
    transport = slot.transport
    overhead = block.overhead
    sent = transport.sent
    for train in run.trains:
        number = sent.next_number
        data = seal_train(
            train.packets,
            slot=slot,
            encrypt=transport.encrypt,
            index=index + train.first,
            rtp_timestamp=rtp_timestamp,
            block=block,
            number=number,
        )
        if block.step:
            count = len(train.packets)
            sent.next_number = number + count
            sent.append((count, len(data), now_s, 0))
        state.outputs.append(Transmit(transport.transport_id, data, train.padded_bytes + overhead))
    slot.history.append(sent_run)
    slot.packets_sent += run.count
    slot.octets_sent += run.payload_bytes
    counters = state.counters
    counters.packets_sent += run.count
    counters.bytes_sent += run.payload_bytes + run.count * overhead
    counters.trains_sent += len(run.trains)
    counters.padding_bytes_sent += run.padding_bytes


def send_piece(
    state: ForwarderState,
    slot: VideoSlot,
    train: Train,
    start: int,
    stop: int,
    sent_run: SentRun,
    block: ExtensionBlock,
    *,
    now_s: float,
    probe_id: int,
) -> int:
    """Send the packets [start, stop) of a train; return their size, sealed."""
    packets = train.packets[start:stop]
    transport = slot.transport
    data = seal_train(
        packets,
        slot=slot,
        encrypt=transport.encrypt,
        index=sent_run.first + train.first + start,
        rtp_timestamp=sent_run.rtp_timestamp,
        block=block,
        number=transport.sent.next_number,
    )
    size, count = len(data), stop - start
    if block.step:
        transport.sent.add(count, size, now_s, probe_id)
    state.outputs.append(
        Transmit(transport.transport_id, data, train.padded_bytes + block.overhead)
    )
    slot.packets_sent += count
    slot.octets_sent += size - count * block.overhead
    counters = state.counters
    counters.packets_sent += count
    counters.bytes_sent += size
    counters.trains_sent += 1
    return size
