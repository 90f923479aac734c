"""Many WebSocket listeners in one epoll loop, in a process of their own.

Run by bench_broadcast.py. Reads a JSON line on stdin: port, the frames to send after the opening
(hex), listeners, and what each is to receive. Prints `READY`, then a JSON line with the outcome.
"""

import json
import os
import select
import socket
import sys

OPENING = (
    b"GET /ws HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
    b"Sec-WebSocket-Protocol: emporion.v1\r\n\r\n"
)


def masked(payload: bytes) -> bytes:
    """A client's binary frame; the mask is all zero, which the protocol permits."""
    assert len(payload) < 65536
    return b"\x82\xfe" + len(payload).to_bytes(2, "big") + bytes(4) + payload


class Listener:
    """One client: counts whole messages and checks that the numbers in them rise by one."""

    def __init__(self, connection: socket.socket, message_bytes: int) -> None:
        self.connection = connection
        self.data = b""
        self.received = 0
        self.in_order = True
        self.frame_bytes = message_bytes + (2 if message_bytes < 126 else 4)

    def open(self, first: bytes) -> None:
        """Shake hands, say hello, and read until the hello is answered."""
        self.connection.sendall(OPENING)
        while b"\r\n\r\n" not in self.data:
            self.data += self.connection.recv(4096)
        answer, _, self.data = self.data.partition(b"\r\n\r\n")
        assert b" 101 " in answer, answer
        self.connection.sendall(masked(first))
        while len(self.data) < 2 or len(self.data) < 2 + self.data[1]:
            self.data += self.connection.recv(4096)
        self.data = self.data[2 + self.data[1] :]
        self.connection.setblocking(False)

    def read(self) -> int:
        """Take what has come; returns the number of whole messages."""
        try:
            self.data += self.connection.recv(65536)
        except BlockingIOError:
            return 0
        whole = len(self.data) // self.frame_bytes
        for index in range(whole):
            end = (index + 1) * self.frame_bytes
            number = int.from_bytes(self.data[end - 8 : end], "big")
            self.in_order &= number == self.received
            self.received += 1
        self.data = self.data[whole * self.frame_bytes :]
        return whole


def main() -> None:
    """Connect, listen, report."""
    order = json.loads(sys.stdin.readline())
    poll = select.epoll()
    listeners = {}
    for _ in range(order["listeners"]):
        connection = socket.create_connection(("127.0.0.1", order["port"]), timeout=20)
        listener = Listener(connection, order["message_bytes"])
        listener.open(bytes.fromhex(order["hello"]))
        listeners[connection.fileno()] = listener
        poll.register(connection.fileno(), select.EPOLLIN)
    print("READY", flush=True)
    missing = order["listeners"] * order["messages"]
    while missing > 0:
        ready = poll.poll(20.0)
        if not ready:
            break
        missing -= sum(listeners[number].read() for number, _ in ready)
    in_order = all(listener.in_order for listener in listeners.values())
    print(json.dumps({"missing": missing, "in_order": in_order}), flush=True)
    os._exit(0)  # Closing thousands of sockets politely is nobody's figure.


if __name__ == "__main__":
    main()
