"""For authors of plugins: `check_plugin` says what is wrong with one, `RehearsalRoom` plays one."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import msgspec
from msgspec import inspect

from ..engine.errors import ConfigError
from ..engine.ids import new_participant_id
from ..engine.journal import Entry
from ..testing.live_check import check_live
from .rehearsal import NAME, RehearsalDenied, RehearsalRoom, RehearsalWaits
from .rehearsal_context import Signalled
from .scenario import CAST, Forbidden, Request, Scenario, Stage
from .views import ParticipantView

__all__ = [
    "CAST",
    "Forbidden",
    "RehearsalDenied",
    "RehearsalRoom",
    "RehearsalWaits",
    "Request",
    "Scenario",
    "Signalled",
    "Stage",
    "check_plugin",
]

MAX_EMPTY_VIEW_BYTES: Final = 64 * 1024
_encoder = msgspec.msgpack.Encoder()


def check_plugin(
    plugin_class: type,
    options: Mapping[str, Any] | None = None,  # Any: what TOML holds.
    *,
    name: str = NAME,
    scenario: Scenario | None = None,
) -> None:
    """Check that a plugin keeps the contract of `emporion.plugins.api`, as far as a machine can.

    With a scenario the plugin is also played on a whole classroom: late joiners, lost connections
    and killed actors must end with the same state, and hostile requests must change nothing. Its
    own behaviour is for its own tests; `RehearsalRoom` helps with those. Not for calls on a loop.

    Args:
        plugin_class: As the entry point names it.
        options: What it needs to be made; None: its defaults.
        name: The entry point's name.
        scenario: What to play; None: nothing.

    Raises:
        AssertionError: Lists everything that is wrong.
    """
    try:
        room = RehearsalRoom(plugin_class, options, name=name)
    except ConfigError as error:
        raise AssertionError(f"{plugin_class.__name__} cannot be loaded: {error}") from error
    wrong = [
        *_check_options(plugin_class),
        *_check_requests(room.plugin.instance),
        *_check_fold(room),
    ]
    if scenario is not None:
        wrong += check_live(plugin_class, options, name=name, scenario=scenario)
    assert not wrong, f"{plugin_class.__name__}:\n" + "\n".join(f"- {line}" for line in wrong)


def _check_options(plugin_class: Any) -> Iterator[str]:
    config = plugin_class.options_type.__struct_config__
    if not config.frozen:
        yield "options_type is not frozen"
    if not config.forbid_unknown_fields:
        yield "options_type accepts unknown keys: a typing error in TOML would go unnoticed"


def _check_requests(instance: Any) -> Iterator[str]:
    request_type = getattr(instance, "request_type", None)
    if request_type is None:
        if hasattr(instance, "handle_request"):
            yield "handle_request without request_type is never called"
        return
    for kind in _members(inspect.type_info(request_type)):
        if not isinstance(kind, inspect.StructType) or kind.tag is None:
            yield f"request {kind} is not a Struct with a tag"
            continue
        if kind.tag_field != "type":
            yield f"request {kind.cls.__name__} has the tag_field {kind.tag_field!r}, not 'type'"
        for field in kind.fields:
            for path in _unlimited(field.type, field.encode_name):
                yield f"request {kind.cls.__name__}: {path} has no max_length"


def _check_fold(room: RehearsalRoom) -> Iterator[str]:
    if not room.plugin.has_view:
        return
    fold = room.plugin.instance.fold
    if fold.initial() != fold.initial():
        yield "fold.initial() gives another state each time"
    unknown = Entry(seq=1, at_us=0, author=None, kind="some.other", body=msgspec.Raw(b"\xc0"))
    state = fold.initial()
    if fold.apply(state, unknown) != state:
        yield "the fold changes its state for an entry of an unknown kind"
    viewer = ParticipantView(
        participant_id=new_participant_id(),
        identity="viewer",
        name="Viewer",
        role="merchant",
        joined_at_us=0,
    )
    try:
        size = len(_encoder.encode(room.plugin.instance.view(state, viewer)))
    except TypeError as error:
        yield f"the view cannot be encoded: {error}"
        return
    if size > MAX_EMPTY_VIEW_BYTES:
        yield f"the view of nothing has {size} bytes, at most {MAX_EMPTY_VIEW_BYTES} are sensible"


def _members(kind: inspect.Type) -> Iterator[inspect.Type]:
    if isinstance(kind, inspect.UnionType):
        yield from kind.types
    else:
        yield kind


def _unlimited(kind: inspect.Type, path: str) -> Iterator[str]:
    """Find strings and collections in a request that a client may make as long as it likes."""
    match kind:
        case inspect.UnionType(types=types):
            for member in types:
                yield from _unlimited(member, path)
        case inspect.StrType(max_length=None) | inspect.BytesType(max_length=None):
            yield path
        case inspect.ListType() | inspect.VarTupleType() | inspect.SetType():
            if kind.max_length is None:
                yield path
            yield from _unlimited(kind.item_type, f"{path}[]")
        case inspect.DictType():
            if kind.max_length is None:
                yield path
            yield from _unlimited(kind.key_type, f"{path} key")
            yield from _unlimited(kind.value_type, f"{path}[]")
        case inspect.StructType(fields=fields):
            for field in fields:
                yield from _unlimited(field.type, f"{path}.{field.encode_name}")
