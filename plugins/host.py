"""Finds plugins, validates their options, and hands each template the ones it names."""

import difflib
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import entry_points
from typing import Any, Final

import msgspec
import pluggy

from ..engine.errors import ConfigError
from .api import (
    API_VERSION,
    PROJECT,
    Answering,
    Estimator,
    Folding,
    Hooks,
    Scheduler,
    Signalling,
    Summarizing,
)
from .breakouts import Breakouts
from .chat import Chat
from .courseware import Courseware
from .drawing.annotate import Annotate
from .drawing.whiteboard import Whiteboard
from .estimators import EngineEstimators
from .hands import Hands
from .lobby import Lobby
from .panels import panel_path, read_panel
from .policies import Policies, PolicyCall, PolicyCounters
from .polls import Polls
from .pulse import Pulse
from .questions import Questions
from .screen_share import ScreenShare
from .simulcast import Simulcast

ENTRY_POINT_GROUP: Final = "emporion.plugins"
# Also found where Emporion runs from its sources, and so has no entry points.
BUILT_INS: Final[Mapping[str, type]] = {
    "breakouts": Breakouts,
    "chat": Chat,
    "courseware": Courseware,
    "estimators": EngineEstimators,
    "hands": Hands,
    "lobby": Lobby,
    "polls": Polls,
    "pulse": Pulse,
    "questions": Questions,
    "screen_share": ScreenShare,
    "simulcast": Simulcast,
    "whiteboard": Whiteboard,
    "annotate": Annotate,
}

MIN_SUMMARY_INTERVAL_S: Final = 0.1
_OBSERVERS: Final = ("on_start", "on_timer", "on_pages", "on_speakers", "on_entry")


@dataclass(frozen=True, slots=True)
class LoadedPlugin:
    """A plugin of this node: one instance, its decoder made once."""

    name: str
    instance: Any  # A stranger's class: `api` says what it may have.
    decode_request: Callable[[bytes], Any] | None  # None: it has no requests.
    has_view: bool  # It has a fold, and joiners are sent a view of its state.
    has_actor: bool  # A room runs an actor for it: it has state, requests, signals or observers.
    decode_signal: Callable[[bytes], Any] | None = None  # None: it has no signals.
    summary_interval_s: float | None = None  # None: it has no summary.
    observers: Mapping[str, Callable[..., Awaitable[None]]] = field(default_factory=dict)
    panel: str | None = None  # The URL of its panel's module; None: the pages show it.
    panel_module: bytes = b""  # What is served there.
    needs_groups: bool = False  # Its contexts have `groups`.
    is_in_groups: bool = True  # Groups of a room that has it have it too.
    readmits: bool = False  # Its `before_join` may let in who was removed; without it nobody does.
    answers_observers: bool = False  # It takes care that nobody learns of a hidden one's request.
    # Beginnings of the kinds after which something happens by itself: `on_entry`, or a new summary.
    # A plugin is told of these at once; everything else it folds when somebody asks it.
    observed: tuple[str, ...] = ()

    def follows(self, kind: str) -> bool:
        return kind.startswith(self.observed)


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
        self._estimators = _collect_estimators(plugins.values())
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

    @property
    def panels(self) -> Mapping[str, bytes]:
        """The modules of strangers' panels, by path below the pages."""
        return {p.panel: p.panel_module for p in self._plugins.values() if p.panel is not None}

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
                before_unmute=self._calls("before_unmute", names),
                before_upload=self._calls("before_upload", names),
                floor=self._calls("floor", names),
                counters=self.counters,
            ),
        )

    def for_groups(self, template: str, names: Sequence[str]) -> RoomPlugins:
        """Return those of the named plugins that groups of the room have as well."""
        return self.for_template(
            template, [name for name in names if self._plugins[name].is_in_groups]
        )

    @property
    def schedulers(self) -> Mapping[str, Scheduler]:
        return self._schedulers

    def schedulers_with(self, template: str, name: str) -> Mapping[str, Scheduler]:
        """Return all schedulers by name, if this one is among them.

        Raises:
            ConfigError: No plugin gives it.
        """
        _check_known(name, self._schedulers, f"[rooms.{template}] scheduler")
        return self._schedulers

    def make_estimator(self, name: str) -> Estimator:
        """Make the estimator of this name.

        Raises:
            ConfigError: No plugin gives it.
        """
        _check_known(name, self._estimators, "[media] estimator")
        return self._estimators[name]()

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
    decode_request = _decoder(name, instance, "request_type", Answering)
    decode_signal = _decoder(name, instance, "signal_type", Signalling)
    has_view = isinstance(instance, Folding)  # Asked once: it is slow, and joins want to know.
    observers = _observers(name, manager)
    summary_interval_s = _summary_interval_s(name, instance, has_view=has_view)
    panel_module = read_panel(name, plugin_class)
    return LoadedPlugin(
        name=name,
        instance=instance,
        decode_request=decode_request,
        decode_signal=decode_signal,
        has_view=has_view,
        summary_interval_s=summary_interval_s,
        observers=observers,
        observed=_observed(instance) if "on_entry" in observers or summary_interval_s else (),
        panel=None if panel_module is None else panel_path(name),
        panel_module=panel_module or b"",
        needs_groups=getattr(instance, "needs_groups", False),
        is_in_groups=getattr(instance, "is_in_groups", True),
        readmits=getattr(instance, "readmits", False),
        answers_observers=getattr(instance, "answers_observers", False),
        has_actor=has_view or bool(observers or decode_request or decode_signal),
    )


