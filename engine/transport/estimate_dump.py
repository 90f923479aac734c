"""Writes what an estimator says to a file, for `emporion plot-estimates`.

One msgpack array for each `RateTarget` with the time before it. The file is bounded: a dump is for
looking at an hour of some viewers, not for keeping.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, Final

import msgpack
import msgspec

from ..congestion.api import ArrivalRow, Estimator, RateTarget
from ..errors import ConfigError
from ..ids import TransportId

MAX_BYTES: Final = 100_000_000  # About a million targets: an hour of a class of twenty.

_encode = msgspec.msgpack.Encoder().encode


class DumpingEstimator:
    """An estimator whose targets are written down as well; implements `Estimator`."""

    def __init__(self, inner: Estimator, file: BinaryIO, *, max_bytes: int = MAX_BYTES) -> None:
        self._inner = inner
        self._file = file
        self._left_bytes = max_bytes
        self.add = inner.add
        self.remove = inner.remove
        self.handle_sent = inner.handle_sent
        self.handle_remb = inner.handle_remb
        self.handle_reception = inner.handle_reception
        self.want = inner.want

    def handle_arrivals(
        self, transport_id: TransportId, rows: Sequence[ArrivalRow], now_s: float
    ) -> None:
        self._inner.handle_arrivals(transport_id, rows, now_s)

    def update(self, now_s: float) -> Sequence[RateTarget]:
        """Write down what is returned, until the file is full."""
        targets = self._inner.update(now_s)
        if targets and self._left_bytes > 0 and not self._file.closed:
            lines = b"".join(_encode((now_s, *target)) for target in targets)
            self._left_bytes -= len(lines)
            self._file.write(lines)  # Into a buffer; the disk is the kernel's.
        return targets


@contextmanager
def dumped(estimator: Estimator, path: str | None) -> Iterator[Estimator]:
    """Dump to `path` around a body; without a path the estimator is left as it is.

    Raises:
        ConfigError: The file cannot be written.
    """
    if path is None:
        yield estimator
        return
    try:
        file = Path(path).open("wb")  # noqa: SIM115  # Closed below, whatever the body raises.
    except OSError as error:
        raise ConfigError(f"media.estimate_dump: cannot write {path}: {error}") from error
    with file:
        yield DumpingEstimator(estimator, file)


def read_dump(path: Path) -> dict[TransportId, list[tuple[float, RateTarget]]]:
    """Return the targets of each viewer, by time; what was cut off at the end is left out.

    Raises:
        ConfigError: There is no such file, or it is none of these.
    """
    found: dict[TransportId, list[tuple[float, RateTarget]]] = {}
    try:
        with path.open("rb") as file:
            for line in msgpack.Unpacker(file, use_list=False):
                now_s, target = _read_line(line)
                found.setdefault(target.transport_id, []).append((now_s, target))
    except OSError as error:
        raise ConfigError(f"cannot read {path}: {error}") from error
    except (msgspec.ValidationError, msgpack.UnpackException, ValueError) as error:
        raise ConfigError(f"{path} is no dump of estimates: {error}") from error
    return found


def _read_line(line: Any) -> tuple[float, RateTarget]:  # Any: what msgpack holds.
    if not isinstance(line, tuple) or len(line) != 1 + len(RateTarget._fields):
        raise ValueError("an array of another length")
    return float(line[0]), msgspec.convert(line[1:], RateTarget)
