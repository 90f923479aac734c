"""Waiting at the door behind the real gateway: its time limits are for those who say nothing."""

from pathlib import Path

import msgspec
import pytest
import trio
from gateway_rig import KEY_ID, SECRET, hello, open_client, packed, receive, token
from trio_websocket import ConnectionClosed

from emporion.engine.config import (
    AuthConfig,
    Config,
    HttpConfig,
    MediaConfig,
    MetricsConfig,
    NodeConfig,
    Secret,
)
from emporion.engine.protocol.server import Pong, RequestFailed, Waiting, Welcome
from emporion.node import open_node
from emporion.web import connection

SHORT_S = 0.3


async def test_who_waits_is_not_cut_off_by_the_hello_or_the_join_timeout(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "HELLO_TIMEOUT_S", SHORT_S)
    monkeypatch.setattr(connection, "JOIN_TIMEOUT_S", SHORT_S)
    config = Config(
        node=NodeConfig(data_dir=str(tmp_path), stop_grace_s=1.0),
        http=HttpConfig(host="127.0.0.1", port=0),
        media=MediaConfig(host="127.0.0.1", port=0),
        metrics=MetricsConfig(port=0),
        auth=AuthConfig(keys={KEY_ID: Secret(SECRET)}),
        plugins={"lobby": {"waiting_room": ["class"]}},
    )
    with trio.fail_after(30):
        async with open_node(config) as node, open_client(node.http_port, joined=False) as li:
            await li.send_message(hello("li", token=token("li", template="class")))
            waiting = await receive(li)
            assert isinstance(waiting, Waiting)
            await trio.sleep(3 * SHORT_S)
            await li.send_message(packed(type="ping", ref=2))
            assert await receive(li) == Pong(ref=2)

            async with open_client(node.http_port, joined=False) as host:
                made = token("ana", template="class", role="host")
                await host.send_message(hello("ana", token=made))
                while not isinstance(welcome := await receive(host), Welcome):
                    pass
                body = {"type": "refuse", "waiting_id": waiting_id(welcome), "message": "No."}
                await host.send_message(
                    packed(type="plugin_request", ref=3, plugin="lobby", body=body)
                )
                refused = await receive(li)
                assert isinstance(refused, RequestFailed)
                assert (refused.ref, refused.code) == (waiting.ref, "lobby.refused")
                with pytest.raises(ConnectionClosed):
                    await li.get_message()


def waiting_id(welcome: Welcome) -> str:
    """Who waits, as the lobby shows it to a host."""
    (knock,) = msgspec.msgpack.decode(welcome.plugins["lobby"].body)["waiting"]
    return str(knock["waiting_id"])
