"""The renderings that one plugin has asked for in one room."""

from collections.abc import Callable
from typing import Final

import structlog

from ..engine.errors import RequestDenied
from ..engine.ids import FileId
from ..engine.store.rendering import RenderedPage
from ..plugins.api import FileView, RenderedPages
from .messages import PagesRendered
from .site import RoomSite

TELL_INTERVAL_S: Final = 0.5

_log = structlog.get_logger()


class PluginPages:
    """Tells the plugin's actor by messages; a rendering that ends with the actor is no loss."""

    def __init__(self, site: RoomSite, tell: Callable[[PagesRendered], None]) -> None:
        self._site = site
        self._tell = tell
        self._under_way: set[FileId] = set()

    async def render(self, file: FileView, max_pages: int) -> None:
        """Render a file to the end. Every failure is told, none is raised."""
        if file.file_id in self._under_way:
            return
        self._under_way.add(file.file_id)
        over = RenderedPages(file_id=file.file_id, is_over=True, error="pages.failed")
        try:
            over = await self._render(file, max_pages)
        except RequestDenied as denial:
            over = RenderedPages(file_id=file.file_id, is_over=True, error=denial.code)
        except Exception:  # A broken disk, say: the plugin is told, and its actor goes on (E3).
            _log.exception("pages.failed", room_id=self._site.room_id, file_id=file.file_id)
        finally:
            self._under_way.discard(file.file_id)
        self._tell(PagesRendered(rendered=over))

    async def _render(self, file: FileView, max_pages: int) -> RenderedPages:
        services = self._site.services
        clock, files = services.clock, services.files
        sizes: list[tuple[int, int]] = []
        told_s = clock.now_s()

        def note(page: RenderedPage) -> None:
            nonlocal told_s
            sizes.append((page.width_px, page.height_px))
            if clock.now_s() - told_s >= TELL_INTERVAL_S:
                told_s = clock.now_s()
                rendered = RenderedPages(file_id=file.file_id, done=len(sizes), pages=page.pages)
                self._tell(PagesRendered(rendered=rendered))

        async with files.store.pages(self._site.session_id, file.file_id) as place:
            await files.renderer.render(
                files.store.path_of(self._site.session_id, file.file_id),
                place.folder,
                media_type=file.media_type,
                max_pages=max_pages,
                on_page=note,
            )
            place.keep()
        return RenderedPages(
            file_id=file.file_id,
            done=len(sizes),
            pages=len(sizes),
            sizes=tuple(sizes),
            is_over=True,
        )
