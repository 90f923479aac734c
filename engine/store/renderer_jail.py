"""Takes from this process, for good, whatever a hostile document could use; Linux, without root.

Four fences, each of which holds alone: resource limits (setrlimit(2)); no new privileges
(prctl(2)); Landlock (landlock(7)), which leaves the files of fonts and of Python to be read and
nothing to be written; and a seccomp(2) filter that knows some fifty system calls, among them none
that makes a socket, a process, a file or a signal to others. It imports nothing of Emporion. Call
`enter` when everything is imported and opened: what is not listed here fails with EPERM afterwards.
"""

import ctypes
import errno
import os
import platform
import resource
import struct
import sysconfig
from typing import Final

MEMORY_BYTES: Final = 1024**3  # Address space: pdfium and Pillow take some 300 MB of it unused.
CPU_S: Final = 600
OPEN_FILES: Final = 64  # Fonts.
NICENESS: Final = 10  # Audio and video go before slides.

FONTS: Final = (
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "/usr/share/X11/fonts",
    "/usr/share/ghostscript/fonts",
)

_PR_SET_DUMPABLE: Final = 4
_PR_SET_SECCOMP: Final = 22
_PR_SET_NO_NEW_PRIVS: Final = 38
_SECCOMP_MODE_FILTER: Final = 2

# linux/audit.h; then the calls that are let through, by name for whoever reads this. `openat` is
# not among them: it is let through for reading only. Numbers: asm/unistd.h of each machine.
_X86_64: Final = 0xC000003E
_AARCH64: Final = 0xC00000B7
_CALLS: Final[dict[str, tuple[int, int, dict[str, int]]]] = {
    "x86_64": (
        _X86_64,
        257,
        {
            "read": 0, "write": 1, "close": 3, "stat": 4, "fstat": 5, "lstat": 6, "poll": 7,
            "lseek": 8, "mmap": 9, "mprotect": 10, "munmap": 11, "brk": 12, "rt_sigaction": 13,
            "rt_sigprocmask": 14, "rt_sigreturn": 15, "pread64": 17, "readv": 19, "writev": 20,
            "access": 21, "sched_yield": 24, "mremap": 25, "madvise": 28, "nanosleep": 35,
            "getpid": 39, "exit": 60, "uname": 63, "fcntl": 72, "getcwd": 79, "readlink": 89,
            "gettimeofday": 96, "getrlimit": 97, "getrusage": 98, "sysinfo": 99, "times": 100,
            "getuid": 102, "getgid": 104, "geteuid": 107, "getegid": 108, "sigaltstack": 131,
            "gettid": 186, "futex": 202, "sched_getaffinity": 204, "getdents64": 217,
            "restart_syscall": 219, "clock_gettime": 228, "clock_getres": 229,
            "clock_nanosleep": 230, "exit_group": 231, "newfstatat": 262, "readlinkat": 267,
            "faccessat": 269, "getrandom": 318, "membarrier": 324, "statx": 332, "rseq": 334,
            "faccessat2": 439,
        },
    ),
    "aarch64": (
        _AARCH64,
        56,
        {
            "getcwd": 17, "fcntl": 25, "faccessat": 48, "close": 57, "getdents64": 61,
            "lseek": 62, "read": 63, "write": 64, "readv": 65, "writev": 66, "pread64": 67,
            "ppoll": 73, "readlinkat": 78, "newfstatat": 79, "fstat": 80, "exit": 93,
            "exit_group": 94, "futex": 98, "nanosleep": 101, "clock_gettime": 113,
            "clock_getres": 114, "clock_nanosleep": 115, "sched_getaffinity": 123,
            "sched_yield": 124, "restart_syscall": 128, "sigaltstack": 132, "rt_sigaction": 134,
            "rt_sigprocmask": 135, "rt_sigreturn": 139, "times": 153, "uname": 160,
            "getrlimit": 163, "getrusage": 165, "gettimeofday": 169, "getpid": 172,
            "getuid": 174, "geteuid": 175, "getgid": 176, "getegid": 177, "gettid": 178,
            "sysinfo": 179, "brk": 214, "munmap": 215, "mremap": 216, "mmap": 222,
            "mprotect": 226, "madvise": 233, "getrandom": 278, "membarrier": 283, "statx": 291,
            "rseq": 293, "faccessat2": 439,
        },
    ),
}  # fmt: skip
_MAY_WRITE: Final = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC

# Classic BPF (linux/bpf_common.h, linux/seccomp.h).
_LOAD: Final = 0x20
_AND: Final = 0x54
_IF_EQUAL: Final = 0x15
_RETURN: Final = 0x06
_ALLOW: Final = 0x7FFF0000
_REFUSE: Final = 0x00050000 | errno.EPERM
_KILL: Final = 0x80000000
_AT_NUMBER: Final = 0
_AT_MACHINE: Final = 4
_AT_OPEN_FLAGS: Final = 16 + 2 * 8  # The low half of the third argument; both are little-endian.

