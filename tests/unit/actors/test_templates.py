"""Templates resolve what the configuration names, or the node does not start."""

import pytest

from emporion.actors.templates import resolve_templates
from emporion.engine.config import RoomsConfig, RoomTemplate
from emporion.engine.errors import ConfigError, RequestDenied
from emporion.plugins.host import PluginHost


def test_the_three_built_in_templates_resolve() -> None:
    templates = resolve_templates(RoomsConfig(), PluginHost.load())
    assert set(templates.by_name) == {"guidance", "class", "briefing"}
    assert templates.get(None).name == "class"
    assert templates.get("guidance").limits.max_participants == 2


def test_unknown_names_are_refused() -> None:
    host = PluginHost.load()
    for rooms in (
        RoomsConfig(default_template="opera"),
        RoomsConfig(templates={"class": RoomTemplate(scheduler="best")}),
        RoomsConfig(templates={"class": RoomTemplate(plugins=("chess",))}),
    ):
        with pytest.raises(ConfigError):
            resolve_templates(rooms, host)
    with pytest.raises(RequestDenied) as refused:
        resolve_templates(RoomsConfig(), host).get("opera")
    assert refused.value.code == "room.unknown_template"
