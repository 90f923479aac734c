"""Load a `Config`: defaults < TOML file < `EMPORION_SECTION__KEY` < flags; say what came whence.

Every source becomes a list of settings (path, value, source). A path that the tree does not know
is an error that names the nearest one; a value of the wrong type names its key and its source.
"""

import difflib
import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, NamedTuple, get_args, get_origin, get_type_hints

import msgspec

from .config import MIN_SECRET_LENGTH, Config, Secret
from .errors import ConfigError

ENVIRONMENT_PREFIX: Final = "EMPORION_"
DEFAULT_FILE: Final = "emporion.toml"
_DEFAULT_SOURCE: Final = "default"

# A value as TOML, the environment or a flag gives it; only `msgspec.convert` gives it a type.
Value = Any
KeyPath = tuple[str, ...]


class Setting(NamedTuple):
    """One value from one source."""

    path: KeyPath
    value: Value
    source: str


@dataclass(frozen=True, slots=True)
class LoadedConfig:
    """The configuration and, for each key that is not a default, its source."""

    config: Config
    sources: Mapping[str, str] = field(default_factory=dict)

    def source_of(self, key: str) -> str:
        """The source of a dotted key, or of the nearest table above it."""
        while key:
            if key in self.sources:
                return self.sources[key]
            key = key.rpartition(".")[0]
        return _DEFAULT_SOURCE


def load_config(
    file: Path | None = None,
    environment: Mapping[str, str] | None = None,
    flags: Mapping[str, Value] | None = None,
) -> LoadedConfig:
    """Read all sources, the later over the earlier.

    Args:
        file: TOML file; None: no file is read.
        environment: Variables; those that begin with `EMPORION_` and hold `__` are settings.
        flags: Dotted key → value; strings are read as the key's type demands.

    Raises:
        ConfigError: Unreadable file, unknown key, wrong type or value, or keys that contradict.
    """
    settings = [
        *(_file_settings(file) if file is not None else ()),
        *_environment_settings(environment or {}),
        *(
            Setting(tuple(key.split(".")), value, f"flag {key}")
            for key, value in (flags or {}).items()
        ),
    ]
    tree: dict[str, Value] = msgspec.to_builtins(Config(), enc_hook=_reveal)
    sources: dict[str, str] = {}
    for setting in settings:
        _place(tree, setting)
        sources[".".join(setting.path)] = setting.source
    loaded = LoadedConfig(_convert(tree, sources), sources)
    _check_whole(loaded)
    return loaded


def explain(loaded: LoadedConfig) -> Iterator[str]:
    """One line for each value: `key = value  # source`; secrets stay hidden."""
    tree = msgspec.to_builtins(loaded.config, enc_hook=lambda _: "<secret>")
    for path, value in _leaves(tree):
        key = ".".join(path)
        yield f"{key} = {json.dumps(value, ensure_ascii=False)}  # {loaded.source_of(key)}"


# -- sources -------------------------------------------------------------------------------------


def _file_settings(file: Path) -> Iterator[Setting]:
    try:
        tree = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"cannot read the configuration file {file}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{file} is not valid TOML: {error}") from error
    for path, value in _leaves(tree):
        yield Setting(path, value, str(file))


def _environment_settings(environment: Mapping[str, str]) -> Iterator[Setting]:
    for name in sorted(environment):
        if name.startswith(ENVIRONMENT_PREFIX) and "__" in name:
            path = tuple(name.removeprefix(ENVIRONMENT_PREFIX).lower().split("__"))
            yield Setting(path, environment[name], f"environment {name}")


def _leaves(tree: Mapping[str, Value], above: KeyPath = ()) -> Iterator[tuple[KeyPath, Value]]:
    for key, value in tree.items():
        if isinstance(value, dict) and value:
            yield from _leaves(value, (*above, key))
        else:
            yield (*above, key), value


# -- placing and converting --------------------------------------------------------------------


def _place(tree: dict[str, Value], setting: Setting) -> None:
    """Put one value into the tree; unknown keys and tables in the place of values are refused."""
    kind: Value = Config
    here = tree
    for depth, key in enumerate(setting.path):
        kind = _member_type(kind, setting, depth)
        if depth < len(setting.path) - 1:
            below = here.setdefault(key, {})
            if not isinstance(below, dict):
                name = ".".join(setting.path[: depth + 1])
                raise ConfigError(f"{name} is a value, not a table ({setting.source})")
            here = below
    here[setting.path[-1]] = _parsed(kind, setting)


