"""A TCP relay with the rate and the delay of a slow line; no browser slows an open WebSocket."""

from dataclasses import dataclass
from typing import Final

import trio

SEGMENT_BYTES: Final = 1_400
HEADER_RATIO: Final = 1.04  # What IPv4 and TCP add to a full segment.
IN_FLIGHT: Final = 64  # Segments on their way, in one direction of one connection.


@dataclass
class Direction:
    """One direction of the line; all connections share it."""

    rate_bps: float
    delay_s: float
    free_s: float = 0.0

    async def pass_through(self, count: int) -> float:
        """Wait until so many bytes are on the line; return when they arrive."""
        took_s = count * HEADER_RATIO * 8 / self.rate_bps
        self.free_s = max(self.free_s, trio.current_time()) + took_s
        await trio.sleep_until(self.free_s)
        return self.free_s + self.delay_s


class SlowTcp:
    """Relays to one port of this machine from one of its own."""

    def __init__(self, rate_bps: float, round_trip_s: float) -> None:
        self._up = Direction(rate_bps, round_trip_s / 2)
        self._down = Direction(rate_bps, round_trip_s / 2)
        self._round_trip_s = round_trip_s
        self.port = 0

    async def run(
        self, target_port: int, *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED
    ) -> None:
        async def serve(client: trio.SocketStream) -> None:
            await trio.sleep(self._round_trip_s)  # The handshake; loopback's own takes no time.
            server = await trio.open_tcp_stream("127.0.0.1", target_port)
            async with client, server, trio.open_nursery() as nursery:
                nursery.start_soon(_carry, client, server, self._up, nursery)
                nursery.start_soon(_carry, server, client, self._down, nursery)

        (listener,) = await trio.open_tcp_listeners(0, host="127.0.0.1")
        self.port = listener.socket.getsockname()[1]
        task_status.started()
        await trio.serve_listeners(serve, [listener])


async def _carry(
    source: trio.SocketStream,
    target: trio.SocketStream,
    direction: Direction,
    connection: trio.Nursery,
) -> None:
    """Carry bytes one way until that way or the other is closed."""
    arriving, landing = trio.open_memory_channel[tuple[float, bytes]](IN_FLIGHT)

    async def land() -> None:
        async for at_s, data in landing:
            await trio.sleep_until(at_s)
            await target.send_all(data)

    try:
        async with trio.open_nursery() as nursery, arriving:
            nursery.start_soon(land)
            while data := await source.receive_some(SEGMENT_BYTES):
                await arriving.send((await direction.pass_through(len(data)), data))
            arriving.close()
    except* (trio.BrokenResourceError, trio.ClosedResourceError):
        pass  # The browser or the node has closed it.
    connection.cancel_scope.cancel()
