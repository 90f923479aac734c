"""A plugin's own panel: a JavaScript module of its distribution, which the pages load."""

from importlib import resources
from typing import Final
from urllib.parse import quote

from ..engine.errors import ConfigError

MAX_PANEL_BYTES: Final = 1024 * 1024  # A panel is loaded by everybody who enters a room.


def panel_path(name: str) -> str:
    """Return where a plugin's module is served, below the pages."""
    return f"plugins/{quote(name, safe='')}/panel.js"


def read_panel(name: str, plugin_class: type) -> bytes | None:
    """Return the module that `plugin_class.panel` names as (package, path); None: it has none.

    Raises:
        ConfigError: `panel` is no such pair, or there is no such file, or it is too large.
    """
    panel = getattr(plugin_class, "panel", None)
    if panel is None:
        return None
    match panel:
        case (str(package), str(path)):
            pass
        case _:
            raise ConfigError(f"plugin {name}: panel must be (package, path), got {panel!r}")
    try:
        module = resources.files(package).joinpath(path).read_bytes()
    except (ImportError, OSError) as error:
        raise ConfigError(f"plugin {name}: its panel {package}/{path}: {error}") from error
    if len(module) > MAX_PANEL_BYTES:
        raise ConfigError(
            f"plugin {name}: its panel has {len(module)} bytes, more than {MAX_PANEL_BYTES}"
        )
    return module
