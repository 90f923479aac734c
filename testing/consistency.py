"""Whether a plugin and the clients of a room agree with the journal on disk."""

import copy
from collections.abc import Mapping
from typing import Any

import msgspec
import trio

from ..actors.messages import GetView
from ..actors.room_state import RoomFold
from ..engine.journal import Entry, fold_entries
from ..engine.protocol.server import Entries, PluginSummary, Resumed
from ..engine.protocol.things import EntryInfo
from .client import Client
from .stage import CastOnStage

_encoder = msgspec.msgpack.Encoder()


async def check_views(stage: CastOnStage) -> list[str]:
    """Compare what the live plugin shows each viewer with what a fresh fold shows it."""
    plugin = stage.plugin
    if not plugin.has_view:
        return []
    journal = await stage.journal()
    wrong = check_fold(stage, journal)
    state = stage.fold(journal)
    room = fold_entries(RoomFold(), journal)
    ref = stage.site.plugin(plugin.name)
    if ref is None:
        return [f"{plugin.name} is disabled"]
    for viewer in room.participants.values():
        live = await ref.ask(
            GetView(participant_id=viewer.participant_id, at_least_seq=journal[-1].seq)
        )
        fresh = _plain(plugin.instance.view(state, viewer))
        if live is None or msgspec.msgpack.decode(live.body) != fresh:
            wrong.append(
                f"{viewer.identity} is shown {live and live.body}, the journal has {fresh}"
            )
    published = stage.site.plugin_states[plugin.name]
    if published.seq == journal[-1].seq:
        for viewer in room.participants.values():
            fresh = _plain(plugin.instance.view(state, viewer))
            if _plain(plugin.instance.view(published.state, viewer)) != fresh:
                wrong.append(f"policies see another state than the journal's ({viewer.identity})")
    return wrong


def check_fold(stage: CastOnStage, journal: list[Entry]) -> list[str]:
    """Fold entry by entry: no state before may change, nor a summary after what is not observed."""
    plugin = stage.plugin
    fold = plugin.instance.fold
    state = fold.initial()
    for entry in journal:
        kept = copy.deepcopy(state)
        is_by_value = kept == state
        after = fold.apply(state, entry)
        if is_by_value and kept != state:
            return [f"the fold changed the state before {entry.kind} in place"]
        if plugin.summary_interval_s is not None and not plugin.follows(entry.kind):
            for is_host in (False, True):
                summary = plugin.instance.summary
                if _plain(summary(after, is_host=is_host)) != _plain(
                    summary(state, is_host=is_host)
                ):
                    return [f"the summary changed after {entry.kind}, which is not in `observed`"]
        state = after
    return []


async def check_clients(stage: CastOnStage, clients: Mapping[str, Client]) -> list[str]:
    """Compare what clients were sent with what the journal has for them."""
    if stage.plugin.summary_interval_s is not None:
        await trio.sleep(2 * stage.plugin.summary_interval_s + 0.1)
    journal = await stage.journal()
    wrong: list[str] = []
    for name, client in clients.items():
        arrival = client.arrival()
        is_host = client.grants.role in ("host", "assistant")
        visible = [
            entry.seq
            for entry in journal
            if entry.seq > arrival.seq
            and entry.audience.admits(client.participant_id, is_host=is_host)
        ]
        sent = [entry.seq for entry in entries_sent(client)]
        if sent != visible:
            wrong.append(f"{name} was sent the entries {sent}, the journal has {visible}")
        wrong += _check_summary(stage, journal, name, client, is_host=is_host)
    return wrong


def entries_sent(client: Client) -> list[EntryInfo]:
    """Return all entries of its room that a client was sent on all its connections, in order."""
    sent: list[EntryInfo] = []
    for push in client.told_here():
        if isinstance(push, Entries | Resumed):
            sent += push.entries
    return sent


def _check_summary(
    stage: CastOnStage, journal: list[Entry], name: str, client: Client, *, is_host: bool
) -> list[str]:
    plugin = stage.plugin
    if plugin.summary_interval_s is None:
        return []
    fresh = _plain(plugin.instance.summary(stage.fold(journal), is_host=is_host))
    view = client.arrival().plugins.get(plugin.name)
    newest = [
        push
        for push in client.told_here()
        if isinstance(push, PluginSummary) and push.plugin == plugin.name
    ][-1:]
    if not newest:
        is_old = view is None or any(
            e.seq > view.seq and e.kind.startswith(f"{plugin.name}.") for e in journal
        )
        return [f"{name} was sent no summary after its view"] if is_old else []
    shown = msgspec.msgpack.decode(newest[0].body)
    return [] if shown == fresh else [f"{name} has the summary {shown}, the journal {fresh}"]


def _plain(body: Any) -> Any:
    return msgspec.msgpack.decode(_encoder.encode(body))
