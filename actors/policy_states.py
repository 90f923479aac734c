"""The newest known states of the plugins, for the room's policies and for joiners.

A plugin's actor folds on its own, a little behind the room or, where nothing follows from an entry
by itself, only when it is asked. Policies decide on the state at the journal's end, so whoever
needs it folds what is missing: a fold is pure, and states are values.
"""

from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from ..engine.protocol.things import PluginView
from ..plugins.host import LoadedPlugin

if TYPE_CHECKING:
    from .book import RoomBook
    from .room_messages import Joined
    from .site import RoomSite

_encoder = msgspec.msgpack.Encoder()


class FoldedState(NamedTuple):
    """A plugin's state after the entry `seq`."""

    seq: int
    state: Any  # The plugin's own.


def publish_state(site: "RoomSite", plugin: str, folded: FoldedState) -> None:
    """Let others use a state that was folded; an older one changes nothing."""
    known = site.plugin_states.get(plugin)
    if known is None or known.seq <= folded.seq:
        site.plugin_states[plugin] = folded


def view_at_once(site: "RoomSite", plugin: LoadedPlugin, joined: "Joined") -> PluginView | None:
    """Return what a joiner may see, without asking the plugin's actor; None: ask it."""
    if site.book is None:
        return None
    try:
        state = _fold_missing(site.book, plugin)
        body = _encoder.encode(plugin.instance.view(state, joined.viewer))
    except Exception:  # The plugin caller (E3): its own actor shall crash of it, not the joiner.
        return None
    return PluginView(seq=site.book.state.seq, body=msgspec.Raw(body))


def newest_state(book: "RoomBook", plugin: str) -> Any:
    """Return a plugin's state after the newest entry; None without a fold.

    After a restart of the node nobody may have folded anything yet; then this reads the journal.
    """
    loaded = book.site.template.plugins.get(plugin)
    if loaded is None or not loaded.has_view:
        return None
    return _fold_missing(book, loaded)


def _fold_missing(book: "RoomBook", loaded: LoadedPlugin) -> Any:
    site, journal, plugin = book.site, book.journal, loaded.name
    fold = loaded.instance.fold
    known = site.plugin_states.get(plugin) or FoldedState(0, fold.initial())
    if known.seq == journal.last_seq:
        return known.state
    state = known.state
    for entry in journal.entries(known.seq):
        state = fold.apply(state, entry)
    publish_state(site, plugin, FoldedState(journal.last_seq, state))
    return state
