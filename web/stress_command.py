"""`emporion stress`: a node whose clients all sit behind an emulated network.

The pages and the WebSocket are not slowed, only media is. A line on stdin names another profile.
"""

import sys
from typing import Final

import msgspec
import trio

from ..engine.config import Config
from ..engine.errors import ConfigError
from ..engine.testing.network import PROFILES, NetworkProfile, find_profile
from ..engine.testing.network.relay import Relay
from ..engine.transport.addresses import plan_addresses
from .serve_command import OpenNode, RunningNode, greeting, serve
from .stress_status import StressStatus

_TERMINAL_PERIOD_S: Final = 1.0
_LOG_PERIOD_S: Final = 10.0  # Where the line cannot be written over.


async def stress(config: Config, open_node: OpenNode, profile_name: str, seed: int) -> int:
    """Serve until SIGTERM or SIGINT, with media through the network of that name.

    Raises:
        ConfigError: There is no such profile, or the node cannot start as configured.
    """
    profile = named_profile(profile_name)
    plan = plan_addresses(config.media.host, config.media.advertised_addresses)
    relay = Relay(plan.bound, config.media.port, profile, seed=seed)
    media = msgspec.structs.replace(config.media, port=0, advertised_port=relay.port)

    async def run(node: RunningNode) -> None:
        async with trio.open_nursery() as nursery:
            await nursery.start(relay.run, node.media_port)
            print(greeting(node), introduction(relay), sep="\n", flush=True)
            nursery.start_soon(_change_profile, relay)
            await _show_status(relay)

    return await serve(msgspec.structs.replace(config, media=media), open_node, body=run)


def named_profile(name: str) -> NetworkProfile:
    """The profile, or what is wrong with its name as an error for the command line.

    Raises:
        ConfigError: Neither a profile nor a trace file.
    """
    try:
        return find_profile(name)
    except ValueError as error:
        raise ConfigError(f"--profile: {error}") from error


def introduction(relay: Relay) -> str:
    """What a person wants to know of the network."""
    return (
        f"Media goes through an emulated network on UDP {relay.port}: {describe(relay.profile)}.\n"
        "Write another name and Enter to change it: " + ", ".join(PROFILES) + ", or a trace file."
    )


def describe(profile: NetworkProfile) -> str:
    return f"{profile.name} ({profile.summary})"


async def _show_status(relay: Relay) -> None:
    is_terminal = sys.stdout.isatty()
    period_s = _TERMINAL_PERIOD_S if is_terminal else _LOG_PERIOD_S
    status = StressStatus()
    while True:
        await trio.sleep(period_s)
        line = status.line(relay.profile.name, relay.paths, over_s=period_s)
        # Back to the line's start, and clear what the longer one before it left (ECMA-48 EL).
        print(f"\r\x1b[K{line}" if is_terminal else line, end="" if is_terminal else "\n")
        sys.stdout.flush()


async def _change_profile(relay: Relay) -> None:
    while line := await trio.to_thread.run_sync(sys.stdin.readline, abandon_on_cancel=True):
        name = line.strip()
        if not name:
            continue
        try:
            profile = named_profile(name)
        except ConfigError as error:
            print(error, file=sys.stderr, flush=True)
        else:
            relay.configure(profile)
            print(f"Now {describe(profile)}.", flush=True)
