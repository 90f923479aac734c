"""Which page of a document is wanted first: said to its renderer through a bounded pipe."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class PageWish:
    """One for each rendering; before that runs, and after, a wish is only noted.

    Attributes:
        page: That was wished for last.
    """

    def __init__(self, page: int = 1) -> None:
        self.page = page
        self._pipe: int | None = None

    def ask(self, page: int) -> None:
        """Have this page drawn next, and then those around it. Never waits."""
        self.page = page
        if self._pipe is None:
            return
        # It may have thousands to read, or have ended: then pages come in another order, no more.
        with suppress(BlockingIOError, BrokenPipeError):
            os.write(self._pipe, page.to_bytes(4, "little"))

    @contextmanager
    def heard(self) -> Iterator[int]:
        """Open the pipe around the block; give the end that the renderer reads."""
        reader, self._pipe = os.pipe()
        os.set_blocking(reader, False)
        os.set_blocking(self._pipe, False)
        try:
            self.ask(self.page)
            yield reader
        finally:
            os.close(reader)
            os.close(self._pipe)
            self._pipe = None
