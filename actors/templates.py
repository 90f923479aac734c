"""Templates: what kinds of room there are, with their limits, plugins and scheduler resolved."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from ..engine.config import RoomsConfig, RoomTemplate
from ..engine.errors import ConfigError, RequestDenied
from ..plugins.api import Scheduler
from ..plugins.host import PluginHost, RoomPlugins


@dataclass(frozen=True, slots=True)
class Template:
    """One kind of room: guidance, class, briefing, or one of the operator's own."""

    name: str
    limits: RoomTemplate
    plugins: RoomPlugins
    schedulers: Mapping[str, Scheduler]  # All of the node, by name.
    group_plugins: RoomPlugins  # Those that its groups have as well.

    def scheduler_name(self, chosen: str) -> str:
        """Return which scheduler decides; `chosen` may be none, or be installed no more."""
        return chosen if chosen in self.schedulers else self.limits.scheduler

    def scheduler(self, chosen: str) -> Scheduler:
        """Return what decides; see `scheduler_name`."""
        return self.schedulers[self.scheduler_name(chosen)]

    def for_groups(self) -> "Template":
        """Return the template of a group of such a room."""
        return replace(self, plugins=self.group_plugins)


@dataclass(frozen=True, slots=True)
class Templates:
    """All templates of a node."""

    by_name: Mapping[str, Template]
    default: str
    resume_window_s: float

    def get(self, name: str | None) -> Template:
        """Return a template; None: the default one.

        Raises:
            RequestDenied: `room.unknown_template`.
        """
        template = self.by_name.get(name or self.default)
        if template is None:
            raise RequestDenied(
                f"This node has no template {name!r}.", code="room.unknown_template"
            )
        return template


def resolve_templates(rooms: RoomsConfig, host: PluginHost) -> Templates:
    """Resolve what the configuration names.

    Raises:
        ConfigError: A template names a plugin or a scheduler that is not installed, or the
            default template does not exist.
    """
    by_name = {
        name: Template(
            name=name,
            limits=limits,
            plugins=host.for_template(name, (*limits.plugins, *limits.extra_plugins)),
            schedulers=host.schedulers_with(name, limits.scheduler),
            group_plugins=host.for_groups(name, (*limits.plugins, *limits.extra_plugins)),
        )
        for name, limits in rooms.templates.items()
    }
    if rooms.default_template not in by_name:
        raise ConfigError(
            f"rooms.default_template: there is no template {rooms.default_template!r}"
        )
    return Templates(
        by_name=by_name, default=rooms.default_template, resume_window_s=rooms.resume_window_s
    )
