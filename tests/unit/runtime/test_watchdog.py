"""A stalled loop is reported while it stalls."""

import threading

from emporion.engine.runtime import Stall, open_watchdog


async def test_a_stall_is_reported_with_its_place_while_it_lasts() -> None:
    """The loop stands until the report is there: no other time plays a part."""
    reports: list[Stall] = []
    reported = threading.Event()

    def report(stall: Stall) -> None:
        reports.append(stall)
        reported.set()

    async with open_watchdog(threshold_s=0.01, interval_s=0.001, on_stall=report) as watchdog:
        assert reported.wait(timeout=10)

    assert watchdog.stalls >= 1
    assert reports[0].waited_s >= 0.01
    assert "reported.wait(timeout=10)" in reports[0].stack