def _member_type(kind: Value, setting: Setting, depth: int) -> Value:
    """The type of one member of a table; `Any` below what the tree leaves open."""
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        hints = get_type_hints(kind)
        key = setting.path[depth]
        if key not in hints:
            raise ConfigError(_unknown_key(setting, depth, list(hints)))
        return hints[key]
    origin: object = get_origin(kind)
    if origin is dict:
        return get_args(kind)[1]
    return Any


def _unknown_key(setting: Setting, depth: int, known: list[str]) -> str:
    name = ".".join(setting.path[: depth + 1])
    near = difflib.get_close_matches(setting.path[depth], known, n=1, cutoff=0.5)
    above = ".".join(setting.path[:depth])
    hint = (
        f"did you mean {'.'.join((*setting.path[:depth], near[0]))}?"
        if near
        else f"{above or 'the configuration'} has: {', '.join(sorted(known))}"
    )
    return f"unknown key {name} ({setting.source}); {hint}"


def _parsed(kind: Value, setting: Setting) -> Value:
    """Environment and flags carry strings: lists and tables are JSON, or words between commas."""
    text = setting.value
    if not isinstance(text, str):
        return text
    origin: object = get_origin(kind)
    if text[:1] in ("[", "{") and (origin in (tuple, dict) or kind is Any):
        try:
            return json.loads(text)
        except json.JSONDecodeError as error:
            key = ".".join(setting.path)
            raise ConfigError(f"{key} ({setting.source}) is not valid JSON: {error}") from error
    if origin is tuple:
        return [word.strip() for word in text.split(",") if word.strip()]
    return text


def _convert(tree: dict[str, Value], sources: Mapping[str, str]) -> Config:
    try:
        return msgspec.convert(tree, Config, strict=False, dec_hook=_decode_secret)
    except msgspec.ValidationError as error:
        reason, _, where = str(error).partition(" - at `$.")
        key = _without_wildcards(where.rstrip("`"), sources)
        source = LoadedConfig(Config(), sources).source_of(key)
        raise ConfigError(f"{key} ({source}): {reason[:1].lower()}{reason[1:]}") from error


def _without_wildcards(key: str, sources: Mapping[str, str]) -> str:
    """msgspec writes `rooms.templates[...].video_slots`: find a set key that fits."""
    if "[...]" not in key:
        return key
    start, _, end = key.partition("[...]")
    return next((name for name in sources if name.startswith(start) and name.endswith(end)), start)


def _decode_secret(kind: type, value: object) -> object:
    if kind is Secret and isinstance(value, str):
        return Secret(value)
    raise TypeError(f"Expected `str`, got `{type(value).__name__}`")  # msgspec adds where.


def _reveal(value: object) -> object:
    if isinstance(value, Secret):
        return value.reveal()
    raise NotImplementedError(type(value))


def _check_whole(loaded: LoadedConfig) -> None:
    """What one key alone cannot say."""
    config = loaded.config
    if (config.http.tls_certificate is None) != (config.http.tls_key is None):
        raise ConfigError("http.tls_certificate and http.tls_key are set together or not at all")
    if config.rooms.default_template not in config.rooms.templates:
        known = ", ".join(config.rooms.templates)
        raise ConfigError(
            f"rooms.default_template ({loaded.source_of('rooms.default_template')}) is "
            f"{config.rooms.default_template!r}; there are: {known}"
        )
    for key_id, secret in config.auth.keys.items():
        if len(secret.reveal()) < MIN_SECRET_LENGTH:
            source = loaded.source_of(f"auth.keys.{key_id}")
            raise ConfigError(
                f"auth.keys.{key_id} ({source}) is shorter than {MIN_SECRET_LENGTH} characters; "
                "`emporion keys generate` makes a good one"
            )
    both = config.auth.keys.keys() & config.auth.public_keys.keys()
    if both:
        raise ConfigError(f"auth.keys and auth.public_keys share the key id {min(both)!r}")
