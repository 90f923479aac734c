"""A network of one's own: Firefox gathers no loopback candidates, so a test gives it an interface.

Linux keeps the network namespace per thread. A thread that enters a new one takes along the
threads and processes that it starts from then on, and nobody else. The namespace ends with the last
of them, so that even a killed test leaves nothing behind.
"""

import ctypes
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

ADDRESS: Final = "10.77.0.1"

_CLONE_NEWNET: Final = 0x40000000  # linux/sched.h
# Both ends of the pair are in the namespace: packets to ADDRESS never leave it. Without the default
# route Firefox takes no interface for one that leads anywhere, and gathers nothing.
_SET_UP: Final = f"""
ip link set lo up
ip link add d0 type veth peer name d1
ip address add {ADDRESS}/24 dev d0
ip link set d0 up
ip link set d1 up
ip route add default via 10.77.0.254
"""


class NetworkUnavailable(Exception):
    """No private network can be had here; the text says why."""


@contextmanager
def private_network() -> Iterator[None]:
    """Run the body, in this thread, in a new network namespace: loopback and `ADDRESS`.

    Raises:
        NetworkUnavailable: No iproute2, or no right to make one (root, or CAP_SYS_ADMIN).
    """
    if shutil.which("ip") is None:
        raise NetworkUnavailable("no `ip` here: install Debian's package iproute2")
    before = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
    try:
        _call("unshare", _CLONE_NEWNET)
        try:
            _set_up()
            yield
        finally:
            _call("setns", before, _CLONE_NEWNET)
    finally:
        os.close(before)


def write_launcher(path: Path, program: str) -> Path:
    """Write a script that runs a program in this thread's network, whoever starts it."""
    namespace = f"/proc/{os.getpid()}/task/{threading.get_native_id()}/ns/net"
    path.write_text(f'#!/bin/sh\nexec nsenter --net={namespace} {program} "$@"\n')
    path.chmod(0o755)
    return path


def _set_up() -> None:
    done = subprocess.run(["sh", "-ec", _SET_UP], capture_output=True, text=True, check=False)
    if done.returncode:
        raise NetworkUnavailable(f"the network could not be set up: {done.stderr.strip()}")


def _call(name: str, *arguments: int) -> None:
    """Call a function of the C library that Python 3.11 does not offer yet."""
    libc = ctypes.CDLL(None, use_errno=True)
    if getattr(libc, name)(*arguments) == -1:
        reason = os.strerror(ctypes.get_errno())
        raise NetworkUnavailable(f"{name} of the network namespace is refused: {reason}")
