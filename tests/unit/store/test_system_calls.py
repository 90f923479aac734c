"""The jail's numbers of system calls are those of the kernel's own headers, for each machine."""

import re
import runpy
from pathlib import Path

import pytest

from emporion.engine.store.rendering import RENDERER

CALLS = runpy.run_path(str(RENDERER.with_name("renderer_jail.py")))["_CALLS"]
# Of linux-libc-dev. AArch64 has the generic numbers: its own header includes that file.
HEADERS = {
    "x86_64": "/usr/include/x86_64-linux-gnu/asm/unistd_64.h",
    "aarch64": "/usr/include/asm-generic/unistd.h",
}
DEFINED = re.compile(r"^#define\s+__NR(?:3264)?_(\w+)\s+(\d+)\b", re.MULTILINE)
# So the generic header names a call whose 32-bit twin has another name: `newfstatat`.
RENAMED = re.compile(r"^#define\s+__NR_(\w+)\s+__NR3264_(\w+)\b", re.MULTILINE)


def numbers(header: str) -> dict[str, int]:
    """Read what a header defines."""
    known = {name: int(number) for name, number in DEFINED.findall(header)}
    for name, source in RENAMED.findall(header):
        if source in known:  # The others are of machines with 32 bits.
            known[name] = known[source]
    return known


@pytest.mark.parametrize("machine", HEADERS)
def test_every_number_is_that_of_the_kernel(machine: str) -> None:
    header = Path(HEADERS[machine])
    if not header.exists():
        pytest.skip(f"{header} comes with linux-libc-dev")
    known = numbers(header.read_text())
    _, openat, calls = CALLS[machine]
    assert {"openat": openat, **calls} == {name: known.get(name) for name in ("openat", *calls)}
