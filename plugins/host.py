"""Finds plugins, validates their options, and hands each template the ones it names."""

import difflib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import entry_points
from typing import Any, Final

import msgspec
import pluggy

from ..engine.errors import ConfigError
from .api import API_VERSION, PROJECT, Answering, Folding, Hooks, Scheduler
from .chat import Chat
from .policies import Policies, PolicyCall, PolicyCounters
from .screen_share import ScreenShare
from .simulcast import Simulcast

ENTRY_POINT_GROUP: Final = "emporion.plugins"
# Also found where Emporion runs from its sources, and so has no entry points.
BUILT_INS: Final[Mapping[str, type]] = {
    "chat": Chat,
    "screen_share": ScreenShare,
    "simulcast": Simulcast,
}


@dataclass(frozen=True, slots=True)
class LoadedPlugin:
    """A plugin of this node: one instance, its decoder made once."""

    name: str
    instance: Any  # A stranger's class: `api` says what it may have.
    decode_request: Callable[[bytes], Any] | None  # None: it has no requests.
    has_view: bool  # Joiners are sent a view of its state.
    has_actor: bool  # A room runs an actor for it: it has state, requests or observers.


@dataclass(frozen=True, slots=True)
class RoomPlugins:
    """What one template uses."""

    plugins: tuple[LoadedPlugin, ...]
    policies: Policies

    def get(self, name: str) -> LoadedPlugin | None:
        return next((plugin for plugin in self.plugins if plugin.name == name), None)


class PluginHost:
    """All plugins of a node, validated. `load` is the way in."""

    def __init__(self, plugins: Mapping[str, LoadedPlugin], manager: pluggy.PluginManager) -> None:
        self._plugins = plugins
        self._manager = manager
        self._schedulers = _collect_schedulers(plugins.values())
        self.counters = PolicyCounters()

    @classmethod
    def load(
        cls,
        options: Mapping[str, Mapping[str, Any]] | None = None,  # Any: what TOML holds.
        *,
        classes: Mapping[str, type] | None = None,
    ) -> "PluginHost":
        """Find the installed plugins and make one instance of each.

        Args:
            options: `[plugins.<name>]` of the configuration.
            classes: Instead of what is installed; for tests.

        Raises:
            ConfigError: Options for a plugin that is not installed, options that its
                `options_type` refuses, or a class that does not keep the contract.
        """
        found = dict(_discover() if classes is None else classes)
        given = options or {}
        for name in given:
            _check_known(name, found, f"[plugins.{name}]")
        manager = pluggy.PluginManager(PROJECT)
        manager.add_hookspecs(Hooks)
        plugins = {
            name: _load_one(name, plugin_class, given.get(name, {}), manager)
            for name, plugin_class in sorted(found.items())
        }
        return cls(plugins, manager)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._plugins)

    def for_template(self, template: str, names: Sequence[str]) -> RoomPlugins:
        """Return the named plugins, in this order.

        Raises:
            ConfigError: One of them is not installed.
        """
        for name in names:
            _check_known(name, self._plugins, f"[rooms.{template}] plugins")
        plugins = tuple(self._plugins[name] for name in names)
        return RoomPlugins(
            plugins=plugins,
            policies=Policies(
                before_join=self._calls("before_join", names),
                before_publish=self._calls("before_publish", names),
                counters=self.counters,
            ),
        )

    def scheduler(self, template: str, name: str) -> Scheduler:
        """Return a scheduler by name.

        Raises:
            ConfigError: No plugin gives it.
        """
        _check_known(name, self._schedulers, f"[rooms.{template}] scheduler")
        return self._schedulers[name]

    def _calls(self, hook: str, names: Sequence[str]) -> tuple[PolicyCall, ...]:
        implementations = {
            impl.plugin_name: impl for impl in getattr(self._manager.hook, hook).get_hookimpls()
        }
        return tuple(
            PolicyCall(name, hook, implementations[name].function, implementations[name].argnames)
            for name in names
            if name in implementations
        )


def _discover() -> dict[str, type]:
    found = dict(BUILT_INS)
    for point in entry_points(group=ENTRY_POINT_GROUP):
        if point.name in BUILT_INS:
            continue
        try:
            found[point.name] = point.load()
        except Exception as error:  # The plugin caller (E3): its import may raise anything.
            raise ConfigError(
                f"plugin {point.name} ({point.value}) cannot be imported: {error}"
            ) from error
    return found


def _load_one(
    name: str, plugin_class: type, raw: Mapping[str, Any], manager: pluggy.PluginManager
) -> LoadedPlugin:
    wanted = getattr(plugin_class, "api_version", API_VERSION)
    if wanted > API_VERSION:
        raise ConfigError(f"plugin {name} needs plugin API {wanted}, this node has {API_VERSION}")
    instance = plugin_class(_options(name, plugin_class, raw))
    try:
        manager.register(instance, name)
        manager.check_pending()  # A hook that no specification has is a typing error.
    except pluggy.PluginValidationError as error:
        raise ConfigError(f"plugin {name} breaks the contract: {error}") from error
    for caller in manager.get_hookcallers(instance) or ():
        if any(impl.hookwrapper or impl.wrapper for impl in caller.get_hookimpls()):
            raise ConfigError(f"plugin {name}: {caller.name} must not be a hook wrapper")
    decode_request = _request_decoder(name, instance)
    has_view = isinstance(instance, Folding)  # Asked once: it is slow, and joins want to know.
    return LoadedPlugin(
        name=name,
        instance=instance,
        decode_request=decode_request,
        has_view=has_view,
        has_actor=has_view or decode_request is not None or hasattr(instance, "on_entry"),
    )


def _options(name: str, plugin_class: type, raw: Mapping[str, Any]) -> msgspec.Struct:
    options_type = getattr(plugin_class, "options_type", None)
    if not (isinstance(options_type, type) and issubclass(options_type, msgspec.Struct)):
        raise ConfigError(f"plugin {name} has no options_type (a msgspec.Struct)")
    fields = {field.encode_name for field in msgspec.structs.fields(options_type)}
    for key in raw:
        if key not in fields:
            raise ConfigError(f"unknown key [plugins.{name}] {key}{_nearest(key, fields)}")
    try:
        return msgspec.convert(dict(raw), options_type)
    except msgspec.ValidationError as error:
        raise ConfigError(f"[plugins.{name}]: {error}") from error


def _request_decoder(name: str, instance: object) -> Callable[[bytes], Any] | None:
    if not isinstance(instance, Answering):
        return None
    try:
        return msgspec.msgpack.Decoder(instance.request_type).decode
    except TypeError as error:
        raise ConfigError(f"plugin {name}: request_type cannot be decoded: {error}") from error


def _collect_schedulers(plugins: Iterable[LoadedPlugin]) -> dict[str, Scheduler]:
    schedulers: dict[str, Scheduler] = {}
    for plugin in plugins:
        given = getattr(plugin.instance, "schedulers", None)
        for name, scheduler in (given() if given is not None else {}).items():
            if name in schedulers:
                raise ConfigError(f"plugin {plugin.name} gives the scheduler {name} again")
            schedulers[name] = scheduler
    return schedulers


def _check_known(name: str, known: Iterable[str], where: str) -> None:
    names = set(known)
    if name not in names:
        raise ConfigError(f"{where}: there is no {name!r}{_nearest(name, names)}")


def _nearest(name: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(name, list(known), n=1, cutoff=0.5)
    return f"; did you mean {close[0]!r}?" if close else ""
