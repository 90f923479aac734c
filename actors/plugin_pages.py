"""The renderings that one plugin has asked for in one room."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import structlog
import trio

from ..engine.errors import RequestDenied
from ..engine.ids import FileId
from ..engine.store.page_wish import PageWish
from ..engine.store.rendering import RenderedPage
from ..plugins.api import FileView, RenderedPages
from .messages import PagesRendered
from .site import RoomSite
from .uploads import QUOTA_EXCEEDED

TELL_INTERVAL_S: Final = 0.5

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _UnderWay:
    """One rendering, and how to end it."""

    wish: PageWish
    scope: trio.CancelScope = field(default_factory=trio.CancelScope)
    is_over: trio.Event = field(default_factory=trio.Event)


class PluginPages:
    """Tells the plugin's actor by messages; a rendering that ends with the actor is no loss."""

    def __init__(self, site: RoomSite, tell: Callable[[PagesRendered], None]) -> None:
        self._site = site
        self._tell = tell
        self._under_way: dict[FileId, _UnderWay] = {}

    def hurry(self, file_id: FileId, page: int) -> bool:
        """Have a page drawn next. False: nothing of its file is being drawn."""
        under_way = self._under_way.get(file_id)
        if under_way is not None:
            under_way.wish.ask(page)
        return under_way is not None

    async def render(self, file: FileView, max_pages: int, first_page: int) -> None:
        """Render a file to the end. Every failure is told, none is raised."""
        if self.hurry(file.file_id, first_page):
            return
        clock = self._site.services.clock
        begun_s = clock.now_s()
        self._under_way[file.file_id] = mine = _UnderWay(PageWish(first_page))
        over = RenderedPages(file_id=file.file_id, is_over=True, error="pages.failed")
        try:
            with mine.scope:
                over = await self._render(file, max_pages, mine.wish)
        except RequestDenied as denial:
            over = RenderedPages(file_id=file.file_id, is_over=True, error=denial.code)
        except Exception:  # A broken disk, say: the plugin is told, and its actor goes on (E3).
            _log.exception("pages.failed", room_id=self._site.room_id, file_id=file.file_id)
        finally:
            result = "done" if over.error is None else over.error
            counters = self._site.services.counters
            counters.count_rendering(result, clock.now_s() - begun_s)
            del self._under_way[file.file_id]
            mine.is_over.set()
        self._tell(PagesRendered(rendered=over))

    async def remove(self, file_id: FileId, removed_seq: int) -> None:
        """Remove a file with its pages from the disk, once the entry that says so is durable."""
        await self._site.wait_durable(removed_seq)
        under_way = self._under_way.get(file_id)
        if under_way is not None:
            under_way.scope.cancel()
            await under_way.is_over.wait()
        await self._site.services.files.store.remove(self._site.session_id, file_id)

    async def _render(self, file: FileView, max_pages: int, wish: PageWish) -> RenderedPages:
        services = self._site.services
        clock, files = services.clock, services.files
        sizes: dict[int, tuple[int, int]] = {}
        told_s = clock.now_s()

        def note(page: RenderedPage) -> None:
            nonlocal told_s
            place.note(page.size_bytes)
            services.counters.pages_rendered += 1
            self._check_quota()
            sizes[page.page] = (page.width_px, page.height_px)
            # A presenter waits for the first one, and for the one just turned to.
            is_awaited = len(sizes) == 1 or page.page == wish.page
            if is_awaited or clock.now_s() - told_s >= TELL_INTERVAL_S:
                told_s = clock.now_s()
                rendered = RenderedPages(
                    file_id=file.file_id,
                    done=len(sizes),
                    pages=page.pages,
                    sizes=_in_order(sizes),
                )
                self._tell(PagesRendered(rendered=rendered))

        async with files.store.pages(self._site.session_id, file.file_id) as place:
            await files.renderer.render(
                files.store.path_of(self._site.session_id, file.file_id),
                place.folder,
                media_type=file.media_type,
                max_pages=max_pages,
                on_page=note,
                wish=wish,
            )
        return RenderedPages(
            file_id=file.file_id,
            done=len(sizes),
            pages=len(sizes),
            sizes=_in_order(sizes),
            is_over=True,
        )

    def _check_quota(self) -> None:
        """End a rendering that takes more than is left of the disk's quotas."""
        limits = self._site.services.files.limits
        usage = self._site.services.files.store.usage
        in_session = usage.bytes_of(self._site.session_id)
        if in_session > limits.session_bytes or usage.total_bytes > limits.node_bytes:
            raise RequestDenied("There is no place left for its pages.", code=QUOTA_EXCEEDED)


def _in_order(sizes: dict[int, tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    return tuple(sizes.get(page, (0, 0)) for page in range(1, max(sizes) + 1))
