"""What the actors of one node share for files: where they are, who fetches and who draws them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from ..engine.config import FilesConfig
from ..engine.ids import SessionId
from ..engine.store.file_store import FileStore
from ..engine.store.page_wish import PageWish
from ..engine.store.rendering import PageRenderer, RenderedPage
from .file_tickets import FileTickets


class Renderer(Protocol):
    """Draws pages. `engine.store.rendering.PageRenderer` is it."""

    async def render(
        self,
        source: Path,
        folder: Path,
        *,
        media_type: str,
        max_pages: int,
        on_page: Callable[[RenderedPage], None],
        wish: PageWish | None = None,
    ) -> None:
        """Write a file's pages into a folder.

        Raises:
            RequestDenied: `pages.…`.
        """
        ...


@dataclass(frozen=True, slots=True)
class FileService:
    """See the module."""

    store: FileStore
    limits: FilesConfig
    renderer: Renderer
    tickets: FileTickets
    open_sessions: set[SessionId] = field(default_factory=set)  # Whose rooms run now.

    @classmethod
    def at(
        cls,
        folder: Path,
        limits: FilesConfig | None = None,
        *,
        renderer: Renderer | None = None,
        uses_threads: bool = True,
    ) -> "FileService":
        """Make one for a folder.

        Args:
            folder: Made when it is needed.
            limits: None: the defaults.
            renderer: None: the real one, which starts processes.
            uses_threads: For the disk. False: on the loop, for tests with an autojump clock.
        """
        limits = limits or FilesConfig()
        store = FileStore(folder, reserve_bytes=limits.reserve_bytes, uses_threads=uses_threads)
        return cls(store, limits, renderer or PageRenderer(), FileTickets())
