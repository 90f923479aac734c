"""Who has gone is freed at once: no cycle of references waits for the garbage collector."""

import gc
from collections import Counter
from contextlib import AsyncExitStack
from pathlib import Path

import trio
from bench.bench_join import Control, Guest
from gateway_rig import KEY_ID, SECRET, token

from emporion.actors.participant import ParticipantActor
from emporion.engine.config import (
    AuthConfig,
    Config,
    HttpConfig,
    MediaConfig,
    MetricsConfig,
    NodeConfig,
    RoomsConfig,
    Secret,
)
from emporion.engine.forward.encoding import InboundEncoding
from emporion.engine.forward.outbound_slot import OutboundSlot
from emporion.engine.forward.published_track import PublishedTrack
from emporion.engine.forward.transport_state import TransportState
from emporion.engine.testing.load_client import LoadIdentity
from emporion.node import Node, open_node
from emporion.web.outlet import Outlet

# What a server has for each participant, and a client has not.
HEAVY = (
    InboundEncoding,
    OutboundSlot,
    Outlet,
    ParticipantActor,
    PublishedTrack,
    TransportState,
)


def living() -> Counter[str]:
    return Counter(type(thing).__name__ for thing in gc.get_objects() if isinstance(thing, HEAVY))


async def join(node: Node, name: str, stack: AsyncExitStack) -> tuple[Guest, Control]:
    guest = Guest(LoadIdentity())
    url = f"ws://127.0.0.1:{node.http_port}/ws"
    return guest, await guest.join(url, token(name, template="class"), stack)


async def until_there_are(expected: Counter[str]) -> None:
    with trio.move_on_after(5):
        while living() != expected:  # noqa: ASYNC110  # Nothing tells of an end.
            await trio.sleep(0.05)
    assert living() == expected


async def test_who_has_gone_is_freed_without_the_garbage_collector(tmp_path: Path) -> None:
    config = Config(
        node=NodeConfig(data_dir=str(tmp_path), stop_grace_s=1.0),
        http=HttpConfig(host="127.0.0.1", port=0),
        media=MediaConfig(host="127.0.0.1", port=0),
        metrics=MetricsConfig(enabled=False),
        auth=AuthConfig(keys={KEY_ID: Secret(SECRET)}),
        rooms=RoomsConfig(resume_window_s=1.0),
    )
    gc.collect()
    gc.disable()
    try:
        nobody = living()
        async with open_node(config) as node:
            async with AsyncExitStack() as publishing:
                publisher, control = await join(node, "ana", publishing)
                await publisher.publish(control)
                await trio.sleep(0.1)
                alone = living()
                async with AsyncExitStack() as viewing:
                    viewer, control = await join(node, "li", viewing)
                    await viewer.see(control)
                    both = living()
                await until_there_are(alone)
            await until_there_are(nobody)
    finally:
        gc.enable()
    assert both["TransportState"] == 2
    assert alone["InboundEncoding"] == 1
