"""Chromium on a page that drives itself: no driver is needed, and none of asyncio, which
trio-asyncio replaces in this process.
"""

import http.server
import os
import signal
import subprocess
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import trio

CHROMIUM = Path("/usr/bin/chromium")
_ARGUMENTS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--allow-loopback-in-peer-connection",  # webrtc.md 10.
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
]

Answer = Callable[[str, str], str]


@contextmanager
def serve_page(page: str, answer: Answer) -> Iterator[str]:
    """Serve a page; `answer(path, body)` is called in the trio thread for what it posts."""
    token = trio.lowlevel.current_trio_token()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._reply(page)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self._reply(trio.from_thread.run_sync(answer, self.path, body, trio_token=token))

        def _reply(self, text: str) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(text.encode())))
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


@asynccontextmanager
async def browse(url: str, profile: Path) -> AsyncIterator[None]:
    """Have Chromium on a page; its whole process group ends with the block."""
    process = await trio.lowlevel.open_process(
        [str(CHROMIUM), *_ARGUMENTS, f"--user-data-dir={profile}", url],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        with trio.CancelScope(shield=True):
            await process.wait()
