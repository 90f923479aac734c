"""A whole server as people run it, `emporion serve`, in a process of its own, to be measured."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from emporion.engine.config import Config, NodeConfig
from emporion.engine.grants import RoleName
from emporion.web.keys import effective_auth, signing_key
from emporion.web.tokens import GrantClaims, make_token

_SETTINGS = {
    "EMPORION_HTTP__HOST": "127.0.0.1",
    "EMPORION_HTTP__PORT": "0",
    "EMPORION_MEDIA__HOST": "127.0.0.1",
    "EMPORION_MEDIA__PORT": "0",
    "EMPORION_METRICS__PORT": "0",
    "EMPORION_LOG__LEVEL": "warning",
    "EMPORION_NODE__STOP_GRACE_S": "0.5",
}
_NONE: Mapping[str, str] = {}
_STRICT = "EMPORION_STRICT"  # The tests' own setting: every actor message is encoded; not here.


class ServerProcess:
    """A running server. `port` is the one of pages and WebSocket, `media_port` that of UDP."""

    def __init__(self, pid: int, port: int, media_port: int, data_dir: Path) -> None:
        self.pid = pid
        self.port = port
        self.media_port = media_port
        self._key = signing_key(effective_auth(Config(node=NodeConfig(data_dir=str(data_dir)))))

    def cpu_s(self) -> float:
        """CPU time of all its threads so far; `schedstat` counts nanoseconds, `stat` ticks."""
        tasks = Path(f"/proc/{self.pid}/task").iterdir()
        return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e9

    def rss_kib(self) -> int:
        """Resident memory, shared libraries included."""
        return int(Path(f"/proc/{self.pid}/statm").read_text().split()[1]) * 4

    def token(
        self,
        identity: str,
        *,
        room: str,
        role: RoleName = "merchant",
        template: str = "class",
        can_publish: bool | None = None,
    ) -> str:
        """A token for one person in one room; `can_publish`: None leaves it to the role."""
        key_id, secret = self._key
        return make_token(
            key_id,
            secret,
            identity=identity,
            name=identity.title(),
            expires_at_unix_s=time.time() + 3600,
            grants=GrantClaims(
                room=room, room_join=True, role=role, template=template, can_publish=can_publish
            ),
        )


@contextmanager
def serving(
    data_dir: Path, settings: Mapping[str, str] = _NONE, *, installed: Path | None = None
) -> Iterator[ServerProcess]:
    """Start a server, stop it with the block.

    Args:
        data_dir: Where it keeps its data.
        settings: `EMPORION_SECTION__KEY`.
        installed: A folder of distributions that it finds besides those of this Python.
    """
    environment = {name: value for name, value in os.environ.items() if name != _STRICT}
    process = subprocess.Popen(
        [sys.executable, "-m", "emporion", "serve"],
        stdout=subprocess.PIPE,
        text=True,
        env=environment
        | _SETTINGS
        | dict(settings)
        | {
            "EMPORION_NODE__DATA_DIR": str(data_dir),
            "PYTHONPATH": os.pathsep.join(filter(None, (*sys.path, str(installed or "")))),
        },
    )
    try:
        assert process.stdout is not None
        greeting = process.stdout.readline()
        found = re.search(r"http://[^:]+:(\d+) \(media: UDP (\d+)\)", greeting)
        assert found, f"the server did not start: {greeting!r}"
        yield ServerProcess(process.pid, int(found[1]), int(found[2]), data_dir)
    finally:
        process.terminate()
        process.wait(20)
