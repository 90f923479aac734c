"""Report blocks about one encoding (RFC 3550 A.3, A.8)."""

import pytest

from emporion.engine.forward.reception import Reception

CYCLE = 0x1_0000


def receive(reception: Reception, sequences: list[int], *, late_s: float = 0.0) -> None:
    for sequence in sequences:
        now_s = 100 + sequence * 0.02 + late_s
        reception.received(sequence, int(sequence * 0.02 * 90_000) & 0xFFFF_FFFF, now_s)


def test_there_is_no_block_before_the_first_packet() -> None:
    assert Reception(1, 90_000).summarise(0.0) is None


def test_loss_is_told_by_interval_and_in_total() -> None:
    reception = Reception(7, 90_000)
    receive(reception, [CYCLE + i for i in range(10) if i not in (3, 4)])
    first = reception.summarise(1.0)
    receive(reception, [CYCLE + i for i in range(10, 20)])
    second = reception.summarise(2.0)
    assert first is not None
    assert second is not None
    assert first.ssrc == 7
    assert (first.fraction_lost, first.packets_lost) == (2 * 256 // 10, 2)
    assert (second.fraction_lost, second.packets_lost) == (0, 2)


def test_the_highest_sequence_counts_its_cycles() -> None:
    reception = Reception(7, 90_000)
    receive(reception, [CYCLE + 0xFFFE, CYCLE + 0xFFFF, CYCLE + 0x1_0000])
    block = reception.summarise(1.0)
    assert block is not None
    assert block.highest_sequence == 0x1_0000


def test_even_arrivals_have_no_jitter_and_uneven_ones_have() -> None:
    even, uneven = Reception(1, 90_000), Reception(1, 90_000)
    for index in range(100):
        receive(even, [CYCLE + index])
        receive(uneven, [CYCLE + index], late_s=0.01 * (index % 2))
    even_block, uneven_block = even.summarise(1.0), uneven.summarise(1.0)
    assert even_block is not None
    assert uneven_block is not None
    assert even_block.jitter <= 1
    assert uneven_block.jitter == pytest.approx(900, rel=0.1)


def test_the_delay_since_the_last_report_is_told() -> None:
    reception = Reception(1, 90_000)
    receive(reception, [CYCLE])
    reception.sender_report(0xABCD_1234, 10.0)
    block = reception.summarise(10.5)
    assert block is not None
    assert block.last_sr == 0xABCD_1234
    assert block.delay_since_last_sr == 32_768