# linux/landlock.h. The numbers of its calls are the same on every machine.
_CREATE_RULESET: Final = 444
_ADD_RULE: Final = 445
_RESTRICT_SELF: Final = 446
_RULE_PATH_BENEATH: Final = 1
_READ_FILE_AND_FOLDER: Final = 1 << 2 | 1 << 3
_FILE_RIGHTS: Final = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}  # By ABI: so many rights there are.

_libc = ctypes.CDLL(None, use_errno=True)


def enter() -> tuple[str, ...]:
    """Close the jail around this process; return which fences the kernel refuses, with its errno.

    Raises:
        OSError: Not even the limits can be set.
    """
    limit_resources()
    refused = []
    fences = (("no_new_privs", _drop_privileges), ("landlock", _fence_files), ("seccomp", _filter))
    for name, close in fences:
        try:
            close()
        except OSError as error:
            refused.append(f"{name}: {errno.errorcode.get(error.errno or 0, 'unknown')}")
    return tuple(refused)


def limit_resources() -> None:
    """Bound memory and time; forbid files, processes and dumps."""
    for kind, most in (
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_CPU, CPU_S),
        (resource.RLIMIT_FSIZE, 0),  # What it makes goes through a pipe.
        (resource.RLIMIT_NOFILE, OPEN_FILES),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (most, most))
    os.nice(NICENESS)


def _drop_privileges() -> None:
    _prctl(_PR_SET_NO_NEW_PRIVS, 1)
    _prctl(_PR_SET_DUMPABLE, 0)  # Nobody of the same user reads its memory, or it theirs.


def _fence_files() -> None:
    abi = _checked(_libc.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), 1))
    rights = (1 << _FILE_RIGHTS.get(abi, 16)) - 1
    # Since ABI 4 also TCP, since 6 signals and abstract sockets of others.
    attributes = struct.pack("=QQQ", rights, 0b11, 0b11)[: 8 if abi < 4 else 16 if abi < 6 else 24]
    ruleset = _checked(
        _libc.syscall(_CREATE_RULESET, attributes, ctypes.c_size_t(len(attributes)), 0)
    )
    try:
        # Python reads its codecs, and pdfium the fonts that a document names, when they are needed.
        for folder in {*FONTS, sysconfig.get_path("stdlib"), sysconfig.get_path("platlib")}:
            _let_read(ruleset, folder)
        _checked(_libc.syscall(_RESTRICT_SELF, ruleset, 0))
    finally:
        os.close(ruleset)


def _let_read(ruleset: int, folder: str) -> None:
    try:
        descriptor = os.open(folder, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        rule = struct.pack("=Qi", _READ_FILE_AND_FOLDER, descriptor)
        _checked(_libc.syscall(_ADD_RULE, ruleset, _RULE_PATH_BENEATH, rule, 0))
    finally:
        os.close(descriptor)


def _filter() -> None:
    calls = _CALLS.get(platform.machine())
    if calls is None:
        raise OSError(errno.ENOTSUP, "no filter for this machine")
    program = _program(*calls)
    code = ctypes.create_string_buffer(program, len(program))
    # struct sock_fprog: the number of instructions, and where they are.
    header = struct.pack("@HP", len(program) // 8, ctypes.addressof(code))
    _prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.c_char_p(header))


def _program(machine: int, openat: int, calls: dict[str, int]) -> bytes:
    """Write the filter: refuse all but the calls given, and `openat` unless it is to read."""
    numbers = sorted(calls.values())
    to_refuse = len(numbers)  # From behind the question for `openat`.
    rows = [
        (_LOAD, 0, 0, _AT_MACHINE),
        (_IF_EQUAL, 1, 0, machine),
        (_RETURN, 0, 0, _KILL),  # The calls of another machine have other numbers.
        (_LOAD, 0, 0, _AT_NUMBER),
        (_IF_EQUAL, to_refuse + 1, 0, openat),
        *((_IF_EQUAL, to_refuse - index + 3, 0, number) for index, number in enumerate(numbers)),
        (_RETURN, 0, 0, _REFUSE),
        (_LOAD, 0, 0, _AT_OPEN_FLAGS),
        (_AND, 0, 0, _MAY_WRITE),
        (_IF_EQUAL, 0, 1, 0),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _REFUSE),
    ]
    return b"".join(struct.pack("=HBBI", *row) for row in rows)


def _prctl(option: int, value: int, pointer: ctypes.c_char_p | None = None) -> None:
    # It takes longs: what is handed over as an int leaves their upper halves undefined.
    _checked(
        _libc.prctl(
            option,
            ctypes.c_ulong(value),
            pointer or ctypes.c_ulong(0),
            ctypes.c_ulong(0),
            ctypes.c_ulong(0),
        )
    )


def _checked(result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result
