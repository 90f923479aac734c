"""`emporion stress` without a node: the line of figures, and what is wrong with a profile."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import cast

import pytest

from emporion.engine.config import Config
from emporion.engine.testing.network import ConstantRate, Link, LinkProfile, RandomLoss
from emporion.engine.testing.network.relay import ClientPath
from emporion.web.cli import run
from emporion.web.serve_command import RunningNode
from emporion.web.stress_status import StressStatus


@asynccontextmanager
async def no_node(config: Config) -> AsyncIterator[RunningNode]:
    """Never opened: the profile is looked at first."""
    raise AssertionError("opened")
    yield


def path(*, loss: RandomLoss | None = None) -> ClientPath:
    profile = LinkProfile(rate=ConstantRate(1e6), delay_s=0.0, loss=loss)
    links = SimpleNamespace(down=Link(profile, seed=1), up=Link(profile, seed=2))
    return cast(ClientPath, links)  # Sockets and scopes are no matter here.


def test_the_line_has_rate_queue_and_loss_of_the_last_second() -> None:
    status, client = StressStatus(), path()
    for number in range(10):  # 10 ms each on the line, all at once.
        client.down.offer(1250, b"", 0.0)
        client.up.offer(125, b"", number * 0.1)
    client.down.take(1.0)
    client.up.take(1.0)
    line = status.line("3g", [client], over_s=1.0)
    assert line == (
        "3g: 1 client | #1 down 100 kbit/s, queue 100 ms, lost 0.0%, up 10 kbit/s, queue 2 ms,"
        " lost 0.0%"
    )
    assert "down 0 kbit/s, queue 0 ms" in status.line("3g", [client], over_s=1.0)


def test_losses_are_those_since_the_last_line() -> None:
    status, client = StressStatus(), path(loss=RandomLoss(1.0))
    client.down.offer(1250, b"", 0.0)
    assert "lost 100.0%" in status.line("lossy", [client], over_s=1.0)
    assert "lost 100.0%" not in status.line("lossy", [client], over_s=1.0)


def test_many_clients_are_counted_and_the_first_shown() -> None:
    line = StressStatus().line("edge", [path() for _ in range(9)], over_s=1.0)
    assert line.startswith("edge: 9 clients | #1 ")
    assert "#4" in line
    assert "#5" not in line


def test_an_unknown_profile_is_refused_with_those_there_are(
    capsys: pytest.CaptureFixture[str], tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(str(tmp_path))
    assert run(["stress", "--profile", "5g"], no_node) == 2
    assert "crowded-wifi" in capsys.readouterr().err