def _observed(instance: object) -> tuple[str, ...]:
    observed: tuple[str, ...] = getattr(instance, "observed", ("",))  # Every kind begins so.
    return observed


def _observers(
    name: str, manager: pluggy.PluginManager
) -> dict[str, Callable[..., Awaitable[None]]]:
    """Return the plugin's observers by hook; each takes what its implementation does not want."""
    return {
        hook: _with_wanted(impl.function, impl.argnames)
        for hook in _OBSERVERS
        for impl in getattr(manager.hook, hook).get_hookimpls()
        if impl.plugin_name == name
    }


def _with_wanted(
    function: Callable[..., Awaitable[None]], wanted: Sequence[str]
) -> Callable[..., Awaitable[None]]:
    def call(**arguments: object) -> Awaitable[None]:
        return function(**{name: arguments[name] for name in wanted})

    return call


def _options(name: str, plugin_class: type, raw: Mapping[str, Any]) -> msgspec.Struct:
    options_type = getattr(plugin_class, "options_type", None)
    if not (isinstance(options_type, type) and issubclass(options_type, msgspec.Struct)):
        raise ConfigError(f"plugin {name} has no options_type (a msgspec.Struct)")
    fields = {field.encode_name for field in msgspec.structs.fields(options_type)}
    for key in raw:
        if key not in fields:
            raise ConfigError(f"unknown key [plugins.{name}] {key}{_nearest(key, fields)}")
    try:
        # Not strict: the environment and flags give words, as for all other keys.
        return msgspec.convert(dict(raw), options_type, strict=False)
    except msgspec.ValidationError as error:
        raise ConfigError(f"[plugins.{name}]: {error}") from error


def _decoder(
    name: str, instance: object, attribute: str, capability: type
) -> Callable[[bytes], Any] | None:
    if not isinstance(instance, capability):
        return None
    try:
        return msgspec.msgpack.Decoder(getattr(instance, attribute)).decode
    except TypeError as error:
        raise ConfigError(f"plugin {name}: {attribute} cannot be decoded: {error}") from error


def _summary_interval_s(name: str, instance: object, *, has_view: bool) -> float | None:
    if not isinstance(instance, Summarizing):
        return None
    if not has_view:
        raise ConfigError(f"plugin {name} has a summary, but no fold and view")
    if not instance.summary_interval_s >= MIN_SUMMARY_INTERVAL_S:
        raise ConfigError(
            f"plugin {name}: summary_interval_s must be at least {MIN_SUMMARY_INTERVAL_S}"
        )
    return instance.summary_interval_s


def _collect_schedulers(plugins: Iterable[LoadedPlugin]) -> dict[str, Scheduler]:
    schedulers: dict[str, Scheduler] = {}
    for plugin in plugins:
        given = getattr(plugin.instance, "schedulers", None)
        for name, scheduler in (given() if given is not None else {}).items():
            if name in schedulers:
                raise ConfigError(f"plugin {plugin.name} gives the scheduler {name} again")
            schedulers[name] = scheduler
    return schedulers


def _collect_estimators(plugins: Iterable[LoadedPlugin]) -> dict[str, Callable[[], Estimator]]:
    makers: dict[str, Callable[[], Estimator]] = {}
    for plugin in plugins:
        given = getattr(plugin.instance, "estimators", None)
        for name, maker in (given() if given is not None else {}).items():
            if name in makers:
                raise ConfigError(f"plugin {plugin.name} gives the estimator {name} again")
            makers[name] = maker
    return makers


def _check_known(name: str, known: Iterable[str], where: str) -> None:
    names = set(known)
    if name not in names:
        raise ConfigError(f"{where}: there is no {name!r}{_nearest(name, names)}")


def _nearest(name: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(name, list(known), n=1, cutoff=0.5)
    return f"; did you mean {close[0]!r}?" if close else ""
