"""What a hostile document could run has no socket, no program, no file and no second process."""

import platform
import subprocess
import sys

import pytest

from emporion.engine.store.rendering import RENDERER

JAIL = RENDERER.with_name("renderer_jail.py")
PROBE = """
import ctypes, os, runpy, signal, socket, sys, threading
jail = runpy.run_path({jail!r})
{before}
refused = jail["enter"]()
assert not [name for name in refused if {fence!r} in name], refused
try:
    {attempt}
except (OSError, RuntimeError) as error:
    print("refused", type(error).__name__)
except MemoryError:
    print("refused", "MemoryError")
else:
    print("done")
"""
FREE = "jail['enter'] = lambda: ()"
LIBC = "libc = ctypes.CDLL(None, use_errno=True)"


def probe(attempt: str, *, before: str = "", fence: str = "seccomp") -> str:
    """Try something within the jail; return what became of it."""
    code = PROBE.format(jail=str(JAIL), attempt=attempt, before=before, fence=fence)
    ran = subprocess.run(
        [sys.executable, "-I", "-c", code], capture_output=True, env={}, timeout=30, check=False
    )
    return ran.stdout.decode().strip() or f"ended with {ran.returncode}: {ran.stderr.decode()}"


HARMLESS = (
    "socket.socket()",
    "socket.socket(socket.AF_UNIX)",
    "socket.socketpair()",
    "os.posix_spawn('/bin/true', ['/bin/true'], {})",
    "os.fork()",
    "threading.Thread(target=print).start()",
    "os.kill(os.getpid(), 0)",
    "os.memfd_create('x')",
    "os.pipe()",
    "open('/dev/null', 'r+')",
    "open('/etc/passwd')",
    "os.listdir('/')",
)


@pytest.mark.parametrize(
    "attempt",
    [
        *HARMLESS,
        "os.execv('/bin/true', ['/bin/true'])",
        "os.mkdir('/tmp/emporion-jail')",
        "os.unlink(sys.executable)",
        "os.chmod('/tmp', 0o777)",
        "open('/dev/shm/emporion-jail', 'w')",
    ],
)
def test_what_is_not_needed_to_draw_is_refused(attempt: str) -> None:
    assert probe(attempt).startswith("refused")


@pytest.mark.parametrize("attempt", HARMLESS)
def test_without_the_jail_the_same_is_possible(attempt: str) -> None:
    """So that it is the jail that refuses it."""
    assert "done" in probe(attempt, before=FREE)


@pytest.mark.parametrize("number", [41, 57, 59, 62, 101, 272, 308, 321, 425, 435])
@pytest.mark.skipif(platform.machine() != "x86_64", reason="the numbers are those of x86-64")
def test_a_system_call_by_its_number_is_refused(number: int) -> None:
    """Who runs machine code asks no library: socket, fork, execve, kill, ptrace, unshare, setns,
    bpf, io_uring_setup, clone3 (x86-64)."""
    attempt = f"print(libc.syscall({number}, 0, 0, 0, 0), ctypes.get_errno())"
    assert probe(attempt, before=LIBC).splitlines()[0] == "-1 1"


def test_fonts_are_read() -> None:
    assert probe("os.listdir('/usr/share/fonts')") == "done"


def test_memory_is_limited() -> None:
    assert probe("bytearray(2 * 1024**3)") == "refused MemoryError"


@pytest.mark.parametrize("fence", ["no_new_privs", "landlock", "seccomp"])
def test_a_kernel_that_refuses_a_fence_is_told_of(fence: str) -> None:
    """The others are closed all the same."""
    function = {
        "no_new_privs": "_drop_privileges",
        "landlock": "_fence_files",
        "seccomp": "_filter",
    }[fence]
    before = (
        "def no(*_):\n    raise OSError(38, 'no')\n"
        f"jail['enter'].__globals__[{function!r}] = no\n"
        "enter = jail['enter']\n"
        f"jail['enter'] = lambda: (print(*enter()), ())[1]"
    )
    lines = probe("open('/dev/shm/emporion-jail', 'w')", before=before).splitlines()
    assert lines[0].startswith(f"{fence}: ENOSYS")
    assert lines[1].startswith("refused") or fence == "no_new_privs"
